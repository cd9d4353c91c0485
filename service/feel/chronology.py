"""Arithmetic of dates, times and durations, exact and without bounds on years.

A moment is reduced to integers: days since 1970-01-01 (proleptic Gregorian) and nanoseconds of the day. Results become
Python's own `date`, `time` and `datetime` wherever these can hold them, and the types of `far` elsewhere.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from .far import FarDate, FarDateTime, FineTime
from .values import NANOS_PER_DAY, NANOS_PER_SECOND, CalendarDuration, DaysTimeDuration, YearsMonthsDuration

DateValue = date | FarDate
TimeValue = time | FineTime
DateTimeValue = datetime | FarDateTime

MAX_YEAR = 999_999_999
EPOCH_ORDINAL = date(1970, 1, 1).toordinal()
ERA_DAYS = 146_097  # days in the 400 years after which the calendar repeats


class OutOfRange(ValueError):
    """A date outside the years ±999,999,999."""


def days_in_month(year: int, month: int) -> int:
    """Length of a month in any year."""
    return monthrange(2000 + year % 400, month)[1]


def make_date(year: int, month: int, day: int) -> DateValue:
    """A date; ValueError when there is no such day."""
    if not -MAX_YEAR <= year <= MAX_YEAR:
        raise OutOfRange("the year is out of range")
    if not 1 <= month <= 12 or not 1 <= day <= days_in_month(year, month):
        raise ValueError("there is no such date")
    return date(year, month, day) if 1 <= year <= 9999 else FarDate(year, month, day)


def make_time(hour: int, minute: int, second: int, nanosecond: int, zone: tzinfo | None) -> TimeValue:
    """A time of day; ValueError when there is none."""
    if not (0 <= hour < 24 and 0 <= minute < 60 and 0 <= second < 60):
        raise ValueError("there is no such time")
    microsecond, rest = divmod(nanosecond, 1000)
    plain = time(hour, minute, second, microsecond, zone)
    return FineTime(hour, minute, second, nanosecond, zone) if rest else plain


def make_date_time(day: DateValue, clock: TimeValue) -> DateTimeValue:
    """The moment of `clock` (with its zone) on `day`."""
    if type(day) is date and type(clock) is time:
        return datetime.combine(day, clock)
    nanos = nanosecond_of(clock)
    return FarDateTime(day.year, day.month, day.day, clock.hour, clock.minute, clock.second, nanos, clock.tzinfo)


def nanosecond_of(moment: TimeValue | DateTimeValue) -> int:
    """The fraction of the second, in nanoseconds."""
    if isinstance(moment, (FineTime, FarDateTime)):
        return moment.nanosecond
    return moment.microsecond * 1000


def epoch_day(day: DateValue | DateTimeValue) -> int:
    """Days since 1970-01-01, on the value's own calendar day."""
    if isinstance(day, date):
        return day.toordinal() - EPOCH_ORDINAL
    eras, year = divmod(day.year, 400)
    return date(2000 + year, day.month, day.day).toordinal() - EPOCH_ORDINAL + (eras - 5) * ERA_DAYS


def date_of_epoch_day(days: int) -> DateValue:
    """The inverse of `epoch_day`."""
    ordinal = days + EPOCH_ORDINAL
    if 1 <= ordinal <= date.max.toordinal():
        return date.fromordinal(ordinal)
    eras, rest = divmod(ordinal - 1, ERA_DAYS)
    near = date.fromordinal(rest + 1)
    return make_date(near.year + eras * 400, near.month, near.day)


def nanos_of_day(moment: TimeValue | DateTimeValue) -> int:
    """Nanoseconds since midnight on the value's own clock."""
    return (moment.hour * 3600 + moment.minute * 60 + moment.second) * NANOS_PER_SECOND + nanosecond_of(moment)


