"""Transactions on a pooled connection of either database, begun and ended on the driver itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy import Engine, PoolProxiedConnection
from sqlalchemy.dialects import sqlite

from service.domain.errors import SetupFault
from service.store.database import wire_of
from service.store.faults import FAULTS, is_gone, translate
from service.store.session import Session
from service.store.wire import SPELLING, Wire

_SQLITE = sqlite.dialect()


@contextmanager
def transaction(engine: Engine, *, writes: bool) -> Iterator[Session]:
    """Committed when the block ends well, rolled back when it raises. Faults of the driver come out in our words.

    Writing: SQLite takes the write lock at once; PostgreSQL reads committed rows and locks what it changes.
    Reading: one snapshot from the first statement on.
    """
    try:
        pooled = engine.raw_connection()
        driver: Any = pooled.driver_connection
        try:
            with _begun(pooled, driver, writes) as session:
                yield session
        except BaseException as fault:
            if is_gone(fault) or is_gone(fault.__cause__):
                pooled.invalidate()
                engine.dispose()  # the idle ones are most likely cut as well
            raise
        finally:
            pooled.close()
    except FAULTS as fault:
        ours = translate(fault)
        if ours is None:
            raise
        raise ours from fault


def _begun(pooled: PoolProxiedConnection, driver: Any, writes: bool) -> AbstractContextManager[Session]:
    if isinstance(driver, sqlite3.Connection):
        return _on_sqlite(driver, writes)
    return _on_postgresql(wire_of(pooled.info, driver), writes)


@contextmanager
def _on_sqlite(driver: sqlite3.Connection, writes: bool) -> Iterator[Session]:
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    try:
        yield Session(driver, _SQLITE, writable=writes)
        driver.execute("COMMIT")
    except BaseException:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise


@contextmanager
def _on_postgresql(wire: Wire, writes: bool) -> Iterator[Session]:
    """Statements travel together until somebody asks for a result: BEGIN with the first, the last with COMMIT."""
    wire.execute("BEGIN" if writes else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield Session(wire, SPELLING, writable=writes)
        _commit(wire)
    except BaseException:
        with suppress(psycopg.Error):
            wire.sync()  # let what was sent already fail on its own
        with suppress(psycopg.OperationalError):  # a connection that is gone has nothing to undo
            wire.execute("ROLLBACK")
            wire.sync()
        raise


def _commit(wire: Wire) -> None:
    """Raises `SetupFault` when nobody knows whether it happened: the transaction must not be run again."""
    try:
        wire.execute("COMMIT")
        wire.sync()
    except psycopg.Error as fault:
        if not is_gone(fault):
            raise
        why = "Forbindelsen til databasen blev afbrudt, mens der blev gemt. Se efter, om det nåede at ske."
        raise SetupFault(why=why) from fault
