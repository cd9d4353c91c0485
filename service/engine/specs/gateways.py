"""Gateways: choosing, forking, joining, and waiting for the first of several events."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from SpiffWorkflow.bpmn.specs.mixins import ExclusiveGatewayMixin
from SpiffWorkflow.operators import Operator
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from service.engine.model import Flow, Gateway

from .base import Node, NodeMixin, Phase, Token
from .conditions import holds, no_way
from .workflow import Inside, runtime_of

if TYPE_CHECKING:
    from service.engine.runtime import Runtime


class FlowCondition(Operator):
    """A sequence flow's condition, as SpiffWorkflow's choices take it."""

    def __init__(self, flow: Flow) -> None:
        super().__init__(flow)
        self.flow = flow

    def _matches(self, task: Task) -> bool:
        runtime = runtime_of(task)
        return holds(self.flow, runtime, runtime.visible(task))


class Choice(NodeMixin):
    """What exclusive and inclusive gateways share: flows with conditions in document order, and a default."""

    element: Gateway
    _run_hook = NodeMixin._run_hook  # SpiffWorkflow's choices come before the node in the order of classes
    test = NodeMixin.test

    def takes(self, task: Task) -> Iterable[str]:
        """Ids of the flows whose condition holds, in document order; evaluated one by one as they are asked for."""
        for condition, _ in self.cond_task_specs:  # type: ignore[attr-defined]
            if condition is not None and condition.flow.id != self.element.default and condition._matches(task):
                yield condition.flow.id

    def otherwise(self) -> str:
        """The default flow, or the only flow when it has no condition. Raises CONDITION_ERROR without one."""
        if self.element.default is not None:
            return self.element.default
        if not self.element.outgoing:
            return ""
        only = self.element.outgoing[0]
        if len(self.element.outgoing) == 1 and only.condition is None:
            return only.id or ""
        raise no_way("pilene fra gatewayen", "gatewayen")

    def next_flows(self, task: Task) -> Iterable[Flow]:
        taken = task.internal_data["flows"]
        return [flow for flow in self.flows if flow.id in taken]

    def execute(self, runtime: Runtime, task: Task) -> bool:
        task.internal_data["flows"] = self.choose(runtime, task)
        return True


class Exclusive(Choice, ExclusiveGatewayMixin, Node):
    """The first flow whose condition holds, else the default. Joins without waiting."""

    def choose(self, runtime: Runtime, task: Task) -> list[str]:
        return [next(iter(self.takes(task)), None) or self.otherwise()]


class Join(NodeMixin):
    """Tokens wait here as WAITING tasks, one per arrival, and remember by which flow they came."""

    element: Gateway

    @property
    def counts_tokens(self) -> bool:
        return len(self.element.incoming) > 1

    def _update_hook(self, task: Task) -> bool:
        if not self.counts_tokens:
            return True
        task._set_state(TaskState.WAITING)
        workflow = task.workflow
        waiting: dict[str, list[Task]] = {}
        for other in workflow.tasks.values():
            if other.task_spec is self and other._state == TaskState.WAITING:
                waiting.setdefault(other.internal_data["via"], []).append(other)
        consumed = self.consume(workflow, waiting)
        if task not in consumed:
            return False
        for other in consumed:
            if other is not task:
                other.cancel()
        return True

    def all_here(self, waiting: dict[str, list[Task]]) -> bool:
        return all(flow.id in waiting for flow in self.element.incoming)

    def consume(self, workflow: Inside, waiting: dict[str, list[Task]]) -> list[Task]:
        """The waiting tokens that make one passage; none when it must wait."""
        raise AssertionError("every join says what it waits for")


class Parallel(Join, Node):
    """Needs one token per incoming flow; takes every outgoing flow."""

    def consume(self, workflow: Inside, waiting: dict[str, list[Task]]) -> list[Task]:
        return [tasks[0] for tasks in waiting.values()] if self.all_here(waiting) else []


class Inclusive(Join, Choice, MultiChoice, Node):
    """Takes every flow whose condition holds. Joins one token of each flow that has some, when no token elsewhere in the
    scope can still come along the others.

    A token may still come when it can reach an incoming flow without a token; unless it can reach one with a token just
    as well (BPMN 2.0, 13.4.3): such a token is on its way around a loop, not on its way here. Which of them it is, is asked
    when everything has come to rest, for until then it may be about to fork.
    """

    reached_from: Mapping[str, frozenset[str]] = {}
    """Incoming flow → names of the specs from which a token can come along it, not passing here. Set by the compiler."""

    def consume(self, workflow: Inside, waiting: dict[str, list[Task]]) -> list[Task]:
        if not self.all_here(waiting) and self._more_may_come(workflow, waiting):
            return []
        return [tasks[0] for tasks in waiting.values()]

    def _more_may_come(self, workflow: Inside, waiting: dict[str, list[Task]]) -> bool:
        empty = [names for flow, names in self.reached_from.items() if flow not in waiting]
        taken = [names for flow, names in self.reached_from.items() if flow in waiting]
        tokens = workflow.tokens()
        if any(token.task_spec is self and token._state != TaskState.WAITING for token in tokens):
            return True  # one that has not quite arrived, or not quite gone
        places = {token.task_spec.name for token in tokens if token.task_spec is not self}
        around = taken if runtime_of(next(iter(waiting.values()))[0]).rests else []
        return any(
            any(place in names for names in empty) and not any(place in names for names in around) for place in places
        )

    def choose(self, runtime: Runtime, task: Task) -> list[str]:
        return list(self.takes(task)) or [self.otherwise()]


class EventGateway(Node):
    """Opens a wait for each event after it; the first to happen ends the others. Where the process began with one of them,
    that has happened already.
    """

    def execute(self, runtime: Runtime, task: Task) -> bool | None:
        data, specs = task.internal_data, task.workflow.spec.task_specs
        if "began" in data:
            data["fired"] = data.pop("began")
            runtime.spawn(task.workflow, Token(specs[data["fired"]], {"payload": data.pop("payload")}))
            return True
        data["at"] = Phase.ACTIVATING
        runtime.attach(task, [specs[flow.target] for flow in self.flows])
        data["at"] = Phase.WAITING
        return None

    def _on_complete_hook(self, task: Task) -> None:
        """The event that fired holds the token already; its flow is all that is left to note."""
        runtime = runtime_of(task)
        fired = task.internal_data["fired"]
        runtime.completed(task)
        for flow in self.flows:
            if flow.target == fired:
                runtime.note_flow(task.workflow, flow)
