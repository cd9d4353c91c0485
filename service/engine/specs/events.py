"""Events: starts, ends, throws, catches, events on the edge of an activity, and starts of event sub-processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task

from service.domain.facts import SignalThrown
from service.domain.json import Variables
from service.domain.waits import CloseReason, WaitKind
from service.engine.ending import end_others, hold
from service.engine.model import (
    CompensateTrigger,
    ErrorTrigger,
    EscalationTrigger,
    Event,
    ManyTriggers,
    SignalTrigger,
)
from service.engine.routing import Throw
from service.engine.scopes import Chain
from service.engine.subscriptions import next_beat, subscribe
from service.engine.undoing import undo

from .base import Node, Phase, Token
from .workflow import runtime_of

if TYPE_CHECKING:
    from service.engine.runtime import Runtime


class EventNode(Node):
    element: Event
    parts: tuple[Part, ...] = ()
    """What it waits for, where that is several things. Set by the compiler."""

    def open(self, runtime: Runtime, task: Task) -> None:
        """Begin to wait. May raise `Incident`."""
        if self.parts:
            runtime.attach(task, self.parts)
            return
        assert self.element.trigger is not None
        subscribe(runtime, task, self.element.trigger, self.sees(runtime, task), self.waits_as(task))

    def sees(self, runtime: Runtime, task: Task) -> Chain:
        """The scopes whose variables its expressions read."""
        chain: Chain = task.workflow.chain
        return chain

    def waits_as(self, task: Task) -> int:
        """Key of the element instance that people see waiting."""
        key: int = task.id
        return key

    def attach(self, runtime: Runtime, task: Task, host: Task) -> None:
        """Begin to wait on the edge of `host`."""
        self.open(runtime, task)

    def fire(self, runtime: Runtime, task: Task, payload: Variables, *, local: bool = False) -> None:
        """What it waits for has happened. `local`: the payload goes nowhere but through output mappings."""
        raise AssertionError("only what waits is fired")


class Start(EventNode):
    """A start event. A message's payload stands in the token."""

    def activate(self, runtime: Runtime, task: Task) -> Variables:
        return task.internal_data.pop("payload", {})  # type: ignore[no-any-return]


class End(EventNode):
    """A none end event or a none throw event, or the throwing or catching end of a link."""


class Terminate(EventNode):
    """Ends its scope: everything else in it is terminated."""

    def activate(self, runtime: Runtime, task: Task) -> Variables:
        end_others(runtime, task)
        return {}


class ThrowSignal(EventNode):
    """Broadcasts the signal with the variables its input mappings made: first to this instance's own waits, then, by an
    effect, to everybody else's.
    """

    lets_others_begin = True

    def activate(self, runtime: Runtime, task: Task) -> None:
        assert isinstance(self.element.trigger, SignalTrigger)
        runtime.map_inputs(task)
        name = runtime.evaluator.text(self.element.trigger.name, runtime.visible(task), "Signalets navn")
        variables = runtime.scopes.local(task.id)
        effect = SignalThrown(element_id=self.element.id, element_instance_key=task.id, name=name, variables=variables)
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
        """Throw again, where nobody caught it."""
        if task.internal_data["at"] == Phase.WAITING:
            task.internal_data["at"] = Phase.ACTIVATING
        runtime.requeue(task)


class Compensate(EventNode):
    """Undoes what the scope has completed, or one activity in it; goes on when the handlers are done."""

    def activate(self, runtime: Runtime, task: Task) -> Variables | None:
        trigger = self.element.trigger
        assert isinstance(trigger, CompensateTrigger)
        began = undo(runtime, task, trigger.activity, awaited=trigger.waits)
        return None if began and trigger.waits else {}

    def undone(self, runtime: Runtime, task: Task) -> None:
        """All handlers are done."""
        runtime.finish(task, {})


class Cancel(EventNode):
    """Cancels its transaction: what runs is terminated, what is done is undone, then the cancel event goes on."""

    def activate(self, runtime: Runtime, task: Task) -> None:
        ending = end_others(runtime, task)
        if ending:
            hold(task, ending)
        else:
            self.released(runtime, task)

    def released(self, runtime: Runtime, task: Task) -> None:
        if not undo(runtime, task, None, awaited=True):
            self.undone(runtime, task)

    def undone(self, runtime: Runtime, task: Task) -> None:
        runtime.thrown.append(Throw("cancel", task, ""))


class ThrowMany(EventNode):
    """Throws several things, one after another. `throws` are the specs that know how; set by the compiler."""

    throws: tuple[Any, ...] = ()
    lets_others_begin = True

    def execute(self, runtime: Runtime, task: Task) -> bool | None:
        data = task.internal_data
        while data["at"] != Phase.LEAVING and data.setdefault("throw", 0) < len(self.throws):
            if data["at"] == Phase.ACTIVATING:
                data["result"] = self.throws[data["throw"]].activate(runtime, task)
                if data["result"] is None:
                    data["at"] = Phase.WAITING
                    return None
            data["throw"] += 1
            data["gathered"] = {**data.get("gathered", {}), **data["result"]}
            data["at"] = Phase.ACTIVATING
        if data["at"] == Phase.ACTIVATING:
            data["result"], data["at"] = data.pop("gathered"), Phase.COMPLETING
        return super().execute(runtime, task)

    def retry(self, runtime: Runtime, task: Task) -> None:
        if task.internal_data["at"] == Phase.WAITING:
            task.internal_data["at"] = Phase.ACTIVATING
        runtime.requeue(task)

    def undone(self, runtime: Runtime, task: Task) -> None:
        self.throws[task.internal_data["throw"]].undone(runtime, task)

    def released(self, runtime: Runtime, task: Task) -> None:
        self.throws[task.internal_data["throw"]].released(runtime, task)


