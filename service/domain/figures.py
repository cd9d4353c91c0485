"""Figures over cases: what a period is, what may be counted, and what a report says. Counts only, never a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Protocol

from service.domain.clock import LOCAL_ZONE
from service.domain.errors import BadInput

MONTHS = ("Jan", "Feb", "Mar", "Apr", "Maj", "Juni", "Juli", "Aug", "Sept", "Okt", "Nov", "Dec")
LONGEST = 60
"""Calendar months of one report."""


def midnight(day: date) -> datetime:
    """When a day begins in Copenhagen."""
    return datetime(day.year, day.month, day.day, tzinfo=LOCAL_ZONE)


@dataclass(frozen=True, slots=True)
class Column:
    """One calendar month of a period, or the part of it that the period covers."""

    label: str
    first: date
    last: date

    @property
    def begin(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The instant after its last day."""
        return midnight(self.last + timedelta(days=1))


@dataclass(frozen=True, slots=True)
class Period:
    """From and including `first`, to and including the cut-off day `last`."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadInput(why="Skæringsdagen ligger før periodens første dag. Byt om på dem.")
        if (self.last.year - self.first.year) * 12 + self.last.month - self.first.month >= LONGEST:
            raise BadInput(why=f"Perioden kan højst dække {LONGEST} måneder. Vælg en kortere.")

    @property
    def begin(self) -> datetime:
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        return midnight(self.last + timedelta(days=1))

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    def columns(self) -> list[Column]:
        """Its calendar months in order; the first and the last may be parts of one (ST-1)."""
        found = []
        first = self.first
        while first <= self.last:
            month_end = _next_month(first) - timedelta(days=1)
            last = min(month_end, self.last)
            found.append(Column(self._label(first, last, month_end), first, last))
            first = month_end + timedelta(days=1)
        return found

    def _label(self, first: date, last: date, month_end: date) -> str:
        name = MONTHS[first.month - 1]
        if last < month_end:
            part = "Primo" if last.day <= 10 else "Medio" if last.day <= 20 else "Ultimo"
            name = f"{part} {name.lower()}"
        if first.day > 1:
            name = f"{name} fra d. {first.day}."
        return name if self.first.year == self.last.year else f"{name} {first.year}"


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Cohort:
    """Which cases are counted: of one kind, in these units (None: all, also those without a unit)."""

    kind: str
    units: frozenset[str] | None = None


class CaseCounts(Protocol):
    """Counts over cases, answered from indexes. A span is from and including `begin`, up to and excluding `end`.

    Erased cases still count. A case that is reopened stays closed for the time until then: what was told once is told again.
    """

    def opened(self, cohort: Cohort, begin: datetime | None, end: datetime) -> int: ...
    def reopened(self, cohort: Cohort, begin: datetime | None, end: datetime) -> int:
        """How many times a case was opened anew in the span."""
        ...

    def closed(self, cohort: Cohort, begin: datetime | None, end: datetime) -> int:
        """How many times a case was closed in the span."""
        ...

    def sources(self, cohort: Cohort, begin: datetime, end: datetime) -> Mapping[str | None, int]:
        """Cases opened in the span, by the source of the enquiry."""
        ...

    def reasons(self, cohort: Cohort, begin: datetime, end: datetime) -> Mapping[str | None, int]:
        """What `closed` counts, by closing reason."""
        ...

    def suspended(self, cohort: Cohort, at: datetime) -> int:
        """Cases that were open and at rest (i bero) at that instant."""
        ...

    def suspensions(self, cohort: Cohort, begin: datetime, end: datetime) -> int:
        """How many times a case was put at rest in the span."""
        ...

    def workers(self, cohort: Cohort, at: datetime) -> Mapping[str | None, int]:
        """Cases open at that instant, by worker."""
        ...

    def reached(self, cohort: Cohort, begin: datetime, end: datetime, milestone: str) -> int:
        """Of the cases opened in the span, those that reached the milestone before its end."""
        ...

    def reached_both(self, cohort: Cohort, begin: datetime, end: datetime, first: str, second: str) -> int: ...
    def days(self, cohort: Cohort, begin: datetime, end: datetime, first: str | None, second: str) -> Mapping[int, int]:
        """Calendar days from one milestone (None: the opening) to another → number of cases, over cases opened in the span
        that reached both before its end, in that order.
        """
        ...

    def before_date(self, cohort: Cohort, begin: datetime, end: datetime, milestone: str) -> tuple[int, int]:
        """Of the cases opened in the span that reached the milestone before its end and have a date: those that reached it
        no later than that date, and all.
        """
        ...

    def hours(self, cohort: Cohort, begin: datetime, end: datetime) -> tuple[float, int]:
        """Hours used on the cases opened in the span, and how many of them have used any."""
        ...

    def ended(self, process_id: str, ends: Sequence[str], begin: datetime, end: datetime) -> int:
        """Root instances of the process begun in the span that have ended at one of these end events."""
        ...


# -- what a report says ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Share:
    """A row of a distribution. `count` and `share` (whole percent) are None where they may not be told."""

    id: str
    name: str
    count: int | None
    share: int | None


@dataclass(frozen=True, slots=True)
class Distribution:
    rows: tuple[Share, ...]
    total: int | None


@dataclass(frozen=True, slots=True)
class Movement:
    """Figure 1: a number per column for what was opened (for the first time or anew), closed, and open at its end.

    None: may not be told.
    """

    columns: tuple[str, ...]
    before: int | None
    """Open when the period began."""
    created: tuple[int | None, ...]
    closed: tuple[int | None, ...]
    open: tuple[int | None, ...]
    total_created: int | None
    total_closed: int | None
    reopened: int | None
    """How many of the created were closed before."""


@dataclass(frozen=True, slots=True)
class Told:
    """A derived measure: what it is called, and what it says (`–` where there is nothing to tell)."""

    name: str
    value: str
    note: str = ""
    cells: tuple[int, ...] = ()
    """The numbers of cases behind it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """A report as computed at one moment."""

    report: str
    title: str
    movement_title: str
    sources_title: str
    period: Period
    computed_at: datetime
    units: tuple[str, ...] | None
    """Names of the units it covers; None for all."""
    movement: Movement
    sources: Distribution
    reasons: Distribution
    suspended: int | None
    """At rest at the cut-off; they count as open."""
    suspensions: int | None
    """Times that cases were put at rest in the period."""
    measures: tuple[Told, ...]
    public: bool = False
    """Cells below `smallest` are left out."""
    smallest: int = 5


def whole_percent(part: int, whole: int) -> int:
    """Ordinary rounding, halves up; 0 of nothing."""
    return (200 * part + whole) // (2 * whole) if whole else 0
