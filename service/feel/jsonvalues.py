"""FEEL values as JSON values and back: the border to variables, the database and the API."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from .text import write
from .values import BOOLEAN, CONTEXT, FUNCTION, LIST, NULL, NUMBER, STRING, kind, lift

INT64 = 2**63


def to_json(value: Any) -> Any:
    """A JSON value: whole numbers within 64 bits are int, others float; dates, times and durations ISO 8601 strings.

    Ranges become their FEEL text. Raises ValueError for a function, which JSON cannot hold, and for a number no float holds.
    """
    match kind(value):
        case name if name in {NULL, BOOLEAN, STRING}:
            return value
        case name if name == NUMBER:
            return number_to_json(lift(value))
        case name if name == LIST:
            return [to_json(item) for item in value]
        case name if name == CONTEXT:
            return {str(key): to_json(item) for key, item in value.items()}
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
    """A complete FEEL value, numbers as decimals throughout. Evaluation needs no such copy; it converts what it reads."""
    if isinstance(value, Mapping):
        return {str(key): from_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [from_json(item) for item in value]
    return lift(value)
