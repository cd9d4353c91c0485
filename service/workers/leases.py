"""Keeping the leases of jobs that a handler still works on, so that nobody else takes them over."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

from service.domain.waits import Job
from service.usecases import jobs
from service.usecases.platform import Platform

LONGEST_RUN = timedelta(hours=1)
"""After this a handler counts as stuck: its lease is no longer renewed, and somebody else tries the job."""


class Running:
    """The jobs that handlers of this process work on now. Safe from any thread."""

    def __init__(self) -> None:
        self._since: dict[int, tuple[Job, datetime]] = {}
        self._lock = threading.Lock()

    @contextmanager
    def working_on(self, job: Job, now: datetime) -> Iterator[None]:
        with self._lock:
            self._since[job.key] = (job, now)
        try:
            yield
        finally:
            with self._lock:
                del self._since[job.key]

    def renew(self, platform: Platform) -> int:
        """Lease every one of them anew; gives how many. Nothing is asked of the database when nothing runs."""
        oldest = platform.clock.now() - LONGEST_RUN
        with self._lock:
            busy = [job for job, since in self._since.values() if since > oldest]
        if busy:
            jobs.renew(platform, busy)
        return len(busy)
