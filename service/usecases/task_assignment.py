"""Whose an open task is: take it, give it back, assign it to a colleague.

A task with listeners changes hands when they have let it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.access import Person, may_complete, split_group
from service.domain.alphabet import alphabetical
from service.domain.errors import BadInput, Forbidden, ForloebError, NotFound, Stale, TaskMovedOn, WrongState
from service.domain.instances import TaskChanged
from service.domain.json import Json
from service.domain.storage import UnitOfWork
from service.domain.waits import ListenerEvent, UserTask
from service.usecases import listeners
from service.usecases.advance import Advance
from service.usecases.platform import Platform
from service.usecases.task_rights import leads, may_work_on, open_task, require_authority


def take(platform: Platform, person: Person, key: int) -> None:
    """Assign an unassigned task to herself."""
    _assign(platform, person, key, person.username)


def release(platform: Platform, person: Person, key: int) -> None:
    """Give a task back to its groups. The assignee or the unit's leader may."""
    _assign(platform, person, key, None)


def assign(platform: Platform, person: Person, key: int, username: str) -> None:
    """Assign a task to a colleague who could complete it. The assignee or the unit's leader may."""
    _assign(platform, person, key, username)


@dataclass(frozen=True, slots=True)
class NotAssigned:
    """A task that was left where it is. Its name is "" where it is not hers to know of."""

    key: int
    name: str
    case_number: str
    why: str


def assign_all(
    platform: Platform, person: Person, keys: Sequence[int], username: str
) -> tuple[int, Sequence[NotAssigned]]:
    """Assign many to one colleague, each by itself: how many were, and the others with why they were not.

    Raises Forbidden when she may assign none of them.
    """
    done, forbidden, refused = 0, 0, []
    for key in dict.fromkeys(keys):
        try:
            assign(platform, person, key, username)
            done += 1
        except Forbidden as fault:
            forbidden += 1
            refused.append(_not_assigned(platform, person, key, fault))
        except (BadInput, Stale, TaskMovedOn, WrongState, NotFound) as fault:
            refused.append(_not_assigned(platform, person, key, fault))
    if keys and forbidden == len(keys):
        raise Forbidden(what="opgaverne hører til en anden enhed eller er tildelt andre")
    return done, refused


def _not_assigned(platform: Platform, person: Person, key: int, fault: ForloebError) -> NotAssigned:
    def work(uow: UnitOfWork) -> NotAssigned:
        task = uow.tasks.get(key)
        if task is None or not may_work_on(person, task):
            return NotAssigned(key, "", "", str(fault))
        case = uow.cases.get(task.case_key) if task.case_key else None
        return NotAssigned(key, task.name, case.number if case else "", _why(fault))

    return platform.read(work)


def _why(fault: ForloebError) -> str:
    """Of a task in a list of many: nobody typed anything there."""
    return "Opgaven er allerede løst eller ikke længere aktuel." if isinstance(fault, TaskMovedOn) else str(fault)


def _assign(platform: Platform, person: Person, key: int, username: str | None) -> None:
    def work(uow: UnitOfWork) -> None:
        advance = Advance(platform, uow, person)
        task = open_task(uow.tasks.lock(key))
        leading = leads(person, task)
        if task.assignee not in (None, person.username) and not leading:
            raise Forbidden(what="opgaven er tildelt en anden; kun hun selv eller enhedens leder kan flytte den")
        if username == person.username:
            require_authority(advance, task)
        if task.assignee is None and not (may_work_on(person, task) or leading):
            raise Forbidden(what="opgaven hører til en anden enhed eller rolle")
        if username is None and not (task.candidate_groups or task.candidate_users):
            raise WrongState(why="opgaven kan ikke frigives, for den har ingen gruppe at vende tilbage til")
        if username is not None and username != person.username:
            _require_could_complete(uow, task, username)
        told: dict[str, Json] = {"til": username}
        change = TaskChanged(task.key, ListenerEvent.ASSIGNING, {"assignee": username or ""})
        if not listeners.told(advance, task, change, told):
            uow.tasks.assign(task, username)
            listeners.note(advance, task, "assigned" if username else "released", told)

    platform.transact(work)


def _require_could_complete(uow: UnitOfWork, task: UserTask, username: str) -> None:
    account = uow.people.account(username)
    if account is None or not account.active:
        raise BadInput(why=f"Der er ingen aktiv medarbejder med brugernavnet {username}.")
    unassigned = may_complete(account.person, assignee=None, groups=task.candidate_groups, users=task.candidate_users)
    if not unassigned:
        raise BadInput(why=f"{account.person.name} har ikke den rolle, som opgaven kræver.")


def colleagues(uow: UnitOfWork, person: Person, task: UserTask) -> list[tuple[str, str]]:
    if not (leads(person, task) or task.assignee == person.username):
        return []
    names: dict[str, str] = {}
    for group in task.candidate_groups:
        membership = split_group(group)
        for account in uow.people.with_role(membership.role, membership.unit or None):
            names[account.person.username] = account.person.name
    return sorted(names.items(), key=lambda pair: alphabetical(pair[1]))
