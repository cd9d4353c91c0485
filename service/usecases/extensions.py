"""Extend a deadline by hand: a manager's act, with a reason."""

from __future__ import annotations

from datetime import date

from service.domain.access import Person
from service.domain.deadlines import end_of_day
from service.domain.errors import BadInput
from service.domain.storage import HistoryEntry, UnitOfWork
from service.usecases import access, deadlines
from service.usecases.advance import Advance
from service.usecases.platform import Platform


def extend(platform: Platform, person: Person, case_key: int, deadline_id: str, until: date, reason: str) -> None:
    """A manager moves a deadline of a case. Raises Forbidden, BadInput."""

    def work(uow: UnitOfWork) -> None:
        advance = Advance(platform, uow, person)
        access.require_manage(uow, advance.catalog, person, uow.cases.get(case_key))
        due = end_of_day(until)
        if due <= advance.now:
            raise BadInput(why="Den nye frist skal ligge efter i dag.")
        deadlines.extend(advance, case_key, deadline_id, due, reason)
        case = uow.cases.get(case_key)
        if case is not None and case.instance_key is not None:
            details = {"frist": deadline_id, "til": until.isoformat(), "begrundelse": reason}
            entry = HistoryEntry(
                number=0, at=advance.now, actor=person.username, kind="deadline extended", details=details
            )
            uow.history.append(case.instance_key, entry)

    platform.transact(work)
