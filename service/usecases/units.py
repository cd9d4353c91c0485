"""Units, as administrators keep them: name, type, mailbox, phone, leaders, and whether they are closed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from service.domain.access import Person
from service.domain.alphabet import alphabetical
from service.domain.errors import FormInvalid, NotFound
from service.domain.storage import Account, Unit, UnitOfWork
from service.usecases import changes, people
from service.usecases.changes import Said, ShownChange
from service.usecases.platform import Platform

KIND = people.OF_UNIT


@dataclass(frozen=True, slots=True)
class UnitRow:
    unit: Unit
    leaders: Sequence[str]
    """Names."""
    staff: int
    """Active people with a role in it."""


@dataclass(frozen=True, slots=True)
class UnitPage:
    unit: Unit | None
    leaders: Sequence[str]
    """Usernames."""
    mark: str
    people: Sequence[tuple[str, str]]
    """(username, name) of active people, by name."""
    staff: Sequence[Account]
    """Active people with a role in it, by name."""
    changes: Sequence[ShownChange]
    types: Sequence[str]
    """Those in use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitEntry:
    """A unit as typed. `id` counts for a new one only."""

    id: str = ""
    name: str
    type: str = ""
    mailbox: str = ""
    phone: str = ""
    leaders: Sequence[str] = ()
    closed: bool = False
    reason: str = ""


def listed(platform: Platform, person: Person) -> Sequence[UnitRow]:
    """All of them by name, closed ones last."""
    changes.require_administrator(person)

    def work(uow: UnitOfWork) -> Sequence[UnitRow]:
        accounts = [a for a in uow.people.all() if a.active]
        rows = [
            UnitRow(
                unit,
                sorted((a.person.name for a in accounts if unit.id in a.person.leads), key=alphabetical),
                sum(unit.id in a.person.units for a in accounts),
            )
            for unit in uow.people.units()
        ]
        return sorted(rows, key=lambda row: row.unit.closed_at is not None)

    return platform.read(work)


def look(platform: Platform, person: Person, unit_id: str | None) -> UnitPage:
    """One unit to edit; None: a new one."""
    changes.require_administrator(person)

    def work(uow: UnitOfWork) -> UnitPage:
        unit = None if unit_id is None else _unit(uow, unit_id)
        accounts = uow.people.all()
        active = sorted((a for a in accounts if a.active), key=lambda a: alphabetical(a.person.name))
        leaders = _leaders(accounts, unit.id) if unit else []
        return UnitPage(
            unit,
            leaders,
            changes.mark(_said(unit, leaders)) if unit else "",
            [(a.person.username, a.person.name) for a in active],
            [a for a in active if unit and unit.id in a.person.units],
            changes.shown(uow, KIND, unit.id) if unit else (),
            sorted({u.type for u in uow.people.units() if u.type}),
        )

    return platform.read(work)


def save(platform: Platform, person: Person, unit_id: str | None, entry: UnitEntry, seen: str = "") -> str:
    """A new unit (`unit_id` None) or a change of one; its id. Accounts gain or lose its leadership.

    Raises FormInvalid, and EntryChanged when `seen` is not the mark of what stands.
    """
    changes.require_administrator(person)

    def work(uow: UnitOfWork) -> str:
        uow.people.lock()
        accounts = {a.person.username: a for a in uow.people.all()}
        old = None if unit_id is None else _unit(uow, unit_id)
        before = _said(old, _leaders(accounts.values(), old.id)) if old else {}
        if old is not None:
            changes.require_unchanged(uow, KIND, old.id, seen, before)
        errors = _faults(uow, accounts, old, entry)
        if errors:
            raise FormInvalid(errors)
        closed_at = (old.closed_at if old else None) or platform.clock.now() if entry.closed else None
        unit = Unit(
            id=old.id if old else entry.id,
            name=entry.name,
            type=entry.type,
            mailbox=entry.mailbox,
            phone=entry.phone,
            closed_at=closed_at,
        )
        uow.people.put_unit(unit)
        after, reason = _said(unit, sorted(entry.leaders)), entry.reason.strip() or "Oprettet"
        changes.note(platform, uow, person, KIND, unit.id, before, after, reason)
        for account, leads in _led_now(accounts.values(), unit.id, frozenset(entry.leaders)):
            uow.people.put(replace(account, person=replace(account.person, leads=leads)))
            was, now = ({"Leder": ", ".join(sorted(units))} for units in (account.person.leads, leads))
            changes.note(platform, uow, person, people.OF_PERSON, account.person.username, was, now, reason)
        return unit.id

    return platform.transact(work)


def _unit(uow: UnitOfWork, unit_id: str) -> Unit:
    unit = uow.people.unit(unit_id)
    if unit is None:
        raise NotFound(what=f"enheden {unit_id}")
    return unit


def _faults(uow: UnitOfWork, accounts: Mapping[str, Account], old: Unit | None, entry: UnitEntry) -> dict[str, str]:
    errors: dict[str, str] = {}
    if old is None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9-]{0,39}", entry.id):
            errors["id"] = "Skriv et id med små bogstaver, tal og bindestreg, fx enhed-nord."
        elif uow.people.unit(entry.id) is not None:
            errors["id"] = f"Der er allerede en enhed med id {entry.id}."
    elif not entry.reason.strip():
        errors["begrundelse"] = "Skriv hvorfor. Det står i historikken."
    if not entry.name:
        errors["navn"] = "Navn skal udfyldes."
    if unknown := sorted(set(entry.leaders) - accounts.keys()):
        errors["ledere"] = f"Der er ingen medarbejder {', '.join(unknown)}."
    return errors


def _leaders(accounts: Iterable[Account], unit_id: str) -> list[str]:
    """Usernames of active leaders."""
    return sorted(a.person.username for a in accounts if a.active and unit_id in a.person.leads)


def _led_now(
    accounts: Iterable[Account], unit_id: str, leaders: frozenset[str]
) -> Iterator[tuple[Account, frozenset[str]]]:
    """(account, what it leads from now on) of those that gain or lose the unit when exactly these lead it."""
    for account in accounts:
        gained = {unit_id} if account.person.username in leaders else set[str]()
        leads = account.person.leads - {unit_id} | gained
        if leads != account.person.leads:
            yield account, frozenset(leads)


def _said(unit: Unit, leaders: Sequence[str]) -> Said:
    return {
        "Navn": unit.name,
        "Type": unit.type,
        "Sikker postkasse": unit.mailbox,
        "Telefon": unit.phone,
        "Ledere": ", ".join(leaders),
        "Lukket": "ja" if unit.closed_at else "nej",
    }
