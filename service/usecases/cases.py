"""Cases: the one page that answers the phone, lists, reopening, notes and documents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.access import Person
from service.domain.cases import Case, Document, Note
from service.domain.errors import BadInput, Forbidden, NotFound, WrongState
from service.domain.forms import Form, Submission
from service.domain.instances import ElementsActivated, Instance
from service.domain.json import Variables
from service.domain.procedures import ReportableEvent
from service.domain.storage import UnitOfWork
from service.domain.views import CaseQuery, CaseRow, Page
from service.usecases import access, events, instances, task_rights
from service.usecases.advance import Advance
from service.usecases.casepage import CasePage, page_of
from service.usecases.catalog import DeployedCatalog
from service.usecases.platform import Platform


def look(platform: Platform, person: Person, number: str) -> CasePage:
    """The case by its number. The reading is logged. Raises NotFound, and Forbidden when it is not hers to read."""

    def work(uow: UnitOfWork) -> CasePage:
        advance = Advance(platform, uow, person)
        case = by_number(uow, number)
        granted = access.require_case(advance, case)
        access.note_reading(advance, case, granted, "sag")
        return page_of(advance, case, granted)

    return platform.store.transact(work)


def by_number(uow: UnitOfWork, number: str) -> Case:
    case = uow.cases.by_number(number)
    if case is None:
        raise NotFound(what=f"sag {number}")
    return case


def listed(platform: Platform, person: Person, wanted: CaseQuery) -> Page[CaseRow]:
    """Cases she may see. `wanted` brings filter, order and page; whose cases is decided here."""

    def work(uow: UnitOfWork) -> Page[CaseRow]:
        advance = Advance(platform, uow, person)
        allowed = access.case_query(advance.catalog, person)
        if allowed is None:
            raise Forbidden(what="din rolle har ikke adgang til sager")
        query = replace(wanted, ways=allowed.ways, no_source=_no_source(advance.catalog, wanted.kinds))
        page = uow.queries.cases(query)
        marks = access.marks(advance, [row.citizen_key for row in page.rows])
        parts = {kind: access.listed_parts(advance.catalog, person, kind) for kind in {r.kind for r in page.rows}}
        rows = [replace(_row(r, parts[r.kind]), marks=marks.get(r.citizen_key or 0, ())) for r in page.rows]
        return replace(page, rows=rows)

    return platform.read(work)


def names_behind(platform: Platform, wanted: CaseQuery) -> Mapping[str, str]:
    """What people call that by which a list is narrowed: `type`, `enhed`, `kilde`, `aarsag`, `ansvarlig`."""

    def work(uow: UnitOfWork) -> Mapping[str, str]:
        catalog = platform.catalogs.view(uow.definitions)
        kind_id = next(iter(wanted.kinds or ()), "")
        found = catalog.case_kind(kind_id)
        kind = found[1] if found else None
        unit = uow.people.unit(wanted.unit or "")
        worker = uow.people.account(wanted.of_worker) if wanted.of_worker else None
        source, reason = wanted.source or "", wanted.reason or ""
        names = {
            "type": kind.titel if kind else kind_id,
            "enhed": unit.name if unit else wanted.unit or "",
            "kilde": kind.kilder.get(source, source) if kind else source,
            "aarsag": kind.afslutningsaarsager.get(reason, reason) if kind else reason,
            "ansvarlig": worker.person.name if worker else wanted.of_worker or "",
        }
        return {part: name for part, name in names.items() if name}

    return platform.read(work)


def _row(row: CaseRow, parts: frozenset[str] | None) -> CaseRow:
    """The row without the columns that are not hers to see."""
    if parts is None:
        return row
    shown = replace(row, sort_date=None, open_tasks=0, open_incidents=0)
    if "status" not in parts:
        shown = replace(shown, status="", unit=None, worker=None, paused_at=None)
    return shown if "frister" in parts else replace(shown, next_due=None)


def _no_source(catalog: DeployedCatalog, kinds: frozenset[str] | None) -> str:
    """What a case without a source counts as in the figures of these kinds of case."""
    plans = (plan for manifest in catalog.manifests.values() for plan in manifest.figurer.values())
    return next((plan.uden_kilde for plan in plans if kinds is not None and plan.sagstype in kinds), "")


def reopen(platform: Platform, person: Person, number: str, reason: str) -> Instance:
    """Genåbn: the procedure starts anew on the same case. Raises Forbidden, WrongState."""

    def work(uow: UnitOfWork) -> Instance:
        advance = Advance(platform, uow, person)
        case = by_number(uow, number)
        access.require_case(advance, case)
        if not access.may_create(advance.catalog, person, case.kind):
            raise Forbidden(what="din rolle kan ikke genåbne sager")
        if case.closed_at is None:
            raise WrongState(why="sagen er ikke afsluttet")
        if not reason.strip():
            raise BadInput(why="Skriv en begrundelse. Den står i historikken.")
        found = advance.catalog.case_kind(case.kind)
        process = advance.catalog.find_process(found[1].proces) if found else None
        if process is None:
            raise NotFound(what="sagstypens procedure")
        newest = {r.form_id: r.values for r in reversed(uow.cases.records(case.key))}
        variables = {"sag": {"nummer": case.number}, "genaabnet": {"begrundelse": reason, "skema": newest}}
        return advance.start(process[0].key, variables)

    return platform.transact(work)


def start_activity(platform: Platform, person: Person, number: str, element_id: str) -> int | None:
    """Start an ad-hoc activity of the case's instance; the key of the task that it opened for her, if any.

    Raises NotFound, Forbidden, and WrongState when it cannot be started now.
    """

    def work(uow: UnitOfWork) -> int | None:
        advance = Advance(platform, uow, person)
        case = by_number(uow, number)
        access.require_case(advance, case)
        activity = advance.catalog.manifest(case.folder).aktiviteter.get(element_id)
        if activity is not None and not person.has(*activity.roller):
            raise Forbidden(what="din rolle kan ikke starte denne aktivitet")
        instance_key = case.instance_key or 0
        offered = instances.startable(advance, instance_key)
        chosen = next((s for s in offered if s.element_id == element_id), None)
        if chosen is None:
            raise WrongState(why="aktiviteten kan ikke startes nu; forløbet er gået videre")
        before = {t.key for t in uow.tasks.open_of(instance_key)}
        stimulus = ElementsActivated(chosen.container_key, ((element_id, {}),))
        advance.move(instance_key, stimulus, {"aktivitet": element_id})
        opened = [t for t in uow.tasks.open_of(instance_key) if t.key not in before]
        return next((t.key for t in opened if task_rights.is_for(person, t)), None)

    return platform.transact(work)


def add_note(platform: Platform, person: Person, number: str, text: str) -> None:
    """A journal note by hand. Raises WrongState when it is empty."""

    def work(uow: UnitOfWork) -> None:
        advance = Advance(platform, uow, person)
        case = by_number(uow, number)
        if not access.require_case(advance, case).whole:
            raise Forbidden(what="din rolle kan ikke skrive i journalen")
        if not text.strip():
            raise BadInput(why="Skriv noget i notatet, før det gemmes.")
        uow.cases.add_note(
            Note(case_key=case.key, key=platform.keys.next(), at=advance.now, by=person.username, text=text.strip())
        )

    platform.store.transact(work)


def document(platform: Platform, person: Person, key: int) -> tuple[Document, bytes]:
    """A document with its content, if its case (and this kind of document) is hers to read. The reading is logged."""

    def work(uow: UnitOfWork) -> tuple[Document, bytes]:
        advance = Advance(platform, uow, person)
        found = uow.cases.document(key)
        case = uow.cases.get(found[0].case_key) if found else None
        if found is None or case is None:
            raise NotFound(what="dokumentet")
        granted = access.require_case(advance, case)
        if not granted.sees(f"dokument:{found[0].kind}"):
            raise Forbidden(what="din rolle kan ikke se dette dokument")
        access.note_reading(advance, case, granted, f"dokument {found[0].kind}")
        return found

    return platform.store.transact(work)


@dataclass(frozen=True, slots=True)
class EventPage:
    case: Case
    event: ReportableEvent
    form: Form | None
    shown: Submission | None


def look_event(
    platform: Platform,
    person: Person,
    number: str,
    name: str,
    fields: Mapping[str, Sequence[str]] | None = None,
    chosen: Mapping[str, Sequence[str]] | None = None,
) -> EventPage:
    """The form of an event that she may report on the case now: fresh (with what was `chosen` on the way here in it), or
    with what was typed. The reading is logged: the form tells of the case.
    """

    def work(uow: UnitOfWork) -> EventPage:
        advance = Advance(platform, uow, person)
        case = by_number(uow, number)
        granted = access.require_case(advance, case)
        found = events.event_form(advance, case, name)
        access.note_reading(advance, case, granted, f"hændelse {name}")
        form, context, shown = found.form, found.context, None
        if form is not None and context is not None:
            fresh = form.fresh(context)
            shown = (
                form.fresh(
                    context, {**fresh.raw, **{n: t for n, t in chosen.items() if n in fresh.raw}} if chosen else None
                )
                if fields is None
                else form.change_rows(fields, context) or form.parse(fields, context)
            )
        return EventPage(case, found.event, form, shown)

    return platform.store.transact(work)


def report(platform: Platform, person: Person, number: str, name: str, fields: Mapping[str, Sequence[str]]) -> None:
    """Report an event with what was typed in its form. Raises FormInvalid, Forbidden, WrongState."""

    def work(uow: UnitOfWork) -> None:
        advance = Advance(platform, uow, person)
        events.report(advance, by_number(uow, number), name, lambda form, context: form.parse(fields, context), {})

    platform.transact(work)


def report_with(platform: Platform, person: Person, number: str, name: str, values: Variables) -> None:
    """Report an event with JSON values, checked by the same rules. An event without a form takes them as they are."""

    def work(uow: UnitOfWork) -> None:
        advance = Advance(platform, uow, person)
        events.report(advance, by_number(uow, number), name, lambda form, context: form.check(values, context), values)

    platform.transact(work)


def accesses(platform: Platform, person: Person, number: str) -> Sequence[tuple[datetime, str, str, str, str]]:
    """Who has read the case: (when, username, what, reason, name). For those who manage it, and for auditors."""

    def work(uow: UnitOfWork) -> Sequence[tuple[datetime, str, str, str, str]]:
        case = by_number(uow, number)
        access.require_log(Advance(platform, uow, person), case)
        names = {account.person.username: account.person.name for account in uow.people.all()}
        return [(*row, names.get(row[1], row[1])) for row in uow.access_log.of_case(case.key)]

    return platform.read(work)
