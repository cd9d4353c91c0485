"""A mark of the citizen that has outlived its case is taken away on the page of that case."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.config import Settings
from service.domain.cases import Citizen
from service.testing import World
from service.usecases import instances, people, tasks
from service.usecases.bundle import Resource
from service.web.application import create_app
from tests.engine import drawing as d
from tests.usecases.office import assigned
from tests.web.test_slips import at_field, send

NOON = datetime(2026, 3, 2, 11, tzinfo=UTC)
MANIFEST = """
titel: Prøve
sagstyper:
  proeve:
    titel: Prøvesag
    proces: proeve
    nummer: "P-{løbenr:02}"
    statusser: [Åben, Lukket]
    afslutningsaarsager: {}
    markering_fjernes_af: [holder]
    felter: {borger_cpr: "=cpr", markering_efter: '="Fast kontakt"'}
roller: {holder: {titel: Holder}, anden: {titel: Anden}}
rettigheder: {proeve: {holder: {laes: alle}, anden: {laes: alle}}}
"""
STAFF = """
personer:
  - {brugernavn: hanne, navn: Hanne Test, roller: [holder]}
  - {brugernavn: anne, navn: Anne Test, roller: [anden]}
"""


@pytest.fixture
def app() -> Iterator[Flask]:
    """With one closed case, P-01, that has left a mark on Anna."""
    with World(NOON) as world:
        drawn = d.process(
            "proeve", d.start(), d.user("t", assigned("holder")), d.end("slut"), d.chain("s", "t", "slut")
        )
        world.deploy(
            [
                Resource("processes/proeve/procedure.yaml", MANIFEST.encode()),
                Resource("processes/proeve/proeve.bpmn", d.definitions(drawn)),
            ]
        )
        people.put_staff(world.platform, people.read_staff(STAFF.encode(), "personer.yaml"), "demo")
        anna = Citizen(key=world.platform.keys.next(), cpr="0107805513", name="Anna Test Dal", version=0)
        world.platform.store.transact(lambda uow: uow.citizens.put(anna))
        hanne = world.person("hanne")
        begun = instances.start(world.platform, hanne, "proeve", {"cpr": "0107805513"})
        (task,) = world.platform.read(lambda uow: uow.tasks.open_of(begun.key))
        tasks.complete_with(world.platform, hanne, task.key, {})
        yield create_app(world.platform, Settings(), b"a key for tests only, of 32 bytes")


def browser(app: Flask, username: str) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session["who"], session["since"] = username, NOON.isoformat()
    return client


def test_it_stands_for_all_and_is_taken_away_with_a_reason(app: Flask) -> None:
    hanne, anne = browser(app, "hanne"), browser(app, "anne")
    assert "Fast kontakt" in anne.get("/sager/P-01").text
    assert "Fjern mærket" not in anne.get("/sager/P-01").text
    assert send(anne, "/sager/P-01/maerke", begrundelse="Slut").status_code == 403
    assert "Fjern mærket" in hanne.get("/sager/P-01").text

    refused = send(hanne, "/sager/P-01/maerke", begrundelse=" ")
    assert refused.status_code == 400
    assert "Skriv en begrundelse" in at_field(refused, "begrundelse")

    assert send(hanne, "/sager/P-01/maerke", begrundelse="Kontakten er slut").status_code == 302
    page = hanne.get("/sager/P-01").text
    assert "Mærket »Fast kontakt« er fjernet: Kontakten er slut" in page
    assert "Fjern mærket" not in page
    assert "flag-fill" not in page
