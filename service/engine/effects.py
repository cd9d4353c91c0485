"""Job types of our own: carried out by the use case inside the step's own transaction, so complete at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from service.domain.facts import (
    DeadlineExtended,
    DeadlinesPaused,
    DeadlinesResumed,
    DispatchesWithdrawn,
    Effect,
    MessagePublished,
)
from service.domain.json import Json, Variables
from service.domain.waits import IncidentType

from .incidents import Incident
from .timing import TimingFault, after, read_duration

NO_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def effect_of(kind: str, element_id: str, key: int, inputs: Variables) -> Effect:
    """What a job of our own does; `inputs` are the element's local variables. Raises `Incident` for bad ones."""
    return _EFFECTS[kind]({"element_id": element_id, "element_instance_key": key}, _Inputs(kind, inputs))


class _Inputs:
    """The job's parameters, checked."""

    def __init__(self, kind: str, values: Variables) -> None:
        self.kind, self.values = kind, values

    def refuse(self, name: str, wanted: str) -> Incident:
        shown = "mangler" if self.values.get(name) is None else "kan ikke bruges"
        return Incident(
            IncidentType.EXTRACT_VALUE_ERROR,
            f"Input '{name}' til {self.kind} {shown}; det skal være {wanted}. Ret input eller variablerne, og prøv igen.",
        )

    def text(self, name: str) -> str:
        value = self.values.get(name)
        if not isinstance(value, str) or not value.strip():
            raise self.refuse(name, "en tekst")
        return value

    def key(self, name: str) -> str:
        """A correlation key: text or number; none at all when the input is not drawn."""
        if name not in self.values:
            return ""
        value = self.values[name]
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise self.refuse(name, "en tekst eller et tal")
        return str(value)

    def ids(self, name: str) -> tuple[str, ...] | None:
        value = self.values.get(name)
        if value is None:
            return None
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise self.refuse(name, "en liste af fristers id'er")
        return tuple(value)

    def context(self, name: str) -> Mapping[str, Json]:
        value = self.values.get(name)
        if value is None:
            return {}
        if not isinstance(value, dict):
            raise self.refuse(name, "et objekt")
        return value

    def milliseconds(self, name: str) -> int:
        try:
            duration = read_duration(self.values.get(name))
            return 0 if duration is None else int((after(NO_TIME, duration) - NO_TIME).total_seconds() * 1000)
        except TimingFault:
            raise self.refuse(name, "en varighed, fx PT0S eller P1D") from None


_Base = dict[str, Any]


def _message(base: _Base, inputs: _Inputs) -> Effect:
    return MessagePublished(
        **base,
        name=inputs.text("navn"),
        correlation_key=inputs.key("noegle"),
        variables=inputs.context("variabler"),
        time_to_live_ms=inputs.milliseconds("levetid"),
    )


_EFFECTS: Mapping[str, Callable[[_Base, _Inputs], Effect]] = {
    "forloeb:frist.pause": lambda base, inputs: DeadlinesPaused(**base, deadline_ids=inputs.ids("frister")),
    "forloeb:frist.genoptag": lambda base, inputs: DeadlinesResumed(**base, recompute=inputs.ids("genberegn") or ()),
    "forloeb:frist.forlaeng": lambda base, inputs: DeadlineExtended(
        **base, deadline_id=inputs.text("frist"), until=inputs.text("til"), reason=inputs.text("begrundelse")
    ),
    "forloeb:besked": _message,
    "forloeb:annuller-forsendelser": lambda base, _: DispatchesWithdrawn(**base),
}
EFFECT_JOBS = frozenset(_EFFECTS)
