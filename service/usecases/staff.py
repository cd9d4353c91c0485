"""Staff, as administrators keep it: who somebody is, her roles in units, what she leads and can, and her account.

An account is closed, never deleted: what somebody did stays hers.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from service.domain.access import PLATFORM_ROLES, Membership, Person
from service.domain.alphabet import alphabetical
from service.domain.errors import FormInvalid, NotFound, WrongState
from service.domain.storage import Account, Unit, UnitOfWork
from service.usecases import changes, people
from service.usecases.changes import ADMINISTRATOR, Said, ShownChange
from service.usecases.platform import Platform

KIND = people.OF_PERSON
PAGE = 100
"""Rows of a list."""
PLATFORM_TITLES: Mapping[str, str] = {
    "procesejer": "Procesejer",
    "leder": "Leder",
    "drift": "Drift",
    "revisor": "Revisor",
    "systemadmin": "Systemadministrator",
}
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Of passwords that somebody reads aloud: none that look alike."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffQuery:
    words: Sequence[str] = ()
    """Each stands in her name, username, title or competences."""
    unit: str = ""
    role: str = ""
    closed: bool = False
    page: int = 1


@dataclass(frozen=True, slots=True)
class StaffList:
    rows: Sequence[Account]
    total: int
    units: Mapping[str, str]
    """Id → name."""
    roles: Mapping[str, str]
    """Role → what people read, of everything that is deployed."""


@dataclass(frozen=True, slots=True)
class StaffPage:
    account: Account | None
    mark: str
    units: Sequence[Unit]
    roles: Mapping[str, str]
    competences: Sequence[str]
    """Those that somebody has."""
    open_tasks: int
    changes: Sequence[ShownChange]


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffEntry:
    """Somebody as typed. `username` counts for a new one only."""

    username: str = ""
    name: str
    title: str = ""
    mail: str = ""
    phone: str = ""
    roles: Sequence[Membership] = ()
    leads: Sequence[str] = ()
    competences: Sequence[str] = ()
    reason: str = ""


def listed(platform: Platform, person: Person, query: StaffQuery) -> StaffList:
    """By name."""
    changes.require_administrator(person)

    def work(uow: UnitOfWork) -> StaffList:
        found = sorted((a for a in uow.people.all() if _fits(a, query)), key=lambda a: alphabetical(a.person.name))
        first = (query.page - 1) * PAGE
        units = {unit.id: unit.name for unit in uow.people.units()}
        return StaffList(found[first : first + PAGE], len(found), units, _roles(platform, uow))

    return platform.read(work)


def look(platform: Platform, person: Person, username: str | None) -> StaffPage:
    """One account to edit; None: a new one."""
    changes.require_administrator(person)

    def work(uow: UnitOfWork) -> StaffPage:
        account = None if username is None else _account(uow, username)
        units, roles = uow.people.units(), _roles(platform, uow)
        return StaffPage(
            account,
            changes.mark(_said(account, units, roles)) if account else "",
            [
                u
                for u in units
                if u.closed_at is None or (account and u.id in account.person.units | account.person.leads)
            ],
            roles,
            sorted({c for a in uow.people.all() for c in a.competences}, key=str.casefold),
            uow.tasks.open_counts([username]).get(username, 0) if username else 0,
            changes.shown(uow, KIND, username) if username else (),
        )

    return platform.read(work)


def save(platform: Platform, person: Person, username: str | None, entry: StaffEntry, seen: str = "") -> str | None:
    """A change of an account, or a new one (`username` None); the password of a new one, which is told once.

    Roles that lead a unit make her lead it. Raises FormInvalid, and EntryChanged when `seen` is not the mark of what stands.
    """
    changes.require_administrator(person)
    password = None if username is not None else new_password()
    hashed = people.hashed(password) if password else ""

    def work(uow: UnitOfWork) -> str | None:
        uow.people.lock()
        units, roles = uow.people.units(), _roles(platform, uow)
        old = None if username is None else _account(uow, username)
        before = _said(old, units, roles) if old else {}
        if old is not None:
            changes.require_unchanged(uow, KIND, old.person.username, seen, before)
        if errors := _faults(uow, person, old, entry, units, roles):
            raise FormInvalid(errors)
        memberships = frozenset(entry.roles)
        leads = frozenset(entry.leads) | people.led(platform, uow, memberships)
        who = Person(
            old.person.key if old else platform.keys.next(),
            old.person.username if old else entry.username,
            entry.name,
            memberships,
            leads,
        )
        account = Account(
            person=who,
            password_hash=old.password_hash if old else hashed,
            mail=entry.mail,
            phone=entry.phone,
            title=entry.title,
            competences=tuple(dict.fromkeys(entry.competences)),
            active=old.active if old else True,
        )
        uow.people.put(account)
        after = _said(account, units, roles)
        changes.note(platform, uow, person, KIND, who.username, before, after, entry.reason.strip() or "Oprettet")
        return password

    return platform.transact(work)


def reset_password(platform: Platform, person: Person, username: str, reason: str) -> str:
    """Give her a new password, which is told once. Raises FormInvalid without a reason."""
    changes.require_administrator(person)
    why, password = changes.require_reason(reason), new_password()
    hashed = people.hashed(password)

    def work(uow: UnitOfWork) -> None:
        uow.people.lock()
        account = _account(uow, username)
        uow.people.put(replace(account, password_hash=hashed))
        before, after = {"Adgangskode": "den gamle"}, {"Adgangskode": "en ny"}
        changes.note(platform, uow, person, KIND, account.person.username, before, after, why)

    platform.transact(work)
    return password


def set_active(platform: Platform, person: Person, username: str, active: bool, reason: str) -> None:
    """Close an account, or open it again. What she did, and tasks she has, stay hers.

    Raises FormInvalid without a reason, WrongState when it is her own or the last administrator's.
    """
    changes.require_administrator(person)
    why = changes.require_reason(reason)

    def work(uow: UnitOfWork) -> None:
        uow.people.lock()
        account = _account(uow, username)
        if not active and account.person.username == person.username:
            raise WrongState(why="du kan ikke lukke din egen konto. Bed en anden systemadministrator om det")
        if account.active is active:
            return
        uow.people.put(replace(account, active=active))
        states = {True: {"Konto": "åben"}, False: {"Konto": "lukket"}}
        changes.note(platform, uow, person, KIND, account.person.username, states[account.active], states[active], why)

    platform.transact(work)


def new_password() -> str:
    """Four groups of four letters and digits, about 79 bits."""
    return "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(4))


# -- how ----------------------------------------------------------------------------------------------------------------


def _account(uow: UnitOfWork, username: str) -> Account:
    account = uow.people.account(username)
    if account is None:
        raise NotFound(what=f"medarbejderen {username}")
    return account


def _fits(account: Account, query: StaffQuery) -> bool:
    who = account.person
    text = " ".join((who.name, who.username, account.title, *account.competences)).casefold()
    return (
        account.active is not query.closed
        and all(word.casefold() in text for word in query.words)
        and (not query.unit or query.unit in who.units | who.leads)
        and (not query.role or query.role in who.roles)
    )


def _roles(platform: Platform, uow: UnitOfWork) -> dict[str, str]:
    """By what people read; the platform's own last."""
    manifests = platform.catalogs.view(uow.definitions).manifests.values()
    found = {role: info.titel for manifest in manifests for role, info in manifest.roller.items()}
    ordered = sorted((r for r in found if r not in PLATFORM_ROLES), key=lambda role: alphabetical(found[role]))
    return {**{role: found[role] for role in ordered}, **{r: PLATFORM_TITLES[r] for r in sorted(PLATFORM_ROLES)}}


