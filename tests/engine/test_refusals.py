"""What is refused at reading: every element and extension that does not run, with a message, its id and its line."""

from __future__ import annotations

import pytest

from service.domain.definitions import Finding
from service.domain.errors import DeploymentRefused

from .drawing import (
    NAMESPACES,
    SHARED,
    ad_hoc,
    boundary,
    call,
    catch,
    chain,
    compensate,
    definitions,
    diagram,
    end,
    error,
    escalation,
    event_sub,
    ext,
    flow,
    gate,
    io,
    job,
    link,
    listeners,
    many,
    message,
    process,
    receive,
    script,
    signal,
    start,
    sub,
    task,
    terminate,
    throw,
    timer,
    undone,
    user,
)
from .driver import ENGINE


def refused(content: bytes) -> tuple[Finding, ...]:
    with pytest.raises(DeploymentRefused) as caught:
        ENGINE.read(content, "fil.bpmn")
    findings = tuple(f for f in caught.value.findings if f.error)
    for finding in findings:
        assert finding.file == "fil.bpmn"
        assert finding.message.endswith((".", "'", ")")) or ". Der står: " in finding.message
    return findings


def with_one(element: str, id_: str = "x") -> bytes:
    """Start, the element, end."""
    return diagram(start(), element, end(), chain("s", id_, "e"))


def tag(name: str, inner: str = "", **attributes: str) -> str:
    drawn = "".join(f' {key}="{value}"' for key, value in attributes.items())
    return f'<bpmn:{name} id="x"{drawn}>{inner}</bpmn:{name}>'


