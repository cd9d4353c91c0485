"""Units of work: all or nothing, tried again when overtaken, and reading on a snapshot."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import make_url

from service.domain.errors import SetupFault, Stale
from service.domain.storage import HistoryEntry
from service.domain.waits import Wait
from service.store import Sealer, SqlStore, SqlUnitOfWork, open_store, upgrade
from service.store.faults import Overtaken
from service.store.sealing import MasterKey
from service.store.unit_of_work import TRIES
from tests.contract import making as m

ROOT = Path(__file__).resolve().parents[2]


class Refused(Exception):
    """What a use case raises."""


def test_what_work_raises_undoes_everything(store: SqlStore) -> None:
    instance = m.started(store)
    task = m.user_task()

    def work(uow: SqlUnitOfWork) -> None:
        locked = uow.instances.lock(instance.key)
        assert locked is not None
        uow.instances.apply(locked, m.step(b"never", opened=[task]), m.entry())
        uow.people.put_unit(m.unit("nord"))
        raise Refused

    with pytest.raises(Refused):
        store.transact(work)
    assert store.read(lambda uow: uow.instances.state(instance.key)) == b"state"
    assert store.read(lambda uow: uow.tasks.get(task.key)) is None
    assert store.read(lambda uow: uow.people.units()) == []


@pytest.mark.parametrize(
    ("opened", "expected"),
    [(m.user_task(), False), (m.message(), False), (m.job(), True), (m.timer(), True), (m.timer(None), True)],
    ids=["task", "message", "job", "timer", "timer without a time"],
)
def test_it_tells_whether_workers_may_have_something_to_do(store: SqlStore, opened: Wait, expected: bool) -> None:
    instance = m.started(store)

    def work(uow: SqlUnitOfWork) -> bool:
        locked = uow.instances.lock(instance.key)
        assert locked is not None
        assert not uow.for_workers
        uow.instances.apply(locked, m.step(opened=[opened]), m.entry())
        return uow.for_workers

    assert store.transact(work) is expected


def test_what_was_held_is_for_workers_when_it_goes_on(store: SqlStore) -> None:
    instance = m.started(store, m.timer())

    def hold(uow: SqlUnitOfWork, *, suspended: bool) -> bool:
        locked = uow.instances.lock(instance.key)
        assert locked is not None
        uow.instances.set_suspended(locked, suspended, m.entry("suspended"))
        return uow.for_workers

    assert store.transact(lambda uow: hold(uow, suspended=True))
    assert store.transact(lambda uow: hold(uow, suspended=False))


def test_work_is_run_again_when_it_was_overtaken(store: SqlStore) -> None:
    runs: list[int] = []

    def work(uow: SqlUnitOfWork) -> int:
        runs.append(1)
        uow.people.put_unit(m.unit(f"enhed-{len(runs)}"))
        if len(runs) < 3:
            raise Overtaken
        return len(runs)

    assert store.transact(work) == 3
    assert [u.id for u in store.read(lambda uow: uow.people.units())] == ["enhed-3"]


def test_tries_are_bounded(store: SqlStore) -> None:
    runs: list[int] = []

    def work(uow: SqlUnitOfWork) -> None:
        runs.append(1)
        raise Overtaken

    with pytest.raises(Stale):
        store.transact(work)
    assert len(runs) == TRIES


def test_a_refusal_is_not_run_again(store: SqlStore) -> None:
    runs: list[int] = []

    def work(uow: SqlUnitOfWork) -> None:
        runs.append(1)
        raise Stale

    with pytest.raises(Stale):
        store.transact(work)
    assert len(runs) == 1


def test_no_move_is_lost_between_threads(store: SqlStore) -> None:
    instance = m.started(store)

    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(store.transact, lambda uow: m.add_one(uow, instance.key)) for _ in range(80)]:
            done.result()
    assert store.read(lambda uow: uow.instances.state(instance.key)) == b"state" + b"+" * 80
    assert store.read(lambda uow: uow.history.verify(instance.key)) is None


def test_no_case_save_is_lost_between_threads(store: SqlStore) -> None:
    """Cases are not locked on reading: a save that comes second is run again from the start."""
    case = m.open_case(store, m.case(hours_used=0.0))

    def add_one(uow: SqlUnitOfWork) -> None:
        found = uow.cases.get(case.key)
        assert found is not None
        uow.cases.save(m.replace(found, hours_used=(found.hours_used or 0) + 1))

    with ThreadPoolExecutor(4) as pool:
        for done in [pool.submit(store.transact, add_one) for _ in range(24)]:
            done.result()
    found = store.read(lambda uow: uow.cases.get(case.key))
    assert found is not None
    assert found.hours_used == 24


def test_two_that_wait_for_each_other_both_get_through(store: SqlStore) -> None:
    """A deadlock on PostgreSQL; SQLite lets one in at a time."""
    one, other = m.started(store), m.started(store)
    both_hold_one = threading.Barrier(2)
    tries: list[int] = []

    def move(first: int, second: int, *, meet: bool) -> None:
        to_meet = [both_hold_one] if meet else []

        def work(uow: SqlUnitOfWork) -> None:
            tries.append(1)
            for key in (first, second):
                locked = uow.instances.lock(key)
                assert locked is not None
                uow.instances.apply(locked, m.step((locked.state or b"") + b"+"), m.entry())
                if to_meet:
                    to_meet.pop().wait(10)

        store.transact(work)

    meet = make_url(str(store.url)).get_backend_name() == "postgresql"
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(move, one.key, other.key, meet=meet)
        second = pool.submit(move, other.key, one.key, meet=meet)
        first.result()
        second.result()
    for instance in (one, other):
        assert store.read(lambda uow, key=instance.key: uow.instances.state(key)) == b"state++"
    if meet:
        assert len(tries) > 2


def test_reading_sees_one_moment(store: SqlStore) -> None:
    instance = m.started(store)
    read_once, written = threading.Event(), threading.Event()

    def look(uow: SqlUnitOfWork) -> tuple[bytes | None, bytes | None]:
        before = uow.instances.state(instance.key)
        read_once.set()
        assert written.wait(10)
        return before, uow.instances.state(instance.key)

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(store.read, look)
        assert read_once.wait(10)
        m.move(store, instance.key, m.step(b"new"))
        written.set()
        assert looking.result() == (b"state", b"state")
    assert store.read(lambda uow: uow.instances.state(instance.key)) == b"new"


def test_writing_while_reading_is_a_mistake(store: SqlStore) -> None:
    instance = m.started(store)
    line: HistoryEntry = m.entry("assigned")
    for work in (
        lambda uow: uow.people.put_unit(m.unit("nord")),
        lambda uow: uow.instances.lock(instance.key),
        lambda uow: uow.history.append(instance.key, line),
        lambda uow: uow.timers.claim(m.START, until=m.START + m.HOUR, limit=1),
        lambda uow: uow.jobs.claim(m.START, until=m.START + m.HOUR, limit=1),
    ):
        with pytest.raises(RuntimeError):
            store.read(work)


def test_a_unit_of_work_inside_another_is_a_mistake(store: SqlStore) -> None:
    with pytest.raises(RuntimeError):
        store.transact(lambda _: store.transact(lambda uow: uow.people.units()))
    assert store.transact(lambda uow: uow.people.units()) == []


def test_another_master_key_is_refused(url: str, store: SqlStore) -> None:
    with pytest.raises(SetupFault, match="Hovednøglen passer ikke"):
        open_store(url, sealer=Sealer.fresh())
    store.ping()


def test_a_database_without_schema_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SetupFault, match="db upgrade"):
        open_store(f"sqlite:///{tmp_path / 'tom.db'}", sealer=Sealer.fresh())


def test_only_two_kinds_of_database() -> None:
    with pytest.raises(SetupFault, match="sqlite:/// eller postgresql://"):
        open_store("mysql://localhost/x", sealer=Sealer.fresh())


def test_a_database_that_does_not_answer(tmp_path: Path) -> None:
    with pytest.raises(SetupFault, match="svarer ikke"):
        open_store("postgresql://nobody@127.0.0.1:1/intet", sealer=Sealer.fresh())


def cut_all(url: str) -> None:
    """End every connection to this PostgreSQL database but our own."""
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_cut_connection_is_replaced(store: SqlStore, url: str) -> None:
    instance = m.started(store)
    cut_all(url)
    assert store.read(lambda uow: uow.instances.state(instance.key)) == b"state"
    cut_all(url)
    m.move(store, instance.key, m.step(b"2"))
    runs: list[int] = []

    def cut_in_the_middle(uow: SqlUnitOfWork) -> None:
        runs.append(1)
        locked = uow.instances.lock(instance.key)
        assert locked is not None
        if len(runs) == 1:
            cut_all(url)
        uow.instances.apply(locked, m.step((locked.state or b"") + b"+"), m.entry())
        uow.people.units()

    store.transact(cut_in_the_middle)
    assert store.read(lambda uow: uow.instances.state(instance.key)) == b"2+"
    assert len(runs) == 2
    assert store.read(lambda uow: uow.history.verify(instance.key)) is None


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_a_connection_cut_at_the_commit_is_told_and_not_tried_again(store: SqlStore, url: str) -> None:
    runs: list[int] = []

    def work(uow: SqlUnitOfWork) -> None:
        runs.append(1)
        uow.people.put_unit(m.unit("nord"))
        assert uow.people.unit("nord") is not None
        cut_all(url)

    with pytest.raises(SetupFault, match="mens der blev gemt"):
        store.transact(work)
    assert len(runs) == 1
    assert store.read(lambda uow: uow.people.units()) == []


@pytest.mark.parametrize("url", ["sqlite"], indirect=True)
def test_two_processes_take_turns(store: SqlStore, url: str, tmp_path: Path) -> None:
    """The lock in the process knows nothing of the other one: SQLite's own does."""
    key_file = tmp_path / "master.key"
    shared = open_store(f"sqlite:///{fresh(tmp_path / 'shared.db')}", sealer=Sealer.from_file(key_file, create=True))
    instance = m.started(shared)
    code = (
        "import sys\n"
        "from pathlib import Path\n"
        "from service.store import Sealer, open_store\n"
        "from tests.contract.making import add_one\n"
        "store = open_store(sys.argv[1], sealer=Sealer.from_file(Path(sys.argv[2])))\n"
        "for _ in range(60):\n"
        "    store.transact(lambda uow: add_one(uow, int(sys.argv[3])))\n"
    )
    arguments = [f"sqlite:///{tmp_path / 'shared.db'}", str(key_file), str(instance.key)]
    others = [subprocess.Popen([sys.executable, "-c", code, *arguments], cwd=ROOT) for _ in range(2)]
    for _ in range(60):
        shared.transact(lambda uow: m.add_one(uow, instance.key))
    assert [other.wait(60) for other in others] == [0, 0]
    assert shared.read(lambda uow: uow.instances.state(instance.key)) == b"state" + b"+" * 180
    assert shared.read(lambda uow: uow.history.verify(instance.key)) is None
    shared.close()


