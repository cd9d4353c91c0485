"""Reading and writing dates, times and durations as text (ISO 8601 as the specification narrows it)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo

from .chronology import (
    DateTimeValue,
    DateValue,
    OutOfRange,
    TimeValue,
    date_of_epoch_day,
    epoch_day,
    make_date,
    make_date_time,
    make_time,
    nanosecond_of,
    zone_named,
)
from .values import NANOS_PER_DAY, NANOS_PER_SECOND, CalendarDuration, DaysTimeDuration, YearsMonthsDuration

_DATE = r"(?P<year>-?(?:[1-9][0-9]{4,8}|[0-9]{4}))-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})"
_TIME = (
    r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})(?:\.(?P<fraction>[0-9]{1,9})[0-9]*)?"
    r"(?P<zone>[zZ]|[+-][0-9]{2}:[0-9]{2}(?::[0-9]{2})?|@[A-Za-z0-9_+\-/]+)?"
)
DATE = re.compile(_DATE)
TIME = re.compile(_TIME)
DATE_TIME = re.compile(f"{_DATE}T{_TIME}")
DURATION = re.compile(
    r"(?P<sign>-)?P(?:(?P<years>[0-9]+)Y)?(?:(?P<months>[0-9]+)M)?(?:(?P<weeks>[0-9]+)W)?(?:(?P<days>[0-9]+)D)?"
    r"(?P<clock>T(?:(?P<hours>[0-9]+)H)?(?:(?P<minutes>[0-9]+)M)?(?:(?P<seconds>[0-9]+)(?:\.(?P<fraction>[0-9]{1,9})[0-9]*)?S)?)?"
)
MAX_OFFSET_SECONDS = 18 * 3600
MAX_DIGITS = 18


def read_date(text: str) -> DateValue | None:
    """A date such as `2026-01-31`; None when it is none."""
    found = DATE.fullmatch(text)
    return _date(found) if found else None


def read_time(text: str) -> TimeValue | None:
    """A time such as `10:30:00.5+01:00` or `10:30:00@Europe/Copenhagen`; None when it is none."""
    found = TIME.fullmatch(text)
    return _time(found) if found else None


def read_date_time(text: str) -> DateTimeValue | None:
    """A date and time; a bare date is its midnight, local; None when it is neither."""
    found = DATE_TIME.fullmatch(text)
    if found is None:
        day = read_date(text)
        return make_date_time(day, make_time(0, 0, 0, 0, None)) if day is not None else None
    day = _date(found)
    if day is None:
        return None
    if (
        found["hour"] == "24"
        and found["minute"] == found["second"] == "00"
        and not (found["fraction"] or "").strip("0")
    ):
        next_day = date_of_epoch_day(epoch_day(day) + 1)
        return read_date_time(f"{write_date(next_day)}T00:00:00{found['zone'] or ''}")
    clock = _time(found)
    return make_date_time(day, clock) if clock is not None else None


def _date(found: re.Match[str]) -> DateValue | None:
    try:
        return make_date(int(found["year"]), int(found["month"]), int(found["day"]))
    except (ValueError, OutOfRange):
        return None


def _time(found: re.Match[str]) -> TimeValue | None:
    zone: tzinfo | None = None
    if found["zone"]:
        zone = read_zone(found["zone"])
        if zone is None:
            return None
    fraction = int((found["fraction"] or "").ljust(9, "0"))
    try:
        return make_time(int(found["hour"]), int(found["minute"]), int(found["second"]), fraction, zone)
    except ValueError:
        return None


def read_zone(text: str) -> tzinfo | None:
    """`Z`, `+01:00`, `-05:30:15` or `@Europe/Copenhagen`; None when there is no such offset or zone."""
    if text in {"Z", "z"}:
        return UTC
    if text[0] == "@":
        return zone_named(text[1:])
    parts = [int(part) for part in text[1:].split(":")]
    hours, minutes, seconds = (*parts, 0)[:3]
    total = hours * 3600 + minutes * 60 + seconds
    if minutes > 59 or seconds > 59 or total > MAX_OFFSET_SECONDS:
        return None
    return timezone(timedelta(seconds=-total if text[0] == "-" else total)) if total else UTC


def read_duration(text: str) -> DaysTimeDuration | YearsMonthsDuration | None:
    """A FEEL duration: years and months, or days and time, never both; None when it is neither."""
    found = DURATION.fullmatch(text)
    if found is None or found["weeks"] is not None:
        return None
    parts = _duration_parts(found)
    if parts is None:
        return None
    calendar = found["years"] is not None or found["months"] is not None
    exact = found["days"] is not None or found["clock"] is not None
    if calendar == exact:
        return None
    return YearsMonthsDuration(parts.months) if calendar else DaysTimeDuration(parts.days * NANOS_PER_DAY + parts.nanos)


def _duration_parts(found: re.Match[str]) -> CalendarDuration | None:
    if found["clock"] == "T" or not any(found[name] for name in ("years", "months", "weeks", "days", "clock")):
        return None
    names = ("years", "months", "weeks", "days", "hours", "minutes", "seconds")
    if any(len(found[name] or "") > MAX_DIGITS for name in names):
        return None
    years, months, weeks, days, hours, minutes, seconds = (int(found[name] or 0) for name in names)
    sign = -1 if found["sign"] else 1
    nanos = (hours * 3600 + minutes * 60 + seconds) * NANOS_PER_SECOND + int((found["fraction"] or "").ljust(9, "0"))
    return CalendarDuration(sign * (years * 12 + months), sign * (weeks * 7 + days), sign * nanos)


def parse_duration(text: str) -> CalendarDuration:
    """A timer's duration, which may mix months, weeks, days and time (`P1M2DT3H`). Raises ValueError saying why not."""
    found = DURATION.fullmatch(text.strip())
    parts = _duration_parts(found) if found else None
    if parts is None:
        raise ValueError(f"'{text}' is no duration; write for example P14D, PT30M or P1M2DT3H")
    return parts


