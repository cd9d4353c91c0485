"""A whole instance of two forms over HTTP: create, open form A, submit A, (script), submit B."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack

from tests.bench.ground import HERE, Ground, milliseconds
from tests.bench.result import Result, of, one
from tests.bench.site import AS_BROWSERS_ASK, Browser, Site, served

GOAL_MS = {"sqlite": 16.0, "postgresql": 20.0}
CLIENTS = 4


def measure(ground: Ground) -> Iterator[Result]:
    """Milliseconds per whole instance with one client (and CPU of the server), and instances per second with four."""
    for database, goal in GOAL_MS.items():
        name = f"http.two_form.{database}"
        if not ground.wants(name):
            continue
        data, url = ground.folder / f"two-form-{database}", ground.url(database)
        with served(data, procedures=HERE / "two_form", database_url=url) as site:
            yield from _measured(ground, site, name, goal)


def _measured(ground: Ground, site: Site, name: str, goal: float) -> Iterator[Result]:
    rounds = ground.scale.rounds
    with Browser(site, "sara") as browser:
        for _ in range(ground.scale.warm_up):
            instance(browser)
        before = site.cpu_ms()
        yield of(name, [milliseconds(lambda: instance(browser)) for _ in range(rounds)], "ms", goal)
        yield one(f"{name}.cpu", (site.cpu_ms() - before) / rounds, "ms")
    with ExitStack() as stack:
        browsers = [stack.enter_context(Browser(site, "sara")) for _ in range(CLIENTS)]
        yield one(f"{name}.c4.rate", _rate(browsers, max(1, rounds // CLIENTS)), "instances/s")


def instance(browser: Browser) -> None:
    form_a = browser.post("/procedurer/two-form/start", {})
    browser.get(form_a, encodings=AS_BROWSERS_ASK)
    form_b = browser.post(form_a, {"navn": "Test", "antal": "21", "note": ""})
    browser.post(form_b, {"godkendt": "on"})


def _rate(browsers: list[Browser], each: int) -> float:
    """Instances per second when all browsers work at the same time."""

    def work(browser: Browser) -> None:
        for _ in range(each):
            instance(browser)

    started = time.perf_counter()
    with ThreadPoolExecutor(len(browsers)) as pool:
        list(pool.map(work, browsers))
    return len(browsers) * each / (time.perf_counter() - started)
