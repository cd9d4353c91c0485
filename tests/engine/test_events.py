"""Timers, messages, signals, errors, escalations, links; on edges, in the flow, after an event-based gateway."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from service.domain.errors import TaskMovedOn
from service.domain.facts import SignalThrown
from service.domain.instances import Correlated, TaskCompleted, TimerFired
from service.domain.waits import CloseReason

from .conftest import Runner
from .drawing import (
    boundary,
    call,
    catch,
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
    link,
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
from .driver import T0


def test_a_timer_in_the_flow(run: Runner) -> None:
    r = run(diagram(start(), catch("t", timer("PT2H")), end(), chain("s", "t", "e")))
    assert r.wait("t").due == T0 + timedelta(hours=2)
    assert r.wait("t").element_instance_key == r.wait("t").key
    assert (r.to(hours=1), r.to(hours=2), r.done) == (0, 1, True)


@pytest.mark.parametrize(
    ("text", "form", "due"),
    [
        ("PT0S", "timeDuration", "2026-03-02T08:00:00+00:00"),
        ("-PT1H", "timeDuration", "2026-03-02T07:00:00+00:00"),
        ("P1M", "timeDuration", "2026-04-02T07:00:00+00:00"),
        ("P30D", "timeDuration", "2026-04-01T07:00:00+00:00"),
        ("PT720H", "timeDuration", "2026-04-01T08:00:00+00:00"),
        ("2026-05-01T12:00:00+02:00", "timeDate", "2026-05-01T10:00:00+00:00"),
        ("2026-05-01T12:00:00Z", "timeDate", "2026-05-01T12:00:00+00:00"),
        ("2026-05-01T12:00:00[Europe/Copenhagen]", "timeDate", "2026-05-01T10:00:00+00:00"),
        ("2026-05-01T12:00:00+02:00[Europe/Berlin]", "timeDate", "2026-05-01T10:00:00+00:00"),
        ('=duration("P14D")', "timeDuration", "2026-03-16T08:00:00+00:00"),
        ("=hvor_laenge", "timeDuration", "2026-03-02T11:00:00+00:00"),
        ("=now() + duration(hvor_laenge)", "timeDate", "2026-03-02T11:00:00+00:00"),
        ('=date and time("2026-05-01T12:00:00@Europe/Copenhagen")', "timeDate", "2026-05-01T10:00:00+00:00"),
    ],
)
def test_when_timers_are_due(run: Runner, text: str, form: str, due: str) -> None:
    r = run(diagram(start(), catch("t", timer(text, form)), end(), chain("s", "t", "e")), {"hvor_laenge": "PT3H"})
    assert r.wait("t").due == datetime.fromisoformat(due)


@pytest.mark.parametrize(
    ("text", "form"),
    [("=x", "timeDuration"), ("=x", "timeDate"), ('="2026-05-01T12:00:00"', "timeDate"), ("=3", "timeDuration")],
)
def test_a_timer_without_a_usable_time_is_an_incident(run: Runner, text: str, form: str) -> None:
    r = run(diagram(start(), catch("t", timer(text, form)), end(), chain("s", "t", "e")))
    assert r.frozen == [("t", "EXTRACT_VALUE_ERROR")]
    if text == "=x":
        assert r.set(x="PT1H" if form == "timeDuration" else "2026-05-01T12:00:00Z").retry("t").open == ["t"]


def test_a_timer_does_not_fire_early_or_twice(run: Runner) -> None:
    r = run(diagram(start(), catch("t", timer("PT2H")), user("a"), end(), chain("s", "t", "a", "e")))
    key = r.wait("t").key
    with pytest.raises(TaskMovedOn):
        r.apply(TimerFired(key))
    r.to(hours=2)
    with pytest.raises(TaskMovedOn):
        r.apply(TimerFired(key))
    assert r.open == ["a"]


def test_non_interrupting_edges_happen_many_times(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            user("a"),
            boundary("b", "a", message("m1"), interrupting=False),
            boundary("c", "a", timer("R3/PT1H", "timeCycle"), interrupting=False),
            user("z"),
            user("y"),
            end(),
            chain("s", "a", "e"),
            chain("b", "z", "e"),
            chain("c", "y", "e"),
        ),
        {"key": "k"},
    )
    for nr in range(3):
        assert r.message("m1", nr=nr)
    assert r.open == ["a", "b", "c", "z", "z", "z"]
    for hour in (1, 2, 3):
        assert r.to(hours=hour) == 1
    assert r.to(hours=9) == 0
    assert r.open == ["a", "b", "y", "y", "y", "z", "z", "z"]
    r.do("a")
    assert (r.tasks, r.message("m1")) == (["y", "y", "y", "z", "z", "z"], False)
    for name in r.tasks:
        r.do(name)
    assert r.done


def test_a_cycle_catches_up_with_one_firing(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            user("a"),
            boundary("c", "a", timer("R10/P1D", "timeCycle"), interrupting=False),
            user("y"),
            end(),
            chain("s", "a", "e"),
            chain("c", "y", "e"),
        )
    )
    assert r.to(days=5.5) == 1
    assert r.wait("c").due == T0 + timedelta(days=6)
    assert r.step.due_changes[0].due == T0 + timedelta(days=6)
    assert r.to(days=6) == 1
    assert r.to(days=9.9) == 1
    assert r.wait("c").due == T0 + timedelta(days=10)
    assert r.to(days=30) == 1
    assert r.tasks == ["a", "y", "y", "y", "y"]
    assert r.open == ["a", "y", "y", "y", "y"]


def test_an_endless_cycle_and_cron(run: Runner) -> None:
    def drawn(text: str) -> bytes:
        return diagram(
            start(),
            user("a"),
            boundary("c", "a", timer(text, "timeCycle"), interrupting=False),
            end("x"),
            end(),
            chain("s", "a", "e"),
            chain("c", "x"),
        )

    r = run(drawn("R/P1D"))
    for day in range(1, 30):
        assert r.to(days=day) == 1
    r = run(drawn("0 0 9 * * MON-FRI"))
    assert r.wait("c").due == datetime.fromisoformat("2026-03-02T09:00:00+00:00")
    r.to(hours=1)
    assert r.wait("c").due == datetime.fromisoformat("2026-03-03T09:00:00+00:00")
    r = run(drawn("R2/2026-03-05T10:00:00Z/P1D"))
    assert r.wait("c").due == datetime.fromisoformat("2026-03-05T10:00:00+00:00")
    r = run(drawn('=cycle(2, duration("PT1H"))'))
    assert (r.to(hours=1), r.to(hours=2), r.to(hours=5), r.open) == (1, 1, 0, ["a"])


def test_an_interrupting_edge_ends_its_host(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            user("a", io([("='PT3H'".replace("'", '"'), "d")])),
            boundary("b", "a", timer("=d")),
            user("z"),
            end(),
            chain("s", "a", "e"),
            chain("b", "z", "e"),
        )
    )
    wait = r.wait("b")
    assert wait.element_instance_key == r.wait("a").key
    assert wait.key != wait.element_instance_key
    host = r.wait("a").key
    assert (r.to(hours=2), r.to(hours=3), r.open) == (0, 1, ["z"])
    assert {(c.key, c.reason) for c in r.step.closed} == {
        (host, CloseReason.TERMINATED),
        (wait.key, CloseReason.COMPLETED),
    }
    assert [(c.element_id, c.state) for c in r.step.elements][:2] == [("a", "TERMINATED"), ("b", "COMPLETED")]
    with pytest.raises(TaskMovedOn):
        r.apply(TaskCompleted(host))


def test_edges_close_with_their_host(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            sub("sp", start("s2") + user("a") + end("e2") + chain("s2", "a", "e2")),
            boundary("b", "sp", message()),
            boundary("t", "sp", timer("P1D")),
            end(),
            chain("s", "sp", "e"),
            chain("b", "e"),
            chain("t", "e"),
        ),
        {"key": "k"},
    )
    assert r.open == ["a", "b", "t"]
    assert r.do("a").done


def test_messages_are_correlated_by_name_and_key(run: Runner) -> None:
    r = run(
        diagram(start(), receive("m"), boundary("b", "m", timer("P1D")), end(), chain("s", "m", "e"), chain("b", "e")),
        {"key": 7},
    )
    assert r.wait("m").correlation_key == "7"
    key = r.wait("m").key
    r.set(key="other")
    assert (r.message("m1", "other"), r.message("m1", "7", v=1)) == (False, True)
    assert (r.variables["v"], r.done) == (1, True)
    with pytest.raises(TaskMovedOn):
        r.apply(Correlated(key))


def test_a_missing_correlation_key_is_an_incident(run: Runner) -> None:
    r = run(diagram(start(), catch("m", message()), end(), chain("s", "m", "e")))
    assert r.frozen == [("m", "EXTRACT_VALUE_ERROR")]
    assert "Korrelationsnøglen" in next(iter(r.incidents.values())).message
    assert r.set(key="k").retry("m").open == ["m"]
    assert r.message("m1")
    assert r.done


def test_output_mappings_of_catching_events(run: Runner) -> None:
    r = run(
        diagram(start(), catch("m", message(), io((), [("=p * 2", "q")])), end(), chain("s", "m", "e")), {"key": "k"}
    )
    assert r.message("m1", p=4)
    assert r.variables == {"key": "k", "q": 8}


def test_the_first_event_after_a_gateway_wins(run: Runner) -> None:
    content = diagram(
        start(),
        gate("eventBased", "g"),
        catch("t1", timer("P2D")),
        catch("t2", timer("P1D")),
        catch("m", message()),
        user("u1"),
        user("u2"),
        user("u3"),
        end(),
        chain("s", "g", "t1", "u1", "e"),
        chain("g", "t2", "u2", "e"),
        chain("g", "m", "u3", "e"),
    )
    r = run(content, {"key": "k"})
    assert [(c.element_id, c.state) for c in r.step.elements] == [("s", "COMPLETED"), ("g", "ACTIVE")]
    assert r.to(days=1) == 1
    assert r.open == ["u2"]
    assert [(c.element_id, c.state) for c in r.step.elements] == [
        ("g", "COMPLETED"),
        ("t2", "COMPLETED"),
        ("u2", "ACTIVE"),
    ]
    assert len(r.step.flows) == 2
    r = run(content, {"key": "k"})
    assert (r.message("m1", "no"), r.message("m1", p=3)) == (False, True)
    assert (r.open, r.variables["p"], r.to(days=5)) == (["u3"], 3, 0)


def test_an_incident_at_an_event_gateway_opens_nothing(run: Runner) -> None:
    content = diagram(
        start(),
        gate("eventBased", "g"),
        catch("t", timer("P1D")),
        catch("m", message()),
        end(),
        chain("s", "g", "t", "e"),
        chain("g", "m", "e"),
    )
    r = run(content)
    assert (r.frozen, r.open) == ([("g", "EXTRACT_VALUE_ERROR")], [])
    assert r.set(key="k").retry("g").open == ["m", "t"]
    assert r.to(days=1) == 1
    assert r.done


def test_a_signal_reaches_own_waits_and_goes_out_as_effect(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            catch("c", signal()),
            user("a"),
            throw("t", signal(), io([("=x + 1", "y")])),
            end(),
            end("e2"),
            chain("s", "p", "a", "t", "e"),
            chain("p", "c", "e2"),
        ),
        {"x": 1},
    )
    assert r.open == ["a", "c"]
    r.do("a")
    thrown = r.step.effects[0]
    assert isinstance(thrown, SignalThrown)
    assert (thrown.name, thrown.variables, thrown.element_id) == ("sg", {"y": 2}, "t")
    assert (r.done, r.variables) == (True, {"x": 1, "y": 2})


def test_a_signal_reaches_waits_in_the_order_in_which_they_began(run: Runner) -> None:
    inside = start("s2") + catch("first", signal()) + end("e2") + chain("s2", "first", "e2")
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            sub("k", inside),
            user("a"),
            catch("second", signal()),
            user("b"),
            throw("t", signal()),
            gate("parallel", "j"),
            end(),
            chain("s", "p", "k", "j", "e"),
            chain("p", "a", "second", "j"),
            chain("p", "b", "t", "j"),
        )
    )
    trail = r.do("a").do("b").trail()
    assert trail.index("first") < trail.index("second")
    assert r.done


@pytest.mark.parametrize("first", [True, False])
def test_a_signal_is_thrown_when_everything_else_has_come_to_rest(run: Runner, first: bool) -> None:
    """However long the way to the catching event is, as long as nobody has to do anything on it."""
    way = script("n1", "=1", "x") + sub(
        "k", start("ks") + script("n2", "=1", "x") + end("ke") + chain("ks", "n2", "ke")
    )
    flows = [chain("p", "t", "t2"), chain("p", "n1", "k", "c")]
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            throw("t", signal()),
            throw("t2", signal()),
            way,
            catch("c", signal()),
            gate("parallel", "q"),
            end(),
            chain("s", "p"),
            *(flows if first else reversed(flows)),
            chain("t2", "q", "e"),
            chain("c", "q"),
        )
    )
    assert r.done
    assert r.trail().count("c") == 1


def test_a_signal_interrupts_its_own_thrower(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            throw("t", signal()),
            user("a"),
            end(),
            chain("s", "t", "a", "e"),
            event_sub("x", signal(), user("h") + end("he"), "h", "he"),
        )
    )
    assert r.open == ["h"]


def test_a_modelled_error(run: Runner) -> None:
    inside = start("s2") + user("a") + end("e2", error("E1")) + chain("s2", "a", "e2")
    content = diagram(
        start(),
        sub("sp", inside),
        boundary("b", "sp", error("E1")),
        user("h"),
        end(),
        chain("s", "sp", "e"),
        chain("b", "h", "e"),
    )
    assert run(content).do("a").open == ["h"]
    r = run(diagram(start(), user("a"), end("e2", error("E2")), chain("s", "a", "e2"))).do("a")
    assert r.frozen == [("e2", "UNHANDLED_ERROR_EVENT")]
    assert r.retry("e2").frozen == [("e2", "UNHANDLED_ERROR_EVENT")]


def test_the_nearest_catcher_and_the_exact_code_win(run: Runner) -> None:
    inner = sub("inner", start("s3") + job("a") + end("e3") + chain("s3", "a", "e3"))
    inside = (
        start("s2")
        + inner
        + boundary("near", "inner", error())
        + user("n")
        + end("e2")
        + chain("s2", "inner", "e2")
        + chain("near", "n", "e2")
    )
    content = diagram(
        start(),
        sub("outer", inside),
        boundary("exact", "outer", error("E1")),
        user("f"),
        end(),
        chain("s", "outer", "e"),
        chain("exact", "f", "e"),
    )
    assert run(content).fail("a", "E1").open == ["n"]
    content = diagram(
        start(),
        job("a"),
        boundary("any", "a", error()),
        boundary("exact", "a", error("E1")),
        user("u"),
        user("v"),
        end(),
        chain("s", "a", "e"),
        chain("any", "u", "e"),
        chain("exact", "v", "e"),
    )
    assert run(content).fail("a", "E1").open == ["v"]
    assert run(content).fail("a", "E2").open == ["u"]


def test_error_variables_stay_local_without_a_mapping(run: Runner) -> None:
    content = diagram(
        start(), job("a"), boundary("b", "a", error("E1")), end(), end("x"), chain("s", "a", "e"), chain("b", "x")
    )
    r = run(content, {"grund": "før"}).fail("a", "E1", grund="ny")
    assert (r.variables, r.done) == ({"grund": "før"}, True)


def test_an_uncaught_job_error_can_be_taken_up_again(run: Runner) -> None:
    r = run(diagram(start(), job("a"), end(), chain("s", "a", "e"))).fail("a", "E1")
    assert (r.frozen, r.open) == ([("a", "UNHANDLED_ERROR_EVENT")], ["a"])
    assert "E1" in next(iter(r.incidents.values())).message
    r.retry("a")
    assert (r.frozen, r.open) == ([], ["a"])
    assert r.do("a").done


@pytest.mark.parametrize("interrupting", [True, False])
def test_escalations(run: Runner, interrupting: bool) -> None:
    content = definitions(
        process(
            "P",
            start(),
            call("c", "Q"),
            boundary("b", "c", escalation("E1"), interrupting=interrupting),
            user("h"),
            user("z"),
            end(),
            chain("s", "c", "z", "e"),
            chain("b", "h", "e"),
        ),
        process(
            "Q",
            start("qs"),
            throw("t", escalation("E1")),
            user("a"),
            end("qe", escalation("E2")),
            chain("qs", "t", "a", "qe"),
        ),
    )
    r = run(content)
    assert r.tasks == (["h"] if interrupting else ["a", "h"])
    if not interrupting:
        assert r.do("a").do("h").open == ["z"]
        assert r.do("z").done


@pytest.mark.parametrize("interrupting", [True, False])
@pytest.mark.parametrize("code", ["E1", None])
def test_an_escalation_thrown_again_goes_on_outwards(run: Runner, interrupting: bool, code: str | None) -> None:
    """An event sub-process does not catch what it throws itself, however often it may begin."""
    again = throw("vt", escalation("E1")) + user("h") + end("ve")
    handler = event_sub("v", escalation(code), again, "vt", "h", "ve", interrupting=interrupting)
    inside = start("s2") + throw("t", escalation("E1")) + user("a") + end("e2") + chain("s2", "t", "a", "e2") + handler
    edge = boundary("b", "k", escalation("E1"), interrupting=False) + user("o") + end("oe") + chain("b", "o", "oe")
    r = run(diagram(start(), sub("k", inside), edge, end(), chain("s", "k", "e")))
    assert r.tasks == (["h", "o"] if interrupting else ["a", "h", "o"])
    for name in r.tasks:
        r.do(name)
    assert r.done
    assert r.trail().count("b") == 1


def test_another_event_sub_process_beside_it_catches_what_one_throws(run: Runner) -> None:
    first = event_sub("v", escalation("E1"), throw("vt", escalation("E2")) + end("ve"), "vt", "ve", interrupting=False)
    second = event_sub("w", escalation("E2"), user("h") + end("we"), "h", "we", interrupting=False)
    r = run(diagram(start(), throw("t", escalation("E1")), user("a"), end(), chain("s", "t", "a", "e"), first, second))
    assert r.tasks == ["a", "h"]
    assert r.do("a").do("h").done


def test_an_escalation_that_nobody_catches_changes_nothing(run: Runner) -> None:
    r = run(diagram(start(), throw("t", escalation("E1")), user("a"), end(), chain("s", "t", "a", "e")))
    assert (r.open, r.frozen) == (["a"], [])


def test_links_join_ends_of_the_same_name(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            gate("exclusive", "g"),
            user("a"),
            throw("l1", link("L")),
            throw("l3", link("L")),
            catch("l2", link("L")),
            user("b"),
            end(),
            chain("s", "g"),
            flow("g", "a", "=v"),
            flow("g", "l3", "=not(v)"),
            chain("a", "l1"),
            chain("l2", "b", "e"),
        ),
        {"v": True},
    )
    assert r.open == ["a"]
    assert r.do("a").open == ["b"]
    assert r.do("b").done
    assert "l2" in r.trail()


def test_a_message_start_maps_its_payload(run: Runner) -> None:
    drawn = diagram(
        start(),
        start("ms", message("m1"), io((), [("=p + base", "q")])),
        user("a"),
        end(),
        chain("s", "a", "e"),
        chain("ms", "a"),
    )
    r = run(drawn, {"base": 1}, start="ms", payload={"p": 2})
    assert (r.variables, r.open) == ({"base": 1, "q": 3}, ["a"])
    plain = diagram(start("ms", message("m1")), user("a"), end(), chain("ms", "a", "e"))
    assert run(plain, {"base": 1}, start="ms", payload={"p": 2}).variables == {"base": 1, "p": 2}


def test_message_throw_and_end_are_jobs(run: Runner) -> None:
    headers = '<zeebe:taskHeaders><zeebe:header key="n" value="v"/><zeebe:header key="" value="x"/></zeebe:taskHeaders>'
    definition = '<zeebe:taskDefinition type="send"/>' + headers
    r = run(
        diagram(
            start(),
            throw("t", message("m1"), definition, io([("=1", "x")], [("=y", "z")])),
            end("e", message("m1"), definition),
            chain("s", "t", "e"),
        )
    )
    wait = r.wait("t")
    assert (wait.type, wait.headers, wait.variables, wait.retries) == ("send", {"n": "v"}, {"x": 1}, 3)
    assert r.do("t", y=5).variables == {"z": 5}
    assert r.open == ["e"]
    assert r.do("e").done