def parse_date_time(text: str, zone: tzinfo | None = None) -> datetime:
    """A timer's moment, aware and in UTC. Text without offset or zone counts in `zone`; without one it is refused.

    Raises ValueError saying why not.
    """
    value = read_date_time(text.strip())
    if value is None:
        raise ValueError(f"'{text}' is no date and time; write for example 2026-01-31T12:00:00+01:00")
    if not isinstance(value, datetime):
        raise ValueError(f"'{text}' is outside what timers can hold (years 1 to 9999, microseconds)")
    if value.tzinfo is None:
        if zone is None:
            raise ValueError(f"'{text}' has no offset; write for example 2026-01-31T12:00:00+01:00 or …Z")
        value = value.replace(tzinfo=zone)
    return value.astimezone(UTC)


def write_date(day: DateValue | DateTimeValue) -> str:
    """`2026-01-31`, with at least four digits of year."""
    sign = "-" if day.year < 0 else ""
    return f"{sign}{abs(day.year):04d}-{day.month:02d}-{day.day:02d}"


def write_time(clock: TimeValue | DateTimeValue) -> str:
    """`10:30:00`, fraction only where there is one, then offset or `@zone`."""
    text = f"{clock.hour:02d}:{clock.minute:02d}:{clock.second:02d}"
    nanos = nanosecond_of(clock)
    if nanos:
        text += f".{nanos:09d}".rstrip("0")
    return text + write_zone(clock.tzinfo)


def write_zone(zone: tzinfo | None) -> str:
    """`Z`, `+01:00`, `@Europe/Copenhagen` or nothing."""
    if zone is None:
        return ""
    if isinstance(zone, ZoneInfo):
        return f"@{zone.key}"
    offset = zone.utcoffset(None)
    total = int(offset.total_seconds()) if offset is not None else 0
    if total == 0:
        return "Z"
    sign, rest = ("-" if total < 0 else "+"), abs(total)
    text = f"{sign}{rest // 3600:02d}:{rest // 60 % 60:02d}"
    return text + (f":{rest % 60:02d}" if rest % 60 else "")


def write_date_time(moment: DateTimeValue) -> str:
    """`2026-01-31T10:30:00+01:00`."""
    return f"{write_date(moment)}T{write_time(moment)}"


def write_duration(length: DaysTimeDuration | YearsMonthsDuration) -> str:
    """The shortest usual form: `P1DT2H`, `PT0S`, `P1Y2M`, `P0M`."""
    if isinstance(length, YearsMonthsDuration):
        years, months = divmod(abs(length.months), 12)
        body = (f"{years}Y" if years else "") + (f"{months}M" if months else "")
        return ("-" if length.months < 0 else "") + "P" + (body or "0M")
    days, rest = divmod(abs(length.nanos), NANOS_PER_DAY)
    seconds, fraction = divmod(rest, NANOS_PER_SECOND)
    hours, minutes, seconds = seconds // 3600, seconds // 60 % 60, seconds % 60
    second_text = f"{seconds}" + (f".{fraction:09d}".rstrip("0") if fraction else "")
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "")
    clock += f"{second_text}S" if second_text != "0" else ""
    body = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-" if length.nanos < 0 else "") + "P" + (body or "T0S")
