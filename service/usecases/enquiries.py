"""Ny henvendelse: start the intake process by hand and complete its first task, in one go."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from service.domain.access import Person
from service.domain.alphabet import alphabetical
from service.domain.errors import Forbidden, NotFound, WrongState
from service.domain.forms import Form, FormContext, Submission
from service.domain.json import Variables
from service.domain.procedures import Enquiry
from service.domain.storage import UnitOfWork
from service.usecases import formcontext
from service.usecases.advance import Advance
from service.usecases.platform import Platform
from service.usecases.tasks import Upcoming, complete_in, upcoming


@dataclass(frozen=True, slots=True)
class EnquiryForm:
    folder: str
    enquiry: Enquiry
    form: Form
    shown: Submission


def offered(advance: Advance, person: Person) -> list[tuple[str, Enquiry]]:
    """(folder, enquiry) of every procedure that she may start by hand, by title."""
    hers = [
        (folder, manifest.henvendelse)
        for folder, manifest in advance.catalog.manifests.items()
        if manifest.henvendelse is not None and person.has(*manifest.henvendelse.roller)
    ]
    return sorted(hers, key=lambda pair: (alphabetical(pair[1].titel), pair[0]))


def choices(platform: Platform, person: Person) -> list[tuple[str, Enquiry]]:
    """What Ny henvendelse offers her. Raises Forbidden when that is nothing."""
    found = platform.read(lambda uow: offered(Advance(platform, uow, person), person))
    if not found:
        raise Forbidden(what="din rolle kan ikke oprette henvendelser")
    return found


def look(
    platform: Platform, person: Person, folder: str, fields: Mapping[str, Sequence[str]] | None = None
) -> EnquiryForm:
    """The form of an enquiry, fresh or as typed so far (rows added or removed)."""

    def work(uow: UnitOfWork) -> EnquiryForm:
        advance = Advance(platform, uow, person)
        enquiry, form = _form(advance, folder)
        context = formcontext.context_for(advance, form, case=None, task_inputs={})
        shown = form.fresh(context)
        if fields is not None:
            shown = form.change_rows(fields, context) or form.parse(fields, context)
        return EnquiryForm(folder, enquiry, form, shown)

    return platform.read(work)


def submit(platform: Platform, person: Person, folder: str, fields: Mapping[str, Sequence[str]]) -> Upcoming | None:
    """Start the intake and complete its first task with what was typed; where she may go on.

    Raises FormInvalid; nothing has started then.
    """
    return _submit(platform, person, folder, lambda form, context: form.parse(fields, context))


def submit_with(platform: Platform, person: Person, folder: str, values: Variables) -> Upcoming | None:
    """The same with JSON values."""
    return _submit(platform, person, folder, lambda form, context: form.check(values, context))


def _submit(
    platform: Platform, person: Person, folder: str, read: Callable[[Form, FormContext], Submission]
) -> Upcoming | None:
    def work(uow: UnitOfWork) -> Upcoming | None:
        advance = Advance(platform, uow, person)
        enquiry, _ = _form(advance, folder)
        found = advance.catalog.find_process(enquiry.proces)
        if found is None:
            raise NotFound(what=f"proceduren {enquiry.proces}")
        instance = advance.start(found[0].key, {"henvender": _enquirer(person, enquiry)})
        task = next((t for t in uow.tasks.open_of(instance.key) if t.element_id == enquiry.opgave), None)
        if task is None:
            raise WrongState(why=f"{found[0].name} begynder ikke med opgaven {enquiry.opgave}")
        complete_in(advance, task, read, {})
        return upcoming(advance)

    return platform.transact(work)


def _enquirer(person: Person, enquiry: Enquiry) -> Variables:
    """Who makes the enquiry, and as what: for the diagram, which may let her follow it (manifest `felter.tilknyttede`)."""
    mine = sorted((m for m in person.memberships if m.role in enquiry.roller), key=lambda m: (not m.unit, m))
    role, unit = (mine[0].role, mine[0].unit or None) if mine else (None, None)
    return {"brugernavn": person.username, "navn": person.name, "rolle": role, "enhed": unit}


def _form(advance: Advance, folder: str) -> tuple[Enquiry, Form]:
    enquiry = advance.catalog.manifest(folder).henvendelse
    if enquiry is None:
        raise NotFound(what="henvendelsen")
    if not advance.actor.has(*enquiry.roller):
        raise Forbidden(what="din rolle kan ikke oprette henvendelser")
    found = advance.catalog.find_process(enquiry.proces)
    element = found[1].elements.get(enquiry.opgave) if found else None
    version = advance.catalog.find_form(element.form_id) if element and element.form_id else None
    form = advance.catalog.form(version.key) if version else None
    if form is None:
        raise NotFound(what="henvendelsens skema")
    return enquiry, form
