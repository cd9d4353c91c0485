"""Process instances: begun, locked, moved by steps, suspended."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

from sqlalchemy import bindparam, func, select, text, union_all, update

from service.domain.errors import NotFound
from service.domain.instances import Instance, InstanceStatus, Step
from service.domain.ports import Keys
from service.domain.storage import HistoryEntry
from service.store.repositories.definitions import DefinitionFacts
from service.store.repositories.held import CHAIN_START, Held, held_of, instance_of
from service.store.repositories.steps import APPEND, StepWriter
from service.store.session import Record, Session
from service.store.statements import Prepared
from service.store.tables import data_key, instance, job, timer, user_task
from service.store.tables.waits import SUSPENDED
from service.store.vault import Vault, place

_IS_ROOT = (instance.c.root_key == bindparam("key")) & (instance.c.key == bindparam("key"))
_WITH_KEY = instance.join(data_key, data_key.c.owner_key == instance.c.owner_key)
_LOCK = Prepared(
    select(instance, data_key.c.version.label("key_version"), data_key.c.wrapped)
    .select_from(_WITH_KEY)
    .where(_IS_ROOT)
    .with_for_update(of=instance)
)
_OF_TASK = select(user_task.c.instance_key).where(user_task.c.key == bindparam("task")).scalar_subquery()
_LOCK_OF_TASK = Prepared(
    select(instance, data_key.c.version.label("key_version"), data_key.c.wrapped)
    .select_from(_WITH_KEY)
    .where(instance.c.root_key == _OF_TASK, instance.c.key == _OF_TASK)
    .with_for_update(of=instance)
)
_CALLED = (instance.c.key == bindparam("key")) & text("key <> root_key")
_ROOT_OF_CALLED = Prepared(select(instance.c.root_key).where(_CALLED))
_ROW_COLUMNS = [column for column in instance.columns if column.name != "state"]
_GET = Prepared(union_all(select(*_ROW_COLUMNS).where(_IS_ROOT), select(*_ROW_COLUMNS).where(_CALLED)))
_STATE = Prepared(
    select(instance.c.owner_key, instance.c.state, data_key.c.version.label("key_version"), data_key.c.wrapped)
    .select_from(_WITH_KEY)
    .where(_IS_ROOT)
)
_STARTED = Prepared(
    select(instance.c.key).where(
        instance.c.started_lookup == bindparam("lookup"), text("started_lookup IS NOT NULL AND status = 'ACTIVE'")
    )
)
_PER_VERSION = Prepared(
    select(instance.c.definition_version, func.count())
    .where(instance.c.process_id == bindparam("process_id"), text("parent_key IS NULL AND ended_at IS NULL"))
    .group_by(instance.c.definition_version)
)
_SUSPEND = Prepared(
    update(instance).where(instance.c.root_key == bindparam("b_root")).values(suspended=bindparam("b_suspended"))
)
_OF_INSTANCE = [
    update(table).where(table.c.instance_key == bindparam("b_root"), condition)
    for table, condition in ((user_task, text("status = 'CREATED'")), (timer, text("1 = 1")), (job, text("1 = 1")))
]
_HOLD = [Prepared(rows.values(held=rows.table.c.held.bitwise_or(SUSPENDED))) for rows in _OF_INSTANCE]
_LET_GO = [Prepared(rows.values(held=rows.table.c.held.bitwise_and(~SUSPENDED))) for rows in _OF_INSTANCE]


class SqlInstances:
    """Keeps the locked root instances of its unit of work, so that asking again costs nothing."""

    def __init__(
        self,
        session: Session,
        vault: Vault,
        keys: Keys,
        facts: DefinitionFacts,
        unit_of_case: Callable[[int], str | None],
    ) -> None:
        self._session, self._vault, self._facts = session, vault, facts
        self._unit_of_case = unit_of_case
        self._held: dict[int, Held] = {}
        self.steps = StepWriter(session, vault, keys, facts)

    def begin(
        self,
        key: int,
        *,
        process_id: str,
        definition_key: int,
        definition_version: int,
        folder: str,
        case_key: int | None,
        started_by_message: tuple[str, str] | None,
        at: datetime,
    ) -> Instance:
        begun = Instance(
            key=key,
            root_key=key,
            process_id=process_id,
            definition_key=definition_key,
            definition_version=definition_version,
            status=InstanceStatus.ACTIVE,
            started_at=at,
            case_key=case_key,
            version=0,
        )
        unit = None
        if case_key is None:
            self._vault.make(key)
        else:
            unit = self._unit_of_case(case_key)
        lookup = self._started_lookup(process_id, *started_by_message) if started_by_message else None
        row = {"folder": folder, "owner_key": case_key or key, "unit": unit, "started_lookup": lookup}
        self._held[key] = Held(begun, case_key or key, unit, folder, 0, CHAIN_START, begun=row)
        return begun

    def lock(self, key: int) -> Instance | None:
        held = self.hold(key)
        return held.instance if held else None

    def hold(self, key: int) -> Held | None:
        """The root instance of this key, locked, with what the store knows beside it."""
        held = self._held.get(key)
        if held is not None:
            return held
        self._session.must_write()
        row = self._session.first(_LOCK, {"key": key})
        if row is None:
            root = self._session.value(_ROOT_OF_CALLED, {"key": key})
            return None if root is None else self.hold(root)
        return self._keep(row)

    def hold_of_task(self, task_key: int) -> Held | None:
        """The root instance that a user task belongs to, locked. Read the task afterwards: it may have changed."""
        self._session.must_write()
        row = self._session.first(_LOCK_OF_TASK, {"task": task_key})
        return None if row is None else self._held.get(row.key) or self._keep(row)

    def _keep(self, row: Record) -> Held:
        self._vault.learn(row.owner_key, row.key_version, row.wrapped)
        state = self._vault.open(row.owner_key, state_place(row.key), row.state)
        held = self._held[row.key] = held_of(row, state)
        return held

    def get(self, key: int) -> Instance | None:
        if key in self._held:
            return replace(self._held[key].instance, state=None)
        row = self._session.first(_GET, {"key": key})
        return None if row is None else instance_of(row)

    def state(self, key: int) -> bytes | None:
        if key in self._held:
            return self._held[key].instance.state
        row = self._session.first(_STATE, {"key": key})
        if row is None:
            return None
        self._vault.learn(row.owner_key, row.key_version, row.wrapped)
        return self._vault.open(row.owner_key, state_place(key), row.state)

    def apply(self, instance: Instance, step: Step, entry: HistoryEntry) -> Instance:
        return self.steps.write(self._must_hold(instance.key), instance.version, step, entry)

    def set_suspended(self, instance: Instance, suspended: bool, entry: HistoryEntry) -> Instance:
        held = self._must_hold(instance.key)
        self.flush()
        line = held.next_entry(self._vault, entry)
        self._session.write(APPEND, line)
        chain = {"history_number": held.number, "history_hash": held.chain}
        self._session.write(_SUSPEND, {"b_root": held.key, "b_suspended": suspended})
        self._session.write(self.steps.move_chain, {"b_root": held.key} | chain)
        for statement in _HOLD if suspended else _LET_GO:
            self._session.write(statement, {"b_root": held.key})
        held.instance = replace(held.instance, suspended=suspended)
        return held.instance

    def active_started_by(self, process_id: str, message: str, correlation_key: str) -> bool:
        lookup = self._started_lookup(process_id, message, correlation_key)
        if lookup is None:
            return False
        self.flush()
        return self._session.first(_STARTED, {"lookup": lookup}) is not None

    def active_with_version_below(self, process_id: str) -> Mapping[int, int]:
        return {row[0]: row[1] for row in self._session.rows(_PER_VERSION, {"process_id": process_id})}

    def append(self, key: int, entry: HistoryEntry) -> None:
        """One history entry beside the steps."""
        held = self._must_hold(key)
        self.flush()
        self._session.write(APPEND, held.next_entry(self._vault, entry))
        moved = {"b_root": held.key, "history_number": held.number, "history_hash": held.chain}
        self._session.write(self.steps.move_chain, moved)

    def flush(self) -> None:
        """Write instances that were begun and not yet moved."""
        for held in self._held.values():
            if held.begun is not None:
                self.steps.insert_instance(held)

    def _must_hold(self, key: int) -> Held:
        held = self.hold(key)
        if held is None:
            raise NotFound(what=f"forløb {key}")
        return held

    def _started_lookup(self, process_id: str, message: str, correlation_key: str) -> bytes | None:
        """None without a correlation key: then any number of instances may run."""
        if not correlation_key:
            return None
        return self._vault.sealer.index("started", process_id, message, correlation_key)


def state_place(key: int) -> bytes:
    return place("instance.state", key)
