"""User tasks: which are open, and who may see, work on, complete, assign or change one."""

from __future__ import annotations

from service.domain.access import Person, may_complete, split_group
from service.domain.cases import Case
from service.domain.errors import Forbidden, NotFound, TaskMovedOn
from service.domain.waits import TaskStatus, UserTask
from service.usecases import access
from service.usecases.advance import Advance


def found_task(task: UserTask | None) -> UserTask:
    if task is None:
        raise NotFound(what="opgaven")
    return task


def open_task(found: UserTask | None) -> UserTask:
    task = found_task(found)
    if task.status is not TaskStatus.CREATED:
        raise TaskMovedOn
    return task


def is_for(person: Person, task: UserTask) -> bool:
    """Whether it is assigned or offered to her, not only to those she leads."""
    offered = person.username in task.candidate_users or not person.groups.isdisjoint(task.candidate_groups)
    return offered or task.assignee == person.username


def may_work_on(person: Person, task: UserTask) -> bool:
    """Whether she may complete it as it is assigned now."""
    if task.assignee is not None and task.assignee != person.username:
        return leads(person, task)
    return may_complete(
        person, assignee=task.assignee, groups=task.candidate_groups, users=task.candidate_users
    ) or leads(person, task)


def may_finish(advance: Advance, task: UserTask) -> bool:
    """Whether she may complete it, and has the authority where it takes that."""
    return may_work_on(advance.actor, task) and access.has_authority(advance, task)


def require_authority(advance: Advance, task: UserTask) -> None:
    if not access.has_authority(advance, task):
        raise Forbidden(what="opgaven er en myndighedsopgave, og din rolle kan ikke træffe afgørelser")


def leads(person: Person, task: UserTask) -> bool:
    return any(split_group(g).unit in person.leads for g in task.candidate_groups if "@" in g)


def may_see(advance: Advance, task: UserTask, case: Case | None) -> bool:
    """Those who may complete it now, and those who may read all of its case; without a case its groups."""
    person = advance.actor
    if task.status is TaskStatus.CREATED and may_work_on(person, task):
        return True
    if case is None:
        return task.case_key is None and not person.groups.isdisjoint(task.candidate_groups)
    granted = access.case_access(advance, case)
    return granted is not None and granted.parts is None


def may_change(advance: Advance, task: UserTask, case: Case | None) -> bool:
    """Those who lead a unit that it is for, those who manage its case, and the case's worker."""
    person = advance.actor
    if leads(person, task):
        return True
    if case is None:
        return task.case_key is None and person.has("leder")
    granted = access.case_access(advance, case)
    return granted is not None and (granted.manage or case.worker == person.username)
