"""What every measurement stands on: how much of it to do, a folder on a real disk, and databases when they are asked for."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import TracebackType
from typing import Self

from service.config import ROOT
from service.store import upgrade
from tests.bench.result import Result
from tests.postgres import Server, server

HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How much is done."""

    rounds: int = 200
    """Repetitions of what takes milliseconds."""
    warm_up: int = 40
    batches: int = 200
    """Repetitions of what takes microseconds, each of `batch` calls."""
    batch: int = 100
    loops: tuple[int, int] = (10, 1000)
    """Rounds of the engine's loop after which a step is measured."""
    crowds: Mapping[str, int] = field(default_factory=lambda: {"100k": 100_000, "1m": 1_000_000})
    """Open tasks, and as many pending timers."""
    executed: int = 1000
    """Instances of a crowd that were really executed; the others are copies of them."""
    timers: int = 240
    within_s: float = 10.0
    """Those timers fall due within so many seconds."""
    procedures: Path = ROOT
    """What the demo is measured with."""


FULL = Scale()
TINY = Scale(
    rounds=3,
    warm_up=1,
    batches=2,
    batch=2,
    loops=(1, 2),
    crowds={"100k": 30, "1m": 60},
    executed=10,
    timers=4,
    within_s=0.2,
    procedures=HERE / "two_form",
)


class Ground:
    """Use as a context manager. `wants` says which results were asked for."""

    def __init__(self, folder: Path, scale: Scale = FULL, wanted: Sequence[str] = ()) -> None:
        self.folder, self.scale, self._wanted = folder, scale, wanted
        self._open = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        self._open.close()

    def wants(self, name: str) -> bool:
        """Whether this result, or one below it (`http.two_form` has `http.two_form.sqlite`), was asked for."""
        return not self._wanted or any(_within(name, w) or _within(w, name) for w in self._wanted)

    def url(self, database: str) -> str:
        """A fresh database for one measurement, with commits that survive a power cut; empty: SQLite in the data folder."""
        return self._open.enter_context(self._postgres.database()) if database == "postgresql" else ""

    @cached_property
    def _postgres(self) -> Server:
        return self._open.enter_context(server(upgrade, durable=True))


def _within(name: str, group: str) -> bool:
    return name == group or name.startswith(f"{group}.")


Measure = Callable[[Ground], Iterator[Result]]


def milliseconds(act: Callable[[], object]) -> float:
    """Wall time of one call."""
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000


def cpu_microseconds(act: Callable[[], object], calls: int) -> float:
    """CPU time per call of pure computation, which other programs on the machine do not lengthen."""
    started = time.process_time_ns()
    for _ in range(calls):
        act()
    return (time.process_time_ns() - started) / 1000 / calls
