"""FEEL values as JSON values and back: the border to variables, the database and the API."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .errors import Allowance, LimitExceeded, Meter, weight
from .text import write
from .values import BOOLEAN, CONTEXT, FUNCTION, LIST, NULL, NUMBER, STRING, kind, lift

INT64 = 2**63
MAX_STEPS = 2_000_000
CHARACTERS_PER_STEP = 16


def to_json(value: Any, meter: Meter | None = None) -> Any:
    """A JSON value, sharing nothing with the original: whole numbers within 64 bits are int, others float; dates, times and
    durations ISO 8601 strings, ranges their FEEL text.

    Raises ValueError for what cannot be stored: a function, a number no float holds, and a value that is nested too deeply
    or unfolds into more than some hundred thousand elements. Within an evaluation `meter` counts instead, and raises LimitExceeded.
    """
    try:
        return _to_json(value, meter or Allowance(MAX_STEPS))
    except LimitExceeded:
        if meter is not None:
            raise
        raise ValueError("the value is too large to be stored") from None
    except RecursionError:
        raise ValueError("the value is nested too deeply to be stored") from None


def _to_json(value: Any, meter: Meter) -> Any:
    match kind(value):
        case name if name == STRING:
            meter.spend(len(value) // CHARACTERS_PER_STEP)
            return value
        case name if name in {NULL, BOOLEAN}:
            return value
        case name if name == NUMBER:
            return number_to_json(lift(value))
        case name if name == LIST:
            meter.spend(weight(len(value)))
            return [_to_json(item, meter) for item in value]
        case name if name == CONTEXT:
            meter.spend(weight(len(value)))
            return {str(key): _to_json(item, meter) for key, item in value.items()}
        case name if name == FUNCTION:
            raise ValueError("a function cannot be stored")
    return write(value)


def number_to_json(number: Decimal | None) -> int | float | None:
    """int where that is exact, else the nearest float."""
    if number is None:
        return None
    if number == number.to_integral_value() and -INT64 <= number < INT64:
        return int(number)
    nearest = float(number)
    if nearest in {float("inf"), float("-inf")}:
        raise ValueError(f"{number} is too large to be stored")
    return nearest


def from_json(value: Any) -> Any:
    """A complete FEEL value, numbers as decimals throughout. Evaluation needs no such copy; it converts what it reads.

    Raises ValueError when the value is nested too deeply.
    """
    try:
        return _from_json(value)
    except RecursionError:
        raise ValueError("the value is nested too deeply") from None


def _from_json(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _from_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_from_json(item) for item in value]
    return lift(value)
