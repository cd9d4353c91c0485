"""Diagrams for tests, written in one line per element."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from itertools import count, pairwise

_ids = count(1)
Pairs = Iterable[tuple[str, str]]


def _attributes(**values: str | None) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in values.items() if value is not None)


def flow(source: str, target: str, condition: str | None = None, id_: str | None = None) -> str:
    inner = f"<bpmn:conditionExpression>{escape(condition)}</bpmn:conditionExpression>" if condition else ""
    attributes = _attributes(id=id_ or f"f{next(_ids)}", sourceRef=source, targetRef=target)
    return f"<bpmn:sequenceFlow{attributes}>{inner}</bpmn:sequenceFlow>"


def chain(*ids: str) -> str:
    """Flows from each to the next."""
    return "".join(flow(a, b) for a, b in pairwise(ids))


def ext(*extensions: str) -> str:
    inner = "".join(extensions)
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>" if inner else ""


def io(inputs: Pairs = (), outputs: Pairs = ()) -> str:
    rows = [f"<zeebe:input{_attributes(source=s, target=t)}/>" for s, t in inputs]
    rows += [f"<zeebe:output{_attributes(source=s, target=t)}/>" for s, t in outputs]
    return f"<zeebe:ioMapping>{''.join(rows)}</zeebe:ioMapping>"


def frist(id_: str) -> str:
    return f'<forloeb:frist id="{id_}"/>'


def status(value: str, *, lasts: bool = False) -> str:
    return f"<forloeb:status{_attributes(value=value, varer='true' if lasts else None)}/>"


def due(expression: str, follow_up: str | None = None) -> str:
    return f"<zeebe:taskSchedule{_attributes(dueDate=expression, followUpDate=follow_up)}/>"


def _element(tag: str, id_: str, inner: str = "", name: str | None = None, **attributes: str | None) -> str:
    return f"<bpmn:{tag}{_attributes(id=id_, name=name, **attributes)}>{inner}</bpmn:{tag}>"


def start(id_: str = "s", definition: str = "", *extensions: str) -> str:
    return _element("startEvent", id_, ext(*extensions) + definition)


def end(id_: str = "e", definition: str = "", *extensions: str) -> str:
    return _element("endEvent", id_, ext(*extensions) + definition)


def listeners(*pairs: tuple[str, str]) -> str:
    """Listeners of a user task: event and job type of each."""
    rows = (f"<zeebe:taskListener{_attributes(eventType=event, type=kind)}/>" for event, kind in pairs)
    return f"<zeebe:taskListeners>{''.join(rows)}</zeebe:taskListeners>"


def user(id_: str, *extensions: str, inner: str = "", name: str | None = None) -> str:
    assigned = (
        "" if "assignmentDefinition" in "".join(extensions) else '<zeebe:assignmentDefinition candidateGroups="alle"/>'
    )
    return _element("userTask", id_, ext("<zeebe:userTask/>", assigned, *extensions) + inner, name)


def job(
    id_: str,
    type_: str = "arbejd",
    *extensions: str,
    retries: str | None = None,
    inner: str = "",
    tag: str = "serviceTask",
) -> str:
    definition = f"<zeebe:taskDefinition{_attributes(type=type_, retries=retries)}/>"
    return _element(tag, id_, ext(definition, *extensions) + inner)


def script(id_: str, expression: str, result: str, *extensions: str, inner: str = "") -> str:
    return _element(
        "scriptTask",
        id_,
        ext(f"<zeebe:script{_attributes(expression=expression, resultVariable=result)}/>", *extensions) + inner,
    )


def decision(id_: str, decision_id: str, result: str, *extensions: str) -> str:
    holder = f"<zeebe:calledDecision{_attributes(decisionId=decision_id, resultVariable=result)}/>"
    return _element("businessRuleTask", id_, ext(holder, *extensions))


def task(id_: str, inner: str = "") -> str:
    return _element("task", id_, inner)


def receive(id_: str, message: str = "m1", *extensions: str) -> str:
    return _element("receiveTask", id_, ext(*extensions), messageRef=message)


def gate(kind: str, id_: str, default: str | None = None) -> str:
    return _element(f"{kind}Gateway", id_, default=default)


def timer(text: str, form: str = "timeDuration") -> str:
    return f"<bpmn:timerEventDefinition><bpmn:{form}>{escape(text)}</bpmn:{form}></bpmn:timerEventDefinition>"


def message(name: str = "m1") -> str:
    return f'<bpmn:messageEventDefinition messageRef="{name}"/>'


def signal(name: str = "sg") -> str:
    return f'<bpmn:signalEventDefinition signalRef="{name}"/>'


def error(code: str | None = None) -> str:
    return f"<bpmn:errorEventDefinition{_attributes(errorRef=code)}/>"


def escalation(code: str | None = None) -> str:
    return f"<bpmn:escalationEventDefinition{_attributes(escalationRef=code and 'X' + code)}/>"


def terminate() -> str:
    return "<bpmn:terminateEventDefinition/>"


def link(name: str) -> str:
    return f'<bpmn:linkEventDefinition name="{name}"/>'


def boundary(
    id_: str, host: str, definition: str, *extensions: str, interrupting: bool = True, name: str | None = None
) -> str:
    return _element(
        "boundaryEvent",
        id_,
        ext(*extensions) + definition,
        name,
        attachedToRef=host,
        cancelActivity=str(interrupting).lower(),
    )


def catch(id_: str, definition: str, *extensions: str, name: str | None = None) -> str:
    return _element("intermediateCatchEvent", id_, ext(*extensions) + definition, name)


def throw(id_: str, definition: str = "", *extensions: str) -> str:
    return _element("intermediateThrowEvent", id_, ext(*extensions) + definition)


def condition(expression: str, names: str | None = None, changes: str | None = None) -> str:
    """A conditional event's definition."""
    holder = _attributes(variableNames=names, variableEvents=changes)
    filter_ = ext(f"<zeebe:conditionalFilter{holder}/>") if holder else ""
    inner = f"{filter_}<bpmn:condition>{escape(expression)}</bpmn:condition>"
    return f"<bpmn:conditionalEventDefinition>{inner}</bpmn:conditionalEventDefinition>"


