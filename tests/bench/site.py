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
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Self
from urllib.parse import urlencode

AS_BROWSERS_ASK = "gzip, deflate, br"
CSRF = re.compile(rb'name="_csrf" value="([^"]+)"')
TICKS_PER_S = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Site:
    """A server that answers."""

    port: int
    pid: int
    startup_s: float
    """From the start of the process until it said that it was ready."""

    def cpu_ms(self) -> float:
        """CPU time that the server has used so far, in its own code and in the kernel on its behalf."""
        fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) * 1000 / TICKS_PER_S

    def memory_mb(self) -> float:
        """Resident memory."""
        status = Path(f"/proc/{self.pid}/status").read_text()
        return int(status.split("VmRSS:")[1].split()[0]) / 1024


@contextmanager
def served(data: Path, *, procedures: Path, database_url: str = "", patience_s: float = 120) -> Iterator[Site]:
    """`forloeb demo` on these procedures, stopped afterwards. Raises RuntimeError when it does not get ready."""
    port = _free_port()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("FORLOEB_")},
        "FORLOEB_DATA": str(data),
        "FORLOEB_PORT": str(port),
        "FORLOEB_PROCEDURES": str(procedures),
        "FORLOEB_DATABASE_URL": database_url,
    }
    log = data.parent / f"{data.name}.log"
    with log.open("wb") as lines:
        command = [str(Path(sys.executable).parent / "forloeb"), "demo"]
        started = time.perf_counter()
        process = subprocess.Popen(command, env=environment, stdout=lines, stderr=lines)
        try:
            _await_ready(port, process, patience_s, log)
            yield Site(port, process.pid, time.perf_counter() - started)
        finally:
            process.terminate()
            process.wait(20)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_ready(port: int, process: subprocess.Popen[bytes], patience_s: float, log: Path) -> None:
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the server stopped while starting: {log.read_text(errors='replace')[-2000:]}")
        try:
            with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=2)) as connection:
                connection.request("GET", "/health")
                if connection.getresponse().status == 200:
                    return
        except OSError:
            time.sleep(0.02)  # polling until it answers
    raise RuntimeError(f"the server did not get ready within {patience_s} s")


class Browser:
    """One person's browser: one connection kept open, cookies, the page's token. A context manager."""

    def __init__(self, site: Site, username: str) -> None:
        """Logs in, with the demo's password."""
        self._connection = http.client.HTTPConnection("127.0.0.1", site.port, timeout=30)
        self._cookies: dict[str, str] = {}
        self.token = ""
        self.get("/log-ind")
        self.post("/log-ind", {"brugernavn": username, "adgangskode": "demo"})
        self.get("/procedurer")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self._connection.close()

    def get(self, path: str, *, encodings: str = "identity") -> bytes:
        """The body as it was transferred."""
        status, _, body = self._ask("GET", path, None, encodings)
        if status != 200:
            raise RuntimeError(f"GET {path}: {status}")
        if encodings == "identity" and (found := CSRF.search(body)):
            self.token = found[1].decode()
        return body

    def post(self, path: str, fields: Mapping[str, str]) -> str:
        """Send a form; where the answer redirects to."""
        status, location, body = self._ask("POST", path, urlencode({"_csrf": self.token, **fields}), "identity")
        if status not in (302, 303):
            raise RuntimeError(f"POST {path}: {status} {body[:300]!r}")
        return location

    def _ask(self, method: str, path: str, body: str | None, encodings: str) -> tuple[int, str, bytes]:
        headers = {"Accept": "text/html", "Accept-Encoding": encodings}
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
