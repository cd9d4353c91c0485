"""Transactions on a pooled connection of either database, begun and ended on the driver itself."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any

import psycopg
from sqlalchemy import Engine, PoolProxiedConnection

from service.domain.errors import SetupFault
from service.store.database import pipeline_of
from service.store.faults import FAULTS, is_gone, translate
from service.store.session import Session

Sync = Callable[[], None]


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
            with _begun(pooled, driver, writes) as sync:
                yield Session(driver, engine.dialect, writable=writes, sync=sync)
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


def _begun(pooled: PoolProxiedConnection, driver: Any, writes: bool) -> AbstractContextManager[Sync | None]:
    if isinstance(driver, sqlite3.Connection):
        return _on_sqlite(driver, writes)
    return _on_postgresql(driver, pipeline_of(pooled.info, driver), writes)


@contextmanager
def _on_sqlite(driver: sqlite3.Connection, writes: bool) -> Iterator[None]:
    driver.execute("BEGIN IMMEDIATE" if writes else "BEGIN")
    try:
        yield None
        driver.execute("COMMIT")
    except BaseException:
        if driver.in_transaction:
            driver.execute("ROLLBACK")
        raise


@contextmanager
def _on_postgresql(driver: psycopg.Connection[Any], pipeline: psycopg.Pipeline, writes: bool) -> Iterator[Sync]:
    """Statements travel together until somebody asks for a result: BEGIN with the first, the last with COMMIT."""
    driver.execute("BEGIN" if writes else "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    try:
        yield pipeline.sync
        _commit(driver, pipeline)
    except BaseException:
        with suppress(psycopg.Error):
            pipeline.sync()  # let what was sent already fail on its own
        with suppress(psycopg.OperationalError):  # a connection that is gone has nothing to undo
            driver.execute("ROLLBACK")
            pipeline.sync()
        raise


def _commit(driver: psycopg.Connection[Any], pipeline: psycopg.Pipeline) -> None:
    """Raises `SetupFault` when nobody knows whether it happened: the transaction must not be run again."""
    try:
        driver.execute("COMMIT")
        pipeline.sync()
    except psycopg.Error as fault:
        if not is_gone(fault):
            raise
        why = "Forbindelsen til databasen blev afbrudt, mens der blev gemt. Se efter, om det nåede at ske."
        raise SetupFault(why=why) from fault
