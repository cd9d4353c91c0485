"""Closing days, as administrators keep them: a new calendar goes into operation, and open deadlines are computed again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

import yaml

from service.domain.access import Person
from service.domain.deadlines import Calendar, public_holidays
from service.domain.definitions import ResourceKind, Version
from service.domain.errors import FormInvalid, SetupFault
from service.domain.procedures import read_calendar
from service.domain.registers import Wrong, read_date
from service.domain.storage import UnitOfWork
from service.usecases import changes, deployments
from service.usecases.bundle import Resource
from service.usecases.platform import Platform

FILE = "processes/kalender.yaml"
KEY = (ResourceKind.CALENDAR, "kalender")
HEADER = "# Lukkedage ud over weekender og helligdage, sådan som de sidst blev gemt på siden Administration.\n"


@dataclass(frozen=True, slots=True)
class CalendarVersion:
    """One version, and how it differs from the one before: (what is new, what is gone), as people read it."""

    version: int
    at: datetime
    by: str
    comment: str
    added: Sequence[str]
    gone: Sequence[str]


@dataclass(frozen=True, slots=True)
class CalendarPage:
    calendar: Calendar
    version: int
    holidays: Mapping[date, str]
    """Public holidays of this year and the next."""
    versions: Sequence[CalendarVersion]
    """Newest first."""


@dataclass(frozen=True, slots=True)
class CalendarEntry:
    """Closing days as typed."""

    yearly: Sequence[tuple[str, str]]
    """(`DD-MM`, why)."""
    single: Sequence[tuple[str, str]]
    """(a date, why)."""
    saturday: bool
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Preview:
    """What a calendar would do to deadlines that are counted in days and not met."""

    earlier: int
    later: int
    unmoved: int


def look(platform: Platform, person: Person) -> CalendarPage:
    changes.require_administrator(person)

    def work(uow: UnitOfWork) -> CalendarPage:
        versions = list(uow.definitions.versions(*KEY))
        calendars = [_calendar(version) for version in versions]
        before = [*calendars[1:], Calendar()]
        year = platform.clock.now().year
        return CalendarPage(
            calendars[0] if calendars else Calendar(),
            versions[0].version if versions else 0,
            {**public_holidays(year), **public_holidays(year + 1)},
            [_told(uow, *each) for each in zip(versions, calendars, before, strict=True)],
        )

    return platform.read(work)


def preview(platform: Platform, person: Person, entry: CalendarEntry) -> Preview:
    """How many open deadlines it would move. Nothing is stored. Raises FormInvalid."""
    changes.require_administrator(person)
    calendar = _calendar_of(entry)

    def work(uow: UnitOfWork) -> Preview:
        earlier = later = unmoved = 0
        for counts in uow.deadlines.open_counts():
            again = [calendar.count(count.start, count.days, count.unit) for count in counts]
            moved = next(
                (new.due - old.due for new, old in zip(again, counts, strict=True) if new.due != old.due), None
            )
            if moved is None:
                unmoved += 1
            elif moved.total_seconds() > 0:
                later += 1
            else:
                earlier += 1
        return Preview(earlier, later, unmoved)

    return platform.read(work)


def save(platform: Platform, person: Person, entry: CalendarEntry, seen: int) -> int:
    """Put the calendar into operation; its version. Open deadlines are computed again, those met never.

    Raises FormInvalid, and EntryChanged when the version somebody saw is not the newest.
    """
    changes.require_administrator(person)
    _calendar_of(entry)
    reason = changes.require_reason(entry.reason)
    content = {
        "faste_lukkedage": {_month_first(day): why.strip() for day, why in entry.yearly},
        "lukkedage": {read_date(day.strip()): why.strip() for day, why in entry.single},
        "hverdage_inkl_loerdag": entry.saturday,
    }
    text = HEADER + yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
    done = deployments.deploy(platform, person, [Resource(FILE, text.encode())], reason, based_on={KEY: seen})
    return (done.versions or done.unchanged)[0].version


def current(platform: Platform, person: Person) -> bytes:
    """The file in operation."""
    changes.require_administrator(person)
    version = next(iter(platform.read(lambda uow: uow.definitions.versions(*KEY))), None)
    return version.content if version else b""


# -- how ----------------------------------------------------------------------------------------------------------------


def _calendar(version: Version) -> Calendar:
    read = read_calendar(version.content, version.file, version.version)
    if not isinstance(read, Calendar):
        raise SetupFault(why=f"Kalenderen version {version.version} kan ikke læses: {read[0].message}")
    return read


def _calendar_of(entry: CalendarEntry) -> Calendar:
    """Raises FormInvalid with every fault; a path names the row by its number."""
    errors: dict[str, str] = {}
    yearly: dict[tuple[int, int], str] = {}
    single: dict[date, str] = {}
    for number, (text, why) in enumerate(entry.yearly):
        try:
            month, day = (int(part) for part in _month_first(text).split("-"))
        except Wrong as fault:
            errors[f"faste.{number}.dag"] = str(fault)
            continue
        if (month, day) in yearly:
            errors[f"faste.{number}.dag"] = "Dagen står der to gange. Fjern den ene."
        yearly[month, day] = why
    for number, (text, why) in enumerate(entry.single):
        try:
            on = read_date(text.strip())
        except Wrong as fault:
            errors[f"enkelte.{number}.dato"] = str(fault)
            continue
        if on in single:
            errors[f"enkelte.{number}.dato"] = "Datoen står der to gange. Fjern den ene."
        single[on] = why
    if errors:
        raise FormInvalid(errors)
    return Calendar(0, yearly, single, entry.saturday)


def _month_first(text: str) -> str:
    """`05-06` (5 June) as the file has it: `06-05`. Raises Wrong."""
    try:
        return f"{datetime.strptime(f'{text.strip()}-2024', '%d-%m-%Y'):%m-%d}"  # noqa: DTZ007 - only day and month
    except ValueError:
        raise Wrong("Skriv dagen som DD-MM, fx 05-06 for den 5. juni.") from None


def _told(uow: UnitOfWork, version: Version, calendar: Calendar, before: Calendar) -> CalendarVersion:
    at, by, comment = uow.definitions.deployment(version.deployment_key) or (version.deployed_at, "system", "")
    days, old = set(_days(calendar)), set(_days(before)) if version.version > 1 else set[str]()
    return CalendarVersion(
        version.version, at, changes.name_of(uow, by), comment, sorted(days - old), sorted(old - days)
    )


def _days(calendar: Calendar) -> list[str]:
    every_year = [f"{day:02}-{month:02} hvert år: {why}" for (month, day), why in calendar.yearly_closing_days.items()]
    once = [f"{day:%d-%m-%Y}: {why}" for day, why in calendar.closing_days.items()]
    return [*every_year, *once, *(["Lørdag tæller som hverdag"] if calendar.saturday_is_hverdag else [])]
