"""What a leader oversees now: cases and tasks of her units, per unit, per step and per worker."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskCount:
    """Open tasks of a unit, a step or a worker. Those on hold are neither late nor soon due."""

    unit: str | None = None
    process_id: str = ""
    element_id: str = ""
    name: str = ""
    assignee: str | None = None
    open: int
    overdue: int
    soon: int
    oldest: datetime


class Workload(Protocol):
    """Counts over the open cases and tasks of some units."""

    def cases_by_unit(self, kinds: Sequence[str], units: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        """Unit → (open cases, those of them i bero)."""
        ...

    def cases_by_worker(self, kinds: Sequence[str], units: Sequence[str]) -> Mapping[str | None, tuple[int, int]]:
        """Worker (None: nobody) → (open cases, those of them i bero)."""
        ...

    def tasks_by_unit(self, units: Sequence[str], now: datetime, soon: datetime) -> Sequence[TaskCount]: ...
    def tasks_by_step(self, units: Sequence[str], now: datetime, soon: datetime) -> Sequence[TaskCount]:
        """By process and element, the one with most late ones first."""
        ...

    def tasks_by_assignee(self, units: Sequence[str], now: datetime, soon: datetime) -> Sequence[TaskCount]: ...
    def times_taken(
        self, units: Sequence[str], begin: datetime, end: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime, datetime]]:
        """(process, element, created, completed) of tasks completed in the span, the newest first, at most `limit`."""
        ...
