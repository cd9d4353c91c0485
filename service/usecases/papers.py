"""Forms to read and print: empty, as far as somebody has filled one in, and as submitted, with what each version changed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.domain.access import Person
from service.domain.cases import Case, CaseRecord, Citizen
from service.domain.errors import Forbidden, NotFound
from service.domain.forms import Form, FormContext, Submission
from service.domain.storage import Account, UnitOfWork
from service.usecases import access, formcontext
from service.usecases.advance import Advance
from service.usecases.platform import Platform


@dataclass(frozen=True, slots=True)
class Filled:
    """One submission with the version of the form it was made in."""

    record: CaseRecord
    form: Form
    shown: Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPage:
    case: Case
    citizen: Citizen | None
    filled: Filled
    before: Filled | None
    """The version before, for what has changed."""
    versions: Sequence[CaseRecord]
    """All that she may read, newest first."""
    names: Mapping[str, str]
    """Username → name of those who submitted."""
    worker: Account | None
    """Whom the reader can ask; None where it is not hers to see."""


def look(platform: Platform, person: Person, number: str, form_id: str, version: int) -> RecordPage:
    """One submitted form of a case. The reading is logged. Raises NotFound, Forbidden."""

    def work(uow: UnitOfWork) -> RecordPage:
        advance = Advance(platform, uow, person)
        case = uow.cases.by_number(number)
        if case is None:
            raise NotFound(what=f"sag {number}")
        granted = access.require_case(advance, case)
        every = uow.cases.records(case.key, form_id)
        hers = [r for r in every if granted.sees_record(person, r, advance.now)]
        record = next((r for r in hers if r.version == version), None)
        if record is None:
            if any(r.version == version for r in every) or not granted.sees(f"skema:{form_id}"):
                raise Forbidden(what="din rolle kan ikke se dette skema")
            raise NotFound(what="skemaet")
        access.note_reading(advance, case, granted, f"skema {form_id}")
        citizen = uow.citizens.get(case.citizen_key) if case.citizen_key else None
        earlier = max((r for r in hers if r.version < version), key=lambda r: r.version, default=None)
        accounts = (uow.people.account(r.submitted_by) for r in hers)
        shown = access.shown_case(case, granted)
        return RecordPage(
            case=shown,
            worker=_worker(uow, shown),
            citizen=access.shown_citizen(citizen, granted) if citizen else None,
            filled=_filled(advance, record),
            before=_filled(advance, earlier) if earlier else None,
            versions=sorted(hers, key=lambda r: r.version, reverse=True),
            names={a.person.username: a.person.name for a in accounts if a},
        )

    return platform.store.transact(work)


def contact(platform: Platform, case: Case | None) -> Account | None:
    """The worker of a case, as far as the case given shows her."""
    return platform.read(lambda uow: _worker(uow, case)) if case else None


def _worker(uow: UnitOfWork, case: Case) -> Account | None:
    return uow.people.account(case.worker) if case.worker else None


def empty(platform: Platform, form_id: str) -> tuple[Form, Submission]:
    """The newest version of a form with nothing in it; every part is shown. Raises NotFound."""

    def work(uow: UnitOfWork) -> tuple[Form, Submission]:
        catalog = platform.catalogs.view(uow.definitions)
        version = catalog.find_form(form_id)
        form = catalog.form(version.key) if version else None
        if form is None:
            raise NotFound(what="skemaet")
        context = FormContext(
            now=platform.clock.now(), facts=formcontext.case_facts(uow, None), registers=catalog.registers
        )
        return form, form.blank(context)

    return platform.read(work)


def _filled(advance: Advance, record: CaseRecord) -> Filled:
    form = advance.catalog.form(record.form_key)
    if form is None:
        raise NotFound(what="skemaet")
    known = formcontext.known_names(advance.uow, advance.catalog.registers, form, record.submitted_at)
    return Filled(record, form, form.read_back(record.values, known))
