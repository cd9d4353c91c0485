"""What a resting instance waits for. Each wait becomes a row of its own table; no state is read to find out what is due.

Keys: every wait has a `key` of its own. For user tasks, jobs, receive tasks and intermediate events it is also the element
instance key. `instance_key` of the row is the root instance (which owns the state); `called_key` is the called process
instance in which the element lies, None in the root process itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from service.domain.deadlines import Count
from service.domain.json import Json


class WaitKind(StrEnum):
    USER_TASK = "user_task"
    JOB = "job"
    TIMER = "timer"
    MESSAGE = "message"
    SIGNAL = "signal"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadlineBinding:
    """A due instant that is bound to a deadline row of the case (`<forloeb:frist id>`).

    `counts` are the working-day counts made while the expression was evaluated: its explanation. `due` None: not known yet.
    """

    id: str
    name: str
    due: datetime | None
    counts: tuple[Count, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitBase:
    key: int
    element_id: str
    element_name: str
    element_instance_key: int
    process_id: str
    called_key: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTaskWait(WaitBase):
    form_id: str | None = None
    form_key: int | None = None
    """Key of the form version that was resolved on activation; None when the task has no form or an external one."""
    external_form: str | None = None
    assignee: str | None = None
    candidate_groups: tuple[str, ...] = ()
    candidate_users: tuple[str, ...] = ()
    due: datetime | None = None
    deadline: DeadlineBinding | None = None
    follow_up: datetime | None = None
    priority: int = 50
    headers: Mapping[str, str] = field(default_factory=dict)
    prefill: Mapping[str, Json] = field(default_factory=dict)
    """The element's local variables (its input mappings): what the form is prefilled from besides the case."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWait(WaitBase):
    type: str
    retries: int = 3
    headers: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Json] = field(default_factory=dict)
    """The element's local variables, that is the results of its input mappings: the handler's parameters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerWait(WaitBase):
    due: datetime | None
    """None: bound to a deadline without an instant yet; it waits unarmed."""
    deadline: DeadlineBinding | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SubscriptionWait(WaitBase):
    kind: WaitKind
    name: str
    correlation_key: str | None = None


Wait = UserTaskWait | JobWait | TimerWait | SubscriptionWait


class CloseReason(StrEnum):
    COMPLETED = "completed"
    TERMINATED = "terminated"


@dataclass(frozen=True, slots=True)
class Closed:
    """This wait is over. A repeating timer or a non-interrupting event that goes on waiting is not closed."""

    kind: WaitKind
    key: int
    reason: CloseReason


@dataclass(frozen=True, slots=True)
class DueChanged:
    """An open timer or user task got another due instant (re-evaluated binding, or the next beat of a cycle)."""

    kind: WaitKind
    key: int
    due: datetime | None
    deadline: DeadlineBinding | None = None


class IncidentType(StrEnum):
    JOB_NO_RETRIES = "JOB_NO_RETRIES"
    CONDITION_ERROR = "CONDITION_ERROR"
    EXTRACT_VALUE_ERROR = "EXTRACT_VALUE_ERROR"
    IO_MAPPING_ERROR = "IO_MAPPING_ERROR"
    CALLED_ELEMENT_ERROR = "CALLED_ELEMENT_ERROR"
    CALLED_DECISION_ERROR = "CALLED_DECISION_ERROR"
    DECISION_EVALUATION_ERROR = "DECISION_EVALUATION_ERROR"
    FORM_NOT_FOUND = "FORM_NOT_FOUND"
    UNHANDLED_ERROR_EVENT = "UNHANDLED_ERROR_EVENT"
    EFFECT_FAILED = "EFFECT_FAILED"
    """Our own: something that runs inside the step's transaction could not be done (deadline unknown, no case …)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOpened:
    """One element instance is frozen; the rest of the instance goes on. `message` is Danish and says how to mend it."""

    type: IncidentType
    message: str
    element_id: str
    element_name: str
    element_instance_key: int
    process_id: str
    called_key: int | None = None
