"""What happened in a step besides the waits: elements that began and ended, flows taken, effects to carry out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from service.domain.json import Variables


class ElementState(StrEnum):
    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"


@dataclass(frozen=True, slots=True)
class ElementChange:
    """An element instance began (`started`), ended (`state` COMPLETED or TERMINATED), or both, in this step.

    `scope_key` is the element instance (or process instance) around it. `type` is the BPMN element name (`userTask` …),
    `multiInstanceBody` for the body around the instances of a multi-instance activity.
    """

    key: int
    element_id: str
    type: str
    process_id: str
    scope_key: int
    called_key: int | None
    started: bool
    state: ElementState


@dataclass(frozen=True, slots=True)
class FlowTaken:
    flow_id: str
    process_id: str
    called_key: int | None


# -- effects: carried out by the use case inside the step's own transaction ---------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectBase:
    element_id: str
    element_instance_key: int


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusSet(EffectBase):
    """`<forloeb:status value>`: the case takes this status."""

    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePublished(EffectBase):
    """Job type `forloeb:besked`: inputs `navn`, `noegle`, `variabler`, `levetid` (ISO duration, default PT0S)."""

    name: str
    correlation_key: str
    variables: Variables = field(default_factory=dict)
    time_to_live_ms: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SignalThrown(EffectBase):
    """A signal for everybody who waits in other instances, and for signal starts; this instance's own waits have had it."""

    name: str
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinesPaused(EffectBase):
    """Job type `forloeb:frist.pause`: input `frister` (list of deadline ids; absent: those counted in working days)."""

    deadline_ids: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlinesResumed(EffectBase):
    """Job type `forloeb:frist.genoptag`: input `genberegn` (list of ids to compute anew; the others keep or move)."""

    recompute: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineExtended(EffectBase):
    """Job type `forloeb:frist.forlaeng`: inputs `frist` (id), `til` (date or date-time), `begrundelse`."""

    deadline_id: str
    until: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchesWithdrawn(EffectBase):
    """Job type `forloeb:annuller-forsendelser`: letters and mail of the case not yet sent are withdrawn."""


Effect = (
    StatusSet
    | MessagePublished
    | SignalThrown
    | DeadlinesPaused
    | DeadlinesResumed
    | DeadlineExtended
    | DispatchesWithdrawn
)
