"""Due instants bound to deadlines: unknown at first, evaluated anew when what they read has changed."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from service.domain.deadlines import Calendar
from service.domain.errors import TaskMovedOn
from service.domain.instances import TimerFired

from .conftest import Runner
from .drawing import (
    ad_hoc,
    boundary,
    call,
    catch,
    chain,
    definitions,
    diagram,
    due,
    end,
    event_sub,
    frist,
    gate,
    io,
    many,
    message,
    process,
    script,
    start,
    sub,
    timer,
    user,
)
from .driver import T0, Run


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def one(*extensions: str) -> bytes:
    return diagram(start(), user("a", *extensions, name="Opret sag"), user("b"), end(), chain("s", "a", "b", "e"))


def test_a_bound_due_date_tells_its_counts(run: Runner) -> None:
    r = run(one(due("=arbejdsdage(modtaget, antal)"), frist("f1")), {"modtaget": "2026-03-31", "antal": 2})
    binding = r.wait("a").deadline
    assert (binding.id, binding.name, binding.due) == ("f1@1", "Opret sag", at("2026-04-07T21:59:59Z"))
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
    assert (r.wait("t").due, r.wait("t").deadline.id, r.wait("t").deadline.name) == (None, "t2@1", "26 uger")
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
    assert [c.deadline.id for c in r.step.due_changes] == ["f1@1", "f2@1"]
    assert r.wait("t").due == at("2026-03-05T22:59:59Z")


def test_each_of_several_instances_is_bound(run: Runner) -> None:
    r = run(diagram(start(), user("a", due("=frist"), frist("f"), inner=many("=[1,2]")), end(), chain("s", "a", "e")))
    r.set(frist="2026-03-05T08:00:00Z")
    assert len(r.step.due_changes) == 2


COUNTED = (due("=arbejdsdage(dag, 1)"), frist("f"))


def test_a_process_called_twice_at_once_counts_twice(run: Runner) -> None:
    called = process("k", start("ks"), user("a", *COUNTED), end("ke"), chain("ks", "a", "ke"))
    calling = process(
        "P",
        start(),
        call("c", "k", io([("=d", "dag")]), down=False, inner=many('=["2026-03-02","2026-03-09"]', "d")),
        end(),
        chain("s", "c", "e"),
    )
    r = run(definitions(calling, called))
    first, second = r.wait("a", 0), r.wait("a", 1)
    assert first.deadline.id != second.deadline.id
    assert (first.due, second.due) == (at("2026-03-03T22:59:59Z"), at("2026-03-10T22:59:59Z"))


def test_each_run_of_a_scope_counts_for_itself(run: Runner) -> None:
    body = start("s2") + user("a", *COUNTED) + end("e2") + chain("s2", "a", "e2")
    by_body = diagram(
        start(), sub("u", body, inner=many('=["2026-03-02","2026-03-09"]', "dag")), end(), chain("s", "u", "e")
    )
    by_itself = diagram(
        start(), user("a", *COUNTED, inner=many('=["2026-03-02","2026-03-09"]', "dag")), end(), chain("s", "a", "e")
    )
    for content in (by_body, by_itself):
        r = run(content)
        assert r.wait("a", 0).deadline.id != r.wait("a", 1).deadline.id


def test_an_event_that_happens_twice_counts_twice(run: Runner) -> None:
    news = event_sub("h", message("m1"), user("a", *COUNTED) + end("e2"), "a", "e2", interrupting=False)
    r = run(diagram(start(), user("b"), end(), chain("s", "b", "e"), news), {"key": "k"})
    assert r.message("m1", dag="2026-03-02")
    assert r.message("m1", dag="2026-03-02")
    first, second = r.wait("a", 0), r.wait("a", 1)
    assert first.deadline.id != second.deadline.id


def test_what_is_begun_by_hand_twice_counts_twice(run: Runner) -> None:
    r = run(diagram(start(), ad_hoc("u", user("a", *COUNTED), until="=false"), end(), chain("s", "u", "e")))
    r.activate("u", "a").activate("u", "a")
    first, second = r.wait("a", 0), r.wait("a", 1)
    assert first.deadline.id != second.deadline.id


def test_a_task_and_the_timer_beside_it_share_their_deadline(run: Runner) -> None:
    body = (
        start("s2"),
        user("a", *COUNTED),
        boundary("t", "a", timer("=arbejdsdage(dag, 1)", "timeDate"), frist("f")),
        end("e2"),
        chain("s2", "a", "e2"),
        chain("t", "e2"),
    )
    r = run(diagram(start(), sub("u", "".join(body)), end(), chain("s", "u", "e")), {"dag": "2026-03-02"})
    assert r.wait("a").deadline.id == r.wait("t").deadline.id


def test_a_deadline_from_inside_and_outside_belongs_outside(run: Runner) -> None:
    """The timer on the sub-process and the task in it are one deadline of the process, also the next time round."""
    body = start("s2") + user("a", *COUNTED) + end("e2") + chain("s2", "a", "e2")
    r = run(
        diagram(
            start(),
            sub("u", body),
            boundary("t", "u", timer("=arbejdsdage(dag, 1)", "timeDate"), frist("f")),
            user("z"),
            end(),
            chain("s", "u", "z", "u"),
            chain("t", "e"),
        ),
        {"dag": "2026-03-02"},
    )
    before = r.wait("a").deadline.id
    assert r.wait("t").deadline.id == before
    r.do("a").do("z")
    assert r.wait("a").deadline.id == before


def test_a_wait_from_before_each_scope_had_its_own_keeps_its_deadline() -> None:
    r = Run(one(due("=arbejdsdage(modtaget, 1)"), frist("f1")), reload=False)
    r.runtime.index[r.wait("a").key].internal_data["wait"]["bound"] = True
    r.set(modtaget="2026-03-02")
    assert [c.deadline.id for c in r.step.due_changes] == ["f1"]
