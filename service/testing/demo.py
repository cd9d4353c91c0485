"""The demo: the procedures of a checkout, their synthetic staff, and courses that have been under way for some time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import yaml

from service.config import Settings
from service.domain.errors import BadInput
from service.domain.storage import UnitOfWork
from service.store import Sealer
from service.testing import files
from service.testing.acts import ACTS
from service.testing.course import Course
from service.testing.world import DEMO_PASSWORD, World
from service.usecases import people
from service.usecases.platform import Platform


def prepare(platform: Platform, sealer: Sealer, settings: Settings) -> Iterator[str]:
    """Fill an empty database with the demo; an existing one only gets what has changed in the files.

    Yields lines for the screen: what was made, and the log-ins.
    """
    root = settings.procedures
    staff = files.staff_of(root)
    fresh = platform.read(_is_empty)
    begin = platform.clock.now() - timedelta(days=200) if fresh else platform.clock.now()
    with World(begin, url=settings.url, sealer=sealer) as world:
        world.deploy_folder(root)
        people.put_api_account(world.platform, "demo-api", DEMO_PASSWORD)
        if fresh:
            yield f"{sum(_play(world, path) for path in sorted(root.glob('processes/*/demo.yaml')))} sager er i gang."
    yield "Log ind med adgangskoden »demo«:"
    for group in staff:
        for person in group.personer:
            yield f"  {person.brugernavn:<22} {person.titel or ', '.join(person.roller)}"
    yield f"  {'demo-api':<22} REST-kald (Basic)"


def _is_empty(uow: UnitOfWork) -> bool:
    return not uow.people.all()


def _play(world: World, path: Path) -> int:
    """Run a demo file: a list of courses, each a list of acts with `dage_siden` for when it begins."""
    courses = yaml.safe_load(path.read_text(encoding="utf-8")) or []
    today = world.clock.now() + timedelta(days=200)
    for entry in sorted(courses, key=lambda c: -int(c["dage_siden"])):
        at = today - timedelta(days=int(entry["dage_siden"]))
        world.move_to(max(at, world.clock.now()))
        course = Course(world, entry.get("givet") or {})
        for body in entry["trin"]:
            verb = next((v for v in ACTS if v in body), None)
            if verb is None:
                raise BadInput(why=f"{path.name}: ukendt handling {body}")
            ACTS[verb][0](course, body)
            world.settle()
    world.move_to(today)
    return len(courses)
