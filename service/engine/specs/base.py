"""The base of all task specs, and of the scopes they live in.

Nothing is predicted: tasks are made when a token comes, so SpiffWorkflow's prediction never runs.

An element goes through phases that are kept in `task.internal_data["at"]`, so that a retry after an incident goes on where
it failed. SpiffWorkflow's hooks that are replaced here, each held by a test in `tests/engine/test_spiffworkflow.py`:

- `_update_hook`: no data is inherited; a token that arrives is ready.
- `_on_ready_hook`: the element begins and stands in the run queue.
- `_run_hook`: does the work. None leaves the task STARTED (a wait); an `Incident` does too, and is written down.
- `_on_complete_hook`: makes the tokens that follow.
- `_on_cancel`: takes back what the element had opened.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.control import BpmnStartTask
from SpiffWorkflow.bpmn.specs.mixins.bpmn_spec_mixin import BpmnSpecMixin
from SpiffWorkflow.task import Task

from service.domain.json import Variables
from service.engine.incidents import Incident
from service.engine.model import Element, Flow

from .workflow import Inside, runtime_of

if TYPE_CHECKING:
    from service.engine.runtime import Runtime


class Phase(StrEnum):
    ACTIVATING = "in"
    WAITING = "wait"
    COMPLETING = "out"
    """There is a result; output mappings come next."""
    LEAVING = "leave"
    """Outputs are written; what the scope around asks of a finished element comes next."""


@dataclass(frozen=True, slots=True)
class Token:
    """A token to be placed: the spec it stands on, its private data, its local variables."""

    spec: Node
    data: dict[str, Any] = field(default_factory=dict)
    variables: Variables = field(default_factory=dict)


class NodeMixin:
    """What every spec of ours does alike."""

    name: str
    element: Element
    flows: Sequence[Flow] = ()
    """Where tokens go from here; a link's throwing end leads to its catching end."""

    conditional = False
    """Whether flows that leave here have conditions to be looked at."""
    lets_others_begin = False
    """Whether everything else comes to rest first, so that it waits already for what this one throws."""
    copies = 1
    """How many tokens go along each flow."""
    undoable = False
    """Whether something is there to undo once it has completed. Set by the compiler, as is `undone_by`."""
    undone_by: Node | None = None
    """Its compensation handler."""

    @property
    def counts_tokens(self) -> bool:
        """A join: tokens remember by which flow they came."""
        return False

    @property
    def gathers(self) -> bool:
        """Whether tokens may wait here for others."""
        return self.counts_tokens

    @property
    def type(self) -> str:
        """The name of the element's kind that people see."""
        return self.element.type

    def is_token(self, task: Task) -> bool:
        """Whether an unfinished task keeps its scope alive; a wait on the edge of its host does not."""
        return "host" not in task.internal_data

    def test(self) -> None:
        """SpiffWorkflow asks for inputs and outputs here; elements of ad-hoc sub-processes have none."""

    def _update_hook(self, task: Task) -> bool:
        return True

    def _on_ready_hook(self, task: Task) -> None:
        runtime_of(task).arrive(task)

    def _run_hook(self, task: Task) -> bool | None:
        runtime = runtime_of(task)
        try:
            done = self.execute(runtime, task)
        except Incident as incident:
            runtime.freeze(task, incident)
            return None
        runtime.thaw(task)
        return done

    def execute(self, runtime: Runtime, task: Task) -> bool | None:
        """Go through the phases; True when the element is done, None when it waits."""
        data = task.internal_data
        if data["at"] == Phase.ACTIVATING:
            result = self.activate(runtime, task)
            if result is None:
                data["at"] = Phase.WAITING
                return None
            data["result"], data["at"] = result, Phase.COMPLETING
        if data["at"] == Phase.COMPLETING:
            self.write_result(runtime, task, data["result"])
            del data["result"]
            data["at"] = Phase.LEAVING
        if self.conditional:
            data["flows"] = self.choose(runtime, task)
        task.workflow.spec.before_leave(runtime, task)
        return True

    def activate(self, runtime: Runtime, task: Task) -> Variables | None:
        """Begin; the result when that is all, None when something must happen first. May raise `Incident`."""
        return {}

    def write_result(self, runtime: Runtime, task: Task, result: Variables) -> None:
        """Map the result outwards. May raise `Incident`; the result is kept until it has not."""
        runtime.map_outputs(task, result)

    def choose(self, runtime: Runtime, task: Task) -> list[str]:
        """Ids of the flows to take, where they have conditions. May raise `Incident`."""
        raise AssertionError("whoever has conditions says how it chooses")

    def retry(self, runtime: Runtime, task: Task) -> None:
        """An incident was resolved: try again what failed."""
        runtime.requeue(task)

    def _on_complete_hook(self, task: Task) -> None:
        runtime = runtime_of(task)
        runtime.completed(task)
        for flow in self.next_flows(task):
            for _ in range(self.copies):
                runtime.take(task, flow)

    def next_flows(self, task: Task) -> Iterable[Flow]:
        if task.internal_data.get("last"):
            return ()
        if not self.conditional:
            return self.flows
        taken = task.internal_data["flows"]
        return [flow for flow in self.flows if flow.id in taken]

    def end(self, runtime: Runtime, task: Task) -> bool:
        """Terminate it with everything in it; False when somebody is asked first, and it ends when that has answered."""
        task.cancel()
        return True

    def released(self, runtime: Runtime, task: Task) -> None:
        """What it has to wait for (`ending.hold`) has ended."""
        raise AssertionError("whoever holds says how it goes on")

    def _on_cancel(self, task: Task) -> None:
        runtime_of(task).terminated(task)


