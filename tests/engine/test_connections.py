"""What may be joined with what: the standard's tables of sequence flows and message flows, every pair of them."""

from __future__ import annotations

import itertools

import pytest

from service.domain.errors import DeploymentRefused

from .drawing import (
    NAMESPACES,
    SHARED,
    boundary,
    catch,
    chain,
    end,
    event_sub,
    flow,
    gate,
    message,
    receive,
    signal,
    start,
    sub,
    task,
    throw,
    timer,
)
from .driver import ENGINE

INSIDE = start("k_s") + task("k_a") + end("k_e") + chain("k_s", "k_a", "k_e")
BODY = (
    start()
    + gate("exclusive", "m")
    + task("a")
    + sub("k", INSIDE)
    + catch("c", message())
    + throw("t", message(), '<zeebe:taskDefinition type="t"/>')
    + receive("r", "m2")
    + gate("parallel", "g")
    + end("e1")
    + end("e2", message(), '<zeebe:taskDefinition type="t"/>')
    + chain("s", "m", "a", "k", "c", "t", "r", "g", "e1")
    + chain("g", "e2")
    + boundary("b", "a", message())
    + boundary("b2", "k", timer("PT1H"))
    + chain("b", "m")
    + chain("b2", "m")
    + event_sub("v", message(), end("v_e"), "v_e")
    + event_sub("w", signal(), end("w_e"), "w_e")
    + '<bpmn:textAnnotation id="note"/><bpmn:group id="group"/><bpmn:dataObject id="do"/>'
    + '<bpmn:dataObjectReference id="data" dataObjectRef="do"/><bpmn:dataStoreReference id="store"/>'
    + '<bpmn:association id="line" sourceRef="a" targetRef="note"/>'
    + '<bpmn:laneSet id="ls"><bpmn:lane id="lane"><bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>'
)
OTHER = (
    '<bpmn:process id="Q">' + start("q_s") + task("q_a") + end("q_e") + chain("q_s", "q_a", "q_e") + "</bpmn:process>"
)
NOT_NODES = ["note", "group", "data", "store", "line", "lane", "pool"]
ELSEWHERE = ["k_a", "q_a"]
LEAVES = {"s", "m", "a", "k", "c", "t", "r", "g", "b", "b2"}
ENTERS = {"m", "a", "k", "c", "t", "r", "g", "e1", "e2"}
SENDS = {"a", "k", "r", "t", "e2", "pool", "other"}
RECEIVES = {"a", "k", "r", "c", "b", "pool", "other", "v_s"}


def drawn(inside: str = "", between: str = "") -> bytes:
    pools = '<bpmn:participant id="pool" processRef="P"/><bpmn:participant id="other"/><bpmn:participant id="q" processRef="Q"/>'
    return (
        f'<bpmn:definitions {NAMESPACES}>{SHARED}<bpmn:collaboration id="co">{pools}{between}</bpmn:collaboration>'
        f'<bpmn:process id="P" isExecutable="true">{BODY}{inside}</bpmn:process>{OTHER}</bpmn:definitions>'
    ).encode()


def refusals(content: bytes, at: str) -> list[str]:
    """What is said of that connection or one of its ends."""
    try:
        ENGINE.read(content, "fil.bpmn")
    except DeploymentRefused as refusal:
        found = [finding for finding in refusal.findings if finding.error]
        assert found
        return [finding.message for finding in found if finding.element_id in at.split()]
    return []


def test_the_ground_they_are_tried_on_is_sound() -> None:
    assert ENGINE.read(drawn(), "fil.bpmn").models


PAIRS = [
    (source, target)
    for source, target in itertools.product([*sorted(LEAVES | ENTERS), "v", *NOT_NODES, *ELSEWHERE], repeat=2)
    if source != target and (source in LEAVES) + (target in ENTERS) < 2
]


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=[f"{a} to {b}" for a, b in PAIRS])
def test_sequence_flows_that_may_not_be(source: str, target: str) -> None:
    """Into a start or an event on an edge, out of an end, to what is no step, to another pool, into or out of a sub-process."""
    assert refusals(drawn(flow(source, target, "=ok" if source == "m" else None, "x")), f"x {source} {target}")


GOOD = [(a, b) for a, b in itertools.product(sorted(LEAVES - {"m"}), sorted(ENTERS - {"g"})) if a != b]


@pytest.mark.parametrize(("source", "target"), GOOD, ids=[f"{a} to {b}" for a, b in GOOD])
def test_sequence_flows_that_may(source: str, target: str) -> None:
    assert refusals(drawn(flow(source, target, None, "x")), f"x {source} {target}") == []


ENDS = sorted({*LEAVES, *ENTERS, "v_s", "w_s", "other", *NOT_NODES} - {"pool"})


@pytest.mark.parametrize("end_", ENDS)
def test_message_flows_out_and_in(end_: str) -> None:
    """From and to the other pool: out of what sends, into what receives."""
    partner = "other" if end_ != "other" else "pool"
    out = drawn(between=f'<bpmn:messageFlow id="x" sourceRef="{end_}" targetRef="{partner}"/>')
    into = drawn(between=f'<bpmn:messageFlow id="x" sourceRef="{partner}" targetRef="{end_}"/>')
    assert (refusals(out, "x") == []) == (end_ in SENDS)
    assert (refusals(into, "x") == []) == (end_ in RECEIVES)


@pytest.mark.parametrize("end_", ["a", "c", "k_a", "pool"])
def test_message_flows_stay_between_pools(end_: str) -> None:
    assert refusals(drawn(between=f'<bpmn:messageFlow id="x" sourceRef="r" targetRef="{end_}"/>'), "x")
    assert refusals(drawn(between='<bpmn:messageFlow id="x" sourceRef="q_a" targetRef="a"/>'), "x") == []
