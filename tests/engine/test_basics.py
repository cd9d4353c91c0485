"""The thin path: start to end through tasks, jobs, scripts, gateways, sub-processes and calls."""

from __future__ import annotations

from service.domain.instances import InstanceStatus

from .conftest import Runner
from .drawing import call, chain, definitions, diagram, end, flow, gate, io, job, process, script, start, sub, user


def test_a_user_task_waits_and_goes_on(run: Runner) -> None:
    r = run(diagram(start(), user("a"), user("b"), end(), chain("s", "a", "b", "e")))
    assert r.open == ["a"]
    assert r.step.status is InstanceStatus.ACTIVE
    r.do("a", x=1)
    assert (r.open, r.variables) == (["b"], {"x": 1})
    r.do("b")
    assert r.done
    assert r.trail() == ["s", "a", "b", "e"]


def test_script_job_and_exclusive_gateway(run: Runner) -> None:
    content = diagram(
        start(),
        script("regn", "=a * 2", "b"),
        gate("exclusive", "g", "ellers"),
        job("stor"),
        user("lille"),
        end(),
        chain("s", "regn", "g"),
        flow("g", "stor", "=b > 10"),
        flow("g", "lille", None, "ellers"),
        chain("stor", "e"),
        chain("lille", "e"),
    )
    assert run(content, {"a": 6}).tasks == ["stor"]
    assert run(content, {"a": 5}).tasks == ["lille"]
    assert run(content, {"a": 6}).do("stor", b=1).variables == {"a": 6, "b": 1}


def test_parallel_branches_see_each_other(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            user("a"),
            user("b"),
            gate("parallel", "q"),
            end(),
            chain("s", "p", "a", "q", "e"),
            chain("p", "b", "q"),
        ),
        {"v": 0},
    ).do("a", v=1)
    assert r.visible(r.wait("b").key)["v"] == 1
    r.do("b", v=2)
    assert (r.variables, r.done) == ({"v": 2}, True)


def test_mappings_and_propagation(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            job("a", "t", io([("=x + 1", "loc"), ("=loc * 2", "o.p")], [("=res", "y"), ("=res", "obj.k")])),
            job("b"),
            end(),
            chain("s", "a", "b", "e"),
        ),
        {"x": 1, "obj": {"z": 0}},
    )
    assert r.wait("a").variables == {"loc": 2, "o": {"p": 4}}
    r.do("a", res=7, other=1)
    assert r.variables == {"x": 1, "obj": {"z": 0, "k": 7}, "y": 7}
    r.do("b", x=5, n=9)
    assert r.variables == {"x": 5, "obj": {"z": 0, "k": 7}, "y": 7, "n": 9}
    assert r.done


def test_sub_process_scope(run: Runner) -> None:
    body = start("s2") + job("a") + end("e2") + chain("s2", "a", "e2")
    r = run(diagram(start(), sub("sp", body, io([("=1", "loc")], [("=loc", "back")])), end(), chain("s", "sp", "e")))
    r.do("a", loc=42, g=1)
    assert (r.variables, r.done) == ({"g": 1, "back": 42}, True)


def test_call_activity(run: Runner) -> None:
    r = run(
        definitions(
            process(
                "P",
                start(),
                call("c", "Q", io([("=x", "arg")], [("=res", "got")]), up=False),
                end(),
                chain("s", "c", "e"),
            ),
            process("Q", start("qs"), job("a"), end("qe"), chain("qs", "a", "qe")),
        ),
        {"x": 3, "res": 0},
    )
    wait = r.wait("a")
    assert r.visible(wait.key) == {"x": 3, "res": 0, "arg": 3}
    begun = r.step.called[0]
    assert (begun.started, begun.ended, begun.parent_key) == (True, None, r.key)
    assert wait.called_key == begun.key
    assert wait.process_id == "Q"
    r.do("a", res=8, x=99)
    assert (r.variables, r.done) == ({"x": 3, "res": 0, "got": 8}, True)
    assert [(c.key, c.started, c.ended) for c in r.step.called] == [(begun.key, False, InstanceStatus.COMPLETED)]