class Node(NodeMixin, BpmnSpecMixin):
    """An element of the diagram."""

    def __init__(self, scope: ScopeSpec, element: Element, name: str | None = None) -> None:
        """`name`: for one of several specs of the same element."""
        super().__init__(scope, name or element.id, bpmn_name=element.name)
        self.element = element
        self.flows = element.outgoing


class ScopeStart(NodeMixin, BpmnStartTask):
    """The root of a scope's task tree: opens the scope's event sub-processes, then its start."""

    def _on_ready_hook(self, task: Task) -> None:
        pass

    def _run_hook(self, task: Task) -> bool:
        return True

    def _on_complete_hook(self, task: Task) -> None:
        runtime = runtime_of(task)
        workflow = task.workflow
        for token in workflow.spec.entries(workflow):
            runtime.place(workflow, token)


class ScopeSpec(BpmnProcessSpec):
    """The inside of a process or sub-process. `calls` etc. live with the container; this knows how the scope ends.

    Read only once compiled; many threads run on the same one.
    """

    def __init__(self, name: str) -> None:
        super().__init__(name=name)
        self.task_specs.clear()  # stock start and end tasks: their names could be ids of the diagram
        self.start = ScopeStart(self, "#start")
        self.end = None
        self.none_start: str | None = None
        self.catchers: list[Node] = []
        """Start events of event sub-processes, which wait as long as the scope lives."""
        self.undone_by: Node | None = None
        """The event sub-process that undoes the whole scope."""
        self.undoable = False
        """Whether anything in it can be undone."""
        self.gathers = False
        """Whether tokens may wait for others anywhere in it. Set by the compiler."""

    def entries(self, workflow: Inside) -> Iterable[Token]:
        """The tokens a fresh scope begins with."""
        for catcher in self.catchers:
            yield Token(catcher)
        yield from workflow.entries

    def before_leave(self, runtime: Runtime, task: Task) -> None:
        """An element of this scope is about to complete. May raise `Incident`, which freezes the element."""

    def may_end(self, workflow: Inside, task: Task) -> bool:
        """Whether the scope is done now that this task has completed."""
        return workflow.is_empty()
