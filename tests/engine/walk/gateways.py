"""Gateways and sequence flows."""

from __future__ import annotations

from tests.engine.drawing import (
    catch,
    chain,
    diagram,
    end,
    flow,
    gate,
    message,
    receive,
    signal,
    start,
    task,
    timer,
    user,
)
from tests.engine.driver import Run

from .kind import Kind, Play, goes

TWO = task("a") + task("b") + end()


def forked(kind: str, *flows: str, default: str | None = None) -> bytes:
    return diagram(
        start(),
        gate(kind, "x", default),
        gate(kind, "j"),
        TWO,
        chain("s", "x"),
        *flows,
        chain("a", "j", "e"),
        chain("b", "j"),
    )


def _first_of_two(run: Run) -> None:
    assert run.signal()
    _first_won(run)


def _received(run: Run) -> None:
    assert run.message("m1")
    _first_won(run)


def _first_won(run: Run) -> None:
    goes("s", "x", "c1", "j", "e")(run)
    assert "c2" not in run.trail()


def _taken(*path: str) -> Play:
    """The path, and no other of the two ways."""

    def play(run: Run) -> None:
        goes(*path)(run)
        assert {"a", "b"} & set(run.trail()) == {"a", "b"} & set(path)

    return play


def events(
    attributes: str = "", *, begun: bool = True, first: str = catch("c1", signal()), second: str = timer("P1D")
) -> bytes:
    gateway = f'<bpmn:eventBasedGateway id="x"{attributes}/>'
    before = start() + chain("s", "x") if begun else ""
    after = first + catch("c2", second) + gate("exclusive", "j") + end()
    return diagram(before, gateway, after, chain("x", "c1", "j", "e"), chain("x", "c2", "j"))


def leaving(element: str, first: str, second: str) -> bytes:
    """Two ways from `x`, which meet again."""
    return diagram(
        start(),
        element,
        TWO,
        gate("exclusive", "j"),
        chain("s", "x"),
        first,
        second,
        chain("a", "j", "e"),
        chain("b", "j"),
    )


FIRST, SECOND = flow("x", "a", "=true", "f1"), flow("x", "b", "=true", "f2")
GATEWAYS = (
    Kind(
        "exclusiveGateway",
        forked("exclusive", flow("x", "a", "=false"), flow("x", "b", id_="f2"), default="f2"),
        _taken("s", "x", "b", "j", "e"),
    ),
    Kind("parallelGateway", forked("parallel", flow("x", "a"), flow("x", "b")), _taken("s", "x", "a", "b", "j", "e")),
    Kind("inclusiveGateway", forked("inclusive", FIRST, SECOND), _taken("s", "x", "a", "b", "j", "e")),
    Kind("complexGateway", forked("complex", FIRST, SECOND), _taken("s", "x", "a", "b", "j", "e")),
    Kind("eventBasedGateway", events(), _first_of_two),
    Kind("eventBasedGateway, parallel", events(' eventGatewayType="Parallel"'), _first_of_two),
    Kind(
        "eventBasedGateway that instantiates",
        events(' instantiate="true"', begun=False, second=message()),
        goes("x", "c1", "j", "e"),
        start="c1",
    ),
    Kind("receiveTask after an eventBasedGateway", events(first=receive("c1")), _received),
)
FLOWS = (
    Kind("sequenceFlow", diagram(start(), task("x"), end(), chain("s", "x", "e")), goes("s", "x", "e")),
    Kind(
        "conditionExpression after a gateway",
        forked("inclusive", FIRST, flow("x", "b", "=false", "f2")),
        _taken("s", "x", "a", "j", "e"),
    ),
    Kind(
        "conditionExpression after an activity",
        leaving(task("x"), FIRST, flow("x", "b", "=false", "f2")),
        _taken("s", "x", "a", "j", "e"),
        "f1",
    ),
    Kind(
        "default after an activity",
        leaving('<bpmn:task id="x" default="f2"/>', flow("x", "a", "=false", "f1"), flow("x", "b", id_="f2")),
        _taken("s", "x", "b", "j", "e"),
    ),
    Kind(
        "conditionExpression after a parallel gateway",
        forked("parallel", FIRST, flow("x", "b", "=false", "f2")),
        _taken("s", "x", "a", "b", "j", "e"),
        "f1",
    ),
    Kind(
        "several flows from an activity",
        leaving(task("x"), flow("x", "a"), flow("x", "b")),
        _taken("s", "x", "a", "j", "e", "b", "j", "e"),
    ),
    Kind(
        "isImmediate false",
        diagram(
            start(),
            user("a"),
            end(),
            chain("s", "a"),
            flow("a", "e", id_="x").replace("<bpmn:sequenceFlow", '<bpmn:sequenceFlow isImmediate="false"'),
        ),
        goes("s", "a", "e", tasks=("a",)),
    ),
)
