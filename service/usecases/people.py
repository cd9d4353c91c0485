"""People: log in, and the staff that an installation begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache
from typing import Any

import yaml
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from pydantic import BaseModel, ConfigDict, ValidationError

from service.domain.access import PLATFORM_ROLES, Membership, Person, split_group
from service.domain.errors import BadInput, ForloebError
from service.domain.storage import Account, Unit, UnitOfWork
from service.domain.yaml_text import read_yaml
from service.usecases.platform import Platform

OF_UNIT, OF_PERSON = "enhed", "medarbejder"
"""Kinds of changes that administrators make (`storage.Change`)."""
_hasher = PasswordHasher()
_NOBODY = _hasher.hash("nobody has this password")
"""Checked when the user name is unknown, so that the answer takes as long as for a known one."""


class WrongLogin(ForloebError):
    """Brugernavn eller adgangskode er forkert."""

    status, code = 401, "UNAUTHORIZED"


def log_in(platform: Platform, username: str, password: str) -> Person:
    """The person behind a user name and password. Raises WrongLogin for every reason alike, in about the same time."""
    account = platform.read(lambda uow: uow.people.account(username.strip().lower()))
    try:
        _hasher.verify(account.password_hash if account else _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError) as fault:
        raise WrongLogin from fault
    if account is None or not account.active:
        raise WrongLogin
    if _hasher.check_needs_rehash(account.password_hash):
        renewed = replace(account, password_hash=_hasher.hash(password))
        platform.store.transact(lambda uow: uow.people.put(renewed))
    return account.person


def person(platform: Platform, username: str) -> Person | None:
    """An active person by user name, with the roles she has now."""
    account = platform.read(lambda uow: uow.people.account(username))
    return account.person if account and account.active else None


class Directory:
    """Looks people up for every request, and remembers each for a short while: a changed role counts after that."""

    REMEMBERED = timedelta(seconds=2)

    def __init__(self, platform: Platform) -> None:
        self._platform = platform
        self._known: dict[str, tuple[datetime, Person | None]] = {}

    def person(self, username: str) -> Person | None:
        """An active person by user name."""
        now = self._platform.clock.now()
        since, found = self._known.get(username, (None, None))
        if since is None or not timedelta() <= now - since < self.REMEMBERED:
            found = person(self._platform, username)
            self._known[username] = now, found
        return found


def hashed(password: str) -> str:
    """A password as it is kept."""
    return _hasher.hash(password)


def set_password(platform: Platform, username: str, password: str) -> None:
    """Raises BadInput when there is no such user or the password is shorter than 12 characters."""
    _require_strong(password)
    hashed_password = hashed(password)

    def work(uow: UnitOfWork) -> None:
        account = uow.people.account(username)
        if account is None:
            raise BadInput(why=f"Der er ingen bruger {username}.")
        uow.people.put(replace(account, password_hash=hashed_password))

    platform.store.transact(work)


def add(platform: Platform, username: str, name: str, roles: list[str], password: str) -> None:
    """A new account with these roles (`rolle` or `rolle@enhed`); those whose role leads a unit lead theirs.

    Raises BadInput when the name is taken, or a role or unit does not exist.
    """
    _require_strong(password)
    hashed_password = hashed(password)

    def work(uow: UnitOfWork) -> None:
        if uow.people.account(username) is not None:
            raise BadInput(why=f"Brugernavnet {username} er taget.")
        memberships = frozenset(split_group(r) for r in roles)
        _require_roles(platform, uow, memberships)
        _require_units(uow, memberships)
        leads = led(platform, uow, memberships)
        who = Person(platform.keys.next(), username, name, memberships, leads)
        uow.people.put(Account(person=who, password_hash=hashed_password))

    platform.store.transact(work)


def set_active(platform: Platform, username: str, active: bool) -> None:
    def work(uow: UnitOfWork) -> None:
        account = uow.people.account(username)
        if account is None:
            raise BadInput(why=f"Der er ingen bruger {username}.")
        uow.people.put(replace(account, active=active))

    platform.store.transact(work)


class StaffUnit(BaseModel):
    model_config = ConfigDict(extra="forbid")
    id: str
    navn: str
    type: str = ""
    sikker_postkasse: str = ""
    telefon: str = ""


class StaffPerson(BaseModel):
    model_config = ConfigDict(extra="forbid")
    brugernavn: str
    navn: str
    titel: str = ""
    mail: str = ""
    telefon: str = ""
    roller: list[str] = []
    leder_af: list[str] = []
    kompetencer: list[str] = []


class Staff(BaseModel):
    """A staff list (`personer.yaml`): units and people."""

    model_config = ConfigDict(extra="forbid")
    enheder: list[StaffUnit] = []
    personer: list[StaffPerson] = []


def read_staff(content: bytes, file: str) -> Staff:
    """Raises BadInput with the place and the fault."""
    try:
        data: Mapping[str, Any] = read_yaml(content) or {}
        return Staff.model_validate(data)
    except (yaml.YAMLError, ValidationError) as fault:
        raise BadInput(why=f"{file}: {fault}") from fault


def put_staff(platform: Platform, staff: Staff, password: str) -> None:
    """Make units and accounts, all with this password; those that exist get the list's name and roles.

    What an administrator has changed since is left as it stands.
    """
    kept = cache(lambda: hashed(password))  # takes its time, and those that exist need none

    def work(uow: UnitOfWork) -> None:
        for unit in staff.enheder:
            if not uow.people.changes(OF_UNIT, unit.id):
                uow.people.put_unit(
                    Unit(id=unit.id, name=unit.navn, type=unit.type, mailbox=unit.sikker_postkasse, phone=unit.telefon)
                )
        for entry in staff.personer:
            if uow.people.changes(OF_PERSON, entry.brugernavn):
                continue
            known = uow.people.account(entry.brugernavn)
            memberships = frozenset(split_group(r) for r in entry.roller)
            who = Person(
                known.person.key if known else platform.keys.next(),
                entry.brugernavn,
                entry.navn,
                memberships,
                led(platform, uow, memberships) | frozenset(entry.leder_af),
            )
            account = Account(
                person=who,
                password_hash=known.password_hash if known else kept(),
                mail=entry.mail,
                phone=entry.telefon,
                title=entry.titel,
                competences=tuple(entry.kompetencer),
                active=known.active if known else True,
            )
            uow.people.put(account)

    platform.store.transact(work)


def put_api_account(platform: Platform, username: str, password: str) -> None:
    """An account for programs: every platform role. It is made (or given this password) as it stands here."""
    hashed_password = hashed(password)

    def work(uow: UnitOfWork) -> None:
        known = uow.people.account(username)
        key = known.person.key if known else platform.keys.next()
        roles = frozenset(Membership(role) for role in PLATFORM_ROLES)
        uow.people.put(Account(person=Person(key, username, "REST-klient", roles), password_hash=hashed_password))

    platform.store.transact(work)


def led(platform: Platform, uow: UnitOfWork, memberships: frozenset[Membership]) -> frozenset[str]:
    """Units that these memberships lead: manifests say which roles do; the platform's `leder` does."""
    manifests = platform.catalogs.view(uow.definitions).manifests.values()
    leading = {"leder"} | {role for m in manifests for role, info in m.roller.items() if info.leder}
    return frozenset(m.unit for m in memberships if m.unit and m.role in leading)


def _require_roles(platform: Platform, uow: UnitOfWork, memberships: frozenset[Membership]) -> None:
    manifests = platform.catalogs.view(uow.definitions).manifests.values()
    known = PLATFORM_ROLES | {role for m in manifests for role in m.roller}
    unknown = sorted({m.role for m in memberships} - known)
    if unknown:
        raise BadInput(
            why=f"Rollen {', '.join(unknown)} findes ikke i det, der er sat i drift. Kendte: {', '.join(sorted(known))}."
        )


def _require_units(uow: UnitOfWork, memberships: frozenset[Membership]) -> None:
    unknown = sorted({m.unit for m in memberships if m.unit} - {u.id for u in uow.people.units()})
    if unknown:
        raise BadInput(why=f"Enheden {', '.join(unknown)} findes ikke.")


def _require_strong(password: str) -> None:
    if len(password) < 12:
        raise BadInput(why="Adgangskoden skal være på mindst 12 tegn.")
