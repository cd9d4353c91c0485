"""A small house for the workers' tests: real verbs, engine and store, handlers made for the test."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Self

from service.domain.access import SYSTEM, Membership, Person
from service.domain.clock import Clock, ManualClock
from service.domain.errors import EngineFailed
from service.domain.handling import Handler, HandlerInfo, Registration
from service.domain.instances import Instance, InstanceStatus
from service.domain.keys import KeyMaker
from service.domain.ports import Engine
from service.domain.storage import HistoryEntry
from service.domain.waits import Incident, Job
from service.engine import SpiffEngine
from service.store import Sealer, open_store
from service.usecases import deployments, instances
from service.usecases.bundle import Resource
from service.usecases.catalog import Catalogs
from service.usecases.platform import Platform
from service.workers.handlers import describe

OPERATOR = Person(1, "dorte.drift", "Dorte Test Drift", frozenset({Membership("drift")}))
START = datetime(2014, 9, 1, 7, 0, tzinfo=UTC)


def registry(*, careful: bool = False, **handlers: Handler) -> dict[str, HandlerInfo]:
    """Handlers by job type; `_` in a name stands for `-`."""
    types = {name.replace("_", "-"): function for name, function in handlers.items()}
    return {t: describe(f, Registration(t, careful=careful), t) for t, f in types.items()}


class House:
    """Use as a context manager. `now` is the manual clock, where the test did not bring one of its own."""

    def __init__(self, url: str = ":memory:", *, sealer: Sealer | None = None, clock: Clock | None = None) -> None:
        self.now = ManualClock(START)
        self.clock: Clock = clock or self.now
        keys, engine = KeyMaker(self.clock), SpiffEngine()
        self.store = open_store(url, sealer=sealer or Sealer.fresh(), keys=keys)
        self.platform = Platform(
            store=self.store, engine=engine, clock=self.clock, keys=keys, catalogs=Catalogs(engine)
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.store.close()

    def waking(self, wake: Callable[[], None]) -> Platform:
        """The platform whose commits call `wake`."""
        self.platform = replace(self.platform, wake=wake)
        return self.platform

    def deploy(self, files: Mapping[str, bytes]) -> None:
        deployments.deploy(self.platform, SYSTEM, [Resource(path, content) for path, content in files.items()])

    def start(self, process: str = "P", **variables: Any) -> int:
        return instances.start(self.platform, SYSTEM, process, variables).key

    def instance(self, key: int) -> Instance:
        found = self.platform.read(lambda uow: uow.instances.get(key))
        assert found is not None
        return found

    def done(self, key: int) -> bool:
        return self.instance(key).status is InstanceStatus.COMPLETED

    def variables(self, key: int) -> Mapping[str, object]:
        return instances.variables_of(self.platform, key)[key]

    def job(self, key: int) -> Job:
        [found] = self.platform.read(lambda uow: uow.jobs.of(key))
        return found

    def incidents(self, key: int) -> list[Incident]:
        return list(self.platform.read(lambda uow: uow.incidents.open_of(key)))

    def history(self, key: int) -> list[HistoryEntry]:
        """Oldest first; the chain is checked on the way."""
        assert self.platform.read(lambda uow: uow.history.verify(key)) is None
        return list(reversed(self.platform.read(lambda uow: uow.history.of(key, limit=1000))))


class Stuck:
    """An engine that does not come to rest, the first `times` times it is asked."""

    def __init__(self, engine: Engine, times: int = 1_000) -> None:
        self._engine, self._times = engine, times

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def advance(self, *arguments: Any) -> Any:
        if self._times:
            self._times -= 1
            raise EngineFailed(why="en løkke uden ventepunkt")
        return self._engine.advance(*arguments)


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for a condition that other threads bring about; fails when it does not come."""
    pause = threading.Event()
    for _ in range(int(seconds / 0.01)):
        if condition():
            return
        pause.wait(0.01)
    raise AssertionError("it did not happen in time")
