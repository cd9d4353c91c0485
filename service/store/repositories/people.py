"""Accounts with their roles, and units."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, bindparam, delete, insert, select, update

from service.domain.access import Membership, Person
from service.domain.storage import Account, Unit
from service.store.database import OnEither, Record, Session
from service.store.tables import account, leads, membership, unit

_ACCOUNTS = select(account)
_BY_NAME = _ACCOUNTS.where(account.c.username == bindparam("username"))
_BY_KEY = _ACCOUNTS.where(account.c.key == bindparam("key"))
_MEMBERSHIPS = select(membership).where(membership.c.account_key.in_(bindparam("keys", expanding=True)))
_LEADS = select(leads).where(leads.c.account_key.in_(bindparam("keys", expanding=True)))
_WITH_ROLE = (
    _ACCOUNTS.where(account.c.active)
    .where(account.c.key.in_(select(membership.c.account_key).where(membership.c.role == bindparam("role"))))
    .order_by(account.c.name, account.c.key)
)
_WITH_ROLE_IN = (
    _ACCOUNTS.where(account.c.active)
    .where(
        account.c.key.in_(
            select(membership.c.account_key).where(
                membership.c.role == bindparam("role"), membership.c.unit == bindparam("unit")
            )
        )
    )
    .order_by(account.c.name, account.c.key)
)
_LEADERS = (
    _ACCOUNTS.where(account.c.active)
    .where(account.c.key.in_(select(leads.c.account_key).where(leads.c.unit == bindparam("unit"))))
    .order_by(account.c.name, account.c.key)
)
_PUT_UNIT = OnEither(
    unit,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["id"],
        set_={c: insert.excluded[c] for c in ("name", "type", "mailbox", "phone")},
    ),
)


class SqlPeople:
    def __init__(self, session: Session) -> None:
        self._session = session

    def account(self, username: str) -> Account | None:
        return next(iter(self._accounts(_BY_NAME, {"username": username})), None)

    def by_key(self, key: int) -> Account | None:
        return next(iter(self._accounts(_BY_KEY, {"key": key})), None)

    def put(self, account: Account) -> None:
        """Insert or replace, with exactly these memberships."""
        key, row = account.person.key, _account_row(account)
        if self._session.write(update(ACCOUNT_TABLE).where(ACCOUNT_TABLE.c.key == key).values(row)) == 0:
            self._session.write(insert(ACCOUNT_TABLE), row)
        for table in (membership, leads):
            self._session.write(delete(table).where(table.c.account_key == key))
        person = account.person
        if person.memberships:
            rows = [{"account_key": key, "role": m.role, "unit": m.unit} for m in sorted(person.memberships)]
            self._session.write(insert(membership), rows)
        if person.leads:
            self._session.write(insert(leads), [{"account_key": key, "unit": u} for u in sorted(person.leads)])

    def all(self) -> Sequence[Account]:
        """By username."""
        return self._accounts(_ACCOUNTS.order_by(account.c.username), {})

    def with_role(self, role: str, unit: str | None = None) -> Sequence[Account]:
        if unit is None:
            return self._accounts(_WITH_ROLE, {"role": role})
        return self._accounts(_WITH_ROLE_IN, {"role": role, "unit": unit})

    def leaders_of(self, unit: str) -> Sequence[Account]:
        return self._accounts(_LEADERS, {"unit": unit})

    def units(self) -> Sequence[Unit]:
        """By name."""
        return [Unit(**row._mapping) for row in self._session.rows(select(unit).order_by(unit.c.name, unit.c.id))]

    def unit(self, id_: str) -> Unit | None:
        row = self._session.first(select(UNIT_TABLE).where(UNIT_TABLE.c.id == id_))
        return None if row is None else Unit(**row._mapping)

    def put_unit(self, unit: Unit) -> None:
        self._session.write(_PUT_UNIT, asdict(unit))

    def _accounts(self, statement: Select[Any], parameters: dict[str, Any]) -> list[Account]:
        rows = self._session.rows(statement, parameters)
        if not rows:
            return []
        keys = {"keys": [row.key for row in rows]}
        memberships: dict[int, set[Membership]] = {row.key: set() for row in rows}
        led: dict[int, set[str]] = {row.key: set() for row in rows}
        for m in self._session.rows(_MEMBERSHIPS, keys):
            memberships[m.account_key].add(Membership(m.role, m.unit))
        for lead in self._session.rows(_LEADS, keys):
            led[lead.account_key].add(lead.unit)
        return [_account(row, frozenset(memberships[row.key]), frozenset(led[row.key])) for row in rows]


ACCOUNT_TABLE, UNIT_TABLE = account, unit


def _account_row(account: Account) -> dict[str, Any]:
    return {
        "key": account.person.key,
        "username": account.person.username,
        "name": account.person.name,
        "password_hash": account.password_hash,
        "mail": account.mail,
        "phone": account.phone,
        "title": account.title,
        "competences": list(account.competences),
        "active": account.active,
    }


def _account(row: Record, memberships: frozenset[Membership], led: frozenset[str]) -> Account:
    return Account(
        person=Person(row.key, row.username, row.name, memberships, led),
        password_hash=row.password_hash,
        mail=row.mail,
        phone=row.phone,
        title=row.title,
        competences=tuple(row.competences),
        active=row.active,
    )
