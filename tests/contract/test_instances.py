"""Instances: begun, moved by steps, locked, suspended; stale versions refused."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.domain.errors import Stale
from service.domain.facts import ElementState, FlowTaken
from service.domain.instances import CalledInstance, InstanceStatus
from service.domain.waits import CloseReason, IncidentOpened, IncidentType, TaskStatus, WaitKind
from service.store import SqlStore
from tests.contract import making as m


def test_a_begun_instance_has_what_its_first_step_gave(store: SqlStore) -> None:
    task, job, timer, message = m.user_task(), m.job(), m.timer(), m.message()
    instance = m.started(store, task, job, timer, message)

    assert (instance.status, instance.version, instance.case_key) == (InstanceStatus.ACTIVE, 1, None)
    with_state = store.transact(lambda uow: uow.instances.lock(instance.key))
    assert with_state == instance
    assert with_state is not None
    assert with_state.state == b"state"
    row = store.read(lambda uow: uow.instances.get(instance.key))
    assert row is not None
    assert row.state is None
    assert store.read(lambda uow: uow.instances.state(instance.key)) == b"state"
    assert [t.key for t in store.read(lambda uow: uow.tasks.open_of(instance.key))] == [task.key]
    assert [j.key for j in store.read(lambda uow: uow.jobs.of(instance.key))] == [job.key]
    assert [s.key for s in store.read(lambda uow: uow.messages.awaited_by(instance.key))] == [message.key]
    assert store.read(lambda uow: uow.timers.next_due()) == timer.due


def test_a_step_closes_what_it_names(store: SqlStore) -> None:
    waits = [m.user_task(), m.job(), m.timer(), m.message(), m.signal()]
    instance = m.started(store, *waits)
    after = m.START + timedelta(hours=1)
    ended = m.move(
        store,
        instance.key,
        m.step(b"later", InstanceStatus.COMPLETED, closed=m.closed(*waits)),
        m.entry(at=after),
    )

    assert (ended.status, ended.ended_at, ended.version, ended.state) == (InstanceStatus.COMPLETED, after, 2, b"later")
    assert store.read(lambda uow: uow.tasks.open_of(instance.key)) == []
    assert store.read(lambda uow: uow.jobs.of(instance.key)) == []
    assert store.read(lambda uow: uow.messages.awaited_by(instance.key)) == []
    assert store.read(lambda uow: uow.messages.waiting("alarm", None, WaitKind.SIGNAL)) == []
    assert store.read(lambda uow: uow.timers.next_due()) is None
    finished = store.read(lambda uow: uow.tasks.finished_of(instance.key))
    assert [(t.status, t.completed_at, t.completed_by) for t in finished] == [(TaskStatus.COMPLETED, after, "mette")]


def test_a_terminated_task_is_cancelled_by_nobody(store: SqlStore) -> None:
    task = m.user_task()
    instance = m.started(store, task)
    m.move(store, instance.key, m.step(closed=m.closed(task, reason=CloseReason.TERMINATED)))
    found = store.read(lambda uow: uow.tasks.get(task.key))
    assert found is not None
    assert (found.status, found.completed_by) == (TaskStatus.CANCELED, None)


def test_a_step_on_an_old_version_is_stale(store: SqlStore) -> None:
    first = m.started(store)
    m.move(store, first.key, m.step(b"2"))
    with pytest.raises(Stale):
        store.transact(lambda uow: uow.instances.apply(first, m.step(b"mine"), m.entry()))
    assert store.read(lambda uow: uow.instances.state(first.key)) == b"2"


def test_locking_twice_gives_the_row_as_it_stands(store: SqlStore) -> None:
    instance = m.started(store)

    def work(uow):  # type: ignore[no-untyped-def]
        locked = uow.instances.lock(instance.key)
        moved = uow.instances.apply(locked, m.step(b"2"), m.entry())
        assert uow.instances.lock(instance.key) == moved
        return uow.instances.apply(moved, m.step(b"3"), m.entry())

    assert store.transact(work).version == 3


def test_a_called_instance_leads_to_its_root(store: SqlStore) -> None:
    child = m.version(id_="barn", number=4, folder="anden")
    m.deploy(store, child)
    called = m.key()
    task = m.user_task(called_key=called, process_id="barn")
    job = m.job(called_key=called, process_id="barn")
    instance = store.transact(
        lambda uow: m.begin(
            uow,
            m.step(
                called=[CalledInstance(called, child.key, 5, 6, True, None)],
                opened=[task, job],
                elements=[m.element(called=called, process_id="barn")],
            ),
        )
    )

    locked = store.transact(lambda uow: uow.instances.lock(called))
    assert locked is not None
    assert (locked.key, locked.state) == (instance.key, b"state")
    row = store.read(lambda uow: uow.instances.get(called))
    assert row is not None
    assert (row.key, row.root_key, row.process_id, row.definition_version) == (called, instance.key, "barn", 4)
    assert (row.parent_key, row.parent_element_instance_key) == (5, 6)
    found = store.read(lambda uow: uow.tasks.get(task.key))
    assert found is not None
    assert (found.definition_key, found.called_key, found.instance_key) == (child.key, called, instance.key)
    assert [j.folder for j in store.read(lambda uow: uow.jobs.of(instance.key))] == ["anden"]
    assert [c.key for c in store.read(lambda uow: uow.queries.children(instance.key))] == [called]

    again = m.user_task(called_key=called, process_id="barn")
    m.move(store, instance.key, m.step(opened=[again]))
    found = store.read(lambda uow: uow.tasks.get(again.key))
    assert found is not None
    assert found.definition_key == child.key

    over = CalledInstance(called, child.key, 5, 6, False, InstanceStatus.COMPLETED)
    m.move(store, instance.key, m.step(called=[over]))
    row = store.read(lambda uow: uow.instances.get(called))
    assert row is not None
    assert (row.status, row.ended_at) == (InstanceStatus.COMPLETED, m.START)


def test_elements_and_flows(store: SqlStore) -> None:
    process = m.version()
    m.deploy(store, process)
    active, over = m.element("a"), m.element("b", state=ElementState.COMPLETED)
    flows = [FlowTaken("f1", "ansoegning", None), FlowTaken("f1", "ansoegning", None), FlowTaken("f2", "barn", 9)]
    instance = store.transact(
        lambda uow: m.begin(uow, m.step(elements=[active, over], flows=flows), definition=process)
    )
    later = m.START + m.HOUR
    m.move(
        store,
        instance.key,
        m.step(
            elements=[m.element("a", own=active.key, started=False, state=ElementState.TERMINATED)],
            flows=[FlowTaken("f1", "ansoegning", None), FlowTaken("f3", "ansoegning", None)],
        ),
        m.entry(at=later),
    )
    rows = store.read(lambda uow: uow.queries.elements(instance.key))
    assert [(r.element_id, r.state, r.started_at, r.ended_at) for r in rows] == [
        ("b", ElementState.COMPLETED, m.START, m.START),
        ("a", ElementState.TERMINATED, m.START, later),
    ]
    taken = store.read(lambda uow: uow.queries.flows(instance.key))
    assert taken == {"ansoegning": frozenset({"f1", "f3"}), "barn": frozenset({"f2"})}


def test_the_last_end_event_of_the_process_itself_is_kept(store: SqlStore) -> None:
    def work(uow):  # type: ignore[no-untyped-def]
        begun = uow.instances.begin(
            m.key(),
            process_id="p",
            definition_key=1,
            definition_version=1,
            folder="",
            case_key=None,
            started_by_message=None,
            at=m.START,
        )
        done = ElementState.COMPLETED
        ends = [
            m.element("slut_1", type_="endEvent", scope=begun.key, state=done),
            m.element("slut_2", type_="endEvent", scope=begun.key, state=done),
            m.element("slut_indre", type_="endEvent", scope=77, state=done),
        ]
        return uow.instances.apply(begun, m.step(status=InstanceStatus.COMPLETED, elements=ends), m.entry())

    instance = store.transact(work)
    stored = store.read(lambda uow: uow.instances.get(instance.key))
    assert stored is not None
    assert stored.end_event == "slut_2"


def test_suspending_holds_tasks_timers_and_jobs(store: SqlStore) -> None:
    task, timer, job = m.user_task(), m.timer(m.START), m.job()
    instance = m.started(store, task, timer, job)
    now = m.START + m.HOUR

    def suspend(flag: bool):  # type: ignore[no-untyped-def]
        return store.transact(lambda uow: uow.instances.set_suspended(instance, flag, m.entry("suspended", at=now)))

    assert suspend(True).suspended
    assert [t.suspended for t in store.read(lambda uow: uow.tasks.open_of(instance.key))] == [True]
    assert store.transact(lambda uow: uow.timers.claim(now, until=now + m.MINUTE, limit=9)) == []
    assert store.transact(lambda uow: uow.jobs.claim(now, until=now + m.MINUTE, limit=9)) == []
    assert store.read(lambda uow: uow.timers.next_due()) is None
    assert store.read(lambda uow: uow.jobs.next_due(now)) is None
    late = m.user_task()
    m.move(store, instance.key, m.step(opened=[late]))
    assert [t.suspended for t in store.read(lambda uow: uow.tasks.open_of(instance.key))] == [True, True]

    assert not suspend(False).suspended
    assert [t.suspended for t in store.read(lambda uow: uow.tasks.open_of(instance.key))] == [False, False]
    assert [t.key for t in store.transact(lambda uow: uow.timers.claim(now, until=now + m.MINUTE, limit=9))] == [
        timer.key
    ]
    assert [j.key for j in store.transact(lambda uow: uow.jobs.claim(now, until=now + m.MINUTE, limit=9))] == [job.key]


def test_incidents_of_steps_come_and_go(store: SqlStore) -> None:
    instance = m.started(store)
    opened = IncidentOpened(
        type=IncidentType.CONDITION_ERROR,
        message="Ingen betingelse er opfyldt.",
        element_id="valg",
        element_name="Valg",
        element_instance_key=41,
        process_id="ansoegning",
    )
    m.move(store, instance.key, m.step(incidents=[opened]))
    m.move(store, instance.key, m.step(incidents=[opened]))
    found = store.read(lambda uow: uow.incidents.open_of(instance.key))
    assert [(i.message, i.element_instance_key, i.type) for i in found] == [
        ("Ingen betingelse er opfyldt.", 41, IncidentType.CONDITION_ERROR)
    ]
    m.move(store, instance.key, m.step(incidents_gone=[41]), m.entry(actor="ole"))
    assert store.read(lambda uow: uow.incidents.open_of(instance.key)) == []
    gone = store.read(lambda uow: uow.incidents.get(found[0].key))
    assert gone is not None
    assert (gone.resolved_by, gone.resolved_at) == ("ole", m.START)


def test_started_by_message_is_known_while_it_runs(store: SqlStore) -> None:
    instance = m.started(store, message=("henvendelse", "K1"))
    ask = lambda key: store.read(lambda uow: uow.instances.active_started_by("ansoegning", "henvendelse", key))  # noqa: E731
    assert ask("K1")
    assert not ask("K2")
    with pytest.raises(Stale):
        m.started(store, message=("henvendelse", "K1"))
    m.move(store, instance.key, m.step(status=InstanceStatus.COMPLETED))
    assert not ask("K1")
    m.started(store, message=("henvendelse", "K1"))


def test_without_a_correlation_key_any_number_may_be_started(store: SqlStore) -> None:
    m.started(store, message=("henvendelse", ""))
    m.started(store, message=("henvendelse", ""))
    assert not store.read(lambda uow: uow.instances.active_started_by("ansoegning", "henvendelse", ""))


def test_active_instances_per_version(store: SqlStore) -> None:
    old, new = m.version(number=1), m.version(number=2)
    m.deploy(store, old, new)
    m.started(store, definition=old)
    m.started(store, definition=new)
    ended = m.started(store, definition=new)
    m.move(store, ended.key, m.step(status=InstanceStatus.COMPLETED))
    assert store.read(lambda uow: uow.instances.active_with_version_below("ansoegning")) == {1: 1, 2: 1}
    assert store.read(lambda uow: uow.queries.instance_counts()) == {"ansoegning": {1: 1, 2: 1}}


def test_begun_without_a_step_is_kept_all_the_same(store: SqlStore) -> None:
    begun = store.transact(
        lambda uow: uow.instances.begin(
            m.key(),
            process_id="p",
            definition_key=1,
            definition_version=1,
            folder="",
            case_key=None,
            started_by_message=None,
            at=m.START,
        )
    )
    assert store.read(lambda uow: uow.instances.get(begun.key)) == begun
    assert store.read(lambda uow: uow.instances.state(begun.key)) is None
