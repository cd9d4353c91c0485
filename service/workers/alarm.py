"""The alarm clock and the threads it wakes: timers, jobs and dispatches happen when they are due.

APScheduler only rings; what is due stands in the database. Ringing costs a commit nothing: it sets a flag. One thread
answers it by asking once for the next due instants, wakes the lanes that have something to do, and sets the alarm anew.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import structlog
from apscheduler.events import EVENT_JOB_MAX_INSTANCES
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from service.domain.clock import LOCAL_ZONE, SystemClock
from service.domain.handling import Channel, HandlerInfo
from service.usecases.jobs import LEASE
from service.usecases.platform import Platform
from service.workers.channels import Carrier
from service.workers.leases import Running
from service.workers.loop import fire_timers, run_jobs
from service.workers.relay import relay

log = structlog.get_logger(__name__)

LONGEST_SLEEP_S = 30.0
"""The alarm rings at least this often, whatever it believes to be due."""
POLL_S = 1.0
"""How soon work that another process has put into the database is seen."""
BREATH_S = 0.01
"""Least time between two looks: commits in quick succession share one."""
NO_LATER = timedelta(milliseconds=1)
"""How much later than due the alarm may ring without being set anew."""
BATCH = 50
"""Timers claimed at a time. Jobs and dispatches are claimed one by one: each may take long."""
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
RENEW_S = LEASE.total_seconds() // 4
"""How often the leases of running jobs are renewed."""
NIGHTLY_AT = (2, 30)
"""Hour and minute in Denmark at which the nightly jobs run."""

WAKE = "wake"


@dataclass
class _Lane:
    """One kind of work and the threads that do it."""

    name: str
    work: Callable[[], int]
    threads: int = 1
    bells: list[threading.Event] = field(default_factory=list)

    def ring(self) -> None:
        for bell in self.bells:
            bell.set()


class Workers:
    """Does what falls due, in threads of this process. `start` once, after a server has forked; `stop` once."""

    def __init__(
        self,
        platform: Platform,
        registry: Mapping[str, HandlerInfo],
        channels: Mapping[Channel, Carrier],
        *,
        threads: int = 2,
        nightly: Mapping[str, Callable[[], object]] | None = None,
    ) -> None:
        """`threads` run jobs; timers and dispatches have one each. `nightly` jobs run on every node: they must bear that."""
        self._platform, self._types = platform, sorted(registry)
        self._running = Running()
        self._timers = _Lane("timers", lambda: fire_timers(platform, BATCH))
        self._jobs = _Lane("jobs", lambda: run_jobs(platform, registry, 1, self._running), threads)
        self._dispatches = _Lane("dispatches", lambda: relay(platform, channels, 1))
        self._nightly = dict(nightly or {"expired messages": self._drop_expired_messages})
        self._bell = threading.Event()
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._scheduler = BackgroundScheduler(timezone=LOCAL_ZONE, daemon=True)
        self._rings_at = datetime.min.replace(tzinfo=UTC)

    def start(self) -> None:
        """Start the threads and the alarm. Returns at once; what is overdue is done first."""
        self._thread("alarm", self._watch)
        for lane in (self._timers, self._jobs, self._dispatches):
            for number in range(lane.threads):
                bell = threading.Event()
                lane.bells.append(bell)
                self._thread(f"{lane.name}-{number}", lambda lane=lane, bell=bell: self._run(lane, bell))  # type: ignore[misc]
        steady = {"coalesce": True, "max_instances": 1, "misfire_grace_time": None}
        self._scheduler.add_listener(lambda event: self._bell.set(), EVENT_JOB_MAX_INSTANCES)
        self._scheduler.add_job(self._bell.set, IntervalTrigger(seconds=int(LONGEST_SLEEP_S)), id=WAKE, **steady)
        self._scheduler.add_job(self._renew_leases, IntervalTrigger(seconds=int(RENEW_S)), id="leases", **steady)
        for name, act in self._nightly.items():
            trigger = CronTrigger(hour=NIGHTLY_AT[0], minute=NIGHTLY_AT[1], timezone=LOCAL_ZONE)
            self._scheduler.add_job(self._one_night, trigger, args=(name, act), id=f"nightly {name}", **steady)
        self._scheduler.start()
        for thread in self._threads:
            thread.start()
        self._bell.set()
        log.info("workers started", threads=len(self._threads), job_types=len(self._types))

    def wake(self) -> None:
        """There may be something to do now. Safe from any thread, and as cheap as setting a flag."""
        self._bell.set()

    def stop(self, timeout: float = 10.0) -> bool:
        """Let running work end, for at most `timeout` seconds; whether all of it did. What is cut off is done again later."""
        self._stopping.set()
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
        self._bell.set()
        for lane in (self._timers, self._jobs, self._dispatches):
            lane.ring()
        end = time.monotonic() + timeout
        for thread in self._threads:
            thread.join(max(0.0, end - time.monotonic()))
        left = [t.name for t in self._threads if t.is_alive()]
        log.info("workers stopped", cut_off=left)
        return not left

    # -- the alarm ------------------------------------------------------------------------------------------------------

    def _watch(self) -> None:
        """Answer the bell: look what is due, wake its lanes, set the alarm for what comes next."""
        faults = 0
        while True:
            self._bell.wait(POLL_S)
            if self._stopping.is_set():
                return
            self._bell.clear()
            try:
                self._look()
                faults = 0
            except Exception as fault:  # the database is away: the watch goes on
                if self._stopping.is_set():
                    return
                faults += 1
                log.error("cannot see what is due", fault=type(fault).__name__)
            if self._stopping.wait(BREATH_S if not faults else _pause(faults)):
                return

    def _look(self) -> None:
        now, machine_time = self._platform.clock.now(), SystemClock().now()
        dues = self._platform.read(
            lambda uow: (
                (self._timers, uow.timers.next_due()),
                (self._jobs, uow.jobs.next_due(now, self._types) if self._types else None),
                (self._dispatches, uow.dispatches.next_due()),
            )
        )
        later = [due for _, due in dues if due is not None and due > now]
        for lane, due in dues:
            if due is not None and due <= now:
                lane.ring()
        longest = timedelta(seconds=LONGEST_SLEEP_S)
        length = min((due - now for due in later), default=longest)
        self._set_alarm(machine_time, machine_time + min(length, longest))

    def _set_alarm(self, now: datetime, at: datetime) -> None:
        """Ring then, by the machine's clock, which is the scheduler's.

        An alarm that rings sooner is left as it is: ringing once in vain costs less than setting it at every commit.
        """
        if not now < self._rings_at <= at + NO_LATER and not self._stopping.is_set():
            self._rings_at = at
            self._scheduler.modify_job(WAKE, next_run_time=at)

    # -- the lanes ------------------------------------------------------------------------------------------------------

    def _run(self, lane: _Lane, bell: threading.Event) -> None:
        """Work until nothing of this lane is due; then sleep until the bell."""
        faults = 0
        while True:
            bell.wait()
            if self._stopping.is_set():
                return
            bell.clear()
            worked = False
            try:
                while lane.work() and not self._stopping.is_set():
                    worked = True
                faults = 0
            except Exception as fault:  # the store failed: leases run out, and the work is done later
                faults += 1
                log.error("lane failed", lane=lane.name, fault=type(fault).__name__)
                if self._stopping.wait(_pause(faults)):
                    return
            if worked:
                self._bell.set()  # what comes next may have changed; without work done the alarm already knows

    def _thread(self, name: str, target: Callable[[], None]) -> None:
        self._threads.append(threading.Thread(target=target, name=f"forloeb-{name}", daemon=True))

    def _renew_leases(self) -> None:
        try:
            self._running.renew(self._platform)
        except Exception as fault:  # the database is away: there are more chances before a lease runs out
            log.error("cannot renew leases", fault=type(fault).__name__)

    # -- at night -------------------------------------------------------------------------------------------------------

    def _one_night(self, name: str, act: Callable[[], object]) -> None:
        started = time.monotonic()
        try:
            act()
        except Exception as fault:  # one night's fault must not stop the next night
            log.error("nightly job failed", name=name, fault=type(fault).__name__)
            return
        log.info("nightly job", name=name, ms=round((time.monotonic() - started) * 1000))

    def _drop_expired_messages(self) -> None:
        now = self._platform.clock.now()
        self._platform.store.transact(lambda uow: uow.messages.drop_expired(now))


def _pause(faults: int) -> float:
    pause: float = min(FIRST_PAUSE_S * 2.0 ** (faults - 1), LONGEST_PAUSE_S)
    return pause
