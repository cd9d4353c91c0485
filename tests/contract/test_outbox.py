"""Dispatches: claimed with leases, marked, found again after a crash in the middle."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime

from service.domain.cases import Dispatch, DispatchStatus
from service.domain.handling import Channel
from service.store import SqlStore
from tests.contract import making as m

UNTIL = m.START + m.HOUR


def added(store: SqlStore, *, at: datetime = m.START, **fields: object) -> Dispatch:
    case = m.open_case(store, m.case(str(m.key())))
    given: dict[str, object] = {
        "owner_key": case.key,
        "key": m.key(),
        "instance_key": 5,
        "job_key": None,
        "channel": Channel.LETTER,
        "idempotency_key": "5:send:6:0",
        "status": DispatchStatus.WAITING,
        "created_at": m.START,
        "recipient": "Ida Test, Testvej 1",
        "subject": "Afgørelse",
        "body": "<p>Kære Ida</p>",
        "document_keys": (1, 2),
        "content_sha256": "ab",
    }
    dispatch = Dispatch(**given | fields)  # type: ignore[arg-type]
    store.transact(lambda uow: uow.dispatches.add(dispatch, at))
    return dispatch


def claim(store: SqlStore, now: datetime = m.START, limit: int = 10) -> list[tuple[Dispatch, str]]:
    return list(store.transact(lambda uow: uow.dispatches.claim(now, until=now + m.HOUR, limit=limit)))


def mark(store: SqlStore, dispatch: Dispatch, token: str | None, status: DispatchStatus, **how: object) -> bool:
    return store.transact(
        lambda uow: uow.dispatches.mark(dispatch, token, status, **{"at": m.START, **how})  # type: ignore[arg-type]
    )


def get(store: SqlStore, key: int) -> Dispatch:
    found = store.read(lambda uow: uow.dispatches.get(key))
    assert found is not None
    return found


def test_kept_whole_and_claimed_when_due(store: SqlStore) -> None:
    first, later = added(store, job_key=9), added(store, at=UNTIL, job_key=9)
    assert get(store, first.key) == first
    assert store.read(lambda uow: uow.dispatches.next_due()) == m.START
    ((claimed, token),) = claim(store)
    assert claimed == replace(first, attempts=1)
    assert token
    assert claim(store) == []
    assert store.read(lambda uow: uow.dispatches.next_due()) == UNTIL
    assert {d.key for d, _ in claim(store, UNTIL)} == {first.key, later.key}
    assert [d.key for d in store.read(lambda uow: uow.dispatches.of_job(9))] == [first.key, later.key]
    assert [d.key for d in store.read(lambda uow: uow.dispatches.of_case(first.owner_key))] == [first.key]
    assert store.read(lambda uow: uow.dispatches.get(m.key())) is None


def test_sent_ones_are_done(store: SqlStore) -> None:
    dispatch = added(store)
    ((_, token),) = claim(store)
    assert mark(store, dispatch, token, DispatchStatus.SENDING)
    assert mark(store, dispatch, token, DispatchStatus.SENT, at=UNTIL, receipt="kvit-1")
    sent = get(store, dispatch.key)
    assert (sent.status, sent.sent_at, sent.receipt) == (DispatchStatus.SENT, UNTIL, "kvit-1")
    assert claim(store, UNTIL) == []
    assert store.read(lambda uow: uow.dispatches.next_due()) is None


def test_a_try_that_failed_comes_again_later(store: SqlStore) -> None:
    dispatch = added(store)
    ((_, token),) = claim(store)
    later = m.START + 5 * m.MINUTE
    assert mark(store, dispatch, token, DispatchStatus.WAITING, next_at=later, error="Serveren svarer ikke")
    assert claim(store) == []
    ((again, _),) = claim(store, later)
    assert (again.last_error, again.attempts) == ("Serveren svarer ikke", 2)


def test_a_lost_lease_marks_nothing(store: SqlStore) -> None:
    dispatch = added(store)
    ((_, first),) = claim(store)
    ((_, second),) = claim(store, UNTIL)
    assert not mark(store, dispatch, first, DispatchStatus.SENT)
    assert get(store, dispatch.key).status is DispatchStatus.WAITING
    assert mark(store, dispatch, second, DispatchStatus.SENT)


def test_one_that_was_being_sent_when_the_lease_ran_out_is_seen(store: SqlStore) -> None:
    dispatch = added(store)
    ((_, token),) = claim(store)
    assert mark(store, dispatch, token, DispatchStatus.SENDING, next_at=UNTIL + m.MINUTE)
    assert claim(store, UNTIL) == []
    ((found, _),) = claim(store, UNTIL + m.MINUTE)
    assert (found.status, found.attempts) == (DispatchStatus.SENDING, 2)


def test_a_person_withdraws_without_a_lease(store: SqlStore) -> None:
    dispatch = added(store)
    assert mark(store, dispatch, None, DispatchStatus.WITHDRAWN)
    assert claim(store, UNTIL) == []
    assert mark(store, dispatch, None, DispatchStatus.WAITING, next_at=m.START)
    assert len(claim(store)) == 1


def test_two_claimers_never_get_the_same_dispatch(store: SqlStore) -> None:
    wanted = [added(store).key for _ in range(20)]
    with ThreadPoolExecutor(4) as pool:
        batches = [pool.submit(claim, store, m.START, 3) for _ in range(8)]
        claimed = Counter(d.key for batch in batches for d, _ in batch.result())
    claimed.update(d.key for d, _ in claim(store, limit=50))
    assert claimed == Counter(wanted)
