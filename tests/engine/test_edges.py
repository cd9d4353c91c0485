"""Events on the edge of every kind of activity, by every kind of trigger, interrupting and not."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import pytest

from .conftest import Runner
from .drawing import (
    ad_hoc,
    again,
    boundary,
    call,
    chain,
    condition,
    definitions,
    end,
    error,
    escalation,
    event_sub,
    gate,
    job,
    many,
    message,
    process,
    receive,
    script,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
)
from .driver import Run

INSIDE = start("s2") + user("in") + end("e2") + chain("s2", "in", "e2")
LISTENER = event_sub("v", message("m2"), end("ve"), "ve", interrupting=False)


@dataclass(frozen=True)
class Host:
    """An activity `h` that waits: how it is drawn, what waits in it, and how often it is done until it is over."""

    xml: str
    waits: tuple[str, ...] = ("in",)
    rounds: int = 1
    listening: tuple[str, ...] = ()
    called: str = ""

    def finish(self, run: Run) -> None:
        for _ in range(self.rounds):
            if self.waits[0] == "h" and "m2" in self.xml:
                assert run.message("m2")
            else:
                run.do(self.waits[0])


HOSTS = {
    "user task": Host(user("h"), ("h",)),
    "job": Host(job("h"), ("h",)),
    "receive task": Host(receive("h", "m2"), ("h",)),
    "sub-process": Host(sub("h", INSIDE)),
    "transaction": Host(f'<bpmn:transaction id="h">{INSIDE}</bpmn:transaction>'),
    "sub-process that listens": Host(sub("h", INSIDE + LISTENER), listening=("v_s",)),
    "call": Host(call("h", "Q"), called=process("Q", INSIDE)),
    "ad-hoc": Host(ad_hoc("h", user("in"), active='=["in"]')),
    "loop": Host(user("h", inner=again(most=2)), ("h",), 2),
    "instances": Host(user("h", inner=many("=[1,2]")), ("h", "h"), 2),
    "instances in turn": Host(user("h", inner=many("=[1,2]", sequential=True)), ("h",), 2),
    "instances of a sub-process": Host(sub("h", INSIDE, inner=many("=[1,2]")), ("in", "in"), 2),
    "instances of a call": Host(call("h", "Q", inner=many("=[1,2]")), ("in", "in"), 2, called=process("Q", INSIDE)),
    "a nest": Host(
        sub(
            "h",
            start("s3") + sub("hh", INSIDE, inner=many("=[1,2]")) + end("e3") + chain("s3", "hh", "e3"),
            inner=again(most=2),
        ),
        ("in", "in"),
        4,
    ),
}
TRIGGERS = {
    "timer": timer("P1D"),
    "message": message("m1"),
    "signal": signal(),
    "condition": condition("=ja"),
    "one of two": signal() + message("m1"),
}


def fire(run: Run, trigger: str, number: int) -> None:
    match trigger:
        case "timer":
            assert run.to(days=number) == 1
        case "message" | "one of two":
            assert run.message("m1", hit=number)
        case "signal":
            assert run.signal(hit=number) == 1
        case _:
            run.set(ja=True)
            if number == 1:
                run.set(ja=False)


def drawn(host: Host, edge: str) -> bytes:
    body = start() + host.xml + user("after") + end("ae") + user("next") + end() + edge
    body += chain("s", "h", "next", "e") + chain("b", "after", "ae")
    return definitions(process("P", body), host.called)


GIVEN = {"key": "k", "ja": False}


@pytest.mark.parametrize(("what", "trigger"), list(itertools.product(HOSTS, TRIGGERS)))
def test_an_interrupting_edge_ends_all_that_is_inside(run: Runner, what: str, trigger: str) -> None:
    host = HOSTS[what]
    r = run(drawn(host, boundary("b", "h", TRIGGERS[trigger])), GIVEN)
    fire(r, trigger, 1)
    assert r.open == ["after"]
    assert all(c.ended == "TERMINATED" for c in r.step.called)
    assert r.do("after").done
    assert [e for e in r.trail() if e not in {"s2", "s3"}] == ["s", "b", "after", "ae"]


@pytest.mark.parametrize(("what", "trigger"), list(itertools.product(HOSTS, TRIGGERS)))
def test_a_non_interrupting_edge_leaves_its_host_alone(run: Runner, what: str, trigger: str) -> None:
    host = HOSTS[what]
    edge = TRIGGERS[trigger] if trigger != "timer" else timer("R2/P1D", "timeCycle")
    r = run(drawn(host, boundary("b", "h", edge, interrupting=False)), GIVEN)
    still = sorted([*host.waits, *host.listening])
    waiting = ["b", *(["b"] if trigger == "one of two" else [])] if trigger != "condition" else []
    assert r.open == sorted([*still, *waiting])
    for number in (1, 2):
        fire(r, trigger, number)
        left = [] if trigger == "timer" and number == 2 else waiting
        assert r.open == sorted([*still, *left, *["after"] * number])
    host.finish(r)
    assert r.open == ["after", "after", "next"], "what its edge waited for is over with it"
    for name in ("next", "after", "after"):
        r.do(name)
    assert r.done
    assert r.trail().count("h") >= 1


@pytest.mark.parametrize(("what", "trigger"), list(itertools.product(HOSTS, TRIGGERS)))
def test_an_edge_that_never_happens(run: Runner, what: str, trigger: str) -> None:
    host = HOSTS[what]
    r = run(drawn(host, boundary("b", "h", TRIGGERS[trigger])), GIVEN)
    host.finish(r)
    assert r.open == ["next"]
    fire_nothing(r, trigger)
    assert r.do("next").done
    assert "b" not in r.trail()


def fire_nothing(run: Run, trigger: str) -> None:
    if trigger == "timer":
        assert run.to(days=9) == 0
    elif trigger == "condition":
        run.set(ja=True)
        assert run.open == ["next"]
    else:
        assert not run.message("m1")
        assert run.signal() == 0


FAILING = start("s2") + job("in") + end("e2") + chain("s2", "in", "e2")
ENDING = start("s2") + user("in") + end("e2", error("E1")) + chain("s2", "in", "e2")
FAIL_HOSTS = {
    "job": Host(job("h"), ("h",)),
    "loop": Host(job("h", inner=again(most=3)), ("h",)),
    "instances": Host(job("h", inner=many("=[1,2]")), ("h", "h")),
    "sub-process": Host(sub("h", FAILING)),
    "transaction": Host(f'<bpmn:transaction id="h">{FAILING}</bpmn:transaction>'),
    "call": Host(call("h", "Q"), called=process("Q", FAILING)),
    "ad-hoc": Host(ad_hoc("h", job("in"), active='=["in"]')),
    "instances of a sub-process": Host(sub("h", FAILING, inner=many("=[1,2]")), ("in", "in")),
    "instances of a call": Host(call("h", "Q", inner=many("=[1,2]")), ("in", "in"), called=process("Q", FAILING)),
    "an error end": Host(sub("h", ENDING)),
    "an error end in a call": Host(call("h", "Q"), called=process("Q", ENDING)),
    "an error end in instances": Host(sub("h", ENDING, inner=many("=[1,2]")), ("in", "in")),
    "an error end in an event sub-process": Host(
        sub(
            "h",
            FAILING.replace("arbejd", "andet")
            + event_sub("v", message("m2"), user("vu") + end("ve", error("E1")), "vu", "ve"),
        )
    ),
}
CATCHING = {"exact": error("E1"), "any": error(), "one of two": error("E2") + error("E1")}


@pytest.mark.parametrize(("what", "catching"), list(itertools.product(FAIL_HOSTS, CATCHING)))
def test_an_error_ends_all_that_is_inside(run: Runner, what: str, catching: str) -> None:
    host = FAIL_HOSTS[what]
    r = run(drawn(host, boundary("b", "h", CATCHING[catching])), GIVEN)
    if "event sub-process" in what:
        assert r.message("m2")
        r.do("vu")
    elif "end" in what:
        r.do(host.waits[0])
    else:
        r.fail(host.waits[0], "E1")
    assert (r.open, r.frozen) == (["after"], [])
    assert r.do("after").done


@pytest.mark.parametrize("what", FAIL_HOSTS)
def test_an_error_of_another_code_is_not_caught(run: Runner, what: str) -> None:
    host = FAIL_HOSTS[what]
    r = run(drawn(host, boundary("b", "h", error("E2"))), GIVEN)
    if "event sub-process" in what:
        assert r.message("m2")
        r.do("vu")
    elif "end" in what:
        r.do(host.waits[0])
    else:
        r.fail(host.waits[0], "E1")
    assert [kind for _, kind in r.frozen] == ["UNHANDLED_ERROR_EVENT"]
    assert "after" not in r.open


TELLING = start("s2") + throw("t", escalation("E1")) + user("in") + end("e2") + chain("s2", "t", "in", "e2")
ENDS_TELLING = start("s2") + user("in") + end("e2", escalation("E1")) + chain("s2", "in", "e2")
TELL_HOSTS = {
    "sub-process": Host(sub("h", TELLING)),
    "transaction": Host(f'<bpmn:transaction id="h">{TELLING}</bpmn:transaction>'),
    "call": Host(call("h", "Q"), called=process("Q", TELLING)),
    "ad-hoc": Host(
        ad_hoc("h", sub("hh", TELLING), active='=["hh"]'),
    ),
}


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("code", ["E1", None])
@pytest.mark.parametrize("what", TELL_HOSTS)
def test_escalations_reach_the_edge(run: Runner, what: str, code: str | None, interrupting: bool) -> None:
    host = TELL_HOSTS[what]
    r = run(drawn(host, boundary("b", "h", escalation(code), interrupting=interrupting)), GIVEN)
    assert r.open == (["after"] if interrupting else ["after", "in"])
    if not interrupting:
        r.do("in").do("next")
    assert r.do("after").done


@pytest.mark.parametrize("interrupting", [True, False])
def test_each_of_several_instances_escalates(run: Runner, interrupting: bool) -> None:
    host = Host(sub("h", ENDS_TELLING, inner=many("=[1,2,3]")), ("in",) * 3)
    r = run(drawn(host, boundary("b", "h", escalation("E1"), interrupting=interrupting)), GIVEN)
    r.do("in")
    assert r.open == (["after"] if interrupting else ["after", "in", "in"])
    if not interrupting:
        r.do("in").do("in")
        assert r.open == ["after", "after", "after", "next"]


@pytest.mark.parametrize("interrupting", [True, False])
def test_two_edges_of_one_host(run: Runner, interrupting: bool) -> None:
    """The second may still end the host after the first has left it alone; none hears anything when it is gone."""
    more = boundary("b2", "h", message("m2")) + user("late") + end("le") + chain("b2", "late", "le")
    r = run(drawn(HOSTS["sub-process"], boundary("b", "h", message("m1"), interrupting=interrupting) + more), GIVEN)
    assert r.message("m1")
    assert r.message("m2") is not interrupting
    assert r.open == (["after"] if interrupting else ["after", "late"])


def test_what_does_not_wait_is_over_before_its_edge_can_happen(run: Runner) -> None:
    for element in (script("h", "=1", "n"), sub("h", start("s2") + end("e2") + chain("s2", "e2"))):
        r = run(drawn(Host(element), boundary("b", "h", timer("PT0S"))), GIVEN)
        assert r.open == ["next"]


def test_an_edge_whose_way_joins_that_of_its_host(run: Runner) -> None:
    """Non-interrupting: both tokens come, and what follows an exclusive gateway happens for each."""
    body = (
        start()
        + user("h")
        + boundary("b", "h", message("m1"), interrupting=False)
        + gate("exclusive", "j")
        + user("z")
        + end()
    )
    r = run(definitions(process("P", body + chain("s", "h", "j", "z", "e") + chain("b", "j"))), GIVEN)
    assert r.message("m1")
    assert r.do("h").open == ["z", "z"]


def test_a_parallel_join_of_an_edge_and_its_host(run: Runner) -> None:
    body = (
        start()
        + user("h")
        + boundary("b", "h", message("m1"), interrupting=False)
        + gate("parallel", "j")
        + user("z")
        + end()
    )
    r = run(definitions(process("P", body + chain("s", "h", "j", "z", "e") + chain("b", "j"))), GIVEN)
    assert r.message("m1")
    assert r.do("h").open == ["z"]
    never = run(definitions(process("P", body + chain("s", "h", "j", "z", "e") + chain("b", "j"))), GIVEN).do("h")
    assert (never.open, never.done) == ([], False), "the join waits for a token that never comes"


def test_an_inclusive_join_of_an_edge_and_its_host(run: Runner) -> None:
    body = (
        start()
        + user("h")
        + boundary("b", "h", message("m1"), interrupting=False)
        + user("x")
        + gate("inclusive", "j")
        + user("z")
        + end()
    )
    content = definitions(process("P", body + chain("s", "h", "j", "z", "e") + chain("b", "x", "j")))
    assert run(content, GIVEN).do("h").open == ["z"]
    r = run(content, GIVEN)
    assert r.message("m1")
    assert r.do("h").open == ["x"]
    assert r.do("x").open == ["z"]
