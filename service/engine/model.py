"""What a process is, as read from its diagram: frozen descriptions of elements, triggers, mappings. Nothing here runs.

A *value* is what an attribute of the diagram holds: a literal string, or a `Formula` when it began with `=`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from service.domain.definitions import Binding
from service.domain.waits import ListenerEvent
from service.feel import Expression


@dataclass(frozen=True, slots=True, eq=False)
class Formula:
    """A FEEL expression as drawn, with its `=`, parsed once and shared by everybody who evaluates it."""

    text: str
    expression: Expression

    @property
    def names(self) -> frozenset[str]:
        return frozenset(self.expression.names)


Value = str | Formula


@dataclass(frozen=True, slots=True)
class IoMapping:
    """`zeebe:input` or `zeebe:output`: what `source` gives goes to the path `target`."""

    source: Value
    target: tuple[str, ...]

    @property
    def text(self) -> str:
        return ".".join(self.target)


# -- triggers -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class TimerTrigger:
    form: str
    """`timeDate`, `timeDuration` or `timeCycle`."""
    value: Value


@dataclass(frozen=True, slots=True)
class MessageTrigger:
    name: Value
    key: Formula | None
    """Correlation key; None where a message needs none (start events)."""


@dataclass(frozen=True, slots=True)
class SignalTrigger:
    name: Value


@dataclass(frozen=True, slots=True)
class ErrorTrigger:
    code: Value | None
    """None catches every error."""


@dataclass(frozen=True, slots=True)
class EscalationTrigger:
    code: Value | None
    """None catches every escalation."""


@dataclass(frozen=True, slots=True)
class TerminateTrigger:
    pass


@dataclass(frozen=True, slots=True)
class LinkTrigger:
    name: str


@dataclass(frozen=True, slots=True)
class ConditionTrigger:
    """Happens when the condition becomes true."""

    condition: Formula
    names: frozenset[str] = frozenset()
    """`zeebe:conditionalFilter variableNames`: look again only when one of these changes; empty is any."""
    changes: frozenset[str] = frozenset()
    """`zeebe:conditionalFilter variableEvents`: `create`, `update`; empty is both."""


@dataclass(frozen=True, slots=True)
class CompensateTrigger:
    activity: str | None = None
    """`activityRef`: what to undo; None is everything that the scope has completed."""
    waits: bool = True
    """`waitForCompletion`."""


@dataclass(frozen=True, slots=True)
class CancelTrigger:
    """A transaction is cancelled."""


OneTrigger = (
    TimerTrigger
    | MessageTrigger
    | SignalTrigger
    | ErrorTrigger
    | EscalationTrigger
    | TerminateTrigger
    | LinkTrigger
    | ConditionTrigger
    | CompensateTrigger
    | CancelTrigger
)


@dataclass(frozen=True, slots=True)
class ManyTriggers:
    """Several event definitions on one event. Caught: the first is enough unless all are needed. Thrown: all of them."""

    triggers: tuple[OneTrigger, ...]
    all_needed: bool = False
    """`parallelMultiple`."""


Trigger = OneTrigger | ManyTriggers


# -- what a task does ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A form, decision or process by id, and which version of it."""

    id: Value
    binding: Binding = Binding.LATEST
    version_tag: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listening:
    """A listener of a user task: a job that is asked before the event happens."""

    event: ListenerEvent
    type: Value
    retries: Value


