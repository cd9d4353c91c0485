"""The page of a case: everything about it that somebody may see, put together in one look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from service.domain.cases import Case, CaseRecord, Citizen, Contact, Dispatch, Document, Note
from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import Deadline
from service.domain.definitions import ElementInfo, ProcessModel, Version
from service.domain.house_feel import CalendarEnvironment
from service.domain.instances import Instance
from service.domain.json import Variables
from service.domain.procedures import CaseKind, Manifest, ReportableEvent
from service.domain.storage import Account, HistoryEntry, UnitOfWork
from service.domain.views import ElementRow
from service.domain.waits import Incident, UserTask
from service.feel import parse_expression, to_json
from service.usecases import access, caselists, events, instances, task_rights
from service.usecases import deadlines as deadlines_of
from service.usecases import documents as documents_of
from service.usecases import marks as marks_of
from service.usecases.access import CaseAccess
from service.usecases.advance import Advance
from service.usecases.steps import elements_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """Everything on a case that she may see. What her role may not see is left empty."""

    case: Case
    kind: CaseKind | None
    manifest: Manifest
    access: CaseAccess
    citizen: Citizen | None
    """With her name alone, where the part `borger` is not hers to see."""
    marks: Sequence[str]
    """Marks of the citizen, from all her cases, that she may see."""
    unit_name: str | None
    worker: Account | None
    instance: Instance | None
    process: tuple[Version, ProcessModel] | None
    elements: Mapping[str, ElementInfo]
    """Element id → element of its process and those it has called."""
    position: Sequence[ElementRow]
    """Active elements, newest first."""
    tasks: Sequence[UserTask]
    finished_tasks: Sequence[UserTask]
    deadlines: Sequence[Deadline]
    """Those that somebody or something waits for first, soonest first; then the others, latest first."""
    lapsed: frozenset[str]
    """Ids of deadlines that nothing waits for any more and nobody met."""
    contacts: Sequence[Contact]
    notes: Sequence[Note]
    records: Sequence[CaseRecord]
    excerpts: Sequence[Excerpt]
    lists: Sequence[caselists.ShownList]
    documents: Sequence[Document]
    dispatches: Sequence[Dispatch]
    incidents: Sequence[Incident]
    history: Sequence[HistoryEntry]
    events: Sequence[tuple[str, ReportableEvent]]
    """Message name → event she may report now."""
    activities: Sequence[instances.Startable]
    other_cases: Sequence[Case]
    names: Mapping[str, str]
    """Username → name, for everybody named on the page."""
    may_attach: bool
    may_change_tasks: bool
    may_reopen: bool
    removable_mark: str | None
    """A mark of the citizen that this closed case has left, where she may take it away."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """What the newest of some forms says, on the case's page (manifest `vises` and `resume`)."""

    heading: str
    record: CaseRecord
    lines: Sequence[str]


