"""May she? Rights over cases as the procedures' manifests give them (PROCEDURES B8), and over instances and incidents."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from service.domain.access import Membership, Person, Reach, may_complete
from service.domain.cases import Case, CaseRecord, Citizen, Opening
from service.domain.errors import Forbidden
from service.domain.procedures import Right, RoleInfo
from service.domain.views import CaseQuery, How, Way
from service.domain.waits import UserTask
from service.feel import Environment, Expression, parse_expression
from service.usecases.catalog import DeployedCatalog

if TYPE_CHECKING:
    from service.usecases.advance import Advance


@dataclass(frozen=True, slots=True)
class CaseAccess:
    """What she may see and do on one case."""

    parts: frozenset[str] | None
    """None: all of it. Else only these parts (manifest `dele`)."""
    manage: bool
    """May suspend, resume, cancel, assign and extend."""
    only: Mapping[str, tuple[str | None, ...]] = field(default_factory=dict)
    """Part → the conditions of the rights that name it (manifest `kun`); None where a right has none."""
    opening: Opening | None = None
    """Set when she reads it only because she gave a reason."""
    broke_in: bool = False
    """By break-glass access."""

    @property
    def whole(self) -> bool:
        return self.parts is None

    def sees(self, part: str) -> bool:
        return self.parts is None or part in self.parts

    def sees_record(self, person: Person, record: CaseRecord, now: datetime) -> bool:
        """Whether she may read this submission of a form."""
        part = f"skema:{record.form_id}"
        if not self.sees(part):
            return False
        conditions = self.only.get(part, (None,))
        if self.whole or None in conditions:
            return True
        facts = {**record.values, "mig": _me(person)}
        return any(_parsed(text).evaluate(facts, Environment(now=now)) is True for text in conditions if text)


def shown_case(case: Case, granted: CaseAccess | None) -> Case:
    """The case without the columns that are not hers to see."""
    if granted is not None and granted.whole:
        return case
    shown = replace(case, source=None, hours_used=None, hours_budget=None, closing_detail=None)
    if granted is not None and granted.sees("status"):
        return shown
    return replace(shown, status="", unit=None, worker=None, closing_reason=None)


def shown_citizen(citizen: Citizen, granted: CaseAccess | None) -> Citizen:
    """The citizen, or her name alone."""
    sees = granted is not None and granted.sees("borger")
    return citizen if sees else Citizen(key=citizen.key, cpr=None, name=citizen.name)


def case_access(advance: Advance, case: Case) -> CaseAccess | None:
    """Her access to the case; None when she has none. A reason given before opens it until that runs out."""
    rights = _rights(advance.catalog, advance.actor, case.kind)
    granted = [right for membership, right in rights if _reaches(advance, membership, right, case)]
    if granted:
        return _access(granted, manage=any(right.styr for right in granted))
    with_reason = [right for _, right in rights if right.noedadgang or Reach.REASON in right.laes]
    opening = _opening(advance, case) if with_reason else None
    return _access(with_reason, opening=opening) if opening else None


def _access(rights: list[Right], *, manage: bool = False, opening: Opening | None = None) -> CaseAccess:
    broke_in = opening is not None and any(right.noedadgang for right in rights)
    if any(right.dele is None for right in rights):
        return CaseAccess(None, manage, opening=opening, broke_in=broke_in)
    only: dict[str, tuple[str | None, ...]] = {}
    for right in rights:
        for part in right.dele or ():
            only[part] = (*only.get(part, ()), right.kun.get(part))
    return CaseAccess(frozenset(only), manage, only, opening, broke_in)


def _opening(advance: Advance, case: Case) -> Opening | None:
    """The reason she gave for reading the case, if it has not run out."""
    found = advance.uow.parties.openings(case.key)
    return next((e for e in found if e.username == advance.actor.username and e.until > advance.now), None)


def may_break_in(catalog: DeployedCatalog, person: Person, kind: str | None = None) -> bool:
    """Whether she may open cases of this kind (or of any) by break-glass access."""
    kinds = _kinds(catalog) if kind is None else (kind,)
    return any(right.noedadgang for k in kinds for _, right in _rights(catalog, person, k))


def may_audit(catalog: DeployedCatalog, person: Person, kind: str | None = None) -> bool:
    """Whether her role reads cases of this kind (or of any) with a reason."""
    kinds = _kinds(catalog) if kind is None else (kind,)
    return any(Reach.REASON in right.laes for k in kinds for _, right in _rights(catalog, person, k))


def require_case(advance: Advance, case: Case) -> CaseAccess:
    access = case_access(advance, case)
    if access is None:
        raise Forbidden(what="sagen hører til en anden enhed eller en anden rolle")
    return access


def require_manage(advance: Advance, case: Case | None, *, operators: bool = True) -> None:
    """Suspend, resume, cancel, retry …: a right of the case's kind, or operators where no case content is involved."""
    if operators and advance.actor.has("drift"):
        return
    if case is None:
        if not advance.actor.has("leder", "procesejer"):
            raise Forbidden(what="kun en leder eller driften kan gribe ind i forløbet")
        return
    access = case_access(advance, case)
    if access is None or not access.manage:
        raise Forbidden(what="kun lederen af sagens enhed eller driften kan gribe ind i forløbet")


