"""The menu of everybody who comes with the procedures: it offers what she may open, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import lxml.html
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.config import Settings
from service.testing.world import World
from service.web.application import create_app
from tests.web.two_units import ROOT

NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)


@pytest.fixture(scope="module")
def staffed() -> Iterator[tuple[World, Flask]]:
    with World(NOON) as world:
        world.deploy_folder(ROOT)
        yield world, create_app(world.platform, Settings(), b"a key for tests only, of 32 bytes")


def browser(app: Flask, username: str) -> FlaskClient:
    """A browser in which she is logged in."""
    client = app.test_client()
    with client.session_transaction() as session:
        session["who"], session["since"] = username, NOON.isoformat()
    return client


def test_every_entry_of_everybodys_menu_opens(staffed: tuple[World, Flask]) -> None:
    world, app = staffed
    accounts = world.platform.read(lambda uow: uow.people.all())
    assert len(accounts) > 40
    offered: dict[str, list[str]] = {}
    shut = []
    for username in (account.person.username for account in accounts):
        client = browser(app, username)
        menu = lxml.html.fromstring(client.get("/hjaelp").data).xpath("//nav[@aria-label='Hovedmenu']//a/@href")
        offered[username] = [str(address) for address in menu]
        shut += [
            (username, address)
            for address in offered[username]
            if client.get(address, follow_redirects=True).status_code != 200
        ]
    assert shut == []
    assert "/sager" in offered["mona.mentor"]
    assert "/sager" in offered["ruth.revisor"]
    assert "/sager" not in offered["lone.leverandoer"], "she is offered tasks, and reads no case"
    assert "/sager" not in offered["paula.proces"]