def fresh(path: Path) -> Path:
    upgrade(f"sqlite:///{path}")
    return path


def test_a_new_master_key_wraps_the_data_keys_anew(url: str) -> None:
    old, new = MasterKey(1, b"o" * 32), MasterKey(2, b"n" * 32)
    first = open_store(url, sealer=Sealer([old]))
    m.open_case(first, m.case(), m.citizen())
    instance = m.started(first)
    first.close()
    second = open_store(url, sealer=Sealer([old, new]))
    assert second.rewrap() == 3
    assert second.rewrap() == 0
    assert second.read(lambda uow: uow.instances.state(instance.key)) == b"state"
    assert second.read(lambda uow: uow.citizens.by_cpr("0101019998")) is not None
    second.close()
    third = open_store(url, sealer=Sealer([old]))
    with pytest.raises(SetupFault, match="hovednøgle"):
        third.read(lambda uow: uow.instances.state(instance.key))
    third.close()


def test_in_memory_threads_share_one_store() -> None:
    store = open_store(":memory:", sealer=Sealer.fresh())
    instance = m.started(store)
    with ThreadPoolExecutor(4) as pool:
        moves = [pool.submit(m.move, store, instance.key, m.step(b"x")) for _ in range(20)]
        looks = [pool.submit(store.read, lambda uow: uow.instances.state(instance.key)) for _ in range(20)]
        assert {done.result().status.value for done in moves} == {"ACTIVE"}
        assert {done.result() for done in looks} <= {b"state", b"x"}
    store.close()
