"""Deadlines: working days on the Danish calendar, and how a deadline explains itself day by day.

Counting (PROCEDURES 0.3): the day of the triggering event is day 0; the deadline is the end (23:59:59, Europe/Copenhagen)
of the n-th counted day.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from functools import lru_cache

import holidays

from service.domain.clock import LOCAL_ZONE

END_OF_DAY = time(23, 59, 59)
FURTHEST = 3660
"""The most days one count may ask for: about ten years of working days; more is a mistake in a diagram."""


class Unit(StrEnum):
    ARBEJDSDAGE = "arbejdsdage"
    HVERDAGE = "hverdage"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A day that did not count, and why, in Danish."""

    day: date
    why: str


@dataclass(frozen=True, slots=True)
class Count:
    """One working-day count: from this instant, n days of this unit, reached then, these days skipped."""

    unit: Unit
    start: datetime
    days: int
    due: datetime
    skipped: tuple[Skipped, ...]
    calendar_version: int


@dataclass(frozen=True, slots=True)
class Calendar:
    """Which days count. One version of the configuration; a new configuration is a new version."""

    version: int = 0
    yearly_closing_days: Mapping[tuple[int, int], str] = field(
        default_factory=lambda: {(6, 5): "Grundlovsdag", (12, 24): "Juleaftensdag", (12, 31): "Nytårsaftensdag"}
    )
    """(month, day) → why, every year."""
    closing_days: Mapping[date, str] = field(default_factory=dict)
    """Single closing days → why."""
    saturday_is_hverdag: bool = False

    def skips(self, day: date, unit: Unit) -> str | None:
        """Why the day does not count, in Danish; None when it counts."""
        if day.weekday() == 6:
            return "søndag"
        if day.weekday() == 5 and not (unit is Unit.HVERDAGE and self.saturday_is_hverdag):
            return "lørdag"
        return (
            public_holidays(day.year).get(day)
            or self.closing_days.get(day)
            or self.yearly_closing_days.get((day.month, day.day))
        )

    def count(self, start: datetime, days: int, unit: Unit = Unit.ARBEJDSDAGE) -> Count:
        """The end of the n-th counted day after the local day of `start` (n ≥ 0; 0 is the end of that day itself).

        Raises ValueError for a negative or absurd number of days.
        """
        if not 0 <= days <= FURTHEST:
            raise ValueError(f"et antal {unit} skal ligge mellem 0 og {FURTHEST}, ikke {days}")
        day, left, skipped = start.astimezone(LOCAL_ZONE).date(), days, []
        while left:
            day += timedelta(days=1)
            why = self.skips(day, unit)
            if why is None:
                left -= 1
            else:
                skipped.append(Skipped(day, why))
        return Count(unit, start, days, end_of_day(day), tuple(skipped), self.version)


def deadline_key(drawn: str, scope_key: int) -> str:
    """The id of a deadline's row: the id in the diagram, and the run of the scope that it belongs to. Two runs at the same
    time (a process called twice, two instances of a multi-instance) so have a deadline each.
    """
    return f"{drawn}@{scope_key}"


def end_of_day(day: date) -> datetime:
    """23:59:59 local time of that day, as an instant in UTC."""
    return datetime.combine(day, END_OF_DAY, LOCAL_ZONE).astimezone(UTC)


@lru_cache(maxsize=256)
def public_holidays(year: int) -> Mapping[date, str]:
    """Danish public holidays of the year; Store bededag up to and including 2023."""
    return {day: name.lower() for day, name in holidays.country_holidays("DK", years=year, language="da").items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """One deadline of a case (or of an instance without a case), as stored.

    `due` is what counts now; `computed` is what its expression gave last. While `paused_at` is set nothing bound to it
    fires. An extended or paused deadline is not moved by re-evaluation.
    """

    owner_key: int
    """The case's key, or the root instance's when it has no case."""
    id: str
    """A `deadline_key`; of a deadline from before each scope had its own, the drawn id alone."""
    name: str
    due: datetime | None
    computed: datetime | None
    counts: tuple[Count, ...] = ()
    set_at: datetime
    """When the count began, that is when the row got its first instant; reminders take 80 % from here to `due`."""
    paused_at: datetime | None = None
    extended_until: datetime | None = None
    extended_by: str | None = None
    extension_reason: str | None = None
    met_at: datetime | None = None

    @property
    def drawn(self) -> str:
        """Its id in the diagram."""
        drawn, _, scope = self.id.rpartition("@")
        return drawn if drawn and scope.isdecimal() else self.id
