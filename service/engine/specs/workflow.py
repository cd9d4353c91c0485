"""Workflows with a place of their own: which process instance they belong to and which scopes they see.

SpiffWorkflow's `Workflow` keeps the tasks and marks completion. Two of its methods are replaced: what is updated after a
task has completed (only waiting joins are), and when a workflow is done (when no token is left in it).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

if TYPE_CHECKING:
    from service.engine.runtime import Runtime
    from service.engine.scopes import Chain

    from .base import ScopeSpec, Token


class QuietTask(Task):
    """A task that changes state without composing a log line: SpiffWorkflow does so even when nobody listens."""

    def _set_state(self, value: int) -> None:
        self._state = value


@dataclass(frozen=True, slots=True)
class Home:
    """A process instance: the root, or a called one inside it."""

    key: int
    called_key: int | None
    """`key` for a called process, None for the root."""
    process_id: str
    definition_key: int
    deployment_key: int
    depth: int = 0
    """How many calls lead here."""


class Inside:
    """What both kinds of workflow share."""

    spec: ScopeSpec
    tasks: dict[int, Task]
    completed: bool
    home: Home
    chain: Chain
    """Keys of the scopes around every element in here, innermost first."""
    entries: tuple[Token, ...] = ()
    """The tokens it begins with, besides its event sub-processes' waits."""

    @property
    def undoing(self) -> bool:
        """Whether it was opened to undo what happened in it."""
        return False

    def live(self) -> list[Task]:
        """Unfinished tasks."""
        return [task for task in self.tasks.values() if task._state & TaskState.NOT_FINISHED_MASK]

    def is_empty(self) -> bool:
        """Whether no token is left."""
        unfinished = TaskState.NOT_FINISHED_MASK
        return not any(task._state & unfinished and task.task_spec.is_token(task) for task in self.tasks.values())

    def tokens(self) -> list[Task]:
        """Unfinished tasks that keep the scope alive: not the waits at its edges."""
        return [task for task in self.live() if task.task_spec.is_token(task)]

    def update_waiting_tasks(self) -> None:
        """Joins look again whether all tokens have come."""
        if not self.spec.gathers:
            return
        for task in [task for task in self.tasks.values() if task._state == TaskState.WAITING]:
            if task._state == TaskState.WAITING:  # one before it may have taken its token along
                task.task_spec._update(task)

    def _task_completed_notify(self, task: Task) -> None:
        self.last_task = task
        self.update_waiting_tasks()
        if not self.completed and self.spec.may_end(self, task):
            self._mark_complete(task)  # type: ignore[attr-defined]
            runtime_of(task).scope_completed(self)


class RootWorkflow(Inside, BpmnWorkflow):
    """The workflow of the root process. The runtime sits in the script engine's place, so every spec reaches it."""

    def __init__(self, spec: ScopeSpec, runtime: Runtime, home: Home) -> None:
        self.home, self.chain = home, (home.key,)
        super().__init__(spec, script_engine=runtime, deserializing=True)

    def get_task_from_id(self, task_id: Any) -> Task:
        """A task of any workflow in the instance, by the runtime's index instead of a search."""
        return self.script_engine.index[task_id]


class NestedWorkflow(Inside, BpmnSubWorkflow):
    """The inside of a sub-process, event sub-process, called process, multi-instance body or ad-hoc sub-process."""

    def __init__(self, spec: ScopeSpec, container: Task, home: Home | None = None) -> None:
        outer = container.workflow
        self.home = home if home is not None else outer.home
        self.chain = (home.key,) if home is not None else (container.id, *outer.chain)
        self.container = container
        super().__init__(spec, container.id, outer.top_workflow, deserializing=True)

    @property
    def undoing(self) -> bool:
        return "undoing" in self.container.internal_data


def runtime_of(task: Task) -> Runtime:
    return task.workflow.top_workflow.script_engine  # type: ignore[no-any-return]
