"""A measurement and what it is compared with."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Result:
    """One line of the table. `floor` is what it should be compared with (a goal, or the least that is possible)."""

    name: str
    median: float
    p95: float
    unit: str
    floor: float | None = None


def of(name: str, values: Sequence[float], unit: str, floor: float | None = None) -> Result:
    """Median and 95th percentile of single measurements."""
    return Result(name, statistics.median(values), percentile(values, 0.95), unit, floor)


def one(name: str, value: float, unit: str, floor: float | None = None) -> Result:
    return Result(name, value, value, unit, floor)


def percentile(values: Sequence[float], share: float) -> float:
    """The value that this share of them does not exceed."""
    ordered = sorted(values)
    return ordered[round(share * (len(ordered) - 1))]
