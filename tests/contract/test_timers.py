"""Timers: claimed once, leased, held back, armed anew; reminders and start timers."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from service.domain.waits import DueChanged, Timer, TimerUse, WaitKind
from service.store import SqlStore
from tests.contract import making as m

UNTIL = m.START + m.HOUR


def claim(store: SqlStore, now: datetime = m.START, limit: int = 10) -> list[Timer]:
    return list(store.transact(lambda uow: uow.timers.claim(now, until=now + m.HOUR, limit=limit)))


def held(store: SqlStore, timer: Timer) -> bool:
    return store.transact(lambda uow: uow.timers.held(timer))


def test_due_timers_come_soonest_first(store: SqlStore) -> None:
    waits = [m.timer(m.START - n * m.MINUTE) for n in range(4)]
    instance = m.started(store, *waits, m.timer(UNTIL), m.timer(None))
    claimed = claim(store, limit=3)
    assert [t.key for t in claimed] == [w.key for w in reversed(waits)][:3]
    first = claimed[0]
    assert (first.instance_key, first.use, first.due) == (instance.key, TimerUse.PROCESS, waits[3].due)
    assert (first.wait_key, first.deadline_id, first.attempts) == (waits[3].key, None, 1)
    assert first.lease_token
    assert [t.key for t in claim(store)] == [waits[0].key]


def test_the_next_due_instant(store: SqlStore) -> None:
    assert store.read(lambda uow: uow.timers.next_due()) is None
    m.started(store, m.timer(None))
    assert store.read(lambda uow: uow.timers.next_due()) is None, "a timer without an instant never fires"
    m.started(store, m.timer(m.START), m.timer(m.START + m.DAY))
    assert store.read(lambda uow: uow.timers.next_due()) == m.START
    claim(store)
    assert store.read(lambda uow: uow.timers.next_due()) == UNTIL


def test_a_lease_that_ran_out_is_lost(store: SqlStore) -> None:
    m.started(store, m.timer(m.START))
    (first,) = claim(store)
    assert held(store, first)
    assert claim(store) == []
    (second,) = claim(store, UNTIL)
    assert second.key == first.key
    assert (held(store, first), held(store, second)) == (False, True)
    store.transact(lambda uow: uow.timers.release(first))
    store.transact(lambda uow: uow.timers.drop(first))
    assert held(store, second), "who lost the lease can neither give back nor drop"


def test_two_claimers_never_get_the_same_timer(store: SqlStore) -> None:
    waits = [m.timer(m.START) for _ in range(60)]
    for n in range(6):
        m.started(store, *waits[n * 10 : n * 10 + 10])
    with ThreadPoolExecutor(6) as pool:
        batches = [pool.submit(claim, store, m.START, 7) for _ in range(12)]
        claimed = Counter(timer.key for batch in batches for timer in batch.result())
    while more := claim(store, limit=50):
        claimed.update(timer.key for timer in more)
    assert claimed == Counter({wait.key: 1 for wait in waits})


def test_released_at_once_or_later(store: SqlStore) -> None:
    m.started(store, m.timer(m.START))
    (timer,) = claim(store)
    store.transact(lambda uow: uow.timers.release(timer))
    assert not held(store, timer)
    (again,) = claim(store)
    store.transact(lambda uow: uow.timers.release(again, retry_at=UNTIL))
    assert claim(store) == []
    assert [t.due for t in claim(store, UNTIL)] == [m.START]


def test_a_dropped_timer_is_gone(store: SqlStore) -> None:
    m.started(store, m.timer(m.START))
    (timer,) = claim(store)
    store.transact(lambda uow: uow.timers.drop(timer))
    assert claim(store, UNTIL) == []


def test_a_timer_armed_anew_is_not_dropped_by_who_claimed_it_before(store: SqlStore) -> None:
    wait = m.timer(m.START)
    instance = m.started(store, wait)
    (timer,) = claim(store)
    m.move(store, instance.key, m.step(due_changes=[DueChanged(WaitKind.TIMER, wait.key, UNTIL)]))
    store.transact(lambda uow: uow.timers.drop(timer))
    assert store.read(lambda uow: uow.timers.next_due()) == UNTIL
    assert [(t.due, t.attempts) for t in claim(store, UNTIL)] == [(UNTIL, 1)]


def test_reminders_replace_each_other_and_go_with_their_task(store: SqlStore) -> None:
    task, other = m.user_task(due=UNTIL), m.user_task()
    instance = m.started(store, task, other)

    def remind(use: TimerUse, due: datetime, wait_key: int) -> None:
        store.transact(lambda uow: uow.timers.schedule(instance.key, m.key(), use, due, wait_key=wait_key))

    remind(TimerUse.REMINDER_SOON, m.START, task.key)
    remind(TimerUse.REMINDER_SOON, m.START + m.MINUTE, task.key)
    remind(TimerUse.REMINDER_OVERDUE, m.START + 2 * m.MINUTE, task.key)
    remind(TimerUse.REMINDER_SOON, m.START + 3 * m.MINUTE, other.key)
    assert [(t.use, t.wait_key) for t in claim(store, UNTIL)] == [
        (TimerUse.REMINDER_SOON, task.key),
        (TimerUse.REMINDER_OVERDUE, task.key),
        (TimerUse.REMINDER_SOON, other.key),
    ]
    m.move(store, instance.key, m.step(closed=m.closed(task)))
    assert [t.wait_key for t in claim(store, UNTIL + m.DAY)] == [other.key]


def test_reminders_are_dropped_with_the_due_date_they_speak_of(store: SqlStore) -> None:
    task, other = m.user_task(due=UNTIL), m.user_task(due=UNTIL)
    instance = m.started(store, task, other)
    for wait_key in (task.key, other.key):
        for use in (TimerUse.REMINDER_SOON, TimerUse.REMINDER_OVERDUE, TimerUse.REMINDER_SECOND):
            store.transact(
                lambda uow, use=use, key=wait_key: uow.timers.schedule(
                    instance.key, m.key(), use, m.START, wait_key=key
                )
            )
    store.transact(lambda uow: uow.timers.drop_reminders(instance.key, task.key))
    assert [t.wait_key for t in claim(store, UNTIL)] == [other.key] * 3


def test_a_reminder_is_held_while_its_instance_is_suspended(store: SqlStore) -> None:
    task = m.user_task(due=UNTIL)
    instance = m.started(store, task)
    store.transact(lambda uow: uow.instances.set_suspended(instance, True, m.entry("suspended")))
    use = TimerUse.REMINDER_SOON
    store.transact(lambda uow: uow.timers.schedule(instance.key, m.key(), use, m.START, wait_key=task.key))
    assert claim(store) == []
    store.transact(lambda uow: uow.instances.set_suspended(instance, False, m.entry("resumed")))
    assert len(claim(store)) == 1


def test_start_timers_belong_to_definitions(store: SqlStore) -> None:
    old, new = m.key(), m.key()
    for definition, wait_key in ((old, 0), (old, 1), (new, 0)):
        store.transact(
            lambda uow, d=definition, w=wait_key: uow.timers.schedule(d, m.key(), TimerUse.START, m.START, wait_key=w)
        )
    claimed = claim(store)
    assert sorted((t.instance_key, t.wait_key, t.use) for t in claimed) == [
        (old, 0, TimerUse.START),
        (old, 1, TimerUse.START),
        (new, 0, TimerUse.START),
    ]
    assert all(held(store, timer) for timer in claimed)
    store.transact(lambda uow: uow.timers.drop_starts([old]))
    assert [t.instance_key for t in claim(store, UNTIL)] == [new]
