"""The data keys at hand in one unit of work: made, fetched once, and erased."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, insert, select, update

from service.store.codec import pack, unpack
from service.store.sealing import DataKey, Sealer
from service.store.session import Session
from service.store.statements import Prepared, among
from service.store.tables import data_key

_FETCH = Prepared(
    select(data_key.c.owner_key, data_key.c.version, data_key.c.wrapped).where(among(data_key.c.owner_key, "owners"))
)
_MAKE = Prepared(insert(data_key))
_ALL = Prepared(select(data_key.c.owner_key, data_key.c.wrapped).with_for_update())
_REWRAP = Prepared(
    update(data_key).where(data_key.c.owner_key == bindparam("b_owner")).values(wrapped=bindparam("b_wrapped"))
)
_ERASE = Prepared(
    update(data_key)
    .where(data_key.c.owner_key == bindparam("b_owner"))
    .values(wrapped=None, erased_at=bindparam("b_at"))
)


class Vault:
    """Seals and opens values by owner. An erased owner's values read as None: they can never be opened again."""

    def __init__(self, session: Session, sealer: Sealer) -> None:
        self._session, self.sealer = session, sealer
        self._keys: dict[int, DataKey | None] = {}

    def make(self, owner: int) -> None:
        """A new data key for a new owner."""
        fresh, wrapped = self.sealer.new_data_key(owner)
        row = {"owner_key": owner, "version": fresh.version, "wrapped": wrapped, "erased_at": None}
        self._session.write(_MAKE, row)
        self._keys[owner] = fresh

    def learn(self, owner: int | None, version: int | None, wrapped: bytes | None) -> None:
        """Take note of a data key that came along with a joined row."""
        if owner is not None and owner not in self._keys:
            known = wrapped is not None and version is not None
            self._keys[owner] = self.sealer.unwrap(owner, version, wrapped) if known else None  # type: ignore[arg-type]

    def fetch(self, owners: Iterable[int | None]) -> None:
        """Have these owners' keys at hand: one look-up for all that are missing."""
        missing = {owner for owner in owners if owner is not None} - self._keys.keys()
        if missing:
            self._keys.update(dict.fromkeys(missing))
            for row in self._session.rows(_FETCH, {"owners": sorted(missing)}):
                if row.wrapped is not None:
                    self._keys[row.owner_key] = self.sealer.unwrap(row.owner_key, row.version, row.wrapped)

    def seal(self, owner: int, place: bytes, plain: bytes) -> bytes:
        """Raises RuntimeError when the owner has no key (any more): nothing new is written about an erased owner."""
        self.fetch((owner,))
        key = self._keys[owner]
        if key is None:
            raise RuntimeError(f"owner {owner} has no data key")
        return key.seal(place, plain)

    def open(self, owner: int, place: bytes, sealed: bytes | None) -> bytes | None:
        if sealed is None:
            return None
        self.fetch((owner,))
        key = self._keys[owner]
        return None if key is None else key.open(place, sealed)

    def seal_json(self, owner: int, place: bytes, value: Any) -> bytes:
        return self.seal(owner, place, pack(value))

    def open_json(self, owner: int, place: bytes, sealed: bytes | None) -> Any:
        plain = self.open(owner, place, sealed)
        return None if plain is None else unpack(plain)

    def seal_text(self, owner: int, place: bytes, value: str) -> bytes | None:
        """None for empty text: there is nothing to hide."""
        return self.seal(owner, place, value.encode()) if value else None

    def open_text(self, owner: int, place: bytes, sealed: bytes | None) -> str:
        plain = self.open(owner, place, sealed)
        return "" if plain is None else plain.decode()

    def rewrap(self) -> int:
        """Wrap every data key with the newest master key; gives how many were not yet."""
        changed = [
            {"b_owner": row.owner_key, "b_wrapped": again}
            for row in self._session.rows(_ALL)
            if row.wrapped is not None and (again := self.sealer.rewrap(row.owner_key, row.wrapped)) is not None
        ]
        if changed:
            self._session.write(_REWRAP, changed)
        return len(changed)

    def erase(self, owner: int, at: datetime) -> None:
        """Forget the owner's key for ever."""
        self._session.write(_ERASE, {"b_owner": owner, "b_at": at})
        self._keys[owner] = None


def place(column: str, *row_key: int | str) -> bytes:
    """Where a sealed value stands: `table.column` and its row's key."""
    return f"{column}:{':'.join(map(str, row_key))}".encode()
