"""Where what is thrown goes: errors and escalations outwards scope by scope, to the nearest catcher, the exact code before
any code; signals to all who wait.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from service.domain.json import Variables
from service.domain.waits import IncidentType, WaitKind

from .incidents import Incident

if TYPE_CHECKING:
    from .runtime import Runtime


@dataclass(frozen=True, slots=True)
class Throw:
    """An `error`, `escalation` or `cancel` on its way out from an element, or a `signal` to all; `code` is a signal's name.
    Or a `condition` that has become true: `task` then is the wait for it.
    """

    kind: str
    task: Task
    code: str
    message: str = ""
    variables: Variables = field(default_factory=dict)


def deliver(runtime: Runtime, thrown: Throw) -> None:
    """Bring it to who waits for it. The thrower ends, goes on, or is frozen when nobody catches an error.

    Not to be called within a task's own run: the catcher may cancel that task.
    """
    task = thrown.task
    if task._state != TaskState.STARTED:
        return
    if thrown.kind == "condition":
        if "wait" in task.internal_data:
            task.task_spec.fire(runtime, task, {})
        return
    if thrown.kind == "error":
        _deliver_error(runtime, thrown)
        return
    if thrown.kind == "signal":
        catchers = _waiting_for_signal(runtime, thrown.code)
    else:
        nearest = _find_catcher(runtime, thrown)
        catchers = [] if nearest is None else [nearest]
    for catcher in catchers:
        if "wait" in catcher.internal_data:  # one before it may have ended this one
            catcher.task_spec.fire(runtime, catcher, thrown.variables)
    if task._state == TaskState.STARTED:
        runtime.finish(task, {})


def _deliver_error(runtime: Runtime, thrown: Throw) -> None:
    catcher = _find_catcher(runtime, thrown)
    if catcher is not None:
        payload = {**thrown.variables, "errorCode": thrown.code, "errorMessage": thrown.message}
        catcher.task_spec.fire(runtime, catcher, payload, local=True)
        return
    told = f" ({thrown.message})" if thrown.message else ""
    runtime.freeze(
        thrown.task,
        Incident(
            IncidentType.UNHANDLED_ERROR_EVENT,
            f"Fejlen '{thrown.code}'{told} blev kastet, og ingen hændelse griber den. "
            "Ret årsagen, og prøv igen, eller tegn en fejlhændelse i næste version.",
        ),
    )


def _waiting_for_signal(runtime: Runtime, name: str) -> list[Task]:
    """All waits of the instance for that signal, in the order in which they began (also after a reload)."""
    found = []
    for _, task in sorted(runtime.index.items()):
        wait = task.internal_data.get("wait")
        if wait is not None and wait["k"] == WaitKind.SIGNAL and wait["name"] == name:
            found.append(task)
    return found


def _find_catcher(runtime: Runtime, thrown: Throw) -> Task | None:
    """The wait that catches it: events on the edge of each element outwards, then event sub-processes around it. What an
    event sub-process throws is not its own to catch: thrown again, it goes on outwards.
    """
    host: Task | None = thrown.task
    while host is not None:
        for level in (runtime.attached(host), _catchers(host)):
            found = _best(_with_parts(runtime, level), thrown)
            if found is not None:
                return found
        host = getattr(host.workflow, "container", None)
    return None


def _catchers(task: Task) -> Iterator[Task]:
    for catcher in task.workflow.spec.catchers:
        if catcher.container is task.task_spec:
            continue
        for other in task.workflow.tasks.values():
            if other.task_spec is catcher and other._state == TaskState.STARTED:
                yield other


def _with_parts(runtime: Runtime, level: Iterable[Task]) -> Iterator[Task]:
    """The waits, and those inside them where one event waits for several things."""
    for task in level:
        yield task
        yield from runtime.attached(task)


def _best(level: Iterable[Task], thrown: Throw) -> Task | None:
    fitting = []
    for task in level:
        wait = task.internal_data.get("wait")
        if wait is not None and wait["k"] == thrown.kind and wait["code"] in {None, thrown.code}:
            fitting.append(task)
    return min(fitting, key=lambda task: task.internal_data["wait"]["code"] is None, default=None)
