"""Forks, joins, choices: also in loops, with tokens that come twice, and with branches that are interrupted."""

from __future__ import annotations

import itertools

import pytest

from .conftest import Runner
from .drawing import (
    boundary,
    chain,
    diagram,
    end,
    flow,
    gate,
    many,
    script,
    signal,
    start,
    sub,
    task,
    timer,
    user,
)


def test_the_first_true_condition_in_document_order_wins(run: Runner) -> None:
    content = diagram(
        start(),
        gate("exclusive", "g", "d"),
        user("a"),
        user("b"),
        user("c"),
        end(),
        chain("s", "g"),
        flow("g", "c", "=x > 0", "d"),
        flow("g", "b", "=x > 5"),
        flow("g", "a", "=x > 2"),
        chain("a", "e"),
        chain("b", "e"),
        chain("c", "e"),
    )
    assert run(content, {"x": 9}).open == ["b"]
    assert run(content, {"x": 3}).open == ["a"]
    assert run(content, {"x": -1}).open == ["c"], "the default flow's condition is never asked"


def test_a_choice_that_cannot_be_made_freezes_the_gateway(run: Runner) -> None:
    content = diagram(
        start(),
        gate("exclusive", "g"),
        user("a"),
        user("b"),
        end(),
        chain("s", "g"),
        flow("g", "a", "=x > 1"),
        flow("g", "b", "=x < 0"),
        chain("a", "e"),
        chain("b", "e"),
    )
    r = run(content, {"x": 1})
    assert r.frozen == [("g", "CONDITION_ERROR")]
    assert r.set(x=2).retry("g").open == ["a"]
    r = run(content)
    assert r.frozen == [("g", "EXTRACT_VALUE_ERROR")]
    assert "sand eller falsk" in next(iter(r.incidents.values())).message
    assert run(content, {"x": "tekst"}).frozen == [("g", "EXTRACT_VALUE_ERROR")]


def test_an_exclusive_join_waits_for_nothing(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            user("a"),
            user("b"),
            gate("exclusive", "x"),
            user("z"),
            end(),
            chain("s", "p", "a", "x", "z", "e"),
            chain("p", "b", "x"),
        )
    ).do("a")
    assert r.open == ["b", "z"]
    assert r.do("b").open == ["z", "z"]


@pytest.mark.parametrize("kind", ["parallel", "inclusive"])
def test_joins_in_loops_in_every_order(run: Runner, kind: str) -> None:
    condition = "=true" if kind == "inclusive" else None
    content = diagram(
        start(),
        gate("exclusive", "x0"),
        gate(kind, "p1"),
        user("a"),
        user("b"),
        user("c"),
        gate(kind, "p2"),
        user("z"),
        gate("exclusive", "x1", "out"),
        end(),
        chain("s", "x0", "p1"),
        flow("p1", "a", condition),
        flow("p1", "b", condition),
        flow("p1", "c", condition),
        chain("a", "p2"),
        chain("b", "p2"),
        chain("c", "p2"),
        chain("p2", "z", "x1"),
        flow("x1", "x0", "=again"),
        flow("x1", "e", None, "out"),
    )
    for first, second in itertools.product(itertools.permutations("abc"), repeat=2):
        r = run(content, {"again": True})
        for order in (first, second):
            for done, name in enumerate(order, 1):
                r.do(name)
                assert r.open == (sorted(order[done:]) or ["z"])
            r.do("z", again=True)
        assert r.open == ["a", "b", "c"]


def test_a_parallel_join_counts_tokens_per_flow(run: Runner) -> None:
    """Two tokens on one flow are not one on each."""
    content = diagram(
        start(),
        gate("parallel", "p"),
        user("a"),
        user("b"),
        user("c"),
        gate("exclusive", "x"),
        gate("parallel", "q"),
        user("z"),
        end(),
        chain("s", "p", "a", "x", "q", "z", "e"),
        chain("p", "b", "x"),
        chain("p", "c", "q"),
    )
    r = run(content).do("a").do("b")
    assert r.open == ["c"]
    r.do("c")
    assert r.open == ["z"]
    assert not r.do("z").done, "the second token of the first flow waits for ever"