ONE_ELEMENT = {
    "complexGateway": (tag("complexGateway"), "kompleks gateway"),
    "transaction with a method": (tag("transaction", start("s2"), method="##Store"), "ved kompensation"),
    "transaction by an event": (tag("transaction", start("s2"), triggeredByEvent="true"), "startes af en hændelse"),
    "choreographyTask": (tag("choreographyTask"), "Koreografier"),
    "a loop without an end": (task("x", "<bpmn:standardLoopCharacteristics/>"), "ingen ende"),
    "a loop of no rounds": (task("x", '<bpmn:standardLoopCharacteristics loopMaximum="0"/>'), "fra 1"),
    "a loop condition without equals sign": (
        task(
            "x",
            "<bpmn:standardLoopCharacteristics><bpmn:loopCondition>x</bpmn:loopCondition></bpmn:standardLoopCharacteristics>",
        ),
        "begynder med =",
    ),
    "compensation handler": (tag("task", isForCompensation="true"), "Kompensation"),
    "start quantity": (tag("task", startQuantity="0"), "startQuantity"),
    "completion quantity": (tag("task", completionQuantity="to"), "completionQuantity"),
    "compensation of what cannot be": (
        throw("x", '<bpmn:compensateEventDefinition activityRef="y"/>') + task("y") + chain("s", "y", "e"),
        "kan ikke kompenseres",
    ),
    "compensation of something elsewhere": (
        throw("x", '<bpmn:compensateEventDefinition activityRef="y"/>')
        + sub("k", start("s2") + task("y") + chain("s2", "y"))
        + chain("s", "k", "e"),
        "ikke en aktivitet i samme",
    ),
    "two compensations of one activity": (
        task("a")
        + undone("a", user("a_u"))
        + boundary("x", "a", compensate())
        + '<bpmn:association id="l2" sourceRef="x" targetRef="a_u"/>'
        + chain("s", "a", "e"),
        "flere kompensationshændelser",
    ),
    "compensation of a handler": (
        task("a")
        + undone("a", user("a_u"))
        + boundary("x", "a_u", compensate())
        + '<bpmn:association id="l2" sourceRef="x" targetRef="a_u"/>'
        + chain("s", "a", "e"),
        "selv en oprydning",
    ),
    "compensation of an event sub-process": (
        event_sub("v", signal(), end("ve"), "ve")
        + boundary("x", "v", compensate())
        + user("u").replace('id="u"', 'id="u" isForCompensation="true"')
        + '<bpmn:association id="l2" sourceRef="x" targetRef="u"/>',
        "kan ikke have kanthændelser",
    ),
    "compensation caught in the flow": (catch("x", "<bpmn:compensateEventDefinition/>"), "kan ikke have kompensation"),
    "conditional without a condition": (catch("x", "<bpmn:conditionalEventDefinition/>"), "mangler en betingelse"),
    "conditional start": (
        start(
            "x",
            "<bpmn:conditionalEventDefinition><bpmn:condition>=y</bpmn:condition></bpmn:conditionalEventDefinition>",
        ),
        "kan ikke have betingelse",
    ),
    "conditional on unknown changes": (
        catch(
            "x",
            "<bpmn:conditionalEventDefinition>"
            + ext('<zeebe:conditionalFilter variableEvents="delete"/>')
            + "<bpmn:condition>=y</bpmn:condition></bpmn:conditionalEventDefinition>",
        ),
        "create og update",
    ),
    "cancel thrown in the flow": (throw("x", "<bpmn:cancelEventDefinition/>"), "kan ikke have annullering"),
    "a cancelled transaction without a way out": (
        tag("transaction", start("s2") + end("e2", "<bpmn:cancelEventDefinition/>") + chain("s2", "e2")),
        "ingen vej ud",
    ),
    "all of several definitions at the start of a process": (
        start("x", message() + signal()).replace(' id="x"', ' id="x" parallelMultiple="true"'),
        "før den begynder",
    ),
    "a link among several": (throw("x", signal() + link("L")), "samme symbol"),
    "two ends at once": (end("x", error("E1") + terminate()), "samme symbol"),
    "all of several with an error": (
        boundary("x", "s1", message() + error("E1")).replace(' id="x"', ' id="x" parallelMultiple="true"')
        + task("s1")
        + chain("s", "s1", "e"),
        "vente på andre",
    ),
    "a multiple boundary with compensation": (
        boundary("x", "s1", message() + "<bpmn:compensateEventDefinition/>") + task("s1") + chain("s", "s1", "e"),
        "samme symbol",
    ),
    "definition ref": (
        catch("x", "<bpmn:eventDefinitionRef>d</bpmn:eventDefinitionRef>"),
        "fælles hændelsesdefinition",
    ),
    "job-based user task": (tag("userTask"), "<zeebe:userTask/>"),
    "native script": (tag("scriptTask", "<bpmn:script>x</bpmn:script>"), "FEEL-udtryk"),
    "potential owner": (user("x", inner="<bpmn:potentialOwner/>"), "tildeling"),
    "service task without type": (tag("serviceTask"), "taskDefinition"),
    "empty type": (job("x", ""), "Jobtypen (type) mangler"),
    "unknown own type": (job("x", "forloeb:nej"), "findes ikke"),
    "retries": (job("x", retries="mange"), "retries"),
    "script without result": (tag("scriptTask", ext('<zeebe:script expression="=1"/>')), "resultVariable"),
    "script that is no FEEL": (script("x", "=1 +", "y"), "kan ikke læses som FEEL"),
    "script without equals sign": (script("x", "1", "y"), "begynder med ="),
    "script and job": (script("x", "=1", "y", '<zeebe:taskDefinition type="t"/>'), "Behold den ene"),
    "result that is no name": (script("x", "=1", "1y"), "variabelnavn"),
    "result that is a keyword": (script("x", "=1", "then"), "variabelnavn"),
    "mapping target": (job("x", "t", io([("=1", "a-b")])), "mål (target)"),
    "mapping without source": (job("x", "t", '<zeebe:ioMapping><zeebe:input target="a"/></zeebe:ioMapping>'), "kilde"),
    "mapping on a plain task": (task("x", ext(io([("=1", "a")]))), "ioMapping"),
    "input on a catch event": (catch("x", message(), io([("=1", "a")])), "input"),
    "output on an escalation": (throw("x", escalation("E1"), io((), [("=1", "a")])), "output"),
    "receive without message": (tag("receiveTask"), "henvisning til beskeden"),
    "receive an unknown message": (receive("x", "ukendt"), "findes i filen"),
    "decision without id": (tag("businessRuleTask", ext('<zeebe:calledDecision resultVariable="y"/>')), "decisionId"),
    "call without process": (tag("callActivity"), "calledElement"),
    "call with a wrong binding": (call("x", "Q", bindingType="nyeste"), "bindingType"),
    "tag without binding": (call("x", "Q", versionTag="v1"), "versionTag"),
    "binding without tag": (call("x", "Q", bindingType="versionTag"), "versionTag"),
    "a listener of an unknown event": (user("x", listeners(("opened", "t"))), "eventType"),
    "a listener without a type": (user("x", listeners(("creating", ""))), "mangler en jobtype"),
    "a listener that is no worker": (user("x", listeners(("creating", "forloeb:besked"))), "kan ikke være en lytter"),
    "a listener on a service task": (job("x", "t", listeners(("creating", "t"))), "zeebe:taskListeners"),
    "execution listeners": (job("x", "t", "<zeebe:executionListeners/>"), "Lyttere"),
    "user task form": (user("x", '<zeebe:userTaskForm id="f"/>'), "indlejret formular"),
    "form with two references": (
        user("x", '<zeebe:formDefinition formId="a" externalReference="b"/>'),
        "Behold den ene",
    ),
    "form key": (user("x", '<zeebe:formDefinition formKey="a"/>'), "formKey"),
    "unknown zeebe extension": (job("x", "t", "<zeebe:noget/>"), "zeebe:noget"),
    "unknown zeebe attribute": (job("x", "t").replace("type=", "kind="), "kind"),
    "unknown own extension": (job("x", "t", "<forloeb:noget/>"), "forloeb:noget"),
    "own extension in a wrong place": (job("x", "t", '<forloeb:frist id="f"/>'), "forloeb:frist"),
    "deadline without a due date": (user("x", '<forloeb:frist id="f"/>'), "dueDate"),
    "deadline on a message": (catch("x", message(), '<forloeb:frist id="f"/>'), "timer"),
    "deadline without id": (user("x", "<forloeb:frist/>"), "id"),
    "status that lasts perhaps": (user("x", '<forloeb:status value="a" varer="ja"/>'), "varer"),
    "status without value": (user("x", "<forloeb:status/>"), "value"),
    "foreign extension": (job("x", "t", '<z:y xmlns:z="urn:andre"/>'), "urn:andre"),
    "the same extension twice": (job("x", "t", '<zeebe:taskDefinition type="t"/>'), "flere gange"),
    "misspelt attribute": (tag("task", cancelActvity="false"), "cancelActvity"),
    "due date": (user("x", '<zeebe:taskSchedule dueDate="i morgen"/>'), "tidszone"),
    "priority": (user("x", '<zeebe:priorityDefinition priority="200"/>'), "0 til 100"),
    "loop cardinality": (
        task(
            "x",
            "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>3</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>",
        ),
        "fast antal",
    ),
    "loop without collection": (task("x", "<bpmn:multiInstanceLoopCharacteristics/>"), "inputCollection"),
    "loop with half an output": (task("x", many("=xs", "x", "rs")), "begge"),
    "loop behavior": (task("x", many("=xs").replace("isSequential", 'behavior="One" isSequential')), "behavior"),
    "cycle on a catch event": (catch("x", timer("R/P1D", "timeCycle")), "gentagelse"),
    "timer that is no duration": (catch("x", timer("14 dage")), "varighed"),
    "timer that is no date": (catch("x", timer("2026-01-01T10:00:00", "timeDate")), "tidszone"),
    "timer without anything": (catch("x", "<bpmn:timerEventDefinition/>"), "netop én"),
    "empty timer": (catch("x", timer("")), "mangler et tidspunkt"),
    "catch without definition": (catch("x", ""), "mangler en definition"),
    "terminate in the flow": (throw("x", terminate()), "afbrydelse"),
    "error thrown in the flow": (throw("x", error("E1")), "fejl"),
    "message thrown without type": (throw("x", message()), "jobtypen"),
    "error without code": (catch("x", error()), "fejl"),
    "signal that is not there": (throw("x", signal("nej")), "signalet 'nej'"),
    "link without partner": (throw("x", link("L")), "modtagende ende"),
    "link without name": (throw("x", link("")), "mangler et navn"),
    "ad-hoc with a start event": (
        ad_hoc("x", start("s2") + user("a") + chain("s2", "a")),
        "start- eller sluthændelser",
    ),
    "empty ad-hoc": (ad_hoc("x", gate("exclusive", "g")), "mindst én aktivitet"),
    "an ordering that is none": (
        ad_hoc("x", user("a")).replace("<bpmn:adHocSubProcess ", '<bpmn:adHocSubProcess ordering="Random" '),
        "Parallel eller Sequential",
    ),
    "sub-process without start": (sub("x", user("a") + end("e2") + chain("a", "e2")), "netop én starthændelse"),
    "sub-process with a message start": (
        sub("x", start("s2", message()) + end("e2") + chain("s2", "e2")),
        "starthændelse i en delproces",
    ),
    "event gateway without events": (gate("eventBased", "x"), "mindst to"),
    "parallel event gateway": (
        gate("eventBased", "x").replace("eventBasedGateway ", 'eventBasedGateway eventGatewayType="Parallel" ', 1),
        "parallel hændelsesgateway",
    ),
    "default on a task that is not its own": (tag("task", default="f"), "udgår ikke herfra"),
    "default that is no own flow": (gate("exclusive", "x", "nej"), "udgår ikke"),
    "wrong direction": (
        gate("exclusive", "x").replace("exclusiveGateway ", 'exclusiveGateway gatewayDirection="Converging" ', 1),
        "gatewayDirection",
    ),
    "boolean that is none": (tag("adHocSubProcess", user("a"), cancelRemainingInstances="ja"), "true eller false"),
    "agent": (job("x", "t", "<zeebe:agentDefinition/>"), "agentdefinition"),
    "linked resources": (job("x", "t", "<zeebe:linkedResources/>"), "ressourcer"),
}


