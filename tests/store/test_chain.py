"""One link of the history's chain depends on everything it speaks of, and on the link before."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from service.domain.storage import HistoryEntry
from service.store.repositories.held import CHAIN_START, link
from service.store.sealing import Sealer

ENTRY = HistoryEntry(number=1, at=datetime(2026, 3, 2, tzinfo=UTC), actor="mette", kind="Start", details={})


def test_every_part_counts() -> None:
    sealer = Sealer.fresh()
    first = link(sealer, CHAIN_START, 7, 1, ENTRY, b"sealed")
    assert first == link(sealer, CHAIN_START, 7, 1, ENTRY, b"sealed")
    others = [
        link(sealer, first, 7, 1, ENTRY, b"sealed"),
        link(sealer, CHAIN_START, 8, 1, ENTRY, b"sealed"),
        link(sealer, CHAIN_START, 7, 2, ENTRY, b"sealed"),
        link(sealer, CHAIN_START, 7, 1, replace(ENTRY, at=ENTRY.at + timedelta(microseconds=1)), b"sealed"),
        link(sealer, CHAIN_START, 7, 1, replace(ENTRY, actor="ole"), b"sealed"),
        link(sealer, CHAIN_START, 7, 1, replace(ENTRY, kind="Cancelled"), b"sealed"),
        link(sealer, CHAIN_START, 7, 1, ENTRY, b"other"),
        link(Sealer.fresh(), CHAIN_START, 7, 1, ENTRY, b"sealed"),
    ]
    assert first not in others
    assert len(set(others)) == len(others)