def test_inclusive_fork_and_join(run: Runner) -> None:
    content = diagram(
        start(),
        gate("inclusive", "p", "df"),
        user("a"),
        user("b"),
        user("c"),
        gate("inclusive", "q"),
        user("z"),
        end(),
        chain("s", "p"),
        flow("p", "a", "=x > 1"),
        flow("p", "b", "=x > 2"),
        flow("p", "c", None, "df"),
        chain("a", "q"),
        chain("b", "q"),
        chain("c", "q"),
        chain("q", "z", "e"),
    )
    assert run(content, {"x": 3}).do("a").open == ["b"]
    assert run(content, {"x": 3}).do("a").do("b").open == ["z"]
    assert run(content, {"x": 2}).do("a").open == ["z"]
    assert run(content, {"x": 0}).open == ["c"]
    assert run(content, {"x": 0}).do("c").open == ["z"]
    assert run(content, {"x": None}).frozen == [("p", "EXTRACT_VALUE_ERROR")]


def test_inclusive_without_default(run: Runner) -> None:
    content = diagram(
        start(),
        gate("inclusive", "p"),
        user("a"),
        user("b"),
        end(),
        chain("s", "p"),
        flow("p", "a", "=x > 1"),
        flow("p", "b", "=x > 2"),
        chain("a", "e"),
        chain("b", "e"),
    )
    assert run(content, {"x": 0}).frozen == [("p", "CONDITION_ERROR")]


def test_an_inclusive_join_sees_tokens_that_can_come_through_a_boundary_event(run: Runner) -> None:
    content = diagram(
        start(),
        gate("parallel", "p"),
        user("a"),
        user("b"),
        boundary("t", "b", timer("P1D")),
        user("late"),
        end("off"),
        gate("inclusive", "q"),
        user("z"),
        end(),
        chain("s", "p", "a", "q", "z", "e"),
        chain("p", "b", "off"),
        chain("t", "late", "q"),
    )
    r = run(content).do("a")
    assert "z" not in r.open
    r.do("b")
    assert r.open == ["z"]
    r = run(content).do("a")
    r.to(days=1)
    assert r.open == ["late"]
    assert r.do("late").open == ["z"]


def test_an_inclusive_join_waits_for_a_sub_process(run: Runner) -> None:
    inside = start("s2") + user("b") + end("e2") + chain("s2", "b", "e2")
    content = diagram(
        start(),
        gate("parallel", "p"),
        user("a"),
        sub("sp", inside),
        gate("inclusive", "q"),
        user("z"),
        end(),
        chain("s", "p", "a", "q", "z", "e"),
        chain("p", "sp", "q"),
    )
    r = run(content).do("a")
    assert r.open == ["b"]
    assert r.do("b").open == ["z"]


@pytest.mark.parametrize("order", ["abc", "acb", "cab", "cba"])
def test_an_inclusive_join_takes_one_token_of_each_flow(run: Runner, order: str) -> None:
    """Two tokens on one flow are two passages, as the standard says, also where the other flow has one only."""
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            user("a"),
            user("b"),
            user("c"),
            gate("exclusive", "x"),
            gate("inclusive", "j"),
            user("z"),
            end(),
            chain("s", "p", "a", "x", "j", "z", "e"),
            chain("p", "b", "x"),
            chain("p", "c", "j"),
        )
    )
    for name in order:
        r.do(name)
    assert r.tasks == ["z", "z"]
    assert r.do("z").do("z").done


def test_an_inclusive_join_passes_once_when_what_it_waited_for_goes_elsewhere(run: Runner) -> None:
    """Two tokens are there, and the third is lost: one passage with both, not one for each."""
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            user("a"),
            user("b"),
            user("c"),
            boundary("k", "c", signal()),
            end("ke"),
            gate("inclusive", "j"),
            user("z"),
            end(),
            chain("s", "p", "a", "j", "z", "e"),
            chain("p", "b", "j"),
            chain("p", "c", "j"),
            chain("k", "ke"),
        )
    )
    assert r.do("a").do("b").open == ["c", "k"]
    assert r.signal()
    assert r.open == ["z"]
    assert r.do("z").done


def test_two_flows_from_a_fork_to_an_inclusive_join(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            gate("inclusive", "j"),
            user("z"),
            end(),
            chain("s", "p", "j", "z", "e"),
            chain("p", "j"),
        )
    )
    assert r.open == ["z"]
    assert r.do("z").done


