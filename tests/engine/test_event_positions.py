"""Which event definition may stand on which event: every kind at every place, as the standard's tables have it."""

from __future__ import annotations

import itertools

import pytest

from service.domain.errors import DeploymentRefused

from .drawing import (
    cancel,
    catch,
    chain,
    compensate,
    condition,
    definitions,
    end,
    error,
    escalation,
    event_sub,
    link,
    message,
    process,
    signal,
    start,
    sub,
    task,
    terminate,
    throw,
    timer,
    undone,
)
from .driver import ENGINE

JOB = '<zeebe:taskDefinition type="t"/>'
KINDS = {
    "none": "",
    "message": message(),
    "timer": timer("2030-01-01T10:00:00Z", "timeDate"),
    "error": error("E1"),
    "escalation": escalation("E1"),
    "cancel": cancel(),
    "compensate": compensate(),
    "conditional": condition("=ok"),
    "link": link("L"),
    "signal": signal(),
    "terminate": terminate(),
}
CAUGHT_ON_EDGE = {"message", "timer", "error", "escalation", "conditional", "signal"}
ALLOWED = {
    "start of a process": {"none", "message", "timer", "signal"},
    "start of a sub-process": {"none"},
    "start of an event sub-process": CAUGHT_ON_EDGE | {"compensate"},
    "start of an event sub-process, non-interrupting": CAUGHT_ON_EDGE - {"error"},
    "catch": {"message", "timer", "conditional", "link", "signal"},
    "throw": {"none", "message", "escalation", "compensate", "link", "signal"},
    "boundary of a sub-process": CAUGHT_ON_EDGE | {"compensate"},
    "boundary of a sub-process, non-interrupting": CAUGHT_ON_EDGE - {"error"},
    "boundary of a transaction": CAUGHT_ON_EDGE | {"compensate", "cancel"},
    "boundary of a transaction, non-interrupting": CAUGHT_ON_EDGE - {"error"},
    "boundary of a task": CAUGHT_ON_EDGE - {"escalation"} | {"compensate"},
    "boundary of a task, non-interrupting": CAUGHT_ON_EDGE - {"error", "escalation"},
    "end": {"none", "message", "error", "escalation", "compensate", "signal", "terminate"},
    "end in a transaction": {"none", "message", "error", "escalation", "compensate", "signal", "terminate", "cancel"},
}
"""The standard also knows a process that begins with a condition: refused, for nothing outside would look at it."""
INSIDE = start("s2") + end("e2") + chain("s2", "e2")
PLAIN = start() + task("a") + end() + chain("s", "a", "e")
TRANSACTION = '<bpmn:transaction id="k">{}</bpmn:transaction>'


def drawn(place: str, kind: str) -> bytes:
    """The smallest file with that event as `x`."""
    definition = KINDS[kind]
    interrupting = "non-interrupting" not in place
    if place.startswith("start of a process"):
        body = start("x", definition) + end() + chain("x", "e")
    elif place.startswith("start of a sub-process"):
        body = start() + sub("k", start("x", definition) + end("e2") + chain("x", "e2")) + end() + chain("s", "k", "e")
    elif place.startswith("start of an event"):
        handler = event_sub("v", definition, end("ve"), "ve", interrupting=interrupting).replace("v_s", "x")
        body = start() + sub("k", INSIDE + handler) + end() + chain("s", "k", "e")
    elif place == "catch":
        body = start() + catch("x", definition) + end()
        body += chain("s", "x", "e") if kind != "link" else throw("t", link("L")) + chain("s", "t") + chain("x", "e")
    elif place == "throw":
        body = start() + throw("x", definition, *([JOB] if kind == "message" else [])) + end()
        body += chain("s", "x", "e") if kind != "link" else catch("c", link("L")) + chain("s", "x") + chain("c", "e")
    elif place == "end":
        body = start() + end("x", definition, *([JOB] if kind == "message" else [])) + chain("s", "x")
    elif place == "end in a transaction":
        ends = end("x", definition, *([JOB] if kind == "message" else []))
        body = start() + TRANSACTION.format(start("s2") + ends + chain("s2", "x")) + end() + chain("s", "k", "e")
        body += edge("k", cancel(), "out", True) + chain("out", "e")
    else:
        body = host(place) + edge("k", definition, "x", interrupting)
        body += handled() if kind == "compensate" else end("xe") + chain("x", "xe")
    return definitions(process("P", body))


def host(place: str) -> str:
    inner = {"task": task("k"), "sub-process": sub("k", INSIDE), "transaction": TRANSACTION.format(INSIDE)}
    drawn = inner[place.partition(",")[0].removeprefix("boundary of a ")]
    return start() + drawn + end() + chain("s", "k", "e")


def edge(on: str, definition: str, id_: str, interrupting: bool) -> str:
    attributes = f'id="{id_}" attachedToRef="{on}" cancelActivity="{str(interrupting).lower()}"'
    return f"<bpmn:boundaryEvent {attributes}>{definition}</bpmn:boundaryEvent>"


def handled() -> str:
    """A handler for the compensation event `x`."""
    rest = undone("k", task("k_u")).partition("</bpmn:boundaryEvent>")[2]
    return rest.replace('sourceRef="k_c"', 'sourceRef="x"')


CASES = list(itertools.product(ALLOWED, KINDS))


@pytest.mark.parametrize(("place", "kind"), CASES, ids=[f"{place}, {kind}" for place, kind in CASES])
def test_every_kind_at_every_place(place: str, kind: str) -> None:
    if kind in ALLOWED[place]:
        assert ENGINE.read(drawn(place, kind), "fil.bpmn").models
        return
    with pytest.raises(DeploymentRefused) as caught:
        ENGINE.read(drawn(place, kind), "fil.bpmn")
    findings = [finding for finding in caught.value.findings if finding.error]
    assert "x" in {finding.element_id for finding in findings}, findings
