"""Changes of units and staff: who, when, why, and what it was before. Nothing that is changed here is ever deleted."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import orjson

from service.domain.access import SYSTEM, Person
from service.domain.errors import EntryChanged, Forbidden, FormInvalid
from service.domain.storage import Change, UnitOfWork
from service.usecases.platform import Platform

Said = Mapping[str, str]
"""What → its value, as people read it."""

ADMINISTRATOR = "systemadmin"


@dataclass(frozen=True, slots=True)
class ShownChange:
    change: Change
    by: str
    """The name of whoever did it."""


def require_administrator(person: Person) -> None:
    if not person.has(ADMINISTRATOR):
        raise Forbidden(what="kun systemadministratorer vedligeholder enheder, medarbejdere og lukkedage")


def require_reason(reason: str) -> str:
    """Raises FormInvalid when there is none."""
    if not reason.strip():
        raise FormInvalid({"begrundelse": "Skriv hvorfor. Det står i historikken."})
    return reason.strip()


def mark(said: Said) -> str:
    """Tells one state from another: a page shows it and sends it back, so that nobody overwrites what she has not seen."""
    return hashlib.sha256(orjson.dumps(dict(said), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]


def require_unchanged(uow: UnitOfWork, kind: str, subject: str, seen: str, now: Said) -> None:
    """Raises EntryChanged when what somebody saw is not what stands."""
    if seen != mark(now):
        newest = next(iter(uow.people.changes(kind, subject)), None)
        raise EntryChanged(who=name_of(uow, newest.by_user) if newest else "En anden")


def note(
    platform: Platform, uow: UnitOfWork, person: Person, kind: str, subject: str, before: Said, after: Said, reason: str
) -> None:
    """Keep what has become different; nothing when nothing has."""
    names = dict.fromkeys([*before, *after])
    details = {n: (before.get(n, ""), after.get(n, "")) for n in names if before.get(n, "") != after.get(n, "")}
    if details:
        uow.people.note(
            Change(
                key=platform.keys.next(),
                at=platform.clock.now(),
                by_user=person.username,
                kind=kind,
                subject=subject,
                reason=reason,
                details=details,
            )
        )


def shown(uow: UnitOfWork, kind: str, subject: str) -> Sequence[ShownChange]:
    """Newest first."""
    return [ShownChange(change, name_of(uow, change.by_user)) for change in uow.people.changes(kind, subject)]


def name_of(uow: UnitOfWork, username: str) -> str:
    if username == SYSTEM.username:
        return SYSTEM.name
    account = uow.people.account(username)
    return account.person.name if account else username
