"""Listeners of a user task that ends from outside: whoever interrupts it waits until they have answered."""

from __future__ import annotations

import pytest

from service.domain.errors import BadInput, TaskMovedOn, WrongState
from service.domain.instances import Cancelled, ElementsActivated, InstanceStatus, JobCompleted
from service.domain.waits import JobWait, UserTaskWait

from .conftest import Runner
from .drawing import (
    ad_hoc,
    boundary,
    call,
    cancel,
    catch,
    chain,
    definitions,
    diagram,
    end,
    error,
    event_sub,
    flow,
    gate,
    job,
    listeners,
    many,
    message,
    process,
    script,
    signal,
    start,
    sub,
    terminate,
    timer,
    user,
)
from .driver import MemoryCatalog, Run

HEADER = "io.camunda.zeebe:"
ASKED = listeners(("canceling", "l1"), ("canceling", "l2"))
EDGE = boundary("b", "x", signal()) + user("efter") + end("be") + chain("b", "efter", "be")


def listened(id_: str = "x", *extensions: str, inner: str = "") -> str:
    return user(id_, ASKED, *extensions, inner=inner)


def asked(r: Run) -> list[str]:
    return sorted(f"{w.element_id} {w.type}" for w in r.waits.values() if isinstance(w, JobWait) and w.listener)


def answer(r: Run, element: str = "x", **corrections: object) -> Run:
    found = next(w for w in r.waits.values() if isinstance(w, JobWait) and w.listener and w.element_id == element)
    return r.apply(JobCompleted(found.key, {}, corrections))


def open_tasks(r: Run) -> list[str]:
    return sorted(w.element_id for w in r.waits.values() if isinstance(w, UserTaskWait))


def test_the_way_out_waits_until_all_have_answered(run: Runner) -> None:
    r = run(diagram(start(), listened(), end(), chain("s", "x", "e"), EDGE))
    key = r.wait("x").key
    assert r.signal(svar=7) == 1
    assert asked(r) == ["x l1"]
    assert open_tasks(r) == []
    assert r.element("x") == key, "the task is there until it has been asked for"
    assert not r.signal(), "what interrupted is over"
    answer(r, priority=7)
    assert asked(r) == ["x l2"]
    assert r.wait("x").headers[f"{HEADER}priority"] == "7"
    assert "efter" not in open_tasks(r)
    answer(r)
    assert open_tasks(r) == ["efter"]
    assert r.variables == {"svar": 7}
    assert [(c.element_id, str(c.state)) for c in r.step.elements][:2] == [("x", "TERMINATED"), ("b", "COMPLETED")]
    assert r.do("efter").done


def test_a_task_that_is_completed_asks_nobody(run: Runner) -> None:
    r = run(diagram(start(), listened(), end(), chain("s", "x", "e"), EDGE))
    assert r.do("x").done


def test_a_non_interrupting_event_asks_nobody(run: Runner) -> None:
    edge = boundary("b", "x", signal(), interrupting=False) + end("be") + chain("b", "be")
    r = run(diagram(start(), listened(), end(), chain("s", "x", "e"), edge))
    r.signal()
    assert (asked(r), open_tasks(r)) == ([], ["x"])


def test_a_timer_interrupts_and_the_other_events_on_the_edge_are_over(run: Runner) -> None:
    late = boundary("t", "x", timer("PT1H")) + end("te") + chain("t", "te")
    r = run(diagram(start(), listened(), end(), chain("s", "x", "e"), EDGE, late))
    assert r.to(hours=1) == 1
    assert asked(r) == ["x l1"]
    assert not r.signal()
    assert answer(answer(r)).done
    assert r.trail()[-2:] == ["t", "te"]


