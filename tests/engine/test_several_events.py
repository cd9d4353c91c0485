"""Several definitions on one event, and definitions that events share."""

from __future__ import annotations

import pytest

from service.domain.facts import SignalThrown

from .conftest import Runner
from .drawing import (
    SHARED,
    boundary,
    catch,
    chain,
    condition,
    definitions,
    diagram,
    end,
    error,
    escalation,
    event_sub,
    gate,
    io,
    job,
    message,
    process,
    signal,
    start,
    sub,
    task,
    terminate,
    throw,
    timer,
    user,
)

ALL = message() + signal() + timer("PT1H")


def together(event: str) -> str:
    """`parallelMultiple`."""
    return event.replace(" id=", ' parallelMultiple="true" id=', 1)


@pytest.mark.parametrize("first", ["message", "signal", "timer", "condition"])
def test_the_first_is_enough(run: Runner, first: str) -> None:
    event = catch("x", ALL + condition("=klar"))
    r = run(diagram(start(), event, user("h"), end(), chain("s", "x", "h", "e")), {"key": "k"})
    assert r.open == ["x", "x", "x"]
    match first:
        case "message":
            assert r.message("m1", "k", svar=1)
            assert r.variables["svar"] == 1
        case "signal":
            assert r.signal() == 1
        case "timer":
            assert r.to(hours=1) == 1
        case "condition":
            r.set(klar=True)
    assert r.open == ["h"]
    assert r.do("h").done
    assert r.trail() == ["s", "x", "h", "e"]


def test_all_are_needed(run: Runner) -> None:
    event = together(catch("x", ALL, io((), [("=a", "ud"), ("=b", "ud2")])))
    r = run(diagram(start(), event, end(), chain("s", "x", "e")), {"key": "k"})
    r.signal("sg", a=1)
    assert (r.signal("sg"), len(r.open)) == (0, 2)
    assert r.to(hours=1) == 1
    assert not r.done
    assert r.message("m1", "k", b=2)
    assert r.done
    assert (r.variables["ud"], r.variables["ud2"]) == (1, 2)


def on_edge(definitions_: str, *, interrupting: bool, all_needed: bool = False) -> bytes:
    event = boundary("b", "x", definitions_, interrupting=interrupting)
    event = together(event) if all_needed else event
    after = task("h") + end("he") + chain("b", "h", "he")
    return diagram(start(), user("x"), end(), chain("s", "x", "e"), event, after)


def gated(event: str) -> bytes:
    """The event `x`, or a timer, whichever comes first."""
    body = gate("eventBased", "g") + event + catch("t", timer("P1D")) + user("h") + user("k") + end() + end("e2")
    return diagram(start(), body, chain("s", "g", "x", "h", "e"), chain("g", "t", "k", "e2"))


@pytest.mark.parametrize("first", ["message", "signal", "timer"])
def test_after_a_gateway_the_first_of_all_wins(run: Runner, first: str) -> None:
    r = run(gated(catch("x", message() + signal() + condition("=klar"))), {"key": "k"})
    assert r.open == ["t", "x", "x"]
    if first == "message":
        assert r.message("m1", p=1)
    elif first == "signal":
        assert r.signal() == 1
    else:
        assert r.to(days=1) == 1
    assert r.open == (["k"] if first == "timer" else ["h"])
    r.set(klar=True)
    assert r.do(r.open[0]).done


@pytest.mark.parametrize("late", [True, False])
def test_after_a_gateway_all_are_needed(run: Runner, late: bool) -> None:
    r = run(gated(together(catch("x", message() + signal()))), {"key": "k"})
    assert r.message("m1", p=1)
    assert r.open == ["t", "x"]
    if late:
        assert r.to(days=1) == 1
        assert (r.signal(), r.open) == (0, ["k"])
    else:
        r.signal("sg", q=2)
        assert (r.open, r.variables["p"], r.variables["q"]) == (["h"], 1, 2)
        assert r.to(days=1) == 0


def test_on_an_edge_interrupting(run: Runner) -> None:
    r = run(on_edge(ALL, interrupting=True), {"key": "k"})
    assert r.open == ["b", "b", "b", "x"]
    r.signal()
    assert r.done
    assert r.trail() == ["s", "b", "h", "he"]


def test_on_an_edge_many_times(run: Runner) -> None:
    r = run(on_edge(ALL, interrupting=False), {"key": "k"})
    r.signal()
    r.signal()
    assert r.message("m1")
    assert r.to(hours=1) == 1
    assert r.open == ["b", "b", "x"], "a timer happens once"
    assert r.trail().count("h") == 4
    assert r.do("x").done


@pytest.mark.parametrize("interrupting", [True, False])
def test_on_an_edge_all_needed(run: Runner, interrupting: bool) -> None:
    r = run(on_edge(message() + signal(), interrupting=interrupting, all_needed=True), {"key": "k"})
    r.signal()
    assert r.tasks == ["x"]
    assert r.message("m1")
    assert r.trail().count("h") == 1
    assert r.done is interrupting
    if not interrupting:
        assert r.message("m1")
        assert r.trail().count("h") == 1
        r.signal()
        assert r.trail().count("h") == 2
        assert r.do("x").done


def test_a_timer_on_an_edge_when_the_other_events_are_gone(run: Runner) -> None:
    r = run(on_edge(timer("PT1H") + timer("PT2H"), interrupting=False))
    assert r.to(hours=1) == 1
    assert r.to(hours=2) == 1
    assert r.open == ["x"]
    assert r.do("x").done