def note_reading(advance: Advance, case: Case, granted: CaseAccess, what: str) -> None:
    """Write in the access log that she read this of the case, and why, where it took a reason."""
    advance.uow.access_log.read(
        at=advance.now,
        username=advance.actor.username,
        what=what,
        case_key=case.key,
        citizen_key=case.citizen_key,
        reason=granted.opening.reason if granted.opening else "",
    )


def require_log(advance: Advance, case: Case) -> None:
    """Who has read the case is for those who manage it, and for auditors."""
    granted = case_access(advance, case)
    if not advance.actor.has("revisor") and (granted is None or not granted.manage):
        raise Forbidden(what="adgangsloggen ses af enhedens leder og af revisor")


def case_query(catalog: DeployedCatalog, person: Person) -> CaseQuery | None:
    """The cases she may list, kind by kind; None when she has no business with cases.

    Those read with a reason or by break-glass access are not listed, and neither are those where she is only offered a task.
    """
    found: dict[tuple[How, str, str], set[str]] = {}
    kinds = _kinds(catalog)
    readable = False
    for kind in kinds:
        for membership, right in _rights(catalog, person, kind):
            readable |= right.laes != (Reach.NONE,) or right.noedadgang
            for reach in right.laes:
                for way in _ways(person, membership, reach):
                    found.setdefault(way, set()).add(kind)
    if not readable:
        return None
    everything = found.get((How.ALL, "", ""), set())
    ways = (
        Way(*way, kinds=None if len(named) == len(kinds) else tuple(sorted(named)))
        for way, named in sorted(found.items())
        if way[0] is How.ALL or not named <= everything
    )
    return CaseQuery(ways=tuple(ways))


def _ways(person: Person, membership: Membership, reach: Reach) -> list[tuple[How, str, str]]:
    me, role = person.username, membership.role
    match reach:
        case Reach.ALL:
            return [(How.ALL, "", "")]
        case Reach.UNIT:
            return [(How.UNIT, unit, "") for unit in sorted(person.leads | ({membership.unit} - {""}))]
        case Reach.INTAKE:
            return [(How.INTAKE, "", ""), (How.TOOK_PART, me, "")]
        case Reach.OWN:
            return [(How.WORKER, me, ""), (How.TOOK_PART, me, "")]
        case Reach.ATTACHED:
            return [(How.ATTACHED, who, role) for who in sorted(_as_party(person, membership))]
        case Reach.REASON | Reach.NONE:
            return []


def listed_kinds(catalog: DeployedCatalog, person: Person) -> frozenset[str]:
    """Kinds of cases of which some may be on her list."""
    return frozenset(
        kind
        for kind in _kinds(catalog)
        for membership, right in _rights(catalog, person, kind)
        if any(_ways(person, membership, reach) for reach in right.laes)
    )


def listed_parts(catalog: DeployedCatalog, person: Person, kind: str) -> frozenset[str] | None:
    """The parts of cases of this kind that a list may show her; None: all."""
    rights = [right for _, right in _rights(catalog, person, kind) if right.laes != (Reach.NONE,)]
    if any(right.dele is None for right in rights):
        return None
    return frozenset(part for right in rights for part in right.dele or ())


