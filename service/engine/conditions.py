"""Conditional events: they happen when their condition becomes true, and again only after it has been false.

A condition is looked at when the wait begins (true already counts as becoming true) and whenever a variable that it can see
is written. Null is not true: what is not known yet has not happened.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.task import Task

from .incidents import Incident
from .model import ConditionTrigger, ManyTriggers
from .routing import Throw

if TYPE_CHECKING:
    from .runtime import Runtime

CREATE, UPDATE = "create", "update"


def begin(runtime: Runtime, task: Task) -> None:
    """Look for the first time. Raises `Incident` when the condition gives no yes or no."""
    runtime.watch(task)
    if not _becomes_true(runtime, task):
        return
    if _leaves_host_alone(runtime, task):
        task.task_spec.fire(runtime, task, {})  # now: the host may be done before anything else happens
    else:
        runtime.thrown.append(Throw("condition", task, ""))


def look_again(runtime: Runtime) -> None:
    """After something was written: at the conditions that can see it."""
    written, runtime.scopes.written = runtime.scopes.written or {}, {}
    for key in sorted(runtime.conditions):  # in the order in which they began, also after a reload
        task = runtime.index[key]
        trigger = task.task_spec.element.trigger
        assert isinstance(trigger, ConditionTrigger)
        chain = task.task_spec.sees(runtime, task)
        if any(
            scope in chain
            and (not trigger.names or name in trigger.names)
            and (not trigger.changes or change in trigger.changes)
            for (scope, name), change in written.items()
        ):
            look_at(runtime, task)


def look_at(runtime: Runtime, task: Task) -> None:
    """At one condition; one that gives no yes or no freezes the event."""
    try:
        if _becomes_true(runtime, task):
            runtime.thrown.append(Throw("condition", task, ""))
    except Incident as incident:
        runtime.freeze(task, incident)
    else:
        runtime.thaw(task)


def interrupts(runtime: Runtime, task: Task, host: Task) -> bool:
    """Whether the condition that has become true ends `host`."""
    owner = _owner(runtime, task)
    if owner is None or not task.task_spec.element.interrupting or _needs_others(owner):
        return False
    return owner is host or owner.internal_data.get("host") == host.id


def _leaves_host_alone(runtime: Runtime, task: Task) -> bool:
    """Whether it stands on an edge, interrupts nothing and needs nothing else to happen."""
    owner = _owner(runtime, task)
    return owner is not None and not task.task_spec.element.interrupting and not _needs_others(owner)


def _owner(runtime: Runtime, task: Task) -> Task | None:
    """The activity on whose edge it stands, or the event of which it is one part."""
    return runtime.index.get(task.internal_data.get("host"))


def _needs_others(owner: Task) -> bool:
    trigger = getattr(owner.task_spec.element, "trigger", None)
    return isinstance(trigger, ManyTriggers) and trigger.all_needed


def _becomes_true(runtime: Runtime, task: Task) -> bool:
    trigger, wait = task.task_spec.element.trigger, task.internal_data["wait"]
    visible = runtime.scopes.visible(task.task_spec.sees(runtime, task))
    value = runtime.evaluator.raw(trigger.condition, visible)
    if value is not None and not isinstance(value, bool):
        raise runtime.evaluator.wrong("Hændelsens betingelse", trigger.condition, value, "sand eller falsk")
    before, wait["was"] = wait["was"], value is True
    return wait["was"] and not before
