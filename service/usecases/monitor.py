"""Instanser and Hændelser: what managers and operators see of running processes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from service.domain.access import Person
from service.domain.cases import Case
from service.domain.deadlines import Deadline
from service.domain.definitions import ElementInfo, ProcessModel, Version
from service.domain.errors import Forbidden, NotFound
from service.domain.forms import Form
from service.domain.instances import Instance, InstanceStatus, ScopeView
from service.domain.procedures import Manifest
from service.domain.storage import HistoryEntry, UnitOfWork
from service.domain.views import IncidentGroup, InstanceQuery, InstanceRow, Page
from service.domain.waits import Incident, Job, ListenerEvent, Subscription, UserTask
from service.usecases import access
from service.usecases.advance import Advance
from service.usecases.catalog import DeployedCatalog
from service.usecases.deadlines import by_need
from service.usecases.platform import Platform
from service.usecases.steps import elements_of

TECHNICAL = frozenset({"element", "navn", "aktivitet", "besked", "elementer"})
"""Details of the history that tell which step it was, and nothing of the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceList:
    page: Page[InstanceRow]
    names: Sequence[tuple[str, str]]
    """(process id, name) for the filter."""
    unit_names: Mapping[str, str]
    step: str
    """What the element is called by which the list is narrowed; "" for a whole list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class InstancePage:
    """One instance as she may see it. Without case content for operators: variables, history details and case are empty."""

    instance: Instance
    version: Version
    model: ProcessModel
    case: Case | None
    manifest: Manifest
    diagrams: Sequence[tuple[Version, ProcessModel]]
    """Its own diagram first, then those of called processes."""
    elements: Mapping[str, ElementInfo]
    """Element id → element of its process and those it has called."""
    active: Mapping[str, Mapping[str, int]]
    """Process id → element id → tokens now."""
    completed: Mapping[str, frozenset[str]]
    flows: Mapping[str, frozenset[str]]
    tasks: Sequence[UserTask]
    jobs: Sequence[Job]
    subscriptions: Sequence[Subscription]
    deadlines: Sequence[Deadline]
    lapsed: frozenset[str]
    """Ids of deadlines that nothing waits for any more and nobody met."""
    incidents: Sequence[Incident]
    history: Sequence[HistoryEntry]
    scopes: Sequence[ScopeView]
    forms: Sequence[Form]
    """Those of its steps: what they call the variables."""
    names: Mapping[str, str]
    """Username → name."""
    unit_names: Mapping[str, str]
    may_manage: bool
    sees_content: bool

    @property
    def asked_first(self) -> bool:
        """Whether a task of it has listeners that are asked before it is interrupted."""
        asked = ListenerEvent.CANCELING.value
        return any(event == asked for element in self.elements.values() for event, _ in element.listeners)


def listed(platform: Platform, person: Person, wanted: InstanceQuery) -> InstanceList:
    """Instances: leaders see those of their units, operators all without case numbers. Raises Forbidden for others."""

    def work(uow: UnitOfWork) -> InstanceList:
        catalog = platform.catalogs.view(uow.definitions)
        units = _units(person)
        query = replace(wanted, units=units, case_content=units is not None)
        names = catalog.process_names()
        unit_names = {u.id: u.name for u in uow.people.units()}
        found = catalog.find_process(wanted.process_id) if wanted.process_id and wanted.element_id else None
        element = found[1].elements.get(wanted.element_id or "") if found else None
        return InstanceList(
            page=uow.queries.instances(query),
            names=names,
            unit_names=unit_names,
            step=(element.name if element else "") or wanted.element_id or "",
        )

    return platform.read(work)


def look(platform: Platform, person: Person, key: int) -> InstancePage:
    """One instance; the reading is logged when it shows a case. A called instance shows its root."""

    def work(uow: UnitOfWork) -> InstancePage:
        advance = Advance(platform, uow, person)
        catalog = advance.catalog
        instance = uow.instances.get(key)
        if instance is not None and instance.root_key != instance.key:
            instance = uow.instances.get(instance.root_key)
        found = catalog.process(instance.definition_key) if instance else None
        if instance is None or found is None:
            raise NotFound(what="forløbet")
        case = uow.cases.get(instance.case_key) if instance.case_key else None
        content = _require_sight(advance, case)
        if case is not None and content:
            uow.access_log.read(
                at=platform.clock.now(),
                username=person.username,
                what="instans",
                case_key=case.key,
                citizen_key=case.citizen_key,
            )
        return _page(advance, instance, found, case if content else None, content)

    return platform.store.transact(work)


def incidents(platform: Platform, person: Person) -> Sequence[IncidentGroup]:
    """Open incidents of her units (operators: all), grouped."""
    return platform.read(lambda uow: uow.queries.incidents(_units(person)))


def _page(
    advance: Advance,
    instance: Instance,
    found: tuple[Version, ProcessModel],
    case: Case | None,
    content: bool,
) -> InstancePage:
    uow, catalog = advance.uow, advance.catalog
    elements = uow.queries.elements(instance.key)
    active: dict[str, dict[str, int]] = {}
    completed: dict[str, set[str]] = {}
    for row in elements:
        if row.ended_at is None:
            tokens = active.setdefault(row.process_id, {})
            tokens[row.element_id] = tokens.get(row.element_id, 0) + 1
        elif row.state.value == "COMPLETED":
            completed.setdefault(row.process_id, set()).add(row.element_id)
    diagrams = [found]
    for child in uow.queries.children(instance.key):
        called = catalog.process(child.definition_key)
        if called is not None and called[0].key not in {v.key for v, _ in diagrams}:
            diagrams.append(called)
    state = uow.instances.state(instance.key) if content else None
    running = instance.status is InstanceStatus.ACTIVE
    deadlines = by_need(uow, instance.case_key or instance.key, running=running)
    history = uow.history.of(instance.key)
    if not content:
        history = [replace(e, details={k: v for k, v in e.details.items() if k in TECHNICAL}) for e in history]
    steps = elements_of(uow, catalog, instance)
    return InstancePage(
        instance=instance,
        version=found[0],
        model=found[1],
        case=case,
        manifest=catalog.manifest(found[0].folder),
        diagrams=diagrams,
        elements=steps,
        active=active,
        completed={process: frozenset(ids) for process, ids in completed.items()},
        flows=uow.queries.flows(instance.key),
        tasks=uow.tasks.open_of(instance.key),
        jobs=uow.jobs.of(instance.key),
        subscriptions=uow.messages.awaited_by(instance.key),
        deadlines=deadlines.rows,
        lapsed=deadlines.lapsed,
        incidents=uow.incidents.open_of(instance.key),
        history=history,
        scopes=advance.platform.engine.view(catalog, state) if state else (),
        forms=_forms(catalog, steps) if state else (),
        unit_names={u.id: u.name for u in uow.people.units()},
        names={a.person.username: a.person.name for a in uow.people.all()} | {"system": "Systemet"},
        may_manage=_may_manage(advance, instance),
        sees_content=content,
    )


def _forms(catalog: DeployedCatalog, steps: Mapping[str, ElementInfo]) -> list[Form]:
    ids = dict.fromkeys(step.form_id for step in steps.values() if step.form_id)
    versions = [catalog.find_form(form_id) for form_id in ids]
    found = (catalog.form(version.key) for version in versions if version)
    return [form for form in found if form is not None]


def _units(person: Person) -> frozenset[str] | None:
    """Units whose instances she follows; None for all. Raises Forbidden for those who follow none."""
    if person.has("drift", "systemadmin"):
        return None
    if person.leads:
        return person.leads
    if person.has("leder"):
        return person.units
    raise Forbidden(what="instanser følges af ledere og af driften")


def _require_sight(advance: Advance, case: Case | None) -> bool:
    """Whether she sees case content. Raises Forbidden when the instance is not hers to follow at all."""
    person = advance.actor
    units = _units(person)
    if case is None:
        return person.has("leder", "drift") or bool(person.leads)
    granted = access.case_access(advance, case)
    if granted is not None and granted.parts is None:
        return True
    if units is None:
        return False
    raise Forbidden(what="sagen hører til en anden enhed")


def _may_manage(advance: Advance, instance: Instance) -> bool:
    case = advance.uow.cases.get(instance.case_key) if instance.case_key else None
    try:
        access.require_manage(advance, case)
    except Forbidden:
        return False
    return True
