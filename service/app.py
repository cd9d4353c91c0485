"""Wiring: the one production file that knows engine and store."""

from __future__ import annotations

import ctypes
import gc
import signal
import threading
from contextlib import suppress
from types import FrameType
from typing import Self

import waitress
from flask import Flask

from service.config import Settings, load
from service.domain.clock import SystemClock
from service.domain.keys import KeyMaker
from service.engine import SpiffEngine
from service.store import Sealer, open_store
from service.store import upgrade as upgrade_schema
from service.usecases.catalog import Catalogs
from service.usecases.platform import Platform
from service.web.application import create_app
from service.workers import logs
from service.workers.alarm import Workers
from service.workers.handlers import load_handlers
from service.workers.relay import channels_for


class App:
    """One process of Forløb. A context manager: leaving it stops the workers and closes the database."""

    def __init__(self, settings: Settings, *, upgrade: bool = False) -> None:
        """`upgrade` brings the database to this program's schema first. Raises SetupFault when it cannot be used."""
        _share_heaps()
        self.settings = settings
        settings.data.mkdir(parents=True, exist_ok=True)
        self.sealer = Sealer.from_file(settings.master_key_path, create=settings.master_key_file is None)
        if upgrade:
            upgrade_schema(settings.url, self.sealer)
        clock = SystemClock()
        keys = KeyMaker(clock, settings.node)
        engine = SpiffEngine()
        self._store = open_store(settings.url, sealer=self.sealer, keys=keys)
        self._workers: Workers | None = None
        self.platform = Platform(
            store=self._store,
            engine=engine,
            clock=clock,
            keys=keys,
            catalogs=Catalogs(engine),
            handlers=load_handlers(settings.handlers),
            wake=self._wake,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        if self._workers is not None:
            self._workers.stop()
        self._store.close()

    def web(self) -> Flask:
        """The pages, for any WSGI server."""
        return create_app(self.platform, self.settings, self.sealer.index("web session"))

    def start_workers(self) -> None:
        """Timers, jobs and dispatches, in threads of this process. Call it after a server has forked."""
        logs.configure()
        channels = channels_for(self.settings)
        self._workers = Workers(self.platform, self.platform.handlers, channels, threads=self.settings.workers)
        self._workers.start()

    def serve(self) -> None:
        """Serve pages and work until a signal says stop."""
        flask = self.web()
        self.start_workers()
        signal.signal(signal.SIGTERM, _leave)
        print(f"Forløb svarer på http://{self.settings.host}:{self.settings.port}", flush=True)  # noqa: T201
        waitress.serve(
            flask,
            host=self.settings.host,
            port=self.settings.port,
            threads=self.settings.threads,
            ident=None,
            clear_untrusted_proxy_headers=True,
        )

    def work(self) -> None:
        """Work without pages until a signal says stop."""
        done = threading.Event()

        def stop(number: int, frame: FrameType | None) -> None:
            done.set()

        signal.signal(signal.SIGTERM, stop)
        signal.signal(signal.SIGINT, stop)
        self.start_workers()
        done.wait()

    def _wake(self) -> None:
        if self._workers is not None:
            self._workers.wake()


M_ARENA_MAX, HEAPS = -8, 2


def _share_heaps() -> None:
    """Let all threads allocate from two heaps: glibc gives each one of its own, and what is freed in one stays there.

    With the demo's pages walked by four people at once that is 170 MB instead of 204. Other libraries know no such thing.
    """
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).mallopt(M_ARENA_MAX, HEAPS)


def give_back() -> None:
    """Give the system back what a large piece of work (filling the demo) needed and nothing needs any more."""
    gc.collect()
    with suppress(AttributeError, OSError):
        ctypes.CDLL(None).malloc_trim(0)


def _leave(number: int, frame: FrameType | None) -> None:
    """Unwind the main thread, so that workers finish what they hold."""
    raise SystemExit(0)


def wsgi() -> Flask:
    """For production servers: `gunicorn "service.app:wsgi()"` on the settings of the environment."""
    return App(load()).web()


def diagnose(app: App) -> list[tuple[bool, str]]:
    """What is right and wrong with an installation: (good, line that says how to mend it)."""
    found: list[tuple[bool, str]] = []
    app.platform.store.ping()
    found.append((True, f"Databasen svarer: {app.settings.url.split('@')[-1]}"))
    key = app.settings.master_key_path
    private = key.stat().st_mode & 0o077 == 0
    found.append((private, f"Hovednøglen {key} {'er privat' if private else 'kan læses af andre: chmod 600'}"))
    found.extend(_libraries())
    incidents = app.platform.read(lambda uow: uow.queries.incidents())
    count = sum(group.count for group in incidents)
    found.append((not count, f"Åbne hændelser: {count}" + (" (se siden Hændelser)" if count else "")))
    accounts = app.platform.read(lambda uow: uow.people.all())
    found.append(
        (bool(accounts), f"Brugere: {len(accounts)}" + ("" if accounts else " – opret en med forloeb user add"))
    )
    return found


def _libraries() -> list[tuple[bool, str]]:
    try:
        import weasyprint  # noqa: F401, PLC0415 - loading it is the test
    except OSError:
        return [(False, "Pango mangler, så PDF kan ikke dannes: apt-get install libpango-1.0-0 libpangoft2-1.0-0")]
    return [(True, "PDF kan dannes")]
