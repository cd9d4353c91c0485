"""How a case follows its running instance: opened with it, its columns and status kept up to date, closed at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from service.domain.cases import Case
from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import end_of_day
from service.domain.definitions import Version
from service.domain.errors import BadInput
from service.domain.facts import ElementState, StatusSet
from service.domain.instances import Instance, InstanceStatus, Step
from service.domain.json import Variables
from service.domain.procedures import CaseFields, CaseKind
from service.feel import Environment, Expression, parse_expression, to_json

if TYPE_CHECKING:
    from service.usecases.advance import Advance

COLUMNS: Mapping[str, str] = {
    "enhed": "unit",
    "ansvarlig": "worker",
    "afslutningsaarsag": "closing_reason",
    "underaarsag": "closing_detail",
    "regelsaet": "rule_set",
    "kilde": "source",
    "timer_brugt": "hours_used",
    "timer_ramme": "hours_budget",
    "noegledato": "sort_date",
}
"""Manifest `felter` → the case's column."""


WORKER = "sagsbehandler"
"""The case's worker, as a mark may name her."""


def opened(advance: Advance, kind: tuple[str, str, CaseKind], variables: Variables, instance_key: int) -> Case:
    """A new case for a starting instance. A citizen given as `borger.cpr` is found or registered."""
    folder, kind_id, case_kind = kind
    year = advance.now.astimezone(LOCAL_ZONE).year
    number = case_kind.nummer.replace("{år}", str(year))
    if "{løbenr" in number:
        number = number.format(løbenr=advance.uow.cases.next_number(f"{kind_id}-{year}"))
    case = Case(
        key=advance.platform.keys.next(),
        number=number,
        kind=kind_id,
        folder=folder,
        status=case_kind.statusser[0],
        opened_at=advance.now,
        instance_key=instance_key,
        citizen_key=_citizen(advance, case_kind.felter, variables),
    )
    advance.uow.cases.open(case)
    return case


def continued(advance: Advance, case: Case, version: Version, instance_key: int) -> Case:
    """A case that was given to a new instance. The process that creates cases of its kind reopens it."""
    kind = advance.catalog.case_kind_of(version.id)
    if kind is None or kind[1] != case.kind:
        return case
    if case.closed_at is None:
        raise BadInput(why=f"Sag {case.number} er allerede i gang.")
    reopened = replace(
        case,
        status=kind[2].statusser[0],
        closed_at=None,
        closing_reason=None,
        closing_detail=None,
        paused_at=None,
        instance_key=instance_key,
    )
    advance.uow.cases.save(reopened)
    advance.uow.milestones.reopened(case.key, case.closed_at, case.closing_reason, advance.now)
    if case.paused_at is not None:
        advance.uow.milestones.resumed(case.key, advance.now)
    return replace(reopened, version=case.version + 1)


def follow(advance: Advance, instance: Instance, step: Step) -> None:
    """Let the case's columns, status, milestones and closing follow a stored step."""
    if instance.case_key is None:
        return
    statuses = [e.status for e in step.effects if isinstance(e, StatusSet)]
    found = advance.catalog.case_kind_of(instance.process_id)
    if found:
        _reach(advance, instance.case_key, found, step)
        _attach(advance, instance.case_key, found[2].felter, step)
    columns = _columns(found[2].felter, step, advance.now) if found else {}
    if found:
        columns |= _marking(advance, instance.case_key, found[2].felter, step, columns)
    if found and _reads(found[2].felter.borger_cpr, step.changed):
        columns["citizen_key"] = _citizen(advance, found[2].felter, step.variables)
    ended = instance.status is not InstanceStatus.ACTIVE and found is not None
    if not (statuses or columns or ended):
        return
    case = advance.uow.cases.get(instance.case_key)
    if case is None:
        raise BadInput(why="Sagen til forløbet findes ikke.")
    if statuses:
        columns["status"] = statuses[-1]
    if ended and case.closed_at is None:
        after = found[2].felter.markering_efter if found else None
        columns |= {"closed_at": advance.now, "marking": _mark(advance, after, step, case.worker) if after else None}
        if instance.status is InstanceStatus.TERMINATED and not statuses:
            columns["status"] = found[2].statusser[-1] if found else case.status
    changed = replace(case, **columns)
    if changed != case:
        advance.uow.cases.save(changed)


