"""A row of a register as it is typed: read, held against what is there, and made into the row that is kept."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from service.domain.access import Person
from service.domain.errors import FormInvalid
from service.domain.json import Json
from service.domain.registers import (
    FieldType,
    Register,
    RegisterField,
    RegisterRow,
    Registers,
    Wrong,
    read_date,
    read_value,
)
from service.domain.storage import UnitOfWork
from service.usecases.catalog import DeployedCatalog
from service.usecases.platform import Platform


@dataclass(frozen=True, slots=True)
class Entry:
    """A row as typed. `from_date` set: what is typed holds from that day on, and what stood holds until then."""

    values: Mapping[str, object]
    valid_from: str = ""
    valid_to: str = ""
    reason: str = ""
    from_date: str | None = None
    id: str = ""
    """Of a new row; made from its name when empty."""


def made_of(
    platform: Platform,
    uow: UnitOfWork,
    catalog: DeployedCatalog,
    person: Person,
    kind: Register,
    register_id: str,
    entry: Entry,
    old: RegisterRow | None,
    standing: Sequence[RegisterRow],
) -> RegisterRow:
    """The row that is typed. Raises FormInvalid."""
    errors: dict[str, str] = {}
    values: dict[str, Json] = {}
    for name, field_ in kind.felter.items():
        try:
            values[name] = read_value(field_, entry.values.get(name))
            _require_there(uow, catalog.registers, field_, values[name])
        except Wrong as fault:
            errors[name] = str(fault)
    first = _day(errors, "gyldig_fra", entry.valid_from)
    last = _day(errors, "gyldig_til", entry.valid_to)
    if entry.from_date is not None and old is not None:
        first = _split(errors, old, entry.from_date)
    if first and last and last < first:
        errors["gyldig_til"] = "»Gyldig til« ligger før den dag, rækken begynder at gælde."
    if old is not None and not entry.reason.strip():
        errors["begrundelse"] = "Skriv, hvorfor rækken ændres. Det står i historikken."
    made = RegisterRow(
        key=platform.keys.next(),
        register=register_id,
        id=old.id if old else entry.id.strip() or "ny",
        values=values,
        valid_from=first,
        valid_to=last,
        changed_at=platform.clock.now(),
        changed_by=person.username,
        reason=entry.reason.strip() or "Oprettet",
    )
    if old is None and not entry.id.strip():
        made = replace(made, id=_free_id(kind.name_of(made), {row.id for row in standing}))
    elif any(made.overlaps(r) for r in standing if r.id == made.id and r is not old and not r.removed):
        errors["gyldig_fra"] = f"Der er allerede en række {made.id}, som gælder i noget af den tid. Ret datoerne."
    if errors:
        raise FormInvalid(errors)
    return made


def _split(errors: dict[str, str], old: RegisterRow, typed: str) -> date | None:
    """The first day of what is new."""
    first = _day(errors, "fra_dato", typed)
    if first is None:
        errors.setdefault("fra_dato", "Skriv den dato, ændringen gælder fra.")
    elif (old.valid_from and first <= old.valid_from) or (old.valid_to and first > old.valid_to):
        errors["fra_dato"] = (
            "Datoen skal ligge inden for den tid, rækken gælder. Var oplysningen forkert, så ret den i stedet."
        )
    return first


def _day(errors: dict[str, str], name: str, typed: str) -> date | None:
    try:
        return read_date(typed.strip()) if typed.strip() else None
    except Wrong as fault:
        errors[name] = str(fault)
        return None


def _require_there(uow: UnitOfWork, registers: Registers, field_: RegisterField, value: Json) -> None:
    """Raises Wrong when a person, a unit or a row that is named does not exist."""
    if value is None:
        return
    match field_.type:
        case FieldType.PERSON if uow.people.account(str(value)) is None:
            raise Wrong(f"Der er ingen medarbejder {value}.")
        case FieldType.UNIT if uow.people.unit(str(value)) is None:
            raise Wrong(f"Der er ingen enhed {value}.")
        case FieldType.ROW:
            assert field_.fra_register is not None
            if all(row.id != value for row in registers.rows(field_.fra_register)):
                raise Wrong("Vælg en række, der står i registeret.")


def _free_id(name: str, taken: set[str]) -> str:
    """A short id made from a name, not taken yet."""
    spelled = name.casefold().replace("æ", "ae").replace("ø", "oe").replace("å", "aa")
    plain = unicodedata.normalize("NFKD", spelled).encode("ascii", "ignore").decode()
    stem = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40].strip("-") or "raekke"
    number, found = 1, stem
    while found in taken:
        number += 1
        found = f"{stem}-{number}"
    return found
