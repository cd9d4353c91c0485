"""Incidents freeze one element, wherever they arise; a retry goes on where it failed."""

from __future__ import annotations

import pytest

from service.domain.errors import TaskMovedOn
from service.domain.instances import IncidentResolved

from .conftest import Runner
from .drawing import (
    KEYED,
    boundary,
    catch,
    chain,
    decision,
    definitions,
    diagram,
    end,
    ext,
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
    throw,
    timer,
    user,
)
from .driver import MemoryCatalog

BAD = "=function(x) x"
"""Gives something that no variable can hold."""


def test_only_the_element_is_frozen(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            script("a", BAD, "x"),
            user("b"),
            end(),
            chain("s", "p", "a", "e"),
            chain("p", "b", "e"),
        )
    )
    assert (r.frozen, r.open) == ([("a", "IO_MAPPING_ERROR")], ["b"])
    r.do("b")
    assert not r.done
    assert r.retry("a").frozen == [("a", "IO_MAPPING_ERROR")]
    assert r.step.incidents_gone == ()


def test_an_incident_tells_where_it_is(run: Runner) -> None:
    r = run(
        definitions(
            process(
                "P",
                start(),
                '<bpmn:callActivity id="c">' + ext('<zeebe:calledElement processId="Q"/>') + "</bpmn:callActivity>",
                end(),
                chain("s", "c", "e"),
            ),
            process(
                "Q",
                start("qs"),
                user("a", '<zeebe:priorityDefinition priority="=p"/>', name="Vælg"),
                end("qe"),
                chain("qs", "a", "qe"),
            ),
        )
    )
    incident = r.step.incidents[0]
    assert (incident.element_id, incident.element_name, incident.process_id) == ("a", "Vælg", "Q")
    assert incident.called_key == r.step.called[0].key
    assert incident.element_instance_key == r.element("a")
    assert "Prioriteten" in incident.message
    assert "=p" in incident.message


def test_an_incident_says_why_but_not_the_value(run: Runner) -> None:
    """People without access to the case read incidents."""
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            job("a", "=hemmelig + 1"),
            job("b", retries="=hemmelig"),
            catch("c", timer("=hemmelig", "timeDate")),
            catch("d", timer("=hemmelig")),
            job("f", "forloeb:besked", io([("=hemmelig", "navn"), ("=[hemmelig]", "noegle")])),
            end(),
            chain("s", "p", "a", "e"),
            *(chain("p", x, "e") for x in "bcdf"),
        ),
        {"hemmelig": "010190-0000"},
    )
    messages = {incident.element_id: incident.message for incident in r.incidents.values()}
    assert set(messages) == set("abcdf")
    assert not [m for m in messages.values() if "010190" in m]
    assert "tekst + tal kan ikke beregnes" in messages["a"]
    assert "et helt tal" in messages["b"]
    assert "2026-01-31T12:00:00" in messages["c"]
    assert "P14D" in messages["d"]
    assert "noegle" in messages["f"]


def test_inputs_are_mapped_again_on_retry(run: Runner) -> None:
    r = run(diagram(start(), job("a", "=t", io([("=x", "y")])), end(), chain("s", "a", "e")), {"x": 1})
    assert r.frozen == [("a", "EXTRACT_VALUE_ERROR")]
    r.set(x=2, t="arbejd").retry("a")
    assert (r.frozen, r.wait("a").variables, r.wait("a").type) == ([], {"y": 2}, "arbejd")
    assert r.step.incidents_gone == (r.wait("a").key,)


@pytest.mark.parametrize("retries", ["=n", '="x"', "=1.5"])
def test_bad_retries(run: Runner, retries: str) -> None:
    assert run(diagram(start(), job("a", retries=retries), end(), chain("s", "a", "e"))).frozen == [
        ("a", "EXTRACT_VALUE_ERROR")
    ]


def test_an_edge_that_cannot_be_opened_freezes_its_host(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            user("a"),
            boundary("t", "a", timer("P1D")),
            boundary("m", "a", message()),
            end(),
            chain("s", "a", "e"),
            chain("t", "e"),
            chain("m", "e"),
        )
    )
    assert (r.frozen, r.open) == ([("a", "EXTRACT_VALUE_ERROR")], [])
    assert r.set(key="k").retry("a").open == ["a", "m", "t"]


