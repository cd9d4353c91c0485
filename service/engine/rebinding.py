"""Bound deadlines: open due expressions are evaluated anew when what they read has changed.

They are evaluated as of the moment the wait began, so a running deadline never starts over because something else changed.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from SpiffWorkflow.task import Task

from service.domain.waits import DeadlineBinding, WaitKind

from .incidents import Incident
from .model import Formula, Value
from .specs.activities import UserTask, user_due
from .subscriptions import timer_due

if TYPE_CHECKING:
    from .runtime import Runtime


def rebind_changed(runtime: Runtime) -> None:
    """After a step: those whose variables were written in it."""
    for key in sorted(runtime.bound):
        task = runtime.index[key]
        names = _names(_due_value(task))
        if not names.isdisjoint(runtime.scopes.changed):
            rebind(runtime, task, always=False)


def review(runtime: Runtime, deadline_ids: frozenset[str] | None) -> None:
    """All of them, or those with these ids; told also when nothing moved, for the row may have been moved by hand."""
    for key in sorted(runtime.bound):
        task = runtime.index[key]
        if deadline_ids is None or task.task_spec.element.deadline_id in deadline_ids:
            rebind(runtime, task, always=True)


def rebind(runtime: Runtime, task: Task, *, always: bool) -> None:
    """Evaluate one again. A result that cannot be used freezes the element and leaves the due as it was."""
    wait = task.internal_data["wait"]
    before = datetime.fromisoformat(wait["due"]) if wait["due"] is not None else None
    try:
        due, binding = _evaluate(runtime, task, datetime.fromisoformat(wait["since"]))
    except Incident as incident:
        runtime.freeze(task, incident)
        return
    runtime.thaw(task)
    if always or due != before:
        wait["due"] = due.isoformat() if due is not None else None
        runtime.ledger.change_due(WaitKind(wait["k"]), task.id, due, binding)


def _evaluate(runtime: Runtime, task: Task, since: datetime) -> tuple[datetime | None, DeadlineBinding | None]:
    spec = task.task_spec
    if isinstance(spec, UserTask):
        return user_due(runtime, task, since)
    return timer_due(runtime, task, spec.element.trigger, spec.sees(runtime, task), since)


def _due_value(task: Task) -> Value | None:
    element = task.task_spec.element
    value: Value | None = element.work.due if isinstance(task.task_spec, UserTask) else element.trigger.value
    return value


def _names(value: Value | None) -> frozenset[str]:
    return value.names if isinstance(value, Formula) else frozenset()
