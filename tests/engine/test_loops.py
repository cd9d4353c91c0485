"""Loops drawn as a marker, and how many tokens an activity takes and gives."""

from __future__ import annotations

import pytest

from service.engine import runtime

from .conftest import Runner
from .drawing import (
    again,
    boundary,
    call,
    chain,
    condition,
    definitions,
    diagram,
    end,
    event_sub,
    flow,
    gate,
    io,
    many,
    message,
    process,
    script,
    signal,
    start,
    sub,
    task,
    throw,
    user,
)
from .driver import Run

COUNT = "=n + 1"


def alone(element: str, *more: str) -> bytes:
    return diagram(start(), element, end(), chain("s", "x", "e"), *more)


@pytest.mark.parametrize(
    ("marker", "at", "rounds"),
    [
        (again("=n < 3"), 0, 3),
        (again("=n < 3"), 3, 1),
        (again("=n < 3", before=True), 0, 3),
        (again("=n < 3", before=True), 3, 0),
        (again(most=4), 0, 4),
        (again("=true", 2), 0, 2),
        (again("=n < 3", 2), 0, 2),
        (again("=true", 2, before=True), 0, 2),
        (again("=loopCounter < 5"), 0, 5),
        (again("=loopCounter < 5", before=True), 0, 5),
    ],
)
def test_it_runs_as_long_as_its_condition_holds(run: Runner, marker: str, at: int, rounds: int) -> None:
    r = run(alone(script("x", COUNT, "n", inner=marker)), {"n": at})
    assert r.done
    assert r.trail().count("x") == rounds
    assert r.variables == {"n": at + rounds}


def test_rounds_of_people_come_one_after_another(run: Runner) -> None:
    r = run(alone(user("x", io([("=loopCounter", "nr")]), inner=again("=igen"))))
    for number in (1, 2, 3):
        assert r.tasks == ["x"]
        assert r.wait("x").prefill == {"loopCounter": number, "nr": number}
        r.do("x", igen=number < 3)
    assert r.done
    assert r.variables == {"igen": False}


def test_a_condition_that_gives_no_yes_or_no(run: Runner) -> None:
    r = run(alone(user("x", inner=again("=igen"))))
    r.do("x")
    assert r.frozen == [("x", "EXTRACT_VALUE_ERROR")]
    r.set(igen=True).retry("x")
    assert (r.frozen, r.tasks) == ([], ["x"])
    assert r.do("x", igen=False).done
    before = run(alone(user("x", inner=again("=igen", before=True))))
    assert before.frozen == [("x", "EXTRACT_VALUE_ERROR")]
    assert before.set(igen=False).retry("x").done


def test_loops_of_sub_processes_and_calls(run: Runner) -> None:
    inner = start("s2") + user("a") + end("e2") + chain("s2", "a", "e2")
    r = run(alone(sub("x", inner, inner=again("=loopCounter < 2"))))
    assert r.do("a").tasks == ["a"]
    assert r.do("a").done
    called = process("Q", start("qs"), user("qa"), end("qe"), chain("qs", "qa", "qe"))
    whole = process("P", start(), call("x", "Q", inner=again(most=2)), end(), chain("s", "x", "e"))
    r = run(definitions(called, whole))
    assert r.do("qa").tasks == ["qa"]
    assert r.do("qa").done


def test_a_loop_can_be_interrupted(run: Runner) -> None:
    edge = boundary("b", "x", signal()) + end("be") + chain("b", "be")
    r = run(alone(user("x", inner=again("=true")), edge))
    r.do("x")
    r.do("x")
    r.signal()
    assert r.done
    assert r.trail() == ["s", "x", "x", "b", "be"]


def test_ten_thousand_rounds_at_flat_cost() -> None:
    """Loops of every kind inside each other: marker, sub-process, flows back."""
    inner = start("s2") + gate("exclusive", "g") + user("x") + script("n", "=n + 1", "n")
    inner += gate("exclusive", "h", "ud") + end("e2") + chain("s2", "g", "x", "n", "h")
    inner += flow("h", "g", "=modulo(n, 10) != 0") + flow("h", "e2", None, "ud")
    r = Run(
        diagram(start(), sub("k", inner, inner=again("=n < 10000")), end(), chain("s", "k", "e")), {"n": 0}, reload=True
    )
    sizes = []
    for _ in range(10_000):
        r.do("x")
        r.history = r.history[-1:]
        sizes.append(len(r.state))
    assert r.done
    assert max(sizes[9_000:-1]) <= max(sizes[10:100]) + 16


ENDLESS = {
    "flows": (gate("exclusive", "x") + script("n", "=n + 1", "n") + chain("s", "x", "n", "x"), 100),
    "a marker": (script("x", "=n + 1", "n", inner=again("=true")) + chain("s", "x", "e") + end(), 100),
    "a sub-process": (
        gate("exclusive", "x")
        + sub("k", start("s2") + script("n", "=n + 1", "n") + end("e2") + chain("s2", "n", "e2"))
        + chain("s", "x", "k", "x"),
        20,
    ),
    "a signal that it hears itself": (
        throw("t", signal())
        + end()
        + chain("s", "t", "e")
        + event_sub(
            "v",
            signal(),
            script("n", "=n + 1", "n") + throw("vt", signal()) + end("ve"),
            "n",
            "vt",
            "ve",
            interrupting=False,
        ),
        10,
    ),
    "a condition": (
        user("a")
        + end()
        + chain("s", "a", "e")
        + event_sub(
            "v",
            condition("=n >= 0"),
            script("n", "=-n - 1", "n") + script("o", "=-n", "n") + end("ve"),
            "n",
            "o",
            "ve",
            interrupting=False,
        ),
        10,
    ),
}


