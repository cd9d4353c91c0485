"""Registers: who may keep them, what stands in them, and every change as a new version that says who and why."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from service.domain.access import SYSTEM, Person
from service.domain.alphabet import alphabetical
from service.domain.clock import LOCAL_ZONE
from service.domain.errors import EntryChanged, Forbidden, FormInvalid, NotFound
from service.domain.form_model import Option
from service.domain.json import Json
from service.domain.register_files import FirstRow
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

ADMINISTRATOR = "systemadmin"


@dataclass(frozen=True, slots=True)
class RegisterCard:
    """A register in a list of them."""

    id: str
    kind: Register
    procedure: str
    valid_today: int


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with its values as people read them."""

    row: RegisterRow
    name: str
    said: Mapping[str, str]
    valid: bool
    """On the day asked for."""
    by: str
    """The name of whoever wrote it."""


@dataclass(frozen=True, slots=True)
class RegisterPage:
    id: str
    kind: Register
    day: date
    rows: Sequence[ShownRow]
    columns: Sequence[str]
    """Fields worth a column: those that name a row, and those that some row fills in."""


@dataclass(frozen=True, slots=True)
class RowPage:
    """One row to edit (or a new one), with what its choices offer and every version there has been."""

    id: str
    kind: Register
    row: RegisterRow | None
    """The version that stands now of the row asked for."""
    name: str
    """How people call it; "" for a new one."""
    choices: Mapping[str, Sequence[Option]]
    versions: Sequence[ShownRow]


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


def kept_by(person: Person, kind: Register) -> bool:
    return person.has(ADMINISTRATOR, *kind.vedligeholdes_af)


def listed(platform: Platform, person: Person) -> Sequence[RegisterCard]:
    """The registers she may keep, by title."""

    def work(uow: UnitOfWork) -> Sequence[RegisterCard]:
        catalog = platform.catalogs.view(uow.definitions)
        found = [
            RegisterCard(id_, kind, catalog.manifest(folder).titel, len(catalog.registers.on(id_, today(platform))))
            for id_, (folder, kind) in catalog.registers.kinds.items()
            if kept_by(person, kind)
        ]
        return sorted(found, key=lambda card: alphabetical(card.kind.titel))

    return platform.read(work)


def look(platform: Platform, person: Person, register_id: str, day: date | None = None) -> RegisterPage:
    """A register with every row that stands. Those not valid on the day (today when None) come last, removed ones at the end."""

    def work(uow: UnitOfWork) -> RegisterPage:
        catalog = platform.catalogs.view(uow.definitions)
        kind = _kept(catalog, person, register_id)
        on = day or today(platform)
        names = _Names(uow, catalog.registers)
        rows = [names.shown(kind, row, on) for row in catalog.registers.rows(register_id)]
        columns = [n for n in kind.felter if n in kind.vises or any(shown.said[n] for shown in rows)]
        valid_first = sorted(rows, key=lambda shown: (not shown.valid, shown.row.removed))
        return RegisterPage(register_id, kind, on, valid_first, columns)

    return platform.read(work)


def look_at_row(platform: Platform, person: Person, register_id: str, key: int | None) -> RowPage:
    """One row to edit; `key` None: a new one."""

    def work(uow: UnitOfWork) -> RowPage:
        catalog = platform.catalogs.view(uow.definitions)
        kind, day = _kept(catalog, person, register_id), today(platform)
        row = uow.registers.get(key) if key is not None else None
        if key is not None and (row is None or row.register != register_id):
            raise NotFound(what="rækken i registeret")
        names = _Names(uow, catalog.registers)
        versions = uow.registers.history(register_id, row.id) if row is not None else ()
        if row is not None and row.replaced_at is not None:
            row = next(v for v in versions if v.replaced_at is None)
        return RowPage(
            register_id,
            kind,
            row,
            names.shown(kind, row, day).name if row else "",
            {name: names.choices(f, row.values.get(name) if row else None, day) for name, f in kind.felter.items()},
            [names.shown(kind, version, day) for version in versions],
        )

    return platform.read(work)


def save(
    platform: Platform, person: Person, register_id: str, entry: Entry, based_on: int | None = None
) -> RegisterRow:
    """A new row, or a new version of the one with the key `based_on`.

    Raises FormInvalid with every fault, EntryChanged when that version does not stand any more.
    """

    def work(uow: UnitOfWork) -> RegisterRow:
        catalog = platform.catalogs.view(uow.definitions)
        kind = _kept(catalog, person, register_id)
        uow.registers.lock()
        standing = [r for r in uow.definitions.register_rows() if r.register == register_id]
        old = None if based_on is None else _standing(uow, standing, register_id, based_on)
        made = _made(platform, uow, catalog, person, kind, register_id, entry, old, standing)
        if old is not None:
            uow.registers.replace(old.key, made.changed_at)
            if entry.from_date is not None:
                assert made.valid_from is not None
                until = made.valid_from - timedelta(days=1)
                uow.registers.add(
                    replace(
                        old,
                        key=platform.keys.next(),
                        valid_to=until,
                        changed_at=made.changed_at,
                        changed_by=made.changed_by,
                        reason=made.reason,
                    )
                )
        uow.registers.add(made)
        return made

    return platform.transact(work)


