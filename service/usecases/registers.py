"""Registers: who may keep them, what stands in them, and every change as a new version that says who and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from service.domain.access import Person
from service.domain.alphabet import alphabetical
from service.domain.clock import LOCAL_ZONE
from service.domain.errors import EntryChanged, Forbidden, FormInvalid, NotFound
from service.domain.form_model import Option
from service.domain.register_files import FirstRow
from service.domain.registers import (
    Register,
    RegisterRow,
)
from service.domain.storage import UnitOfWork
from service.usecases.catalog import DeployedCatalog
from service.usecases.platform import Platform
from service.usecases.register_entries import Entry, made_of
from service.usecases.register_words import Names, ShownRow

ADMINISTRATOR = "systemadmin"


@dataclass(frozen=True, slots=True)
class RegisterCard:
    """A register in a list of them."""

    id: str
    kind: Register
    procedure: str
    valid_today: int


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
        names = Names(uow, catalog.registers)
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
        names = Names(uow, catalog.registers)
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
        made = made_of(platform, uow, catalog, person, kind, register_id, entry, old, standing)
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
