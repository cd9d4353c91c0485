"""User tasks: see, draft, complete."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TypeVar

from service.domain.access import Person, split_group
from service.domain.attachments import TYPES, Limits, plain_name
from service.domain.cases import Case, Citizen, Draft
from service.domain.definitions import ElementInfo
from service.domain.errors import BadInput, Forbidden, NotFound, WrongState
from service.domain.form_model import Kind
from service.domain.form_places import field_at
from service.domain.forms import Form, FormContext, Submission
from service.domain.handling import NewDocument
from service.domain.instances import Instance, TaskCompleted
from service.domain.json import Variables
from service.domain.procedures import AttachmentKind
from service.domain.storage import UnitOfWork
from service.domain.waits import ListenerEvent, TaskStatus, UserTask
from service.usecases import access, documents, formcontext, listeners, submissions
from service.usecases.advance import Advance
from service.usecases.platform import Platform
from service.usecases.task_assignment import colleagues
from service.usecases.task_rights import (
    found_task,
    is_for,
    may_change,
    may_finish,
    may_see,
    may_work_on,
    open_task,
    require_authority,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenTask:
    """A task as its page needs it."""

    task: UserTask
    element: ElementInfo | None
    procedure: str
    """Title of the procedure."""
    form: Form | None
    shown: Submission | None
    """The form with draft or prefilled texts; None for a task without a form."""
    case: Case | None
    """Without what her role may not see of it; the citizen likewise."""
    citizen: Citizen | None
    mine: bool
    may_complete: bool
    authority: bool
    """False for an authority task that her roles may not decide."""
    draft_saved: bool
    marks: Sequence[str] = ()
    """Marks of the citizen that she may see."""
    attachable: Mapping[str, AttachmentKind] = field(default_factory=dict)
    """What she may attach to the case."""
    guidance: Sequence[Form] = ()
    """What stands beside the form to be read, and ticked for herself."""
    assignable_to: Sequence[tuple[str, str]] = ()
    """(username, name) of colleagues who could get it."""
    may_change: bool = False
    asked: ListenerEvent | None = None
    """What its listeners are asked now: nothing can be done with it until they have answered."""
    denied: str = ""
    """Why a listener said no to what was last to happen with it."""


def look(
    platform: Platform,
    person: Person,
    key: int,
    fields: Mapping[str, Sequence[str]] | None = None,
    refused: Mapping[str, str] | None = None,
) -> OpenTask:
    """A task's page: prefilled form or draft (or `fields` as just typed). Reading is logged when it concerns a case.
    `refused`: why what was sent beside the texts could not be taken, by its field; it is told alone.

    Raises NotFound, Forbidden, TaskMovedOn.
    """
    found = _look(platform, person, key, fields, closed=False)
    return replace(found, shown=replace(found.shown, errors=dict(refused))) if refused and found.shown else found


def look_closed(platform: Platform, person: Person, key: int, fields: Mapping[str, Sequence[str]]) -> OpenTask:
    """The page of a task that may have moved on, with what was typed still in it.

    Somebody who can no longer see the task finds what she typed, and nothing else of it.
    """
    return _look(platform, person, key, fields, closed=True)


def _look(
    platform: Platform, person: Person, key: int, fields: Mapping[str, Sequence[str]] | None, *, closed: bool
) -> OpenTask:
    def work(uow: UnitOfWork) -> OpenTask:
        advance = Advance(platform, uow, person)
        task = found_task(uow.tasks.get(key)) if closed else open_task(uow.tasks.get(key))
        case = uow.cases.get(task.case_key) if task.case_key else None
        if not may_see(advance, task, case):
            if not closed or person.groups.isdisjoint(task.candidate_groups):
                raise Forbidden(what="opgaven hører til en anden enhed eller en anden rolle")
            task, case = replace(task, prefill={}), None
        form, context = _form(advance, task, case)
        draft = uow.tasks.draft(task.key, person.username) if form and fields is None else None
        shown = None
        if form and context:
            shown = form.change_rows(fields, context) or form.parse(fields, context) if fields is not None else None
            shown = shown or form.fresh(context, draft.fields if draft else None)
        found = advance.catalog.process(task.definition_key)
        if case is not None:
            uow.access_log.read(
                at=advance.now,
                username=person.username,
                what=f"opgave {task.element_id}",
                case_key=case.key,
                citizen_key=case.citizen_key,
            )
        granted = access.case_access(advance, case) if case else None
        asked, denied = listeners.state(advance, task)
        citizen = uow.citizens.get(case.citizen_key) if case and case.citizen_key else None
        return OpenTask(
            task=task,
            element=found[1].elements.get(task.element_id) if found else None,
            procedure=advance.catalog.manifest(found[0].folder).titel if found else "",
            form=form,
            shown=shown,
            case=access.shown_case(case, granted) if case else None,
            citizen=access.shown_citizen(citizen, granted) if citizen else None,
            mine=task.assignee == person.username,
            may_complete=task.status is TaskStatus.CREATED and asked is None and may_finish(advance, task),
            may_change=task.status is TaskStatus.CREATED and asked is None and may_change(advance, task, case),
            asked=asked,
            denied=denied,
            authority=access.has_authority(advance, task),
            marks=access.marks(advance, [case.citizen_key]).get(case.citizen_key or 0, ()) if case else (),
            draft_saved=draft is not None,
            attachable=documents.attachable(advance, case, granted) if case and granted else {},
            guidance=_guidance(advance, form),
            assignable_to=colleagues(uow, person, task),
        )

    return platform.store.transact(work)


def _guidance(advance: Advance, form: Form | None) -> list[Form]:
    """The newest version of each: advice is not pinned to a course."""
    versions = (advance.catalog.find_form(id_) for id_ in (form.schema.guidance if form else ()))
    found = (advance.catalog.form(version.key) for version in versions if version)
    return [guide for guide in found if guide]


@dataclass(frozen=True, slots=True)
class Upcoming:
    """What she may do next on a case: one of its tasks, or (when she may read it) the case itself."""

    task_key: int | None
    case_number: str | None


def upcoming(advance: Advance) -> Upcoming | None:
    """Where to go after an act: her next task in what it moved (also what that set off elsewhere), else the case of such an
    instance, if she may read it.
    """
    uow, person = advance.uow, advance.actor
    for instance_key in advance.moved:
        key = _next_task(uow, person, instance_key)
        if key is not None:
            return Upcoming(key, None)
    for instance in advance.moved.values():
        case = uow.cases.get(instance.case_key) if instance.case_key else None
        if case is not None and access.case_access(advance, case):
            return Upcoming(None, case.number)
    return None


def _next_task(uow: UnitOfWork, person: Person, instance_key: int) -> int | None:
    tasks = [t for t in uow.tasks.open_of(instance_key) if may_work_on(person, t) and is_for(person, t)]
    return min(tasks, key=lambda t: (t.due is None, t.due, t.key)).key if tasks else None


def save_draft(
    platform: Platform, person: Person, key: int, fields: Mapping[str, Sequence[str]]
) -> tuple[Form, Submission] | None:
    """Keep what was typed so far, for her alone; the form as it looks with it (None for a task without a form).

    A task that has moved on keeps nothing and raises TaskMovedOn.
    """

    def work(uow: UnitOfWork) -> tuple[Form, Submission] | None:
        advance = Advance(platform, uow, person)
        task = open_task(uow.tasks.get(key))
        if not may_work_on(person, task):
            raise Forbidden(what="opgaven er tildelt en anden eller hører til en anden enhed")
        _keep(advance, task, fields)
        case = uow.cases.get(task.case_key) if task.case_key else None
        form, context = _form(advance, task, case)
        return (form, form.parse(fields, context)) if form and context else None

    return platform.store.transact(work)


@dataclass(frozen=True, slots=True)
class Completed:
    task: UserTask
    instance: Instance
    upcoming: Upcoming | None
    """Where she may go on."""
    asked: bool
    """Its listeners are asked first; the task is open until they have let it be completed."""


def complete(platform: Platform, person: Person, key: int, fields: Mapping[str, Sequence[str]]) -> Completed:
    """Complete a task with what was typed in its form.

    Raises FormInvalid (with every error), Forbidden, TaskMovedOn, WrongState when the course is on hold; nothing is
    changed then.
    """
    return _complete(platform, person, key, lambda form, context: form.parse(fields, context))


def complete_with(platform: Platform, person: Person, key: int, values: Variables) -> Completed:
    """Complete a task with JSON values, checked by the same rules. A task without a form takes the values as they are."""
    return _complete(platform, person, key, lambda form, context: form.check(values, context), values)


def complete_in(
    advance: Advance,
    task: UserTask,
    read: Callable[[Form, FormContext], Submission],
    otherwise: Variables,
) -> Instance:
    """The heart of completing, inside a unit of work: may she, is it valid, register, advance.

    Where listeners are asked first, what she filled in stays her draft until they have let it be registered.
    """
    uow, person = advance.uow, advance.actor
    if not may_work_on(person, task):
        raise Forbidden(what="opgaven er tildelt en anden eller hører til en anden enhed")
    require_authority(advance, task)
    instance = uow.instances.lock(task.instance_key)
    if instance is not None and instance.suspended:
        raise WrongState(why="forløbet er sat på hold, så opgaven kan ikke fuldføres nu")
    case = uow.cases.get(task.case_key) if task.case_key else None
    form, context = _form(advance, task, case)
    values: Variables = otherwise
    asked = listeners.has(advance, task, ListenerEvent.COMPLETING)
    if form is not None and context is not None:
        sent = read(form, context)
        values = sent.require_ok()
        if asked:
            _keep(advance, task, sent.raw)  # it is registered when they have let it happen (`submissions.follow`)
        else:
            values = submissions.register_task(advance, task, values, by=person.username)
    stimulus = TaskCompleted(task.key, values, person.username)
    return advance.move(task.instance_key, stimulus, listeners.about(task, asked=asked))


def _keep(advance: Advance, task: UserTask, typed: Mapping[str, Sequence[str]]) -> None:
    fields = {name: list(texts) for name, texts in typed.items()}
    draft = Draft(task_key=task.key, username=advance.actor.username, saved_at=advance.now, fields=fields)
    advance.uow.tasks.save_draft(draft)


def take_file(
    platform: Platform, person: Person, key: int, place: str, name: str, content: bytes, limits: Limits
) -> str:
    """A file chosen in the task's form becomes a document of the case at once, so that a draft keeps it; the text that
    stands for it in the form. Raises BadInput (told at its field), Forbidden, NotFound, TaskMovedOn.
    """

    def work(uow: UnitOfWork) -> str:
        advance = Advance(platform, uow, person)
        task = open_task(uow.tasks.get(key))
        if not may_work_on(person, task):
            raise Forbidden(what="opgaven er tildelt en anden eller hører til en anden enhed")
        case = uow.cases.get(task.case_key) if task.case_key else None
        form, context = _form(advance, task, case)
        part = field_at(form.schema.components, place) if form else None
        if part is None or part.kind is not Kind.FILE or context is None:
            raise NotFound(what="feltet til filen")
        if case is None:
            raise BadInput(why="Opgaven har ingen sag at lægge filen på.")
        type_ = documents.recognised(content, limits.narrowed(part.accepts))
        file_name = plain_name(name, type_)
        title = documents.title_of(part, context) or f"{part.label}: {file_name.rpartition('.')[0]}"
        new = NewDocument(
            title=title, kind=part.document_kind, media_type=TYPES[type_][0], content=content, file_name=file_name
        )
        return f"{documents.keep(advance, case.key, new).key} {file_name}"

    return platform.store.transact(work)


def _complete(
    platform: Platform,
    person: Person,
    key: int,
    read: Callable[[Form, FormContext], Submission],
    otherwise: Variables | None = None,
) -> Completed:
    def work(uow: UnitOfWork) -> Completed:
        advance = Advance(platform, uow, person)
        task = open_task(uow.tasks.lock(key))
        instance = complete_in(advance, task, read, otherwise or {})
        return Completed(task, instance, upcoming(advance), listeners.has(advance, task, ListenerEvent.COMPLETING))

    return platform.transact(work)


def _form(advance: Advance, task: UserTask, case: Case | None) -> tuple[Form | None, FormContext | None]:
    if task.form_key is None:
        return None, None
    form = advance.catalog.form(task.form_key)
    if form is None:
        raise NotFound(what="opgavens skema")
    unit = next((split_group(g).unit for g in task.candidate_groups if "@" in g), None)
    return form, formcontext.context_for(advance, form, case=case, task_inputs=task.prefill, unit=unit)
