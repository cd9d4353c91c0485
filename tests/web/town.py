"""A small town: the real application on a real engine, with one short procedure and a few cases at different points."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask

from service.config import Settings
from service.domain.views import InboxQuery, InstanceQuery, InstanceRow
from service.testing.world import World
from service.usecases import enquiries, task_assignment
from service.web.application import create_app

ROOT = Path(__file__).parent / "town"
BEGIN = datetime(2014, 9, 1, 7, 0, tzinfo=UTC)
"""Monday 1 September 2014, 9 o'clock in Copenhagen."""
PASSWORD = "demo"  # what World gives everybody


@dataclass(frozen=True, slots=True)
class Town:
    world: World
    app: Flask

    def instances(self) -> list[InstanceRow]:
        """Oldest first."""
        page = self.world.platform.read(lambda uow: uow.queries.instances(InstanceQuery(state="alle")))
        return sorted(page.rows, key=lambda row: row.key)

    def task(self, name: str = "Hold samtale") -> int:
        """The oldest open task of this name that anybody may take."""
        query = InboxQuery(username="mona.mentor", groups=self.world.person("mona.mentor").groups)
        page = self.world.platform.read(lambda uow: uow.queries.inbox(query))
        return min(row.key for row in page.rows if row.name == name and row.assignee is None)

    def enquire(self, name: str, cpr: str, way: str, *, protected: bool = False) -> int | None:
        """Register an enquiry; gives the key of the task that follows."""
        values = {
            "cpr": cpr,
            "navn": name,
            "enhed_id": "nord",
            "vej": way,
            "telefon": "12345678",
            "beskyttet": protected,
        }
        return enquiries.submit_with(self.world.platform, self.world.person("mona.mentor"), "proeve", values).task_key


@contextmanager
def open_town() -> Iterator[Town]:
    """Everything is gone afterwards."""
    with World(BEGIN) as world:
        world.deploy_folder(ROOT)
        app = create_app(world.platform, Settings(demo=True), b"a key for tests only, of 32 bytes")
        town = Town(world, app)
        town.enquire("Anna Test Dal", "0101901234", "samtale", protected=True)
        town.enquire("Bo Test Lund", "0202803456", "besked")
        world.move_to(BEGIN + timedelta(days=2, hours=3))
        taken = town.enquire("Carla Test Vang", "0303701239", "samtale")
        assert taken is not None
        task_assignment.take(world.platform, world.person("mona.mentor"), taken)
        town.enquire("Dorte Test Eng", "0404651230", "andet")
        world.move_to(BEGIN + timedelta(days=3))
        yield town
