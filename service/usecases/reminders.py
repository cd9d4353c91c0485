"""Reminders are not drawn: a task whose time is nearly used or past tells people, by the manifest's rule."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

from service.domain.clock import LOCAL_ZONE
from service.domain.instances import Instance, Step
from service.domain.storage import UnitOfWork
from service.domain.waits import Timer, TimerUse, UserTask, UserTaskWait, WaitKind

if TYPE_CHECKING:
    from service.usecases.advance import Advance
    from service.usecases.platform import Platform

WEEKLY_AT = time(7)
HOUSE = 0
"""Owner of timers that belong to no instance."""


def follow(advance: Advance, instance: Instance, step: Step) -> None:
    """Schedule reminders for tasks that a step opened with a due instant, or whose due instant it changed."""
    for wait in step.opened:
        if isinstance(wait, UserTaskWait) and wait.due is not None:
            schedule(advance, instance, wait.key, wait.due, wait.deadline.id if wait.deadline else None)
    for change in step.due_changes:
        if change.kind is WaitKind.USER_TASK:
            deadline_id = change.deadline.id if change.deadline else None
            reschedule(advance, instance, change.key, change.due, deadline_id)


def reschedule(
    advance: Advance, instance: Instance, task_key: int, due: datetime | None, deadline_id: str | None
) -> None:
    """The reminders of an open task follow its due date: none stays that speaks of another."""
    advance.uow.timers.drop_reminders(instance.key, task_key)
    if due is not None:
        schedule(advance, instance, task_key, due, deadline_id)


def schedule(advance: Advance, instance: Instance, task_key: int, due: datetime, deadline_id: str | None) -> None:
    """Three timers of the task, replacing any it had: soon (a share of the time), overdue, and some working days later."""
    version = advance.catalog.process(instance.definition_key)
    rule = advance.catalog.manifest(version[0].folder if version else "").paamindelser
    start = advance.now
    second = advance.catalog.calendar.count(due, rule.anden_gang_arbejdsdage).due
    instants = {
        TimerUse.REMINDER_SOON: start + (due - start) * rule.snart_andel,
        TimerUse.REMINDER_OVERDUE: due,
        TimerUse.REMINDER_SECOND: second,
    }
    for use, at in instants.items():
        if at >= advance.now:
            advance.uow.timers.schedule(
                instance.key, advance.platform.keys.next(), use, at, wait_key=task_key, deadline_id=deadline_id
            )


def begin_weekly(platform: Platform, uow: UnitOfWork) -> None:
    """Schedule the leaders' list for the next Monday morning, in place of the one that is scheduled."""
    local = platform.clock.now().astimezone(LOCAL_ZONE)
    monday = local.date() + timedelta(days=7 - local.weekday())
    at = datetime.combine(monday, WEEKLY_AT, LOCAL_ZONE).astimezone(UTC)
    uow.timers.schedule(HOUSE, platform.keys.next(), TimerUse.WEEKLY, at, wait_key=HOUSE)


def recipients(uow: UnitOfWork, task: UserTask, audience: tuple[str, ...]) -> list[str]:
    """Usernames behind `ansvarlig` (the assignee, else everybody in the task's groups) and `leder` (the units' leaders)."""
    names: list[str] = []
    if "ansvarlig" in audience:
        names += [task.assignee] if task.assignee else _members(uow, task)
    if "leder" in audience:
        names += [a.person.username for unit in _units(uow, task) for a in uow.people.leaders_of(unit)]
    return list(dict.fromkeys(names))


def _members(uow: UnitOfWork, task: UserTask) -> list[str]:
    names = list(task.candidate_users)
    for group in task.candidate_groups:
        role, _, unit = group.partition("@")
        names += [a.person.username for a in uow.people.with_role(role, unit or None)]
    return names


def _units(uow: UnitOfWork, task: UserTask) -> list[str]:
    units = [g.partition("@")[2] for g in task.candidate_groups if "@" in g]
    if not units and task.case_key is not None:
        case = uow.cases.get(task.case_key)
        units = [case.unit] if case and case.unit else []
    return units


def audience_of(timer: Timer, advance: Advance, folder: str) -> tuple[str, ...]:
    rule = advance.catalog.manifest(folder).paamindelser
    match timer.use:
        case TimerUse.REMINDER_SOON:
            return rule.snart_til
        case TimerUse.REMINDER_OVERDUE:
            return rule.overskredet_til
        case _:
            return rule.anden_gang_til
