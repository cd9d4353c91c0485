"""Timers that are due: they move instances, start processes, or remind people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from service.domain.access import SYSTEM
from service.domain.errors import EngineFailed, TaskMovedOn
from service.domain.instances import DeadlinesReviewed, TimerFired
from service.domain.storage import UnitOfWork
from service.domain.waits import TaskStatus, Timer, TimerUse
from service.usecases import notices, reminders
from service.usecases.advance import Advance
from service.usecases.platform import Platform

LEASE = timedelta(minutes=2)
RETRY = timedelta(minutes=5)


def claim(platform: Platform, limit: int = 50) -> Sequence[Timer]:
    """Claim due timers for the length of a lease, soonest first."""
    now = platform.clock.now()
    return platform.store.transact(lambda uow: uow.timers.claim(now, until=now + LEASE, limit=limit))


def fire(platform: Platform, timer: Timer) -> None:
    """Let one claimed timer happen; one whose wait is gone is dropped quietly.

    A step that fails gives the timer back for a later try and raises EngineFailed.
    """

    def work(uow: UnitOfWork) -> None:
        if not uow.timers.held(timer):
            return
        advance = Advance(platform, uow, SYSTEM)
        match timer.use:
            case TimerUse.PROCESS:
                try:
                    advance.move(timer.instance_key, TimerFired(timer.key))
                except TaskMovedOn:
                    uow.timers.drop(timer)
            case TimerUse.START:
                _start(advance, timer)
            case TimerUse.REVIEW:
                _review(advance, timer)
            case TimerUse.WEEKLY:
                reminders.begin_weekly(platform, uow)
                notices.tell_leaders(advance)
            case _:
                _remind(advance, timer)

    try:
        platform.transact(work)
    except EngineFailed:
        retry_at = platform.clock.now() + RETRY
        platform.store.transact(lambda uow: uow.timers.release(timer, retry_at=retry_at))
        raise


def next_due(platform: Platform) -> datetime | None:
    return platform.read(lambda uow: uow.timers.next_due())


def _start(advance: Advance, timer: Timer) -> None:
    """A timer start event: a new instance, and the next beat of a cycle."""
    found = advance.catalog.process(timer.instance_key)
    advance.uow.timers.drop(timer)
    if found is None:
        return
    version, model = found
    starts = [s for s in model.starts if s.kind == "timer"]
    start = starts[timer.wait_key] if timer.wait_key < len(starts) else None
    if start is None:
        return
    upcoming = advance.platform.engine.next_timer_start(start, timer.due, advance.now, version.deployed_at)
    if upcoming is not None:
        advance.uow.timers.schedule(
            version.key, advance.platform.keys.next(), TimerUse.START, upcoming, wait_key=timer.wait_key
        )
    advance.start(version.key, {}, start_event=start.element_id)


def _review(advance: Advance, timer: Timer) -> None:
    advance.uow.timers.drop(timer)
    try:
        advance.move(timer.instance_key, DeadlinesReviewed(), {"kalender": advance.catalog.calendar.version})
    except TaskMovedOn:
        return


def _remind(advance: Advance, timer: Timer) -> None:
    task = advance.uow.tasks.get(timer.wait_key)
    advance.uow.timers.drop(timer)
    if task is None or task.status is not TaskStatus.CREATED:
        return
    found = advance.catalog.process(task.definition_key)
    notices.remind(advance, timer, task, found[0].folder if found else "")
