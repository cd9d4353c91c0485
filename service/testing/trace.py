"""The trace table: every requirement of the procedures, and the scenarios whose passing assertions prove it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TypedDict

from service.domain.errors import BadInput
from service.domain.yaml_text import read_yaml
from service.testing.scenarios import Outcome


class Traced(TypedDict):
    scenarios: list[str]
    """`file#name` of scenarios that prove it."""
    reason: str | None
    """Why a machine cannot check it, when nothing proves it."""


def requirements(root: Path) -> dict[str, str | None]:
    """Requirement id → reason why it cannot be checked (None: it can), from `processes/krav.yaml`."""
    path = root / "processes" / "krav.yaml"
    data = read_yaml(path.read_text(encoding="utf-8")) if path.is_file() else {}
    if not isinstance(data, Mapping):
        raise BadInput(why=f"{path} skal være en liste af krav-id'er med tekst")
    return {str(id_): (entry or {}).get("grund") if isinstance(entry, Mapping) else None for id_, entry in data.items()}


def trace(root: Path, outcomes: Iterable[Outcome]) -> dict[str, Traced]:
    """Every requirement in order, with what proves it. Raises BadInput when a scenario names an unknown id."""
    table: dict[str, Traced] = {id_: {"scenarios": [], "reason": reason} for id_, reason in requirements(root).items()}
    for outcome in outcomes:
        for id_ in outcome.proven:
            if id_ not in table:
                raise BadInput(why=f"{outcome.scenario.ref}: kravet {id_} står ikke i processes/krav.yaml")
            table[id_]["scenarios"].append(outcome.scenario.ref)
    return table