def _faults(
    uow: UnitOfWork,
    person: Person,
    old: Account | None,
    entry: StaffEntry,
    units: Sequence[Unit],
    roles: Mapping[str, str],
) -> dict[str, str]:
    errors: dict[str, str] = {}
    if old is None:
        if not re.fullmatch(r"[a-z0-9][a-z0-9._-]{1,59}", entry.username):
            errors["brugernavn"] = "Skriv et brugernavn med små bogstaver, tal, punktum og bindestreg, fx mona.berg."
        elif uow.people.account(entry.username) is not None:
            errors["brugernavn"] = f"Brugernavnet {entry.username} er taget."
    elif not entry.reason.strip():
        errors["begrundelse"] = "Skriv hvorfor. Det står i historikken."
    if not entry.name:
        errors["navn"] = "Navn skal udfyldes."
    known = {unit.id for unit in units}
    kept = old.person.memberships if old else frozenset()
    for number, membership in enumerate(entry.roles):
        if membership.role not in roles and membership not in kept:
            errors[f"roller.{number}.rolle"] = f"Rollen {membership.role} findes ikke i det, der er sat i drift."
        if membership.unit and membership.unit not in known:
            errors[f"roller.{number}.enhed"] = f"Enheden {membership.unit} findes ikke."
    for number, unit in enumerate(entry.leads):
        if unit not in known:
            errors[f"leder_af.{number}.enhed"] = f"Enheden {unit} findes ikke."
    own = old is not None and old.person.username == person.username
    if own and Membership(ADMINISTRATOR) not in entry.roles:
        errors["roller"] = "Du kan ikke tage rollen som systemadministrator fra dig selv. Bed en anden om det."
    return errors


def _said(account: Account, units: Sequence[Unit], roles: Mapping[str, str]) -> Said:
    names = {unit.id: unit.name for unit in units}

    def role(membership: Membership) -> str:
        title = roles.get(membership.role, membership.role)
        return f"{title} i {names.get(membership.unit, membership.unit)}" if membership.unit else title

    return {
        "Navn": account.person.name,
        "Titel": account.title,
        "E-mail": account.mail,
        "Telefon": account.phone,
        "Roller": ", ".join(sorted((role(m) for m in account.person.memberships), key=alphabetical)),
        "Leder": ", ".join(sorted((names.get(u, u) for u in account.person.leads), key=alphabetical)),
        "Kompetencer": ", ".join(account.competences),
    }
