"""The standard's rules about what is drawn: each broken once, told at its element, and each kept where it holds."""

from __future__ import annotations

import pytest

from service.engine.reader.xml import BPMN

from .drawing import NAMESPACES, SHARED, boundary, call, catch, chain, diagram, end, flow, gate, link, start, sub, task
from .drawing import throw as throw_
from .driver import ENGINE
from .test_refusals import refused

PLAIN = start() + task("a") + end() + chain("s", "a", "e")


def file(body: str, *around: str, attributes: str = "") -> bytes:
    """Process `P` beside other things at the top of the file."""
    return (
        f'<bpmn:definitions {NAMESPACES} xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI"{attributes}>{SHARED}{"".join(around)}'
        f'<bpmn:process id="P" isExecutable="true">{body}</bpmn:process></bpmn:definitions>'
    ).encode()


def with_task(inside: str, *around: str, tag: str = "task", attributes: str = "") -> bytes:
    """Start, a task `x` with something inside, end."""
    element = f'<bpmn:{tag} id="x"{attributes}>{inside}</bpmn:{tag}>'
    return file(start() + element + end() + chain("s", "x", "e"), *around)


def pools(*flows: str, body: str = PLAIN, more: str = '<bpmn:participant id="p2"/>') -> bytes:
    return file(
        body,
        f'<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="P"/>{more}{"".join(flows)}</bpmn:collaboration>',
    )


def message_flow(source: str, target: str) -> str:
    return f'<bpmn:messageFlow id="mf" sourceRef="{source}" targetRef="{target}"/>'


def io_spec(*items: str, ins: str = "", outs: str = "") -> str:
    return (
        f"<bpmn:ioSpecification>{''.join(items)}<bpmn:inputSet>{ins}</bpmn:inputSet>"
        f"<bpmn:outputSet>{outs}</bpmn:outputSet></bpmn:ioSpecification>"
    )


def item(tag: str, id_: str, type_: str = "", more: str = "") -> str:
    subject = f' itemSubjectRef="{type_}"' if type_ else ""
    return f'<bpmn:{tag} id="{id_}"{subject}{more}/>'


def refs(side: str, *ids: str, kind: str = "data") -> str:
    return "".join(f"<bpmn:{kind}{side}Refs>{id_}</bpmn:{kind}{side}Refs>" for id_ in ids)


TYPES = (
    '<bpmn:itemDefinition id="T1" structureRef="tekst"/><bpmn:itemDefinition id="T2" structureRef="tal"/>'
    '<bpmn:itemDefinition id="T3" structureRef="tekst"/><bpmn:itemDefinition id="TL" isCollection="true"/>'
    '<bpmn:message id="mt" name="mt" itemRef="T1"/><bpmn:signal id="st" name="st" structureRef="T2"/>'
    '<bpmn:interface id="I"><bpmn:operation id="O"><bpmn:inMessageRef>mt</bpmn:inMessageRef></bpmn:operation></bpmn:interface>'
)
JOB = '<bpmn:extensionElements><zeebe:taskDefinition type="t"/></bpmn:extensionElements>'
COMPENSATE = "<bpmn:compensateEventDefinition/>"
CANCEL = "<bpmn:cancelEventDefinition/>"