def _reach(advance: Advance, case_key: int, found: tuple[str, str, CaseKind], step: Step) -> None:
    """Note the milestones that the step reached, for the figures."""
    folder, kind, _ = found
    watched = [p.milepaele for p in advance.catalog.manifest(folder).figurer.values() if p.sagstype == kind]
    if not watched:
        return
    began = {e.element_id for e in step.elements if e.started}
    ended = {e.element_id for e in step.elements if e.state is ElementState.COMPLETED}
    reached = {
        id_
        for milestones in watched
        for id_, milestone in milestones.items()
        if milestone.element in (began if milestone.ved == "start" else ended)
    }
    case = advance.uow.cases.get(case_key) if reached else None
    if case is not None:
        days = (advance.now.astimezone(LOCAL_ZONE).date() - case.opened_at.astimezone(LOCAL_ZONE).date()).days
        advance.uow.milestones.reached(case_key, sorted(reached), advance.now, days)


def _attach(advance: Advance, case_key: int, fields: CaseFields, step: Step) -> None:
    """Who is attached to the case in which role, where what says so has changed."""
    for role, text in fields.tilknyttede.items():
        if _reads(text, step.changed):
            found = to_json(_parsed(text).evaluate(step.variables, Environment(now=advance.now)))
            named = found if isinstance(found, list) else [found]
            advance.uow.parties.attach(case_key, role, {who for who in _flat(named) if isinstance(who, str) and who})


def _flat(items: list[Any]) -> list[Any]:
    return [inner for item in items for inner in (_flat(item) if isinstance(item, list) else [item])]


def _citizen(advance: Advance, fields: CaseFields, variables: Variables) -> int | None:
    if fields.borger_cpr is None:
        return None
    cpr = _parsed(fields.borger_cpr).evaluate(variables, Environment(now=advance.now))
    citizen = advance.uow.citizens.by_cpr(cpr) if isinstance(cpr, str) else None
    return citizen.key if citizen else None


def _reads(text: str | None, changed: frozenset[str]) -> bool:
    return text is not None and not _parsed(text).names.isdisjoint(changed)


def _columns(fields: CaseFields, step: Step, now: datetime) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for field, column in COLUMNS.items():
        text = getattr(fields, field)
        if _reads(text, step.changed):
            value = _parsed(text).evaluate(step.variables, Environment(now=now))
            columns[column] = _fit(column, to_json(value))
    return columns


def _marking(
    advance: Advance, case_key: int, fields: CaseFields, step: Step, columns: Mapping[str, Any]
) -> dict[str, str | None]:
    """The mark of the citizen, where what it reads has changed. It knows the case's worker by name: `sagsbehandler`."""
    text = fields.markering
    if text is None or not (_reads(text, step.changed) or ("worker" in columns and WORKER in _parsed(text).names)):
        return {}
    case = advance.uow.cases.get(case_key)
    return {"marking": _mark(advance, text, step, columns.get("worker", case.worker if case else None))}


def _mark(advance: Advance, text: str, step: Step, username: str | None) -> str | None:
    account = advance.uow.people.account(username) if username else None
    worker = {"brugernavn": account.person.username, "navn": account.person.name} if account else None
    said = _parsed(text).evaluate({**step.variables, WORKER: worker}, Environment(now=advance.now))
    return said if isinstance(said, str) and said.strip() else None


def _fit(column: str, value: object) -> object:
    """The expression's value as the column keeps it; what does not fit is left out rather than guessed."""
    match column:
        case "hours_used" | "hours_budget":
            return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
        case "sort_date":
            return end_of_day(date.fromisoformat(value[:10])) if isinstance(value, str) else None
        case _:
            return str(value) if value is not None else None


@lru_cache(maxsize=1024)
def _parsed(text: str) -> Expression:
    return parse_expression(text.strip().removeprefix("="))
