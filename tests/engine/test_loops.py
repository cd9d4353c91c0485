"""Loops drawn as a marker, and how many tokens an activity takes and gives."""

from __future__ import annotations

import pytest

from .conftest import Runner
from .drawing import (
    again,
    boundary,
    call,
    chain,
    definitions,
    diagram,
    end,
    flow,
    gate,
    io,
    process,
    script,
    signal,
    start,
    sub,
    task,
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
