"""Conditions: on flows that leave an activity, and events that happen when one becomes true."""

from __future__ import annotations

import pytest

from .conftest import Runner
from .drawing import (
    boundary,
    catch,
    chain,
    condition,
    diagram,
    end,
    event_sub,
    flow,
    gate,
    io,
    job,
    many,
    script,
    signal,
    start,
    sub,
    task,
    timer,
    user,
)

# -- flows that leave an activity ---------------------------------------------------------------------------------------


def choosing(activity: str, *flows: str) -> bytes:
    """The activity, and whichever of the tasks a, b, c the flows lead to."""
    tasks = [i for i in "abc" if any(f'targetRef="{i}"' in line for line in flows)]
    return diagram(
        start(), activity, *map(task, tasks), end(), chain("s", "x"), *flows, *(chain(i, "e") for i in tasks)
    )


@pytest.mark.parametrize(
    ("value", "taken"),
    [("a", ["a"]), ("ab", ["a", "b"]), ("b", ["b"]), ("-", ["c"])],
)
@pytest.mark.parametrize("kind", ["task", "many", "sub"])
def test_conditions_and_a_default_flow(run: Runner, kind: str, value: str, taken: list[str]) -> None:
    activity = {
        "task": task("x"),
        "many": task("x", many("=[1,2]")),
        "sub": sub("x", start("s2") + end("e2") + chain("s2", "e2")),
    }[kind].replace('id="x"', 'id="x" default="d"')
    flows = flow("x", "a", '=contains(v, "a")'), flow("x", "b", '=contains(v, "b")'), flow("x", "c", "=fejl", "d")
    r = run(choosing(activity, *flows), {"v": value})
    assert [step for step in r.trail() if step in {"a", "b", "c"}] == taken
    assert r.done


def test_flows_without_a_condition_are_always_taken(run: Runner) -> None:
    r = run(choosing(task("x"), flow("x", "a", "=v"), flow("x", "b"), flow("x", "c")), {"v": False})
    assert [step for step in r.trail() if step in {"a", "b", "c"}] == ["b", "c"]


def test_no_way_on_freezes_the_activity_after_its_work(run: Runner) -> None:
    r = run(choosing(user("x"), flow("x", "a", "=v = 1"), flow("x", "b", "=v = 2")), {"v": 0})
    r.do("x", svar=7)
    assert r.frozen == [("x", "CONDITION_ERROR")]
    assert r.variables["svar"] == 7
    r.set(v=3).retry("x")
    assert r.frozen == [("x", "CONDITION_ERROR")]
    assert r.set(v=2).retry("x").done
    assert "b" in r.trail()


def test_a_condition_that_is_neither_true_nor_false(run: Runner) -> None:
    r = run(choosing(task("x"), flow("x", "a", "=v"), flow("x", "b", "=not(v)")))
    assert r.frozen == [("x", "EXTRACT_VALUE_ERROR")]
    assert r.set(v=True).retry("x").done


def test_several_flows_leave_an_event(run: Runner) -> None:
    r = run(
        diagram(
            start(), catch("x", signal()), user("a"), user("b"), end(), chain("s", "x", "a", "e"), chain("x", "b", "e")
        )
    )
    r.signal()
    assert r.tasks == ["a", "b"]


# -- events -------------------------------------------------------------------------------------------------------------


def test_it_waits_until_the_condition_holds(run: Runner) -> None:
    r = run(diagram(start(), catch("x", condition("=n > 2")), end(), chain("s", "x", "e")))
    assert (r.done, r.open, r.frozen) == (False, [], [])
    assert not r.set(n=1).done
    assert not r.set(andet=3).done
    assert r.set(n=3).done
    assert r.trail() == ["s", "x", "e"]


def test_what_holds_already_happens_at_once(run: Runner) -> None:
    r = run(diagram(start(), catch("x", condition("=n > 2")), end(), chain("s", "x", "e")), {"n": 3})
    assert r.done


def guarded(inner: str, *, interrupting: bool, host: str = "x") -> bytes:
    edge = (
        boundary("b", host, condition("=n > 2"), interrupting=interrupting)
        + task("h")
        + end("he")
        + chain("b", "h", "he")
    )
    return diagram(start(), inner, end(), chain("s", host, "e"), edge)


@pytest.mark.parametrize("host", ["user", "sub", "many"])
def test_on_the_edge_of_an_activity(run: Runner, host: str) -> None:
    inside = {
        "user": user("x"),
        "sub": sub("x", start("s2") + user("y") + end("e2") + chain("s2", "y", "e2")),
        "many": user("x", inner=many("=[1,2]")),
    }[host]
    r = run(guarded(inside, interrupting=True), {"n": 0})
    assert r.set(n=1).tasks
    assert r.set(n=5).done
    assert r.trail()[-3:] == ["b", "h", "he"]
    r = run(guarded(inside, interrupting=False), {"n": 0})
    tasks = r.tasks
    for value in (5, 6, 1, 7):
        r.set(n=value)
    assert r.trail().count("h") == 2, "only after it has been false again"
    assert r.tasks == tasks