def test_a_condition_among_several_interrupts_at_once(run: Runner) -> None:
    r = run(on_edge(signal() + condition("=n > 1"), interrupting=True), {"n": 2})
    assert r.done
    assert r.trail() == ["s", "b", "h", "he"]


@pytest.mark.parametrize("thrown", [error("E1"), error("E2"), escalation("E1")])
def test_errors_and_escalations_among_several(run: Runner, thrown: str) -> None:
    inner = start("s2") + user("a") + end("e2", thrown) + chain("s2", "a", "e2")
    event = boundary("b", "x", error("E1") + error() + escalation("E1")) + end("be") + chain("b", "be")
    r = run(diagram(start(), sub("x", inner), end(), chain("s", "x", "e"), event))
    assert r.do("a").done
    assert r.trail()[-2:] == ["b", "be"]


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("all_needed", [True, False])
def test_starts_of_event_sub_processes(run: Runner, interrupting: bool, all_needed: bool) -> None:
    handler = event_sub("v", message() + signal(), user("h") + end("he"), "h", "he", interrupting=interrupting)
    handler = handler.replace('id="v_s"', f'id="v_s" parallelMultiple="{str(all_needed).lower()}"')
    r = run(diagram(start(), user("a"), end(), chain("s", "a", "e"), handler), {"key": "k"})
    r.signal()
    started = ["h"] if interrupting else ["a", "h"]
    assert r.tasks == (["a"] if all_needed else started)
    if all_needed:
        assert r.message("m1")
        assert r.tasks == started
    for element in started:
        r.do(element)
    assert r.done


@pytest.mark.parametrize("at_end", [True, False])
def test_all_are_thrown(run: Runner, at_end: bool) -> None:
    thrown = signal() + escalation("E1") + message() + '<bpmn:signalEventDefinition signalRef="sg2"/>'
    publish = '<zeebe:taskDefinition type="send"/>'
    x = end("x", thrown, publish) if at_end else throw("x", thrown, publish)
    inner = start("s2") + user("a") + x + chain("s2", "a", "x") + ("" if at_end else end("e2") + chain("x", "e2"))
    edge = boundary("b", "k", escalation("E1"), interrupting=False) + end("be") + chain("b", "be")
    file = definitions(
        process("P", start(), sub("k", inner), end(), chain("s", "k", "e"), edge),
        shared=SHARED + '<bpmn:signal id="sg2" name="sg2"/>',
    )
    r = run(file)
    r.do("a")
    assert r.tasks == ["x"]
    assert r.do("x", kvittering=1).done
    assert r.variables["kvittering"] == 1
    names = [e.name for step in r.history for e in step.effects if isinstance(e, SignalThrown)]
    assert names == ["sg", "sg2"]
    assert "b" in r.trail()


def test_what_ends_the_path_is_thrown_last(run: Runner) -> None:
    body = gate("parallel", "p") + user("a") + end("x", terminate() + signal()) + catch("c", signal()) + end("ce")
    r = run(
        diagram(
            start(), body, user("n"), end("ne"), chain("s", "p", "a", "x"), chain("p", "c", "ce"), chain("p", "n", "ne")
        )
    )
    assert r.do("a").done
    assert "c" in r.trail()
    assert [e.name for step in r.history for e in step.effects if isinstance(e, SignalThrown)] == ["sg"]


def test_a_signal_is_thrown_when_those_beside_it_wait(run: Runner) -> None:
    """Both branches begin in the same step; which flow was drawn first does not matter."""
    body = start() + gate("parallel", "p") + throw("t", signal()) + end() + catch("c", signal()) + end("ce")
    assert run(diagram(body, chain("s", "p", "t", "e"), chain("p", "c", "ce"))).done


def test_a_failing_part_freezes_the_event(run: Runner) -> None:
    event = catch("x", message() + timer("=om"))
    r = run(diagram(start(), event, end(), chain("s", "x", "e")), {"key": "k"})
    assert r.frozen == [("x", "EXTRACT_VALUE_ERROR")]
    assert r.open == []
    r.set(om="PT1H").retry("x")
    assert r.open == ["x", "x"]
    assert r.to(hours=1) == 1
    assert r.done


def test_shared_definitions(run: Runner) -> None:
    shared = (
        SHARED
        + '<bpmn:timerEventDefinition id="et"><bpmn:timeDuration>PT1H</bpmn:timeDuration></bpmn:timerEventDefinition>'
    )
    shared += '<bpmn:signalEventDefinition id="ds" signalRef="sg"/>'
    ref = "<bpmn:eventDefinitionRef>{}</bpmn:eventDefinitionRef>"
    body = start() + catch("x", ref.format("et")) + catch("y", ref.format("ds") + ref.format("et")) + end()
    r = run(definitions(process("P", body, chain("s", "x", "y", "e")), shared=shared))
    assert r.to(hours=1) == 1
    assert r.open == ["y", "y"]
    r.signal()
    assert r.done


def test_jobs_do_not_see_the_parts(run: Runner) -> None:
    """People see one element, whatever it waits for."""
    r = run(diagram(start(), catch("x", ALL, name="Svar"), job("j"), end(), chain("s", "x", "j", "e")), {"key": "k"})
    assert {(w.element_id, w.element_name, w.element_instance_key) for w in r.waits.values()} == {
        ("x", "Svar", r.element("x"))
    }
