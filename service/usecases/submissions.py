"""What submitting a form registers on the case: the record itself, and what the manifest says its fields describe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

from service.domain.cases import Case, CaseRecord, Citizen, Contact, Note
from service.domain.clock import LOCAL_ZONE
from service.domain.forms import Form
from service.domain.instances import Step
from service.domain.json import Json, Variables
from service.domain.procedures import CitizenFields, ContactFields
from service.domain.waits import UserTask

if TYPE_CHECKING:
    from service.usecases.advance import Advance


def follow(advance: Advance, step: Step) -> None:
    """Register what was filled in for tasks that listeners have let be completed in this step."""
    for closed in step.closed:
        task = advance.uow.tasks.get(closed.key) if closed.values is not None else None
        if task is not None:
            numbered = number_ahead(advance, task)
            values = {name: value for name, value in (closed.values or {}).items() if name not in numbered}
            register_task(advance, task, values, by=closed.by or advance.actor.username)


def number_ahead(advance: Advance, task: UserTask) -> Variables:
    """What registering the task's form now would add to its values: the number of the new version, if anything."""
    form = advance.catalog.form(task.form_key) if task.form_key is not None else None
    name = advance.catalog.form_use(form.id, _folder(advance, task)).nummer if form else None
    if form is None or name is None or task.case_key is None:
        return {}
    return {name: advance.uow.cases.next_record_version(task.case_key, form.id)}


def register_task(advance: Advance, task: UserTask, values: Variables, *, by: str) -> Variables:
    """`register` for a task's form; nothing for a task without one."""
    form = advance.catalog.form(task.form_key) if task.form_key is not None else None
    if form is None or task.form_key is None:
        return values
    return register(
        advance,
        form,
        task.form_key,
        values,
        case=advance.uow.cases.get(task.case_key) if task.case_key else None,
        folder=_folder(advance, task),
        element_id=task.element_id,
        by=by,
    )


def _folder(advance: Advance, task: UserTask) -> str:
    found = advance.catalog.process(task.definition_key)
    return found[0].folder if found else ""


def register(
    advance: Advance,
    form: Form,
    form_key: int,
    values: Variables,
    *,
    case: Case | None,
    folder: str,
    element_id: str,
    by: str,
) -> Variables:
    """Keep a valid submission: a new version of the form on the case, the citizen's data, a contact, a note. Gives the
    values, with the version's number where the manifest names a variable for it.

    Without a case only the register of citizens is kept up to date.
    """
    use = advance.catalog.form_use(form.id, folder)
    if use.borger is not None:
        _register_citizen(advance, use.borger, values, case)
    if case is None:
        return values
    record = CaseRecord(
        case_key=case.key,
        key=advance.platform.keys.next(),
        form_id=form.id,
        form_key=form_key,
        version=advance.uow.cases.next_record_version(case.key, form.id),
        element_id=element_id,
        submitted_at=advance.now,
        submitted_by=by,
        values=values,
    )
    advance.uow.cases.add_record(record)
    if use.kontakt is not None:
        advance.uow.cases.add_contact(_contact(advance, form, use.kontakt, values, case, by))
    text = values.get(use.notat) if use.notat else None
    if isinstance(text, str) and text.strip():
        note = Note(case_key=case.key, key=advance.platform.keys.next(), at=advance.now, by=by, text=text)
        advance.uow.cases.add_note(note)
    return {**values, use.nummer: record.version} if use.nummer else values


CITIZEN_COLUMNS: Mapping[str, str] = {
    "navn": "name",
    "adresse": "address",
    "telefon": "phone",
    "mail": "mail",
    "kommune": "municipality",
    "beskyttet": "protected",
    "fritaget_digital_post": "exempt_from_digital_post",
    "tolkesprog": "interpreter_language",
    "doed": "died_at",
}


def _register_citizen(advance: Advance, fields: CitizenFields, values: Variables, case: Case | None) -> None:
    """Find the citizen by CPR (or by the case), update what the form says, and attach her to the case."""
    uow = advance.uow
    cpr = _digits(values.get(fields.cpr)) if fields.cpr else None
    citizen = uow.citizens.by_cpr(cpr) if cpr else None
    if citizen is None and case is not None and case.citizen_key is not None:
        attached = uow.citizens.get(case.citizen_key)
        citizen = attached if attached and (cpr is None or attached.cpr is None) else None
    said = _said(fields, values)
    if citizen is None:
        if cpr is None and not said.get("name"):
            return
        citizen = Citizen(key=advance.platform.keys.next(), cpr=cpr, name="", version=0)
    changed = replace(citizen, **({**said, "cpr": cpr} if cpr else said))
    if changed != citizen or citizen.version == 0:
        uow.citizens.put(changed)
    if case is not None and case.citizen_key != changed.key:
        uow.cases.save(replace(_fresh(advance, case), citizen_key=changed.key))


def _said(fields: CitizenFields, values: Variables) -> dict[str, Any]:
    """Columns that the form answers; an empty answer leaves what is known."""
    said: dict[str, Any] = {}
    for name, column in CITIZEN_COLUMNS.items():
        field = getattr(fields, name)
        value = values.get(field) if field else None
        if value not in (None, ""):
            said[column] = value in (True, "ja") if column in ("protected", "exempt_from_digital_post") else str(value)
    return said


def _contact(advance: Advance, form: Form, fields: ContactFields, values: Variables, case: Case, by: str) -> Contact:
    def text(name: str | None) -> str:
        return form.said(name, values.get(name)) if name else ""

    minutes = values.get(fields.varighed) if fields.varighed else None
    return Contact(
        case_key=case.key,
        key=advance.platform.keys.next(),
        at=_when(values, fields, advance.now),
        by=by,
        type=text(fields.type),
        with_whom=text(fields.med),
        result=text(fields.resultat),
        minutes=int(minutes) if isinstance(minutes, int | float) else None,
        text=text(fields.indhold),
    )


def _when(values: Mapping[str, Json], fields: ContactFields, now: datetime) -> datetime:
    """The instant the form gives: a date-time, or a date with a time (noon when it has none)."""
    day = values.get(fields.dato) if fields.dato else None
    at = values.get(fields.tidspunkt) if fields.tidspunkt else None
    if isinstance(at, str) and "T" in at:
        return datetime.fromisoformat(at).astimezone(UTC)
    if isinstance(day, str):
        clock = time.fromisoformat(at) if isinstance(at, str) and at else time(12)
        return datetime.combine(date.fromisoformat(day[:10]), clock, LOCAL_ZONE).astimezone(UTC)
    return now


def _digits(value: object) -> str | None:
    digits = "".join(c for c in value if c.isdigit()) if isinstance(value, str) else ""
    return digits or None


def _fresh(advance: Advance, case: Case) -> Case:
    return advance.uow.cases.get(case.key) or case
