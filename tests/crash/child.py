"""Small processes with workers that kill themselves (SIGKILL) at the moment they are told, one life after the other.

Usage: `python -m tests.crash.child URL KEY_FILE FOLDER POINT:COUNT…`. Each life begins where the last one left off and
kills itself the COUNT-th time it comes to POINT (`commit`: all is written but not committed; `committed`; `claimed`:
before the handler; `handled`: after it; `delivered`: the mail is out, but not noted; `any`: after COUNT milliseconds;
`never`). It ends by itself, with 0, when nothing is left to do. Prints one line a life: its exit code, or minus the signal.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, TypeVar

from service.domain.cases import Dispatch
from service.domain.clock import SystemClock
from service.domain.handling import Channel, HandlerInfo, HandlerResult, JobContext, NewDispatch
from service.domain.storage import Store, UnitOfWork
from service.store import Sealer
from service.workers import logs
from service.workers.alarm import Workers
from service.workers.channels import Carrier, Documents
from service.workers.mail import MailFileCarrier
from tests.workers.house import House, registry, until

T = TypeVar("T")
LONGER_THAN_A_LEASE_S = 600
EFFECTS = "effects.txt"
SENDER = "forloeb@kommune.example"


class Fate:
    """Strikes at the given moment."""

    def __init__(self, point: str, count: int) -> None:
        self._point, self._left = point, count
        self._lock = threading.Lock()
        if point == "any":
            threading.Timer(count / 1000, self._strike).start()

    def at(self, point: str) -> None:
        if point != self._point:
            return
        with self._lock:
            self._left -= 1
            if self._left == 0:
                self._strike()

    def _strike(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)


class Ahead:
    """The machine's time, so much ahead: leases of those who died before are over."""

    def __init__(self, seconds: float) -> None:
        self._clock, self._length = SystemClock(), timedelta(seconds=seconds)

    def now(self) -> datetime:
        return self._clock.now() + self._length


class MortalStore:
    def __init__(self, store: Store, fate: Fate) -> None:
        self._store, self._fate = store, fate

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return self._store.read(work)

    def ping(self) -> None:
        self._store.ping()

    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        def all_but_committed(uow: UnitOfWork) -> T:
            result = work(uow)
            self._fate.at("commit")
            return result

        result = self._store.transact(all_but_committed)
        self._fate.at("committed")
        return result


class MortalMail(Carrier):
    def __init__(self, outbox: Path, fate: Fate) -> None:
        self._files, self._fate = MailFileCarrier(outbox, SENDER), fate

    def deliver(self, dispatch: Dispatch, documents: Documents) -> str:
        receipt = self._files.deliver(dispatch, documents)
        self._fate.at("delivered")
        return receipt


def handlers(folder: Path, fate: Fate) -> dict[str, HandlerInfo]:
    def add_one(job: JobContext, *, tal: int) -> dict[str, Any]:
        """Lægger én til, og skriver uden for Forløb, at det er sket."""
        fate.at("claimed")
        with (folder / EFFECTS).open("a") as file:
            file.write(f"{job.idempotency_key}\n")
        fate.at("handled")
        return {"svar": tal + 1}

    def write(job: JobContext) -> HandlerResult:
        """Sender en besked."""
        mail = NewDispatch(
            channel=Channel.SECURE_MAIL, recipient="a@kommune.example", subject="Emne", body="<p>Hej</p>"
        )
        return HandlerResult(dispatches=(mail,))

    return registry(trin=add_one, send=write)


def live(url: str, key_file: Path, folder: Path, ahead: float, fate: Fate) -> int:
    """Work until nothing is left; 4 when the workers did not stop in time."""
    with House(url, sealer=Sealer.from_file(key_file), clock=Ahead(ahead)) as house:
        platform = replace(house.platform, store=MortalStore(house.store, fate))
        bells: list[Callable[[], None]] = []
        platform = replace(platform, wake=lambda: [ring() for ring in bells] and None)
        channels = {Channel.SECURE_MAIL: MortalMail(folder / "outbox", fate)}
        workers = Workers(platform, handlers(folder, fate), channels)
        bells.append(workers.wake)
        workers.start()
        until(lambda: not active(house), seconds=60)
        return 0 if workers.stop() else 4


def active(house: House) -> int:
    counts = house.platform.read(lambda uow: uow.queries.instance_counts())
    return sum(sum(versions.values()) for versions in counts.values())


def main(url: str, key_file: str, folder: str, *lives: str) -> None:
    """Each life is a fork of this process, which itself does nothing but wait: what they need is imported once."""
    for number, life in enumerate(lives, 1):
        point, _, count = life.partition(":")
        pid = os.fork()
        if pid == 0:
            code = 3
            try:
                code = live(url, Path(key_file), Path(folder), LONGER_THAN_A_LEASE_S * number, Fate(point, int(count)))
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(code)
        _, status = os.waitpid(pid, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    logs.configure(logging.WARNING)
    main(*sys.argv[1:])