@dataclass(frozen=True, slots=True, kw_only=True)
class UserWork:
    form: Resource | None = None
    external_form: Value | None = None
    assignee: Value | None = None
    candidate_groups: Value | None = None
    candidate_users: Value | None = None
    due: Value | None = None
    follow_up: Value | None = None
    priority: Value | None = None
    listeners: tuple[Listening, ...] = ()
    """In document order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobWork:
    type: Value
    retries: Value = "3"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScriptWork:
    expression: Formula
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionWork:
    decision: Resource
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveWork:
    message: MessageTrigger


@dataclass(frozen=True, slots=True, kw_only=True)
class CallWork:
    process: Resource
    all_down: bool
    """Copy all visible variables to the called process; else only the call's own local ones."""
    all_up: bool
    """Propagate all variables of the called process when it ends and no output mapping says otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NoWork:
    """`task` and `manualTask`: passed through."""


Work = UserWork | JobWork | ScriptWork | DecisionWork | ReceiveWork | CallWork | NoWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Loop:
    """Multi-instance: one instance per item of the collection."""

    sequential: bool
    collection: Formula
    element: str | None
    output: str | None
    output_element: Formula | None
    completion: Formula | None

    @property
    def output_local(self) -> str | None:
        """The variable that each instance gets as null of its own: what a plain path in `output_element` begins with."""
        if self.output_element is None:
            return None
        path = self.output_element.text.lstrip("= \t\r\n").strip()
        head = path.split(".")[0].strip()
        plain = all(part.strip().isidentifier() for part in path.split("."))
        return head if plain and head in self.output_element.names else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """Standard loop: the activity again and again as long as the condition holds."""

    condition: Formula | None
    test_before: bool
    maximum: int | None


# -- elements -----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Flow:
    """A sequence flow. `id` None: a link, which nobody drew as a flow."""

    id: str | None
    source: str
    target: str
    condition: Formula | None = None
    line: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Element:
    """Any flow node. Incoming and outgoing flows are in document order."""

    id: str
    name: str
    type: str
    line: int | None
    incoming: tuple[Flow, ...] = ()
    outgoing: tuple[Flow, ...] = ()
    status: str | None = None
    """`forloeb:status`."""
    status_lasts: bool = False
    """`varer`: the status is over when the element is; the case takes up that of whatever still goes on."""
    deadline_id: str | None = None
    """`forloeb:frist`."""
    inputs: tuple[IoMapping, ...] = ()
    outputs: tuple[IoMapping, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Gateway(Element):
    default: str | None = None
    """Id of the default flow."""
    instantiates: bool = False
    """The process begins with one of the events after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Element):
    """Start, end, intermediate and boundary events. `interrupting` speaks of boundary and event sub-process starts."""

    trigger: Trigger | None = None
    attached_to: str | None = None
    interrupting: bool = True
    job: JobWork | None = None
    """Message throw and end events are jobs."""
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Resource | None = None

    @property
    def compensates(self) -> bool:
        return isinstance(self.trigger, CompensateTrigger)


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity(Element):
    loop: Loop | Repeat | None = None
    boundary: tuple[Event, ...] = ()
    """Events that wait on its edge; a compensation event does not, it names the handler."""
    default: str | None = None
    """Id of the default flow."""
    for_compensation: bool = False
    """A handler: it runs when what it belongs to is undone, never in the flow."""
    handler: str | None = None
    """Id of the activity that undoes this one."""
    start_quantity: int = 1
    """How many tokens must come before it begins once."""
    completion_quantity: int = 1
    """How many tokens it sends along each flow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task(Activity):
    work: Work = field(default_factory=NoWork)
    headers: Mapping[str, str] = field(default_factory=dict)
    instantiates: bool = False
    """The process begins with the message that it receives."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SubProcess(Activity):
    """Embedded sub-process, transaction, or event sub-process (`event_start` then is the start event that opens it)."""

    scope: Scope
    event_start: Event | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AdHoc(Activity):
    scope: Scope
    active: Formula | None = None
    output: str | None = None
    output_element: Formula | None = None
    completion: Formula | None = None
    cancel_remaining: bool = True
    sequential: bool = False
    """One activity at a time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The inside of a process or sub-process. `none_start` is where it begins without an event."""

    id: str
    elements: Mapping[str, Element]
    none_start: str | None = None

    @property
    def event_sub_processes(self) -> tuple[SubProcess, ...]:
        return tuple(e for e in self.elements.values() if isinstance(e, SubProcess) and e.event_start is not None)

    @property
    def undoing(self) -> SubProcess | None:
        """The event sub-process that undoes this scope once it has completed."""
        found = (s for s in self.event_sub_processes if s.event_start and s.event_start.compensates)
        return next(found, None)

    @property
    def ways_in(self) -> tuple[Way, ...]:
        found: list[Way] = []
        for element in self.elements.values():
            if element.type == "startEvent" and isinstance(element, Event):
                several = element.trigger.triggers if isinstance(element.trigger, ManyTriggers) else ()
                found += [Way(f"{element.id}#{n}", element.id, one) for n, one in enumerate(several)]
                found += [] if several else [Way(element.id, element.id, element.trigger)]
            elif isinstance(element, Task) and element.instantiates:
                found.append(Way(element.id, element.id, _waited_for(element)))
            elif isinstance(element, Gateway) and element.instantiates:
                targets = [self.elements[flow.target] for flow in element.outgoing]
                found += [Way(target.id, element.id, _waited_for(target)) for target in targets]
        return tuple(found)

    def walk(self) -> Iterator[Element]:
        """All elements, those of inner scopes right after their sub-process."""
        for element in self.elements.values():
            yield element
            if isinstance(element, SubProcess | AdHoc):
                yield from element.scope.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    id: str
    name: str
    version_tag: str | None
    scope: Scope


@dataclass(frozen=True, slots=True)
class Way:
    """A way into a process. `id` is the element that begins it (numbered, where one event waits for several things)."""

    id: str
    entry: str
    """Where its token is put: the element itself, but for an event after a gateway the gateway."""
    trigger: Trigger | None
    """None for a plain start."""


def _waited_for(element: Element) -> Trigger | None:
    if isinstance(element, Task) and isinstance(element.work, ReceiveWork):
        return element.work.message
    return element.trigger if isinstance(element, Event) else None
