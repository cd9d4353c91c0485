"""When timer start events are due."""

from __future__ import annotations

from datetime import datetime

from service.domain.deadlines import Calendar
from service.domain.definitions import StartEvent
from service.domain.errors import EngineFailed
from service.feel import parse_expression

from .expressions import Evaluator
from .model import Formula
from .timing import TimingFault, read_cycle, read_instant


def next_timer_start(
    start: StartEvent, previous: datetime | None, now: datetime, since: datetime | None = None
) -> datetime | None:
    """See `Engine.next_timer_start`."""
    try:
        return _next(start, previous, now, since)
    except TimingFault as fault:
        raise EngineFailed(why=f"starttimeren '{start.element_id}' giver intet tidspunkt: {fault}") from fault


def _next(start: StartEvent, previous: datetime | None, now: datetime, since: datetime | None) -> datetime | None:
    text = start.timer
    value = text
    if text.startswith("="):
        value = Evaluator(now, Calendar()).raw(Formula(text, parse_expression(text[1:])), {})
    if start.timer_form != "timeCycle":
        return read_instant(value) if previous is None else None
    cycle = read_cycle(value)
    if previous is None:
        return cycle.first(now)
    upcoming, _ = cycle.next(previous, now, since)
    if upcoming is None or cycle.count is None:
        return upcoming
    assert cycle.interval is not None
    if cycle.start is None and since is None:
        raise ValueError("a counted cycle without a start needs `since`, the moment it was armed")
    last = cycle.last(since or now)
    return upcoming if upcoming <= last else None
