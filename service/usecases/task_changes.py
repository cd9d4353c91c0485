"""Change an open task: say anew when it is due, how urgent it is and whom it is for.

A task with listeners changes when they have let it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.access import Person, may_complete, split_group
from service.domain.alphabet import alphabetical
from service.domain.cases import Case
from service.domain.errors import EntryChanged, Forbidden, FormInvalid
from service.domain.instances import TaskChanged
from service.domain.json import Json, Variables
from service.domain.storage import UnitOfWork
from service.domain.task_attributes import attributes_of, fields_of, read_changes
from service.domain.waits import ListenerEvent, UserTask
from service.usecases import access, extensions, listeners, reminders
from service.usecases.advance import Advance
from service.usecases.platform import Platform
from service.usecases.task_rights import may_change, open_task


@dataclass(frozen=True, slots=True, kw_only=True)
class Changeable:
    """An open task as the page that changes it needs it."""

    task: UserTask
    case: Case | None
    attributes: Mapping[str, Json]
    due_of_case: bool
    """Its due date is a deadline of the case, and moves with that."""
    may_move_due: bool
    groups: Mapping[str, str]
    """Groups to choose from, and what they are called: those that it has, and those of units that she leads or of the case."""
    colleagues: Mapping[str, str]
    """The same of people: username and name."""
    mark: str
    """Which version of the task this is."""


def look(platform: Platform, person: Person, key: int) -> Changeable:
    """Raises NotFound, TaskMovedOn, and Forbidden when she may not change it."""

    def work(uow: UnitOfWork) -> Changeable:
        advance = Advance(platform, uow, person)
        task = open_task(uow.tasks.get(key))
        case = _required(advance, task)
        groups, people = _choices(advance, task, case)
        return Changeable(
            task=task,
            case=case,
            attributes=attributes_of(task),
            due_of_case=task.deadline_id is not None,
            may_move_due=_may_move_due(advance, task, case),
            groups=groups,
            colleagues=people,
            mark=_mark(task),
        )

    return platform.read(work)


def change(
    platform: Platform, person: Person, key: int, changes: Variables, reason: str, *, seen: str | None = None
) -> bool:
    """Let the task's due date, follow-up date, priority or candidates be otherwise: whether anything was to change.

    `changes` as in `TaskChanged`; a due date bound to a deadline extends the deadline. Raises FormInvalid with a sentence
    for each name in `changes` (and `reason`) that cannot be, Forbidden, TaskMovedOn, WrongState while its listeners are
    asked something else, EntryChanged when it no longer is the version `seen`. Nothing is changed then.
    """

    def work(uow: UnitOfWork) -> bool:
        advance = Advance(platform, uow, person)
        task = open_task(uow.tasks.lock(key))
        case = _required(advance, task)
        if seen is not None and seen != _mark(task):
            raise EntryChanged(who="En anden")
        stands = attributes_of(task)
        wish, faults = read_changes(changes)
        wish = {name: value for name, value in wish.items() if value != stands[name]}
        faults |= _faults(advance, task, case, wish)
        if not reason.strip():
            faults["reason"] = "Skriv hvorfor. Det står i historikken."
        if faults:
            raise FormInvalid(faults)
        told: dict[str, Json] = {"ændret": {name: [stands[name], value] for name, value in wish.items()}}
        told["begrundelse"] = reason.strip()
        if "dueDate" in wish and task.deadline_id is not None:
            due = fields_of({**stands, "dueDate": wish.pop("dueDate")})["due"]
            extensions.extend_in(advance, task.case_key or task.instance_key, task.deadline_id, due, reason)
        elif not wish:
            return False
        if wish and not listeners.told(advance, task, TaskChanged(task.key, ListenerEvent.UPDATING, wish), told):
            changed = replace(task, **fields_of({**stands, **wish}))
            uow.tasks.change(changed)
            instance = uow.instances.lock(task.instance_key)
            if "dueDate" in wish and instance is not None:
                reminders.reschedule(advance, instance, task.key, changed.due, None)
            listeners.note(advance, task, "changed", told)
        return True

    return platform.transact(work)


def _required(advance: Advance, task: UserTask) -> Case | None:
    """Its case. Raises Forbidden when she may not change the task."""
    case = advance.uow.cases.get(task.case_key) if task.case_key else None
    if not may_change(advance, task, case):
        raise Forbidden(what="kun enhedens leder og sagens ansvarlige kan rette opgaven")
    return case


def _may_move_due(advance: Advance, task: UserTask, case: Case | None) -> bool:
    """A deadline of a case is moved by those who manage the case."""
    if task.deadline_id is None or case is None:
        return True
    granted = access.case_access(advance, case)
    return granted is not None and granted.manage


def _mark(task: UserTask) -> str:
    return json.dumps([attributes_of(task), task.deadline_id], sort_keys=True)


def _faults(advance: Advance, task: UserTask, case: Case | None, wish: Mapping[str, Json]) -> dict[str, str]:
    """Why the wish cannot be: name → sentence."""
    fields = fields_of({**attributes_of(task), **wish})
    faults: dict[str, str] = {}
    if "assignee" in wish:
        faults["assignee"] = "Tildel opgaven for sig."
    if "dueDate" in wish:
        due: datetime | None = fields["due"]
        if not _may_move_due(advance, task, case):
            faults["dueDate"] = "Fristen er sagens. Kun de, der styrer sagen, kan forlænge den."
        elif due is None and task.deadline_id is not None:
            faults["dueDate"] = "Fristen er sagens og kan ikke fjernes. Skriv en ny dato."
        elif due is not None and due <= advance.now:
            faults["dueDate"] = "Den nye frist skal ligge efter nu."
    for name, fault in (("candidateGroups", _group_fault), ("candidateUsers", _user_fault)):
        found = [fault(advance.uow, one) for one in _added(task, wish, name)]
        if any(found):
            faults[name] = " ".join(one for one in found if one)
    if not {"candidateGroups", "candidateUsers"}.isdisjoint(wish) and not faults:
        faults |= _nobody(advance.uow, task, fields["candidate_groups"], fields["candidate_users"])
    return faults


def _added(task: UserTask, wish: Mapping[str, Json], name: str) -> list[str]:
    """Those that the wish adds to a list of the task's."""
    old, new = attributes_of(task)[name], wish.get(name)
    assert isinstance(old, list)
    return [str(one) for one in new if one not in old] if isinstance(new, list) else []


