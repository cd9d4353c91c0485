"""Due instants bound to deadlines: unknown at first, evaluated anew when what they read has changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from service.domain.deadlines import Calendar
from service.domain.errors import TaskMovedOn
from service.domain.instances import TimerFired

from .conftest import Runner
from .drawing import (
    boundary,
    catch,
    chain,
    diagram,
    due,
    end,
    event_sub,
    frist,
    gate,
    io,
    many,
    message,
    script,
    start,
    timer,
    user,
)
from .driver import T0


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def one(*extensions: str) -> bytes:
    return diagram(start(), user("a", *extensions, name="Opret sag"), user("b"), end(), chain("s", "a", "b", "e"))


def test_a_bound_due_date_tells_its_counts(run: Runner) -> None:
    r = run(one(due("=arbejdsdage(modtaget, antal)"), frist("f1")), {"modtaget": "2026-03-31", "antal": 2})
    binding = r.wait("a").deadline
    assert (binding.id, binding.name, binding.due) == ("f1", "Opret sag", at("2026-04-07T21:59:59Z"))
    count = binding.counts[0]
    assert (count.days, count.start, count.due) == (2, at("2026-03-31T00:00:00+02:00"), binding.due)
    assert [s.why for s in count.skipped] == ["skærtorsdag", "langfredag", "lørdag", "søndag", "anden påskedag"]
    assert r.wait("a").due == binding.due


def test_it_follows_its_variables(run: Runner) -> None:
    r = run(one(due("=arbejdsdage(modtaget, 1)"), frist("f1")))
    assert (r.wait("a").due, r.wait("a").deadline.due, r.frozen) == (None, None, [])
    r.set(noget_andet=1)
    assert r.step.due_changes == ()
    r.set(modtaget="2026-03-02")
    (change,) = r.step.due_changes
    assert (change.due, change.deadline.counts[0].days) == (at("2026-03-03T22:59:59Z"), 1)
    assert change.deadline.name == "Opret sag"
    r.set(modtaget="2026-03-02")
    assert r.step.due_changes == ()
    r.set(modtaget=None)
    assert r.step.due_changes[0].due is None


def test_a_change_in_the_step_that_opened_it_shows_in_the_wait(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            gate("parallel", "p"),
            user("a", due("=arbejdsdage(modtaget, 1)"), frist("f")),
            script("sc", '="2026-03-02"', "modtaget"),
            end(),
            chain("s", "p", "a", "e"),
            chain("p", "sc", "e"),
        )
    )
    assert r.step.due_changes == ()
    assert r.wait("a").due == at("2026-03-03T22:59:59Z")


def test_a_running_deadline_does_not_start_over(run: Runner) -> None:
    r = run(one(due("=if x then arbejdsdage(2) else arbejdsdage(1)"), frist("f1")), {"x": False})
    assert r.wait("a").due == at("2026-03-03T22:59:59Z")
    r.now = T0 + timedelta(days=10)
    r.set(x=True)
    assert r.wait("a").due == at("2026-03-04T22:59:59Z")
    r.review()
    assert r.step.due_changes[0].due == at("2026-03-04T22:59:59Z")


def test_an_unbound_due_date_is_evaluated_once(run: Runner) -> None:
    r = run(one(due("=arbejdsdage(modtaget, 1)")), {"modtaget": "2026-03-02"})
    r.set(modtaget="2026-03-09")
    assert (r.step.due_changes, r.wait("a").deadline) == ((), None)


def test_a_closed_wait_is_not_evaluated(run: Runner) -> None:
    r = run(one(due("=arbejdsdage(modtaget, 1)"), frist("f1"))).do("a", modtaget="2026-03-02")
    assert r.step.due_changes == ()
    assert r.set(modtaget="2026-03-03").step.due_changes == ()


def test_a_bound_timer_waits_unarmed_then_armed(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            user("a"),
            boundary("t", "a", timer('=udskrevet + duration("P26W")', "timeDate"), frist("t2"), name="26 uger"),
            user("z"),
            end(),
            chain("s", "a", "e"),
            chain("t", "z", "e"),
        )
    )
    assert (r.wait("t").due, r.wait("t").deadline.id, r.wait("t").deadline.name) == (None, "t2", "26 uger")
    r.set(udskrevet="2026-03-02T08:00:00Z")
    assert r.wait("t").due is None, "a text plus a duration is nothing"


def test_arming_a_bound_timer(run: Runner) -> None:
    expression = '=if udskrevet = null then null else date and time(udskrevet) + duration("P7D")'
    r = run(
        diagram(
            start(),
            user("a"),
            boundary("t", "a", timer(expression, "timeDate"), frist("t2")),
            user("z"),
            end(),
            chain("s", "a", "e"),
            chain("t", "z", "e"),
        )
    )
    assert r.wait("t").due is None
    r.set(udskrevet="2026-03-02T08:00:00Z")
    assert r.wait("t").due == T0 + timedelta(days=7)
    r.set(udskrevet="2026-03-04T08:00:00Z")
    assert (r.to(days=8), r.to(days=9), r.open) == (0, 1, ["z"])


def test_a_bound_timer_sees_what_its_host_sees(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            user("a", io([("=grundlag", "lokal")])),
            boundary("t", "a", timer("=duration(lokal)"), frist("f")),
            end(),
            chain("s", "a", "e"),
            chain("t", "e"),
        ),
        {"grundlag": "PT5H"},
    )
    assert r.wait("t").due == T0 + timedelta(hours=5)
    r.now = T0 + timedelta(hours=1)
    r.set(r.element("a"), local_=True, lokal="PT9H")
    assert r.wait("t").due == T0 + timedelta(hours=9), "a duration runs from when the wait began"


def test_bound_waits_of_event_sub_processes_gateways_and_the_flow(run: Runner) -> None:
    handler = event_sub(
        "x",
        timer("=frist", "timeDate"),
        user("h") + end("he"),
        "h",
        "he",
        interrupting=False,
        start_extensions=frist("f1"),
    )
    r = run(
        diagram(
            start(),
            gate("eventBased", "g"),
            catch("t", timer("=frist", "timeDate"), frist("f2")),
            catch("m", message()),
            catch("u", timer("=frist", "timeDate"), frist("f3")),
            end(),
            chain("s", "g", "t", "u", "e"),
            chain("g", "m", "e"),
            handler,
        ),
        {"key": "k"},
    )
    assert {w.element_id: w.due for w in r.waits.values() if w.element_id != "m"} == {"x_s": None, "t": None}
    r.set(frist="2026-03-05T08:00:00Z")
    assert len(r.step.due_changes) == 2
    assert r.to(at("2026-03-05T08:00:00Z")) == 3
    assert r.tasks == ["h"]
    assert r.do("h").done


def test_an_unarmed_bound_timer_may_be_fired_when_its_row_says_so(run: Runner) -> None:
    r = run(diagram(start(), catch("t", timer("=x", "timeDate"), frist("f")), end(), chain("s", "t", "e")))
    assert r.apply(TimerFired(r.wait("t").key)).done


def test_an_unbound_unarmed_timer_does_not_exist(run: Runner) -> None:
    r = run(diagram(start(), catch("t", timer("=x", "timeDate")), end(), chain("s", "t", "e")))
    assert r.frozen == [("t", "EXTRACT_VALUE_ERROR")]
    with pytest.raises(TaskMovedOn):
        r.apply(TimerFired(r.element("t")))


def test_a_result_that_is_no_instant_freezes_the_element_and_keeps_the_due(run: Runner) -> None:
    r = run(one(due("=frist"), frist("f1")), {"frist": "2026-03-05T08:00:00Z"})
    r.set(frist="snart")
    assert (r.frozen, r.step.due_changes, r.wait("a").due) == (
        [("a", "EXTRACT_VALUE_ERROR")],
        (),
        at("2026-03-05T08:00:00Z"),
    )
    r.retry("a")
    assert r.frozen == [("a", "EXTRACT_VALUE_ERROR")]
    r.set(frist="2026-03-06T08:00:00Z")
    assert (r.frozen, r.wait("a").due) == ([], at("2026-03-06T08:00:00Z"))
    r.set(frist="snart").do("a")
    assert (r.frozen, r.open) == ([], ["b"])


def test_a_review_counts_on_the_new_calendar(run: Runner) -> None:
    content = diagram(
        start(),
        user("a", due('=arbejdsdage(date("2026-03-02"), 1)'), frist("f1")),
        boundary("t", "a", timer('=arbejdsdage(date("2026-03-02"), 2)', "timeDate"), frist("f2")),
        end(),
        chain("s", "a", "e"),
        chain("t", "e"),
    )
    r = run(content)
    r.catalog.calendar = Calendar(version=2, closing_days={date(2026, 3, 3): "lukket"})
    r.review("f1")
    (change,) = r.step.due_changes
    assert (change.due, change.deadline.counts[0].calendar_version) == (at("2026-03-04T22:59:59Z"), 2)
    r.review()
    assert [c.deadline.id for c in r.step.due_changes] == ["f1", "f2"]
    assert r.wait("t").due == at("2026-03-05T22:59:59Z")


def test_each_of_several_instances_is_bound(run: Runner) -> None:
    r = run(diagram(start(), user("a", due("=frist"), frist("f"), inner=many("=[1,2]")), end(), chain("s", "a", "e")))
    r.set(frist="2026-03-05T08:00:00Z")
    assert len(r.step.due_changes) == 2
