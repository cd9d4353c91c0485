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

    `id` is a `deadline_key`. `counts` are the working-day counts made while the expression was evaluated: its explanation.
    `due` None: not known yet.
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


class ListenerEvent(StrEnum):
    """What is about to happen to a user task when its listeners are asked."""

    CREATING = "creating"
    ASSIGNING = "assigning"
    UPDATING = "updating"
    COMPLETING = "completing"
    CANCELING = "canceling"
    """It is interrupted, or what it lies in ends: this waits until the listeners have answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWait(WaitBase):
    type: str
    retries: int = 3
    headers: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, Json] = field(default_factory=dict)
    """The element's local variables, that is the results of its input mappings: the handler's parameters."""
    listener: ListenerEvent | None = None
    """The job of a listener of a user task (kind TASK_LISTENER); None for an element's own job."""


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
    by: str | None = None
    """Who completed a task, when somebody else's act (a listener's) let it happen."""
    values: Mapping[str, Json] | None = None
    """What she had filled in then; None when the one who completes it is here."""


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
    TASK_LISTENER_NO_RETRIES = "TASK_LISTENER_NO_RETRIES"
    DISPATCH_FAILED = "DISPATCH_FAILED"
    """Our own: a letter or mail could not be delivered, or nobody knows whether it was."""
    EFFECT_FAILED = "EFFECT_FAILED"
    """Our own: something that runs inside the step's transaction could not be done (deadline unknown, no case …)."""
    ENDLESS_LOOP = "ENDLESS_LOOP"
    """Our own: very many elements ran one after another without a wait. Trying again lets as many more run."""


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


# -- waits as stored ----------------------------------------------------------------------------------------------------


class TaskStatus(StrEnum):
    CREATED = "CREATED"
    COMPLETED = "COMPLETED"
    CANCELED = "CANCELED"


@dataclass(frozen=True, slots=True, kw_only=True)
class UserTask:
    """A user task as stored. The row stays after completion, for history and figures."""

    instance_key: int
    key: int
    element_id: str
    name: str
    element_instance_key: int
    process_id: str
    definition_key: int
    called_key: int | None
    case_key: int | None
    status: TaskStatus
    created_at: datetime
    form_id: str | None
    form_key: int | None
    external_form: str | None
    assignee: str | None
    candidate_groups: tuple[str, ...]
    candidate_users: tuple[str, ...]
    due: datetime | None
    follow_up: datetime | None
    priority: int
    deadline_id: str | None
    suspended: bool
    """The instance is suspended, or the task's deadline is paused (i bero)."""
    headers: Mapping[str, str]
    prefill: Mapping[str, Json]
    completed_at: datetime | None = None
    completed_by: str | None = None


class JobStatus(StrEnum):
    OPEN = "open"
    """Waits to be claimed (or is claimed: then it has a lease)."""
    SENDING = "sending"
    """The handler is done; the job is completed when its dispatches have been delivered."""
    FAILED = "failed"
    """Retries spent; an incident stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    instance_key: int
    key: int
    type: str
    element_id: str
    element_name: str
    element_instance_key: int
    process_id: str
    case_key: int | None
    folder: str
    status: JobStatus
    retries: int
    attempts: int
    next_at: datetime
    lease_token: str | None
    lease_until: datetime | None
    idempotency_key: str
    headers: Mapping[str, str]
    variables: Mapping[str, Json]
    listener: ListenerEvent | None = None


class TimerUse(StrEnum):
    PROCESS = "process"
    """Moves the instance: `TimerFired`."""
    REMINDER_SOON = "reminder_soon"
    REMINDER_OVERDUE = "reminder_overdue"
    REMINDER_SECOND = "reminder_second"
    REVIEW = "review"
    """Evaluates the instance's bound deadlines again, because the calendar has changed."""
    WEEKLY = "weekly"
    """The list of overdue tasks for the leaders of units; one row for the whole installation."""
    START = "start"
    """A timer start event of the latest version of a process; `instance_key` is the definition's key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    instance_key: int
    key: int
    """The wait's key; for reminders a key of its own."""
    use: TimerUse
    due: datetime | None
    wait_key: int
    """The wait it is about: for reminders the user task."""
    deadline_id: str | None
    lease_token: str | None
    attempts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    instance_key: int
    key: int
    kind: WaitKind
    name: str
    process_id: str
    """Of the process it lies in; one message reaches at most one subscription per process id."""
    element_id: str
    element_name: str
    called_key: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSubscription:
    """A message or signal start event of the latest version of a process."""

    definition_key: int
    process_id: str
    element_id: str
    kind: WaitKind
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    instance_key: int
    key: int
    type: IncidentType
    message: str
    element_id: str
    element_name: str
    element_instance_key: int
    process_id: str
    called_key: int | None
    case_key: int | None
    job_key: int | None
    dispatch_key: int | None
    opened_at: datetime
    resolved_at: datetime | None = None
    resolved_by: str | None = None
