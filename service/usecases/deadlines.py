"""Pause, resume and extend deadlines: the row changes and everything bound to it is re-armed in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import Count, Deadline, Unit, end_of_day
from service.domain.errors import BadInput
from service.domain.facts import DeadlineExtended, DeadlinesPaused, DeadlinesResumed
from service.domain.instances import Instance
from service.domain.storage import UnitOfWork
from service.usecases import reminders

if TYPE_CHECKING:
    from service.usecases.advance import Advance


def carry_out(
    advance: Advance, instance: Instance, effect: DeadlinesPaused | DeadlinesResumed | DeadlineExtended
) -> None:
    """What a diagram asks of its case's deadlines. Raises BadInput when there is no such deadline or date."""
    owner = instance.case_key or instance.key
    match effect:
        case DeadlinesPaused():
            pause(advance, owner, effect.deadline_ids)
        case DeadlinesResumed():
            resume(advance, owner, frozenset(effect.recompute))
        case DeadlineExtended():
            deadline = running(advance.uow, owner, effect.deadline_id)
            extend(advance, owner, deadline.id, _instant(effect.until), effect.reason)


@dataclass(frozen=True, slots=True)
class ByNeed:
    """Deadlines for a page."""

    rows: tuple[Deadline, ...]
    """Those that somebody or something waits for first, soonest first; then the others, latest first: of those that were
    counted again and again only the last.
    """
    lapsed: frozenset[str]
    """Ids of those that nothing waits for any more and nobody met."""


NONE = ByNeed((), frozenset())


def by_need(uow: UnitOfWork, owner: int, *, running: bool) -> ByNeed:
    """All deadlines of a case (or instance). Nothing waits for any when it does not run."""
    rows, awaited = uow.deadlines.of(owner), uow.deadlines.awaited(owner)
    open_ones = [d for d in rows if running and d.met_at is None and d.id in awaited]
    last = {d.drawn: d for d in sorted(rows, key=lambda d: d.set_at) if d not in open_ones}
    others = [d for d in rows if last.get(d.drawn) is d]
    lapsed = frozenset(d.id for d in others if d.met_at is None)
    return ByNeed((*open_ones, *reversed(others)), lapsed)


def pause(advance: Advance, owner: int, ids: tuple[str, ...] | None) -> None:
    """Nothing bound to a paused deadline fires; its date stays visible. No ids: those counted in working days."""
    rows = advance.uow.deadlines.of(owner)
    unknown = set(ids or ()) - {row.drawn for row in rows}
    if unknown:
        raise BadInput(why=f"Der er ingen frist ved navn {', '.join(sorted(unknown))} på sagen.")
    for row in rows:
        chosen = row.drawn in ids if ids is not None else bool(row.counts)
        if chosen and row.met_at is None and row.paused_at is None:
            _put(advance, replace(row, paused_at=advance.now))
    _mark_case(advance, owner, paused=True)


def resume(advance: Advance, owner: int, recompute: frozenset[str]) -> None:
    """End the pause. Working-day deadlines move by the days they were paused; those in `recompute` take what their
    expression gave last; the others keep their date (one already past fires now).
    """
    for row in advance.uow.deadlines.of(owner):
        if row.paused_at is None:
            continue
        resumed = replace(row, paused_at=None)
        if row.drawn in recompute:
            resumed = replace(resumed, due=row.computed, extended_until=None, extended_by=None, extension_reason=None)
        elif row.counts and row.due is not None and row.due > row.paused_at:
            again = _recounted(advance, row.paused_at, row.due, row.counts[-1].unit)
            resumed = replace(resumed, due=again.due, counts=(*row.counts, again))
        _put(advance, resumed)
    _mark_case(advance, owner, paused=False)


def extend(advance: Advance, owner: int, deadline_id: str, until: datetime, reason: str) -> None:
    """Move a deadline by decision; re-evaluation leaves it there."""
    row = advance.uow.deadlines.get(owner, deadline_id)
    if row is None:
        raise BadInput(why=f"Der er ingen frist ved navn {deadline_id} på sagen.")
    if not reason.strip():
        raise BadInput(why="En forlænget frist skal have en begrundelse.")
    extended = replace(
        row, due=until, extended_until=until, extended_by=advance.actor.username, extension_reason=reason
    )
    _put(advance, extended)


def running(uow: UnitOfWork, owner: int, drawn: str) -> Deadline:
    """The deadline that a diagram means by this name. Raises BadInput when there is none, or several run at once."""
    rows = [row for row in uow.deadlines.of(owner) if row.drawn == drawn]
    awaited = uow.deadlines.awaited(owner)
    running = [row for row in rows if row.id in awaited]
    if not rows:
        raise BadInput(why=f"Der er ingen frist ved navn {drawn} på sagen.")
    if len(running) > 1:
        raise BadInput(why=f"Der løber flere frister ved navn {drawn} på sagen. Forlæng den rette på sagens side.")
    return running[0] if running else max(rows, key=lambda row: row.set_at)


def _put(advance: Advance, deadline: Deadline) -> None:
    """Store the row (which re-arms what is bound to it) and the reminders of tasks bound to it."""
    advance.uow.deadlines.put(deadline)
    case = advance.uow.cases.get(deadline.owner_key)
    instance = advance.uow.instances.get((case.instance_key if case else None) or deadline.owner_key)
    if instance is None or deadline.due is None or deadline.paused_at is not None:
        return
    for task in advance.uow.tasks.open_of(instance.key):
        if task.deadline_id == deadline.id:
            reminders.schedule(advance, instance, task.key, deadline.due, deadline.id)


def _recounted(advance: Advance, paused_at: datetime, due: datetime, unit: Unit) -> Count:
    """A working-day deadline after a pause: as many counted days remain from now as when it was paused."""
    return advance.catalog.calendar.count(advance.now, _days_between(advance, paused_at, due, unit), unit)


def _days_between(advance: Advance, start: datetime, end: datetime, unit: Unit) -> int:
    day, last = start.astimezone(LOCAL_ZONE).date(), end.astimezone(LOCAL_ZONE).date()
    days = 0
    while day < last:
        day += timedelta(days=1)
        days += advance.catalog.calendar.skips(day, unit) is None
    return days


def _mark_case(advance: Advance, owner: int, *, paused: bool) -> None:
    case = advance.uow.cases.get(owner)
    if case is not None and (case.paused_at is not None) is not paused:
        advance.uow.cases.save(replace(case, paused_at=advance.now if paused else None))
        note = advance.uow.milestones.suspended if paused else advance.uow.milestones.resumed
        note(owner, advance.now)


def _instant(text: str) -> datetime:
    try:
        if len(text) == len("2014-09-01"):
            return end_of_day(date.fromisoformat(text))
        instant = datetime.fromisoformat(text)
    except ValueError as fault:
        raise BadInput(why=f"{text!r} er ikke en dato.") from fault
    return instant.replace(tzinfo=instant.tzinfo or LOCAL_ZONE).astimezone(UTC)
