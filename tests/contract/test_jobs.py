"""Jobs: claimed once, leased, given back, sent, failed and revived."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

from service.domain.storage import HistoryEntry
from service.domain.waits import IncidentType, Job, JobStatus, ListenerEvent
from service.store import SqlStore
from tests.contract import making as m

UNTIL = m.START + m.HOUR


def claim(store: SqlStore, now: datetime = m.START, limit: int = 10, types: list[str] | None = None) -> list[Job]:
    return list(store.transact(lambda uow: uow.jobs.claim(now, until=now + m.HOUR, limit=limit, types=types)))


def test_a_claimed_job_is_whole(store: SqlStore) -> None:
    case = m.open_case(store, m.case())
    wait = m.job(
        "brev", retries=5, headers={"a": "1"}, variables={"navn": "Ida Test", "beløb": 12.5, "liste": [1, None]}
    )
    instance = m.started(store, wait, case_key=case.key)
    (job,) = claim(store)
    assert (job.instance_key, job.key, job.type, job.element_id) == (instance.key, wait.key, "brev", "send")
    assert (job.case_key, job.folder, job.status, job.retries) == (case.key, "mappe", JobStatus.OPEN, 5)
    assert (job.headers, job.variables) == ({"a": "1"}, {"navn": "Ida Test", "beløb": 12.5, "liste": [1, None]})
    assert (job.attempts, job.next_at, job.lease_until) == (1, m.START, UNTIL)
    assert job.lease_token
    assert job.idempotency_key == f"{instance.key}:send:{wait.element_instance_key}"


def test_the_oldest_come_first_and_no_more_than_asked_for(store: SqlStore) -> None:
    waits = [m.job() for _ in range(4)]
    instance = m.started(store, *waits)
    late, soon = waits[0], waits[3]
    for wait, minutes in ((late, 30), (soon, -30)):
        job = store.transact(lambda uow, key=wait.key: uow.jobs.get(key))
        assert job is not None
        at = m.START + minutes * m.MINUTE
        store.transact(lambda uow, job=job, at=at: uow.jobs.retry_later(job, retries=3, next_at=at, error=""))
    assert [j.key for j in claim(store, limit=2)] == [soon.key, waits[1].key]
    assert [j.key for j in claim(store)] == [waits[2].key]
    assert store.read(lambda uow: uow.jobs.next_due(m.START)) == late_at(30)
    assert [j.key for j in claim(store, m.START + 30 * m.MINUTE)] == [late.key]
    assert [j.key for j in store.read(lambda uow: uow.jobs.of(instance.key))] == [w.key for w in waits]


def late_at(minutes: int) -> datetime:
    return m.START + minutes * m.MINUTE


def test_types_are_claimed_apart(store: SqlStore) -> None:
    letter, mail = m.job("brev"), m.job("mail")
    m.started(store, letter, mail)
    assert store.read(lambda uow: uow.jobs.next_due(m.START, ["andet"])) is None
    assert claim(store, types=["andet"]) == []
    assert claim(store, types=[]) == []
    assert [j.key for j in claim(store, types=["mail", "andet"])] == [mail.key]
    assert store.read(lambda uow: uow.jobs.next_due(m.START, ["mail"])) == UNTIL
    assert store.read(lambda uow: uow.jobs.next_due(m.START, ["brev"])) == m.START
    assert [j.key for j in claim(store)] == [letter.key]


def test_a_lease_that_ran_out_is_claimed_again_and_the_first_claimer_has_lost(store: SqlStore) -> None:
    m.started(store, m.job())
    (first,) = claim(store)
    assert claim(store) == []
    assert store.read(lambda uow: uow.jobs.next_due(m.START)) == UNTIL
    (second,) = claim(store, UNTIL)
    assert second.key == first.key
    assert second.attempts == 2
    assert second.lease_token != first.lease_token
    assert store.transact(lambda uow: uow.jobs.held(first)) is None
    held = store.transact(lambda uow: uow.jobs.held(second))
    assert held is not None
    assert held.key == second.key


def test_a_renewed_lease_keeps_others_away_until_it_ends(store: SqlStore) -> None:
    m.started(store, m.job())
    (mine,) = claim(store)
    longer = UNTIL + m.HOUR
    store.transact(lambda uow: uow.jobs.renew([mine], longer))
    assert claim(store, UNTIL) == []
    assert store.read(lambda uow: uow.jobs.next_due(UNTIL)) == longer
    assert store.transact(lambda uow: uow.jobs.held(mine)) is not None
    (theirs,) = claim(store, longer)
    store.transact(lambda uow: uow.jobs.renew([mine], longer + 5 * m.HOUR))
    held = store.transact(lambda uow: uow.jobs.held(theirs))
    assert held is not None
    assert held.lease_until == longer + m.HOUR


def test_a_job_that_is_gone_is_not_held(store: SqlStore) -> None:
    wait = m.job()
    instance = m.started(store, wait)
    (job,) = claim(store)
    m.move(store, instance.key, m.step(closed=m.closed(wait)))
    assert store.transact(lambda uow: uow.jobs.held(job)) is None
    assert store.read(lambda uow: uow.jobs.get(wait.key)) is None


def test_an_unclaimed_job_is_held_by_nobody(store: SqlStore) -> None:
    wait = m.job()
    m.started(store, wait)
    job = store.read(lambda uow: uow.jobs.get(wait.key))
    assert job is not None
    assert store.transact(lambda uow: uow.jobs.held(job)) is None


def test_two_claimers_never_get_the_same_job(store: SqlStore) -> None:
    instances = [m.started(store, *[m.job() for _ in range(10)]) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        batches = [pool.submit(claim, store, m.START, 7) for _ in range(12)]
        claimed = Counter(job.key for batch in batches for job in batch.result())
    while more := claim(store, limit=50):
        claimed.update(job.key for job in more)
    wanted = {j.key for i in instances for j in store.read(lambda uow, key=i.key: uow.jobs.of(key))}
    assert set(claimed) == wanted
    assert set(claimed.values()) == {1}


def test_retrying_later_gives_the_lease_back(store: SqlStore) -> None:
    wait = m.job()
    m.started(store, wait)
    (job,) = claim(store)
    later = m.START + 5 * m.MINUTE
    store.transact(lambda uow: uow.jobs.retry_later(job, retries=2, next_at=later, error="Serveren svarer ikke"))
    assert claim(store) == []
    (again,) = claim(store, later)
    assert (again.key, again.retries, again.attempts) == (wait.key, 2, 2)


def test_a_failed_job_waits_for_a_person(store: SqlStore) -> None:
    wait = m.job()
    instance = m.started(store, wait)
    (job,) = claim(store)

    def fail(uow):  # type: ignore[no-untyped-def]
        uow.jobs.fail(job, "Adressen findes ikke")
        uow.incidents.open(
            key=m.key(),
            instance_key=instance.key,
            type_=IncidentType.JOB_NO_RETRIES,
            message="Adressen findes ikke",
            element_id="send",
            element_name="Send brev",
            element_instance_key=wait.element_instance_key,
            process_id="ansoegning",
            case_key=None,
            job_key=wait.key,
            at=m.START,
        )

    store.transact(fail)
    stored = store.read(lambda uow: uow.jobs.get(wait.key))
    assert stored is not None
    assert stored.status is JobStatus.FAILED
    assert claim(store, UNTIL) == []
    assert store.read(lambda uow: uow.jobs.next_due(m.START)) is None

    store.transact(lambda uow: uow.jobs.revive(wait.key, retries=3, at=m.START))
    (revived,) = claim(store)
    assert (revived.retries, revived.status) == (3, JobStatus.OPEN)

    store.transact(lambda uow: uow.jobs.fail(revived, "igen"))
    over: HistoryEntry = m.entry(actor="ole", at=UNTIL)
    m.move(store, instance.key, m.step(closed=m.closed(wait)), over)
    assert store.read(lambda uow: uow.incidents.open_of(instance.key)) == [], "its incident goes with a failed job"


def test_a_job_that_is_sending_keeps_its_result(store: SqlStore) -> None:
    wait = m.job()
    m.started(store, wait)
    (job,) = claim(store)
    assert store.read(lambda uow: uow.jobs.result(wait.key)) is None
    store.transact(lambda uow: uow.jobs.sending(job, {"kvittering": "x", "beløb": 3}))
    assert store.read(lambda uow: uow.jobs.result(wait.key)) == {"kvittering": "x", "beløb": 3}
    assert claim(store, UNTIL) == []
    assert store.transact(lambda uow: uow.jobs.held(job)) is None


def test_the_jobs_of_listeners_are_told_apart(store: SqlStore) -> None:
    one = m.job(listener=ListenerEvent.COMPLETING)
    two = m.job(listener=ListenerEvent.COMPLETING, element_instance_key=one.element_instance_key)
    m.started(store, one, two, m.job())
    jobs = claim(store)
    assert [j.listener for j in jobs] == [ListenerEvent.COMPLETING, ListenerEvent.COMPLETING, None]
    assert len({j.idempotency_key for j in jobs}) == 3


def test_which_tasks_listeners_are_asked_about(store: SqlStore) -> None:
    one, other, plain = m.job(listener=ListenerEvent.UPDATING), m.job(listener=ListenerEvent.CREATING), m.job()
    first, second = m.started(store, one, plain), m.started(store, other)
    both = [first.key, second.key]
    asked = {one.element_instance_key, other.element_instance_key}
    assert store.read(lambda uow: uow.jobs.asked_about(both)) == asked
    assert store.read(lambda uow: uow.jobs.asked_about(both[:1])) == {one.element_instance_key}
    assert store.read(lambda uow: uow.jobs.asked_about([])) == frozenset()
    m.move(store, first.key, m.step(closed=m.closed(one)))
    assert store.read(lambda uow: uow.jobs.asked_about(both)) == {other.element_instance_key}
