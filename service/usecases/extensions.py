"""Extend a deadline by hand: a manager's act, with a reason."""

from __future__ import annotations

from datetime import date

from service.domain.access import Person
from service.domain.deadlines import end_of_day
from service.domain.errors import BadInput, NotFound
from service.domain.storage import HistoryEntry, UnitOfWork
from service.usecases import access, deadlines
from service.usecases.advance import Advance
from service.usecases.platform import Platform


def extend(platform: Platform, person: Person, number: str, deadline_id: str, until: date, reason: str) -> None:
    """A manager moves a deadline of a case. Raises Forbidden, BadInput."""

    def work(uow: UnitOfWork) -> None:
        advance = Advance(platform, uow, person)
        case = uow.cases.by_number(number)
        if case is None:
            raise NotFound(what=f"sag {number}")
        access.require_manage(advance, case, operators=False)
        due = end_of_day(until)
        if due <= advance.now:
            raise BadInput(why="Den nye frist skal ligge efter i dag.")
        deadlines.extend(advance, case.key, deadline_id, due, reason)
        if case.instance_key is not None:
            details = {"frist": deadline_id, "til": until.isoformat(), "begrundelse": reason}
            entry = HistoryEntry(
                number=0, at=advance.now, actor=person.username, kind="deadline extended", details=details
            )
            uow.history.append(case.instance_key, entry)

    platform.transact(work)
