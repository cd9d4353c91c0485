"""Rows of registers in all their versions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import bindparam, desc, func, insert, select, text, update

from service.domain.errors import Stale
from service.domain.registers import RegisterRow
from service.store.repositories.counters import raise_catalogue
from service.store.session import Record, Session
from service.store.statements import Prepared
from service.store.tables import register_row

_STANDS = text("replaced_at IS NULL")
_ALL = select(register_row)
_STANDING = Prepared(_ALL.where(_STANDS).order_by(register_row.c.key))
_HISTORY = Prepared(
    _ALL.where(register_row.c.register == bindparam("register"), register_row.c.id == bindparam("id")).order_by(
        desc(register_row.c.key)
    )
)
_BY_KEY = Prepared(_ALL.where(register_row.c.key == bindparam("key")))
_COUNT = Prepared(
    select(func.count()).select_from(register_row).where(register_row.c.register == bindparam("register"))
)
_ADD = Prepared(insert(register_row))
_REPLACE = Prepared(
    update(register_row).where(register_row.c.key == bindparam("b_key"), _STANDS).values(replaced_at=bindparam("b_at"))
)


class SqlRegisters:
    def __init__(self, session: Session) -> None:
        self._session = session

    def lock(self) -> None:
        raise_catalogue(self._session)

    def add(self, row: RegisterRow) -> None:
        fields = {column.name: getattr(row, column.name) for column in register_row.columns}
        self._session.write(_ADD, fields | {"valid_from": _text(row.valid_from), "valid_to": _text(row.valid_to)})

    def replace(self, key: int, at: datetime) -> None:
        if not self._session.count(_REPLACE, {"b_key": key, "b_at": at}):
            raise Stale

    def get(self, key: int) -> RegisterRow | None:
        row = self._session.first(_BY_KEY, {"key": key})
        return None if row is None else _row(row)

    def history(self, register: str, id_: str) -> Sequence[RegisterRow]:
        return [_row(row) for row in self._session.rows(_HISTORY, {"register": register, "id": id_})]

    def is_empty(self, register: str) -> bool:
        return not self._session.value(_COUNT, {"register": register})


def standing(session: Session) -> Sequence[RegisterRow]:
    """Every row of every register that is not replaced, oldest first."""
    return [_row(row) for row in session.rows(_STANDING)]


def _text(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _row(row: Record) -> RegisterRow:
    fields: dict[str, Any] = dict(row._mapping)
    for name in ("valid_from", "valid_to"):
        fields[name] = None if fields[name] is None else date.fromisoformat(fields[name])
    return RegisterRow(**fields)
