"""What people need to know of a process' elements: names, lanes, instructions, parameters."""

from __future__ import annotations

from collections.abc import Mapping

from service.domain.definitions import ElementInfo, StartEvent
from service.engine.model import (
    Activity,
    AdHoc,
    CallWork,
    DecisionWork,
    Element,
    Event,
    Formula,
    JobWork,
    MessageTrigger,
    Process,
    ReceiveWork,
    Resource,
    Scope,
    SignalTrigger,
    SubProcess,
    Task,
    TimerTrigger,
    UserWork,
    Value,
    Work,
)

from .extensions import ExtensionReader
from .xml import Node


def drawn(value: Value | None) -> str | None:
    """The value as it stands in the diagram; an expression keeps its `=`."""
    return value.text if isinstance(value, Formula) else value


def static_list(value: Value | None) -> tuple[str, ...]:
    """A literal comma-separated list; empty for an expression."""
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else ()


class InfoReader:
    """Describes the elements of one process."""

    def __init__(self, owner: Node, extensions: ExtensionReader) -> None:
        self.owner = owner
        self.extensions = extensions
        self.nodes = {node.id: node for node in owner.descendants() if node.id}
        self.lanes = _lanes(owner)

    def elements(self, process: Process) -> Mapping[str, ElementInfo]:
        found: dict[str, ElementInfo] = {}
        self._scope(process.scope, None, None, found)
        return found

    def _scope(self, scope: Scope, parent: Element | None, lane: str | None, found: dict[str, ElementInfo]) -> None:
        for element in scope.elements.values():
            here = self.lanes.get(element.id, lane)
            found[element.id] = self._element(element, parent, here)
            if isinstance(element, SubProcess | AdHoc):
                self._scope(element.scope, element, here, found)

    def _element(self, element: Element, parent: Element | None, lane: str | None) -> ElementInfo:
        node = self.nodes[element.id]
        documentation = node.first("documentation")
        work = element.work if isinstance(element, Task) else None
        form = work.form if isinstance(work, UserWork) else element.form if isinstance(element, Event) else None
        job = element.job if isinstance(element, Event) else work if isinstance(work, JobWork) else None
        call = work.process if isinstance(work, CallWork) else None
        return ElementInfo(
            id=element.id,
            name=element.name,
            type=element.type,
            parent_id=parent.id if parent is not None else None,
            lane=lane,
            documentation=documentation.text if documentation is not None else "",
            properties=self.extensions.properties(node),
            form_id=_id(form),
            message_name=_message_name(element),
            job_type=drawn(job.type) if job is not None else None,
            inputs=tuple(mapping.text for mapping in element.inputs),
            decision_id=_id(work.decision) if isinstance(work, DecisionWork) else None,
            called_process=_id(call),
            **({"called_binding": call.binding} if call is not None else {}),
            candidate_groups=static_list(work.candidate_groups) if isinstance(work, UserWork) else (),
            listeners=_listeners(work),
            status=element.status,
            deadline_id=element.deadline_id,
            startable=isinstance(parent, AdHoc)
            and isinstance(element, Activity)
            and not element.incoming
            and not element.for_compensation
            and not _event_driven(element),
        )


def _listeners(work: Work | None) -> tuple[tuple[str, str], ...]:
    found = work.listeners if isinstance(work, UserWork) else ()
    return tuple((listener.event.value, drawn(listener.type) or "") for listener in found)


def _event_driven(element: Element) -> bool:
    return isinstance(element, SubProcess) and element.event_start is not None


def _id(resource: Resource | None) -> str | None:
    return drawn(resource.id) if resource is not None else None


def _message_name(element: Element) -> str | None:
    trigger = element.trigger if isinstance(element, Event) and element.job is None else None
    if isinstance(element, Task) and isinstance(element.work, ReceiveWork):
        trigger = element.work.message
    return drawn(trigger.name) or None if isinstance(trigger, MessageTrigger) else None


def _lanes(owner: Node) -> dict[str, str]:
    """Element id → name of its innermost lane."""
    found: dict[str, str] = {}
    for node in owner.descendants():  # outer lanes come first, inner ones overwrite them
        if node.tag == "lane":
            for reference in node.all("flowNodeRef"):
                found[reference.text] = node.label or node.id or ""
    return found


def starts(process: Process, names: Mapping[str, str]) -> tuple[StartEvent, ...]:
    """The ways into the process. `names`: element id → evaluated message or signal name."""
    found = []
    for way in process.scope.ways_in:
        element = process.scope.elements[way.entry]
        match trigger := way.trigger:
            case TimerTrigger():
                start = StartEvent(way.id, "timer", timer=drawn(trigger.value) or "", timer_form=trigger.form)
            case MessageTrigger():
                key = trigger.key.text if trigger.key is not None else None
                start = StartEvent(way.id, "message", name=names[way.id], correlation_key=key)
            case SignalTrigger():
                start = StartEvent(way.id, "signal", name=names[way.id])
            case _:
                start = StartEvent(way.id, "none", form_id=_id(element.form) if isinstance(element, Event) else None)
        found.append(start)
    return tuple(found)
