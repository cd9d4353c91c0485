"""Events: starts, ends, throws, catches, events on the edge of an activity, and starts of event sub-processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task

from service.domain.facts import SignalThrown
from service.domain.json import Variables
from service.domain.waits import CloseReason, WaitKind
from service.engine.model import ErrorTrigger, EscalationTrigger, Event, SignalTrigger
from service.engine.routing import Throw
from service.engine.subscriptions import next_beat, subscribe

from .base import Node, Phase, Token
from .workflow import runtime_of

if TYPE_CHECKING:
    from service.engine.runtime import Runtime


class EventNode(Node):
    element: Event


class Start(EventNode):
    """A start event. A message's payload stands in the token."""

    def activate(self, runtime: Runtime, task: Task) -> Variables:
        return task.internal_data.pop("payload", {})  # type: ignore[no-any-return]


class End(EventNode):
    """A none end event or a none throw event, or the throwing or catching end of a link."""


class Terminate(EventNode):
    """Ends its scope: everything else in it is terminated."""

    def activate(self, runtime: Runtime, task: Task) -> Variables:
        runtime.cancel_others(task)
        return {}


class ThrowSignal(EventNode):
    """Broadcasts the signal with the variables its input mappings made: first to this instance's own waits, then, by an
    effect, to everybody else's.
    """

    def activate(self, runtime: Runtime, task: Task) -> None:
        assert isinstance(self.element.trigger, SignalTrigger)
        runtime.map_inputs(task)
        name = runtime.evaluator.text(self.element.trigger.name, runtime.visible(task), "Signalets navn")
        variables = runtime.scopes.local(task.id)
        effect = SignalThrown(element_id=self.name, element_instance_key=task.id, name=name, variables=variables)
        runtime.ledger.effects.append(effect)
        runtime.thrown.append(Throw("signal", task, name, variables=variables))


class ThrowCode(EventNode):
    """Throws an error or an escalation. It is delivered after this task has run: the catcher may cancel it."""

    def activate(self, runtime: Runtime, task: Task) -> None:
        trigger = self.element.trigger
        assert isinstance(trigger, ErrorTrigger | EscalationTrigger)
        assert trigger.code is not None
        kind = "error" if isinstance(trigger, ErrorTrigger) else "escalation"
        what = "Fejlens kode" if kind == "error" else "Eskaleringens kode"
        code = runtime.evaluator.text(trigger.code, runtime.visible(task), what)
        runtime.thrown.append(Throw(kind, task, code))

    def retry(self, runtime: Runtime, task: Task) -> None:
        task.internal_data["at"] = Phase.ACTIVATING
        runtime.requeue(task)


class Catch(EventNode):
    """An intermediate event that waits in the flow, or after an event-based gateway."""

    def activate(self, runtime: Runtime, task: Task) -> None:
        assert self.element.trigger is not None
        subscribe(runtime, task, self.element.trigger, task.workflow.chain, task.id)

    def attach(self, runtime: Runtime, task: Task, host: Task) -> None:
        """Wait on behalf of the gateway before it."""
        assert self.element.trigger is not None
        subscribe(runtime, task, self.element.trigger, task.workflow.chain, task.id)

    def fire(self, runtime: Runtime, task: Task, payload: Variables) -> None:
        """What it waits for has happened."""
        host = task.internal_data.get("host")
        if host is None:
            runtime.finish(task, payload)
            return
        gateway = runtime.index[host]
        runtime.detach(gateway, task)
        del task.internal_data["host"]  # from now on it holds the token
        gateway.internal_data["fired"] = self.name
        gateway.complete()
        runtime.become_event(task, payload)


class Boundary(EventNode):
    """An event on the edge of an activity: a wait there, and an element instance of its own when it fires."""

    def attach(self, runtime: Runtime, task: Task, host: Task) -> None:
        """Wait at the host, seeing what the host sees."""
        assert self.element.trigger is not None
        subscribe(runtime, task, self.element.trigger, runtime.chain(host), host.id)

    def fire(self, runtime: Runtime, task: Task, payload: Variables, *, local: bool = False) -> None:
        """It happens. `local`: the payload goes nowhere but through output mappings (error variables)."""
        host = runtime.index[task.internal_data["host"]]
        if self.element.interrupting:
            runtime.detach(host, task)
            host.cancel()
            runtime.become_event(task, payload, local=local)
            return
        if not _goes_on(runtime, task):
            runtime.detach(host, task)
            runtime.drop_wait(task)
        runtime.spawn(task.workflow, Token(self, _event_data(payload, local)))


class EventStart(EventNode):
    """The start event of an event sub-process, waiting in the scope around it."""

    container: Node

    def is_token(self, task: Task) -> bool:
        return False

    def _on_ready_hook(self, task: Task) -> None:
        runtime_of(task).queue(task)

    def execute(self, runtime: Runtime, task: Task) -> None:
        assert self.element.trigger is not None
        workflow = task.workflow
        subscribe(runtime, task, self.element.trigger, workflow.chain, workflow.chain[0])

    def fire(self, runtime: Runtime, task: Task, payload: Variables, *, local: bool = False) -> None:
        """It happens: the event sub-process begins, and ends everything else in the scope when it interrupts."""
        workflow = task.workflow
        if self.element.interrupting:
            runtime.close_waits(task, CloseReason.COMPLETED)
            runtime.cancel_others(task)
            runtime.drop_wait(task)
        elif not _goes_on(runtime, task):
            runtime.drop_wait(task)
        runtime.spawn(workflow, Token(self.container, {"payload": dict(payload), "local": local}))


def _goes_on(runtime: Runtime, task: Task) -> bool:
    """Whether a non-interrupting event waits for another time: all do, but a timer only by its cycle."""
    wait: dict[str, Any] = task.internal_data["wait"]
    if wait["k"] != WaitKind.TIMER:
        return True
    due = next_beat(wait, runtime.now)
    if due is None:
        return False
    runtime.ledger.change_due(WaitKind.TIMER, task.id, due, None)
    return True


def _event_data(payload: Variables, local: bool) -> dict[str, Any]:
    return {"at": Phase.COMPLETING, "result": dict(payload), **({"local": True} if local else {})}
