"""The citizen beside a row of a list: joined with her data key, opened only for the rows shown."""

from __future__ import annotations

from dataclasses import dataclass

from service.store.session import Record
from service.store.vault import Vault, place

CITIZEN_JOINS = "LEFT JOIN citizen AS z ON z.key = c.citizen_key LEFT JOIN data_key AS k ON k.owner_key = z.key"
CITIZEN_COLUMNS = (
    "z.key AS citizen_key",
    "z.content AS citizen_content",
    "k.version AS citizen_key_version",
    "k.wrapped AS citizen_wrapped",
)


@dataclass(frozen=True, slots=True)
class Shown:
    name: str
    protected: bool
    died: bool


def shown_citizen(row: Record, vault: Vault) -> Shown | None:
    """None without a citizen, and when she has been erased."""
    if row.citizen_key is None:
        return None
    vault.learn(row.citizen_key, row.citizen_key_version, row.citizen_wrapped)
    content = vault.open_json(row.citizen_key, place("citizen.content", row.citizen_key), row.citizen_content)
    return Shown(content["name"], content["protected"], content["died_at"] is not None) if content else None