def page_of(advance: Advance, case: Case, granted: CaseAccess) -> CasePage:
    uow, person = advance.uow, advance.actor
    whole = granted.whole
    instance = uow.instances.get(case.instance_key) if case.instance_key else None
    manifest = advance.catalog.manifest(case.folder)
    records = [r for r in uow.cases.records(case.key) if granted.sees_record(person, r, advance.now)]
    documents = [d for d in uow.cases.documents(case.key) if granted.sees(f"dokument:{d.kind}")]
    running = case.closed_at is None
    deadlines = deadlines_of.by_need(uow, case.key, running=running) if granted.sees("frister") else deadlines_of.NONE
    running_for = events.roots_of(uow, case)
    tasks = [t for root in running_for for t in uow.tasks.open_of(root) if whole or task_rights.may_work_on(person, t)]
    finished = uow.tasks.finished_of(instance.key) if instance and whole else ()
    citizen = uow.citizens.get(case.citizen_key) if case.citizen_key else None
    unit = uow.people.unit(case.unit) if case.unit and granted.sees("status") else None
    reportable = events.reportable(advance, person, case) if whole else ()
    titles = {name: event.titel for name, event in reportable}
    page = CasePage(
        case=access.shown_case(case, granted),
        kind=manifest.sagstyper.get(case.kind),
        manifest=manifest,
        access=granted,
        citizen=access.shown_citizen(citizen, granted) if citizen else None,
        marks=access.marks(advance, [case.citizen_key]).get(case.citizen_key or 0, ()),
        unit_name=unit.name if unit else None,
        worker=uow.people.account(case.worker) if case.worker and granted.sees("status") else None,
        instance=instance,
        process=advance.catalog.process(instance.definition_key) if instance else None,
        elements=elements_of(uow, advance.catalog, instance) if instance else {},
        position=uow.queries.elements(instance.key, active_only=True) if instance and whole else (),
        tasks=tasks,
        finished_tasks=finished,
        deadlines=deadlines.rows,
        lapsed=deadlines.lapsed,
        contacts=uow.cases.contacts(case.key) if granted.sees("kontakter") else (),
        notes=uow.cases.notes(case.key) if granted.sees("notater") else (),
        records=records,
        excerpts=_excerpts(advance, case, records),
        lists=caselists.shown(advance.catalog, case.folder, records, titles, advance.now),
        documents=documents,
        dispatches=uow.dispatches.of_case(case.key) if granted.sees("forsendelser") else (),
        incidents=uow.incidents.open_of(instance.key) if instance and whole else (),
        history=uow.history.of(instance.key, limit=50) if instance and whole else (),
        events=reportable,
        activities=instances.startable(advance, instance.key) if instance else (),
        other_cases=_others(advance, case),
        names={},
        may_attach=bool(documents_of.attachable(advance, case, granted)),
        may_change_tasks=granted.manage or case.worker == person.username,
        may_reopen=case.closed_at is not None and access.may_create(advance.catalog, person, case.kind),
        removable_mark=marks_of.removable(advance, case),
    )
    return replace(page, names=_names(uow, page))


def _excerpts(advance: Advance, case: Case, records: Sequence[CaseRecord]) -> list[Excerpt]:
    """One for each heading that a form of the case's is shown under, from its newest record (`records`: newest first)."""
    found: dict[str, Excerpt] = {}
    for record in records:
        use = advance.catalog.form_use(record.form_id, case.folder)
        if use.vises is not None and use.vises not in found:
            found[use.vises] = Excerpt(use.vises, record, _told(advance, use.resume, record.values))
    return [found[heading] for heading in sorted(found)]


def _told(advance: Advance, resume: str | None, values: Variables) -> list[str]:
    if resume is None:
        return []
    known = {**values, "i_dag": advance.now.astimezone(LOCAL_ZONE).date()}
    environment = CalendarEnvironment(advance.now, advance.catalog.calendar, registers=advance.catalog.registers)
    said = to_json(parse_expression(resume.strip().removeprefix("=")).evaluate(known, environment))
    return [str(line) for line in (said if isinstance(said, list) else [said]) if line not in (None, "")]


def _others(advance: Advance, case: Case) -> list[Case]:
    """The citizen's other cases that are hers to read."""
    found = advance.uow.cases.all_for_citizen(case.citizen_key) if case.citizen_key is not None else ()
    return [c for c in found if c.key != case.key and access.case_access(advance, c) is not None]


def _names(uow: UnitOfWork, page: CasePage) -> dict[str, str]:
    usernames = {
        page.case.worker,
        *(t.assignee for t in page.tasks),
        *(t.completed_by for t in page.finished_tasks),
        *(c.by for c in page.contacts),
        *(n.by for n in page.notes),
        *(r.submitted_by for r in page.records),
        *(d.made_by for d in page.documents),
        *(h.actor for h in page.history),
    }
    names = {"system": "Systemet"}
    for username in usernames - {None, "system"}:
        account = uow.people.account(str(username))
        if account is not None:
            names[account.person.username] = account.person.name
    return names
