"""What a leader oversees now: cases and tasks of her units, to be added up per unit, per step and per worker."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCount:
    """Open cases of one worker (None: nobody) in one unit, and those of them i bero."""

    unit: str
    worker: str | None
    open: int
    paused: int


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCount:
    """Open tasks of one step that one person (None: nobody) has in one unit. Those on hold are neither late nor soon due."""

    unit: str
    process_id: str
    element_id: str
    name: str
    assignee: str | None
    open: int
    overdue: int
    soon: int

    def plus(self, other: TaskCount) -> TaskCount:
        """Both together; unit, step and person are the first's."""
        return replace(
            self, open=self.open + other.open, overdue=self.overdue + other.overdue, soon=self.soon + other.soon
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """Courses that stand at one element now. Half of them have done so since `median` or later, nine in ten since `ninth`."""

    element_id: str
    courses: int
    median: datetime
    ninth: datetime


def added_up(tasks: Iterable[TaskCount], by: Callable[[TaskCount], Key]) -> dict[Key, TaskCount]:
    """The counts per key."""
    found: dict[Key, TaskCount] = {}
    for count in tasks:
        key = by(count)
        found[key] = found[key].plus(count) if key in found else count
    return found


class Workload(Protocol):
    """Counts over the open cases and tasks of some units."""

    def cases(self, kinds: Sequence[str], units: Sequence[str]) -> Sequence[CaseCount]: ...
    def tasks(self, units: Sequence[str], now: datetime, soon: datetime) -> Sequence[TaskCount]: ...
    def times_taken(
        self, units: Sequence[str], begin: datetime, end: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime, datetime]]:
        """(process, element, created, completed) of tasks completed in the span, the newest first, at most `limit`."""
        ...

    def waiting(self, process_id: str, units: Sequence[str]) -> Sequence[Waiting]:
        """Where courses of these units stand in this process, in any of its versions, also where another process called it."""
        ...