class Catch(EventNode):
    """An intermediate event that waits in the flow, or after an event-based gateway."""

    def activate(self, runtime: Runtime, task: Task) -> Variables | None:
        if "payload" in task.internal_data:  # the process began with it
            return task.internal_data.pop("payload")  # type: ignore[no-any-return]
        self.open(runtime, task)
        return None

    def fire(self, runtime: Runtime, task: Task, payload: Variables, *, local: bool = False) -> None:
        if "host" in task.internal_data:
            runtime.win(task, payload)
        else:
            runtime.finish(task, payload)


class Boundary(EventNode):
    """An event on the edge of an activity: a wait there, and an element instance of its own when it fires."""

    def sees(self, runtime: Runtime, task: Task) -> Chain:
        """What the host sees."""
        return runtime.chain(runtime.index[task.internal_data["host"]])

    def waits_as(self, task: Task) -> int:
        key: int = task.internal_data["host"]
        return key

    def fire(self, runtime: Runtime, task: Task, payload: Variables, *, local: bool = False) -> None:
        host = runtime.index[task.internal_data["host"]]
        if self.element.interrupting:
            runtime.detach(host, task)
            runtime.close_waits(task, CloseReason.COMPLETED)
            task.internal_data = {"result": dict(payload), "local": local}
            if host.task_spec.end(runtime, host):
                self.released(runtime, task)
            else:
                hold(task, [host.id])
            return
        if not _goes_on(runtime, task):
            runtime.detach(host, task)
            runtime.drop_wait(task)
        runtime.spawn(task.workflow, Token(self, _event_data(payload, local)))

    def released(self, runtime: Runtime, task: Task) -> None:
        data = task.internal_data
        runtime.become_event(task, data["result"], local=data["local"])


class EventStart(EventNode):
    """The start event of an event sub-process, waiting in the scope around it."""

    container: Node

    def is_token(self, task: Task) -> bool:
        return False

    def _on_ready_hook(self, task: Task) -> None:
        runtime_of(task).queue(task)

    def execute(self, runtime: Runtime, task: Task) -> None:
        self.open(runtime, task)

    def waits_as(self, task: Task) -> int:
        key: int = task.workflow.chain[0]
        return key

    def fire(self, runtime: Runtime, task: Task, payload: Variables, *, local: bool = False) -> None:
        """The event sub-process begins, and ends everything else in the scope when it interrupts."""
        if self.element.interrupting:
            runtime.close_waits(task, CloseReason.COMPLETED)
            task.internal_data |= {"payload": dict(payload), "local": local}
            ending = end_others(runtime, task)
            if ending:
                hold(task, ending)
            else:
                self.released(runtime, task)
            return
        if not _goes_on(runtime, task):
            runtime.drop_wait(task)
        runtime.spawn(task.workflow, Token(self.container, {"payload": dict(payload), "local": local}))

    def released(self, runtime: Runtime, task: Task) -> None:
        data = {name: task.internal_data.pop(name) for name in ("payload", "local")}
        runtime.drop_wait(task)
        runtime.spawn(task.workflow, Token(self.container, data))


class Part(EventNode):
    """One of several things that an event waits for: a wait on the edge of the event's own."""

    def sees(self, runtime: Runtime, task: Task) -> Chain:
        owner = runtime.index[task.internal_data["host"]]
        chain: Chain = owner.task_spec.sees(runtime, owner)
        return chain

    def attach(self, runtime: Runtime, task: Task, host: Task) -> None:
        assert self.element.trigger is not None
        subscribe(runtime, task, self.element.trigger, self.sees(runtime, task), host.task_spec.waits_as(host))

    def fire(self, runtime: Runtime, task: Task, payload: Variables, *, local: bool = False) -> None:
        owner = runtime.index[task.internal_data["host"]]
        whole: EventNode = owner.task_spec
        goes_on = not whole.element.interrupting
        assert isinstance(whole.element.trigger, ManyTriggers)
        if whole.element.trigger.all_needed:
            runtime.detach(owner, task)
            runtime.drop_wait(task)
            payload = {**owner.internal_data.pop("met", {}), **payload}
            if owner.internal_data["edge"]:
                owner.internal_data["met"] = payload
                return
            if goes_on:
                runtime.attach(owner, whole.parts)
        elif not goes_on:
            runtime.close_waits(task, CloseReason.COMPLETED)
            runtime.detach_all(owner)
        elif not _goes_on(runtime, task):
            runtime.detach(owner, task)
            runtime.drop_wait(task)
        whole.fire(runtime, owner, payload, local=local)


def _goes_on(runtime: Runtime, task: Task) -> bool:
    """Whether a non-interrupting event waits for another time: all do, but a timer only by its cycle."""
    wait: dict[str, Any] | None = task.internal_data.get("wait")
    if wait is None:  # its parts wait
        return bool(task.internal_data.get("edge"))
    if wait["k"] != WaitKind.TIMER:
        return True
    due = next_beat(wait, runtime.now)
    if due is None:
        return False
    runtime.ledger.change_due(WaitKind.TIMER, task.id, due, None)
    return True


def _event_data(payload: Variables, local: bool) -> dict[str, Any]:
    return {"at": Phase.COMPLETING, "result": dict(payload), **({"local": True} if local else {})}