def may_create(catalog: DeployedCatalog, person: Person, kind: str) -> bool:
    return any(right.opret for _, right in _rights(catalog, person, kind))


def is_external(catalog: DeployedCatalog, person: Person) -> bool:
    """Whether she has no role in the house: every role of hers that a procedure names is an external one."""
    named = [info for role in person.roles for info in _infos(catalog, role)]
    return bool(named) and all(info.ekstern for info in named) and not person.leads


def marks(advance: Advance, citizen_keys: Iterable[int | None]) -> Mapping[int, tuple[str, ...]]:
    """The marks of these citizens that she may see: all of them, unless she is external."""
    wanted = {key for key in citizen_keys if key is not None}
    if not wanted or is_external(advance.catalog, advance.actor):
        return {}
    return {key: tuple(dict.fromkeys(texts)) for key, texts in advance.uow.cases.marks(wanted).items()}


def has_authority(advance: Advance, task: UserTask) -> bool:
    """Whether her roles let her complete the task where the manifest says that it decides with public authority."""
    found = advance.catalog.process(task.definition_key)
    roles = advance.catalog.manifest(found[0].folder).myndighed.get(task.element_id) if found else None
    return roles is None or advance.actor.has(*roles)


def _kinds(catalog: DeployedCatalog) -> list[str]:
    return sorted({kind for manifest in catalog.manifests.values() for kind in manifest.sagstyper})


def _infos(catalog: DeployedCatalog, role: str) -> list[RoleInfo]:
    return [manifest.roller[role] for manifest in catalog.manifests.values() if role in manifest.roller]


def _rights(catalog: DeployedCatalog, person: Person, kind: str) -> list[tuple[Membership, Right]]:
    found = catalog.case_kind(kind)
    if found is None:
        return []
    rights = catalog.manifest(found[0]).rettigheder.get(kind, {})
    return [(m, rights[m.role]) for m in person.memberships if m.role in rights]


def _reaches(advance: Advance, membership: Membership, right: Right, case: Case) -> bool:
    return any(_reached(advance, membership, right, reach, case) for reach in right.laes)


def _reached(advance: Advance, membership: Membership, right: Right, reach: Reach, case: Case) -> bool:
    person = advance.actor
    match reach:
        case Reach.ALL:
            return True
        case Reach.UNIT:
            return case.unit is not None and (case.unit == membership.unit or case.unit in person.leads)
        case Reach.INTAKE:
            return case.unit is None or _took_part(advance, case) or _is_offered(advance, case)
        case Reach.OWN:
            return (
                case.worker == person.username
                or _took_part(advance, case)
                or (right.dele is not None and _is_offered(advance, case))
            )
        case Reach.ATTACHED:
            return advance.uow.parties.is_attached(case.key, membership.role, _as_party(person, membership))
        case Reach.REASON | Reach.NONE:
            return False


def _as_party(person: Person, membership: Membership) -> frozenset[str]:
    """As what a case may name her in this role: herself, and the role in her unit."""
    return frozenset({person.username} | ({str(membership)} if membership.unit else set()))


def _took_part(advance: Advance, case: Case) -> bool:
    """Whether she has a task of the case, or completed one."""
    return advance.uow.tasks.took_part(case.key, advance.actor.username)


def _is_offered(advance: Advance, case: Case) -> bool:
    """Whether she may take a task of the case. Those who receive cases read them then; where a role reads its own
    cases, that opens parts at most: all of a case is for those who take the task.
    """
    return any(
        t.assignee is None
        and may_complete(advance.actor, assignee=None, groups=t.candidate_groups, users=t.candidate_users)
        for t in advance.uow.tasks.open_for(case.key)
    )


def _me(person: Person) -> dict[str, object]:
    """Herself, as conditions of the manifest know her."""
    return {
        "brugernavn": person.username,
        "navn": person.name,
        "roller": sorted(person.roles),
        "enheder": sorted(person.units),
    }


@lru_cache(maxsize=512)
def _parsed(text: str) -> Expression:
    return parse_expression(text.strip().removeprefix("="))
