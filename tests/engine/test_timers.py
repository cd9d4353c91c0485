"""Timers in running instances: calendar-correct, after a stop one reminder and not five, working days as the calendar has them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import Calendar
from service.domain.errors import TaskMovedOn
from service.domain.instances import TimerFired
from service.domain.waits import TimerWait
from service.engine.timing import read_cycle

from .conftest import Runner
from .drawing import boundary, catch, chain, diagram, end, event_sub, gate, start, timer, user
from .driver import MemoryCatalog, Run


def local(text: str) -> datetime:
    """A moment on the clock of Copenhagen."""
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE).astimezone(UTC)


def waiting(run: Runner, text: str, now: datetime, form: str = "timeDuration") -> datetime:
    """When a timer that is begun now is due."""
    made = run(diagram(start(), catch("t", timer(text, form)), end(), chain("s", "t", "e")), now=now)
    (wait,) = made.waits.values()
    assert isinstance(wait, TimerWait)
    assert wait.due is not None
    return wait.due


@pytest.mark.parametrize(
    ("begun", "duration", "due"),
    [
        ("2026-03-28T02:30", "P1D", "2026-03-29T03:30"),  # there is no half past two that night
        ("2026-03-28T12:00", "P1D", "2026-03-29T12:00"),
        ("2026-03-28T12:00", "PT24H", "2026-03-29T13:00"),
        ("2026-10-24T12:00", "P1D", "2026-10-25T12:00"),
        ("2026-10-24T12:00", "PT24H", "2026-10-25T11:00"),
        ("2026-10-24T12:00", "P1DT1H", "2026-10-25T13:00"),
        ("2026-01-31T09:00", "P1M", "2026-02-28T09:00"),
        ("2027-12-31T09:00", "P2M", "2028-02-29T09:00"),
        ("2024-02-29T09:00", "P1Y", "2025-02-28T09:00"),
        ("2026-01-01T00:00", "P26W", "2026-07-02T00:00"),
        ("2026-12-31T23:59", "P1M", "2027-01-31T23:59"),
    ],
)
def test_durations(run: Runner, begun: str, duration: str, due: str) -> None:
    assert waiting(run, duration, local(begun)) == local(due)


@pytest.mark.parametrize(
    ("expression", "due"),
    [
        ("=arbejdsdage(1)", "2026-04-07T23:59:59"),  # Maundy Thursday, Good Friday, Easter
        ("=arbejdsdage(now(), 2)", "2026-04-08T23:59:59"),
        ("=arbejdsdage(date(\"2026-04-30\"), 1)", "2026-05-01T23:59:59"),
        ("=arbejdsdage(date(\"2026-05-13\"), 1)", "2026-05-15T23:59:59"),  # Ascension Day
        ("=hverdage(date(\"2026-12-23\"), 1)", "2026-12-28T23:59:59"),
    ],
)  # fmt: skip
def test_working_days(run: Runner, expression: str, due: str) -> None:
    assert waiting(run, expression, local("2026-04-01T10:00"), "timeDate") == local(due)


def test_a_closing_day_moves_the_timer() -> None:
    catalog = MemoryCatalog(Calendar(closing_days={date(2026, 4, 7): "Kursus"}))
    catalog.deploy(diagram(start(), catch("t", timer("=arbejdsdage(1)", "timeDate")), end(), chain("s", "t", "e")))
    made = Run(catalog, reload=True, now=local("2026-04-01T10:00"))
    assert [wait.due for wait in made.waits.values() if isinstance(wait, TimerWait)] == [local("2026-04-08T23:59:59")]


# -- cycles -------------------------------------------------------------------------------------------------------------


def beats(text: str, begun: str, count: int) -> list[str]:
    """The first beats of a cycle, as the clock of Copenhagen shows them."""
    cycle, since = read_cycle(text), local(begun)
    due = cycle.first(since)
    shown = []
    for _ in range(count):
        assert due is not None
        shown.append(f"{due.astimezone(LOCAL_ZONE):%Y-%m-%dT%H:%M}")
        due, _ = cycle.next(due, due, since)
    return shown


@pytest.mark.parametrize(
    ("text", "begun", "expected"),
    [
        ("R/P1M", "2026-01-31T09:00", ["2026-02-28T09:00", "2026-03-31T09:00", "2026-04-30T09:00", "2026-05-31T09:00"]),
        ("R/2026-01-31T09:00:00+01:00/P1M", "2026-01-01T00:00", ["2026-01-31T09:00", "2026-02-28T09:00", "2026-03-31T09:00"]),
        ("R/P1D", "2026-03-27T02:30", ["2026-03-28T02:30", "2026-03-29T03:30", "2026-03-30T02:30"]),
        ("R/P1D", "2026-10-23T09:00", ["2026-10-24T09:00", "2026-10-25T09:00", "2026-10-26T09:00"]),
        ("R/PT24H", "2026-10-23T09:00", ["2026-10-24T09:00", "2026-10-25T08:00", "2026-10-26T08:00"]),
        ("R/P1Y", "2024-02-29T09:00", ["2025-02-28T09:00", "2026-02-28T09:00", "2027-02-28T09:00", "2028-02-29T09:00"]),
        ("0 0 9 L * *", "2026-01-10T09:00", ["2026-01-31T10:00", "2026-02-28T10:00", "2026-03-31T11:00"]),
    ],
)  # fmt: skip
def test_cycles_do_not_drift(text: str, begun: str, expected: list[str]) -> None:
    assert beats(text, begun, len(expected)) == expected


REMINDED = (
    start() + user("a") + end() + chain("s", "a", "e") + user("mind") + end("me") + chain("b", "mind", "me")
)  # a task with a reminder of its own


def reminding(cycle: str) -> bytes:
    return diagram(REMINDED, boundary("b", "a", timer(cycle, "timeCycle"), interrupting=False))


def test_after_a_stop_there_is_one_reminder(run: Runner) -> None:
    r = run(reminding("R10/P1D"), now=local("2026-03-02T09:00"))
    assert r.to(local("2026-03-07T21:00")) == 1
    assert r.tasks == ["a", "mind"]
    (due,) = (w.due for w in r.waits.values() if isinstance(w, TimerWait))
    assert due == local("2026-03-08T09:00"), "then as if it had never stopped"


def test_what_was_missed_counts_among_the_times(run: Runner) -> None:
    r = run(reminding("R3/P1D"), now=local("2026-03-02T09:00"))
    assert r.to(local("2026-03-04T10:00")) == 1
    assert r.to(local("2026-03-05T09:00")) == 1
    assert r.to(local("2026-06-01T09:00")) == 0
    assert r.tasks == ["a", "mind", "mind"]


def test_a_cycle_that_was_missed_altogether_reminds_once(run: Runner) -> None:
    r = run(reminding("R3/P1D"), now=local("2026-03-02T09:00"))
    assert r.to(local("2026-06-01T09:00")) == 1
    assert r.tasks == ["a", "mind"]


def test_cron_after_a_stop(run: Runner) -> None:
    r = run(reminding("0 0 7 * * MON-FRI"), now=local("2026-03-02T09:00"))
    assert r.to(local("2026-03-20T12:00")) == 1
    (due,) = (w.due for w in r.waits.values() if isinstance(w, TimerWait))
    assert due == datetime(2026, 3, 23, 7, tzinfo=UTC)


def test_a_monthly_reminder_stays_on_the_last_day(run: Runner) -> None:
    r = run(reminding("R/P1M"), now=local("2026-01-31T09:00"))
    for day in ("2026-02-28", "2026-03-31", "2026-04-30"):
        (due,) = (w.due for w in r.waits.values() if isinstance(w, TimerWait))
        assert due == local(f"{day}T09:00")
        assert r.to(due) == 1


def test_an_event_sub_process_reminds_as_often_as_its_cycle(run: Runner) -> None:
    handler = event_sub("v", timer("R2/PT1H", "timeCycle"), user("h") + end("he"), "h", "he", interrupting=False)
    r = run(diagram(start(), user("a"), end(), chain("s", "a", "e"), handler))
    assert (r.to(hours=1), r.to(hours=2), r.to(hours=9)) == (1, 1, 0)
    assert r.tasks == ["a", "h", "h"]


def test_several_timers_of_one_gateway_the_first_wins(run: Runner) -> None:
    paths = [catch(f"t{n}", timer(f"P{n}D")) + chain("g", f"t{n}", "j") for n in (3, 1, 2)]
    r = run(
        diagram(
            start(), gate("eventBased", "g"), *paths, gate("exclusive", "j"), end(), chain("s", "g"), chain("j", "e")
        )
    )
    assert r.to(days=5) == 1
    assert r.done
    assert "t1" in r.trail()


@pytest.mark.parametrize("first", [0, 1])
def test_timers_of_one_gateway_that_are_due_at_once(run: Runner, first: int) -> None:
    """Whichever is fired first wins, and the other is no longer there to be fired."""
    paths = [catch(f"t{n}", timer("PT1H")) + user(f"u{n}") + chain("g", f"t{n}", f"u{n}", "j") for n in (0, 1)]
    r = run(
        diagram(
            start(), gate("eventBased", "g"), *paths, gate("exclusive", "j"), end(), chain("s", "g"), chain("j", "e")
        )
    )
    r.now = r.now + timedelta(hours=1)
    both = [TimerFired(r.wait(f"t{n}").key) for n in (0, 1)]
    r.apply(both[first])
    with pytest.raises(TaskMovedOn):
        r.apply(both[1 - first])
    assert r.open == [f"u{first}"]
    assert r.do(f"u{first}").done


def test_what_is_past_comes_at_once(run: Runner) -> None:
    now = local("2026-03-02T09:00")
    for text, form in (("2026-03-01T09:00:00+01:00", "timeDate"), ("PT0S", "timeDuration"), ("-P1D", "timeDuration")):
        r = run(diagram(start(), catch("t", timer(text, form)), end(), chain("s", "t", "e")), now=now)
        assert r.to(now + timedelta(seconds=1)) == 1
        assert r.done
