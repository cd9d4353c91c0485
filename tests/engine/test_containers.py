"""Sub-processes, calls, several instances, ad-hoc sub-processes."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from service.domain.errors import NotFound, TaskMovedOn
from service.domain.instances import InstanceStatus

from .conftest import Runner
from .drawing import (
    ad_hoc,
    boundary,
    call,
    chain,
    definitions,
    diagram,
    end,
    error,
    escalation,
    event_sub,
    flow,
    gate,
    io,
    job,
    many,
    message,
    process,
    script,
    signal,
    start,
    sub,
    terminate,
    throw,
    timer,
    user,
)
from .driver import MemoryCatalog


def body(activity: str, id_: str = "a") -> str:
    """Start, one activity, end: the inside of a sub-process."""
    return start(f"{id_}_s") + activity + end(f"{id_}_e") + chain(f"{id_}_s", id_, f"{id_}_e")


# -- multi-instance -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sequential", [True, False])
def test_one_instance_per_item(run: Runner, sequential: bool) -> None:
    r = run(
        diagram(
            start(),
            job(
                "a", "t", io([("=it.n + loopCounter", "n")]), inner=many("=xs", "it", "rs", "=r", sequential=sequential)
            ),
            end(),
            chain("s", "a", "e"),
        ),
        {"xs": [{"n": i} for i in (5, 6, 7)]},
    )
    assert len(r.open) == (1 if sequential else 3)
    for number in range(3):
        index = 0 if sequential else len(r.open) - 1
        given = r.wait("a", index).variables
        assert given["n"] == given["it"]["n"] + given["loopCounter"]
        assert given["r"] is None
        r.do("a", index, r=given["n"] * 10)
        assert r.done == (number == 2)
    assert r.variables == {"xs": [{"n": 5}, {"n": 6}, {"n": 7}], "rs": [60, 80, 100]}


@pytest.mark.parametrize("sequential", [True, False])
def test_an_empty_list_is_skipped(run: Runner, sequential: bool) -> None:
    content = diagram(
        start(), job("a", inner=many("=xs", "it", "rs", "=r", sequential=sequential)), end(), chain("s", "a", "e")
    )
    r = run(content, {"xs": []})
    assert (r.done, r.variables["rs"]) == (True, [])


def test_the_output_stands_at_the_index_of_its_input(run: Runner) -> None:
    r = run(
        diagram(start(), job("a", inner=many("=xs", "it", "rs", "=r")), end(), chain("s", "a", "e")), {"xs": [1, 2, 3]}
    )
    keys = [r.wait("a", i).key for i in range(3)]
    for i in (2, 0, 1):
        index = [w.key for w in r.waits.values()].index(keys[i])
        r.do("a", index, r=i * 11)
    assert r.variables == {"xs": [1, 2, 3], "rs": [0, 11, 22]}


def test_the_body_and_its_instances_are_told(run: Runner) -> None:
    r = run(diagram(start(), user("a", inner=many("=[1,2]")), end(), chain("s", "a", "e")))
    begun = [(c.type, c.scope_key) for c in r.step.elements if c.element_id == "a"]
    body_key = next(c.key for c in r.step.elements if c.type == "multiInstanceBody")
    assert begun == [("multiInstanceBody", r.key), ("userTask", body_key), ("userTask", body_key)]


def test_a_completion_condition_ends_the_rest(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            sub("sp", body(user("a")), inner=many("=xs", "it", until="=numberOfCompletedInstances >= 2")),
            user("z"),
            end(),
            chain("s", "sp", "z", "e"),
        ),
        {"xs": [1, 2, 3, 4]},
    )
    r.do("a")
    assert len(r.open) == 3
    assert r.do("a").open == ["z"]


def test_counts_in_a_completion_condition(run: Runner) -> None:
    until = "=numberOfInstances = 3 and numberOfActiveInstances = 1 and numberOfCompletedInstances = 2 and numberOfTerminatedInstances = 0"
    r = run(diagram(start(), user("a", inner=many("=[1,2,3]", until=until)), end(), chain("s", "a", "e")))
    assert not r.do("a").done
    assert r.do("a").done


def test_interrupting_several_instances(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            sub("sp", body(user("a")), inner=many("=xs", "it")),
            boundary("b", "sp", timer("P14D")),
            user("z"),
            end(),
            chain("s", "sp", "e"),
            chain("b", "z", "e"),
        ),
        {"xs": [1, 2, 3]},
    )
    assert r.to(days=13.9) == 0
    assert r.to(days=14) == 1
    assert r.open == ["z"]
    assert {c.state for c in r.step.elements if c.element_id in {"a", "sp"}} == {"TERMINATED"}
    assert r.do("z").done


def test_several_instances_inside_several_instances(run: Runner) -> None:
    inner = script("b", "=x * y", "r", inner=many("=ys", "y", "zs", "=r"))
    r = run(
        diagram(
            start(), sub("sp", body(inner, "b"), inner=many("=xs", "x", "alle", "=zs")), end(), chain("s", "sp", "e")
        ),
        {"xs": [1, 2], "ys": [10, 20]},
    )
    assert r.done
    assert r.variables["alle"] == [[10, 20], [20, 40]]
    assert set(r.variables) == {"xs", "ys", "alle"}


def test_an_uncaught_error_in_one_of_several_instances(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            job("a", inner=many("=[1,2]")),
            boundary("b", "a", error("E1")),
            user("h"),
            end(),
            chain("s", "a", "e"),
            chain("b", "h", "e"),
        )
    )
    r.fail("a", "E9")
    assert r.frozen == [("a", "UNHANDLED_ERROR_EVENT")]
    assert r.fail("a", "E1", 1).open == ["h"]


# -- calls --------------------------------------------------------------------------------------------------------------


def test_all_variables_go_down_and_up_unless_drawn_otherwise(run: Runner) -> None:
    q = process("Q", start("qs"), job("a"), end("qe"), chain("qs", "a", "qe"))
    for down, up, seen, after in (
        (None, None, {"x": 1}, {"x": 1, "r": 2}),
        (True, False, {"x": 1}, {"x": 1}),
        (False, True, {}, {"x": 1, "r": 2}),
    ):
        r = run(
            definitions(process("P", start(), call("c", "Q", down=down, up=up), end(), chain("s", "c", "e")), q),
            {"x": 1},
        )
        assert r.visible(r.wait("a").key) == seen
        assert r.do("a", r=2).variables == after


def test_a_call_by_expression_and_a_missing_process(run: Runner) -> None:
    catalog = MemoryCatalog()
    catalog.deploy(diagram(start(), call("c", '="Q" + nr'), end(), chain("s", "c", "e")))
    r = run(catalog, {"nr": "1"})
    assert r.frozen == [("c", "CALLED_ELEMENT_ERROR")]
    assert "Q1" in next(iter(r.incidents.values())).message
    catalog.deploy(definitions(process("Q1", start(), user("a"), end(), chain("s", "a", "e"))))
    assert r.retry("c").open == ["a"]
    assert r.do("a").done


def test_the_called_version_is_pinned(run: Runner) -> None:
    catalog = MemoryCatalog()
    catalog.deploy(definitions(process("Q", start(), user("a"), user("b"), end(), chain("s", "a", "b", "e"))))
    catalog.deploy(diagram(start(), call("c", "Q"), end(), chain("s", "c", "e")))
    r = run(catalog)
    catalog.deploy(definitions(process("Q", start(), user("a"), user("ny"), end(), chain("s", "a", "ny", "e"))))
    assert r.do("a").open == ["b"]


def test_binding_to_the_same_deployment_and_to_a_tag(run: Runner) -> None:
    catalog = MemoryCatalog()
    tag = '<bpmn:extensionElements><zeebe:versionTag value="v1"/></bpmn:extensionElements>'
    q = process("Q", tag, start("qs"), user("gammel"), end("qe"), chain("qs", "gammel", "qe"))
    catalog.deploy(
        definitions(
            process("P", start(), call("c", "Q", bindingType="deployment"), end(), chain("s", "c", "e")),
            process(
                "T",
                start("ts"),
                call("tc", "Q", bindingType="versionTag", versionTag="v1"),
                end("te"),
                chain("ts", "tc", "te"),
            ),
            q,
        )
    )
    catalog.deploy(definitions(process("Q", start(), user("ny"), end(), chain("s", "ny", "e"))))
    assert run(catalog).open == ["gammel"]
    assert run(catalog, process="T").open == ["gammel"]


def test_calls_inside_calls_and_cancelling(run: Runner) -> None:
    content = definitions(
        process("P", start(), call("c", "Q"), end(), chain("s", "c", "e")),
        process("Q", start("qs"), call("qc", "R"), end("qe"), chain("qs", "qc", "qe")),
        process("R", start("rs"), user("a"), end("re"), chain("rs", "a", "re")),
    )
    r = run(content)
    first, second = r.step.called
    assert (first.parent_key, second.parent_key) == (r.key, first.key)
    assert r.wait("a").called_key == second.key
    r.cancel()
    assert r.step.status is InstanceStatus.TERMINATED
    assert {(c.key, c.ended) for c in r.step.called} == {(first.key, "TERMINATED"), (second.key, "TERMINATED")}
    r = run(content).do("a")
    assert r.done
    assert len(r.step.called) == 2


def test_a_process_that_calls_itself_for_ever_is_stopped(run: Runner) -> None:
    r = run(diagram(start(), call("c", "P"), end(), chain("s", "c", "e")))
    assert r.frozen == [("c", "CALLED_ELEMENT_ERROR")]
    assert "50 led" in next(iter(r.incidents.values())).message
    assert r.cancel().step.status is InstanceStatus.TERMINATED


def test_a_called_process_without_a_plain_start(run: Runner) -> None:
    catalog = MemoryCatalog()
    catalog.deploy(definitions(process("Q", start("qs", message()), end("qe"), chain("qs", "qe"))))
    catalog.deploy(diagram(start(), call("c", "Q"), end(), chain("s", "c", "e")))
    assert run(catalog).frozen == [("c", "CALLED_ELEMENT_ERROR")]


def test_errors_go_through_calls(run: Runner) -> None:
    content = definitions(
        process(
            "P",
            start(),
            call("c", "Q"),
            boundary("b", "c", error("E1"), io((), [("=why", "reason"), ("=errorCode", "kode")])),
            boundary("b0", "c", error()),
            user("h"),
            user("h0"),
            end(),
            chain("s", "c", "e"),
            chain("b", "h", "e"),
            chain("b0", "h0", "e"),
        ),
        process(
            "Q",
            start("qs"),
            sub("sp", body(job("a", inner=many("=xs", "i")))),
            boundary("no", "sp", error("E2")),
            end("qe"),
            chain("qs", "sp", "qe"),
            chain("no", "qe"),
        ),
    )
    r = run(content, {"xs": [1, 2]}).fail("a", "E1", why="w")
    assert (r.open, r.variables) == (["h"], {"xs": [1, 2], "reason": "w", "kode": "E1"})
    assert [c.ended for c in r.step.called] == [InstanceStatus.TERMINATED]
    assert run(content, {"xs": [1, 2]}).fail("a", "E9").open == ["h0"]
    assert run(content, {"xs": [1, 2]}).fail("a", "E2").done


# -- ad-hoc -------------------------------------------------------------------------------------------------------------


def test_activities_begin_when_they_are_activated(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            ad_hoc("ah", user("a") + user("b") + user("c") + chain("b", "c"), until="=forloeb_slut"),
            user("z"),
            end(),
            chain("s", "ah", "z", "e"),
        ),
        {"forloeb_slut": False},
    )
    assert (r.open, r.done) == ([], False)
    r.activate("ah", "a", ("b", {"hvem": "x"}))
    assert r.open == ["a", "b"]
    assert r.wait("b").prefill == {"hvem": "x"}
    assert r.do("a").do("b").open == ["c"]
    assert r.activate("ah", "a", "a").open == ["a", "a", "c"]
    r.do("a", forloeb_slut=True)
    assert (r.open, r.done) == (["z"], False)


def test_nothing_follows_in_a_path_once_it_is_enough(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            ad_hoc("ah", user("a") + user("b") + chain("a", "b"), until="=nok", active='=["a"]'),
            end(),
            chain("s", "ah", "e"),
        ),
        {"nok": None},
    )
    assert r.do("a", nok=True).done
    assert "b" not in r.trail()


def test_the_rest_may_finish_first(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            ad_hoc("ah", user("a") + user("b"), active='=["a","b"]', until="=nok", cancel=False),
            end(),
            chain("s", "ah", "e"),
        ),
        {"nok": False},
    ).do("a", nok=True)
    assert r.open == ["b"]
    with pytest.raises(TaskMovedOn):
        r.activate("ah", "a")
    assert r.do("b").done


def in_turn(*args: str, **more: Any) -> bytes:
    drawn = ad_hoc("x", *args, **more).replace("<bpmn:adHocSubProcess ", '<bpmn:adHocSubProcess ordering="Sequential" ')
    return diagram(start(), drawn, end(), chain("s", "x", "e"))


def test_one_at_a_time(run: Runner) -> None:
    """In the order of the list; what has flows inside is done to its end before the next begins."""
    inside = user("a") + user("b") + user("c") + chain("a", "b")
    r = run(in_turn(inside, active='=["a","c","a"]'))
    for name in ("a", "b", "c", "a"):
        assert r.open == [name]
        r.do(name)
    assert r.open == ["b"]
    assert r.do("b").done
    assert r.trail() == ["s", "a", "b", "c", "a", "b", "x", "e"]


def test_one_at_a_time_by_hand(run: Runner) -> None:
    r = run(in_turn(user("a") + user("b"), until="=nok = true", output=("spor", "=navn")))
    assert r.open == []
    r.activate("x", ("a", {"navn": "A"}), ("b", {"navn": "B"}))
    assert r.open == ["a"]
    r.activate("x", "a")
    assert r.do("a").open == ["b"]
    assert r.do("b").open == ["a"]
    r.activate("x", "b")
    assert r.do("a", nok=True).done, "what stands in line never begins when it is enough"
    assert r.variables["spor"] == ["A", "B", None]


def test_one_at_a_time_is_interrupted_with_its_line(run: Runner) -> None:
    edge = boundary("k", "x", signal()) + end("ke") + chain("k", "ke")
    content = in_turn(user("a") + user("b"), active='=["a","b"]').replace(
        b"</bpmn:process>", edge.encode() + b"</bpmn:process>"
    )
    r = run(content)
    assert r.signal()
    assert (r.done, r.trail()) == (True, ["s", "k", "ke"])


def test_without_a_condition_it_ends_with_its_last_activity(run: Runner) -> None:
    content = diagram(start(), ad_hoc("ah", user("a") + user("b"), active="=todo"), end(), chain("s", "ah", "e"))
    r = run(content, {"todo": ["b", "a"]})
    assert r.open == ["a", "b"]
    assert not r.do("a").done
    assert r.do("b").done
    assert run(content, {"todo": []}).step.status is InstanceStatus.ACTIVE


def test_outputs_of_ad_hoc_activities_are_collected(run: Runner) -> None:
    r = run(
        diagram(
            start(), ad_hoc("ah", job("a"), active='=["a", "a"]', output=("rs", "=r")), end(), chain("s", "ah", "e")
        ),
        {"r": 0},
    )
    assert r.do("a", r=1).do("a", r=2).done
    assert r.variables == {"r": 2, "rs": [1, 2]}


def test_what_cannot_be_activated(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            ad_hoc("ah", user("a") + user("b") + chain("a", "b"), until="=x"),
            user("u"),
            end(),
            chain("s", "ah", "u", "e"),
        )
    )
    for wrong in ("b", "u", "findes-ikke"):
        with pytest.raises(NotFound):
            r.activate("ah", wrong)
    assert run(diagram(start(), ad_hoc("ah", user("a"), active='=["nej"]'), end(), chain("s", "ah", "e"))).frozen == [
        ("ah", "EXTRACT_VALUE_ERROR")
    ]


def test_a_failing_condition_freezes_the_activity_and_can_be_mended(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            ad_hoc("ah", job("a"), active='=["a"]', until="=slut", output=("rs", "=r")),
            end(),
            chain("s", "ah", "e"),
        ),
        {"slut": "ja", "r": 0},
    ).do("a", r=5)
    assert r.frozen == [("a", "EXTRACT_VALUE_ERROR")]
    assert r.set(slut=True).retry("a").done
    assert r.variables == {"slut": True, "r": 5, "rs": [5]}


def test_several_ad_hoc_sub_processes_at_once(run: Runner) -> None:
    content = ad_hoc("ah", user("a"), active='=["a"]').replace(
        "</bpmn:adHocSubProcess>", many("=[1,2]") + "</bpmn:adHocSubProcess>"
    )
    r = run(diagram(start(), content, end(), chain("s", "ah", "e")))
    assert r.open == ["a", "a"]
    assert r.do("a").do("a").done


# -- event sub-processes ------------------------------------------------------------------------------------------------

DEFINITIONS = {
    "message": message(),
    "timer": timer("PT1H"),
    "signal": signal(),
    "escalation": escalation("E1"),
    "error": error("E1"),
}


@pytest.mark.parametrize("where", ["process", "sub", "call", "many"])
@pytest.mark.parametrize(
    ("kind", "interrupting"), [c for c in itertools.product(DEFINITIONS, (True, False)) if c != ("error", False)]
)
def test_event_sub_processes_everywhere(run: Runner, where: str, kind: str, interrupting: bool) -> None:
    if kind == "escalation":
        flowing = throw("t", escalation("E1")) + user("a2") + end("ie") + chain("is", "a", "t", "a2", "ie")
    elif kind == "error":
        flowing = end("ie", error("E1")) + chain("is", "a", "ie")
    else:
        flowing = user("a2") + end("ie") + chain("is", "a", "a2", "ie")
    handler = event_sub("x", DEFINITIONS[kind], user("h") + end("he"), "h", "he", interrupting=interrupting)
    inside = start("is") + user("a") + flowing + handler
    shell = {
        "process": definitions(process("P", inside)),
        "call": definitions(
            process("P", start(), call("c", "Q"), user("z"), end(), chain("s", "c", "z", "e")), process("Q", inside)
        ),
        "sub": diagram(start(), sub("sp", inside), user("z"), end(), chain("s", "sp", "z", "e")),
        "many": diagram(
            start(), sub("sp", inside, inner=many("=xs", "it")), user("z"), end(), chain("s", "sp", "z", "e")
        ),
    }[where]
    r = run(shell, {"key": "k", "xs": [1]})
    if kind in {"escalation", "error"}:
        r.do("a")
    elif kind == "message":
        assert r.message("m1", p=1)
    elif kind == "signal":
        assert r.signal() == 1
    else:
        assert r.to(hours=2) == 1
    going_on = ["a2"] if kind == "escalation" else ["a"]
    assert r.tasks == (["h"] if interrupting else [*going_on, "h"])
    r.do("h")
    if not interrupting:
        for name in ["a2"] if kind == "escalation" else ["a", "a2"]:
            r.do(name)
    if where != "process":
        assert r.open == ["z"]
        r.do("z")
    assert r.done


def test_an_unused_event_sub_process_holds_nothing(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            user("a"),
            end(),
            chain("s", "a", "e"),
            event_sub("x", timer("P1D"), user("h") + end("he"), "h", "he"),
        )
    )
    assert r.do("a").done


def test_a_non_interrupting_one_happens_many_times_and_holds_its_scope(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            user("a"),
            end(),
            chain("s", "a", "e"),
            event_sub("x", message(), user("h") + end("he"), "h", "he", interrupting=False),
        ),
        {"key": "k"},
    )
    assert r.message("m1", nr=1)
    assert r.message("m1", nr=2)
    assert r.tasks == ["a", "h", "h"]
    assert not r.do("a").do("h").done
    assert r.message("m1", nr=3)
    assert not r.do("h").done
    assert r.do("h").done
    assert r.variables["nr"] == 3


def test_an_interrupting_one_ends_the_other_listeners(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            user("a"),
            end(),
            chain("s", "a", "e"),
            event_sub("x", message("m1"), user("h") + end("he"), "h", "he"),
            event_sub("y", message("m2"), user("i") + end("ie"), "i", "ie", interrupting=False),
        ),
        {"key": "k"},
    )
    assert r.message("m2")
    assert r.message("m1")
    assert (r.open, r.message("m2")) == (["h"], False)
    assert r.do("h").done


def test_payload_of_an_event_sub_process(run: Runner) -> None:
    def drawn(mapping: str) -> bytes:
        handler = event_sub(
            "x", message(), user("h") + end("he"), "h", "he", interrupting=False, start_extensions=mapping
        )
        return diagram(start(), user("a"), end(), chain("s", "a", "e"), handler)

    r = run(drawn(""), {"key": "k"})
    assert r.message("m1", p=1)
    assert r.variables == {"key": "k", "p": 1}
    r = run(drawn(io((), [("=p + 1", "q")])), {"key": "k"})
    assert r.message("m1", p=1)
    assert r.variables == {"key": "k", "q": 2}


# -- ends ---------------------------------------------------------------------------------------------------------------


def test_terminate_ends_its_own_scope_only(run: Runner) -> None:
    inside = (
        start("s2")
        + gate("parallel", "g")
        + sub("in", body(user("a")), inner=many("=xs", "i"))
        + user("k")
        + end("e2", terminate())
        + end("e4")
        + chain("s2", "g", "in", "e4")
        + chain("g", "k", "e2")
    )
    r = run(diagram(start(), sub("sp", inside), user("z"), end(), chain("s", "sp", "z", "e")), {"xs": [1, 2]})
    assert r.do("k").open == ["z"]


def test_terminate_in_the_process_completes_the_instance(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            gate("parallel", "g"),
            user("a"),
            user("k"),
            end("e1", terminate()),
            end(),
            chain("s", "g", "a", "e"),
            chain("g", "k", "e1"),
        )
    ).do("k")
    assert r.step.status is InstanceStatus.COMPLETED


def test_elements_may_be_called_like_anything(run: Runner) -> None:
    r = run(diagram(start("Start"), user("End"), user("Root"), end("Ende"), chain("Start", "End", "Root", "Ende")))
    assert r.do("End").open == ["Root"]
    assert r.do("Root").done


def test_several_flows_from_a_task_fork(run: Runner) -> None:
    r = run(
        diagram(start(), user("a"), user("b"), user("c"), end(), chain("s", "a", "b", "e"), chain("a", "c", "e"))
    ).do("a")
    assert r.open == ["b", "c"]
    assert r.do("c").do("b").done


def test_two_flows_between_the_same_elements(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            gate("parallel", "q"),
            end(),
            chain("s", "p"),
            flow("p", "q"),
            flow("p", "q"),
            chain("q", "e"),
        )
    )
    assert r.done
