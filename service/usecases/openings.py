"""Cases opened with a written reason, for a while: break-glass access (nødadgang), and audits.

A reason opens the parts that the role's manifest line names (all, when it names none): other cases, never other parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from service.domain.access import Person
from service.domain.cases import Case, Opening
from service.domain.errors import BadInput, Forbidden, NotFound
from service.domain.storage import UnitOfWork
from service.usecases import access, notices
from service.usecases.advance import Advance
from service.usecases.platform import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class OpeningPage:
    """What the page needs that asks for a reason."""

    breaks_in: bool
    """Break-glass access: the unit's leader is told."""
    hours: int | None
    """How long it lasts, when all kinds of cases agree on that."""
    current: Sequence[tuple[Opening, str]]
    """Hers that have not run out, with the case's number."""


def look(platform: Platform, person: Person) -> OpeningPage:
    """Raises Forbidden when no reason would open anything for her."""

    def work(uow: UnitOfWork) -> OpeningPage:
        advance = Advance(platform, uow, person)
        catalog = advance.catalog
        breaks_in = access.may_break_in(catalog, person)
        if not (breaks_in or access.may_audit(catalog, person)):
            raise Forbidden(what="din rolle kan ikke åbne sager med en begrundelse")
        hours = {k.noedadgang_timer for m in catalog.manifests.values() for k in m.sagstyper.values()}
        current = [o for o in uow.parties.openings_of(person.username) if o.until > advance.now]
        cases = [(o, uow.cases.get(o.case_key)) for o in current]
        return OpeningPage(
            breaks_in=breaks_in,
            hours=next(iter(hours)) if len(hours) == 1 else None,
            current=[(o, case.number) for o, case in cases if case],
        )

    return platform.read(work)


def of_case(platform: Platform, person: Person, number: str) -> Sequence[tuple[Opening, str, bool]]:
    """Who has opened the case with a reason, newest first: (opening, name, whether it still lasts). Raises Forbidden."""

    def work(uow: UnitOfWork) -> Sequence[tuple[Opening, str, bool]]:
        advance = Advance(platform, uow, person)
        [case] = _find(uow, number)
        access.require_log(advance, case)
        names = {a.person.username: a.person.name for a in uow.people.all()}
        found = uow.parties.openings(case.key)
        return [(o, names.get(o.username, o.username), o.until > advance.now) for o in found]

    return platform.read(work)


def may_open(platform: Platform, person: Person, number: str) -> bool:
    """Whether a reason would open the case for her."""

    def work(uow: UnitOfWork) -> bool:
        case = uow.cases.by_number(number)
        return case is not None and _may_open(Advance(platform, uow, person), case)

    return platform.read(work)


def open_with_reason(platform: Platform, person: Person, what: str, reason: str) -> list[str]:
    """Open a case by its number, or all of a citizen's cases by her CPR number. Their numbers, newest first.

    Logged with the reason; the leader of the case's unit is told of break-glass access. A case that is hers to read
    anyway is only found. Raises BadInput, NotFound, Forbidden.
    """
    if not reason.strip():
        raise BadInput(why="Skriv, hvorfor du skal se sagen. Begrundelsen kan læses af lederen og i adgangsloggen.")

    def work(uow: UnitOfWork) -> list[str]:
        advance = Advance(platform, uow, person)
        look_up = access.may_break_in(advance.catalog, person) or access.may_audit(advance.catalog, person)
        if not look_up:
            raise Forbidden(what="din rolle kan ikke åbne sager med en begrundelse")
        found = _find(uow, what)
        opened = [case.number for case in found if _open(advance, case, reason.strip())]
        if not opened:
            raise Forbidden(what="din rolle kan ikke åbne sager af den slags, heller ikke med en begrundelse")
        return opened

    return platform.store.transact(work)


def _find(uow: UnitOfWork, what: str) -> Sequence[Case]:
    digits = "".join(c for c in what if c.isdigit())
    if len(digits) == 10 and not any(c.isalpha() for c in what):
        citizen = uow.citizens.by_cpr(digits)
        cases = uow.cases.all_for_citizen(citizen.key) if citizen else ()
        if not cases:
            raise NotFound(what="der er ingen sager med det CPR-nummer")
        return cases
    case = uow.cases.by_number(what.strip())
    if case is None:
        raise NotFound(what="der er ingen sag med det nummer")
    return [case]


def _open(advance: Advance, case: Case, reason: str) -> bool:
    """Whether she may read the case now."""
    granted = access.case_access(advance, case)
    if granted is None:
        if not _may_open(advance, case):
            return False
        found = advance.catalog.case_kind(case.kind)
        hours = found[1].noedadgang_timer if found else 0
        opening = Opening(
            case_key=case.key,
            key=advance.platform.keys.next(),
            username=advance.actor.username,
            at=advance.now,
            until=advance.now + timedelta(hours=hours),
            reason=reason,
        )
        advance.uow.parties.let_in(opening)
        granted = access.case_access(advance, case)
    advance.uow.access_log.read(
        at=advance.now,
        username=advance.actor.username,
        what="nødadgang" if granted and granted.broke_in else "begrundelse",
        case_key=case.key,
        citizen_key=case.citizen_key,
        reason=reason,
    )
    if granted and granted.broke_in:
        notices.broke_in(advance, case)
    return True


def _may_open(advance: Advance, case: Case) -> bool:
    catalog, person = advance.catalog, advance.actor
    return access.may_break_in(catalog, person, case.kind) or access.may_audit(catalog, person, case.kind)
