"""Functions that make and read dates and times."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from ..chronology import (
    DateTimeValue,
    DateValue,
    TimeValue,
    date_of_epoch_day,
    date_part,
    days_in_month,
    epoch_day,
    from_instant_nanos,
    instant_nanos,
    make_date,
    make_date_time,
    make_time,
    nanosecond_of,
    time_part,
    zone_named,
)
from ..environment import PEOPLE_ZONE, Environment
from ..properties import weekday
from ..registry import also, builtin
from ..temporal_text import MAX_OFFSET_SECONDS, read_date, read_date_time, read_time
from ..values import DATE, DATE_TIME, NANOS_PER_SECOND, STRING, TIME, DaysTimeDuration, kind

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip


def _whole(number: Decimal, what: str) -> int:
    if number != number.to_integral_value() or abs(number) > 10**10:
        raise ValueError(f"the {what} must be a whole number")
    return int(number)


@builtin(
    "date(from: any)", "temporal",
    "En dato af tekst (åååå-mm-dd) eller datoen i en dato med tid.",
    "A date from text (yyyy-mm-dd), or the date of a date and time.",
    ('date("2026-01-31")', '@"2026-01-31"'), ("date(2026, 1, 31)", '@"2026-01-31"'),
)  # fmt: skip
def to_date(from_: Any) -> DateValue | None:
    match kind(from_):
        case name if name == DATE:
            return from_  # type: ignore[no-any-return]
        case name if name == DATE_TIME:
            return date_part(from_)
        case name if name == STRING:
            found = read_date(from_)
            if found is None:
                raise ValueError("the text is no date")
            return found
    raise ValueError(f"no date can be made from {kind(from_)}")


@also("date(year: number, month: number, day: number)")
def date_of_parts(year: Decimal, month: Decimal, day: Decimal) -> DateValue:
    return make_date(_whole(year, "year"), _whole(month, "month"), _whole(day, "day"))


@builtin(
    "time(from: any)", "temporal",
    "Et klokkeslæt af tekst eller klokkeslættet i en dato med tid.",
    "A time from text, or the time of a date and time.",
    ('time("23:59:00Z")', '@"23:59:00Z"'), ("time(9, 30, 0)", '@"09:30:00"'),
)  # fmt: skip
def to_time(from_: Any) -> TimeValue | None:
    match kind(from_):
        case name if name == TIME:
            return from_  # type: ignore[no-any-return]
        case name if name == DATE_TIME:
            return time_part(from_)
        case name if name == DATE:
            return time(0, 0, 0, 0, UTC)
        case name if name == STRING:
            found = read_time(from_)
            if found is None:
                raise ValueError("the text is no time")
            return found
    raise ValueError(f"no time can be made from {kind(from_)}")


@also("time(hour: number, minute: number, second: number, offset: duration|null?)")
def time_of_parts(hour: Decimal, minute: Decimal, second: Decimal, offset: Any = None) -> TimeValue:
    zone = None
    if offset is not None:
        if not isinstance(offset, DaysTimeDuration):
            raise ValueError("the offset must be a days and time duration")
        seconds_east = offset.nanos // NANOS_PER_SECOND
        if abs(seconds_east) > MAX_OFFSET_SECONDS:
            raise ValueError("the offset is more than 18 hours")
        zone = timezone(timedelta(seconds=seconds_east)) if seconds_east else UTC
    if not 0 <= second < 60:
        raise ValueError("a second must be from 0 to 59.999…")
    seconds = int(second)
    nanos = int((second - seconds) * NANOS_PER_SECOND)
    return make_time(_whole(hour, "hour"), _whole(minute, "minute"), seconds, nanos, zone)


@builtin(
    "date and time(from: any)", "temporal",
    "En dato med tid af tekst, eller af en dato og et klokkeslæt.",
    "A date and time from text, or from a date and a time.",
    ('date and time("2026-01-31T12:00:00")', '@"2026-01-31T12:00:00"'),
    ('date and time(date("2026-01-31"), time("12:00:00"))', '@"2026-01-31T12:00:00"'),
)  # fmt: skip
def to_date_time(from_: Any) -> DateTimeValue | None:
    match kind(from_):
        case name if name == DATE_TIME:
            return from_  # type: ignore[no-any-return]
        case name if name == DATE:
            return make_date_time(from_, time(0, 0, 0, 0, UTC))
        case name if name == STRING:
            found = read_date_time(from_)
            if found is None:
                raise ValueError("the text is no date and time")
            return found
    raise ValueError(f"no date and time can be made from {kind(from_)}")


@also("date and time(date: date or date and time, time: any)")
def date_time_of_parts(day: Any, clock: Any) -> DateTimeValue | None:
    if kind(clock) == STRING and kind(day) == DATE_TIME:
        return in_zone(day, clock)
    if kind(clock) != TIME:
        return None
    return make_date_time(date_part(day), clock)


@also("date and time(date: date or date and time, timezone: string)")
def in_zone(day: Any, zone_name: str) -> DateTimeValue | None:
    zone = zone_named(zone_name)
    if zone is None or kind(day) != DATE_TIME:
        raise ValueError("there is no such time zone")
    if day.tzinfo is not None:
        return from_instant_nanos(instant_nanos(day), zone)
    clock = make_time(day.hour, day.minute, day.second, nanosecond_of(day), zone)
    return make_date_time(date_part(day), clock)


@builtin(
    "now()", "temporal",
    "Tidspunktet nu.", "The present moment.", ("now() instance of date and time", "true"),
    foldable=False,
)  # fmt: skip
def now(*, env: Environment) -> datetime | None:
    if env.now is None:
        env.warn("now: the evaluation was given no clock")
        return None
    return env.now.astimezone(env.zone or UTC)


@builtin(
    "today()", "temporal",
    "Dagens dato.", "Today's date.", ("today() instance of date", "true"),
    foldable=False,
)  # fmt: skip
def today(*, env: Environment) -> date | None:
    if env.now is None:
        env.warn("today: the evaluation was given no clock")
        return None
    return env.now.astimezone(env.zone or PEOPLE_ZONE).date()


@builtin(
    "day of week(date: date or date and time)", "temporal",
    "Ugedagens engelske navn.", "The English name of the weekday.",
    ('day of week(date("2026-01-31"))', '"Saturday"'),
)  # fmt: skip
def day_of_week(day: Any) -> str:
    return _DAYS[int(weekday(day)) - 1]


@builtin(
    "day of year(date: date or date and time)", "temporal",
    "Dagens nummer i året.", "The number of the day in its year.", ('day of year(date("2026-02-01"))', "32"),
)  # fmt: skip
def day_of_year(day: Any) -> Decimal:
    return Decimal(epoch_day(day) - epoch_day(make_date(day.year, 1, 1)) + 1)


@builtin(
    "week of year(date: date or date and time)", "temporal",
    "Ugens nummer (ISO 8601, som i Danmark).", "The number of the week (ISO 8601).",
    ('week of year(date("2026-01-31"))', "5"),
)  # fmt: skip
def week_of_year(day: Any) -> Decimal:
    thursday = epoch_day(day) - int(weekday(day)) + 4
    year = date_of_epoch_day(thursday).year
    return Decimal((thursday - epoch_day(make_date(year, 1, 1))) // 7 + 1)


@builtin(
    "month of year(date: date or date and time)", "temporal",
    "Månedens engelske navn.", "The English name of the month.", ('month of year(date("2026-01-31"))', '"January"'),
)  # fmt: skip
def month_of_year(day: Any) -> str:
    return _MONTHS[day.month - 1]


@builtin(
    "last day of month(date: date or date and time)", "temporal",
    "Månedens sidste dato.", "The last date of the month.", ('last day of month(date("2026-02-10"))', '@"2026-02-28"'),
)  # fmt: skip
def last_day_of_month(day: Any) -> DateValue:
    return make_date(day.year, day.month, days_in_month(day.year, day.month))
