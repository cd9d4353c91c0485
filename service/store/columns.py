"""Column types and little builders that all tables share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, DateTime, Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
"""Stands in a due column for "no instant", so that one index sorts those rows last on both databases."""


def micros(instant: datetime) -> int:
    """Microseconds since 1970, exactly. Raises TypeError for a naive datetime."""
    since = instant - EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds


def instant_of(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


class Instant(TypeDecorator[datetime]):
    """An aware instant in UTC: `timestamptz` on PostgreSQL, microseconds since 1970 on SQLite."""

    impl = BigInteger
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = DateTime(timezone=True) if dialect.name == "postgresql" else BigInteger()
        return dialect.type_descriptor(kind)

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        if value is None:
            return None
        return micros(value) if dialect.name != "postgresql" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return instant_of(value) if isinstance(value, int) else value.replace(tzinfo=UTC)


class Due(Instant):
    """An instant, or None for "not known yet", which sorts after every instant (stored as the end of year 9999)."""

    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        return super().process_bind_param(NEVER if value is None else value, dialect)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        instant = super().process_result_value(value, dialect)
        return None if instant == NEVER else instant


class Plain(TypeDecorator[Any]):
    """Technical JSON in clear: lists of groups, headers, days that did not count. Never what people entered."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Dialect) -> str | None:
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        return None if value is None else orjson.loads(value)


def key(name: str) -> Column[int]:
    """One part of a primary key: a 63-bit key made by the program."""
    return Column(name, BigInteger, primary_key=True, autoincrement=False)


def ref(name: str, *, optional: bool = False) -> Column[Any]:
    """A key of another row. No foreign key on the hot tables: the locked root instance guards what belongs to it."""
    return Column(name, BigInteger, nullable=optional)


def text(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Text, nullable=optional)


def instant(name: str, *, optional: bool = False) -> Column[Any]:
    return Column(name, Instant, nullable=optional)


def sealed(name: str) -> Column[Any]:
    """Ciphertext (see `sealing`); None when there is nothing to seal."""
    return Column(name, LargeBinary, nullable=True, info={"sealed": True})
