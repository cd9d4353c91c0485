"""Deadlines: made and moved by bindings, paused, extended, and re-arming what is bound to them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from service.domain.deadlines import Deadline
from service.domain.waits import CloseReason, DueChanged, TimerUse, WaitKind
from service.store import SqlStore
from tests.contract import making as m

LATER = m.START + m.HOUR


def only(store: SqlStore, owner: int) -> Deadline:
    (found,) = store.read(lambda uow: uow.deadlines.of(owner))
    return found


def put(store: SqlStore, deadline: Deadline) -> None:
    store.transact(lambda uow: uow.deadlines.put(deadline))


def claimable(store: SqlStore, now: datetime) -> list[int]:
    """Keys of timers that could be claimed now (they are given back)."""
    claimed = store.transact(lambda uow: uow.timers.claim(now, until=now + m.HOUR, limit=99))
    for timer in claimed:
        store.transact(lambda uow, t=timer: uow.timers.release(t))
    return [timer.key for timer in claimed]


def test_a_binding_makes_a_row_that_explains_itself(store: SqlStore) -> None:
    bound = m.binding(days=14)
    instance = m.started(store, m.user_task(deadline=bound))
    found = only(store, instance.key)
    assert found == Deadline(
        owner_key=instance.key,
        id="svarfrist",
        name="Svarfrist",
        due=bound.due,
        computed=bound.due,
        counts=bound.counts,
        set_at=m.START,
    )
    assert store.read(lambda uow: uow.deadlines.get(instance.key, "svarfrist")) == found
    assert store.read(lambda uow: uow.deadlines.get(instance.key, "andet")) is None
    (task,) = store.read(lambda uow: uow.tasks.open_of(instance.key))
    assert (task.due, task.deadline_id) == (bound.due, "svarfrist")


def test_deadlines_belong_to_the_case_and_unknown_ones_come_last(store: SqlStore) -> None:
    case = m.open_case(store, m.case())
    waits = [
        m.timer(deadline=m.binding("uvis", None)),
        m.timer(deadline=m.binding("sen", m.START + 9 * m.DAY)),
        m.user_task(deadline=m.binding("tidlig", m.START)),
    ]
    instance = m.started(store, *waits, case_key=case.key)
    assert [d.id for d in store.read(lambda uow: uow.deadlines.of(case.key))] == ["tidlig", "sen", "uvis"]
    assert store.read(lambda uow: uow.deadlines.of(instance.key)) == []
    assert waits[0].key not in claimable(store, m.START + 999 * m.DAY)


def test_a_new_instant_starts_the_count_anew_and_the_same_does_not(store: SqlStore) -> None:
    task = m.user_task(deadline=m.binding(due=m.START + m.DAY))
    instance = m.started(store, task)
    for minutes, due in ((1, m.START + m.DAY), (2, m.START + 2 * m.DAY), (3, m.START + 2 * m.DAY)):
        change = DueChanged(WaitKind.USER_TASK, task.key, due, m.binding(due=due))
        m.move(store, instance.key, m.step(due_changes=[change]), m.entry(at=m.START + minutes * m.MINUTE))
    found = only(store, instance.key)
    assert (found.due, found.computed, found.set_at) == (m.START + 2 * m.DAY,) * 2 + (m.START + 2 * m.MINUTE,)
    (stored,) = store.read(lambda uow: uow.tasks.open_of(instance.key))
    assert stored.due == m.START + 2 * m.DAY


def test_pausing_holds_timers_and_marks_tasks(store: SqlStore) -> None:
    bound, free = m.timer(deadline=m.binding(due=m.START)), m.timer(m.START)
    task = m.user_task(deadline=m.binding(due=m.START))
    instance = m.started(store, bound, free, task)
    store.transact(
        lambda uow: uow.timers.schedule(
            instance.key, m.key(), TimerUse.REMINDER_SOON, m.START, wait_key=task.key, deadline_id="svarfrist"
        )
    )
    paused = replace(only(store, instance.key), paused_at=m.START)
    put(store, paused)
    assert claimable(store, LATER) == [free.key]
    assert [t.suspended for t in store.read(lambda uow: uow.tasks.open_of(instance.key))] == [True]

    late = m.timer(deadline=m.binding(due=m.START))
    m.move(store, instance.key, m.step(opened=[late]))
    assert claimable(store, LATER) == [free.key], "a timer opened while paused is stored held"

    put(store, replace(paused, paused_at=None))
    assert set(claimable(store, LATER)) >= {bound.key, free.key, late.key}
    assert [t.suspended for t in store.read(lambda uow: uow.tasks.open_of(instance.key))] == [False]


def test_suspended_and_paused_are_lifted_apart(store: SqlStore) -> None:
    bound = m.timer(deadline=m.binding(due=m.START))
    instance = m.started(store, bound)
    paused = replace(only(store, instance.key), paused_at=m.START)
    put(store, paused)
    store.transact(lambda uow: uow.instances.set_suspended(instance, True, m.entry("suspended")))
    put(store, replace(paused, paused_at=None))
    assert claimable(store, LATER) == []
    put(store, paused)
    store.transact(lambda uow: uow.instances.set_suspended(instance, False, m.entry("resumed")))
    assert claimable(store, LATER) == []
    put(store, replace(paused, paused_at=None))
    assert claimable(store, LATER) == [bound.key]


def test_a_paused_deadline_is_not_moved_by_re_evaluation(store: SqlStore) -> None:
    timer = m.timer(deadline=m.binding(days=3))
    instance = m.started(store, timer)
    before = replace(only(store, instance.key), paused_at=m.START)
    put(store, before)
    other = m.binding(days=9)
    m.move(store, instance.key, m.step(due_changes=[DueChanged(WaitKind.TIMER, timer.key, other.due, other)]))
    assert only(store, instance.key) == replace(before, computed=other.due)
    put(store, replace(only(store, instance.key), paused_at=None))
    assert store.read(lambda uow: uow.timers.next_due()) == before.due


def test_an_extended_deadline_is_not_moved_and_moves_what_is_bound(store: SqlStore) -> None:
    case = m.open_case(store, m.case())
    task = m.user_task(deadline=m.binding(), candidate_groups=("a", "b"))
    timer = m.timer(deadline=m.binding())
    m.started(store, task, case_key=case.key)
    m.started(store, timer, m.timer(m.START + 30 * m.DAY), case_key=case.key)
    until = m.START + 20 * m.DAY
    extended = replace(
        only(store, case.key), due=until, extended_until=until, extended_by="leder", extension_reason="Sygdom"
    )
    put(store, extended)
    assert only(store, case.key) == extended
    found = store.read(lambda uow: uow.tasks.get(task.key))
    assert found is not None
    assert found.due == until
    assert store.read(lambda uow: uow.timers.next_due()) == until

    again = m.binding(due=m.START + 2 * m.DAY)
    new = m.user_task(deadline=again)
    instance = m.started(store, new, case_key=case.key)
    assert only(store, case.key) == replace(extended, computed=again.due)
    (opened,) = store.read(lambda uow: uow.tasks.open_of(instance.key))
    assert opened.due == until


def test_completing_its_task_meets_a_deadline(store: SqlStore) -> None:
    first, second = m.user_task(deadline=m.binding()), m.user_task(deadline=m.binding(due=m.START + 5 * m.DAY))
    instance = m.started(store, first)
    m.move(store, instance.key, m.step(closed=m.closed(first)), m.entry(at=LATER))
    assert only(store, instance.key).met_at == LATER
    m.move(store, instance.key, m.step(opened=[second]), m.entry(at=LATER))
    found = only(store, instance.key)
    assert (found.met_at, found.due, found.set_at) == (None, m.START + 5 * m.DAY, LATER)


def test_instances_with_open_bound_waits(store: SqlStore) -> None:
    with_task = m.started(store, m.user_task(deadline=m.binding()))
    with_timer = m.started(store, m.timer(deadline=m.binding()), m.timer())
    m.started(store, m.timer(), m.user_task())
    done = m.user_task(deadline=m.binding())
    over = m.started(store, done)
    m.move(store, over.key, m.step(closed=m.closed(done)))
    assert sorted(store.read(lambda uow: uow.deadlines.open_owners())) == sorted([with_task.key, with_timer.key])


def test_what_somebody_or_something_waits_for(store: SqlStore) -> None:
    case = m.open_case(store, m.case())
    done, armed = m.user_task(deadline=m.binding("løst")), m.timer(deadline=m.binding("ret"))
    waits = [done, armed, m.user_task(deadline=m.binding("svar")), m.timer()]
    instance = m.started(store, *waits, case_key=case.key)
    assert store.read(lambda uow: uow.deadlines.awaited(case.key)) == {"løst", "ret", "svar"}
    m.move(store, instance.key, m.step(closed=[*m.closed(done), *m.closed(armed)]))
    assert store.read(lambda uow: uow.deadlines.awaited(case.key)) == {"svar"}


def test_open_counts_are_those_that_a_new_calendar_would_move(store: SqlStore) -> None:
    counted, more = m.binding("talt", days=3), m.binding("timer", days=5)
    m.started(store, m.user_task(deadline=counted), m.timer(deadline=more), m.user_task(deadline=m.binding("fast")))
    paused = m.started(store, m.user_task(deadline=m.binding(days=7)))
    put(store, replace(only(store, paused.key), paused_at=LATER))
    extended = m.started(store, m.user_task(deadline=m.binding(days=8)))
    put(store, replace(only(store, extended.key), extended_until=LATER))
    met = m.started(store, m.user_task(deadline=m.binding(days=9)))
    put(store, replace(only(store, met.key), met_at=LATER))
    task = m.user_task(deadline=m.binding(days=10))
    lapsed = m.started(store, task)
    m.move(store, lapsed.key, m.step(closed=m.closed(task, reason=CloseReason.TERMINATED)))
    found = store.read(lambda uow: uow.deadlines.open_counts())
    assert sorted(count.days for counts in found for count in counts) == [3, 5]
    assert list(counted.counts) in [list(counts) for counts in found]
