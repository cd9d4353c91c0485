"""Time-ordered 63-bit keys, made without asking the database."""

from __future__ import annotations

import threading
from datetime import datetime
from typing import Protocol

EPOCH_MS = 1_704_067_200_000
"""1 January 2024 UTC in milliseconds since 1970: where key time starts."""
_NODE_BITS, _SEQUENCE_BITS = 10, 12


class Clocked(Protocol):
    def now(self) -> datetime: ...


class KeyMaker:
    """Makes keys that grow with time: 41 bits of milliseconds, 10 of node number, 12 of sequence.

    Unique per node number (0-1023) even when the clock stands still or steps back; safe to share between threads.
    """

    def __init__(self, clock: Clocked, node: int = 0) -> None:
        if not 0 <= node < 1 << _NODE_BITS:
            raise ValueError(f"node number {node} is not between 0 and {(1 << _NODE_BITS) - 1}")
        self._clock, self._node = clock, node
        self._last = 0
        self._lock = threading.Lock()

    def next(self) -> int:
        ms = max(int(self._clock.now().timestamp() * 1000) - EPOCH_MS, 0)
        with self._lock:
            tick = max(ms << _SEQUENCE_BITS, self._last + 1)
            self._last = tick
        milliseconds, sequence = tick >> _SEQUENCE_BITS, tick & ((1 << _SEQUENCE_BITS) - 1)
        return ((milliseconds << _NODE_BITS | self._node) << _SEQUENCE_BITS) | sequence
