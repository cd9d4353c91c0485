"""Forget finished tasks: what is kept of a workflow is its root and what is unfinished, hung under the root."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from .runtime import Runtime
    from .specs.workflow import Inside


def prune(runtime: Runtime) -> None:
    """In all workflows of the instance. Between runs only: no task may be in the middle of its own run."""
    for workflow in (runtime.top, *runtime.top.subprocesses.values()):
        _prune(workflow, runtime)


def _prune(workflow: Inside, runtime: Runtime) -> None:
    root = workflow.task_tree  # type: ignore[attr-defined]
    tasks = workflow.tasks
    gone = [key for key, task in tasks.items() if task is not root and task._state & TaskState.FINISHED_MASK]
    if not gone:
        return
    for key in gone:
        del tasks[key]
        runtime.index.pop(key, None)
    for task in tasks.values():
        task._children = []
        task._parent = None if task is root else root.id
    root._children = [key for key in tasks if key != root.id]
    workflow.last_task = None
