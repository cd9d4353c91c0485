"""A real browser for the tests that need one. Without it they fail and say how to get it."""

from __future__ import annotations

import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright
from werkzeug.serving import make_server

from tests.web.site import make_site

FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
NAMES = ("chromium", "chromium-browser", "google-chrome")
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
AXE = Path(__file__).parents[2] / "service/frontend/node_modules/axe-core/axe.min.js"

REFUSED = re.compile("Failed to load resource: the server responded with a status of 4")
"""What the browser says of a page that answers with a refusal on purpose; a missing file would fail the tests otherwise."""

OpenPage = Callable[..., Page]


def chromium() -> str:
    """The path of an installed Chromium."""
    named = os.environ.get("FORLOEB_CHROMIUM")
    found = named or next((path for name in NAMES if (path := shutil.which(name))), None)
    if not found:
        pytest.fail("browser tests need Chromium: install the system package, or name one in FORLOEB_CHROMIUM")
    return found


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[OpenPage]:
    """Makes pages of a given size in Danish; what they write to the console as an error fails the test."""
    pages: list[Page] = []
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type == "error" and not REFUSED.match(message.text):
            complaints.append(f"{message.text} ({message.location.get('url', '')})")

    def make(size: dict[str, int] = DESK, *, scripts: bool = True) -> Page:
        context = browser.new_context(
            locale="da-DK",
            timezone_id="Europe/Copenhagen",
            viewport={"width": size["width"], "height": size["height"]},
            java_script_enabled=scripts,
        )
        page = context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda fault: complaints.append(str(fault)))
        pages.append(page)
        return page

    yield make
    for page in pages:
        page.context.close()
    assert complaints == []


@pytest.fixture(scope="session")
def site() -> Iterator[str]:
    """Address of the test site (tests/web/site.py), served for as long as the tests run."""
    with serving(make_site()) as address:
        yield address


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on a free port of this machine; gives its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def violations(page: Page) -> list[str]:
    """What axe finds wrong with the page, one line each."""
    page.evaluate(AXE.read_text("utf-8"))
    found = page.evaluate(
        "axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']})"
    )
    return [
        f"{rule['id']}: {node['html'][:160]} – {node['failureSummary'][:200]}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]
