"""Times as people say them, with the exact one beside. Everything in Europe/Copenhagen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import END_OF_DAY
from service.web.translations import gettext as _

WEEKDAYS = ("mandag", "tirsdag", "onsdag", "torsdag", "fredag", "lørdag", "søndag")
MONTHS = (
    *("januar", "februar", "marts", "april", "maj", "juni"),
    *("juli", "august", "september", "oktober", "november", "december"),
)
SOON = timedelta(days=7)
FEW = 3
"""From so many of a unit on, the next smaller one says nothing."""


class Urgency(StrEnum):
    """How near a deadline is."""

    OVERDUE = "overdue"
    TODAY = "today"
    SOON = "soon"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class Said:
    """An instant in words (`i morgen kl. 12`), exactly (`tirsdag 2. september 2014 kl. 12.00`), and for machines."""

    words: str
    exact: str
    iso: str
    urgency: Urgency = Urgency.LATER


def say_date(day: date | datetime) -> str:
    """`02-09-2014`."""
    return f"{_local(day):%d-%m-%Y}" if isinstance(day, datetime) else f"{day:%d-%m-%Y}"


def say_clock(moment: datetime) -> str:
    """`kl. 9` or `kl. 9.30`."""
    local = _local(moment)
    clock = f"{local.hour}.{local.minute:02d}" if local.minute else str(local.hour)
    return _("kl. {clock}").format(clock=clock)


def say_exactly(moment: datetime) -> str:
    """`tirsdag 2. september 2014 kl. 12.00`."""
    local = _local(moment)
    return _("{weekday} {day}. {month} {year} kl. {clock}").format(
        weekday=_(WEEKDAYS[local.weekday()]),
        day=local.day,
        month=_(MONTHS[local.month - 1]),
        year=local.year,
        clock=f"{local:%H.%M}",
    )


def say_when(moment: datetime, now: datetime) -> Said:
    """Something that happened or will happen: `i dag kl. 9.30`, `i går kl. 14`, `02-09-2014 kl. 10`."""
    words = f"{_day_words(_local(moment).date(), _local(now).date())} {say_clock(moment)}"
    return Said(words, say_exactly(moment), moment.isoformat())


def say_due(due: datetime, now: datetime) -> Said:
    """A deadline: `i morgen kl. 12`, `på fredag`, `overskredet i går`. The end of a day is said without a time."""
    local, today = _local(due), _local(now).date()
    days = (local.date() - today).days
    clock = "" if local.time().replace(microsecond=0) == END_OF_DAY else f" {say_clock(due)}"
    if due < now:
        return Said(_overdue(days, due), say_exactly(due), due.isoformat(), Urgency.OVERDUE)
    urgency = Urgency.TODAY if days == 0 else Urgency.SOON if due - now < SOON else Urgency.LATER
    return Said(f"{_day_words(local.date(), today)}{clock}", say_exactly(due), due.isoformat(), urgency)


def _overdue(days: int, due: datetime) -> str:
    if days == 0:
        return _("overskredet {clock}").format(clock=say_clock(due))
    if days == -1:
        return _("overskredet i går")
    return _("overskredet for {days} dage siden").format(days=-days)


def _day_words(day: date, today: date) -> str:
    days = (day - today).days
    near = {0: _("i dag"), 1: _("i morgen"), -1: _("i går")}.get(days)
    if near is not None:
        return near
    if 1 < days < 7:
        return _("på {weekday}").format(weekday=_(WEEKDAYS[day.weekday()]))
    return say_date(day)


def say_length(length: timedelta) -> str:
    """`under et minut`, `12 minutter`, `1 time og 20 minutter`, `2 dage og 5 timer`, `12 dage`: the largest unit, with the
    next one beside it as long as there are few of it.
    """
    seconds = max(length.total_seconds(), 0)
    if seconds < 60:
        return _("under et minut")
    minutes = round(seconds / 60)
    if minutes < 60:
        return _counted(minutes, _("{n} minut"), _("{n} minutter"))
    small = round(minutes / 10) * 10
    if minutes < 23 * 60 + 30:
        hours, rest = divmod(small, 60)
        if hours >= FEW:
            hours, rest = round(minutes / 60), 0
        return _both(_counted(hours, _("{n} time"), _("{n} timer")), _counted(rest, "", _("{n} minutter")))
    hours = round(minutes / 60)
    days, rest = divmod(hours, 24)
    if days >= FEW:
        days, rest = round(hours / 24), 0
    return _both(_counted(days, _("{n} dag"), _("{n} dage")), _counted(rest, _("{n} time"), _("{n} timer")))


def _counted(number: int, one: str, many: str) -> str:
    return (one if number == 1 else many).format(n=number) if number else ""


def _both(large: str, small: str) -> str:
    return _("{a} og {b}").format(a=large, b=small) if small else large


def _local(moment: date | datetime) -> datetime:
    if not isinstance(moment, datetime):
        raise TypeError("a day has no local time")
    return moment.astimezone(LOCAL_ZONE)
