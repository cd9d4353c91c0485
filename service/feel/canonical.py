"""A hashable stand-in for a value, equal for two values exactly when FEEL calls them equal."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from .chronology import epoch_day, instant_nanos, local_nanos, nanos_of_day, time_offset_nanos
from .errors import Allowance, Meter, weight
from .values import CONTEXT, DATE, DATE_TIME, FUNCTION, LIST, RANGE, TIME, kind, lift


def canonical(value: Any, meter: Meter | None = None) -> Hashable:
    """The stand-in; lists by order, contexts by entries, moments by their instant.

    `meter` counts the elements of lists and contexts; raises LimitExceeded when they are too many.
    """
    value = lift(value)
    name = kind(value)
    if name == LIST:
        meter = meter or Allowance()
        meter.spend(weight(len(value)))
        return (name, tuple([canonical(item, meter) for item in value]))
    if name == CONTEXT:
        meter = meter or Allowance()
        meter.spend(weight(len(value)))
        return (name, frozenset([(key, canonical(item, meter)) for key, item in value.items()]))
    if name == DATE:
        return (name, epoch_day(value))
    if name == DATE_TIME:
        return (name, value.tzinfo is None, local_nanos(value) if value.tzinfo is None else instant_nanos(value))
    if name == TIME:
        offset = time_offset_nanos(value)
        return (name, offset is None, nanos_of_day(value) - (offset or 0))
    if name == RANGE:
        ends = canonical(value.start), canonical(value.end)
        return (name, ends, value.start_included, value.end_included, value.operator)
    if name == FUNCTION:
        return (name, id(value))
    return (name, value)