BROKEN: dict[str, tuple[bytes, str, str | None]] = {
    # paths
    "a task that leads nowhere": (
        diagram(
            start(), gate("parallel", "p"), task("a"), task("b"), end(), chain("s", "p", "a", "e"), chain("p", "b")
        ),
        "Ingen pil fører videre",
        "b",
    ),
    "a sub-process without an end": (
        diagram(start(), sub("k", start("s2") + task("b") + chain("s2", "b")), end(), chain("s", "k", "e")),
        "Ingen pil fører videre",
        "b",
    ),
    "a start that leads nowhere": (
        diagram(start(), start("s2"), end(), chain("s", "e")),
        "Ingen pil fører videre",
        "s2",
    ),
    "an end without a start": (diagram(task("a"), end(), chain("a", "e")), "ingen starthændelse", "P"),
    "a gateway that neither splits nor joins": (
        diagram(start(), gate("exclusive", "g"), end(), chain("s", "g", "e")),
        "hverken deler eller samler",
        "g",
    ),
    "a lonely condition": (
        diagram(start(), task("a"), end(), chain("s", "a"), flow("a", "e", "=ok", "f9")),
        "den eneste herfra",
        "f9",
    ),
    "a default flow of somebody else": (
        file(start() + '<bpmn:task id="a" default="f9"/>' + end() + flow("s", "a", id_="f9") + chain("a", "e")),
        "udgår ikke herfra",
        "a",
    ),
    # references
    "a reference to nothing": (
        with_task(JOB, tag="sendTask", attributes=' messageRef="nej"'),
        "som ikke findes",
        "x",
    ),
    "a reference of the wrong kind": (
        with_task(JOB, tag="serviceTask", attributes=' operationRef="s"'),
        "starthændelse",
        "x",
    ),
    "a lane with a flow in it": (
        file(
            '<bpmn:laneSet id="ls"><bpmn:lane id="l"><bpmn:flowNodeRef>f9</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
            + start()
            + end()
            + flow("s", "e", id_="f9")
        ),
        "en pil",
        "l",
    ),
    "an imported diagram": (
        file(PLAIN, f'<bpmn:import importType="{BPMN}" location="b.bpmn" namespace="urn:b"/>'),
        "Andre BPMN-filer",
        None,
    ),
    "an import of nothing": (file(PLAIN, '<bpmn:import importType="x"/>'), "Importen skal have", None),
    "a called task": (diagram(start(), call("x", "s"), end(), chain("s", "x", "e")), "Kun en proces kan kaldes", "x"),
    "a called process that only a message starts": (
        file(
            start() + call("x", "Q") + end() + chain("s", "x", "e"),
            '<bpmn:process id="Q" isExecutable="true"><bpmn:startEvent id="qs"><bpmn:messageEventDefinition messageRef="m1"/>'
            '</bpmn:startEvent><bpmn:endEvent id="qe"/><bpmn:sequenceFlow id="qf" sourceRef="qs" targetRef="qe"/></bpmn:process>',
        ),
        "ingen almindelig starthændelse",
        "x",
    ),
    "a shape of nothing": (
        file(
            PLAIN,
            '<di:BPMNDiagram id="d"><di:BPMNPlane id="dp" bpmnElement="P"><di:BPMNShape id="ds" bpmnElement="nej"/>'
            "</di:BPMNPlane></di:BPMNDiagram>",
        ),
        "Tegningen viser 'nej'",
        None,
    ),
    "a shape with the id of its element": (
        file(
            PLAIN,
            '<di:BPMNDiagram id="d"><di:BPMNPlane id="dp"><di:BPMNShape id="a" bpmnElement="a"/></di:BPMNPlane></di:BPMNDiagram>',
        ),
        "bruges flere gange",
        None,
    ),
    "a dataset of a pool": (
        file(
            start()
            + f'<bpmn:task id="x">{io_spec(item("dataInput", "d1"), ins=refs("Input", "d1", "s"))}</bpmn:task>'
            + end()
            + chain("s", "x", "e")
        ),
        "dataInputRefs henviser til 's'",
        "x",
    ),
    # events
    "a thrown message nobody named": (
        diagram(
            start(),
            throw_("x", "<bpmn:messageEventDefinition/>", '<zeebe:taskDefinition type="t"/>'),
            end(),
            chain("s", "x", "e"),
        ),
        "hvilken besked den sender",
        "x",
    ),
    # compensation, cancelling, loops
    "a compensation without a handler": (
        diagram(start(), task("a"), end(), chain("s", "a", "e"), boundary("b", "a", COMPENSATE)),
        "netop én opgave, der rydder op",
        "b",
    ),
    "a handler that is not marked": (
        file(
            start()
            + task("a")
            + end()
            + task("h")
            + chain("s", "a", "e")
            + boundary("b", "a", COMPENSATE)
            + '<bpmn:association id="as" sourceRef="b" targetRef="h"/>'
        ),
        "ikke mærket som kompensation",
        "h",
    ),
    "a handler on the path": (with_task("", attributes=' isForCompensation="true"'), "kan ikke have pile", "x"),
    "cancelling what is no transaction": (
        diagram(start(), end("e", CANCEL), chain("s", "e")),
        "Kun en transaktion",
        "e",
    ),
    "two loop markers": (
        with_task("<bpmn:standardLoopCharacteristics/><bpmn:multiInstanceLoopCharacteristics/>"),
        "flere gentagelsesmarkører",
        "x",
    ),
    "less than one token": (with_task("", attributes=' startQuantity="0"'), "startQuantity skal være", "x"),
    "behaviour without its event": (
        with_task('<bpmn:multiInstanceLoopCharacteristics behavior="One"/>'),
        "kræver en hændelse",
        "x",
    ),
    "a complex behaviour of a simple loop": (
        with_task(
            "<bpmn:multiInstanceLoopCharacteristics><bpmn:complexBehaviorDefinition/></bpmn:multiInstanceLoopCharacteristics>"
        ),
        "gælder kun ved behavior='Complex'",
        "x",
    ),
    # conditions
    "a condition that is a number": (
        diagram(
            start(),
            gate("exclusive", "g", "f2"),
            task("a"),
            end(),
            chain("s", "g", "a", "e"),
            flow("g", "e", "=23", "f9"),
            flow("g", "e", id_="f2"),
        ),
        "altid 23",
        "f9",
    ),
    "a language that is no address": (
        file(PLAIN, attributes=' expressionLanguage="ikke%gyldig"'),
        "gyldig adresse",
        None,
    ),
    # pools
    "a message within a pool": (pools(message_flow("a", "p1")), "samme pulje", "mf"),
    "a message from a plain start": (pools(message_flow("s", "p2")), "ikke sender en besked", "mf"),
    "a message to a plain end": (pools(message_flow("p2", "e")), "ikke modtager en besked", "mf"),
    "a message to a gateway": (
        pools(message_flow("p2", "g"), body=start() + gate("exclusive", "g") + end() + chain("s", "g", "e")),
        "en gateway",
        "mf",
    ),
    "a message with one end": (pools('<bpmn:messageFlow id="mf" sourceRef="p2"/>'), "mangler en ende", "mf"),
    "a pool of fewer than none": (
        pools(
            more='<bpmn:participant id="p2"><bpmn:participantMultiplicity minimum="-1" maximum="2"/></bpmn:participant>'
        ),
        "Puljens antal",
        "p2",
    ),
    "a conversation": (pools(more='<bpmn:callConversation id="cc"/>'), "Konversationer", "cc"),
    # data
    "an input in no set": (with_task(io_spec(item("dataInput", "d1"))), "ikke i noget inputSet", "d1"),
    "an output in no set": (with_task(io_spec(item("dataOutput", "d1"))), "ikke i noget outputSet", "d1"),
    "an optional input that is none": (
        with_task(
            io_spec(
                item("dataInput", "d1"),
                item("dataInput", "d2"),
                ins=refs("Input", "d1") + refs("Input", "d2", kind="optional"),
            )
        ),
        "optionalInputRefs",
        "x",
    ),
    "a state without a name": (
        file(
            PLAIN
            + '<bpmn:dataObject id="do"/><bpmn:dataObjectReference id="dr" dataObjectRef="do"><bpmn:dataState/></bpmn:dataObjectReference>'
        ),
        "mangler et navn",
        "dr",
    ),
    "two sources of one arrow": (
        with_task(
            io_spec(item("dataInput", "d1"), ins=refs("Input", "d1"))
            + '<bpmn:dataInputAssociation id="da"><bpmn:sourceRef>d1</bpmn:sourceRef><bpmn:sourceRef>d1</bpmn:sourceRef>'
            "<bpmn:targetRef>d1</bpmn:targetRef></bpmn:dataInputAssociation>"
        ),
        "flere kilder",
        "da",
    ),
    "a list that is none": (
        with_task(io_spec(item("dataInput", "d1", "TL", ' isCollection="false"'), ins=refs("Input", "d1")), TYPES),
        "passer ikke med datatypen",
        "d1",
    ),
    "an input of another type than its operation": (
        with_task(
            JOB + io_spec(item("dataInput", "d1", "T2"), ins=refs("Input", "d1")),
            TYPES,
            tag="serviceTask",
            attributes=' operationRef="O"',
        ),
        "Brug samme datatype",
        "d1",
    ),
    "an input of another type than its message": (
        with_task(
            JOB + io_spec(item("dataInput", "d1", "T2"), ins=refs("Input", "d1")),
            TYPES,
            tag="sendTask",
            attributes=' messageRef="mt"',
        ),
        "Brug samme datatype",
        "d1",
    ),
    "a property of a data object": (
        file(PLAIN + '<bpmn:dataObject id="do"><bpmn:property id="pr"/></bpmn:dataObject>'),
        "kan kun stå i en proces",
        "pr",
    ),
    "an interface that nothing binds": (
        file("<bpmn:supportedInterfaceRef>I</bpmn:supportedInterfaceRef>" + PLAIN, TYPES),
        "binder ikke 'O'",
        "P",
    ),
    "an interface bound to data of another type": (
        file(
            "<bpmn:supportedInterfaceRef>I</bpmn:supportedInterfaceRef>"
            + io_spec(item("dataInput", "d1", "T2"), ins=refs("Input", "d1"))
            + '<bpmn:ioBinding operationRef="O" inputDataRef="d1"/>'
            + PLAIN,
            TYPES,
        ),
        "Brug samme datatype",
        "d1",
    ),
    "an event's data of another type": (
        file(
            start()
            + throw_(
                "x",
                item("dataInput", "d1", "T1")
                + f'<bpmn:inputSet>{refs("Input", "d1")}</bpmn:inputSet><bpmn:signalEventDefinition signalRef="st"/>',
            )
            + end()
            + chain("s", "x", "e"),
            TYPES,
        ),
        "Brug samme datatype",
        "d1",
    ),
}


