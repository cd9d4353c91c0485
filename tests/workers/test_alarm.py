"""The alarm and its threads, in real time: what is due happens soon, and nothing is asked in vain."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

import pytest
from structlog.testing import capture_logs

from service.domain.clock import SystemClock
from service.domain.handling import Channel, HandlerInfo, JobContext
from service.domain.storage import Store, UnitOfWork
from service.usecases import jobs
from service.usecases.platform import Platform
from service.workers import alarm
from service.workers.alarm import Workers
from service.workers.channels import Carrier, Documents
from service.workers.handlers import load_handlers
from tests.engine import drawing as d
from tests.workers.house import House, registry, until
from tests.workers.procedure import files, furnish, open_case, sending

T = TypeVar("T")

JOB = d.diagram(d.start(), d.job("arbejd"), d.end(), d.chain("s", "arbejd", "e"))
TIMER = d.diagram(
    d.start(), d.catch("vent", d.timer('=duration("PT" + string(sekunder) + "S")')), d.end(), d.chain("s", "vent", "e")
)


@pytest.fixture(autouse=True)
def _no_polling(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here may succeed because somebody happened to look."""
    monkeypatch.setattr(alarm, "POLL_S", 3600.0)


@pytest.fixture
def house(url: str) -> Iterator[House]:
    with House(url, clock=SystemClock()) as opened:
        yield opened


@contextmanager
def working(
    house: House,
    handlers: Mapping[str, HandlerInfo] | None = None,
    channels: Mapping[Channel, Carrier] | None = None,
    **more: Any,
) -> Iterator[Workers]:
    """Workers that commits of the house's platform wake."""
    bells: list[Callable[[], None]] = []
    platform = house.waking(lambda: [ring() for ring in bells] and None)
    workers = Workers(platform, handlers or {}, channels or {}, **more)
    bells.append(workers.wake)
    workers.start()
    try:
        yield workers
    finally:
        assert workers.stop()


def nothing(job: JobContext) -> None:
    """Gør ingenting."""


def test_what_was_due_before_they_came_is_done(house: House) -> None:
    house.deploy({"p.bpmn": JOB})
    key = house.start()
    with working(house, registry(arbejd=nothing)):
        until(lambda: house.done(key))


def test_a_commit_wakes_them(house: House) -> None:
    house.deploy({"p.bpmn": JOB})
    with working(house, registry(arbejd=nothing)):
        for _ in range(5):
            key = house.start()
            until(lambda key=key: house.done(key))


def test_timers_fire_when_their_time_comes(house: House) -> None:
    house.deploy({"p.bpmn": TIMER})
    with working(house):
        keys = [house.start(sekunder=s) for s in (0.4, 0.1, 0.2, 0)]
        until(lambda: all(house.done(key) for key in keys))
    for key in keys:
        started, fired = house.history(key)
        assert (fired.at - started.at).total_seconds() < 2


def test_a_failed_job_is_tried_again_when_it_is_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "BACK_OFF_BASE_S", 0.1)
    tries: list[int] = []

    def hesitate(job: JobContext) -> None:
        """Lykkes i tredje forsøg."""
        tries.append(job.attempt)
        if len(tries) < 3:
            raise RuntimeError

    house.deploy({"p.bpmn": JOB})
    with working(house, registry(arbejd=hesitate)):
        key = house.start()
        until(lambda: house.done(key))
    assert tries == [1, 2, 3]


def test_a_dispatch_is_delivered_and_the_course_goes_on(house: House) -> None:
    class Wire(Carrier):
        def deliver(self, dispatch: Any, documents: Documents) -> str:
            return "afleveret"

    furnish(house)
    house.deploy(files(sending("sikker-post", emne="E", skabelon="t", til_enhed="nord"), t="Hej"))
    with working(house, load_handlers(), {Channel.SECURE_MAIL: Wire()}):
        key = open_case(house)
        until(lambda: bool(house.platform.read(lambda uow: uow.messages.awaited_by(key))))


def test_another_process_is_noticed_by_polling(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm, "POLL_S", 0.05)
    house.deploy({"p.bpmn": JOB})
    workers = Workers(house.platform, registry(arbejd=nothing), {})  # nobody wakes it
    workers.start()
    key = house.start()
    until(lambda: house.done(key))
    assert workers.stop()


# -- how often it asks --------------------------------------------------------------------------------------------------


