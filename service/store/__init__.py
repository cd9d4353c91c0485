"""The store: `open_store` gives `service.domain.storage.Store` over SQLite or PostgreSQL."""

from __future__ import annotations

from service.domain.clock import SystemClock
from service.domain.keys import KeyMaker
from service.domain.ports import Keys
from service.store.database import build_engine, in_memory
from service.store.migrations import stamp, upgrade
from service.store.sealing import Sealer, create_master_key
from service.store.tables import metadata
from service.store.unit_of_work import SqlStore, SqlUnitOfWork

__all__ = ["Sealer", "SqlStore", "SqlUnitOfWork", "create_master_key", "open_store", "upgrade"]


def open_store(url: str, *, sealer: Sealer, keys: Keys | None = None, pool_size: int = 8) -> SqlStore:
    """The store in this database: `sqlite:///path`, `postgresql://…`, or `:memory:`, which needs no `upgrade` and is
    gone with the object.

    `keys` makes keys of rows that no use case names (incidents of a step, lines of the access log); without it a key
    maker on the system clock does. Raises `SetupFault` when the schema is not the program's or the master key is not
    the one the database was written with.
    """
    engine = build_engine(url, pool_size=pool_size, wired=True)
    if in_memory(engine.url):
        with engine.begin() as connection:
            metadata.create_all(connection)
            stamp(connection)
    store = SqlStore(engine, sealer, keys or KeyMaker(SystemClock()))
    try:
        store.adopt()
    except BaseException:
        store.close()
        raise
    return store


def copy_in_memory(store: SqlStore, keys: Keys) -> SqlStore:
    """A second store in memory with the content of this one (which is in memory too), under the same master key."""
    engine = build_engine(":memory:", pool_size=1)
    store.copy_into(engine)
    return SqlStore(engine, store.sealer, keys)
