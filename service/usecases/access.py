"""May she? Rights over cases as the procedures' manifests give them (PROCEDURES B8), and over instances and incidents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from service.domain.access import Membership, Person, Reach, may_complete
from service.domain.cases import Case
from service.domain.errors import Forbidden
from service.domain.procedures import Right
from service.domain.storage import UnitOfWork
from service.domain.views import CaseQuery
from service.domain.waits import UserTask
from service.usecases.catalog import DeployedCatalog


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """What she may see and do on one case."""

    parts: frozenset[str] | None
    """None: all of it. Else only these parts (manifest `dele`)."""
    manage: bool
    """May suspend, resume, cancel, assign and extend."""

    def sees(self, part: str) -> bool:
        return self.parts is None or part in self.parts


def case_access(
    uow: UnitOfWork, catalog: DeployedCatalog, person: Person, case: Case, *, reason: str = ""
) -> CaseAccess | None:
    """Her access to the case; None when she has none. `reason` opens what may be read with a reason."""
    granted = [
        right
        for membership, right in _rights(catalog, person, case.kind)
        if _reaches(uow, person, membership, right, case, reason)
    ]
    if not granted:
        return None
    whole = any(right.dele is None for right in granted)
    parts = None if whole else frozenset(part for right in granted for part in right.dele or ())
    return CaseAccess(parts, manage=any(right.styr for right in granted))


def needs_reason(catalog: DeployedCatalog, person: Person, case: Case) -> bool:
    """Whether giving a reason would open the case for her."""
    return any(right.laes is Reach.REASON for _, right in _rights(catalog, person, case.kind))


def require_case(
    uow: UnitOfWork, catalog: DeployedCatalog, person: Person, case: Case, *, reason: str = ""
) -> CaseAccess:
    access = case_access(uow, catalog, person, case, reason=reason)
    if access is None:
        raise Forbidden(what="sagen hører til en anden enhed eller en anden rolle")
    return access


def require_manage(
    uow: UnitOfWork, catalog: DeployedCatalog, person: Person, case: Case | None, *, operators: bool = True
) -> None:
    """Suspend, resume, cancel, retry …: a right of the case's kind, or operators where no case content is involved."""
    if operators and person.has("drift"):
        return
    if case is None:
        if not person.has("leder", "procesejer"):
            raise Forbidden(what="kun en leder eller driften kan gribe ind i forløbet")
        return
    access = case_access(uow, catalog, person, case)
    if access is None or not access.manage:
        raise Forbidden(what="kun lederen af sagens enhed eller driften kan gribe ind i forløbet")


def case_query(catalog: DeployedCatalog, person: Person) -> CaseQuery | None:
    """The cases she may list; None when she has no business with cases. Those read with a reason are not listed.

    A role's reach is one answer per kind of case; the widest of her reaches over a kind decides what the list asks for.
    """
    kinds: set[str] = set()
    units: set[str] = set()
    everything = intake = False
    own = False
    for kind in {k for m in catalog.manifests.values() for k in m.sagstyper}:
        for membership, right in _rights(catalog, person, kind):
            if right.laes is Reach.NONE:
                continue
            kinds.add(kind)
            everything |= right.laes is Reach.ALL
            intake |= right.laes is Reach.INTAKE
            own |= right.laes is Reach.OWN
            if right.laes is Reach.UNIT:
                units |= person.leads | ({membership.unit} if membership.unit else set())
    if not kinds:
        return None
    return CaseQuery(
        everything=everything,
        units=frozenset(units),
        worker=person.username if own else None,
        intake=intake,
        kinds=frozenset(kinds),
    )


def may_create(catalog: DeployedCatalog, person: Person, kind: str) -> bool:
    return any(right.opret for _, right in _rights(catalog, person, kind))


def _rights(catalog: DeployedCatalog, person: Person, kind: str) -> list[tuple[Membership, Right]]:
    found = catalog.case_kind(kind)
    if found is None:
        return []
    rights = catalog.manifest(found[0]).rettigheder.get(kind, {})
    return [(m, rights[m.role]) for m in person.memberships if m.role in rights]


def _reaches(uow: UnitOfWork, person: Person, membership: Membership, right: Right, case: Case, reason: str) -> bool:
    match right.laes:
        case Reach.ALL:
            return True
        case Reach.UNIT:
            return case.unit is not None and (case.unit == membership.unit or case.unit in person.leads)
        case Reach.INTAKE:
            return case.unit is None or _took_part(uow, person, case) or _is_offered(uow, person, case)
        case Reach.OWN:
            return (
                case.worker == person.username
                or _took_part(uow, person, case)
                or (right.dele is not None and _is_offered(uow, person, case))
            )
        case Reach.REASON:
            return bool(reason.strip())
        case Reach.NONE:
            return False


def _took_part(uow: UnitOfWork, person: Person, case: Case) -> bool:
    """Whether she has or had a task of the case's instance."""
    return case.instance_key is not None and uow.tasks.took_part(case.instance_key, person.username)


def _is_offered(uow: UnitOfWork, person: Person, case: Case) -> bool:
    """Whether she may take a task of the case's instance. Those who receive cases read them then; where a role reads its own
    cases, that opens parts at most: all of a case is for those who take the task.
    """
    tasks: Sequence[UserTask] = uow.tasks.open_of(case.instance_key) if case.instance_key is not None else ()
    return any(
        t.assignee is None and may_complete(person, assignee=None, groups=t.candidate_groups, users=t.candidate_users)
        for t in tasks
    )
