"""Decisions (DMN 1.1–1.6): tables, boxed expressions and requirements, on FEEL."""

from .decisions import Decision, DecisionModel, read_decisions
from .errors import DecisionFailed, DmnRefused, Fault
from .evaluation import DecisionResult

__all__ = [
    "Decision",
    "DecisionFailed",
    "DecisionModel",
    "DecisionResult",
    "DmnRefused",
    "Fault",
    "read_decisions",
]