@pytest.mark.parametrize("what", ONE_ELEMENT)
def test_one_element(what: str) -> None:
    element, expected = ONE_ELEMENT[what]
    findings = refused(with_one(element))
    hits = [f for f in findings if expected in f.message]
    assert hits, [f.message for f in findings]
    assert hits[0].line == 1
    assert hits[0].element_id == "x" or what.startswith(("ad-hoc with", "sub-process with a"))


A, B = user("a"), user("b")
WHOLE = {
    "no start": (diagram(A, end(), chain("a", "e")), "ingen starthændelse", "P"),
    "two starts": (
        diagram(start(), start("s2"), A, end(), chain("s", "a", "e"), chain("s2", "a")),
        "flere almindelige",
        "s2",
    ),
    "same message twice": (
        diagram(start("s", message()), start("s2", message()), A, end(), chain("s", "a", "e"), chain("s2", "a")),
        "samme besked",
        "s2",
    ),
    "flow into a start": (diagram(start(), A, end(), chain("s", "a", "e"), flow("a", "s")), "starthændelse", "s"),
    "flow out of an end": (diagram(start(), A, end(), chain("s", "e", "a")), "sluthændelse", "e"),
    "flow without target": (
        diagram(start(), A, end(), chain("s", "a", "e"), flow("a", "nej", id_="f9")),
        "mangler en ende",
        "f9",
    ),
    "flow into a sub-process": (
        diagram(
            start(),
            sub("x", start("s2") + B + end("e2") + chain("s2", "b", "e2")),
            end(),
            chain("s", "x", "e"),
            flow("s", "b", id_="f9"),
        ),
        "mangler en ende",
        "f9",
    ),
    "unreachable": (diagram(start(), A, B, end(), chain("s", "a", "e")), "aldrig nås", "b"),
    "condition after a task": (
        diagram(start(), A, end(), chain("s", "a"), flow("a", "e", "=x", "f9")),
        "den eneste herfra",
        "f9",
    ),
    "condition after a parallel gateway": (
        diagram(start(), gate("parallel", "p"), A, end(), chain("s", "p"), flow("p", "a", "=x", "f9"), chain("a", "e")),
        "eksklusiv eller inklusiv",
        "f9",
    ),
    "condition that is no FEEL": (
        diagram(
            start(),
            gate("exclusive", "g", "d"),
            end(),
            end("e2"),
            chain("s", "g"),
            flow("g", "e", "x > 1", "f9"),
            flow("g", "e2", id_="d"),
        ),
        "begynder med =",
        "f9",
    ),
    "missing condition": (
        diagram(
            start(),
            gate("exclusive", "g"),
            end(),
            end("e2"),
            chain("s", "g"),
            flow("g", "e", "=x"),
            flow("g", "e2", id_="f9"),
        ),
        "mangler en betingelse",
        "f9",
    ),
    "event gateway to a task": (
        diagram(
            start(),
            gate("eventBased", "g"),
            A,
            catch("c", signal()),
            end(),
            chain("s", "g", "c", "e"),
            flow("g", "a", id_="f9"),
            chain("a", "e"),
        ),
        "modtagehændelser",
        "f9",
    ),
    "event gateway, two ways in": (
        diagram(
            start(),
            gate("eventBased", "g"),
            A,
            catch("c", signal()),
            catch("d", timer("PT1H")),
            end(),
            chain("s", "g", "c", "e"),
            chain("g", "d", "e"),
            chain("s", "a", "c"),
        ),
        "kun have pilen",
        "c",
    ),
    "event gateway, same message": (
        diagram(
            start(),
            gate("eventBased", "g"),
            catch("c", message()),
            catch("d", message()),
            end(),
            chain("s", "g", "c", "e"),
            chain("g", "d", "e"),
        ),
        "samme gateway",
        "d",
    ),
    "boundary on nothing": (
        diagram(start(), A, boundary("x", "nej", timer("PT1H")), end(), chain("s", "a", "e"), chain("x", "e")),
        "ikke er en aktivitet",
        "x",
    ),
    "boundary on a gateway": (
        diagram(
            start(),
            gate("exclusive", "a"),
            boundary("x", "a", timer("PT1H")),
            end(),
            chain("s", "a", "e"),
            chain("x", "e"),
        ),
        "ikke er en aktivitet",
        "x",
    ),
    "boundary without a way on": (
        diagram(start(), A, boundary("x", "a", timer("PT1H")), end(), chain("s", "a", "e")),
        "ingen steder hen",
        "x",
    ),
    "flow into a boundary": (
        diagram(
            start(), A, boundary("x", "a", timer("PT1H")), end(), chain("s", "a", "e"), chain("x", "e"), flow("s", "x")
        ),
        "kanthændelse",
        "x",
    ),
    "boundary without trigger": (
        diagram(start(), A, boundary("x", "a", ""), end(), chain("s", "a", "e"), chain("x", "e")),
        "mangler en definition",
        "x",
    ),
    "interrupting cycle": (
        diagram(
            start(), A, boundary("x", "a", timer("R/P1D", "timeCycle")), end(), chain("s", "a", "e"), chain("x", "e")
        ),
        "ikke afbryder",
        "x",
    ),
    "non-interrupting error": (
        diagram(
            start(),
            A,
            boundary("x", "a", error("E1"), interrupting=False),
            end(),
            chain("s", "a", "e"),
            chain("x", "e"),
        ),
        "afbryder altid",
        "x",
    ),
    "escalation from a task": (
        diagram(start(), A, boundary("x", "a", escalation("E1")), end(), chain("s", "a", "e"), chain("x", "e")),
        "eskalere",
        "x",
    ),
    "two catch-alls": (
        diagram(
            start(),
            A,
            boundary("x", "a", error()),
            boundary("y", "a", error()),
            end(),
            chain("s", "a", "e"),
            chain("x", "e"),
            chain("y", "e"),
        ),
        "enhver fejl",
        "y",
    ),
    "same code twice": (
        diagram(
            start(),
            A,
            boundary("x", "a", error("E1")),
            boundary("y", "a", error("E1")),
            end(),
            chain("s", "a", "e"),
            chain("x", "e"),
            chain("y", "e"),
        ),
        "koden 'E1'",
        "y",
    ),
    "same message twice on an edge": (
        diagram(
            start(),
            A,
            boundary("x", "a", message()),
            boundary("y", "a", message()),
            end(),
            chain("s", "a", "e"),
            chain("x", "e"),
            chain("y", "e"),
        ),
        "beskeden 'm1'",
        "y",
    ),
    "same code in two event sub-processes": (
        diagram(
            start(),
            A,
            end(),
            chain("s", "a", "e"),
            event_sub("x", error("E1"), end("xe"), "xe"),
            event_sub("y", error("E1"), end("ye"), "ye"),
        ),
        "koden 'E1'",
        "y_s",
    ),
    "event sub-process with a flow": (
        diagram(start(), A, event_sub("x", message(), end("xe"), "xe"), end(), chain("s", "a", "e"), flow("a", "x")),
        "pile til eller fra",
        "x",
    ),
    "event sub-process without event": (
        diagram(start(), A, end(), chain("s", "a", "e"), event_sub("x", "", end("xe"), "xe")),
        "mangler en definition",
        "x_s",
    ),
    "event sub-process with a boundary": (
        diagram(
            start(),
            A,
            end(),
            chain("s", "a", "e"),
            event_sub("x", message(), end("xe"), "xe"),
            boundary("b", "x", timer("PT1H")),
            chain("b", "e"),
        ),
        "kanthændelser",
        "x",
    ),
    "many event sub-processes": (
        diagram(start(), A, end(), chain("s", "a", "e"), event_sub("x", message(), end("xe") + many("=[1]"), "xe")),
        "flere instanser",
        "x",
    ),
    "two link targets": (
        diagram(
            start(),
            throw("l", link("L")),
            catch("c", link("L")),
            catch("d", link("L")),
            end(),
            chain("s", "l"),
            chain("c", "e"),
            chain("d", "e"),
        ),
        "flere modtagende",
        "d",
    ),
    "flow out of a link": (
        diagram(start(), throw("l", link("L")), catch("c", link("L")), end(), chain("s", "l", "e"), chain("c", "e")),
        "afsendende ende",
        "l",
    ),
    "flow into a link": (
        diagram(start(), throw("l", link("L")), catch("c", link("L")), end(), chain("s", "l"), chain("s", "c", "e")),
        "modtagende ende",
        "c",
    ),
    "same id twice": (diagram(start(), A, user("a"), end(), chain("s", "a", "e")), "flere gange", "a"),
    "unconnected gateway": (
        diagram(start(), A, gate("parallel", "g"), end(), chain("s", "a", "e")),
        "ikke forbundet",
        "g",
    ),
    "dead end gateway": (diagram(start(), gate("parallel", "g"), chain("s", "g")), "Ingen pil fører væk", "g"),
    "start timer with a duration": (diagram(start("s", timer("PT1H")), end(), chain("s", "e")), "varighed", "s"),
    "start timer that needs variables": (
        diagram(start("s", timer("=x", "timeDate")), end(), chain("s", "e")),
        "uden variabler",
        "s",
    ),
    "start timer that is no cycle": (
        diagram(start("s", timer("R0/PT1H", "timeCycle")), end(), chain("s", "e")),
        "nul gange",
        "s",
    ),
    "error start": (diagram(start("s", error("E1")), end(), chain("s", "e")), "fejl", "s"),
    "form on a message start": (
        diagram(start("s", message(), '<zeebe:formDefinition formId="f"/>'), end(), chain("s", "e")),
        "formular",
        "s",
    ),
    "thrown error without code": (
        definitions(process("P", start(), end("e", error("E9")), chain("s", "e")), '<bpmn:error id="E9"/>'),
        "mangler en kode",
        "e",
    ),
    "caught code by expression": (
        definitions(
            process("P", start(), A, boundary("x", "a", error("E9")), end(), chain("s", "a", "e"), chain("x", "e")),
            '<bpmn:error id="E9" errorCode="=k"/>',
        ),
        "ikke være et udtryk",
        "x",
    ),
    "message without key": (
        definitions(
            process("P", start(), catch("c", message("m9")), end(), chain("s", "c", "e")),
            '<bpmn:message id="m9" name="m9"/>',
        ),
        "korrelationsnøgle",
        "c",
    ),
    "message without name": (
        definitions(
            process("P", start(), catch("c", message("m9")), end(), chain("s", "c", "e")), '<bpmn:message id="m9"/>'
        ),
        "mangler et navn",
        "c",
    ),
    "start message name with variables": (
        definitions(
            process("P", start("s", message("m9")), end(), chain("s", "e")), '<bpmn:message id="m9" name="=x"/>'
        ),
        "uden variabler",
        "s",
    ),
    "flow lists that disagree": (
        diagram(
            start().replace("></bpmn:startEvent>", "><bpmn:outgoing>f8</bpmn:outgoing></bpmn:startEvent>"),
            end(),
            flow("s", "e", id_="f9"),
        ),
        "passer ikke med pilene",
        "s",
    ),
    "element without id": (diagram(start(), "<bpmn:task/>", end(), chain("s", "e")), "intet id", "P"),
    "element with a bad id": (diagram(start(), task("1 a"), end(), chain("s", "e")), "ugyldigt id", "1 a"),
    "condition in another language": (
        diagram(
            start(),
            gate("exclusive", "g", "d"),
            end(),
            end("e2"),
            chain("s", "g"),
            flow("g", "e", "=x", "f9").replace("Expression>", 'Expression language="javascript">', 1),
            flow("g", "e2", id_="d"),
        ),
        "javascript",
        "f9",
    ),
    "global task": (
        definitions(process("P", start(), end(), chain("s", "e")), '<bpmn:globalTask id="g"/>'),
        "Globale opgaver",
        "g",
    ),
}