def compensate(activity: str | None = None, waits: str | None = None) -> str:
    return f"<bpmn:compensateEventDefinition{_attributes(activityRef=activity, waitForCompletion=waits)}/>"


def undone(host: str, handler: str) -> str:
    """A compensation event on `host`, associated with the activity drawn in `handler`, whose id is `<host>_u`."""
    marked = handler.replace(f'id="{host}_u"', f'id="{host}_u" isForCompensation="true"', 1)
    line = f'<bpmn:association id="{host}_l" sourceRef="{host}_c" targetRef="{host}_u"/>'
    return boundary(f"{host}_c", host, compensate()) + marked + line


def cancel() -> str:
    return "<bpmn:cancelEventDefinition/>"


def again(condition: str | None = None, most: int | None = None, *, before: bool = False) -> str:
    """A loop marker."""
    inner = f"<bpmn:loopCondition>{escape(condition)}</bpmn:loopCondition>" if condition else ""
    attributes = _attributes(testBefore=str(before).lower(), loopMaximum=None if most is None else str(most))
    return f"<bpmn:standardLoopCharacteristics{attributes}>{inner}</bpmn:standardLoopCharacteristics>"


def sub(id_: str, body: str, *extensions: str, inner: str = "") -> str:
    return _element("subProcess", id_, ext(*extensions) + inner + body)


def event_sub(
    id_: str, definition: str, body: str, *path: str, interrupting: bool = True, start_extensions: str = ""
) -> str:
    """An event sub-process; its start is `<id>_s`, followed by `path`."""
    begin = _element(
        "startEvent", f"{id_}_s", ext(start_extensions) + definition, isInterrupting=str(interrupting).lower()
    )
    return _element("subProcess", id_, begin + body + chain(f"{id_}_s", *path), triggeredByEvent="true")


def many(
    collection: str,
    element: str | None = None,
    output: str | None = None,
    output_element: str | None = None,
    *,
    sequential: bool = False,
    until: str | None = None,
) -> str:
    """Multi-instance characteristics."""
    holder = _attributes(
        inputCollection=collection, inputElement=element, outputCollection=output, outputElement=output_element
    )
    condition = f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    inner = ext(f"<zeebe:loopCharacteristics{holder}/>") + condition
    tag = "bpmn:multiInstanceLoopCharacteristics"
    return f'<{tag} isSequential="{str(sequential).lower()}">{inner}</{tag}>'


def call(
    id_: str,
    process: str,
    *extensions: str,
    down: bool | None = None,
    up: bool | None = None,
    inner: str = "",
    **more: str,
) -> str:
    flags = {"propagateAllParentVariables": down, "propagateAllChildVariables": up}
    holder = _attributes(processId=process, **{k: str(v).lower() for k, v in flags.items() if v is not None}, **more)
    return _element("callActivity", id_, ext(f"<zeebe:calledElement{holder}/>", *extensions) + inner)


def ad_hoc(
    id_: str,
    body: str,
    *extensions: str,
    active: str | None = None,
    until: str | None = None,
    output: tuple[str, str] | None = None,
    cancel: bool = True,
) -> str:
    holder = _attributes(
        activeElementsCollection=active,
        outputCollection=output and output[0],
        outputElement=output and output[1],
    )
    condition = f"<bpmn:completionCondition>{escape(until)}</bpmn:completionCondition>" if until else ""
    inner = ext(f"<zeebe:adHoc{holder}/>" if holder else "", *extensions) + body + condition
    return _element("adHocSubProcess", id_, inner, cancelRemainingInstances=str(cancel).lower())


NAMESPACES = (
    'xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:forloeb="urn:forloeb:1.0" xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
)
KEYED = ext('<zeebe:subscription correlationKey="=key"/>')
SHARED = (
    "".join(f'<bpmn:message id="{name}" name="{name}">{KEYED}</bpmn:message>' for name in ("m1", "m2"))
    + '<bpmn:signal id="sg" name="sg"/>'
    + "".join(
        f'<bpmn:error id="{c}" errorCode="{c}"/><bpmn:escalation id="X{c}" escalationCode="{c}"/>' for c in ("E1", "E2")
    )
)
"""Messages m1 and m2 (keyed on `=key`), the signal sg, errors and escalations E1 and E2."""


def process(id_: str, *body: str) -> str:
    return f'<bpmn:process id="{id_}" isExecutable="true">{"".join(body)}</bpmn:process>'


def definitions(*parts: str, shared: str = SHARED) -> bytes:
    """A whole file."""
    return f"<bpmn:definitions {NAMESPACES}>{shared}{''.join(parts)}</bpmn:definitions>".encode()


def diagram(*body: str) -> bytes:
    """A file with one process `P`."""
    return definitions(process("P", *body))