def test_a_frozen_activity_can_be_interrupted(run: Runner) -> None:
    inside = start("s2") + script("x", BAD, "y") + end("e2") + chain("s2", "x", "e2")
    r = run(
        diagram(
            start(),
            sub("sp", inside),
            boundary("m", "sp", message()),
            user("z"),
            end(),
            chain("s", "sp", "e"),
            chain("m", "z", "e"),
        ),
        {"key": "k"},
    )
    gone = r.step.incidents[0].element_instance_key
    assert r.message("m1")
    assert (r.frozen, r.open, r.step.incidents_gone) == ([], ["z"], (gone,))
    with pytest.raises(TaskMovedOn):
        r.apply(IncidentResolved(gone))


def test_the_start_of_an_event_sub_process(run: Runner) -> None:
    handler = (
        '<bpmn:subProcess id="x" triggeredByEvent="true">'
        + start("xs", message())
        + user("h")
        + end("xe")
        + chain("xs", "h", "xe")
        + "</bpmn:subProcess>"
    )
    r = run(diagram(start(), user("a"), end(), chain("s", "a", "e"), handler))
    assert (r.frozen, r.open) == ([("xs", "EXTRACT_VALUE_ERROR")], ["a"])
    assert r.set(key="k").retry("xs").open == ["a", "xs"]
    assert r.message("m1")
    assert r.do("h").done


def test_a_scope_may_end_although_a_listener_is_frozen(run: Runner) -> None:
    handler = (
        '<bpmn:subProcess id="x" triggeredByEvent="true">'
        + start("xs", message())
        + user("h")
        + end("xe")
        + chain("xs", "h", "xe")
        + "</bpmn:subProcess>"
    )
    r = run(diagram(start(), user("a"), end(), chain("s", "a", "e"), handler))
    assert r.do("a").done


def test_multi_instance_collection_and_completion_condition(run: Runner) -> None:
    content = diagram(start(), user("a", inner=many("=xs", "x", until="=slut")), end(), chain("s", "a", "e"))
    r = run(content)
    assert r.frozen == [("a", "EXTRACT_VALUE_ERROR")]
    assert r.set(xs=[1, 2]).retry("a").open == ["a", "a"]
    r.do("a", n=1)
    assert (r.frozen, r.open) == ([("a", "EXTRACT_VALUE_ERROR")], ["a"])
    assert r.set(slut=False).retry("a").open == ["a"]
    assert r.do("a").done


def test_multi_instance_output_is_collected_once(run: Runner) -> None:
    content = diagram(
        start(), job("a", inner=many("=[1,2]", "x", "rs", "=r", until="=slut")), end(), chain("s", "a", "e")
    )
    r = run(content).do("a", r=5)
    assert r.frozen == [("a", "EXTRACT_VALUE_ERROR")]
    r.set(slut=False).retry("a").do("a", r=6)
    assert r.variables["rs"] == [5, 6]


def test_decisions(run: Runner) -> None:
    catalog = MemoryCatalog()
    catalog.deploy(diagram(start(), decision("b", "afgoer", "svar"), end(), chain("s", "b", "e")))
    r = run(catalog, {"x": 1})
    assert r.frozen == [("b", "CALLED_DECISION_ERROR")]
    catalog.add_decision("afgoer", lambda seen: {"ja": seen["x"]} if seen["x"] > 1 else None)
    assert r.retry("b").frozen == [("b", "DECISION_EVALUATION_ERROR")]
    assert "ingen regel passer" in next(iter(r.incidents.values())).message
    assert r.set(x=2).retry("b").done
    assert r.variables == {"x": 2, "svar": {"ja": 2}}


def test_names_and_codes_by_expression(run: Runner) -> None:
    shared = (
        f'<bpmn:message id="m1" name="=navn">{KEYED}</bpmn:message>'
        '<bpmn:signal id="sg" name="=navn"/><bpmn:error id="E1" errorCode="=navn"/><bpmn:escalation id="XE1" escalationCode="=navn"/>'
    )
    for element in (
        catch("c", message()),
        catch("c", signal()),
        throw("c", signal()),
        throw("c", '<bpmn:escalationEventDefinition escalationRef="XE1"/>'),
    ):
        content = definitions(process("P", start(), element, end(), chain("s", "c", "e")), shared=shared)
        r = run(content, {"key": "k"})
        assert r.frozen == [("c", "EXTRACT_VALUE_ERROR")]
        r.set(navn="N").retry("c")
        assert r.done or r.wait("c").name == "N"
    content = definitions(
        process("P", start(), end("e", '<bpmn:errorEventDefinition errorRef="E1"/>'), chain("s", "e")), shared=shared
    )
    assert run(content).frozen == [("e", "EXTRACT_VALUE_ERROR")]
    assert run(content, {"navn": "E"}).frozen == [("e", "UNHANDLED_ERROR_EVENT")]
