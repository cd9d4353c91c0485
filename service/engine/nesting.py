"""How deeply a variable's value may be nested: what is stored must be readable again."""

from __future__ import annotations

from service.domain.json import Json
from service.domain.waits import IncidentType

from .incidents import Incident

MAX_NESTING = 100
"""Lists and objects inside each other."""


def too_deep(value: Json, left: int = MAX_NESTING) -> bool:
    """Whether the value is nested more deeply than may be stored."""
    if isinstance(value, dict):
        return left == 0 or any(too_deep(inner, left - 1) for inner in value.values())
    if isinstance(value, list):
        return left == 0 or any(too_deep(inner, left - 1) for inner in value)
    return False


def bounded(value: Json, what: str) -> Json:
    """The value itself. Raises IO_MAPPING_ERROR when it is nested too deeply."""
    if too_deep(value):
        raise Incident(
            IncidentType.IO_MAPPING_ERROR,
            f"{what} er indlejret i mere end {MAX_NESTING} lag og kan ikke gemmes. Ret modellen eller variablerne, og prøv igen.",
        )
    return value
