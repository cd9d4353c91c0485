"""Compensation: what has completed is undone; transactions that are cancelled."""

from __future__ import annotations

import pytest

from service.domain.errors import NotFound
from service.engine.state import load

from .conftest import Runner
from .drawing import (
    ad_hoc,
    boundary,
    call,
    cancel,
    catch,
    chain,
    compensate,
    definitions,
    diagram,
    end,
    error,
    event_sub,
    flow,
    gate,
    io,
    job,
    many,
    process,
    script,
    signal,
    start,
    sub,
    task,
    throw,
    undone,
    user,
)
from .driver import T0, CountingKeys, Run

NOTE = '=append(if spor = null then [] else spor, "{}")'


def undo_script(host: str) -> str:
    """A handler that writes down what it undid."""
    return undone(host, script(f"{host}_u", NOTE.format(host), "spor"))


def two(thrown: str, *more: str, at_end: bool = False) -> bytes:
    """a, then b, both undoable by people; then the throw."""
    t = end("t", thrown) if at_end else throw("t", thrown) + end()
    path = chain("s", "a", "b", "t") if at_end else chain("s", "a", "b", "t", "e")
    handlers = undone("a", user("a_u")) + undone("b", user("b_u"))
    return diagram(start(), task("a"), task("b"), t, path, handlers, *more)


@pytest.mark.parametrize("at_end", [False, True])
def test_everything_completed_is_undone_before_the_path_goes_on(run: Runner, at_end: bool) -> None:
    r = run(two(compensate(), at_end=at_end))
    assert r.tasks == ["a_u", "b_u"]
    assert not r.do("b_u").done
    assert r.do("a_u").done
    assert r.trail() == ["s", "a", "b", "b_u", "a_u", "t", *([] if at_end else ["e"])]


def test_handlers_begin_in_the_reverse_order_of_completion(run: Runner) -> None:
    body = "".join(task(i) + undo_script(i) for i in "abc")
    r = run(diagram(start(), body, throw("t", compensate()), end(), chain("s", "a", "b", "c", "t", "e")))
    assert r.done
    assert r.variables["spor"] == ["c", "b", "a"]


def test_one_activity_alone(run: Runner) -> None:
    r = run(two(compensate("a")))
    assert r.tasks == ["a_u"]
    assert r.do("a_u").done


def test_the_thrower_need_not_wait(run: Runner) -> None:
    r = run(two(compensate("a", "false")))
    assert "t" in r.trail()
    assert r.tasks == ["a_u"]
    assert r.do("a_u").done


def test_nothing_is_undone_that_has_not_completed(run: Runner) -> None:
    body = start() + gate("parallel", "p") + user("a") + undo_script("a") + throw("t", compensate()) + end() + end("e2")
    r = run(diagram(body, chain("s", "p", "a", "e2"), chain("p", "t", "e")))
    assert "t" in r.trail()
    assert r.do("a").done
    assert "spor" not in r.variables


def test_nothing_is_undone_twice(run: Runner) -> None:
    body = start() + task("a") + undo_script("a") + throw("t", compensate()) + throw("u", compensate()) + end()
    r = run(diagram(body, chain("s", "a", "t", "u", "e")))
    assert r.done
    assert r.variables["spor"] == ["a"]


def test_what_happened_several_times_is_undone_as_often_and_costs_nothing_to_remember() -> None:
    body = start() + gate("exclusive", "g") + user("a") + undo_script("a") + task("b") + undo_script("b")
    body += gate("exclusive", "h", "ud") + throw("t", compensate()) + end()
    flows = chain("s", "g", "a", "b", "h") + flow("h", "g", "=igen") + flow("h", "t", None, "ud") + chain("t", "e")
    r = Run(diagram(body, flows), reload=True)
    sizes = []
    for round_ in range(60):
        r.do("a", igen=round_ < 59)
        sizes.append(len(r.state))
    assert r.done
    assert r.variables["spor"] == ["b"] * 60 + ["a"] * 60
    assert max(sizes[40:59]) <= max(sizes[5:20]) + 8