class Watched:
    """A store that counts what is asked of it, and fails when it is told to."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads = self.writes = self.failing = 0

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        self.reads += 1
        if self.failing:
            self.failing -= 1
            raise ConnectionError
        return self._store.read(work)

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        self.writes += 1
        return self._store.transact(work)

    def ping(self) -> None:
        self._store.ping()


def watched(house: House) -> tuple[Watched, Platform]:
    store = Watched(house.store)
    house.platform = replace(house.platform, store=store)
    return store, house.platform


def look_again(store: Watched, workers: Workers, times: int = 3) -> None:
    """Ring until somebody has looked that often."""
    enough = store.reads + times
    until(lambda: workers.wake() or store.reads >= enough)


def test_a_burst_of_commits_is_answered_by_few_looks(house: House) -> None:
    store, _ = watched(house)
    with working(house) as workers:
        look_again(store, workers)
        before, begun = store.reads, time.monotonic()
        for _ in range(20_000):
            workers.wake()
        until(lambda: store.reads > before)
        looks, elapsed = store.reads - before, time.monotonic() - begun
    assert looks <= elapsed / alarm.BREATH_S + 2
    assert store.writes == 0, "nothing was due, so nothing was claimed"


def test_the_alarm_is_set_anew_only_to_ring_sooner(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    rings: list[datetime] = []
    real = alarm.BackgroundScheduler.modify_job

    def modify_job(scheduler: Any, name: str, **changes: Any) -> Any:
        rings.append(changes["next_run_time"])
        return real(scheduler, name, **changes)

    monkeypatch.setattr(alarm.BackgroundScheduler, "modify_job", modify_job)
    house.deploy({"p.bpmn": TIMER})
    house.start(sekunder=20)
    store, _ = watched(house)
    with working(house) as workers:
        look_again(store, workers)
        house.start(sekunder=25)
        look_again(store, workers)
        assert len(rings) == 1
        house.start(sekunder=10)
        look_again(store, workers)
    [first, second] = rings
    assert second < first


def test_jobs_of_others_wake_nobody(house: House) -> None:
    house.deploy({"p.bpmn": JOB})
    key = house.start()
    store, _ = watched(house)
    with working(house, registry(andet=nothing)) as workers:
        look_again(store, workers)
    assert house.job(key).attempts == 0
    assert store.writes == 0


def test_a_database_that_is_away_for_a_while_is_waited_for(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm, "FIRST_PAUSE_S", 0.01)
    house.deploy({"p.bpmn": JOB})
    key = house.start()
    store, _ = watched(house)
    store.failing = 3
    with capture_logs() as logs, working(house, registry(arbejd=nothing)) as workers:
        until(lambda: workers.wake() or (store.failing == 0 and house.done(key)))
    assert [line["fault"] for line in logs if line["event"] == "cannot see what is due"] == ["ConnectionError"] * 3


def test_a_lane_that_fails_goes_on(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alarm, "FIRST_PAUSE_S", 0.01)
    faults = [ConnectionError(), ConnectionError()]
    real = alarm.run_jobs

    def shaky(*arguments: Any) -> int:
        if faults:
            raise faults.pop()
        return real(*arguments)

    monkeypatch.setattr(alarm, "run_jobs", shaky)
    house.deploy({"p.bpmn": JOB})
    key = house.start()
    with working(house, registry(arbejd=nothing), threads=1) as workers:
        until(lambda: workers.wake() or house.done(key))
    assert faults == []


# -- stopping -----------------------------------------------------------------------------------------------------------


def test_stopping_lets_running_work_end(house: House) -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow(job: JobContext) -> None:
        """Tager tid."""
        begun.set()
        assert may_end.wait(20)

    house.deploy({"p.bpmn": JOB})
    key = house.start()
    workers = Workers(house.platform, registry(arbejd=slow), {})
    workers.start()
    assert begun.wait(10)
    assert workers.stop(timeout=0.05) is False, "it does not wait for ever"
    may_end.set()
    assert workers.stop() is True
    assert house.done(key)


def test_stopped_workers_take_nothing_more(house: House) -> None:
    house.deploy({"p.bpmn": JOB})
    with working(house, registry(arbejd=nothing)):
        first = house.start()
        until(lambda: house.done(first))
    second = house.start()
    assert not house.done(second)
    assert not [t for t in threading.enumerate() if t.name.startswith("forloeb-")]


# -- at night -----------------------------------------------------------------------------------------------------------


def test_nightly_jobs_run_at_night_and_one_that_fails_is_logged(house: House) -> None:
    done = threading.Event()

    def fail() -> None:
        done.set()
        raise RuntimeError("med navn i")

    with capture_logs() as logs, working(house, nightly={"oprydning": fail}) as workers:
        [job] = [j for j in workers._scheduler.get_jobs() if j.id == "nightly oprydning"]
        local = job.next_run_time.astimezone(alarm.LOCAL_ZONE)
        assert (local.hour, local.minute) == alarm.NIGHTLY_AT
        job.modify(next_run_time=SystemClock().now())
        assert done.wait(10)
        until(lambda: any(line["event"] == "nightly job failed" for line in logs))
    assert "med navn i" not in f"{logs}"


def test_expired_messages_go_at_night(house: House) -> None:
    now = house.clock.now()
    earlier, expiry = now - timedelta(hours=2), now - timedelta(hours=1)
    house.store.transact(lambda uow: uow.messages.buffer(7, "m1", "k", {}, message_id=None, expires_at=expiry))

    def kept() -> bool:
        return bool(house.platform.read(lambda uow: uow.messages.buffered([("m1", "k")], earlier)))

    assert kept()
    with working(house) as workers:
        [job] = [j for j in workers._scheduler.get_jobs() if j.id == "nightly expired messages"]
        job.modify(next_run_time=SystemClock().now())
        until(lambda: not kept())