def test_an_event_sub_process_begins_when_what_it_ends_has_ended(run: Runner) -> None:
    more = event_sub("v", signal(), user("indeni") + end("ve"), "indeni", "ve")
    paths = chain("s", "g", "x", "e") + chain("g", "y", "e2")
    r = run(diagram(start(), gate("parallel", "g"), listened("x"), listened("y"), end(), end("e2"), paths, more))
    r.signal(a=1)
    assert asked(r) == ["x l1", "y l1"]
    answer(answer(r, "x"), "x")
    assert open_tasks(r) == []
    answer(answer(r, "y"), "y")
    assert open_tasks(r) == ["indeni"]
    assert r.variables == {"a": 1}
    assert r.do("indeni").done


def test_a_scope_that_is_terminated_ends_with_its_last_task(run: Runner) -> None:
    inside = start("s2") + gate("parallel", "g") + listened() + user("y") + end("e2", terminate()) + end("e3")
    inside += chain("s2", "g", "x", "e3") + chain("g", "y", "e2")
    r = run(diagram(start(), sub("k", inside), user("efter"), end(), chain("s", "k", "efter", "e")))
    r.do("y")
    assert (asked(r), open_tasks(r)) == (["x l1"], [])
    answer(answer(r))
    assert open_tasks(r) == ["efter"]


def test_a_process_that_is_terminated_is_completed(run: Runner) -> None:
    body = gate("parallel", "g") + listened() + user("y") + end("e2", terminate()) + end("e3")
    r = run(diagram(start(), body, chain("s", "g", "x", "e3") + chain("g", "y", "e2")))
    r.do("y")
    assert answer(answer(r)).done


@pytest.mark.parametrize("deep", [False, True])
def test_an_interrupted_sub_process_waits_for_all_that_is_in_it(run: Runner, deep: bool) -> None:
    inside = start("s2") + gate("parallel", "g") + listened("x") + listened("y") + job("z") + end("e2")
    inside += chain("s2", "g", "x", "e2") + chain("g", "y", "e2") + chain("g", "z", "e2")
    if deep:
        inside = start("s3") + sub("k2", inside) + end("e3") + chain("s3", "k2", "e3")
    edge = boundary("b", "k", signal()) + user("efter") + end("be") + chain("b", "efter", "be")
    r = run(diagram(start(), sub("k", inside), end(), chain("s", "k", "e"), edge))
    r.signal()
    assert r.open == ["x", "y"], "everything else in it is over"
    answer(answer(r, "y"), "y")
    assert open_tasks(r) == []
    answer(answer(r, "x"), "x")
    assert open_tasks(r) == ["efter"]
    assert r.do("efter").done


def test_an_error_ends_what_runs_beside_it(run: Runner) -> None:
    inside = start("s2") + gate("parallel", "g") + listened() + job("z") + end("e2")
    inside += chain("s2", "g", "x", "e2") + chain("g", "z", "e2")
    edge = boundary("b", "k", error("E1")) + end("be") + chain("b", "be")
    r = run(diagram(start(), sub("k", inside), end(), chain("s", "k", "e"), edge))
    r.fail("z", "E1")
    assert r.open == ["x"]
    assert answer(answer(r)).done
    assert r.trail()[-2:] == ["b", "be"]


def test_a_called_process_is_there_until_it_has_ended(run: Runner) -> None:
    catalog = MemoryCatalog()
    inner = process("Q", start("qs"), listened(), end("qe"), chain("qs", "x", "qe"))
    edge = boundary("b", "c", signal()) + end("be") + chain("b", "be")
    catalog.deploy(definitions(process("P", start(), call("c", "Q"), end(), chain("s", "c", "e"), edge), inner))
    r = run(catalog)
    r.signal()
    assert r.step.called == ()
    answer(answer(r))
    assert [c.ended for c in r.step.called] == [InstanceStatus.TERMINATED]
    assert r.done