def test_memory_outlives_reload_and_older_states_are_read(run: Runner) -> None:
    body = start() + task("a") + undo_script("a") + user("w") + throw("t", compensate()) + end()
    r = run(diagram(body, chain("s", "a", "w", "t", "e")))
    assert r.do("w").done
    assert r.variables["spor"] == ["a"]
    older = Run(diagram(start(), user("w"), end(), chain("s", "w", "e")), reload=True)
    assert b"undo" not in older.state
    assert load(older.catalog, older.state, T0, CountingKeys()).undo == []


def test_several_instances_are_undone_once(run: Runner) -> None:
    body = start() + task("a", many("=[1,2,3]")) + undo_script("a") + throw("t", compensate()) + end()
    r = run(diagram(body, chain("s", "a", "t", "e")))
    assert r.done
    assert r.variables["spor"] == ["a"]


def inner(*extra: str, host: str = "sub", marker: str = "") -> str:
    """A sub-process k with a local variable, in which a and b complete and can be undone."""
    both = undone("a", script("a_u", '=append(if spor = null then [] else spor, "a" + sted)', "spor")) + undo_script(
        "b"
    )
    body = task("a") + task("b") + both + "".join(extra)
    if host == "adhoc":
        return ad_hoc("k", task("a") + task("b") + both + chain("a", "b"), io([('="her"', "sted")]), active='=["a"]')
    body = start("s2") + body + end("e2") + chain("s2", "a", "b", "e2")
    return sub("k", body, io([('="her"', "sted")]), inner=marker)


@pytest.mark.parametrize("host", ["sub", "adhoc"])
def test_a_sub_process_is_undone_from_within(run: Runner, host: str) -> None:
    r = run(
        diagram(
            start(), inner(host=host), user("w"), throw("t", compensate("k")), end(), chain("s", "k", "w", "t", "e")
        )
    )
    assert r.do("w").done
    assert r.variables["spor"] == ["b", "aher"], "with the variables it ended with"


def test_each_instance_of_a_sub_process_is_undone_with_its_own_variables(run: Runner) -> None:
    made = script("a", "=sted", "x") + undone(
        "a", script("a_u", "=append(if spor = null then [] else spor, sted)", "spor")
    )
    k = sub("k", start("s2") + made + end("e2") + chain("s2", "a", "e2"), inner=many('=["x","y"]', "sted"))
    r = run(diagram(start(), k, user("w"), throw("t", compensate()), end(), chain("s", "k", "w", "t", "e")))
    assert r.do("w").done
    assert r.variables["spor"] == ["y", "x"]


def test_a_handler_of_its_own_replaces_those_within(run: Runner) -> None:
    r = run(diagram(start(), inner(), undo_script("k"), throw("t", compensate()), end(), chain("s", "k", "t", "e")))
    assert r.done
    assert r.variables["spor"] == ["k"]


def test_an_event_sub_process_that_undoes_its_scope(run: Runner) -> None:
    path = throw("u", compensate("b")) + user("h") + end("he")
    undoing = event_sub("v", compensate(), path, "u", "h", "he")
    r = run(diagram(start(), inner(undoing), throw("t", compensate()), end(), chain("s", "k", "t", "e")))
    assert r.tasks == ["h"]
    assert r.visible(r.element("h"))["sted"] == "her"
    assert r.do("h").done
    assert r.variables["spor"] == ["b"]


def test_called_processes_are_left_alone(run: Runner) -> None:
    called = process("Q", start("qs"), task("a"), undo_script("a"), end("qe"), chain("qs", "a", "qe"))
    whole = process(
        "P", start(), call("c", "Q"), undo_script("c"), throw("t", compensate()), end(), chain("s", "c", "t", "e")
    )
    assert run(definitions(called, whole)).variables["spor"] == ["c"]
    bare = process("P", start(), call("c", "Q"), throw("t", compensate()), end(), chain("s", "c", "t", "e"))
    r = run(definitions(called, bare))
    assert r.done
    assert "spor" not in r.variables


def test_a_handler_may_be_a_sub_process_or_a_call(run: Runner) -> None:
    called = process("Q", start("qs"), user("q"), end("qe"), chain("qs", "q", "qe"))
    handler = sub("a_u", start("s2") + user("h") + end("e2") + chain("s2", "h", "e2"))
    body = task("a") + undone("a", handler) + task("b") + undone("b", call("b_u", "Q"))
    whole = process("P", start(), body, throw("t", compensate()), end(), chain("s", "a", "b", "t", "e"))
    r = run(definitions(called, whole))
    assert r.tasks == ["h", "q"]
    assert r.do("h").do("q").done


