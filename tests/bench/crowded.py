"""Lists and timers among a great many: the page with tasks, its query alone, the figures of all cases, and how late timers fire."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Iterator, Sequence
from datetime import timedelta

from service.app import App
from service.domain.access import SYSTEM
from service.domain.instances import Instance
from service.domain.views import InboxQuery
from service.usecases import instances
from service.workers import logs
from tests.bench.crowd import PROCEDURES, Crowd, make
from tests.bench.ground import Ground, milliseconds
from tests.bench.result import Result, of, one, percentile
from tests.bench.site import AS_BROWSERS_ASK, Browser, served

PAGE_MS, LATE_MS = 50.0, 100.0
PATIENCE_S = 60
LOOKS = 10
"""How often the figures of all cases are asked for."""


def measure(ground: Ground) -> Iterator[Result]:
    """For each database and size. The crowd of one size grows into the next."""
    for database, suffix in (("sqlite", ""), ("postgresql", ".postgresql")):
        wanted = {size: _wanted(ground, size, suffix) for size in ground.scale.crowds}
        if not any(wanted.values()):
            continue
        crowd = make(ground, database)
        for size, names in wanted.items():
            if names:
                crowd.grow(ground.scale.crowds[size])
                yield from (result for result in _measured(ground, crowd, f"{size}{suffix}") if result.name in names)


def names(size: str) -> tuple[str, ...]:
    """Of the results for one size (`100k`, `1m.postgresql`)."""
    kinds = ("timer.lag.p95_ms", "timer.lag.ms", "inbox.page_ms", "inbox.query_ms", "overview.page_ms")
    return tuple(f"{kind}.{size}" for kind in kinds)


def _wanted(ground: Ground, size: str, suffix: str) -> frozenset[str]:
    return frozenset(name for name in names(f"{size}{suffix}") if ground.wants(name))


def _measured(ground: Ground, crowd: Crowd, size: str) -> Iterator[Result]:
    with (
        served(crowd.settings.data, procedures=PROCEDURES, database_url=crowd.settings.database_url) as site,
        Browser(site, crowd.person.username) as browser,
    ):
        for _ in range(ground.scale.warm_up):
            page = browser.get("/opgaver")
        assert page.count(b'href="/opgaver/') >= min(50, crowd.size)
        values = [
            milliseconds(lambda: browser.get("/opgaver", encodings=AS_BROWSERS_ASK)) for _ in range(ground.scale.rounds)
        ]
        yield of(f"inbox.page_ms.{size}", values, "ms", PAGE_MS)
        assert "Målinger" in browser.get("/overblik").decode()
        yield of(
            f"overview.page_ms.{size}", [milliseconds(lambda: browser.get("/overblik")) for _ in range(LOOKS)], "ms"
        )
    with App(crowd.settings) as app:
        query = InboxQuery(username=crowd.person.username, groups=crowd.person.groups)
        values = [
            milliseconds(lambda: app.platform.read(lambda uow: uow.queries.inbox(query)))
            for _ in range(ground.scale.rounds)
        ]
        yield of(f"inbox.query_ms.{size}", values, "ms")
        late = _lags(ground, app)
        yield one(f"timer.lag.p95_ms.{size}", percentile(late, 0.95), "ms", LATE_MS)
        yield of(f"timer.lag.ms.{size}", late, "ms", LATE_MS)


def _lags(ground: Ground, app: App) -> list[float]:
    """How late each timer fired, in milliseconds; they fall due at random instants while nothing else happens."""
    chance = random.Random(1)
    lengths = [round(ground.scale.within_s * (0.3 + chance.random()), 3) for _ in range(ground.scale.timers)]
    app.start_workers()
    logs.configure(logging.WARNING)
    started = [(instances.start(app.platform, SYSTEM, "crowd-timer", {"sekunder": s}), s) for s in lengths]
    _await_end(app, [instance for instance, _ in started])
    return [_lag(app, instance, seconds) for instance, seconds in started]


def _await_end(app: App, started: Sequence[Instance]) -> None:
    until = time.monotonic() + PATIENCE_S
    left = list(started)
    while left:
        if time.monotonic() > until:
            raise RuntimeError(f"{len(left)} timers did not fire within {PATIENCE_S} s")
        time.sleep(0.2)  # polling: they fire in other threads
        left = [i for i in left if len(app.platform.read(lambda uow, i=i: uow.history.of(i.key))) < 2]  # type: ignore[misc]


def _lag(app: App, instance: Instance, seconds: float) -> float:
    fired, begun = app.platform.read(lambda uow: uow.history.of(instance.key))
    return (fired.at - begun.at - timedelta(seconds=seconds)) / timedelta(milliseconds=1)