@pytest.mark.parametrize("what", WHOLE)
def test_whole_diagrams(what: str) -> None:
    content, expected, element = WHOLE[what]
    findings = refused(content)
    hits = [f for f in findings if expected in f.message]
    assert hits, [f.message for f in findings]
    assert hits[0].element_id == element


def test_all_findings_at_once_with_their_lines() -> None:
    content = diagram(
        "\n",
        start(),
        "\n",
        job("a", ""),
        "\n",
        tag("complexGateway"),
        "\n",
        script("b", "=(", "y"),
        "\n",
        end(),
        chain("s", "a", "b", "x", "e"),
    )
    findings = refused(content)
    assert [f.line for f in findings if f.element_id in {"a", "x", "b"}] == [3, 4, 5]


# -- files --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "gyldig XML"),
        (b"hej", "gyldig XML"),
        (b"<a/>", "ikke et BPMN-diagram"),
        (b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>', "DOCTYPE"),
        ('<?xml version="1.0" encoding="UTF-16"?><!DOCTYPE x><x/>'.encode("utf-16"), "DOCTYPE"),
        (b"<x>" * 300 + b"</x>" * 300, "gyldig XML"),
        (b"<x>" * 150 + b"</x>" * 150, "lag"),
        (b"<x/>" + b" " * 5_000_000, "fylder"),
        (definitions(), "isExecutable"),
        (definitions(process("P", start(), end(), chain("s", "e")).replace('isExecutable="true"', "")), "isExecutable"),
        (
            diagram(start(), end(), chain("s", "e")).replace(
                b"<bpmn:definitions", b'<bpmn:definitions modeler:executionPlatform="Camunda Platform"'
            ),
            "Camunda 8",
        ),
        (
            definitions(
                process("P", start(), end(), chain("s", "e")).replace(
                    "isExecutable", 'xmlns:c="http://camunda.org/schema/1.0/bpmn" c:historyTimeToLive="1" isExecutable'
                )
            ),
            "Camunda 7",
        ),
        (with_one(user("x", '<c:properties xmlns:c="http://camunda.org/schema/1.0/bpmn"/>')), "Camunda 7"),
        (definitions(process("P", start(), end(), chain("s", "e")).replace('id="P"', "")), "gyldigt id"),
        (definitions(process("P", ext("<zeebe:versionTag/>"), start(), end(), chain("s", "e"))), "versionTag"),
    ],
)
def test_files(content: bytes, expected: str) -> None:
    assert any(expected in f.message for f in refused(content))