def test_instances_that_are_not_needed_any_more(run: Runner) -> None:
    loop = many("=[1, 2, 3]", "n", "alle", "=n", until="=numberOfCompletedInstances = 1")
    r = run(diagram(start(), listened("x", inner=loop), user("efter"), end(), chain("s", "x", "efter", "e")))
    r.do("x", 1)
    assert asked(r) == ["x l1", "x l1"]
    assert open_tasks(r) == []
    for _ in range(4):
        answer(r)
    assert open_tasks(r) == ["efter"]
    assert r.variables["alle"] == [None, 2, None]


def test_activities_of_an_ad_hoc_sub_process_that_are_not_needed_any_more(run: Runner) -> None:
    box = ad_hoc("k", listened() + user("y"), active='=["x", "y"]', until="=true")
    r = run(diagram(start(), box, user("efter"), end(), chain("s", "k", "efter", "e")))
    container = r.element("k")
    r.do("y")
    assert (asked(r), open_tasks(r)) == (["x l1"], [])
    with pytest.raises(TaskMovedOn):
        r.apply(ElementsActivated(container, (("y", {}),)))
    answer(answer(r))
    assert open_tasks(r) == ["efter"]


def test_nothing_begins_in_an_ad_hoc_sub_process_that_ends(run: Runner) -> None:
    box = ad_hoc("k", listened() + user("y"), active='=["x"]')
    edge = boundary("b", "k", signal()) + end("be") + chain("b", "be")
    r = run(diagram(start(), box, end(), chain("s", "k", "e"), edge))
    container = r.element("k")
    r.signal()
    with pytest.raises(TaskMovedOn):
        r.apply(ElementsActivated(container, (("y", {}),)))
    assert answer(answer(r)).done


def test_a_cancelled_transaction_undoes_when_its_tasks_have_ended(run: Runner) -> None:
    inside = start("s2") + gate("parallel", "g") + listened() + user("y") + end("e2", cancel()) + end("e3")
    inside += chain("s2", "g", "x", "e3") + chain("g", "y", "e2")
    box = sub("k", inside).replace('<bpmn:subProcess id="k"', '<bpmn:transaction id="k"')
    box = box.replace("</bpmn:subProcess>", "</bpmn:transaction>")
    edge = boundary("b", "k", cancel()) + user("efter") + end("be") + chain("b", "efter", "be")
    r = run(diagram(start(), box, end(), chain("s", "k", "e"), edge))
    r.do("y")
    assert (asked(r), open_tasks(r)) == (["x l1"], [])
    answer(answer(r))
    assert open_tasks(r) == ["efter"]


def test_cancelling_the_instance(run: Runner) -> None:
    r = run(diagram(start(), listened(), end(), chain("s", "x", "e"), EDGE))
    r.cancel()
    assert (r.step.status, asked(r), open_tasks(r)) == (InstanceStatus.ACTIVE, ["x l1"], [])
    with pytest.raises(WrongState):
        r.cancel()
    answer(answer(r))
    assert r.step.status is InstanceStatus.TERMINATED


@pytest.mark.parametrize("patient", [True, False])
def test_cancelling_the_instance_while_an_interruption_waits(run: Runner, patient: bool) -> None:
    r = run(diagram(start(), listened(), end(), chain("s", "x", "e"), EDGE))
    r.signal()
    r.apply(Cancelled(at_once=not patient))
    if patient:
        assert asked(r) == ["x l1"], "it is asked only once"
        answer(answer(r))
    assert r.step.status is InstanceStatus.TERMINATED
    assert "b" not in r.trail(), "the way out is not taken any more"


def test_an_instance_that_waits_can_still_be_ended_at_once(run: Runner) -> None:
    r = run(diagram(start(), listened(), end(), chain("s", "x", "e")))
    r.cancel()
    r.apply(Cancelled(at_once=True))
    assert r.step.status is InstanceStatus.TERMINATED