def remove(platform: Platform, person: Person, register_id: str, key: int, reason: str) -> None:
    """Take out a row that was a mistake. It stays in the history, and editing it there puts it back."""
    if not reason.strip():
        raise FormInvalid({"begrundelse": "Skriv, hvorfor rækken fjernes."})

    def work(uow: UnitOfWork) -> None:
        _kept(platform.catalogs.view(uow.definitions), person, register_id)
        uow.registers.lock()
        standing = [r for r in uow.definitions.register_rows() if r.register == register_id]
        old, now = _standing(uow, standing, register_id, key), platform.clock.now()
        uow.registers.replace(old.key, now)
        removed = replace(
            old, key=platform.keys.next(), changed_at=now, changed_by=person.username, reason=reason, removed=True
        )
        uow.registers.add(removed)

    platform.transact(work)


def begin(
    platform: Platform, uow: UnitOfWork, person: Person, first: Mapping[str, Sequence[FirstRow]]
) -> dict[str, int]:
    """Give registers that never had a row their first ones; how many each was given."""
    given: dict[str, int] = {}
    for register_id, rows in first.items():
        if rows and uow.registers.is_empty(register_id):
            uow.registers.lock()
            for row in rows:
                uow.registers.add(
                    row.stored(
                        register_id,
                        key=platform.keys.next(),
                        at=platform.clock.now(),
                        by=person.username,
                        reason="Indlæst fra registre.yaml",
                    )
                )
            given[register_id] = len(rows)
    return given


def today(platform: Platform) -> date:
    return platform.clock.now().astimezone(LOCAL_ZONE).date()


# -- how ----------------------------------------------------------------------------------------------------------------


def _kept(catalog: DeployedCatalog, person: Person, register_id: str) -> Register:
    found = catalog.registers.kinds.get(register_id)
    if found is None:
        raise NotFound(what=f"registeret {register_id}")
    if not kept_by(person, found[1]):
        raise Forbidden(what=f"registeret »{found[1].titel}« vedligeholdes af andre roller")
    return found[1]


def _standing(uow: UnitOfWork, standing: Sequence[RegisterRow], register_id: str, key: int) -> RegisterRow:
    for row in standing:
        if row.key == key:
            return row
    old = uow.registers.get(key)
    if old is None or old.register != register_id:
        raise NotFound(what="rækken i registeret")
    newest = max((r for r in standing if r.id == old.id), key=lambda r: r.key, default=old)
    account = uow.people.account(newest.changed_by)
    raise EntryChanged(who=account.person.name if account else newest.changed_by)


def _made(
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


def _choices(uow: UnitOfWork, registers: Registers, field_: RegisterField, day: date) -> list[Option]:
    match field_.type:
        case FieldType.CHOICE:
            return [Option(said, value) for value, said in field_.valg.items()]
        case FieldType.PERSON:
            people = [a for a in uow.people.all() if a.active]
            return sorted(
                (Option(a.person.name, a.person.username) for a in people), key=lambda o: alphabetical(o.label)
            )
        case FieldType.UNIT:
            return [Option(unit.name, unit.id) for unit in uow.people.units() if unit.closed_at is None]
        case FieldType.ROW:
            assert field_.fra_register is not None
            return registers.options(field_.fra_register, day)
    return []


@dataclass
class _Names:
    """Says values as people read them; looks up each person and unit once."""

    uow: UnitOfWork
    registers: Registers
    known: dict[tuple[FieldType, str], str] = field(default_factory=dict)

    def shown(self, kind: Register, row: RegisterRow, day: date) -> ShownRow:
        said = {name: self._said(f, row.values.get(name)) for name, f in kind.felter.items()}
        return ShownRow(row, kind.name_of(row, self._said), said, row.valid_on(day), self.person(row.changed_by))

    def choices(self, field_: RegisterField, chosen: Json, day: date) -> list[Option]:
        """What may be chosen now, and what is chosen already even where it may not any more."""
        offered = _choices(self.uow, self.registers, field_, day)
        if not isinstance(chosen, str) or any(option.value == chosen for option in offered):
            return offered
        return [*offered, Option(self._said(field_, chosen), chosen)]

    def person(self, username: str) -> str:
        return "Systemet" if username == SYSTEM.username else self._said(_PERSON, username)

    def _said(self, field_: RegisterField, value: Json) -> str:
        if value is None or field_.type not in (FieldType.PERSON, FieldType.UNIT):
            return self.registers.said(field_, value)
        at = field_.type, str(value)
        if at not in self.known:
            account = self.uow.people.account(at[1]) if field_.type is FieldType.PERSON else None
            unit = self.uow.people.unit(at[1]) if field_.type is FieldType.UNIT else None
            self.known[at] = account.person.name if account else unit.name if unit else at[1]
        return self.known[at]


_PERSON = RegisterField(titel="", type=FieldType.PERSON)


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
