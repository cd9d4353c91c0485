"""What leaders oversee, counted on both databases."""

from __future__ import annotations

from datetime import datetime

from service.domain.waits import UserTaskWait
from service.domain.workload import TaskCount, Waiting, added_up
from service.store import SqlStore
from tests.contract import making as m

UNITS, KINDS = ("nord", "syd"), ("soegning",)
NOW, SOON = m.START + 5 * m.HOUR, m.START + 10 * m.HOUR


def task(store: SqlStore, unit: str, hours: int | None, *, at: datetime = m.START, **fields: object) -> UserTaskWait:
    due = None if hours is None else m.START + hours * m.HOUR
    wait = m.user_task(candidate_groups=(f"behandler@{unit}",), due=due, **fields)
    store.transact(lambda uow: m.begin(uow, m.step(opened=[wait]), at=at))
    return wait


def told(count: TaskCount) -> tuple[int, int, int]:
    return count.open, count.overdue, count.soon


def test_cases_are_counted_per_unit_and_worker(store: SqlStore) -> None:
    for number, fields in enumerate(
        (
            {"unit": "nord", "worker": "mette"},
            {"unit": "nord", "worker": "mette", "paused_at": m.START},
            {"unit": "syd", "worker": None},
            {"unit": "nord", "worker": "ole", "closed_at": m.START},
            {"unit": "vest", "worker": "mette"},
            {"unit": "nord", "worker": "mette", "kind": "anden"},
        )
    ):
        store.transact(lambda uow, n=number, f=fields: uow.cases.open(m.case(str(n), **f)))
    counts = store.read(lambda uow: uow.workload.cases(KINDS, UNITS))
    assert {(c.unit, c.worker): (c.open, c.paused) for c in counts} == {
        ("nord", "mette"): (2, 1),
        ("syd", None): (1, 0),
    }
    assert store.read(lambda uow: uow.workload.cases((), UNITS)) == []


def test_tasks_are_counted_by_how_near_their_deadline_is(store: SqlStore) -> None:
    task(store, "nord", 1, assignee="mette")
    task(store, "nord", 5)
    task(store, "nord", 9, element_id="ring", process_id="andet", at=m.START - m.DAY)
    task(store, "nord", 10)
    task(store, "syd", None)
    task(store, "vest", 1)
    held = task(store, "nord", 1)
    with_instance = store.read(lambda uow: uow.tasks.get(held.key))
    assert with_instance is not None

    def hold(uow) -> None:  # type: ignore[no-untyped-def]
        instance = uow.instances.lock(with_instance.instance_key)
        uow.instances.set_suspended(instance, True, m.entry("suspended"))

    store.transact(hold)
    counts = store.read(lambda uow: uow.workload.tasks(UNITS, NOW, SOON))
    assert {(c.unit, c.process_id, c.element_id, c.name, c.assignee): told(c) for c in counts} == {
        ("nord", "ansoegning", "vurder", "Vurder ansøgning", "mette"): (1, 1, 0),
        ("nord", "ansoegning", "vurder", "Vurder ansøgning", None): (3, 0, 1),
        ("nord", "andet", "ring", "Vurder ansøgning", None): (1, 0, 1),
        ("syd", "ansoegning", "vurder", "Vurder ansøgning", None): (1, 0, 0),
    }
    assert {unit: told(c) for unit, c in added_up(counts, lambda c: c.unit).items()} == {
        "nord": (5, 1, 2),
        "syd": (1, 0, 0),
    }


def test_times_are_of_completed_tasks_in_the_span(store: SqlStore) -> None:
    for unit, hours in (("nord", 2), ("nord", 50), ("vest", 3)):
        wait = m.user_task(candidate_groups=(f"behandler@{unit}",))
        instance = m.started(store, wait)
        m.move(store, instance.key, m.step(closed=m.closed(wait)), m.entry(at=m.START + hours * m.HOUR))
    cancelled = m.user_task(candidate_groups=("behandler@nord",))
    gone = m.started(store, cancelled)
    m.move(store, gone.key, m.step(closed=m.closed(cancelled, reason=m.CloseReason.TERMINATED)))
    m.started(store, m.user_task(candidate_groups=("behandler@nord",)))

    def taken(until: int, limit: int = 9) -> list[tuple[str, str, float]]:
        end = m.START + until * m.HOUR
        rows = store.read(lambda uow: uow.workload.times_taken(UNITS, m.START, end, limit))
        return [(process, element, (done - made) / m.HOUR) for process, element, made, done in rows]

    assert taken(99) == [("ansoegning", "vurder", 50), ("ansoegning", "vurder", 2)]
    assert taken(50) == [("ansoegning", "vurder", 2)]
    assert taken(99, limit=1) == [("ansoegning", "vurder", 50)]


def test_where_courses_wait_and_since_when(store: SqlStore) -> None:
    process = m.version()
    m.deploy(store, process)
    cases = [m.open_case(store, m.case(f"V-{n}", unit=unit)) for n, unit in enumerate(("nord", "nord", "syd", "vest"))]
    for number, case in enumerate(cases):
        standing = [m.element("vent"), m.element("ring", state=m.ElementState.COMPLETED)]
        step = m.step(elements=standing)
        at = m.START + number * m.HOUR
        store.transact(lambda uow, s=step, c=case, a=at: m.begin(uow, s, case_key=c.key, at=a, definition=process))
    found = store.read(lambda uow: uow.workload.waiting(process.id, ("nord", "syd")))
    assert found == [
        Waiting(element_id="vent", courses=3, median=m.START + m.HOUR, ninth=m.START),
    ]
    assert store.read(lambda uow: uow.workload.waiting("andet", UNITS)) == []
    assert store.read(lambda uow: uow.workload.waiting(process.id, ())) == []
