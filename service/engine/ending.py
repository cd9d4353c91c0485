"""Ending from outside: an element that is interrupted, or whose scope or instance ends, goes at once; but user tasks with
listeners that are asked first stay until those have answered, the containers around them stay with them, and what
interrupted them is held.

Kept in `internal_data`: `ending` of what only waits to end; `held` of what interrupts, the ids of those it waits for.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from SpiffWorkflow.task import Task

from service.domain.errors import WrongState
from service.domain.instances import InstanceStatus
from service.domain.waits import CloseReason

if TYPE_CHECKING:
    from .runtime import Runtime


def end_others(runtime: Runtime, task: Task) -> list[int]:
    """Terminate everything else in the task's scope; ids of those that end later, when who is asked has answered."""
    return end_all(runtime, [other for other in task.workflow.live() if other is not task])


def end_all(runtime: Runtime, tasks: Iterable[Task]) -> list[int]:
    """Terminate them (what waits on the edge of one goes with it); ids of those that end later."""
    return [task.id for task in tasks if "host" not in task.internal_data and not task.task_spec.end(runtime, task)]


def begin_to_end(runtime: Runtime, task: Task) -> None:
    """Nothing happens to the element any more, but it still has to wait before it ends."""
    runtime.close_waits(task, CloseReason.TERMINATED)
    runtime.thaw(task)
    runtime.detach_all(task)
    task.internal_data["ending"] = True


def hold(task: Task, ending: list[int]) -> None:
    """What interrupts goes on when these elements of its scope have ended: its spec is told (`released`)."""
    task.internal_data["held"] = ending


def ended(runtime: Runtime, task: Task) -> None:
    """An element that had begun to end has nothing left to wait for. What held goes on; what it lies in may end too."""
    task.cancel()
    workflow = task.workflow
    for other in workflow.live():
        held = other.internal_data.get("held", ())
        if task.id in held:
            held.remove(task.id)
            if not held:
                del other.internal_data["held"]
                other.task_spec.released(runtime, other)
    container = getattr(workflow, "container", None)
    ending = runtime.ending if container is None else "ending" in container.internal_data
    if not ending:
        workflow._task_completed_notify(task)
    elif workflow.is_empty():
        if container is None:
            end_instance(runtime, at_once=True)
        else:
            ended(runtime, container)


def end_instance(runtime: Runtime, *, at_once: bool) -> None:
    """End it: now, or when those who are asked first have answered. Raises `WrongState` when it ends already."""
    if runtime.ending and not at_once:
        raise WrongState(
            why="forløbet er allerede ved at blive annulleret og venter på en lytter. Annullér uden at vente, hvis den ikke svarer"
        )
    runtime.ending = True
    if at_once or not end_all(runtime, runtime.top.live()):
        runtime.top.cancel()
        runtime.status = InstanceStatus.TERMINATED
