"""When timers are due: instants, durations, cycles and their next beat. Pure; nobody here asks what time it is.

Whole days, weeks, months and years count on the clock of Europe/Copenhagen, hours and less exactly: `P14D` over a change
to summer time is the same time of day, 31 January + `P1M` is the last of February.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from service.domain.clock import LOCAL_ZONE
from service.feel import (
    CalendarDuration,
    DaysTimeDuration,
    YearsMonthsDuration,
    add_duration,
    parse_date_time,
    parse_duration,
)

from .cron import Cron, CronFault, parse_cron

Duration = CalendarDuration | DaysTimeDuration | YearsMonthsDuration
NAMED_ZONE = re.compile(r"(?P<moment>.+?)\[(?P<zone>[^\]]+)\]")
OFFSET = re.compile(r".*(?:[zZ]|[+-]\d\d:\d\d)")
MAX_BEATS = 100_000


class TimingFault(ValueError):
    """A time, duration or cycle that cannot be used; Danish, and says how to mend it.

    `str` names the value, for diagrams; `discreet` does not, for incidents, whose readers may not see a case's content.
    """

    def __init__(self, value: object, problem: str) -> None:
        super().__init__(f"'{value!s}' {problem}")
        self.discreet = f"værdien {problem}"


def read_instant(value: object) -> datetime | None:
    """An instant from ISO text or an aware date-time, in UTC; None for null and "". Raises TimingFault."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        if value.tzinfo is None:
            raise TimingFault(value.isoformat(), "mangler en tidszone. Tilføj fx +01:00, Z eller @Europe/Copenhagen.")
        return value.astimezone(UTC)
    if not isinstance(value, str):
        raise TimingFault(value, "er ikke et tidspunkt. Skriv dato og klokkeslæt, fx 2026-01-31T12:00:00+01:00.")
    zone: ZoneInfo | None = None
    text = value.strip()
    named = NAMED_ZONE.fullmatch(text)
    if named is not None:
        text, zone = named["moment"], _zone(named["zone"])
    if zone is None and not OFFSET.fullmatch(text) and "@" not in text:
        raise TimingFault(value, "mangler klokkeslæt eller tidszone. Skriv fx 2026-01-31T12:00:00+01:00.")
    try:
        return parse_date_time(text, zone)
    except ValueError:
        raise TimingFault(value, "er ikke et tidspunkt. Skriv fx 2026-01-31T12:00:00+01:00.") from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, ZoneInfoNotFoundError):
        raise TimingFault(name, "er ikke en tidszone. Skriv fx Europe/Copenhagen.") from None


def read_duration(value: object) -> Duration | None:
    """A duration from ISO text or a FEEL duration; None for null and "". Raises TimingFault."""
    if value is None or value == "":
        return None
    if isinstance(value, DaysTimeDuration | YearsMonthsDuration | CalendarDuration):
        return value
    try:
        return parse_duration(value if isinstance(value, str) else "?")
    except ValueError:
        raise TimingFault(value, "er ikke en varighed. Skriv fx P14D, PT30M eller P1M.") from None


def after(start: datetime, duration: Duration) -> datetime:
    """That much later on the calendar of Copenhagen, in UTC. Raises TimingFault past the year 9999."""
    try:
        return add_duration(start, duration, LOCAL_ZONE)
    except (OverflowError, ValueError):
        raise TimingFault(duration, "fører ud over år 9999. Skriv en kortere varighed.") from None


