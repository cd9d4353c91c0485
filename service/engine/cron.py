"""Cron patterns: six fields, seconds first, as Spring 5.3 reads them. Instants are UTC.

`second minute hour day-of-month month day-of-week`; `*`, `?`, `a-b`, `a,b`, `/step`, names (JAN, MON), `L` (last day of the
month), `L-3`, `15W` and `LW` (nearest weekday), `5L`/`FRIL` (last Friday), `MON#2` (second Monday); `@yearly` … `@hourly`.
Both day fields must match. 0 and 7 are Sunday.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

MACROS = {
    "@yearly": "0 0 0 1 1 *",
    "@annually": "0 0 0 1 1 *",
    "@monthly": "0 0 0 1 * *",
    "@weekly": "0 0 0 * * 0",
    "@daily": "0 0 0 * * *",
    "@midnight": "0 0 0 * * *",
    "@hourly": "0 0 * * * *",
}
MONTHS = {
    name: n
    for n, name in enumerate(["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"], 1)
}
DAYS = {name: n for n, name in enumerate(["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"], 1)}
SEARCH_DAYS = 366 * 12
"""How far ahead a next beat is looked for: 29 February comes within eight years, also around 2100."""

DayTest = Callable[[date], bool]


class CronFault(ValueError):
    """The pattern cannot be read; Danish."""


@dataclass(frozen=True, slots=True)
class Cron:
    text: str
    seconds: tuple[int, ...]
    minutes: tuple[int, ...]
    hours: tuple[int, ...]
    months: frozenset[int]
    day_tests: tuple[DayTest, ...]
    weekday_tests: tuple[DayTest, ...]

    def after(self, instant: datetime) -> datetime | None:
        """The first beat strictly after `instant`; None when there is none within twelve years."""
        moment = instant.astimezone(UTC).replace(microsecond=0) + timedelta(seconds=1)
        day, clock = moment.date(), moment.time()
        for _ in range(SEARCH_DAYS):
            if self._on(day):
                found = self._first_from(clock)
                if found is not None:
                    return datetime.combine(day, found, UTC)
            if day == date.max:
                return None
            day, clock = day + timedelta(days=1), time.min
        return None

    def _on(self, day: date) -> bool:
        return (
            day.month in self.months
            and any(test(day) for test in self.day_tests)
            and any(test(day) for test in self.weekday_tests)
        )

    def _first_from(self, clock: time) -> time | None:
        for hour in self.hours:
            if hour < clock.hour:
                continue
            for minute in self.minutes:
                if hour == clock.hour and minute < clock.minute:
                    continue
                tight = hour == clock.hour and minute == clock.minute
                second = next((s for s in self.seconds if not tight or s >= clock.second), None)
                if second is not None:
                    return time(hour, minute, second)
        return None


def parse_cron(text: str) -> Cron:
    """Raises CronFault (Danish) for a pattern that cannot be read."""
    plain = MACROS.get(text.strip().lower(), text.strip())
    fields = plain.split()
    if len(fields) != 6:
        raise CronFault("det skal have seks felter: sekund, minut, time, dag, måned, ugedag, fx 0 0 9 * * MON-FRI.")
    seconds, minutes, hours, days, months, weekdays = fields
    return Cron(
        text=text,
        seconds=_numbers(seconds, 0, 59, "sekund"),
        minutes=_numbers(minutes, 0, 59, "minut"),
        hours=_numbers(hours, 0, 23, "time"),
        months=frozenset(_numbers(months, 1, 12, "måned", MONTHS)),
        day_tests=tuple(_day_test(part) for part in days.upper().split(",")),
        weekday_tests=tuple(_weekday_test(part) for part in weekdays.upper().split(",")),
    )


def _numbers(field: str, low: int, high: int, what: str, names: dict[str, int] | None = None) -> tuple[int, ...]:
    found: set[int] = set()
    for part in field.upper().split(","):
        found |= _range(part, low, high, what, names or {})
    return tuple(sorted(found))


def _range(part: str, low: int, high: int, what: str, names: dict[str, int]) -> set[int]:
    span, slash, step_text = part.partition("/")
    step = _number(step_text, 1, high + 1, f"spring i {what}", {}) if slash else 1
    if span in {"*", "?"}:
        first, last = low, high
    elif "-" in span:
        from_text, _, to_text = span.partition("-")
        first, last = _number(from_text, low, high, what, names), _number(to_text, low, high, what, names)
        if what == "ugedag" and first == 7 and last < 7:
            first = 0
        if first > last:
            raise CronFault(f"'{part}' begynder efter sin slutning ({what}).")
    else:
        first = _number(span, low, high, what, names)
        last = high if slash else first
    return set(range(first, last + 1, step))


def _number(text: str, low: int, high: int, what: str, names: dict[str, int]) -> int:
    value = names.get(text, int(text) if text.isdecimal() else None)
    if value is None or not low <= value <= high:
        raise CronFault(f"'{text}' er ikke en gyldig {what} ({low}-{high}).")
    return value


def _last_day(day: date) -> int:
    return monthrange(day.year, day.month)[1]


def _day_test(part: str) -> DayTest:
    if part == "LW":
        return lambda day: day.day == _nearest_weekday(day, _last_day(day))
    if part == "L":
        return lambda day: day.day == _last_day(day)
    if part.startswith("L-"):
        back = _number(part[2:], 1, 30, "dag", {})
        return lambda day: day.day == _last_day(day) - back
    if part.endswith("W"):
        wanted = _number(part[:-1], 1, 31, "dag", {})
        return lambda day: wanted <= _last_day(day) and day.day == _nearest_weekday(day, wanted)
    numbers = _range(part, 1, 31, "dag", {})
    return lambda day: day.day in numbers


def _nearest_weekday(month: date, wanted: int) -> int:
    """The weekday nearest that day of the month, within the month."""
    weekday = month.replace(day=wanted).weekday()
    if weekday == 5:
        return wanted - 1 if wanted > 1 else wanted + 2
    if weekday == 6:
        return wanted + 1 if wanted < _last_day(month) else wanted - 2
    return wanted


def _weekday_test(part: str) -> DayTest:
    if "#" in part:
        name, _, count_text = part.partition("#")
        weekday, count = _number(name, 0, 7, "ugedag", DAYS) % 7, _number(count_text, 1, 5, "nummer", {})
        return lambda day: day.isoweekday() % 7 == weekday and (day.day - 1) // 7 + 1 == count
    if part.endswith("L") and len(part) > 1:
        last = _number(part[:-1], 0, 7, "ugedag", DAYS) % 7
        return lambda day: day.isoweekday() % 7 == last and day.day > _last_day(day) - 7
    if part == "L":
        raise CronFault("Ugedagen L mangler en dag foran, fx FRIL.")
    numbers = {n % 7 for n in _range(part, 0, 7, "ugedag", DAYS)}
    return lambda day: day.isoweekday() % 7 in numbers
