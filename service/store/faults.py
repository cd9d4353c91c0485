"""What drivers raise, in our words."""

from __future__ import annotations

import sqlite3

import psycopg
from sqlalchemy.exc import DBAPIError

from service.domain.errors import ForloebError, SetupFault, Stale

FAULTS = (DBAPIError, sqlite3.Error, psycopg.Error)
"""What may come out of a session: from SQLAlchemy, or from a driver itself."""
_POSTGRESQL_RETRY = frozenset({"40001", "40P01", "55P03", "23505"})
"""Serialization failure, deadlock, lock not available, unique violation (somebody else was first)."""
_POSTGRESQL_GONE = ("08", "57P", "53")
"""Connection, operator intervention (shutting down), out of resources."""
_SQLITE_RETRY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_SQLITE_NOT_UNIQUE = frozenset({sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY})
_SQLITE_GONE = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_READONLY})


class Overtaken(Stale):
    """Sagen er ændret, mens du arbejdede. Intet er gemt endnu, og det, du skrev, står her stadig. Prøv igen."""


class Severed(SetupFault):
    """{why}"""


def translate(fault: BaseException) -> ForloebError | None:
    """`Overtaken` and `Severed` when running the transaction again may help, `SetupFault` when not, None for our own bugs."""
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    if isinstance(cause, sqlite3.Error):
        return _translate_sqlite(cause)
    if isinstance(cause, psycopg.Error):
        return _translate_postgresql(cause)
    return None


def is_gone(fault: BaseException | None) -> bool:
    """Whether the connection can no longer be used."""
    cause = fault.orig if isinstance(fault, DBAPIError) else fault
    if not isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError):
        return False
    return cause.sqlstate is None or cause.sqlstate.startswith(_POSTGRESQL_GONE)


def _translate_sqlite(fault: sqlite3.Error) -> ForloebError | None:
    code = getattr(fault, "sqlite_errorcode", 0)
    if code in _SQLITE_NOT_UNIQUE or code & 0xFF in _SQLITE_RETRY:
        return Overtaken()
    if code & 0xFF in _SQLITE_GONE:
        return SetupFault(why=f"Databasen kan ikke bruges: {fault}.")
    return None


def _translate_postgresql(fault: psycopg.Error) -> ForloebError | None:
    if fault.sqlstate in _POSTGRESQL_RETRY:
        return Overtaken()
    if is_gone(fault):
        return Severed(why="Databasen svarer ikke. Prøv igen om lidt, eller sig det til driften.")
    return None
