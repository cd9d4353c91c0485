"""A root instance at hand in a unit of work: locked, with what its rows copy and where its history's chain stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from service.domain.instances import Instance, InstanceStatus
from service.domain.storage import HistoryEntry
from service.store.columns import micros
from service.store.sealing import Sealer
from service.store.session import Record
from service.store.vault import Vault, place

CHAIN_START = b"\x00" * 32


@dataclass(slots=True)
class Held:
    instance: Instance
    owner_key: int
    unit: str | None
    folder: str
    number: int
    """Of the newest history entry."""
    chain: bytes
    """Its hash."""
    begun: dict[str, Any] | None = None
    """The row of an instance that is not in the database yet."""
    called: dict[int, int] = field(default_factory=dict)
    """Called instance key → definition key, as far as known."""

    @property
    def key(self) -> int:
        return self.instance.key

    def next_entry(self, vault: Vault, entry: HistoryEntry) -> dict[str, Any]:
        """The history row of this entry, chained to the one before."""
        number = self.number + 1
        details = vault.seal_json(self.owner_key, history_place(self.key, number), dict(entry.details))
        chain = link(vault.sealer, self.chain, self.key, number, entry, details)
        self.number, self.chain = number, chain
        return {
            "instance_key": self.key,
            "number": number,
            "at": entry.at,
            "actor": entry.actor,
            "kind": entry.kind,
            "details": details,
            "hash": chain,
        }


def history_place(instance_key: int, number: int) -> bytes:
    return place("history.details", instance_key, number)


def link(sealer: Sealer, before: bytes, instance_key: int, number: int, entry: HistoryEntry, details: bytes) -> bytes:
    """One link of the chain: a keyed hash over the hash before, what stands in clear, and the ciphertext.

    Keyed, so that not even somebody who may write to the database can mend a chain; over ciphertext, so that it still
    holds when a case's key has been erased.
    """
    clear = f"{instance_key}\x1f{number}\x1f{micros(entry.at)}\x1f{entry.actor}\x1f{entry.kind}\x1f".encode()
    return sealer.mac("history", before + clear + details)


def held_of(row: Record, state: bytes | None) -> Held:
    return Held(
        instance_of(row, state),
        row.owner_key,
        row.unit,
        row.folder,
        row.history_number,
        row.history_hash or CHAIN_START,
    )


def instance_of(row: Record, state: bytes | None = None) -> Instance:
    """The row as the domain knows it."""
    return Instance(
        key=row.key,
        root_key=row.root_key,
        process_id=row.process_id,
        definition_key=row.definition_key,
        definition_version=row.definition_version,
        status=InstanceStatus(row.status),
        started_at=row.started_at,
        ended_at=row.ended_at,
        suspended=row.suspended,
        case_key=case_of(row),
        parent_key=row.parent_key,
        parent_element_instance_key=row.parent_element_instance_key,
        version=row.version,
        state=state,
        end_event=row.end_event,
    )


def case_of(row: Record) -> int | None:
    """The case's key: the owner, unless that is the root instance itself."""
    root = row.root_key if hasattr(row, "root_key") else row.instance_key
    owner: int = row.owner_key
    return None if owner == root else owner
