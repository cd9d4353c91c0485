"""The history: append-only, sealed, chained."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import bindparam, desc, select

from service.domain.storage import HistoryEntry
from service.store.repositories.held import CHAIN_START, history_place, link
from service.store.repositories.instances import SqlInstances
from service.store.session import Record, Session
from service.store.statements import Prepared
from service.store.tables import history, instance
from service.store.vault import Vault

_OWNER = Prepared(
    select(instance.c.owner_key, instance.c.history_number, instance.c.history_hash).where(
        instance.c.root_key == bindparam("root"), instance.c.key == bindparam("root")
    )
)
_ALL = Prepared(select(history).where(history.c.instance_key == bindparam("root")).order_by(history.c.number))
_NEWEST = Prepared(
    select(history)
    .where(history.c.instance_key == bindparam("root"), history.c.number < bindparam("before"))
    .order_by(desc(history.c.number))
    .limit(bindparam("n"))
)
_BEYOND = 2**31 - 1


class SqlHistory:
    def __init__(self, session: Session, vault: Vault, instances: SqlInstances) -> None:
        self._session, self._vault, self._instances = session, vault, instances

    def append(self, instance_key: int, entry: HistoryEntry) -> None:
        self._instances.append(instance_key, entry)

    def of(self, instance_key: int, *, before: int | None = None, limit: int = 100) -> Sequence[HistoryEntry]:
        owner = self._session.first(_OWNER, {"root": instance_key})
        if owner is None:
            return []
        page = {"root": instance_key, "before": before or _BEYOND, "n": limit}
        return [self._entry(row, owner.owner_key) for row in self._session.rows(_NEWEST, page)]

    def verify(self, instance_key: int) -> int | None:
        """Walks the whole chain; a missing end is reported as the number after the last entry found."""
        owner = self._session.first(_OWNER, {"root": instance_key})
        if owner is None:
            return None
        before, expected, sealer = CHAIN_START, 1, self._vault.sealer
        for row in self._session.rows(_ALL, {"root": instance_key}):
            entry = HistoryEntry(number=row.number, at=row.at, actor=row.actor, kind=row.kind, details={})
            if row.number != expected or row.hash != link(sealer, before, instance_key, row.number, entry, row.details):
                return expected
            before, expected = row.hash, expected + 1
        complete = owner.history_number == expected - 1 and (owner.history_hash or CHAIN_START) == before
        return None if complete else expected

    def _entry(self, row: Record, owner_key: int) -> HistoryEntry:
        details = self._vault.open_json(owner_key, history_place(row.instance_key, row.number), row.details)
        return HistoryEntry(number=row.number, at=row.at, actor=row.actor, kind=row.kind, details=details or {})
