"""A whole Forløb in memory: real engine, verbs, handlers and store (SQLite), with a manual clock and mail that stays here."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Self

from service.domain.access import SYSTEM, Person
from service.domain.cases import Case, Citizen, Dispatch, Document
from service.domain.clock import ManualClock
from service.domain.definitions import Finding
from service.domain.errors import EngineFailed, NotFound
from service.domain.handling import Channel, HandlerInfo, JobContext
from service.domain.keys import KeyMaker
from service.domain.storage import UnitOfWork
from service.engine import SpiffEngine
from service.store import Sealer, SqlStore, copy_in_memory, open_store
from service.testing import files
from service.usecases import deployments, people, timers
from service.usecases.bundle import Resource
from service.usecases.catalog import Catalogs
from service.usecases.platform import Platform
from service.usecases.submissions import CITIZEN_COLUMNS
from service.workers.channels import Carrier, Documents
from service.workers.handlers import load_handlers
from service.workers.loop import run_jobs
from service.workers.relay import relay

DEMO_PASSWORD = "demo"  # noqa: S105 - the demo prints it
ENOUGH = 10_000
"""Rounds of work at one instant after which something goes in circles."""


class Sent:
    """A channel that keeps what it is given."""

    def __init__(self) -> None:
        self.delivered: list[tuple[Dispatch, tuple[tuple[Document, bytes], ...]]] = []

    def deliver(self, dispatch: Dispatch, documents: Documents) -> str:
        self.delivered.append((dispatch, tuple(documents)))
        return f"prøve-{len(self.delivered)}"


class TryAgain(Exception):
    """Raised by a handler that a scenario told to fail."""


class World:
    """Use as a context manager; everything is gone afterwards."""

    _store: SqlStore
    platform: Platform

    def __init__(
        self,
        start: datetime,
        *,
        url: str = ":memory:",
        sealer: Sealer | None = None,
        like: World | None = None,
    ) -> None:
        """`like` begins with everything that is in another world (in memory)."""
        self.clock = ManualClock(start)
        self._node: int = like._node + 1 if like else 0
        keys = KeyMaker(self.clock, self._node)  # a copy's keys never meet those it was copied with
        engine = like.platform.engine if like else SpiffEngine()
        self.sent = Sent()
        self.failing: Counter[str] = Counter()
        """Job type → how many of its next runs fail."""
        self.handlers: Mapping[str, HandlerInfo] = like.handlers if like else load_handlers()
        self._store = (
            copy_in_memory(like._store, keys) if like else open_store(url, sealer=sealer or Sealer.fresh(), keys=keys)
        )
        self.platform = Platform(
            store=self._store,
            engine=engine,
            clock=self.clock,
            keys=keys,
            catalogs=like.platform.catalogs.copy() if like else Catalogs(engine),
            handlers=self.handlers,
        )
        self._channels: Mapping[Channel, Carrier] = dict.fromkeys(Channel, self.sent)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._store.close()

    # -- set-up ---------------------------------------------------------------------------------------------------------

    def deploy(self, resources: Sequence[Resource]) -> deployments.Deployed:
        return deployments.deploy(self.platform, SYSTEM, resources)

    def deploy_folder(self, root: Path) -> None:
        """Deploy everything under `root` and make its staff, all with the demo password.

        What somebody has changed in the program stands, where the file is the one it was before that.
        """
        self.deploy(deployments.newer_than_changes(self.platform, files.of_root(root)))
        for staff in files.staff_of(root):
            people.put_staff(self.platform, staff, DEMO_PASSWORD)

    def let_clock_start(self, folder: str) -> None:
        """From now on the clock starts processes of this folder alone, as if they were put into operation now."""
        self.platform.store.transact(lambda uow: deployments.restart_clock(self.platform, uow, folder))

    def person(self, username: str) -> Person:
        found = people.person(self.platform, username)
        if found is None:
            raise NotFound(what=f"brugeren {username}")
        return found

    def open_case(
        self, *, kind: str, citizen: Mapping[str, Any], unit: str | None = None, worker: str | None = None
    ) -> str:
        """A case that no course belongs to yet, and its citizen (by the names that manifests use); its number."""

        def work(uow: UnitOfWork) -> str:
            found = self.platform.catalogs.view(uow.definitions).case_kind(kind)
            if found is None:
                raise NotFound(what=f"sagstypen {kind}")
            known = {CITIZEN_COLUMNS.get(name, name): value for name, value in citizen.items()}
            person = replace(Citizen(key=self.platform.keys.next(), cpr=None, name="", version=0), **known)
            uow.citizens.put(person)
            case = Case(
                key=self.platform.keys.next(),
                number=f"PRØVE-{uow.cases.next_number('prøve')}",
                kind=kind,
                folder=found[0],
                status=found[1].statusser[0],
                opened_at=self.clock.now(),
                citizen_key=person.key,
                unit=unit,
                worker=worker,
            )
            uow.cases.open(case)
            return case.number

        return self.platform.store.transact(work)

    # -- time -----------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Run every job, dispatch and timer that is due now, until nothing is."""
        for _ in range(ENOUGH):
            done = run_jobs(self.platform, self._served(), limit=50) + relay(self.platform, self._channels, limit=50)
            if not done and not self._fire_due():
                return
        raise EngineFailed(why="der bliver ved med at komme nyt arbejde på samme tidspunkt")

    def move_to(self, instant: datetime) -> None:
        """Move the clock, stopping at everything that falls due on the way, in order of time."""
        self.settle()
        while (due := self._next_due()) is not None and due <= instant:
            self.clock.move_to(max(due, self.clock.now()))
            self.settle()
        self.clock.move_to(instant)
        self.settle()

    def _next_due(self) -> datetime | None:
        now = self.clock.now()
        dues = self.platform.read(
            lambda uow: (uow.timers.next_due(), uow.jobs.next_due(now), uow.dispatches.next_due())
        )
        later = [d for d in dues if d is not None and d > now]
        return min(later, default=None)

    def _fire_due(self) -> bool:
        claimed = timers.claim(self.platform, limit=1)
        for timer in claimed:
            timers.fire(self.platform, timer)
        return bool(claimed)

    def _served(self) -> Mapping[str, HandlerInfo]:
        if not +self.failing:
            return self.handlers
        return {
            name: _failing(info, self.failing) if self.failing[name] else info for name, info in self.handlers.items()
        }


def _failing(info: HandlerInfo, failing: Counter[str]) -> HandlerInfo:

    lock = threading.Lock()

    def run(job: JobContext, **parameters: object) -> object:
        with lock:
            if failing[info.job_type] > 0:
                failing[info.job_type] -= 1
                raise TryAgain
        return info.function(job, **parameters)

    return replace(info, function=run)  # type: ignore[arg-type]


def check_alone(found: Sequence[Resource]) -> list[Finding]:
    """What the checks say about these files when nothing else is deployed."""
    with World(datetime(2026, 1, 1, tzinfo=UTC)) as world:
        return deployments.check(world.platform, found)
