"""The demo: the procedures of a checkout, their synthetic staff, and courses that have been under way for some time."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import structlog

from service.config import Settings
from service.domain.clock import LOCAL_ZONE
from service.domain.storage import UnitOfWork
from service.store import Sealer
from service.testing import files
from service.testing.plans import play, read_plans
from service.testing.world import DEMO_PASSWORD, TryAgain, World
from service.usecases import people
from service.usecases.platform import Platform

LONGEST_AGO = timedelta(days=400)
"""When the demo's procedures were put into operation; no course begins before."""


def prepare(platform: Platform, sealer: Sealer, settings: Settings) -> Iterator[str]:
    """Fill an empty database with the demo; an existing one only gets what has changed in the files.

    Yields lines for the screen: what was made, and the log-ins.
    """
    root = settings.procedures
    now = platform.clock.now()
    fresh = platform.read(_is_empty)
    with World(now - LONGEST_AGO if fresh else now, url=settings.url, sealer=sealer) as world:
        world.deploy_folder(root)
        people.put_api_account(world.platform, "demo-api", DEMO_PASSWORD)
        if fresh:
            today = now.astimezone(LOCAL_ZONE).date()
            courses = [c for path in sorted(root.glob("processes/*/demo.yaml")) for c in read_plans(path, today)]
            with _scripted_failures_unlogged():
                play(world, now, courses)
            yield f"{len(courses)} sager er i gang."
    yield "Log ind med adgangskoden »demo«:"
    for group in files.staff_of(root):
        for person in group.personer:
            yield f"  {person.brugernavn:<22} {person.titel or ', '.join(person.roller)}"
    yield f"  {'demo-api':<22} REST-kald (Basic)"


def _is_empty(uow: UnitOfWork) -> bool:
    return not uow.people.all()


@contextmanager
def _scripted_failures_unlogged() -> Iterator[None]:
    """Keep the failures that a course asks for out of the log; every other line is still written."""
    processors = structlog.get_config()["processors"]
    processors.insert(0, _drop_scripted)
    try:
        yield
    finally:
        processors.remove(_drop_scripted)


def _drop_scripted(_logger: object, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    if event.get("fault") == TryAgain.__name__:
        raise structlog.DropEvent
    return event