@pytest.mark.parametrize("what", ENDLESS)
def test_what_never_ends_is_stopped_with_an_incident(run: Runner, monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Trying again lets as much run once more; what runs beside it goes on, and it can be cancelled."""
    monkeypatch.setattr(runtime, "MAX_RUNS", 300)
    body, rounds = ENDLESS[what]
    beside = start("bs", message()) + user("bu") + end("be") + chain("bs", "bu", "be")
    r = run(diagram(start(), body, beside), {"n": 0})
    assert {kind for _, kind in r.frozen} == {"ENDLESS_LOOP"}
    assert abs(r.variables["n"]) >= rounds
    before = abs(r.variables["n"])
    r.retry(r.frozen[0][0])
    assert {kind for _, kind in r.frozen} == {"ENDLESS_LOOP"}
    assert abs(r.variables["n"]) >= before
    assert r.cancel().step.status == "TERMINATED"


def test_a_long_loop_that_was_stopped_goes_on(run: Runner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "MAX_RUNS", 50)
    body = gate("parallel", "p") + gate("exclusive", "x") + script("n", "=n + 1", "n") + gate("exclusive", "y", "d")
    body += user("u") + end() + chain("s", "p", "x", "n", "y") + chain("p", "u", "e")
    r = run(diagram(start(), body, flow("y", "x", "=n < 40"), flow("y", "e", None, "d")), {"n": 0})
    assert r.tasks == ["u"], "its neighbour is there all the while"
    for _ in range(2):
        ((element, kind),) = r.frozen
        assert kind == "ENDLESS_LOOP"
        r.retry(element)
    assert (r.frozen, r.variables["n"]) == ([], 40)
    assert r.do("u").done


@pytest.mark.parametrize("kind", ["flows", "marker", "instances", "sub-process", "called", "nested"])
def test_ten_thousand_rounds_without_a_wait(kind: str) -> None:
    count = script("n", "=n + 1", "n")
    one = start("s2") + count + end("e2") + chain("s2", "n", "e2")
    around = gate("exclusive", "x") + "{}" + gate("exclusive", "y", "d") + end() + flow("y", "e", None, "d")
    back = flow("y", "x", "=n < 10000")
    body, more = {
        "flows": (around.format(count) + back + chain("s", "x", "n", "y"), ""),
        "marker": (script("n", "=n + 1", "n", inner=again("=n < 10000")) + end() + chain("s", "n", "e"), ""),
        "instances": (
            script("n", "=n + 1", "n", inner=many("=for i in 1..10000 return i", sequential=True))
            + end()
            + chain("s", "n", "e"),
            "",
        ),
        "sub-process": (around.format(sub("k", one)) + back + chain("s", "x", "k", "y"), ""),
        "called": (around.format(call("k", "Q", up=True)) + back + chain("s", "x", "k", "y"), process("Q", one)),
        "nested": (
            around.format(
                sub(
                    "k",
                    start("s3")
                    + sub("kk", one, inner=again("=modulo(n, 10) != 0"))
                    + end("e3")
                    + chain("s3", "kk", "e3"),
                    inner=again("=modulo(n, 100) != 0"),
                )
            )
            + back
            + chain("s", "x", "k", "y"),
            "",
        ),
    }[kind]
    r = Run(definitions(process("P", start(), body), more), {"n": 0}, reload=True)
    assert (r.done, r.frozen, r.variables["n"]) == (True, [], 10_000)


def test_a_task_waits_for_as_many_tokens_as_it_needs(run: Runner) -> None:
    needs = user("x").replace('id="x"', 'id="x" startQuantity="3"')
    r = run(
        diagram(
            start(),
            user("a"),
            user("b"),
            user("c"),
            needs,
            end(),
            *(chain("s", i, "x") for i in "abc"),
            chain("x", "e"),
        )
    )
    assert r.do("a").tasks == ["b", "c"]
    assert r.do("b").tasks == ["c"]
    assert r.do("c").tasks == ["x"]
    assert r.do("x").done
    assert r.trail().count("x") == 1


def test_a_task_gives_as_many_tokens_as_it_says(run: Runner) -> None:
    gives = task("x").replace('id="x"', 'id="x" completionQuantity="2"')
    takes = task("z").replace('id="z"', 'id="z" startQuantity="2"')
    r = run(diagram(start(), gives, user("y"), takes, end(), chain("s", "x", "y", "z", "e")))
    assert r.tasks == ["y", "y"]
    assert r.do("y").tasks == ["y"]
    assert r.do("y").done
    assert r.trail() == ["s", "x", "y", "y", "z", "e"]
