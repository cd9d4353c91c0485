"""The store: transactions with bounded retry, and the unit of work they hand to the verbs."""

from __future__ import annotations

import random
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from functools import cached_property
from typing import TypeVar

from sqlalchemy import URL, Engine, select

from service.domain.errors import SetupFault, Stale
from service.domain.ports import Keys
from service.store.database import in_memory
from service.store.faults import Overtaken, Severed
from service.store.migrations import revision_fault
from service.store.queries import SqlQueries
from service.store.queries.counts import SqlCaseCounts
from service.store.queries.workload import SqlWorkload
from service.store.repositories.access_log import SqlAccessLog
from service.store.repositories.cases import SqlCases
from service.store.repositories.citizens import SqlCitizens
from service.store.repositories.deadlines import SqlDeadlines
from service.store.repositories.definitions import DefinitionFacts, SqlDefinitions
from service.store.repositories.dispatches import SqlDispatches
from service.store.repositories.history import SqlHistory
from service.store.repositories.incidents import SqlIncidents
from service.store.repositories.instances import SqlInstances
from service.store.repositories.jobs import SqlJobs
from service.store.repositories.messages import SqlMessages
from service.store.repositories.milestones import SqlMilestones
from service.store.repositories.notices import SqlNotices
from service.store.repositories.parties import SqlParties
from service.store.repositories.people import SqlPeople
from service.store.repositories.registers import SqlRegisters
from service.store.repositories.tasks import SqlTasks
from service.store.repositories.timers import SqlTimers
from service.store.sealing import Sealer
from service.store.session import Session
from service.store.statements import Prepared, Upsert, Written
from service.store.tables import house
from service.store.transactions import transaction
from service.store.vault import Vault

T = TypeVar("T")
TRIES = 8
"""How often a transaction is run before `Stale` goes to the caller."""
_FIRST_PAUSE_S = 0.002
FINGERPRINT = "master key fingerprint"
_ADOPT = Upsert(house, lambda insert: insert.on_conflict_do_nothing())
_FINGERPRINT = Prepared(select(house.c.value).where(house.c.name == FINGERPRINT))
_HAS_REVISION = {
    "sqlite": Written("SELECT name FROM sqlite_master WHERE name = 'alembic_version'"),
    "postgresql": Written("SELECT to_regclass('alembic_version')::text"),
}
_REVISION = Written("SELECT version_num FROM alembic_version")


class SqlUnitOfWork:
    """The repositories over one transaction; each is made when it is first asked for."""

    def __init__(self, session: Session, sealer: Sealer, keys: Keys, facts: DefinitionFacts) -> None:
        self.session, self.keys = session, keys
        self.vault = Vault(session, sealer)
        self.facts = facts

    @cached_property
    def definitions(self) -> SqlDefinitions:
        return SqlDefinitions(self.session)

    @cached_property
    def instances(self) -> SqlInstances:
        return SqlInstances(self.session, self.vault, self.keys, self.facts, self._unit_of_case)

    @cached_property
    def tasks(self) -> SqlTasks:
        return SqlTasks(self.session, self.vault, self.instances)

    @cached_property
    def jobs(self) -> SqlJobs:
        return SqlJobs(self.session, self.vault, self.instances)

    @cached_property
    def timers(self) -> SqlTimers:
        return SqlTimers(self.session, self.instances)

    @cached_property
    def messages(self) -> SqlMessages:
        return SqlMessages(self.session, self.vault)

    @cached_property
    def incidents(self) -> SqlIncidents:
        return SqlIncidents(self.session, self.vault)

    @cached_property
    def deadlines(self) -> SqlDeadlines:
        return SqlDeadlines(self.session, self.vault)

    @cached_property
    def history(self) -> SqlHistory:
        return SqlHistory(self.session, self.vault, self.instances)

    @cached_property
    def cases(self) -> SqlCases:
        return SqlCases(self.session, self.vault, self.citizens)

    @cached_property
    def parties(self) -> SqlParties:
        return SqlParties(self.session, self.vault)

    @cached_property
    def milestones(self) -> SqlMilestones:
        return SqlMilestones(self.session)

    @cached_property
    def counts(self) -> SqlCaseCounts:
        return SqlCaseCounts(self.session)

    @cached_property
    def workload(self) -> SqlWorkload:
        return SqlWorkload(self.session)

    @cached_property
    def citizens(self) -> SqlCitizens:
        return SqlCitizens(self.session, self.vault)

    @cached_property
    def dispatches(self) -> SqlDispatches:
        return SqlDispatches(self.session, self.vault)

    @cached_property
    def notices(self) -> SqlNotices:
        return SqlNotices(self.session)

    @cached_property
    def people(self) -> SqlPeople:
        return SqlPeople(self.session)

    @cached_property
    def registers(self) -> SqlRegisters:
        return SqlRegisters(self.session)

    @cached_property
    def access_log(self) -> SqlAccessLog:
        return SqlAccessLog(self.session, self.vault, self.keys)

    @cached_property
    def queries(self) -> SqlQueries:
        return SqlQueries(self.session, self.vault)

    @property
    def for_workers(self) -> bool:
        return self.session.for_workers

    def _unit_of_case(self, key: int) -> str | None:
        case = self.cases.get(key)
        return case.unit if case else None

    def finish(self) -> None:
        """Write what was begun and never applied."""
        if "instances" in self.__dict__:
            self.instances.flush()


