"""Column types and little builders that all tables share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import BigInteger, Column, DateTime, Dialect, LargeBinary, Text
from sqlalchemy.types import TypeDecorator, TypeEngine

Convert = Callable[[Any], Any]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NEVER = datetime(9999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC)
"""Stands in a due column for "no instant", so that one index sorts those rows last on both databases."""


def micros(instant: datetime) -> int:
    """Microseconds since 1970, exactly. Raises TypeError for a naive datetime."""
    since = instant - EPOCH
    return (since.days * 86400 + since.seconds) * 1_000_000 + since.microseconds


def instant_of(microseconds: int) -> datetime:
    return EPOCH + timedelta(microseconds=microseconds)


_NEVER_MICROS = micros(NEVER)


class Converting(TypeDecorator[Any]):
    """A type whose values change on their way in and out, by one function each per database (None: unchanged)."""

    impl = Text
    cache_ok = True

    def into(self, dialect_name: str) -> Convert | None:
        raise NotImplementedError

    def out_of(self, dialect_name: str) -> Convert | None:
        raise NotImplementedError

    def process_bind_param(self, value: Any, dialect: Dialect) -> Any:
        convert = self.into(dialect.name)
        return value if convert is None else convert(value)

    def process_result_value(self, value: Any, dialect: Dialect) -> Any:
        convert = self.out_of(dialect.name)
        return value if convert is None else convert(value)


class Instant(Converting):
    """An aware instant in UTC: `timestamptz` on PostgreSQL, microseconds since 1970 on SQLite."""

    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = DateTime(timezone=True) if dialect.name == "postgresql" else BigInteger()
        return dialect.type_descriptor(kind)

    def into(self, dialect_name: str) -> Convert | None:
        return _to_utc if dialect_name == "postgresql" else _to_micros

    def out_of(self, dialect_name: str) -> Convert | None:
        return _from_utc if dialect_name == "postgresql" else _from_micros


class Due(Instant):
    """An instant, or None for "not known yet", which sorts after every instant (stored as the end of year 9999)."""

    cache_ok = True

    def into(self, dialect_name: str) -> Convert | None:
        return _due_to_utc if dialect_name == "postgresql" else _due_to_micros

    def out_of(self, dialect_name: str) -> Convert | None:
        return _due_from_utc if dialect_name == "postgresql" else _due_from_micros


class Plain(Converting):
    """Technical JSON in clear: lists of groups, headers, days that did not count. Never what people entered."""

    cache_ok = True

    def into(self, dialect_name: str) -> Convert | None:
        return _to_json

    def out_of(self, dialect_name: str) -> Convert | None:
        return _from_json


def _to_micros(value: datetime | None) -> int | None:
    return None if value is None else micros(value)


def _from_micros(value: int | None) -> datetime | None:
    return None if value is None else EPOCH + timedelta(microseconds=value)


def _to_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


def _from_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.replace(tzinfo=UTC)


def _due_to_micros(value: datetime | None) -> int:
    return _NEVER_MICROS if value is None else micros(value)


def _due_from_micros(value: int | None) -> datetime | None:
    return None if value is None or value == _NEVER_MICROS else EPOCH + timedelta(microseconds=value)


def _due_to_utc(value: datetime | None) -> datetime:
    return NEVER if value is None else value.astimezone(UTC)


def _due_from_utc(value: datetime | None) -> datetime | None:
    return None if value is None or value == NEVER else value.replace(tzinfo=UTC)


def _to_json(value: Any) -> str | None:
    return None if value is None else orjson.dumps(value).decode()


def _from_json(value: str | None) -> Any:
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
