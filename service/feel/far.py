"""Dates and times Python's own types cannot hold: years outside 1–9999 and fractions finer than a microsecond.

They carry the same attributes as `date`, `time` and `datetime`, so that readers need not tell them apart. Ordering and
arithmetic live in `chronology`; equality here is by fields, so that values can be dictionary keys.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo


@dataclass(frozen=True, slots=True)
class FarDate:
    """A proleptic Gregorian date in a year outside 1–9999 (astronomical numbering, 0 exists)."""

    year: int
    month: int
    day: int


@dataclass(frozen=True, slots=True)
class FineTime:
    """A time of day with nanoseconds that are no whole microseconds."""

    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: tzinfo | None = None


@dataclass(frozen=True, slots=True)
class FarDateTime:
    """A date and time that a `datetime` cannot hold exactly."""

    year: int
    month: int
    day: int
    hour: int
    minute: int
    second: int
    nanosecond: int
    tzinfo: tzinfo | None = None