@pytest.mark.parametrize("what", BROKEN)
def test_broken_rules(what: str) -> None:
    content, expected, element = BROKEN[what]
    findings = refused(content)
    hits = [f for f in findings if expected in f.message]
    assert hits, [f.message for f in findings]
    assert hits[0].element_id == element or element is None


KEPT = {
    "two pools and messages": pools(message_flow("a", "p2"), message_flow("p2", "a").replace("mf", "mg")),
    "a message to a catching event": pools(
        message_flow("p2", "k"),
        body=start() + catch("k", '<bpmn:messageEventDefinition messageRef="m1"/>') + end() + chain("s", "k", "e"),
    ),
    "data that fits": with_task(
        JOB + io_spec(item("dataInput", "d1", "T3"), ins=refs("Input", "d1")),
        TYPES,
        tag="serviceTask",
        attributes=' operationRef="O"',
    ),
    "a type from elsewhere": file(PLAIN, '<bpmn:error id="ee" errorCode="ee" structureRef="xsd:string"/>'),
    "a link": diagram(start(), throw_("t", link("L")), catch("c", link("L")), end(), chain("s", "t"), chain("c", "e")),
    "what lies in a process that does not run": file(
        PLAIN, '<bpmn:process id="Q"><bpmn:serviceTask id="q" operationRef="nej"/></bpmn:process>'
    ),
    "an endless path": diagram(
        start(),
        gate("exclusive", "g"),
        catch("k", "<bpmn:timerEventDefinition><bpmn:timeDuration>P1D</bpmn:timeDuration></bpmn:timerEventDefinition>"),
        chain("s", "g", "k", "g"),
    ),
}


@pytest.mark.parametrize("what", KEPT)
def test_kept_rules(what: str) -> None:
    assert ENGINE.read(KEPT[what], "fil.bpmn").models
