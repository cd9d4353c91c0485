"""Opening waits for events: what an element waits for becomes a wait row, and a short note in the task's own data.

The note (`internal_data["wait"]`) holds what the engine needs when the stimulus comes: `k` kind, `due`, `since` (when the
wait began, as of which a bound expression is evaluated), `left` and `cycle` of a repeating timer, `code` of an error,
`name` of a signal, `was` whether a condition held when it was last looked at, `bound` the id of the deadline's row.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task

from service.domain.deadlines import Count, deadline_key
from service.domain.waits import DeadlineBinding, IncidentType, SubscriptionWait, TimerWait, WaitKind

from . import conditions
from .expressions import demand_instant, source_of
from .incidents import Incident
from .model import (
    CancelTrigger,
    ConditionTrigger,
    ErrorTrigger,
    EscalationTrigger,
    MessageTrigger,
    SignalTrigger,
    TimerTrigger,
    Trigger,
    Value,
)
from .scopes import Chain
from .timing import TimingFault, after, read_cycle, read_duration

if TYPE_CHECKING:
    from .runtime import Runtime

KINDS = frozenset(WaitKind)
"""Kinds of notes that have a wait row; errors, escalations, cancelling and conditions are the engine's own matter."""
CONDITION = "condition"


def subscribe(runtime: Runtime, task: Task, trigger: Trigger, chain: Chain, element_instance_key: int) -> None:
    """Begin to wait for the trigger; expressions see the variables of `chain`. Raises `Incident`."""
    visible = runtime.scopes.visible(chain)
    base = runtime.wait_base(task, element_instance_key)
    match trigger:
        case TimerTrigger():
            _open_timer(runtime, task, trigger, chain, base)
        case MessageTrigger():
            name = runtime.evaluator.text(trigger.name, visible, "Beskedens navn")
            key = None if trigger.key is None else runtime.evaluator.key(trigger.key, visible, "Korrelationsnøglen")
            note(task, WaitKind.MESSAGE)
            runtime.ledger.open(SubscriptionWait(**base, kind=WaitKind.MESSAGE, name=name, correlation_key=key))
        case SignalTrigger():
            name = runtime.evaluator.text(trigger.name, visible, "Signalets navn")
            note(task, WaitKind.SIGNAL, name=name)
            runtime.ledger.open(SubscriptionWait(**base, kind=WaitKind.SIGNAL, name=name))
        case ErrorTrigger():
            note(task, "error", code=trigger.code)
        case EscalationTrigger():
            note(task, "escalation", code=trigger.code)
        case CancelTrigger():
            note(task, "cancel", code=None)
        case ConditionTrigger():
            note(task, CONDITION, was=False)
            conditions.begin(runtime, task)
        case _:
            raise AssertionError(f"nothing waits for {trigger}")


def note(task: Task, kind: str, **more: Any) -> None:
    task.internal_data["wait"] = {"k": str(kind), **more}


def _open_timer(runtime: Runtime, task: Task, trigger: TimerTrigger, chain: Chain, base: dict[str, Any]) -> None:
    if trigger.form == "timeCycle":
        due, more = _first_beat(runtime, trigger, chain)
        binding = None
    else:
        due, binding = timer_due(runtime, task, trigger, chain, runtime.now)
        more = {"since": runtime.now.isoformat()}
    note(task, WaitKind.TIMER, due=due.isoformat() if due is not None else None, **more)
    if binding is not None:
        runtime.bind(task, binding)
    runtime.ledger.open(TimerWait(**base, due=due, deadline=binding))


def timer_due(
    runtime: Runtime, task: Task, trigger: TimerTrigger, chain: Chain, since: datetime
) -> tuple[datetime | None, DeadlineBinding | None]:
    """When a date or duration is due, as of `since`. None only where a deadline is bound. Raises `Incident`."""
    what = "Timerens tidspunkt"
    value, counts = runtime.evaluator.explained(trigger.value, runtime.scopes.visible(chain), since)
    due = demand_instant(value, what) if trigger.form == "timeDate" else _duration_due(trigger.value, value, since)
    binding = deadline(runtime, task, due, counts)
    if due is None and binding is None:
        raise runtime.evaluator.wrong(what, trigger.value, value, "et tidspunkt eller en varighed")
    return due, binding


def _duration_due(drawn_as: Value, value: Any, since: datetime) -> datetime | None:
    try:
        duration = read_duration(value)
        return None if duration is None else after(since, duration)
    except TimingFault as fault:
        raise Incident(
            IncidentType.EXTRACT_VALUE_ERROR,
            f"Timerens varighed: {fault.discreet} Udtrykket er {source_of(drawn_as)}. Ret det, og prøv igen.",
        ) from None


def _first_beat(runtime: Runtime, trigger: TimerTrigger, chain: Chain) -> tuple[datetime | None, dict[str, Any]]:
    value = runtime.evaluator.raw(trigger.value, runtime.scopes.visible(chain))
    try:
        cycle = read_cycle(value)
        due = cycle.first(runtime.now)
    except TimingFault as fault:
        raise Incident(
            IncidentType.EXTRACT_VALUE_ERROR, f"Timerens gentagelse: {fault.discreet} Ret den, og prøv igen."
        ) from None
    if due is None:
        raise runtime.evaluator.wrong("Timerens gentagelse", trigger.value, value, "en gentagelse, der kommer igen")
    return due, {"cycle": value, "left": cycle.count, "since": runtime.now.isoformat()}


def next_beat(wait: dict[str, Any], now: datetime) -> datetime | None:
    """The next due of a repeating timer that fires now, noted in `wait`; None when it was the last."""
    if "cycle" not in wait:
        return None
    since = datetime.fromisoformat(wait["since"]) if "since" in wait else None
    due, passed = read_cycle(wait["cycle"]).next(datetime.fromisoformat(wait["due"]), now, since)
    if wait["left"] is not None:
        wait["left"] -= passed
        if wait["left"] <= 0:
            return None
    wait["due"] = due.isoformat() if due is not None else None
    return due


def deadline(runtime: Runtime, task: Task, due: datetime | None, counts: tuple[Count, ...]) -> DeadlineBinding | None:
    """The binding to a deadline row, when the element has one."""
    element = task.task_spec.element
    if element.deadline_id is None:
        return None
    bound = task.internal_data.get("wait", {}).get("bound")
    if bound is None:
        bound = deadline_key(element.deadline_id, _home(runtime, task))
    elif bound is True:  # it began to wait before each scope had deadlines of its own
        bound = element.deadline_id
    return DeadlineBinding(id=bound, name=element.name or element.id, due=due, counts=counts)


def _home(runtime: Runtime, task: Task) -> int:
    """Key of the scope that the element's deadline belongs to, or of the element itself."""
    element, workflow = task.task_spec.element, task.workflow
    home = runtime.program(workflow.home.definition_key).deadline_homes[element.deadline_id]
    if home == element.id:
        return int(task.id)
    while workflow.spec.name != home:
        workflow = workflow.container.workflow
    return int(workflow.chain[0])
