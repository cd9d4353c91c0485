"""A served Forløb in a process of its own, and a client that speaks plain HTTP as a browser does."""

from __future__ import annotations

import http.client
import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

HERE = Path(__file__).parent
CSRF = re.compile(rb'name="_csrf" value="([^"]+)"')


@contextmanager
def served(data: Path, *, database_url: str = "", procedures: Path = HERE / "two_form") -> Iterator[tuple[int, int]]:
    """`forloeb demo` on these procedures: (port, process id). Stopped afterwards."""
    port = _free_port()
    environment = {
        **os.environ,
        "FORLOEB_DATA": str(data),
        "FORLOEB_PORT": str(port),
        "FORLOEB_PROCEDURES": str(procedures),
        "FORLOEB_DATABASE_URL": database_url,
    }
    log = (data.parent / f"{data.name}.log").open("wb")
    process = subprocess.Popen([Path(sys.executable).parent / "forloeb", "demo"], env=environment, stdout=log, stderr=log)
    try:
        _await_ready(port, process)
        yield port, process.pid
    finally:
        process.terminate()
        process.wait(20)
        log.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_ready(port: int, process: subprocess.Popen[bytes], patience_s: float = 60) -> None:
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError("the server stopped while starting; see its log")
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/health")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(0.02)
    raise RuntimeError("the server did not get ready")


class Browser:
    """One person's browser: one connection kept open, cookies, the page's token."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        self._cookies: dict[str, str] = {}
        self.token = ""

    def get(self, path: str) -> bytes:
        status, _, body = self._ask("GET", path, None)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status}")
        found = CSRF.search(body)
        if found:
            self.token = found[1].decode()
        return body

    def post(self, path: str, fields: Mapping[str, str]) -> str:
        """Send a form; where the answer redirects to."""
        status, location, body = self._ask("POST", path, urlencode({"_csrf": self.token, **fields}))
        if status not in (302, 303):
            raise RuntimeError(f"POST {path}: {status} {body[:300]!r}")
        return location

    def log_in(self, username: str) -> None:
        self.get("/log-ind")
        self.post("/log-ind", {"brugernavn": username, "adgangskode": "demo"})
        self.get("/procedurer")

    def _ask(self, method: str, path: str, body: str | None) -> tuple[int, str, bytes]:
        headers = {"Accept": "text/html", "Accept-Encoding": "identity"}
        if self._cookies:
            headers["Cookie"] = "; ".join(f"{k}={v}" for k, v in self._cookies.items())
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        content = answer.read()
        for cookie in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = cookie.partition(";")[0].partition("=")
            self._cookies[name] = value
        return answer.status, answer.headers.get("Location", ""), content
