"""A whole instance of two forms over HTTP: create, open form A, submit A, (script), submit B."""

from __future__ import annotations

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from tests.bench.result import Result, of, one
from tests.bench.site import Browser, served

WARM_UP, ROUNDS = 40, 200
GOAL_MS = {"sqlite": 16.0, "postgresql": 20.0}


def measure(folder: Path, database: str, url: str) -> Iterator[Result]:
    """Milliseconds per whole instance with one client, and instances per second with four."""
    with served(folder / f"http-{database}", database_url=url) as (port, _):
        browser = Browser(port)
        browser.log_in("sara")
        for _ in range(WARM_UP):
            instance(browser)
        yield of(f"http.two_form.{database}", [instance(browser) for _ in range(ROUNDS)], "ms", GOAL_MS[database])
        browsers = [Browser(port) for _ in range(4)]
        for each in browsers:
            each.log_in("sara")
        started = time.perf_counter()
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda b: [instance(b) for _ in range(ROUNDS // 4)], browsers))
        yield one(f"http.two_form.{database}.c4.rate", ROUNDS / (time.perf_counter() - started), "instances/s")


def instance(browser: Browser) -> float:
    """One instance; milliseconds from the first request to the last answer."""
    started = time.perf_counter()
    form_a = browser.post("/procedurer/two-form/start", {})
    browser.get(form_a)
    form_b = browser.post(form_a, {"navn": "Test", "antal": "21", "note": ""})
    browser.post(form_b, {"godkendt": "on"})
    return (time.perf_counter() - started) * 1000