def test_an_outer_interruption_takes_over(run: Runner) -> None:
    inside = start("s2") + listened() + end("e2") + chain("s2", "x", "e2") + EDGE
    edge = boundary("b2", "k", message()) + user("ude") + end("ue") + chain("b2", "ude", "ue")
    r = run(diagram(start(), sub("k", inside), end(), chain("s", "k", "e"), edge), {"key": "k"})
    r.signal()
    assert r.message("m1")
    answer(answer(r))
    assert open_tasks(r) == ["ude"]
    assert "b" not in r.trail()
    assert r.do("ude").done


def test_what_was_about_to_happen_gives_way(run: Runner) -> None:
    several = listeners(("creating", "c"), ("completing", "f"), ("canceling", "l"))
    r = run(diagram(start(), user("x", several), end(), chain("s", "x", "e"), EDGE))
    assert asked(r) == ["x c"]
    r.signal()
    assert asked(r) == ["x l"]
    assert open_tasks(answer(r)) == ["efter"]
    r = run(diagram(start(), user("x", several), end(), chain("s", "x", "e"), EDGE))
    answer(r).do("x", svar=1)
    assert asked(r) == ["x f"]
    r.signal()
    assert asked(r) == ["x l"]
    answer(r)
    assert (open_tasks(r), r.variables) == (["efter"], {})


def test_nobody_is_asked_of_a_task_that_never_came(run: Runner) -> None:
    holder = '<zeebe:assignmentDefinition assignee="=1"/>'
    r = run(diagram(start(), listened("x", holder), end(), chain("s", "x", "e"), EDGE))
    assert r.frozen == [("x", "EXTRACT_VALUE_ERROR")]
    r.cancel()
    assert r.step.status is InstanceStatus.TERMINATED


def test_a_listener_that_cannot_be_asked_is_an_incident(run: Runner) -> None:
    one = user("x", listeners(("canceling", "=hvem")))
    r = run(diagram(start(), one, end(), chain("s", "x", "e"), EDGE))
    r.signal()
    assert r.frozen == [("x", "EXTRACT_VALUE_ERROR")]
    r.retry("x")
    assert r.frozen == [("x", "EXTRACT_VALUE_ERROR")]
    r.set(hvem="l").retry("x")
    assert (r.frozen, asked(r)) == ([], ["x l"])
    assert open_tasks(answer(r)) == ["efter"]


def test_an_interruption_cannot_be_denied(run: Runner) -> None:
    r = run(diagram(start(), listened(), end(), chain("s", "x", "e"), EDGE))
    r.signal()
    with pytest.raises(BadInput):
        r.apply(JobCompleted(r.wait("x").key, {}, {}, "nej"))
    assert asked(r) == ["x l1"]


def test_an_inclusive_join_goes_on_when_the_task_that_it_waited_for_has_ended(run: Runner) -> None:
    edge = boundary("b", "x", signal()) + end("be") + chain("b", "be")
    paths = chain("s", "g") + flow("g", "x", "=true") + flow("g", "y", "=true") + chain("x", "j") + chain("y", "j", "e")
    r = run(diagram(start(), gate("inclusive", "g"), listened(), user("y"), gate("inclusive", "j"), end(), paths, edge))
    r.do("y")
    r.signal()
    assert not r.done
    assert answer(answer(r)).done


def test_a_condition_that_comes_and_goes_interrupts_once(run: Runner) -> None:
    edge = EDGE.replace(
        signal(),
        "<bpmn:conditionalEventDefinition><bpmn:condition>=nu</bpmn:condition></bpmn:conditionalEventDefinition>",
    )
    body = script("t", "=true", "nu") + end("te") + catch("c", message()) + chain("c", "t", "te")
    paths = chain("s", "g", "x", "e") + chain("g", "c")
    r = run(diagram(start(), gate("parallel", "g"), listened(), end(), body, paths, edge), {"key": "k"})
    r.message("m1")
    assert asked(r) == ["x l1"]
    r.set(nu=False).set(nu=True)
    answer(answer(r))
    assert open_tasks(r) == ["efter"]
