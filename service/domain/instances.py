"""Process instances: what moves them (a stimulus), what a move gives (a step), and which states they may take."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from service.domain.facts import Effect, ElementChange, FlowTaken
from service.domain.json import Json, Variables
from service.domain.waits import Closed, DueChanged, IncidentOpened, ListenerEvent, UserTaskWait, Wait


class InstanceStatus(StrEnum):
    ACTIVE = "ACTIVE"
    COMPLETED = "COMPLETED"
    TERMINATED = "TERMINATED"


ALLOWED: Mapping[InstanceStatus, frozenset[InstanceStatus]] = {
    InstanceStatus.ACTIVE: frozenset({InstanceStatus.COMPLETED, InstanceStatus.TERMINATED}),
    InstanceStatus.COMPLETED: frozenset(),
    InstanceStatus.TERMINATED: frozenset(),
}
"""The life of an instance. Suspension is a flag beside the status: a suspended instance is ACTIVE and its timers wait."""


# -- stimuli: the only things that move an instance ---------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Start:
    """Begin a new instance of one definition.

    `start_event` is the id of the start event that fired (message, timer, signal), None for the none start event.
    `variables` are the instance's first variables; `payload` is what a message brought, mapped as the start event says.
    """

    definition_key: int
    instance_key: int
    variables: Variables = field(default_factory=dict)
    start_event: str | None = None
    payload: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TaskCompleted:
    """A user task (by its wait key) was completed with these result variables, by somebody."""

    key: int
    variables: Variables = field(default_factory=dict)
    by: str | None = None


@dataclass(frozen=True, slots=True)
class TaskChanged:
    """Somebody wants to assign (`assigning`) or change (`updating`) a user task that has listeners.

    `changes`: `assignee`, `candidateGroups`, `candidateUsers`, `dueDate`, `followUpDate`, `priority`; None keeps, "" or []
    clears.
    """

    key: int
    event: ListenerEvent
    changes: Variables


@dataclass(frozen=True, slots=True)
class JobCompleted:
    """`corrections` (as in `TaskChanged`), `denied` (why) and `added` are for the jobs of listeners."""

    key: int
    variables: Variables = field(default_factory=dict)
    corrections: Variables = field(default_factory=dict)
    denied: str | None = None
    added: Variables = field(default_factory=dict)
    """Goes with what was filled in, when the listener has let a task be completed."""


@dataclass(frozen=True, slots=True)
class ErrorThrown:
    """The worker of a job (by its wait key) threw a BPMN error; `variables` become local to the catching event."""

    key: int
    code: str
    message: str = ""
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class TimerFired:
    key: int


@dataclass(frozen=True, slots=True)
class Correlated:
    """A message or a signal reached the subscription with this wait key."""

    key: int
    variables: Variables = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class IncidentResolved:
    """Retry what failed at this element instance (activation or completion)."""

    element_instance_key: int


@dataclass(frozen=True, slots=True)
class ElementsActivated:
    """Start activities of the ad-hoc sub-process with this element instance key; each may bring local variables."""

    element_instance_key: int
    elements: tuple[tuple[str, Variables], ...]


@dataclass(frozen=True, slots=True)
class VariablesSet:
    """Write variables from outside: exactly in that scope if `local`, else by the propagation rule from it outwards.

    `scope_key` is an element instance key, or an instance key for its outermost scope.
    """

    scope_key: int
    variables: Variables
    local: bool = False


@dataclass(frozen=True, slots=True)
class DeadlinesReviewed:
    """Evaluate open bound expressions again: the calendar changed, or a pause ended with recomputation."""

    deadline_ids: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Cancelled:
    """End the instance from outside; everything open in it is terminated, user tasks with `canceling` listeners when those
    have answered.
    """

    at_once: bool = False
    """Do not wait for them."""


Stimulus = (
    Start
    | TaskCompleted
    | TaskChanged
    | JobCompleted
    | ErrorThrown
    | TimerFired
    | Correlated
    | IncidentResolved
    | ElementsActivated
    | VariablesSet
    | DeadlinesReviewed
    | Cancelled
)


# -- the answer ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CalledInstance:
    """A called process as a row of its own; its state lives in the root's. `ended` None means it began in this step and goes on."""

    key: int
    definition_key: int
    parent_key: int
    parent_element_instance_key: int
    started: bool
    ended: InstanceStatus | None


@dataclass(frozen=True, slots=True)
class Step:
    """What one stimulus did. Nothing in it has happened until the use case stores all of it in one transaction.

    Promises: the instance has come to rest; `opened` and `closed` speak of waits that outlive the step (one opened and
    closed within it appears in neither); every list is in the order in which things happened.
    """

    state: bytes
    """The new state, encoded and compressed, not yet encrypted. Same input gives the same rest, not the same bytes."""
    status: InstanceStatus
    opened: tuple[Wait, ...] = ()
    closed: tuple[Closed, ...] = ()
    due_changes: tuple[DueChanged, ...] = ()
    task_changes: tuple[UserTaskWait, ...] = ()
    """Open user tasks with the assignee, candidates, follow-up date and priority that they have now."""
    incidents: tuple[IncidentOpened, ...] = ()
    """One for an element that had one already replaces it: the retry failed again."""
    incidents_gone: tuple[int, ...] = ()
    """Element instance keys whose incident no longer stands (retried with success, or the element was terminated)."""
    elements: tuple[ElementChange, ...] = ()
    flows: tuple[FlowTaken, ...] = ()
    effects: tuple[Effect, ...] = ()
    called: tuple[CalledInstance, ...] = ()
    variables: Variables = field(default_factory=dict)
    """All variables of the root process scope after the step (read only)."""
    changed: frozenset[str] = frozenset()
    """Names in the root process scope that were written in this step."""


@dataclass(frozen=True, slots=True)
class ScopeView:
    """One scope of a state, for reading: the element instance it belongs to and its own variables."""

    key: int
    element_id: str
    parent_key: int | None
    called_key: int | None
    variables: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A process instance as stored. Called instances have a row without a state; their root owns it."""

    key: int
    root_key: int
    process_id: str
    definition_key: int
    definition_version: int
    status: InstanceStatus
    started_at: datetime
    ended_at: datetime | None = None
    suspended: bool = False
    case_key: int | None = None
    parent_key: int | None = None
    parent_element_instance_key: int | None = None
    version: int = 1
    """Grows by one with every step; a step computed on an older version is refused."""
    state: bytes | None = None
    """Decoded for the engine (decrypted); None on called instances and where only the row was asked for."""
    end_event: str | None = None
    """Id of the end event that completed the process last."""
