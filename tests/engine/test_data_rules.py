"""Rules about what is drawn beside the flow: data, lanes, declarations, figures; and events whose parts must agree."""

from __future__ import annotations

import pytest

from .drawing import (
    boundary,
    call,
    catch,
    chain,
    diagram,
    end,
    flow,
    gate,
    link,
    many,
    message,
    start,
    sub,
    task,
    throw,
)
from .driver import ENGINE
from .test_drawing_rules import CANCEL, PLAIN, TYPES, file, io_spec, item, pools, refs, with_task
from .test_refusals import refused

INPUT = io_spec(item("dataInput", "d1", "T1"), ins=refs("Input", "d1"))
OUTPUT = io_spec(item("dataOutput", "o1", "T1"), outs=refs("Output", "o1"))
OBJECT = '<bpmn:dataObject id="do" itemSubjectRef="T2"/><bpmn:dataObjectReference id="ref" dataObjectRef="do"/>'
INNER = start("s2") + task("b") + end("e2") + chain("s2", "b", "e2")
PROPERTIES = "".join(
    f'<bpmn:correlationProperty id="{id_}"><bpmn:correlationPropertyRetrievalExpression messageRef="m1"><bpmn:messagePath>=x'
    "</bpmn:messagePath></bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>"
    for id_ in ("cp1", "cp2")
)
KEY = (
    '<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="P"/><bpmn:correlationKey id="ck">'
    "<bpmn:correlationPropertyRef>cp1</bpmn:correlationPropertyRef></bpmn:correlationKey></bpmn:collaboration>"
)


def arrow(kind: str, source: str, target: str, more: str = "") -> str:
    ends = f"<bpmn:sourceRef>{source}</bpmn:sourceRef>" if source else ""
    ends += f"<bpmn:targetRef>{target}</bpmn:targetRef>"
    return f'<bpmn:data{kind}Association id="da">{ends}{more}</bpmn:data{kind}Association>'


def two_tasks(first: str, second: str = "", beside: str = OBJECT) -> bytes:
    tasks = f'<bpmn:task id="x">{first}</bpmn:task><bpmn:task id="y">{second}</bpmn:task>'
    return file(start() + tasks + end() + chain("s", "x", "y", "e") + beside, TYPES)


def bound(property_: str) -> bytes:
    binding = f'<bpmn:correlationPropertyBinding id="cb" correlationPropertyRef="{property_}"><bpmn:dataPath>=x</bpmn:dataPath>'
    subscription = (
        f'<bpmn:correlationSubscription id="cs" correlationKeyRef="ck">{binding}</bpmn:correlationPropertyBinding>'
    )
    return file(PLAIN + subscription + "</bpmn:correlationSubscription>", PROPERTIES, KEY)


def lanes(*lanes: str) -> str:
    return f'<bpmn:laneSet id="ls">{"".join(lanes)}</bpmn:laneSet>'


def lane(id_: str, *nodes: str) -> str:
    listed = "".join(f"<bpmn:flowNodeRef>{node}</bpmn:flowNodeRef>" for node in nodes)
    return f'<bpmn:lane id="{id_}">{listed}</bpmn:lane>'


def figure(tag: str, shown: str) -> bytes:
    shape = f'<di:{tag} id="ds" bpmnElement="{shown}"/>'
    picture = f'<di:BPMNDiagram id="d"><di:BPMNPlane id="dp" bpmnElement="P">{shape}</di:BPMNPlane></di:BPMNDiagram>'
    return file(start() + end() + flow("s", "e", None, "f9"), picture)


def typed(event: str) -> bytes:
    return file(start() + event + end() + chain("s", "x", "e"), TYPES)


def linked(target: str) -> bytes:
    away = '<bpmn:linkEventDefinition id="la" name="A"><bpmn:target>{}</bpmn:target></bpmn:linkEventDefinition>'
    back = "".join(catch(f"c{n}", f'<bpmn:linkEventDefinition id="l{n}" name="{n}"/>') for n in "AB")
    ends = throw("x", away.format(target)) + throw("y", link("B")) + back + end()
    return diagram(start(), ends, chain("s", "x"), chain("s", "y"), chain("cA", "e"), chain("cB", "e"))


