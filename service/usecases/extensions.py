"""Extend a deadline by hand: a manager's act, with a reason."""

from __future__ import annotations

from datetime import date, datetime

from service.domain.access import Person
from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import Deadline, end_of_day
from service.domain.errors import FormInvalid, NotFound
from service.domain.storage import HistoryEntry, UnitOfWork
from service.usecases import access, deadlines
from service.usecases.advance import Advance
from service.usecases.platform import Platform


def look(platform: Platform, person: Person, number: str, deadline_id: str) -> Deadline:
    """A deadline of a case, for those who may move it. Raises NotFound, Forbidden."""

    def work(uow: UnitOfWork) -> Deadline:
        return _managed(Advance(platform, uow, person), number, deadline_id)

    return platform.read(work)


def extend(platform: Platform, person: Person, number: str, deadline_id: str, until: date, reason: str) -> None:
    """A manager moves a deadline of a case. Raises NotFound, Forbidden, FormInvalid (`til`, `begrundelse`)."""

    def work(uow: UnitOfWork) -> None:
        advance = Advance(platform, uow, person)
        deadline = _managed(advance, number, deadline_id)
        due, faults = end_of_day(until), {}
        if due <= advance.now:
            faults["til"] = "Den nye frist skal ligge efter i dag."
        if not reason.strip():
            faults["begrundelse"] = "Skriv hvorfor. Det står i historikken."
        if faults:
            raise FormInvalid(faults)
        extend_in(advance, deadline.owner_key, deadline_id, due, reason)

    platform.transact(work)


def _managed(advance: Advance, number: str, deadline_id: str) -> Deadline:
    case = advance.uow.cases.by_number(number)
    if case is None:
        raise NotFound(what=f"sag {number}")
    access.require_manage(advance, case, operators=False)
    deadline = advance.uow.deadlines.get(case.key, deadline_id)
    if deadline is None:
        raise NotFound(what=f"fristen {deadline_id} på sag {number}")
    return deadline


def extend_in(advance: Advance, owner: int, deadline_id: str, due: datetime, reason: str) -> None:
    """The heart of extending, inside a unit of work: the deadline of a case (or of an instance without one)."""
    deadlines.extend(advance, owner, deadline_id, due, reason.strip())
    case = advance.uow.cases.get(owner)
    instance_key = case.instance_key if case else owner
    if instance_key is not None:
        til = due.astimezone(LOCAL_ZONE).date().isoformat()
        details = {"frist": deadline_id, "til": til, "begrundelse": reason.strip()}
        entry = HistoryEntry(
            number=0, at=advance.now, actor=advance.actor.username, kind="deadline extended", details=details
        )
        advance.uow.history.append(instance_key, entry)