class SqlStore:
    """`service.domain.storage.Store` over one database. Safe to use from many threads."""

    def __init__(self, engine: Engine, sealer: Sealer, keys: Keys) -> None:
        self._engine, self._sealer, self._keys = engine, sealer, keys
        self._facts = DefinitionFacts()
        self._kind = engine.dialect.name
        self._one_writer = self._kind == "sqlite"
        self._one_connection = in_memory(engine.url)
        self._turn = threading.Lock()
        self._inside = threading.local()

    @property
    def url(self) -> URL:
        """Of the database; its text form hides the password."""
        return self._engine.url

    def transact(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        for attempt in range(1, TRIES + 1):
            try:
                return self._connected(lambda: self._once(work))
            except Overtaken as overtaken:
                if attempt == TRIES:
                    raise Stale from overtaken
                time.sleep(random.random() * _FIRST_PAUSE_S * 2**attempt)  # noqa: S311 (spreads the tries)
        raise AssertionError("unreachable")

    def read(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        return self._connected(lambda: self._look(work))

    def _connected(self, act: Callable[[], T]) -> T:
        """Once more on a fresh connection when the one at hand turned out to be cut before anything was stored."""
        try:
            return act()
        except Severed:
            return act()

    def _look(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        with (
            self._turn_for(alone=self._one_connection, nested=not self._one_connection),
            transaction(self._engine, writes=False) as session,
        ):
            return work(self._unit_of_work(session))

    def ping(self) -> None:
        with transaction(self._engine, writes=False) as session:
            if fault := revision_fault(session.value(_REVISION) if session.value(_HAS_REVISION[self._kind]) else None):
                raise SetupFault(why=fault)
            stored = session.value(_FINGERPRINT)
        if stored != self._sealer.fingerprint():
            raise SetupFault(why="Hovednøglen passer ikke til databasen: den er krypteret med en anden hovednøgle.")

    @property
    def sealer(self) -> Sealer:
        return self._sealer

    def copy_into(self, engine: Engine) -> None:
        """Copy a SQLite database as it stands into the empty one of another engine."""
        with self._engine.connect() as ours, engine.connect() as theirs:
            source, target = ours.connection.driver_connection, theirs.connection.driver_connection
            assert isinstance(source, sqlite3.Connection)
            assert isinstance(target, sqlite3.Connection)
            source.backup(target)

    def rewrap(self) -> int:
        """Wrap every data key with the newest master key; gives how many were not yet.

        Older master keys stay needed for the blind indexes. Can be run again, and beside everything else.
        """
        return self.transact(lambda uow: uow.vault.rewrap())

    def close(self) -> None:
        self._engine.dispose()

    def adopt(self) -> None:
        """Note the master key's fingerprint in a new database, then `ping`."""
        with transaction(self._engine, writes=True) as session:
            if session.value(_HAS_REVISION[self._kind]):
                session.write(_ADOPT, {"name": FINGERPRINT, "value": self._sealer.fingerprint()})
        self.ping()

    def _once(self, work: Callable[[SqlUnitOfWork], T]) -> T:
        with self._turn_for(alone=self._one_writer, nested=False):
            with transaction(self._engine, writes=True) as session:
                unit_of_work = self._unit_of_work(session)
                result = work(unit_of_work)
                unit_of_work.finish()
            for act in session.after_commit:
                act()
            return result

    def _unit_of_work(self, session: Session) -> SqlUnitOfWork:
        return SqlUnitOfWork(session, self._sealer, self._keys, self._facts)

    @contextmanager
    def _turn_for(self, *, alone: bool, nested: bool) -> Iterator[None]:
        """SQLite has one writer: waiting here in turn is faster than being told "busy" (a lock of this process only).

        A unit of work that writes inside another one would wait for itself: that raises RuntimeError.
        """
        if nested:
            yield
            return
        if getattr(self._inside, "unit_of_work", False):
            raise RuntimeError("a unit of work was opened inside another one")
        self._inside.unit_of_work = True
        try:
            with self._turn if alone else nullcontext():
                yield
        finally:
            self._inside.unit_of_work = False
