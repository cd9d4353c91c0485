"""Accounts with their roles, and units."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from sqlalchemy import bindparam, delete, desc, insert, select

from service.domain.access import Membership, Person
from service.domain.alphabet import alphabetical
from service.domain.storage import Account, Change, Unit
from service.store.repositories.counters import raised
from service.store.session import Record, Session
from service.store.statements import Prepared, Upsert, among
from service.store.tables import account, leads, membership, saved_filter, unit
from service.store.tables import change as change_table

_ACCOUNTS = select(account)
_BY_NAME = Prepared(_ACCOUNTS.where(account.c.username == bindparam("username")))
_BY_KEY = Prepared(_ACCOUNTS.where(account.c.key == bindparam("key")))
_MEMBERSHIPS = Prepared(select(membership).where(among(membership.c.account_key, "keys")))
_LEADS = Prepared(select(leads).where(among(leads.c.account_key, "keys")))
_WITH_ROLE = Prepared(
    _ACCOUNTS.where(account.c.active).where(
        account.c.key.in_(select(membership.c.account_key).where(membership.c.role == bindparam("role")))
    )
)
_WITH_ROLE_IN = Prepared(
    _ACCOUNTS.where(account.c.active).where(
        account.c.key.in_(
            select(membership.c.account_key).where(
                membership.c.role == bindparam("role"), membership.c.unit == bindparam("unit")
            )
        )
    )
)
_LEADERS = Prepared(
    _ACCOUNTS.where(account.c.active).where(
        account.c.key.in_(select(leads.c.account_key).where(leads.c.unit == bindparam("unit")))
    )
)
_ALL = Prepared(_ACCOUNTS.order_by(account.c.username))
_PUT = Upsert(
    account,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["key"], set_={c.name: insert.excluded[c.name] for c in account.columns if c.name != "key"}
    ),
)
_FORGET_ROLES = tuple(
    Prepared(delete(table).where(table.c.account_key == bindparam("b_key"))) for table in (membership, leads)
)
_ADD_MEMBERSHIP, _ADD_LEAD = Prepared(insert(membership)), Prepared(insert(leads))
_FILTERS = Prepared(select(saved_filter).where(saved_filter.c.account_key == bindparam("key")))
_SAVE_FILTER = Upsert(
    saved_filter,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["account_key", "name"], set_={"query": insert.excluded["query"]}
    ),
)
_DROP_FILTER = Prepared(
    delete(saved_filter).where(
        saved_filter.c.account_key == bindparam("b_key"), saved_filter.c.name == bindparam("b_name")
    )
)
_UNITS = Prepared(select(unit))
_UNIT = Prepared(select(unit).where(unit.c.id == bindparam("id")))
_PUT_UNIT = Upsert(
    unit,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["id"],
        set_={c: insert.excluded[c] for c in ("name", "type", "mailbox", "phone", "closed_at")},
    ),
)
_NOTE = Prepared(insert(change_table))
_CHANGES = Prepared(
    select(change_table)
    .where(change_table.c.kind == bindparam("kind"), change_table.c.subject == bindparam("subject"))
    .order_by(desc(change_table.c.key))
)


class SqlPeople:
    def __init__(self, session: Session) -> None:
        self._session = session

    def lock(self) -> None:
        raised(self._session, "people")

    def account(self, username: str) -> Account | None:
        return next(iter(self._accounts(_BY_NAME, {"username": username})), None)

    def by_key(self, key: int) -> Account | None:
        return next(iter(self._accounts(_BY_KEY, {"key": key})), None)

    def put(self, account: Account) -> None:
        """Insert or replace, with exactly these memberships."""
        key, row = account.person.key, _account_row(account)
        self._session.write(_PUT, row)
        for statement in _FORGET_ROLES:
            self._session.write(statement, {"b_key": key})
        person = account.person
        if person.memberships:
            rows = [{"account_key": key, "role": m.role, "unit": m.unit} for m in sorted(person.memberships)]
            self._session.write(_ADD_MEMBERSHIP, rows)
        if person.leads:
            self._session.write(_ADD_LEAD, [{"account_key": key, "unit": u} for u in sorted(person.leads)])

    def all(self) -> Sequence[Account]:
        """By username."""
        return self._accounts(_ALL, {})

    def with_role(self, role: str, unit: str | None = None) -> Sequence[Account]:
        if unit is None:
            return _by_name(self._accounts(_WITH_ROLE, {"role": role}))
        return _by_name(self._accounts(_WITH_ROLE_IN, {"role": role, "unit": unit}))

    def leaders_of(self, unit: str) -> Sequence[Account]:
        return _by_name(self._accounts(_LEADERS, {"unit": unit}))

    def units(self) -> Sequence[Unit]:
        """By name."""
        units = [Unit(**row._mapping) for row in self._session.rows(_UNITS)]
        return sorted(units, key=lambda u: (alphabetical(u.name), u.id))

    def unit(self, id_: str) -> Unit | None:
        row = self._session.first(_UNIT, {"id": id_})
        return None if row is None else Unit(**row._mapping)

    def put_unit(self, unit: Unit) -> None:
        self._session.write(_PUT_UNIT, asdict(unit))

    def note(self, change: Change) -> None:
        self._session.write(_NOTE, {column.name: getattr(change, column.name) for column in change_table.columns})

    def changes(self, kind: str, subject: str) -> Sequence[Change]:
        rows = self._session.rows(_CHANGES, {"kind": kind, "subject": subject})
        return [Change(**row._mapping) for row in rows]

    def filters(self, account_key: int) -> Mapping[str, Mapping[str, str]]:
        found = {row.name: row.query for row in self._session.rows(_FILTERS, {"key": account_key})}
        return dict(sorted(found.items(), key=lambda pair: alphabetical(pair[0])))

    def save_filter(self, account_key: int, name: str, query: Mapping[str, str]) -> None:
        self._session.write(_SAVE_FILTER, {"account_key": account_key, "name": name, "query": dict(query)})

    def drop_filter(self, account_key: int, name: str) -> None:
        self._session.write(_DROP_FILTER, {"b_key": account_key, "b_name": name})

    def _accounts(self, statement: Prepared, parameters: dict[str, Any]) -> list[Account]:
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


def _by_name(accounts: list[Account]) -> list[Account]:
    return sorted(accounts, key=lambda a: (alphabetical(a.person.name), a.person.key))


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
