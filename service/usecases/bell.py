"""The bell: somebody's notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.access import Person
from service.domain.cases import Notice
from service.domain.errors import NotFound
from service.domain.storage import UnitOfWork
from service.domain.waits import TaskStatus
from service.usecases.platform import Platform


@dataclass(frozen=True, slots=True)
class Target:
    """Where a notice leads."""

    task_key: int | None
    case_number: str | None


def listed(platform: Platform, person: Person) -> Sequence[Notice]:
    return platform.read(lambda uow: uow.notices.of(person.username))


def unread(platform: Platform, person: Person) -> int:
    return platform.read(lambda uow: uow.notices.unread(person.username))


def mark_read(platform: Platform, person: Person, key: int | None) -> None:
    """One of her notices, or all."""
    now = platform.clock.now()
    platform.store.transact(lambda uow: uow.notices.mark_read(person.username, now, key))


def follow(platform: Platform, person: Person, key: int) -> Target:
    """Mark it as read; its task when that is still open, else its case."""

    def work(uow: UnitOfWork) -> Target:
        notice = next((n for n in uow.notices.of(person.username, limit=1000) if n.key == key), None)
        if notice is None:
            raise NotFound(what="beskeden")
        uow.notices.mark_read(person.username, platform.clock.now(), key)
        task = uow.tasks.get(notice.task_key) if notice.task_key else None
        case = uow.cases.get(notice.case_key) if notice.case_key else None
        still_open = task is not None and task.status is TaskStatus.CREATED
        return Target(notice.task_key if still_open else None, case.number if case else None)

    return platform.store.transact(work)