def test_an_activity_that_is_interrupted_at_once_does_not_begin_its_work(run: Runner) -> None:
    r = run(guarded(job("x", "forloeb:besked", io([('="m"', "navn")])), interrupting=True), {"n": 3})
    assert r.done
    assert r.step.effects == ()
    assert r.trail() == ["s", "b", "h", "he"]
    r = run(guarded(script("x", "=1", "y"), interrupting=False), {"n": 3})
    assert r.variables["y"] == 1
    assert sorted(r.trail()) == sorted(["s", "x", "e", "b", "h", "he"])


def test_a_condition_sees_what_the_host_sees(run: Runner) -> None:
    r = run(guarded(user("x", io([("=0", "n")])), interrupting=True), {"n": 9})
    assert r.tasks == ["x"]
    r.set(n=8)
    assert r.tasks == ["x"], "the local one hides it"
    assert r.set(r.element("x"), local_=True, n=4).done


def test_a_step_of_the_process_makes_it_true(run: Runner) -> None:
    body = gate("parallel", "p") + user("a") + script("c", "=5", "n") + catch("x", condition("=n = 5")) + end("e2")
    r = run(diagram(start(), body, end(), chain("s", "p", "a", "c", "e"), chain("p", "x", "e2")))
    assert not r.done
    assert r.do("a").done
    assert "x" in r.trail()


@pytest.mark.parametrize("interrupting", [True, False])
def test_it_starts_an_event_sub_process(run: Runner, interrupting: bool) -> None:
    handler = event_sub("v", condition("=n > 2"), user("h") + end("he"), "h", "he", interrupting=interrupting)
    r = run(diagram(start(), user("a"), end(), chain("s", "a", "e"), handler), {"n": 0})
    assert r.tasks == ["a"]
    assert r.set(n=3).tasks == (["h"] if interrupting else ["a", "h"])
    r.set(n=0)
    r.set(n=3)
    assert r.tasks == (["h"] if interrupting else ["a", "h", "h"])
    at_once = run(diagram(start(), user("a"), end(), chain("s", "a", "e"), handler), {"n": 3})
    assert at_once.tasks == (["h"] if interrupting else ["a", "h"])


def test_after_an_event_gateway(run: Runner) -> None:
    body = (
        start()
        + gate("eventBased", "g")
        + catch("c", condition("=klar"))
        + catch("t", timer("PT1H"))
        + end()
        + end("e2")
    )
    r = run(diagram(body, chain("s", "g", "c", "e"), chain("g", "t", "e2")))
    assert r.open == ["t"]
    assert r.set(klar=True).done
    assert r.trail() == ["s", "g", "c", "e"]


def test_filters_of_names_and_changes(run: Runner) -> None:
    def waiting(*filters: str | None) -> bytes:
        return diagram(start(), catch("x", condition("=n > 2 and m > 2", *filters)), end(), chain("s", "x", "e"))

    r = run(waiting("m, k"), {"n": 0, "m": 3})
    assert not r.set(n=3).done
    assert r.set(m=3).done
    r = run(waiting(None, "create"), {"n": 3})
    assert not r.set(m=1).done
    assert not r.set(m=3).done
    assert r.set(k=0).done
    assert run(waiting(None, "update"), {"n": 3, "m": 0}).set(m=3).done


def test_what_gives_no_yes_or_no(run: Runner) -> None:
    r = run(diagram(start(), catch("x", condition("=n + 1")), end(), chain("s", "x", "e")), {"n": 1})
    assert r.frozen == [("x", "EXTRACT_VALUE_ERROR")]
    r = run(guarded(user("x"), interrupting=True).replace(b"=n &gt; 2", b"=v"), {"v": False})
    r.set(v="ja")
    assert r.frozen == [("b", "EXTRACT_VALUE_ERROR")]
    assert r.tasks == ["x"]
    r.retry("b")
    assert r.frozen == [("b", "EXTRACT_VALUE_ERROR")]
    assert r.set(v=True).done


def test_a_condition_is_gone_with_its_host(run: Runner) -> None:
    r = run(guarded(user("x"), interrupting=True))
    assert r.do("x").done


def test_conditions_are_looked_at_in_the_order_in_which_they_began(run: Runner) -> None:
    inside = start("s2") + catch("first", condition("=ok")) + end("e2") + chain("s2", "first", "e2")
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            sub("k", inside),
            user("a"),
            catch("second", condition("=ok")),
            gate("parallel", "j"),
            end(),
            chain("s", "p", "k", "j", "e"),
            chain("p", "a", "second", "j"),
        ),
        {"ok": False},
    )
    trail = r.do("a").set(ok=True).trail()
    assert trail.index("first") < trail.index("second")
    assert r.done