OTHER = '<bpmn:process id="Q"><bpmn:task id="q"/></bpmn:process>'
CALLING = call("x", "Q").replace("<bpmn:callActivity ", '<bpmn:callActivity calledElement="{}" ')
HAS_INPUT = f'<bpmn:subProcess id="x">{INPUT}{INNER}</bpmn:subProcess>'
TRANSACTION = f'<bpmn:transaction id="x">{start("s2") + end("e2", CANCEL) + chain("s2", "e2")}</bpmn:transaction>'
BROKEN: dict[str, tuple[bytes, str, str | None]] = {
    "data of another type": (two_tasks(INPUT + arrow("Input", "ref", "d1")), "hver sin datatype", "da"),
    "data of another type going out": (two_tasks(OUTPUT + arrow("Output", "o1", "ref")), "hver sin datatype", "da"),
    "an input arrow the wrong way": (two_tasks(INPUT + arrow("Input", "d1", "ref")), "i 'x' selv", "da"),
    "the input of another step": (two_tasks(INPUT, arrow("Input", "ref", "d1")), "i 'y' selv", "da"),
    "the output of another step": (two_tasks(OUTPUT, arrow("Output", "o1", "ref")), "i 'y' selv", "da"),
    "data inside a sub-process": (
        file(
            start()
            + sub("k", INNER + '<bpmn:dataObject id="do"/><bpmn:dataObjectReference id="ref" dataObjectRef="do"/>')
            + f'<bpmn:task id="x">{arrow("Output", "", "ref")}</bpmn:task>'
            + end()
            + chain("s", "k", "x", "e")
        ),
        "ikke er i",
        "da",
    ),
    "a reference to data inside a sub-process": (
        file(
            start()
            + sub("k", INNER + '<bpmn:dataObject id="do"/>')
            + '<bpmn:dataObjectReference id="ref" dataObjectRef="do"/>'
            + end()
            + chain("s", "k", "e")
        ),
        "ikke kan ses herfra",
        "ref",
    ),
    "a reference with a type of its own": (
        two_tasks("", beside=OBJECT.replace('dataObjectRef="do"', 'dataObjectRef="do" itemSubjectRef="T2"')),
        "på selve dataobjektet",
        "ref",
    ),
    "a sub-process with inputs": (file(start() + HAS_INPUT + end() + chain("s", "x", "e"), TYPES), "dens trin", "x"),
    "two data specifications": (with_task(io_spec() + io_spec()), "2 gange ioSpecification", "x"),
    "a data specification without sets": (with_task("<bpmn:ioSpecification/>"), "mangler et inputSet", "x"),
    "a store of less than nothing": (file(PLAIN, '<bpmn:dataStore id="q" capacity="-1"/>'), "et helt tal", "q"),
    "a step in two lanes": (file(lanes(lane("l1", "a"), lane("l2", "a")) + PLAIN), "også i banen 'l1'", "l2"),
    "a lane with a step of another process": (file(lanes(lane("l1", "q")) + PLAIN, OTHER), "en anden proces", "l1"),
    "an association from nowhere": (file(PLAIN + '<bpmn:association id="q" targetRef="a"/>'), "sourceRef", "q"),
    "an association to nowhere": (file(PLAIN + '<bpmn:association id="q" sourceRef="a"/>'), "targetRef", "q"),
    "an association in no direction": (
        file(PLAIN + '<bpmn:association id="q" sourceRef="a" targetRef="s" associationDirection="Up"/>'),
        "None, One eller Both",
        "q",
    ),
    "an operation without a message": (
        file(PLAIN, '<bpmn:interface id="i"><bpmn:operation id="q"/></bpmn:interface>'),
        "mangler inMessageRef",
        "q",
    ),
    "an interface without an operation": (file(PLAIN, '<bpmn:interface id="q"/>'), "mangler operation", "q"),
    "a correlation property without an expression": (
        file(PLAIN, '<bpmn:correlationProperty id="q"/>'),
        "mangler correlationPropertyRetrievalExpression",
        "q",
    ),
    "a subscription without a key": (file(PLAIN + '<bpmn:correlationSubscription id="q"/>'), "correlationKeyRef", "q"),
    "a subscription with a part of another key": (bound("cp2"), "ikke en del af nøglen", "cb"),
    "a result type that is none": (
        file(
            start()
            + gate("exclusive", "g", "f2")
            + end()
            + chain("s", "g")
            + flow("g", "e", None, "f2")
            + flow("g", "e", "=ok", "f1").replace(
                "<bpmn:conditionExpression>", '<bpmn:conditionExpression evaluatesToTypeRef="s">'
            )
        ),
        "evaluatesToTypeRef henviser til 's'",
        "f1",
    ),
    "a property of a type that is none": (
        file(PLAIN, PROPERTIES.replace('id="cp1"', 'id="cp1" type="nej"')),
        "type henviser til 'nej'",
        "cp1",
    ),
    "a lane that stands for nothing": (
        file(lanes(lane("l1", "a").replace('id="l1"', 'id="l1" partitionElementRef="nej"')) + PLAIN),
        "partitionElementRef",
        "l1",
    ),
    "an edge that shows a step": (figure("BPMNEdge", "s"), "som en streg", None),
    "a shape that shows a flow": (figure("BPMNShape", "f9"), "som en figur", None),
    "a link to an end of another name": (linked("lB"), "samme navn", "x"),
    "two processes called at once": (
        diagram(start(), CALLING.format("R"), end(), chain("s", "x", "e")),
        "både 'R' (calledElement) og 'Q'",
        "x",
    ),
    "two events for one cancelling": (
        diagram(start(), TRANSACTION, end(), chain("s", "x", "e"))
        .replace(b"</bpmn:transaction>", b"</bpmn:transaction>" + (boundary("b1", "x", CANCEL)).encode())
        .replace(
            b"</bpmn:process>",
            (boundary("b2", "x", CANCEL) + chain("b1", "e") + chain("b2", "e")).encode() + b"</bpmn:process>",
        ),
        "griber annulleringen",
        "b2",
    ),
    "an island": (file(PLAIN + task("z") + task("w") + chain("z", "w", "z")), "Ingen vej fører hertil", "z"),
    "instances of a number": (diagram(start(), task("x", many("=3")), end(), chain("s", "x", "e")), "en liste", "x"),
    "a typed message without its operation": (
        typed(catch("x", message("mt"))).replace(
            b'itemRef="T1"/>',
            b'itemRef="T1"><bpmn:extensionElements><zeebe:subscription correlationKey="=1"/></bpmn:extensionElements></bpmn:message>',
        ),
        "hvilken operation",
        "x",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_rules(what: str) -> None:
    content, expected, element = BROKEN[what]
    findings = refused(content)
    hits = [f for f in findings if expected in f.message]
    assert hits, [f.message for f in findings]
    assert hits[0].element_id == element or element is None


TRANSFORMED = "<bpmn:transformation>=x</bpmn:transformation>"
KEPT = {
    "data that is transformed": two_tasks(INPUT + arrow("Input", "ref", "d1", TRANSFORMED)),
    "data to a placeholder": two_tasks('<bpmn:property id="pr"/>' + arrow("Input", "ref", "pr")),
    "an output from nowhere": two_tasks(arrow("Output", "", "ref")),
    "data of the scope around": file(
        start()
        + sub("k", INNER.replace(task("b"), f'<bpmn:task id="b">{arrow("Output", "", "ref")}</bpmn:task>'))
        + end()
        + chain("s", "k", "e")
        + OBJECT,
        TYPES,
    ),
    "a step in a lane and in a lane inside it": file(
        lanes(
            lane("l1", "a").replace(
                "</bpmn:lane>", f'<bpmn:childLaneSet id="cl">{lane("l2", "a")}</bpmn:childLaneSet></bpmn:lane>'
            )
        )
        + PLAIN
    ),
    "several instances of a sub-process with an input": file(
        start()
        + HAS_INPUT.replace(INNER, arrow("Input", "ref", "d1", TRANSFORMED) + many("=[1]") + INNER)
        + end()
        + chain("s", "x", "e")
        + OBJECT,
        TYPES,
    ),
    "a subscription with its key": bound("cp1"),
    "an edge that shows a flow": figure("BPMNEdge", "f9"),
    "a link to its end": linked("lA"),
    "the same process named twice": diagram(start(), CALLING.format("Q"), end(), chain("s", "x", "e")),
    "an association of the standard's directions": pools(
        body=PLAIN + '<bpmn:association id="q" sourceRef="a" targetRef="s" associationDirection="Both"/>'
    ),
    "a typed message with its operation": typed(
        throw(
            "x",
            '<bpmn:messageEventDefinition messageRef="mt"><bpmn:operationRef>O</bpmn:operationRef></bpmn:messageEventDefinition>',
            '<zeebe:taskDefinition type="t"/>',
        )
    ),
}


@pytest.mark.parametrize("what", KEPT)
def test_kept_rules(what: str) -> None:
    assert ENGINE.read(KEPT[what], "fil.bpmn").models
