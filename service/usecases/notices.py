"""Notices: lines behind somebody's bell. Their text holds no personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.domain.cases import Case, Notice
from service.domain.instances import Instance
from service.domain.waits import Timer, TimerUse, UserTask
from service.usecases import reminders

if TYPE_CHECKING:
    from service.usecases.advance import Advance

WORDS = {
    TimerUse.REMINDER_SOON: "Fristen nærmer sig: {name}",
    TimerUse.REMINDER_OVERDUE: "Overskredet: {name}",
    TimerUse.REMINDER_SECOND: "Stadig overskredet: {name}",
}


def remind(advance: Advance, timer: Timer, task: UserTask, folder: str) -> None:
    """Tell the people that the manifest's rule names about a task's deadline."""
    audience = reminders.audience_of(timer, advance, folder)
    for username in reminders.recipients(advance.uow, task, audience):
        _tell(advance, username, timer.use.value, WORDS[timer.use].format(name=task.name), task.case_key, task.key)


def denied(advance: Advance, task: UserTask, username: str) -> None:
    """Somebody's completion, assignment or change of a task was denied by one of its listeners."""
    _tell(advance, username, "denied", f"Blev ikke godkendt: {task.name}", task.case_key, task.key)


def tell_leaders(advance: Advance) -> None:
    """The weekly list: every leader learns how many tasks of her units are overdue."""
    units = {u.id: u.name for u in advance.uow.people.units()}
    for unit, count in advance.uow.tasks.overdue_per_unit(advance.now).items():
        text = f"{count} {'opgave' if count == 1 else 'opgaver'} er overskredet i {units.get(unit, unit)}"
        for account in advance.uow.people.leaders_of(unit):
            _tell(advance, account.person.username, "weekly", text, None, None)


def broke_in(advance: Advance, case: Case) -> None:
    """The leaders of the case's unit learn that somebody used break-glass access."""
    for account in advance.uow.people.leaders_of(case.unit) if case.unit else ():
        text = f"{advance.actor.name} har åbnet sag {case.number} med nødadgang"
        _tell(advance, account.person.username, "emergency", text, case.key, None)


def unclaimed_message(advance: Advance, instance: Instance, message: str) -> None:
    """A message that nothing waited for is told to those whom the manifest names."""
    version = advance.catalog.process(instance.definition_key)
    manifest = advance.catalog.manifest(version[0].folder if version else "")
    if manifest.uafhentet_besked_til is None:
        return
    event = manifest.haendelser.get(message)
    text = f"Ingen ventede på beskeden »{event.titel if event else message}«"
    role, _, unit = manifest.uafhentet_besked_til.partition("@")
    for account in advance.uow.people.with_role(role, unit or None):
        _tell(advance, account.person.username, "unclaimed_message", text, instance.case_key, None)


def _tell(advance: Advance, username: str, kind: str, text: str, case_key: int | None, task_key: int | None) -> None:
    advance.uow.notices.add(
        Notice(
            key=advance.platform.keys.next(),
            username=username,
            at=advance.now,
            kind=kind,
            text=text,
            case_key=case_key,
            task_key=task_key,
        )
    )
