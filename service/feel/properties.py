"""`value.name` for what is no context: parts of dates, times, durations and ranges."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from .chronology import (
    DateTimeValue,
    DateValue,
    TimeValue,
    epoch_day,
    nanosecond_of,
    offset_nanos,
    time_offset_nanos,
)
from .values import (
    DATE,
    DATE_TIME,
    DAYS_TIME,
    NANOS_PER_SECOND,
    RANGE,
    TIME,
    YEARS_MONTHS,
    DaysTimeDuration,
    Range,
)


def weekday(day: DateValue | DateTimeValue) -> Decimal:
    """1 is Monday, 7 is Sunday."""
    return Decimal((epoch_day(day) + 3) % 7 + 1)


def _second(moment: TimeValue | DateTimeValue) -> Decimal:
    return with_fraction(moment.second, nanosecond_of(moment))


def with_fraction(seconds: int, nanos: int) -> Decimal:
    """Seconds and nanoseconds as one number without trailing zeros."""
    return Decimal(seconds) if not nanos else (Decimal(seconds) + Decimal(nanos).scaleb(-9)).normalize()


def _offset(moment: DateTimeValue) -> DaysTimeDuration | None:
    nanos = offset_nanos(moment)
    return None if nanos is None else DaysTimeDuration(nanos)


def _time_offset(clock: TimeValue) -> DaysTimeDuration | None:
    nanos = time_offset_nanos(clock)
    return None if nanos is None else DaysTimeDuration(nanos)


def _zone(moment: TimeValue | DateTimeValue) -> str | None:
    return moment.tzinfo.key if isinstance(moment.tzinfo, ZoneInfo) else None


def _seconds(length: DaysTimeDuration) -> Decimal:
    fraction = abs(length.nanos) % NANOS_PER_SECOND
    return with_fraction(length.seconds, -fraction if length.nanos < 0 else fraction)


def _range_start(span: Range) -> Any:
    return None if span.operator == "!=" else span.start


def _range_end(span: Range) -> Any:
    return None if span.operator == "!=" else span.end


_DATE_PARTS: dict[str, Callable[[Any], Any]] = {
    "year": lambda v: Decimal(v.year),
    "month": lambda v: Decimal(v.month),
    "day": lambda v: Decimal(v.day),
    "weekday": weekday,
}
_CLOCK_PARTS: dict[str, Callable[[Any], Any]] = {
    "hour": lambda v: Decimal(v.hour),
    "minute": lambda v: Decimal(v.minute),
    "second": _second,
    "timezone": _zone,
}
PROPERTIES: dict[str, dict[str, Callable[[Any], Any]]] = {
    DATE: _DATE_PARTS,
    TIME: {**_CLOCK_PARTS, "time offset": _time_offset},
    DATE_TIME: {**_DATE_PARTS, **_CLOCK_PARTS, "time offset": _offset},
    DAYS_TIME: {
        "days": lambda v: Decimal(v.days),
        "hours": lambda v: Decimal(v.hours),
        "minutes": lambda v: Decimal(v.minutes),
        "seconds": _seconds,
    },
    YEARS_MONTHS: {"years": lambda v: Decimal(v.years), "months": lambda v: Decimal(v.months_part)},
    RANGE: {
        "start": _range_start,
        "end": _range_end,
        "start included": lambda v: v.start_included,
        "end included": lambda v: v.end_included,
    },
}
