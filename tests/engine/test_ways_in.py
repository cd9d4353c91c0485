"""Processes that begin without a start event: with a message to a receive task, or with the first of several events."""

from __future__ import annotations

import pytest

from service.domain.errors import NotFound

from .conftest import Runner
from .drawing import (
    boundary,
    catch,
    chain,
    definitions,
    diagram,
    end,
    gate,
    io,
    message,
    receive,
    signal,
    start,
    sub,
    timer,
    user,
)
from .driver import ENGINE, MemoryCatalog, Run
from .test_refusals import refused

INSTANT = ' instantiate="true"'


def begins(element: str) -> str:
    return element.replace(" messageRef", f"{INSTANT} messageRef", 1).replace(
        'Gateway id="g"', f'Gateway id="g"{INSTANT}', 1
    )


FIRST = begins(gate("eventBased", "g")) + catch("c1", message("m1"), io((), [("=p", "fra")])) + catch("c2", signal())
JOINED = gate("exclusive", "j") + user("u") + end()
FIRST_OF_TWO = diagram(FIRST, JOINED, chain("g", "c1", "j", "u", "e"), chain("g", "c2", "j"))


def test_a_receive_task_that_begins_a_process(run: Runner) -> None:
    edge = boundary("b", "r", timer("PT1H")) + end("be") + chain("b", "be")
    content = diagram(
        begins(receive("r", "m1", io((), [("=p + 1", "n")]))), user("u"), end(), chain("r", "u", "e"), edge
    )
    model = ENGINE.read(content, "fil.bpmn").models[0]
    assert [(s.element_id, s.kind, s.name) for s in model.starts] == [("r", "message", "m1")]
    r = run(content, start="r", payload={"p": 1})
    assert (r.open, r.variables) == (["u"], {"n": 2})
    assert r.do("u").done
    assert r.trail() == ["r", "u", "e"]
    with pytest.raises(NotFound):
        run(content)


@pytest.mark.parametrize("way", ["c1", "c2"])
def test_the_first_of_several_events_begins_a_process(run: Runner, way: str) -> None:
    model = ENGINE.read(FIRST_OF_TWO, "fil.bpmn").models[0]
    assert [(s.element_id, s.kind, s.name) for s in model.starts] == [("c1", "message", "m1"), ("c2", "signal", "sg")]
    r = run(FIRST_OF_TWO, start=way, payload={"p": 7})
    assert r.open == ["u"], "the other event is no longer waited for"
    assert r.variables == ({"fra": 7} if way == "c1" else {"p": 7})
    assert [flow.flow_id is not None for flow in r.step.flows] == [True, True, True]
    assert r.do("u").done
    assert r.trail() == ["g", way, "j", "u", "e"]


def test_receive_tasks_may_begin_a_process_after_a_gateway(run: Runner) -> None:
    content = diagram(
        begins(gate("eventBased", "g")),
        receive("c1"),
        receive("c2", "m2"),
        JOINED,
        chain("g", "c1", "j", "u", "e"),
        chain("g", "c2", "j"),
    )
    r = run(content, start="c2", payload={"p": 1})
    assert r.do("u").done
    assert r.trail() == ["g", "c2", "j", "u", "e"]


def test_a_start_of_several_events_begins_with_each_of_them(run: Runner) -> None:
    event = start("s", message() + signal() + timer("R/P1D", "timeCycle"), io((), [("=p", "fra")]))
    content = diagram(event, user("u"), end(), chain("s", "u", "e"))
    starts = ENGINE.read(content, "fil.bpmn").models[0].starts
    assert [(s.kind, s.name, s.timer) for s in starts] == [
        ("message", "m1", ""),
        ("signal", "sg", ""),
        ("timer", "", "R/P1D"),
    ]
    assert len({s.element_id for s in starts}) == 3
    for number, way in enumerate(starts):
        r = run(content, start=way.element_id, payload={"p": number})
        assert (r.open, r.variables) == (["u"], {"fra": number})
        assert r.do("u").done
        assert r.trail() == ["s", "u", "e"]


def test_beside_a_plain_start(run: Runner) -> None:
    content = diagram(
        start(),
        begins(receive("r")),
        gate("exclusive", "j"),
        user("u"),
        end(),
        chain("s", "j", "u", "e"),
        chain("r", "j"),
    )
    assert run(content).open == ["u"]
    assert run(content, start="r").open == ["u"]


def test_receive_tasks_after_a_gateway(run: Runner) -> None:
    """The message goes to the task that waits for it; its mappings hold, the others close, and the next round waits again."""
    content = diagram(
        start(),
        gate("exclusive", "x"),
        gate("eventBased", "g"),
        receive("r1", "m1", io((), [("=p", "fra")])),
        receive("r2", "m2"),
        catch("t", timer("P1D")),
        user("u"),
        gate("exclusive", "y"),
        end(),
        chain("s", "x", "g", "r1", "u", "x"),
        chain("g", "r2", "y", "e"),
        chain("g", "t", "y"),
    )
    r = run(content, {"key": "k"})
    assert r.open == ["r1", "r2", "t"]
    assert r.message("m1", p=5)
    assert (r.open, r.variables["fra"], r.message("m2")) == (["u"], 5, False)
    r.do("u")
    assert r.open == ["r1", "r2", "t"]
    assert r.message("m2")
    assert r.done
    assert r.trail() == ["s", "x", "g", "r1", "u", "x", "g", "r2", "y", "e"]
    late = run(content, {"key": "k"})
    assert late.to(days=1) == 1
    assert (late.done, late.trail()) == (True, ["s", "x", "g", "t", "y", "e"])


def test_a_called_process_needs_a_plain_start() -> None:
    catalog = MemoryCatalog()
    catalog.deploy(FIRST_OF_TWO)
    with pytest.raises(NotFound):
        Run(catalog, {"key": "k"}, reload=True)


BY_THE_CLOCK = begins(gate("eventBased", "g")) + catch("c1", timer("P1D")) + catch("c2", signal()) + end()
INSIDE = start("s2") + begins(receive("r")) + end("e2") + chain("s2", "e2") + chain("r", "e2")
WRONG = {
    "with a flow to it": (
        diagram(start(), begins(receive("r")), end(), chain("s", "r", "e")),
        "En pil fører hertil",
        "r",
    ),
    "inside a sub-process": (
        diagram(start(), sub("k", INSIDE), end(), chain("s", "k", "e")),
        "inde i en delproces",
        "r",
    ),
    "by the clock": (
        diagram(BY_THE_CLOCK, chain("g", "c1", "e"), chain("g", "c2", "e")),
        "besked eller signal",
        None,
    ),
    "two with the same message": (
        diagram(begins(receive("r")), start("s", message()), end(), chain("r", "e"), chain("s", "e")),
        "samme besked",
        "s",
    ),
    "by a name that needs variables": (
        definitions(
            f'<bpmn:process id="P" isExecutable="true">{begins(receive("r", "m9")) + end() + chain("r", "e")}</bpmn:process>',
            '<bpmn:message id="m9" name="=x"/>',
        ),
        "uden variabler",
        "r",
    ),
}


@pytest.mark.parametrize("what", WRONG)
def test_where_a_process_cannot_begin(what: str) -> None:
    content, expected, element = WRONG[what]
    hits = [f for f in refused(content) if expected in f.message]
    assert hits
    assert hits[0].element_id == element or element is None