def test_an_inclusive_join_waits_for_what_it_sends_around(run: Runner) -> None:
    """The second token of a flow stays: what went with the first may come back along a flow that is empty."""
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            user("a"),
            user("b"),
            user("c"),
            gate("exclusive", "x"),
            gate("inclusive", "j"),
            user("z"),
            gate("exclusive", "y", "ud"),
            end(),
            chain("s", "p", "a", "x", "j", "z", "y"),
            chain("p", "b", "x"),
            chain("p", "c", "j"),
            flow("y", "j", "=igen"),
            flow("y", "e", None, "ud"),
        )
    )
    assert r.do("a").do("b").open == ["c"]
    assert r.do("c").open == ["z"]
    assert r.do("z", igen=True).open == ["z"], "both tokens together"
    assert r.do("z", igen=False).done


def test_an_inclusive_join_looks_when_everything_rests(run: Runner) -> None:
    """A token that is about to fork can come both ways; when it has, one half of it is still on its way here."""
    r = run(
        diagram(
            start(),
            gate("exclusive", "m"),
            gate("parallel", "p"),
            gate("parallel", "q"),
            user("a"),
            user("b"),
            gate("inclusive", "j"),
            user("z"),
            end(),
            chain("s", "m", "p", "j", "z", "e"),
            chain("p", "q", "a", "j"),
            chain("q", "b", "m"),
        )
    )
    assert r.open == ["a", "b"]
    assert r.do("a").open == ["b", "z"]


def test_an_inclusive_join_does_not_wait_for_tokens_on_their_way_around_a_loop(run: Runner) -> None:
    """The other branch can come here again only by the loop, through the fork: waiting for it would never end."""
    r = run(
        diagram(
            start(),
            gate("exclusive", "x"),
            gate("parallel", "p"),
            user("a"),
            gate("inclusive", "i", "d"),
            user("b"),
            user("c"),
            gate("inclusive", "j"),
            gate("parallel", "q"),
            user("z"),
            gate("exclusive", "y", "ud"),
            end(),
            chain("s", "x", "p", "a", "q", "z", "y"),
            chain("p", "i"),
            flow("i", "b", "=true"),
            flow("i", "c", None, "d"),
            chain("b", "j"),
            chain("c", "j", "q"),
            flow("y", "x", "=igen"),
            flow("y", "e", None, "ud"),
        )
    )
    for again in (True, False):
        r.do("b")
        assert r.open == ["a"]
        r.do("a")
        assert r.open == ["z"]
        r.do("z", igen=again)
    assert r.done


def test_gateways_may_join_and_fork_at_once(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            user("a"),
            user("b"),
            gate("parallel", "m"),
            user("c"),
            user("d"),
            gate("parallel", "q"),
            end(),
            chain("s", "p", "a", "m", "c", "q", "e"),
            chain("p", "b", "m"),
            chain("m", "d", "q"),
        )
    )
    assert r.do("b").do("a").open == ["c", "d"]
    assert r.do("d").do("c").done


def test_many_diamonds_stay_small(run: Runner) -> None:
    rounds = 12
    parts, before = [], "s"
    for i in range(rounds):
        a, b, u, v = (f"{name}{i}" for name in "abuv")
        parts += [gate("parallel", a), gate("parallel", b), user(u), user(v), chain(before, a, u, b), chain(a, v, b)]
        before = b
    r = run(diagram(start(), *parts, end(), chain(before, "e")))
    assert len(r.step.elements) < 6
    for i in range(rounds):
        r.do(f"u{i}").do(f"v{i}")
    assert r.done


def test_flows_are_told_in_order(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            task("t"),
            user("a"),
            end(),
            flow("s", "t", id_="x1"),
            flow("t", "a", id_="x2"),
            flow("a", "e", id_="x3"),
        )
    )
    assert [f.flow_id for f in r.step.flows] == ["x1", "x2"]
    assert [(f.flow_id, f.process_id, f.called_key) for f in r.do("a").step.flows] == [("x3", "P", None)]


def test_automatic_loops_of_a_thousand_rounds(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            gate("exclusive", "x"),
            script("n", "=n + 1", "n"),
            gate("exclusive", "y", "d"),
            end(),
            chain("s", "x", "n", "y"),
            flow("y", "x", "=n < 1000"),
            flow("y", "e", None, "d"),
        ),
        {"n": 0},
    )
    assert (r.done, r.variables["n"]) == (True, 1000)


def test_a_hundred_parallel_instances(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            script("n", "=i * 2", "r", inner=many("=for x in 1..100 return x", "i", "rs", "=r")),
            end(),
            chain("s", "n", "e"),
        )
    )
    assert r.variables["rs"][:3] == [2, 4, 6]
    assert len(r.variables["rs"]) == 100
