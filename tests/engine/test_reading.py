"""What people get to know of a process: its elements, starts and expressions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from service.domain.definitions import Binding, StartEvent
from service.domain.errors import EngineFailed

from .drawing import (
    KEYED,
    ad_hoc,
    call,
    catch,
    chain,
    decision,
    definitions,
    diagram,
    due,
    end,
    event_sub,
    ext,
    frist,
    io,
    job,
    message,
    process,
    receive,
    signal,
    start,
    status,
    sub,
    timer,
    user,
)
from .driver import ENGINE, T0

NOTE = "<bpmn:documentation>Ring til borgeren.\nSkriv svaret.</bpmn:documentation>"


def test_what_is_told_of_elements() -> None:
    content = diagram(
        start("s", "", '<zeebe:formDefinition formId="start"/>'),
        user(
            "a",
            '<zeebe:formDefinition formId="D1"/>',
            '<zeebe:assignmentDefinition candidateGroups="mentor, leder"/>',
            '<zeebe:properties><zeebe:property name="krav" value="UM-1"/></zeebe:properties>',
            due("=x"),
            frist("f1"),
            status("i gang"),
            name="Ring op",
            inner=NOTE,
        ),
        sub("sp", start("s2") + job("j", "=t", io([("=1", "x.y"), ("=2", "z")])) + end("e2") + chain("s2", "j", "e2")),
        call("c", "Q", bindingType="deployment"),
        decision("d", "afgoer", "r"),
        receive("r"),
        catch("m", message()),
        ad_hoc("ah", user("u1") + user("u2") + chain("u1", "u2")),
        end(),
        chain("s", "a", "sp", "c", "d", "r", "m", "ah", "e"),
        '<bpmn:laneSet id="ls"><bpmn:lane id="l1" name="Mentor"><bpmn:flowNodeRef>a</bpmn:flowNodeRef>'
        '<bpmn:flowNodeRef>sp</bpmn:flowNodeRef><bpmn:childLaneSet id="ls2"><bpmn:lane id="l2" name="Leder">'
        "<bpmn:flowNodeRef>a</bpmn:flowNodeRef></bpmn:lane></bpmn:childLaneSet></bpmn:lane></bpmn:laneSet>",
    )
    model = ENGINE.read(content, "x.bpmn").models[0]
    elements = model.elements
    a = elements["a"]
    assert (a.name, a.type, a.parent_id, a.lane, a.documentation) == (
        "Ring op",
        "userTask",
        None,
        "Leder",
        "Ring til borgeren.\nSkriv svaret.",
    )
    assert (a.form_id, a.candidate_groups, a.properties) == ("D1", ("mentor", "leder"), {"krav": "UM-1"})
    assert (a.status, a.deadline_id) == ("i gang", "f1")
    j = elements["j"]
    assert (j.parent_id, j.lane, j.job_type, j.inputs) == ("sp", "Mentor", "=t", ("x.y", "z"))
    assert (elements["c"].called_process, elements["c"].called_binding) == ("Q", Binding.DEPLOYMENT)
    assert elements["d"].decision_id == "afgoer"
    assert (elements["r"].message_name, elements["m"].message_name, elements["s"].form_id) == ("m1", "m1", "start")
    assert [e.id for e in elements.values() if e.startable] == ["u1"]
    assert model.starts == (StartEvent("s", "none", form_id="start"),)
    assert set(model.expressions) == {"=x", "=t", "=1", "=2", "=key"}


@pytest.mark.parametrize(
    ("drawn", "read"),
    [
        ("Tildel mentor", "Tildel mentor"),
        ("Tildel⏎mentor", "Tildel mentor"),
        ("Tildel udskrivnings-⏎mentor", "Tildel udskrivningsmentor"),
        ("Er A-⏎Kasse svaret?", "Er A- Kasse svaret?"),
        ("Ad hoc-indsats", "Ad hoc-indsats"),
    ],
)
def test_a_name_divided_in_the_drawing_is_one_line(drawn: str, read: str) -> None:
    content = diagram(start(), user("ring", name=drawn), end(), chain("s", "ring", "e")).replace("⏎".encode(), b"&#10;")
    (model,) = ENGINE.read(content, "navne.bpmn").models
    assert model.elements["ring"].name == read


def test_ways_into_a_process() -> None:
    shared = (
        f'<bpmn:message id="m" name="= &quot;advis-&quot; + string(1)">{KEYED}</bpmn:message>'
        '<bpmn:message id="n" name="uden"/><bpmn:signal id="sg" name="sg"/>'
    )
    body = (
        start("a")
        + start("b", message("m"))
        + start("b2", message("n"))
        + start("c", signal())
        + start("d", timer("R/P1M", "timeCycle"))
        + end()
    )
    model = ENGINE.read(
        definitions(process("P", body, *(chain(x, "e") for x in ("a", "b", "b2", "c", "d"))), shared=shared), "x"
    ).models[0]
    assert [(s.element_id, s.kind, s.name, s.correlation_key, s.timer, s.timer_form) for s in model.starts] == [
        ("a", "none", "", None, "", ""),
        ("b", "message", "advis-1", "=key", "", ""),
        ("b2", "message", "uden", None, "", ""),
        ("c", "signal", "sg", None, "", ""),
        ("d", "timer", "", None, "R/P1M", "timeCycle"),
    ]


def test_starts_of_event_sub_processes_are_no_ways_into_the_process() -> None:
    model = ENGINE.read(
        diagram(start(), user("a"), end(), chain("s", "a", "e"), event_sub("x", message(), end("xe"), "xe")), "x"
    ).models[0]
    assert [s.element_id for s in model.starts] == ["s"]


def test_several_processes_and_version_tags() -> None:
    content = definitions(
        process("P", ext('<zeebe:versionTag value="1.2"/>'), start(), end(), chain("s", "e")),
        process("Q", start("qs"), end("qe"), chain("qs", "qe")),
    )
    assert [(m.id, m.version_tag) for m in ENGINE.read(content, "x").models] == [("P", "1.2"), ("Q", None)]


# -- timer starts -------------------------------------------------------------------------------------------------------


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def cycle(text: str) -> StartEvent:
    return StartEvent("t", "timer", timer=text, timer_form="timeCycle")


def test_a_date_comes_once() -> None:
    start_event = StartEvent("t", "timer", timer="2026-05-01T12:00:00+02:00", timer_form="timeDate")
    first = ENGINE.next_timer_start(start_event, None, T0)
    assert first == at("2026-05-01T10:00:00Z")
    assert ENGINE.next_timer_start(start_event, first, T0) is None


def test_an_endless_cycle() -> None:
    assert ENGINE.next_timer_start(cycle("R/P1D"), None, T0) == T0 + timedelta(days=1)
    assert ENGINE.next_timer_start(cycle("R/P1D"), T0, T0) == T0 + timedelta(days=1)
    assert ENGINE.next_timer_start(cycle("R/P1D"), T0, T0 + timedelta(days=3.5)) == T0 + timedelta(days=4)
    assert ENGINE.next_timer_start(cycle('=cycle(duration("P1M"))'), None, T0) == at("2026-04-02T07:00:00Z")


def test_a_counted_cycle_ends() -> None:
    with_start = cycle("R3/2026-03-05T08:00:00Z/P1D")
    beats = []
    beat = ENGINE.next_timer_start(with_start, None, T0)
    while beat is not None:
        beats.append(beat)
        beat = ENGINE.next_timer_start(with_start, beat, beat)
    assert beats == [at("2026-03-05T08:00:00Z"), at("2026-03-06T08:00:00Z"), at("2026-03-07T08:00:00Z")]
    without = cycle("R2/PT10H")
    first = ENGINE.next_timer_start(without, None, T0)
    assert first == T0 + timedelta(hours=10)
    second = ENGINE.next_timer_start(without, first, first, since=T0)
    assert second == T0 + timedelta(hours=20)
    assert ENGINE.next_timer_start(without, second, second, since=T0) is None
    with pytest.raises(ValueError, match="since"):
        ENGINE.next_timer_start(without, first, first)


def test_a_start_timer_that_gives_no_time_any_more() -> None:
    late = cycle('=if now() > date and time("2026-03-01T00:00:00Z") then null else "R/P1D"')
    with pytest.raises(EngineFailed, match="'t' giver intet tidspunkt"):
        ENGINE.next_timer_start(late, None, T0)


def test_cron_starts() -> None:
    assert ENGINE.next_timer_start(cycle("@monthly"), None, T0) == at("2026-04-01T00:00:00Z")
    assert ENGINE.next_timer_start(cycle("0 0 6 1 * *"), at("2026-03-01T06:00:00Z"), T0) == at("2026-04-01T06:00:00Z")
    assert ENGINE.next_timer_start(cycle("0 0 6 30 2 *"), None, T0) is None
    assert datetime(2026, 1, 1, tzinfo=UTC) < T0
