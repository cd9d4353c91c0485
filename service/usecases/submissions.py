"""What submitting a form registers on the case: the record itself, and what the manifest says its fields describe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

from service.domain.cases import Case, CaseRecord, Citizen, Contact, Note
from service.domain.clock import LOCAL_ZONE
from service.domain.forms import Form
from service.domain.json import Json, Variables
from service.domain.procedures import CitizenFields, ContactFields
from service.usecases.advance import Advance


def register(
    advance: Advance, form: Form, form_key: int, values: Variables, *, case: Case | None, folder: str, element_id: str
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
        submitted_by=advance.actor.username,
        values=values,
    )
    advance.uow.cases.add_record(record)
    if use.kontakt is not None:
        advance.uow.cases.add_contact(_contact(advance, form, use.kontakt, values, case))
    text = values.get(use.notat) if use.notat else None
    if isinstance(text, str) and text.strip():
        note = Note(
            case_key=case.key, key=advance.platform.keys.next(), at=advance.now, by=advance.actor.username, text=text
        )
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


def _contact(advance: Advance, form: Form, fields: ContactFields, values: Variables, case: Case) -> Contact:
    def text(name: str | None) -> str:
        return form.said(name, values.get(name)) if name else ""

    minutes = values.get(fields.varighed) if fields.varighed else None
    return Contact(
        case_key=case.key,
        key=advance.platform.keys.next(),
        at=_when(values, fields, advance.now),
        by=advance.actor.username,
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
