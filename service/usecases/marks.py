"""Marks of a citizen that stay when their case has closed (manifest `markering_efter`), until somebody takes them away."""

from __future__ import annotations

from dataclasses import replace

from service.domain.access import Person
from service.domain.cases import Case, Note
from service.domain.errors import BadInput, Forbidden, NotFound, WrongState
from service.domain.storage import UnitOfWork
from service.usecases import access
from service.usecases.advance import Advance
from service.usecases.platform import Platform


def removable(advance: Advance, case: Case) -> str | None:
    """The mark that this closed case has left on the citizen, where she may take it away."""
    return case.marking if case.closed_at is not None and _may(advance, case) else None


def remove(platform: Platform, person: Person, number: str, reason: str) -> None:
    """Take it away; who and why stays on the case as a note. Raises NotFound, Forbidden, WrongState, and BadInput without a reason."""

    def work(uow: UnitOfWork) -> None:
        advance = Advance(platform, uow, person)
        case = uow.cases.by_number(number)
        if case is None:
            raise NotFound(what=f"sag {number}")
        access.require_case(advance, case)
        if not _may(advance, case):
            raise Forbidden(what="din rolle kan ikke fjerne mærket")
        mark = removable(advance, case)
        if mark is None:
            raise WrongState(why="der er ikke noget mærke, som er blevet stående efter sagen")
        if not reason.strip():
            raise BadInput(why="Skriv en begrundelse. Den står bagefter på sagen.")
        uow.cases.save(replace(case, marking=None))
        text = f"Mærket »{mark}« er fjernet: {reason.strip()}"
        note = Note(case_key=case.key, key=platform.keys.next(), at=advance.now, by=person.username, text=text)
        uow.cases.add_note(note)

    platform.transact(work)


def _may(advance: Advance, case: Case) -> bool:
    found = advance.catalog.case_kind(case.kind)
    return found is not None and advance.actor.has(*found[1].markering_fjernes_af)
