"""History: append-only, in order, chained so that tampering shows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, create_engine, text

from service.domain.instances import Instance
from service.store import SqlStore
from service.store.database import parse
from tests.contract import making as m


@pytest.fixture
def instance(store: SqlStore) -> Instance:
    begun = m.started(store)
    for number in range(4):
        m.move(store, begun.key, m.step(), m.entry(opgave=f"nr {number}"))
    store.transact(lambda uow: uow.history.append(begun.key, m.entry("assigned", actor="leder", til="Ida Test")))
    return begun


@pytest.fixture
def intruder(url: str) -> Iterator[Connection]:
    """Somebody who writes to the database beside the program."""
    engine = create_engine(parse(url))
    with engine.begin() as connection:
        yield connection
    engine.dispose()


def test_newest_first_and_page_by_page(store: SqlStore, instance: Instance) -> None:
    entries = store.read(lambda uow: uow.history.of(instance.key))
    assert [e.number for e in entries] == [6, 5, 4, 3, 2, 1]
    assert (entries[0].kind, entries[0].actor, entries[0].details) == ("assigned", "leder", {"til": "Ida Test"})
    assert (entries[1].kind, entries[1].at, entries[1].details) == ("TaskCompleted", m.START, {"opgave": "nr 3"})
    assert entries[5].kind == "Start"
    page = store.read(lambda uow: uow.history.of(instance.key, before=5, limit=2))
    assert [e.number for e in page] == [4, 3]
    assert store.read(lambda uow: uow.history.of(m.key())) == []
    assert store.read(lambda uow: uow.history.verify(instance.key)) is None


@pytest.mark.parametrize(
    ("change", "broken"),
    [
        ("UPDATE history SET actor = 'en anden' WHERE number = 3", 3),
        ("UPDATE history SET kind = 'Cancelled' WHERE number = 2", 2),
        ("UPDATE history SET details = (SELECT h.details FROM history h WHERE h.number = 5) WHERE number = 4", 4),
        ("UPDATE history SET hash = (SELECT h.hash FROM history h WHERE h.number = 5) WHERE number = 4", 4),
        ("DELETE FROM history WHERE number = 3", 3),
        ("DELETE FROM history WHERE number = 6", 6),
        ("UPDATE history SET number = 7 WHERE number = 6", 6),
        ("DELETE FROM history", 1),
    ],
)
def test_tampering_shows(store: SqlStore, instance: Instance, intruder: Connection, change: str, broken: int) -> None:
    other = m.started(store)
    only = f"{change} {'AND' if 'WHERE' in change else 'WHERE'} instance_key = {instance.key}"
    intruder.execute(text(only))
    intruder.commit()
    assert store.read(lambda uow: uow.history.verify(instance.key)) == broken
    assert store.read(lambda uow: uow.history.verify(other.key)) is None


def test_a_forged_last_entry_shows(store: SqlStore, instance: Instance, intruder: Connection) -> None:
    """Even with the instance's own note of the chain's end changed to fit."""
    intruder.execute(text(f"DELETE FROM history WHERE number = 6 AND instance_key = {instance.key}"))
    intruder.execute(
        text(
            "INSERT INTO history (instance_key, number, at, actor, kind, details, hash) "
            "SELECT instance_key, 6, at, 'en anden', kind, details, hash FROM history "
            f"WHERE number = 5 AND instance_key = {instance.key}"
        )
    )
    intruder.execute(
        text(
            f"UPDATE instance SET history_hash = (SELECT hash FROM history WHERE number = 6) WHERE key = {instance.key}"
        )
    )
    intruder.commit()
    assert store.read(lambda uow: uow.history.verify(instance.key)) == 6


def test_appending_and_moving_in_one_unit_of_work(store: SqlStore, instance: Instance) -> None:
    def work(uow):  # type: ignore[no-untyped-def]
        uow.history.append(instance.key, m.entry("read"))
        locked = uow.instances.lock(instance.key)
        uow.instances.apply(locked, m.step(), m.entry())
        uow.history.append(instance.key, m.entry("assigned"))

    store.transact(work)
    entries = store.read(lambda uow: uow.history.of(instance.key, limit=3))
    assert [(e.number, e.kind) for e in entries] == [(9, "assigned"), (8, "TaskCompleted"), (7, "read")]
    assert store.read(lambda uow: uow.history.verify(instance.key)) is None
