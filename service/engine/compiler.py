"""Process models become SpiffWorkflow specs, once per version; many threads then run on the same ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from .homes import deadline_homes
from .model import (
    Activity as ActivityModel,
)
from .model import (
    AdHoc,
    CallWork,
    CancelTrigger,
    CompensateTrigger,
    DecisionWork,
    Element,
    ErrorTrigger,
    EscalationTrigger,
    Event,
    Flow,
    Gateway,
    JobWork,
    LinkTrigger,
    Loop,
    ManyTriggers,
    MessageTrigger,
    NoWork,
    Process,
    ReceiveWork,
    Scope,
    ScriptWork,
    SignalTrigger,
    SubProcess,
    Task,
    TerminateTrigger,
    UserWork,
)
from .specs import activities, containers, events, gateways, instances, listeners
from .specs.base import Node, ScopeSpec

INSTANCES, PART = "#instances", "#"
"""What names of specs are made with that are no ids of the diagram."""

GATEWAYS: dict[str, type[Node]] = {
    "exclusiveGateway": gateways.Exclusive,
    "parallelGateway": gateways.Parallel,
    "inclusiveGateway": gateways.Inclusive,
    "eventBasedGateway": gateways.EventGateway,
}
TASKS: dict[type, type[Node]] = {
    UserWork: activities.UserTask,
    JobWork: activities.Job,
    ScriptWork: activities.Script,
    DecisionWork: activities.Decision,
    ReceiveWork: activities.Receive,
    NoWork: activities.Activity,
}
THROWS: dict[type, type[Node]] = {
    ErrorTrigger: events.ThrowCode,
    EscalationTrigger: events.ThrowCode,
    SignalTrigger: events.ThrowSignal,
    TerminateTrigger: events.Terminate,
    LinkTrigger: events.End,
    CompensateTrigger: events.Compensate,
    CancelTrigger: events.Cancel,
    MessageTrigger: activities.MessageJob,
}


@dataclass(frozen=True, slots=True)
class Program:
    """A compiled process: `ProcessModel.program`."""

    root: ScopeSpec
    ways_in: Mapping[str, str]
    """`Way.id` → `Way.entry`."""
    deadline_homes: Mapping[str, str]
    """Drawn id of a deadline → id of the scope it belongs to."""


def compile_process(process: Process) -> Program:
    root = _scope(process.scope, ScopeSpec(process.id))
    ways = {way.id: way.entry for way in process.scope.ways_in}
    return Program(root, ways, deadline_homes(process.scope))


def _scope(scope: Scope, spec: ScopeSpec) -> ScopeSpec:
    spec.none_start = scope.none_start
    nodes = {element.id: _node(element, spec) for element in scope.elements.values()}
    for node in nodes.values():
        _connect(node, nodes)
    _connect_links(scope, nodes)
    _hang_boundaries(scope, nodes)
    for sub_process in scope.event_sub_processes:
        assert sub_process.event_start is not None
        if sub_process.event_start.compensates:
            spec.undone_by = nodes[sub_process.id]
            continue
        # The wait stands in the scope around, under the name of the start event; so does nothing else of that id.
        catcher = events.EventStart(spec, sub_process.event_start)
        catcher.parts = _parts(sub_process.event_start, spec)
        catcher.container = nodes[sub_process.id]
        spec.catchers.append(catcher)
    for node in nodes.values():
        if isinstance(node, gateways.Inclusive):
            node.reached_from = _reached_from(node, nodes)
    _note_undoable(spec, nodes.values())
    spec.gathers = any(node.gathers for node in nodes.values())
    return spec


def _note_undoable(spec: ScopeSpec, nodes: Iterable[Node]) -> None:
    """What can be undone: that which has a handler, and sub-processes in which something can; handlers cannot."""
    for node in nodes:
        inside = getattr(node, "inside", None)
        has_something = node.undone_by is not None or (inside is not None and inside.undoable)
        node.undoable = has_something and not getattr(node.element, "for_compensation", False)
    spec.undoable = spec.undone_by is not None or any(node.undoable for node in nodes)


def _node(element: Element, spec: ScopeSpec) -> Node:
    if isinstance(element, Gateway):
        return GATEWAYS[element.type](spec, element)
    if isinstance(element, Event):
        return _event(element, spec)
    assert isinstance(element, ActivityModel)
    if element.loop is not None:
        return _instances(element, spec)
    return _activity(element, spec)


def _event(element: Event, spec: ScopeSpec) -> Node:
    if element.type == "startEvent":
        return events.Start(spec, element)
    if element.type == "boundaryEvent":
        boundary = events.Boundary(spec, element)
        boundary.parts = _parts(element, spec)
        return boundary
    if element.type == "intermediateCatchEvent" and not isinstance(element.trigger, LinkTrigger):
        catch = events.Catch(spec, element)
        catch.parts = _parts(element, spec)
        return catch
    if element.trigger is None:
        return events.End(spec, element)
    if not isinstance(element.trigger, ManyTriggers):
        return THROWS[type(element.trigger)](spec, element)
    many = events.ThrowMany(spec, element)
    many.throws = tuple(
        THROWS[type(one)](spec, replace(element, trigger=one), f"{element.id}{PART}{number}")
        for number, one in enumerate(element.trigger.triggers)
    )
    return many


def _parts(element: Event, spec: ScopeSpec) -> tuple[events.Part, ...]:
    """The waits of an event that waits for several things."""
    if not isinstance(element.trigger, ManyTriggers):
        return ()
    return tuple(
        events.Part(spec, replace(element, trigger=one), f"{element.id}{PART}{number}")
        for number, one in enumerate(element.trigger.triggers)
    )


def _activity(element: ActivityModel, spec: ScopeSpec) -> Node:
    if isinstance(element, SubProcess):
        return containers.SubProcess(spec, element, _scope(element.scope, ScopeSpec(element.id)))
    if isinstance(element, AdHoc):
        return containers.AdHoc(spec, element, _scope(element.scope, containers.AdHocSpec(element.id)))
    assert isinstance(element, Task)
    if isinstance(element.work, CallWork):
        return containers.Call(spec, element)
    if isinstance(element.work, UserWork) and element.work.listeners:
        listened = listeners.ListenedTask(spec, element)
        listened.listener = listeners.Listener(spec, element, f"{element.id}{PART}listener")
        return listened
    return TASKS[type(element.work)](spec, element)


def _instances(element: ActivityModel, spec: ScopeSpec) -> Node:
    """The body stands where the activity is drawn; inside it, the activity itself, once per instance."""
    several = isinstance(element.loop, Loop)
    inside = (instances.InstancesSpec if several else instances.RoundsSpec)(element.id + INSTANCES)
    bare = replace(element, loop=None, boundary=(), incoming=(), outgoing=(), status=None, handler=None)
    bare = replace(bare, default=None, start_quantity=1, completion_quantity=1)
    _note_undoable(inside, [_activity(bare, inside)])
    body = instances.MultiInstance if several else instances.Rounds
    return body(spec, replace(element, inputs=(), outputs=()), inside)


def _connect(node: Node, nodes: dict[str, Node]) -> None:
    for flow in node.element.outgoing:
        target = nodes[flow.target]
        conditional = isinstance(node, gateways.Exclusive | gateways.Inclusive) and node.element.default != flow.id
        if conditional and flow.condition is not None:
            node.connect_if(gateways.FlowCondition(flow), target)
        else:
            node.connect(target)


def _connect_links(scope: Scope, nodes: dict[str, Node]) -> None:
    catches = {
        element.trigger.name: element.id
        for element in scope.elements.values()
        if isinstance(element, Event)
        and isinstance(element.trigger, LinkTrigger)
        and element.type == "intermediateCatchEvent"
    }
    for element in scope.elements.values():
        if (
            element.type == "intermediateThrowEvent"
            and isinstance(element, Event)
            and isinstance(element.trigger, LinkTrigger)
        ):
            target = catches[element.trigger.name]
            nodes[element.id].flows = (Flow(id=None, source=element.id, target=target),)
            nodes[element.id].connect(nodes[target])


def _hang_boundaries(scope: Scope, nodes: dict[str, Node]) -> None:
    for element in scope.elements.values():
        if isinstance(element, ActivityModel) and element.handler is not None:
            nodes[element.id].undone_by = nodes[element.handler]
        if isinstance(element, ActivityModel) and element.boundary:
            host = nodes[element.id]
            assert isinstance(host, activities.Activity)
            edge = [nodes[event.id] for event in element.boundary]
            host.edge = tuple(spec for spec in edge if isinstance(spec, events.Boundary))


def _reached_from(join: Node, nodes: dict[str, Node]) -> dict[str, frozenset[str]]:
    """For each incoming flow the names of the nodes from which a token can come along it without passing the join; a
    boundary event is reached through its host.
    """
    hosts = {event.name: host.name for host in nodes.values() for event in getattr(host, "edge", ())}
    return {flow.id or "": _before(flow.source, join.name, nodes, hosts) for flow in join.element.incoming}


def _before(source: str, join: str, nodes: dict[str, Node], hosts: dict[str, str]) -> frozenset[str]:
    found: set[str] = set()
    stack = [source]
    while stack:
        name = stack.pop()
        if name in found or name == join:
            continue
        found.add(name)
        stack += [*nodes[name]._inputs, *([hosts[name]] if name in hosts else [])]
    return frozenset(found)