def test_an_error_handler_undoes_what_its_scope_had_done(run: Runner) -> None:
    k = start("s2") + task("a") + undo_script("a") + job("b") + end("e2") + chain("s2", "a", "b", "e2")
    k += event_sub("v", error("E1"), throw("t", compensate("a")) + end("ve"), "t", "ve")
    r = run(diagram(start(), sub("k", k), end(), chain("s", "k", "e")))
    assert r.fail("b", "E1").done
    assert r.variables["spor"] == ["a"]


def test_a_handler_that_is_interrupted_counts_as_done(run: Runner) -> None:
    edge = boundary("x", "a_u", signal()) + user("efter") + chain("x", "efter") + end("xe") + chain("efter", "xe")
    r = run(two(compensate("a"), edge))
    r.signal()
    assert r.tasks == ["efter"]
    assert "t" in r.trail()
    assert r.do("efter").done


def test_what_is_undone_ends_with_its_scope(run: Runner) -> None:
    k = (
        start("s2")
        + task("a")
        + undone("a", user("a_u"))
        + throw("t", compensate())
        + end("e2")
        + chain("s2", "a", "t", "e2")
    )
    edge = boundary("x", "k", signal()) + end("xe") + chain("x", "xe")
    r = run(diagram(start(), sub("k", k), end(), chain("s", "k", "e"), edge))
    assert r.tasks == ["a_u"]
    r.signal()
    assert r.done
    assert "a_u" not in r.trail()


# -- transactions -------------------------------------------------------------------------------------------------------


def transaction(body: str, marker: str = "") -> str:
    return sub("k", body, inner=marker).replace("subProcess", "transaction")


@pytest.mark.parametrize("marker", ["", many("=[1]")])
def test_a_cancelled_transaction_is_rolled_back_and_left_by_its_cancel_event(run: Runner, marker: str) -> None:
    body = (
        start("s2") + gate("parallel", "p") + user("n") + user("m") + end("e3") + task("a") + undone("a", user("a_u"))
    )
    body += end("e2", cancel()) + chain("s2", "p", "a", "m", "e2") + chain("p", "n", "e3")
    edge = boundary("x", "k", cancel()) + user("efter") + end("xe") + chain("x", "efter", "xe")
    r = run(diagram(start(), transaction(body, marker), end(), chain("s", "k", "e"), edge))
    r.do("m")
    assert r.tasks == ["a_u"], "what runs is terminated first"
    assert r.do("a_u").tasks == ["efter"]
    assert r.do("efter").done
    assert "k" not in r.trail()


def test_a_transaction_that_is_not_cancelled_is_a_sub_process(run: Runner) -> None:
    body = start("s2") + task("a") + undo_script("a") + end("e2") + chain("s2", "a", "e2")
    r = run(diagram(start(), transaction(body), throw("t", compensate()), end(), chain("s", "k", "t", "e")))
    assert r.done
    assert r.variables["spor"] == ["a"]


def test_cancelling_with_nothing_to_undo(run: Runner) -> None:
    body = start("s2") + catch("c", signal()) + end("e2", cancel()) + chain("s2", "c", "e2")
    edge = boundary("x", "k", cancel()) + end("xe") + chain("x", "xe")
    r = run(diagram(start(), transaction(body), end(), chain("s", "k", "e"), edge))
    r.signal()
    assert r.done
    assert r.trail()[-2:] == ["x", "xe"]


def test_a_handler_is_never_started_by_hand(run: Runner) -> None:
    r = run(
        diagram(start(), ad_hoc("k", task("a") + undone("a", user("a_u")) + user("b")), end(), chain("s", "k", "e"))
    )
    infos = r.catalog.find_process("P")[1].elements
    assert [i for i in ("a", "a_u", "b") if infos[i].startable] == ["a", "b"]
    with pytest.raises(NotFound):
        r.activate("k", "a_u")
    assert r.activate("k", "a").tasks == []
