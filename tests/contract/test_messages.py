"""Messages and signals: who waits, what is kept for later, and that the two always meet."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from service.domain.waits import StartSubscription, WaitKind
from service.store import SqlStore, SqlUnitOfWork
from tests.contract import making as m

LATER = m.START + m.HOUR


def buffer(
    store: SqlStore, name: str = "svar", key: str = "A-1", *, expires: datetime = LATER, id_: str | None = None
) -> bool:
    return store.transact(
        lambda uow: uow.messages.buffer(m.key(), name, key, {"a": 1}, message_id=id_, expires_at=expires)
    )


def test_open_subscriptions_oldest_first(store: SqlStore) -> None:
    first, second = m.message(), m.message(process_id="anden")
    one = m.started(store, first, m.message(correlation_key="A-2"), m.message("andet"))
    two = m.started(store, second, m.signal("svar"))
    found = store.read(lambda uow: uow.messages.waiting("svar", "A-1", WaitKind.MESSAGE))
    assert [(s.key, s.instance_key, s.process_id, s.name) for s in found] == [
        (first.key, one.key, "ansoegning", "svar"),
        (second.key, two.key, "anden", "svar"),
    ]
    assert (found[0].element_id, found[0].element_name, found[0].kind) == ("vent", "Vent på svar", WaitKind.MESSAGE)
    assert len(store.read(lambda uow: uow.messages.waiting("svar", None, WaitKind.SIGNAL))) == 1
    assert len(store.read(lambda uow: uow.messages.awaited_by(two.key))) == 1
    assert store.read(lambda uow: uow.messages.waiting("svar", "a-1", WaitKind.MESSAGE)) == []


def test_starts_are_replaced_per_process(store: SqlStore) -> None:
    def start(
        process: str, element: str, name: str = "henvendelse", kind: WaitKind = WaitKind.MESSAGE
    ) -> StartSubscription:
        return StartSubscription(definition_key=1, process_id=process, element_id=element, kind=kind, name=name)

    old = [start("a", "s1"), start("a", "s2", "alarm", WaitKind.SIGNAL), start("b", "s1")]
    store.transact(lambda uow: uow.definitions.replace_starts(["a", "b"], old))
    found = store.read(lambda uow: uow.messages.starts("henvendelse", WaitKind.MESSAGE))
    assert found == [start("a", "s1"), start("b", "s1")]
    assert len(store.read(lambda uow: uow.messages.starts("alarm", WaitKind.SIGNAL))) == 1
    store.transact(lambda uow: uow.definitions.replace_starts(["a"], [start("a", "s9")]))
    found = store.read(lambda uow: uow.messages.starts("henvendelse", WaitKind.MESSAGE))
    assert [(s.process_id, s.element_id) for s in found] == [("a", "s9"), ("b", "s1")]
    assert store.read(lambda uow: uow.messages.starts("alarm", WaitKind.SIGNAL)) == []


def test_buffered_messages_oldest_first_until_they_expire(store: SqlStore) -> None:
    assert buffer(store)
    assert buffer(store, "andet", "B")
    assert buffer(store, "svar", "A-1", expires=m.START + m.MINUTE)
    wanted = [("svar", "A-1"), ("andet", "B"), ("svar", "A-9")]
    found = store.read(lambda uow: uow.messages.buffered(wanted, m.START))
    assert [(b.name, b.correlation_key, b.variables) for b in found] == [
        ("svar", "A-1", {"a": 1}),
        ("andet", "B", {"a": 1}),
        ("svar", "A-1", {"a": 1}),
    ]
    assert [b.key for b in found] == sorted(b.key for b in found)
    assert len(store.read(lambda uow: uow.messages.buffered(wanted, m.START + m.MINUTE))) == 2
    assert store.read(lambda uow: uow.messages.buffered([], m.START)) == []


def test_the_same_message_is_kept_once(store: SqlStore) -> None:
    assert buffer(store, id_="id-1")
    assert not buffer(store, id_="id-1")
    assert buffer(store, id_="id-2")
    assert buffer(store, key="A-2", id_="id-1")
    assert buffer(store)
    assert buffer(store)
    assert len(store.read(lambda uow: uow.messages.buffered([("svar", "A-1")], m.START))) == 4


def test_whom_a_buffered_message_reached(store: SqlStore) -> None:
    buffer(store)
    (kept,) = store.read(lambda uow: uow.messages.buffered([("svar", "A-1")], m.START))
    assert kept.delivered_to == frozenset()
    for process in ("a", "b", "a"):
        store.transact(lambda uow, p=process: uow.messages.delivered(kept.key, p))
    (kept,) = store.read(lambda uow: uow.messages.buffered([("svar", "A-1")], m.START))
    assert kept.delivered_to == {"a", "b"}
    assert store.transact(lambda uow: uow.messages.drop_expired(m.START)) == 0
    assert store.transact(lambda uow: uow.messages.drop_expired(LATER)) == 1
    assert buffer(store, id_="id-1")


def test_publisher_and_waiter_never_miss_each_other(store: SqlStore) -> None:
    """Both look for the other in the same moment; one of them must see the other."""
    for round_ in range(6):
        key, ready = f"K-{round_}", threading.Barrier(2)

        def publish(key: str = key, ready: threading.Barrier = ready) -> bool:
            ready.wait(10)

            def work(uow: SqlUnitOfWork) -> bool:
                if uow.messages.waiting("svar", key, WaitKind.MESSAGE):
                    return True
                uow.messages.buffer(m.key(), "svar", key, {}, message_id=None, expires_at=LATER)
                return False

            return store.transact(work)

        def wait(key: str = key, ready: threading.Barrier = ready) -> bool:
            ready.wait(10)

            def work(uow: SqlUnitOfWork) -> bool:
                m.begin(uow, m.step(opened=[m.message("svar", key)]))
                return bool(uow.messages.buffered([("svar", key)], m.START))

            return store.transact(work)

        with ThreadPoolExecutor(2) as pool:
            published, waited = pool.submit(publish), pool.submit(wait)
            assert published.result() is not waited.result()
