"""Engines for SQLite and PostgreSQL."""

from __future__ import annotations

import sqlite3
from typing import Any

import psycopg
from sqlalchemy import (
    URL,
    Connection,
    Engine,
    QueuePool,
    StaticPool,
    create_engine,
    event,
    make_url,
)

from service.domain.errors import SetupFault
from service.store.wire import Wire

_WIRE = "wire"
_PRAGMAS = (
    "journal_mode=WAL",
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=FAST",  # an erased data key must not linger in the page it stood in
    "cache_size=-32768",
    "temp_store=MEMORY",
)
BUSY_TIMEOUT_S = 10
"""How long SQLite waits for another process's write before it says busy."""


def in_memory(url: URL) -> bool:
    return url.get_backend_name() == "sqlite" and url.database in {None, "", ":memory:"}


def parse(url: str) -> URL:
    """The URL with our drivers. Raises `SetupFault` for any other database."""
    parsed = make_url("sqlite://" if url == ":memory:" else url)
    match parsed.get_backend_name():
        case "sqlite":
            return parsed.set(drivername="sqlite+pysqlite")
        case "postgresql" | "postgres":
            return parsed.set(drivername="postgresql+psycopg")
    raise SetupFault(why=f"Databasen skal være sqlite:/// eller postgresql://, ikke {parsed.get_backend_name()}.")


def build_engine(url: str, *, pool_size: int = 8, wired: bool = False) -> Engine:
    """An engine whose transactions start as this store needs: the execution option `writes` asks for the write lock.

    `wired` is for who speaks to PostgreSQL past the driver's cursors (`transactions`): the pool then leaves the connections
    that come back as they are.
    """
    parsed = parse(url)
    if parsed.get_backend_name() == "sqlite":
        return _sqlite_engine(parsed, pool_size)
    return create_engine(
        parsed,
        pool_size=pool_size,
        max_overflow=2 * pool_size,
        pool_reset_on_return=None if wired else "rollback",
        connect_args={"options": "-c timezone=UTC"},
    )


def wire_of(info: dict[Any, Any], driver: psycopg.Connection[Any]) -> Wire:
    """The wire of a pooled connection (`info` is the connection's own): laid once, kept as long as the connection lives."""
    wire: Wire | None = info.get(_WIRE)
    if wire is None:
        wire = info[_WIRE] = Wire(driver)
    return wire


def _sqlite_engine(url: URL, pool_size: int) -> Engine:
    shared = in_memory(url)
    pool: dict[str, Any] = {"poolclass": StaticPool} if shared else {"poolclass": QueuePool, "pool_size": pool_size}
    if not shared:
        pool["max_overflow"] = 2 * pool_size
    engine = create_engine(
        url,
        connect_args={"check_same_thread": False, "timeout": BUSY_TIMEOUT_S, "cached_statements": 512},
        **pool,
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    for pragma in _PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
