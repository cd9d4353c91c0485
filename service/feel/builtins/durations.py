"""Functions that make durations and timer cycles."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from ..chronology import date_part, months_between
from ..registry import also, builtin
from ..temporal_text import read_duration, write_duration
from ..values import DATE_TIME, DAYS_TIME, STRING, YEARS_MONTHS, DaysTimeDuration, YearsMonthsDuration, kind


@builtin(
    "duration(from: any)", "temporal",
    "En varighed af tekst: P14D, PT30M, P1Y2M.", "A duration from text: P14D, PT30M, P1Y2M.",
    ('duration("P14D")', '@"P14D"'),
)  # fmt: skip
def duration(from_: Any) -> DaysTimeDuration | YearsMonthsDuration:
    if kind(from_) in {DAYS_TIME, YEARS_MONTHS}:
        return from_  # type: ignore[no-any-return]
    found = read_duration(from_) if kind(from_) == STRING else None
    if found is None:
        raise ValueError("the text is no duration")
    return found


@builtin(
    "years and months duration(from: date or date and time, to: date or date and time)", "temporal",
    "Hele måneder mellem to datoer.", "Whole months between two dates.",
    ('years and months duration(date("2025-12-22"), date("2027-08-25"))', '@"P1Y8M"'),
)  # fmt: skip
def years_and_months(start: Any, end: Any) -> YearsMonthsDuration:
    first = date_part(start) if kind(start) == DATE_TIME else start
    last = date_part(end) if kind(end) == DATE_TIME else end
    return YearsMonthsDuration(months_between(first, last))


@builtin(
    "cycle(interval: any)", "temporal",
    "En gentagelse til en timer, uendelig eller et antal gange.", "A repetition for a timer, endless or a number of times.",
    ('cycle(3, duration("PT1H"))', '"R3/PT1H"'), ('cycle("P1D")', '"R/P1D"'),
)  # fmt: skip
def cycle(interval: Any) -> str:
    return f"R/{_interval(interval)}"


@also("cycle(repetitions: number|null, interval: any)")
def cycle_times(repetitions: Decimal | None, interval: Any) -> str:
    if repetitions is None:
        return f"R/{_interval(interval)}"
    if repetitions < 0 or repetitions != repetitions.to_integral_value():
        raise ValueError("the repetitions must be a whole number from 0")
    return f"R{repetitions:f}/{_interval(interval)}"


def _interval(interval: Any) -> str:
    return write_duration(duration(interval))
