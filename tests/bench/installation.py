"""The demo as one gets it: how fast it starts, what memory it takes, what a caseworker's page weighs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin

from service.testing import files
from tests.bench.ground import Ground
from tests.bench.result import Result, one
from tests.bench.site import AS_BROWSERS_ASK, Browser, Site, served

LOADED = (
    re.compile(rb'<(?:script|img)[^>]*\bsrc="([^"]+)"'),
    re.compile(rb'<link[^>]*\bhref="([^"]+)"'),
    re.compile(rb'<use[^>]*\bhref="([^"]+)"'),
    re.compile(rb'\burl\(["\']?(/[^)"\']+|\./[^)"\']+)'),
    re.compile(rb'\b(?:import|from)\s*["\'](\.?/[^"\']+)["\']'),
)
"""What a browser may load for a page: scripts, pictures, styles, icons, what styles name, what scripts import at once."""


def measure(ground: Ground) -> Iterator[Result]:
    """Starts are with a filled database; the very first, which makes it, is a line of its own."""
    data = ground.folder / "demo"
    with served(data, procedures=ground.scale.procedures, patience_s=300) as site:
        yield one("startup.first_s", site.startup_s, "s")
    with served(data, procedures=ground.scale.procedures) as site:
        yield one("startup_s", site.startup_s, "s", 3.0)
        yield one("page.weight_kb", max(_weights(site, ground)) / 1000, "kB", 100.0)
        yield one("memory.demo_mb", site.memory_mb(), "MB", 250.0)


def _weights(site: Site, ground: Ground) -> Iterator[int]:
    """Bytes transferred to a browser that knows nothing yet: everybody's inbox, and the first task in it."""
    for group in files.staff_of(ground.scale.procedures):
        for person in group.personer:
            with Browser(site, person.brugernavn) as browser:
                yield from _weights_for(browser)


def _weights_for(browser: Browser) -> Iterator[int]:
    try:
        inbox = browser.get("/opgaver")
    except RuntimeError:
        return  # somebody without casework
    yield weight(browser, "/opgaver")
    if first := re.search(rb'href="(/opgaver/\d+)"', inbox):
        yield weight(browser, first[1].decode())


def weight(browser: Browser, page: str) -> int:
    """Bytes of a page and everything that a browser may load for it at once."""
    seen: dict[str, int] = {}
    left = [page]
    while left:
        path = left.pop()
        if path in seen:
            continue
        seen[path] = len(browser.get(path, encodings=AS_BROWSERS_ASK))
        body = browser.get(path)
        if path == page or path.endswith((".css", ".js")):
            left += [
                urldefrag(urljoin(path, address.decode())).url
                for pattern in LOADED
                for address in pattern.findall(body)
                if not address.startswith((b"data:", b"http"))
            ]
    return sum(seen.values())
