"""Conditions on sequence flows, wherever they leave from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from service.domain.waits import IncidentType
from service.engine.incidents import Incident
from service.engine.model import Flow
from service.engine.scopes import Visible

if TYPE_CHECKING:
    from service.engine.runtime import Runtime


def holds(flow: Flow, runtime: Runtime, visible: Visible) -> bool:
    """Whether the flow's condition is true. Raises EXTRACT_VALUE_ERROR when it is neither true nor false."""
    assert flow.condition is not None
    return runtime.evaluator.boolean(flow.condition, visible, f"Betingelsen på pilen '{flow.id}'")


def no_way(after: str, where: str) -> Incident:
    """CONDITION_ERROR: no condition holds, and nothing else leads on."""
    return Incident(
        IncidentType.CONDITION_ERROR,
        f"Ingen af betingelserne på {after} er opfyldt, og der er ingen standardpil. "
        f"Ret variablerne, og prøv igen, eller giv {where} en standardpil i næste version.",
    )