def _group_fault(uow: UnitOfWork, group: str) -> str:
    membership = split_group(group)
    anybody = uow.people.with_role(membership.role, membership.unit or None)
    return "" if anybody else f"Ingen medarbejder hører til gruppen {group}."


def _user_fault(uow: UnitOfWork, username: str) -> str:
    account = uow.people.account(username)
    return "" if account and account.active else f"Der er ingen aktiv medarbejder med brugernavnet {username}."


def _nobody(uow: UnitOfWork, task: UserTask, groups: Sequence[str], users: Sequence[str]) -> dict[str, str]:
    """Somebody must be able to do it, also whoever has it now."""
    if not (groups or users):
        return {"candidateGroups": "Nogen skal kunne tage opgaven. Vælg en gruppe eller en kollega."}
    account = uow.people.account(task.assignee) if task.assignee else None
    if account and not may_complete(account.person, assignee=None, groups=groups, users=users):
        who = account.person.name
        return {"candidateGroups": f"Opgaven er tildelt {who}, som ikke er med her. Tildel den til en anden først."}
    return {}


def _choices(advance: Advance, task: UserTask, case: Case | None) -> tuple[dict[str, str], dict[str, str]]:
    uow = advance.uow
    near = advance.actor.leads | ({case.unit} if case and case.unit else set())
    near |= {split_group(group).unit for group in task.candidate_groups} - {""}
    titles = {role: info.titel for m in advance.catalog.manifests.values() for role, info in m.roller.items()}
    units = {unit.id: unit.name for unit in uow.people.units()}
    groups, people = set(task.candidate_groups), dict[str, str]()
    for account in uow.people.all():
        here = {m for m in account.person.memberships if m.unit in near and m.role in titles}
        groups |= {str(m) for m in here} if account.active else set()
        if (account.active and here) or account.person.username in task.candidate_users:
            people[account.person.username] = account.person.name

    def called(group: str) -> str:
        membership = split_group(group)
        title = titles.get(membership.role, membership.role)
        return f"{title} i {units.get(membership.unit, membership.unit)}" if membership.unit else title

    return (
        dict(sorted(((group, called(group)) for group in groups), key=lambda pair: alphabetical(pair[1]))),
        dict(sorted(people.items(), key=lambda pair: alphabetical(pair[1]))),
    )
