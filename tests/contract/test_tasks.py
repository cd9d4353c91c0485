"""User tasks: as opened, assigned, found; drafts that go with them."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from service.domain.cases import Draft
from service.domain.errors import NotFound, TaskMovedOn
from service.domain.storage import UnitOfWork
from service.domain.views import InboxQuery
from service.domain.waits import Closed, CloseReason, DeadlineBinding, DueChanged, TaskStatus, WaitKind
from service.store import SqlStore, SqlUnitOfWork
from tests.contract import making as m


def draft(task_key: int, username: str = "mette", **fields: list[str]) -> Draft:
    return Draft(task_key=task_key, username=username, saved_at=m.START, fields=fields)


def test_a_task_is_kept_as_it_was_opened(store: SqlStore) -> None:
    process = m.version()
    m.deploy(store, process)
    case = m.open_case(store, m.case())
    wait = m.user_task(
        form_id="skema",
        form_key=12,
        assignee="mette",
        candidate_groups=("sagsbehandler@nord", "sagsbehandler"),
        candidate_users=("ole",),
        due=m.START + m.DAY,
        follow_up=m.START + m.HOUR,
        priority=70,
        headers={"vis": "ja"},
        prefill={"navn": "Ida Test", "tal": [1, 2]},
    )
    instance = m.started(store, wait, case_key=case.key, definition=process)
    task = store.read(lambda uow: uow.tasks.get(wait.key))
    assert task is not None
    assert (task.instance_key, task.key, task.element_id, task.name) == (
        instance.key,
        wait.key,
        "vurder",
        wait.element_name,
    )
    assert (task.case_key, task.definition_key, task.called_key) == (case.key, process.key, None)
    assert (task.status, task.created_at, task.suspended) == (TaskStatus.CREATED, m.START, False)
    for name in (
        *("form_id", "form_key", "external_form", "assignee", "candidate_groups", "candidate_users"),
        *("due", "follow_up", "priority", "headers", "prefill", "element_instance_key", "process_id"),
    ):
        assert getattr(task, name) == getattr(wait, name), name
    assert store.read(lambda uow: uow.tasks.get(m.key())) is None
    assert store.transact(lambda uow: uow.tasks.lock(m.key())) is None
    assert store.transact(lambda uow: uow.tasks.lock(wait.key)) == task


def test_assigned_and_given_back(store: SqlStore) -> None:
    wait = m.user_task(candidate_groups=("a", "b"))
    m.started(store, wait)
    for assignee in ("mette", "ole", None):
        task = store.transact(lambda uow: uow.tasks.lock(wait.key))
        assert task is not None
        store.transact(lambda uow, t=task, a=assignee: uow.tasks.assign(t, a))
        found = store.read(lambda uow: uow.tasks.get(wait.key))
        assert found is not None
        assert found.assignee == assignee


def test_a_closed_task_cannot_be_assigned(store: SqlStore) -> None:
    wait = m.user_task()
    instance = m.started(store, wait)
    task = store.read(lambda uow: uow.tasks.get(wait.key))
    assert task is not None
    m.move(store, instance.key, m.step(closed=m.closed(wait)))
    with pytest.raises(TaskMovedOn):
        store.transact(lambda uow: uow.tasks.assign(task, "ole"))


def test_only_one_of_two_takes_an_unassigned_task(store: SqlStore) -> None:
    wait = m.user_task(candidate_groups=("a",))
    m.started(store, wait)
    together = threading.Barrier(4)

    def take(who: str) -> bool:
        together.wait(10)

        def work(uow: SqlUnitOfWork) -> bool:
            task = uow.tasks.lock(wait.key)
            assert task is not None
            if task.assignee is None:
                uow.tasks.assign(task, who)
            return task.assignee is None

        return store.transact(work)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(take, "abcd")) == [False, False, False, True]


def test_open_and_finished_lists(store: SqlStore) -> None:
    waits = [m.user_task(f"Opgave {n}") for n in range(5)]
    instance = m.started(store, *waits)
    m.started(store, m.user_task())
    for n, wait in enumerate(waits[:3]):
        line = m.entry(at=m.START + n * m.MINUTE, actor=f"person-{n}")
        m.move(store, instance.key, m.step(closed=m.closed(wait)), line)
    assert [t.name for t in store.read(lambda uow: uow.tasks.open_of(instance.key))] == ["Opgave 3", "Opgave 4"]
    finished = store.read(lambda uow: uow.tasks.finished_of(instance.key))
    assert [(t.name, t.completed_by) for t in finished] == [
        ("Opgave 2", "person-2"),
        ("Opgave 1", "person-1"),
        ("Opgave 0", "person-0"),
    ]
    assert len(store.read(lambda uow: uow.tasks.finished_of(instance.key, limit=2))) == 2


def test_who_took_part(store: SqlStore) -> None:
    done, mine, others = m.user_task(), m.user_task(assignee="mette"), m.user_task(candidate_users=("ida",))
    instance = m.started(store, done, mine, others)
    other = m.started(store, m.user_task(assignee="per"))
    m.move(store, instance.key, m.step(closed=m.closed(done)), m.entry(actor="ole"))

    def who(key: int) -> list[str]:
        return store.read(lambda uow: [n for n in ("mette", "ole", "ida", "per") if uow.tasks.took_part(key, n)])

    assert who(instance.key) == ["mette", "ole"]
    assert who(other.key) == ["per"]
    m.move(store, instance.key, m.step(closed=m.closed(mine, reason=CloseReason.TERMINATED)), m.entry(actor="per"))
    assert who(instance.key) == ["ole"]


def test_another_due_date(store: SqlStore) -> None:
    wait = m.user_task(due=m.START)
    instance = m.started(store, wait)
    m.move(store, instance.key, m.step(due_changes=[DueChanged(WaitKind.USER_TASK, wait.key, m.START + m.DAY)]))
    task = store.read(lambda uow: uow.tasks.get(wait.key))
    assert task is not None
    assert task.due == m.START + m.DAY


def test_open_tasks_per_assignee(store: SqlStore) -> None:
    waits = [m.user_task(assignee="mette"), m.user_task(assignee="mette"), m.user_task(assignee="ole"), m.user_task()]
    instance = m.started(store, *waits)
    m.move(store, instance.key, m.step(closed=m.closed(waits[0])))
    counts = store.read(lambda uow: uow.tasks.open_counts(["mette", "ole", "ida"]))
    assert counts == {"mette": 1, "ole": 1, "ida": 0}


def test_drafts_are_kept_per_person_and_go_with_the_task(store: SqlStore) -> None:
    wait, other = m.user_task(), m.user_task()
    instance = m.started(store, wait, other)
    for one in (draft(wait.key, navn=["I"]), draft(wait.key, navn=["Ida"], valg=["a", "b"]), draft(wait.key, "ole")):
        store.transact(lambda uow, d=one: uow.tasks.save_draft(d))
    store.transact(lambda uow: uow.tasks.save_draft(draft(other.key, navn=["Bo"])))
    found = store.read(lambda uow: uow.tasks.draft(wait.key, "mette"))
    assert found == draft(wait.key, navn=["Ida"], valg=["a", "b"])
    assert store.read(lambda uow: uow.tasks.draft(wait.key, "ida")) is None
    m.move(store, instance.key, m.step(closed=m.closed(wait)))
    assert store.read(lambda uow: uow.tasks.draft(wait.key, "mette")) is None
    assert store.read(lambda uow: uow.tasks.draft(wait.key, "ole")) is None
    assert store.read(lambda uow: uow.tasks.draft(other.key, "mette")) is not None


def test_a_draft_saved_in_the_unit_of_work_that_completes_its_task_goes_too(store: SqlStore) -> None:
    wait = m.user_task()
    instance = m.started(store, wait)

    def work(uow: SqlUnitOfWork) -> None:
        assert uow.tasks.lock(wait.key) is not None
        uow.tasks.save_draft(draft(wait.key, navn=["Ida"]))
        locked = uow.instances.lock(instance.key)
        assert locked is not None
        uow.instances.apply(locked, m.step(closed=m.closed(wait)), m.entry())

    store.transact(work)
    assert store.read(lambda uow: uow.tasks.draft(wait.key, "mette")) is None


def test_no_draft_for_a_task_that_is_closed_or_unknown(store: SqlStore) -> None:
    wait = m.user_task()
    instance = m.started(store, wait)
    m.move(store, instance.key, m.step(closed=m.closed(wait)))
    with pytest.raises(TaskMovedOn):
        store.transact(lambda uow: uow.tasks.save_draft(draft(wait.key)))
    with pytest.raises(NotFound):
        store.transact(lambda uow: uow.tasks.save_draft(draft(m.key())))


def test_a_step_changes_whose_an_open_task_is(store: SqlStore) -> None:
    wait = m.user_task(
        candidate_groups=("a@nord", "b@nord"), candidate_users=("ole",), due=m.START + m.DAY, priority=20
    )
    instance = m.started(store, wait)

    def seen_by(*, username: str = "x", groups: frozenset[str] = frozenset()) -> bool:
        asked = InboxQuery(username=username, groups=groups)
        return bool(store.read(lambda uow: uow.queries.inbox(asked)).rows)

    assert seen_by(groups=frozenset({"b@nord"}))
    changed = replace(
        wait, candidate_groups=("c@syd", "d@syd"), candidate_users=("ida",), priority=90, follow_up=m.START
    )
    m.move(store, instance.key, m.step(task_changes=[changed]))
    task = store.read(lambda uow: uow.tasks.get(wait.key))
    assert task is not None
    assert (task.candidate_groups, task.candidate_users) == (("c@syd", "d@syd"), ("ida",))
    assert (task.priority, task.follow_up, task.due) == (90, m.START, wait.due)
    assert not seen_by(groups=frozenset({"a@nord", "b@nord"}))
    assert not seen_by(username="ole")
    assert seen_by(groups=frozenset({"c@syd"}))
    assert seen_by(groups=frozenset({"d@syd"}))
    assert seen_by(username="ida")
    m.move(store, instance.key, m.step(task_changes=[replace(changed, assignee="mette")]))
    assert seen_by(username="mette")
    assert not seen_by(groups=frozenset({"c@syd"}))
    m.move(store, instance.key, m.step(task_changes=[replace(changed, candidate_groups=(), candidate_users=())]))
    assert not seen_by(username="mette")
    assert not seen_by(groups=frozenset({"c@syd"}))


def test_an_open_task_is_changed_without_a_step(store: SqlStore) -> None:
    wait = m.user_task(candidate_groups=("a@nord", "b@nord"), candidate_users=("ole",), due=m.START + m.DAY)
    m.started(store, wait)

    def seen_by(*, username: str = "x", groups: frozenset[str] = frozenset()) -> list[datetime | None]:
        found = store.read(lambda uow: uow.queries.inbox(InboxQuery(username=username, groups=groups)))
        return [row.due for row in found.rows]

    def change(**fields: Any) -> None:
        def work(uow: UnitOfWork) -> None:
            task = uow.tasks.lock(wait.key)
            assert task is not None
            uow.tasks.change(replace(task, **fields))

        store.transact(work)

    change(candidate_groups=("c@syd", "d@syd"), candidate_users=("ida",), due=m.START, priority=90, follow_up=m.START)
    task = store.read(lambda uow: uow.tasks.get(wait.key))
    assert task is not None
    assert (task.candidate_groups, task.candidate_users) == (("c@syd", "d@syd"), ("ida",))
    assert (task.due, task.follow_up, task.priority) == (m.START, m.START, 90)
    assert seen_by(groups=frozenset({"a@nord", "b@nord"})) == seen_by(username="ole") == []
    assert seen_by(groups=frozenset({"d@syd"})) == seen_by(username="ida") == [m.START]
    change(due=None, assignee="mette")
    assert seen_by(username="mette") == [None]
    assert seen_by(groups=frozenset({"c@syd", "d@syd"})) == []


def test_a_due_date_bound_to_a_deadline_moves_with_that_alone(store: SqlStore) -> None:
    wait = m.user_task(due=m.START + m.DAY, deadline=DeadlineBinding(id="svar", name="Svar", due=m.START + m.DAY))
    m.started(store, wait)
    task = store.read(lambda uow: uow.tasks.get(wait.key))
    assert task is not None
    store.transact(lambda uow: uow.tasks.change(replace(task, due=m.START, priority=9)))
    again = store.read(lambda uow: uow.tasks.get(wait.key))
    assert again is not None
    assert (again.due, again.priority) == (m.START + m.DAY, 9)


def test_who_completed_a_task_is_who_the_step_says(store: SqlStore) -> None:
    one, other = m.user_task(), m.user_task()
    instance = m.started(store, one, other)
    closed = [Closed(WaitKind.USER_TASK, one.key, CloseReason.COMPLETED, "mette"), *m.closed(other)]
    m.move(store, instance.key, m.step(closed=closed), m.entry(actor="ole"))
    found = [store.read(lambda uow, key=w.key: uow.tasks.get(key)) for w in (one, other)]
    assert [task.completed_by for task in found if task] == ["mette", "ole"]
