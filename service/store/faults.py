"""What drivers raise, in our words."""

from __future__ import annotations

import sqlite3

from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError

from service.domain.errors import ForloebError, SetupFault, Stale

_POSTGRESQL_RETRY = frozenset({"40001", "40P01", "55P03"})
"""Serialization failure, deadlock, lock not available."""
_SQLITE_RETRY = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})


class Overtaken(Stale):
    """Sagen er ændret, mens du arbejdede. Intet er gemt endnu, og det, du skrev, står her stadig. Prøv igen."""


def translate(fault: DBAPIError) -> ForloebError | None:
    """`Overtaken` when running the transaction again may help, `SetupFault` when the database is gone, else None."""
    if isinstance(fault, IntegrityError):
        return Overtaken() if _is_unique_violation(fault.orig) else None
    if getattr(fault.orig, "sqlstate", None) in _POSTGRESQL_RETRY:
        return Overtaken()
    if isinstance(fault.orig, sqlite3.Error) and (fault.orig.sqlite_errorcode or 0) & 0xFF in _SQLITE_RETRY:
        return Overtaken()
    if fault.connection_invalidated or (
        isinstance(fault, OperationalError) and not isinstance(fault.orig, sqlite3.Error)
    ):
        return SetupFault(why="Databasen svarer ikke. Prøv igen om lidt, eller sig det til driften.")
    return None


def _is_unique_violation(orig: BaseException | None) -> bool:
    if isinstance(orig, sqlite3.Error):
        return orig.sqlite_errorcode in {sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY}
    return getattr(orig, "sqlstate", None) == "23505"