def time_of_nanos(nanos: int, zone: tzinfo | None) -> TimeValue:
    """The inverse of `nanos_of_day`."""
    seconds, fraction = divmod(nanos, NANOS_PER_SECOND)
    return make_time(seconds // 3600, seconds // 60 % 60, seconds % 60, fraction, zone)


def offset_nanos(moment: DateTimeValue) -> int | None:
    """Offset from UTC in nanoseconds; None for a local date and time."""
    zone = moment.tzinfo
    if zone is None:
        return None
    if not isinstance(moment, datetime):
        near = 1 if moment.year < 1 else 2000 + moment.year % 400 if moment.year > 9999 else moment.year
        leap_safe_day = min(moment.day, days_in_month(near, moment.month))
        moment = datetime(near, moment.month, leap_safe_day, moment.hour, moment.minute, moment.second, tzinfo=zone)
    offset = moment.utcoffset()
    return _timedelta_nanos(offset) if offset is not None else None


def time_offset_nanos(clock: TimeValue) -> int | None:
    """Offset of a time; that of a named zone is its offset on 1970-01-01, since a time has no date."""
    if clock.tzinfo is None:
        return None
    offset = datetime(1970, 1, 1, clock.hour, clock.minute, clock.second, tzinfo=clock.tzinfo).utcoffset()
    return _timedelta_nanos(offset) if offset is not None else None


def _timedelta_nanos(length: timedelta) -> int:
    return (length.days * 86_400 + length.seconds) * NANOS_PER_SECOND + length.microseconds * 1000


def local_nanos(moment: DateTimeValue) -> int:
    """Nanoseconds since 1970-01-01T00:00 on the value's own wall clock."""
    return epoch_day(moment) * NANOS_PER_DAY + nanos_of_day(moment)


def instant_nanos(moment: DateTimeValue) -> int:
    """Nanoseconds since 1970-01-01T00:00Z; a local date and time is read as UTC."""
    return local_nanos(moment) - (offset_nanos(moment) or 0)


def from_local_nanos(nanos: int, zone: tzinfo | None) -> DateTimeValue:
    """The wall-clock moment; one that the zone skips (spring) moves to after the gap, as clocks then do."""
    days, rest = divmod(nanos, NANOS_PER_DAY)
    moment = make_date_time(date_of_epoch_day(days), time_of_nanos(rest, zone))
    if isinstance(zone, ZoneInfo) and isinstance(moment, datetime):
        moment = moment.astimezone(UTC).astimezone(zone) if _skipped(moment) else moment
    return moment


def _skipped(moment: datetime) -> bool:
    return moment.utcoffset() != moment.replace(fold=1).utcoffset() and (
        moment.astimezone(UTC).astimezone(moment.tzinfo).replace(tzinfo=None) != moment.replace(tzinfo=None)
    )


def from_instant_nanos(nanos: int, zone: tzinfo) -> DateTimeValue:
    """The moment of that instant on a clock of `zone`."""
    utc = make_from_utc(nanos)
    if isinstance(utc, datetime):
        try:
            return utc.astimezone(zone)
        except OverflowError:
            pass
    guess = nanos
    for _ in range(2):  # the offset depends on the wall clock that is looked for
        local = from_local_nanos(guess, None)
        offset = offset_nanos(make_date_time(date_part(local), time_of_nanos(nanos_of_day(local), zone))) or 0
        guess = nanos + offset
    days, rest = divmod(guess, NANOS_PER_DAY)
    return make_date_time(date_of_epoch_day(days), time_of_nanos(rest, zone))


def make_from_utc(nanos: int) -> DateTimeValue:
    """The instant as UTC date and time."""
    days, rest = divmod(nanos, NANOS_PER_DAY)
    return make_date_time(date_of_epoch_day(days), time_of_nanos(rest, UTC))


def date_part(moment: DateTimeValue) -> DateValue:
    return make_date(moment.year, moment.month, moment.day)


def time_part(moment: DateTimeValue) -> TimeValue:
    """The time of day with the zone it was in."""
    return make_time(moment.hour, moment.minute, moment.second, nanosecond_of(moment), moment.tzinfo)


def add_months(day: DateValue, months: int) -> DateValue:
    """Calendar months later; a day the month lacks becomes its last day (31 Jan + 1 month = 28/29 Feb)."""
    year, month0 = divmod(day.year * 12 + day.month - 1 + months, 12)
    return make_date(year, month0 + 1, min(day.day, days_in_month(year, month0 + 1)))


def add_months_to_moment(moment: DateTimeValue, months: int) -> DateTimeValue:
    """`add_months` with the wall-clock time kept."""
    clock = time_part(moment)
    return make_date_time(add_months(date_part(moment), months), clock)


def add_nanos(moment: DateTimeValue, nanos: int) -> DateTimeValue:
    """Exactly that much later, seen on the same clock (a zone keeps its summer time)."""
    if isinstance(moment, datetime):
        micros, rest = divmod(nanos, 1000)
        if not rest and -(10**17) < micros < 10**17:
            try:
                if moment.tzinfo is None:
                    return moment + timedelta(microseconds=micros)
                return (moment.astimezone(UTC) + timedelta(microseconds=micros)).astimezone(moment.tzinfo)
            except OverflowError:
                pass
    if moment.tzinfo is None:
        return from_local_nanos(local_nanos(moment) + nanos, None)
    return from_instant_nanos(instant_nanos(moment) + nanos, moment.tzinfo)


def add_to_time(clock: TimeValue, nanos: int) -> TimeValue:
    """Around the clock: 23:00 + 2 h = 01:00."""
    return time_of_nanos((nanos_of_day(clock) + nanos) % NANOS_PER_DAY, clock.tzinfo)


def add_duration(
    moment: datetime, duration: DaysTimeDuration | YearsMonthsDuration | CalendarDuration, zone: tzinfo | None = None
) -> datetime:
    """Calendar-correct addition for timers; the result is aware and in UTC if `moment` is aware.

    With `zone`, months and whole days are counted on that zone's wall clock (`P1D` over a change to summer time is
    the same time next day), hours and less exactly. Without it all days have 24 hours. 31 January + `P1M` is the last day
    of February. Raises OverflowError when the result leaves the years 1–9999.
    """
    months, days, nanos = _split(duration)
    aware = moment.tzinfo is not None
    local: DateTimeValue = moment.astimezone(zone) if aware and zone is not None else moment
    if months:
        local = add_months_to_moment(local, months)
    if days:
        local = from_local_nanos(local_nanos(local) + days * NANOS_PER_DAY, local.tzinfo)
    if nanos:
        local = add_nanos(local, nanos - nanos % 1000)
    if not isinstance(local, datetime):
        raise OverflowError("the result is outside the years 1 to 9999")
    return local.astimezone(UTC) if aware else local


def _split(duration: DaysTimeDuration | YearsMonthsDuration | CalendarDuration) -> tuple[int, int, int]:
    if isinstance(duration, YearsMonthsDuration):
        return duration.months, 0, 0
    if isinstance(duration, CalendarDuration):
        return duration.months, duration.days, duration.nanos
    days = abs(duration.nanos) // NANOS_PER_DAY * (-1 if duration.nanos < 0 else 1)
    return 0, days, duration.nanos - days * NANOS_PER_DAY


def months_between(start: DateValue, end: DateValue) -> int:
    """Whole calendar months from `start` to `end`, towards zero."""
    months = (end.year - start.year) * 12 + end.month - start.month
    if months > 0 and end.day < start.day:
        return months - 1
    if months < 0 and end.day > start.day:
        return months + 1
    return months


@lru_cache(maxsize=512)
def zone_named(name: str) -> tzinfo | None:
    """The IANA time zone of that name; None when there is none. Files of a machine's own (`localtime`, `right/…`) are none."""
    if not name[:1].isupper():
        return None
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        return None