def test_what_is_accepted_and_ignored() -> None:
    extra = (
        f'<bpmn:definitions {NAMESPACES} xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" modeler:executionPlatform="Camunda Cloud" '
        f'modeler:executionPlatformVersion="8.8.0">{SHARED}'
        '<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="P"/></bpmn:collaboration>'
        '<bpmn:itemDefinition id="i"/><bpmn:dataStore id="ds"/>'
        '<bpmn:process id="P" isExecutable="true">'
        + ext('<zeebe:properties><zeebe:property name="a" value="b"/></zeebe:properties>')
        + start()
        + '<bpmn:serviceTask id="x" zeebe:modelerTemplate="t" zeebe:modelerTemplateVersion="1">'
        '<bpmn:extensionElements><zeebe:taskDefinition type="t"/></bpmn:extensionElements>'
        "<bpmn:ioSpecification><bpmn:inputSet/><bpmn:outputSet/></bpmn:ioSpecification>"
        '<bpmn:property id="pr"/></bpmn:serviceTask>'
        + end()
        + chain("s", "x", "e")
        + '<bpmn:textAnnotation id="ta"><bpmn:text>hej</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="as" sourceRef="x" targetRef="ta"/>'
        '<bpmn:group id="gr"/><bpmn:dataObject id="do"/><bpmn:dataObjectReference id="dr"/></bpmn:process>'
        '<bpmn:process id="Q"><bpmn:complexGateway id="cg"/></bpmn:process><di:BPMNDiagram id="d1"/></bpmn:definitions>'
    )
    reading = ENGINE.read(extra.encode(), "fil.bpmn")
    assert [m.id for m in reading.models] == ["P"]
    assert reading.warnings == ()


def test_warnings() -> None:
    reading = ENGINE.read(with_one(user("x", "<zeebe:assignmentDefinition/>")), "fil.bpmn")
    (warning,) = reading.warnings
    assert (warning.element_id, warning.error, warning.file) == ("x", False, "fil.bpmn")
    reading = ENGINE.read(with_one(job("x", "t", '<zeebe:jobPriorityDefinition priority="5"/>')), "fil.bpmn")
    assert "prioritet" in reading.warnings[0].message
