"""Events that caseworkers report on a case: which something running for it waits for, their forms, and the reporting."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from service.domain.access import Person
from service.domain.cases import Case
from service.domain.definitions import ResourceKind
from service.domain.errors import Forbidden, NotFound, WrongState
from service.domain.forms import Form, FormContext, Submission
from service.domain.json import Variables
from service.domain.procedures import ReportableEvent
from service.domain.storage import UnitOfWork
from service.domain.views import InstanceQuery
from service.domain.waits import Subscription
from service.feel import Environment, parse_expression
from service.usecases import access, formcontext, submissions
from service.usecases.advance import Advance


def roots_of(uow: UnitOfWork, case: Case) -> list[int]:
    """The case's own root instance, and the others that run for it now (such as one that keeps an eye on a consent)."""
    running = uow.queries.instances(InstanceQuery(case_number=case.number)).rows
    return list(dict.fromkeys([*((case.instance_key,) if case.instance_key else ()), *(row.key for row in running)]))


@dataclass(frozen=True, slots=True)
class AwaitedEvent:
    """An event that something running for the case waits for now."""

    event: ReportableEvent
    waiting: Subscription
    folder: str
    """The procedure whose manifest tells of the event: the case's own, else that of the diagram that waits."""


def awaited(advance: Advance, case: Case) -> Mapping[str, AwaitedEvent]:
    """Message name → event. Those of the case's procedure first, each in the order of its manifest."""
    waiting = [s for root in roots_of(advance.uow, case) for s in advance.uow.messages.awaited_by(root)]
    found: dict[str, AwaitedEvent] = {}
    for subscription in waiting:
        drawn = advance.catalog.latest.get((ResourceKind.PROCESS, subscription.process_id))
        for folder in (case.folder, *((drawn.folder,) if drawn else ())):
            event = advance.catalog.manifest(folder).haendelser.get(subscription.name)
            if event is not None:
                found.setdefault(subscription.name, AwaitedEvent(event, subscription, folder))
                break
    folders = dict.fromkeys((case.folder, *(a.folder for a in found.values())))
    named = [(name, folder) for folder in folders for name in advance.catalog.manifest(folder).haendelser]
    return {name: found[name] for name, folder in named if name in found and found[name].folder == folder}


def reportable(advance: Advance, person: Person, case: Case) -> list[tuple[str, ReportableEvent]]:
    """The events (by message name) that she may report on the case now."""
    return [(name, found.event) for name, found in awaited(advance, case).items() if person.has(*found.event.roller)]


@dataclass(frozen=True, slots=True)
class EventForm:
    """An event that she may report on the case now, with the form that tells of it."""

    event: ReportableEvent
    form: Form | None
    form_key: int
    context: FormContext | None
    folder: str
    element_id: str


def event_form(advance: Advance, case: Case, name: str) -> EventForm:
    """Raises Forbidden, and WrongState when nothing waits for the event (any more).

    The form knows as `opgave` the variables around the element that waits.
    """
    found = awaited(advance, case).get(name)
    if found is None:
        known = advance.catalog.manifest(case.folder).haendelser.get(name)
        if known is None:
            raise NotFound(what="hændelsen")
        if not advance.actor.has(*known.roller):
            raise Forbidden(what="din rolle kan ikke melde denne hændelse")
        raise WrongState(why=f"forløbet venter ikke længere på »{known.titel}«")
    if not advance.actor.has(*found.event.roller):
        raise Forbidden(what="din rolle kan ikke melde denne hændelse")
    version = advance.catalog.find_form(found.event.formular) if found.event.formular else None
    form = advance.catalog.form(version.key) if version else None
    context = None
    if form is not None:
        around = _surroundings(advance, found.waiting) if "opgave" in form.reads else {}
        context = formcontext.context_for(advance, form, case=case, task_inputs=around)
    return EventForm(found.event, form, version.key if version else 0, context, found.folder, found.waiting.element_id)


def _surroundings(advance: Advance, waiting: Subscription) -> Variables:
    state = advance.uow.instances.state(waiting.instance_key)
    scopes = advance.platform.engine.view(advance.catalog, state) if state else ()
    around = waiting.called_key or waiting.instance_key
    return next((scope.variables for scope in scopes if scope.key == around), {})


def _key(event: ReportableEvent, case: Case, values: Variables) -> str:
    if event.noegle is None:
        return case.number
    known = {**values, "sag": {"nummer": case.number}}
    return str(parse_expression(event.noegle.removeprefix("=")).evaluate(known, Environment()))


def report(
    advance: Advance, case: Case, name: str, read: Callable[[Form, FormContext], Submission], otherwise: Variables
) -> None:
    """Report an event on a case, inside a unit of work: may she, is its form valid, register, publish.

    Raises FormInvalid, Forbidden, NotFound, and WrongState when nothing waits for it any more.
    """
    access.require_case(advance, case)
    found = event_form(advance, case, name)
    values: Variables = otherwise
    if found.form is not None and found.context is not None:
        values = submissions.register(
            advance,
            found.form,
            found.form_key,
            read(found.form, found.context).require_ok(),
            case=case,
            folder=found.folder,
            element_id=found.element_id,
            by=advance.actor.username,
        )
    if not advance.publish(name, _key(found.event, case, values), values).taken:
        raise WrongState(why=f"forløbet venter ikke længere på »{found.event.titel}«")