# -- cycles -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Cycle:
    """`R3/PT10H`, `R/P1D`, `R3/2026-01-01T10:00:00Z/P1D` or a cron pattern. `count` None: for ever."""

    count: int | None
    interval: Duration | None
    start: datetime | None = None
    cron: Cron | None = None

    def first(self, now: datetime) -> datetime | None:
        """The first beat of a cycle that is begun now; None when there never is one."""
        if self.cron is not None:
            return self.cron.after(now)
        assert self.interval is not None
        return self.start if self.start is not None else after(now, self.interval)

    def last(self, since: datetime) -> datetime:
        """The last beat of a counted cycle that was begun then."""
        assert self.count is not None
        assert self.interval is not None
        if self.start is not None:
            return after(self.start, _times(self.interval, self.count - 1))
        return after(since, _times(self.interval, self.count))

    def next(self, previous: datetime, now: datetime, since: datetime | None = None) -> tuple[datetime | None, int]:
        """The first beat after both `previous` and `now`, and how many beats passed, `previous` among them.

        After a stop several beats may have passed; they are counted, not made up for. Beats are counted from where the
        cycle began (its own start, or `since`), so that the last day of a month or a night without a second hour does
        not shift all that follow; where `previous` is no beat counted from there, from `previous`.
        """
        if self.cron is not None:
            return self.cron.after(max(previous, now)), 1
        assert self.interval is not None
        exact = _exact(self.interval)
        if exact is not None:
            passed = max((now - previous) // exact, 0) + 1
            return previous + passed * exact, passed
        began = self.start or since or previous
        number = _number(began, self.interval, previous)
        if number is None:
            began, number = previous, 0
        due, passed = previous, 0
        while passed == 0 or due <= now:
            passed += 1
            due = after(began, _times(self.interval, number + passed))
            if passed > MAX_BEATS:
                raise TimingFault(self.interval, "er et for kort mellemrum. Skriv et længere.")
        return due, passed


def _number(began: datetime, interval: Duration, beat: datetime) -> int | None:
    """Which beat of a cycle that began then this is; None when it is none."""
    slack = timedelta(hours=1) if isinstance(interval, DaysTimeDuration) else timedelta(days=4)
    longest = after(began, interval) - began + slack
    for number in count(max((beat - began) // longest, 0)):
        due = after(began, _times(interval, number))
        if due >= beat:
            return number if due == beat else None
    return None


def _times(duration: Duration, number: int) -> Duration:
    if isinstance(duration, YearsMonthsDuration):
        return YearsMonthsDuration(duration.months * number)
    if isinstance(duration, DaysTimeDuration):
        return DaysTimeDuration(duration.nanos * number)
    return CalendarDuration(duration.months * number, duration.days * number, duration.nanos * number)


def _exact(duration: Duration) -> timedelta | None:
    """The length of a duration without calendar parts (months, days); None when it has some."""
    if isinstance(duration, CalendarDuration) and not duration.months and not duration.days:
        return timedelta(microseconds=duration.nanos // 1000)
    if isinstance(duration, DaysTimeDuration) and not duration.days:
        return timedelta(microseconds=duration.nanos // 1000)
    return None


def read_cycle(value: object) -> Cycle:
    """Raises TimingFault for what is no cycle."""
    text = value.strip() if isinstance(value, str) else ""
    if not text.startswith("R"):
        try:
            return Cycle(None, None, cron=parse_cron(text or str(value)))
        except CronFault as fault:
            raise TimingFault(
                text or value, f"er hverken en gentagelse som R3/PT10H eller R/P1D eller et cron-mønster: {fault}"
            ) from None
    head, _, rest = text.partition("/")
    begin, _, interval_text = rest.rpartition("/")  # a start may name its zone, with a stroke of its own
    if not (head == "R" or head[1:].isdecimal()) or not interval_text:
        raise TimingFault(text, "er ikke en gentagelse. Skriv fx R3/PT10H, R/P1D eller R3/2026-01-01T10:00:00Z/P1D.")
    count = int(head[1:]) if head != "R" else None
    if count == 0:
        raise TimingFault(text, "gentages nul gange. Skriv R for at blive ved, eller et tal fra 1.")
    interval = read_duration(interval_text)
    start = read_instant(begin) if begin else None
    anchor = datetime(2026, 1, 1, tzinfo=UTC)
    if interval is None or after(anchor, interval) <= anchor:
        raise TimingFault(text, "har intet mellemrum. Skriv en varighed over nul, fx R3/PT10H.")
    return Cycle(count, interval, start)


def check_timer(form: str, text: str) -> None:
    """Raises TimingFault for a literal timer text that cannot be used."""
    if form == "timeCycle":
        read_cycle(text)
    elif form == "timeDuration":
        read_duration(text)
    else:
        read_instant(text)
