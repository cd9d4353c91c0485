"""Deadline rows: what bindings make of them, and re-arming what is bound to them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import BindParameter, bindparam, select, text, tuple_, union, update

from service.domain.deadlines import Count, Deadline, Skipped, Unit
from service.domain.waits import DeadlineBinding, TimerUse
from service.store.columns import Due
from service.store.session import Record, Session
from service.store.statements import Prepared, Upsert, among
from service.store.tables import deadline, task_candidate, timer, user_task
from service.store.tables.waits import PAUSED
from service.store.vault import Vault, place

_OF = Prepared(
    select(deadline).where(deadline.c.owner_key == bindparam("owner")).order_by(deadline.c.due, deadline.c.id)
)
_GET = Prepared(select(deadline).where(deadline.c.owner_key == bindparam("owner"), deadline.c.id == bindparam("id")))
_SOME = select(deadline).where(deadline.c.owner_key == bindparam("owner"), among(deadline.c.id, "ids"))
_LOCK_SOME = Prepared(_SOME.with_for_update())
_KEY = ("owner_key", "id")
_PUT = Upsert(
    deadline,
    lambda insert: insert.on_conflict_do_update(
        index_elements=_KEY,
        set_={c.name: insert.excluded[c.name] for c in deadline.columns if c.name not in _KEY},
    ),
)
_MET = Prepared(
    update(deadline)
    .where(
        deadline.c.owner_key == bindparam("b_owner"), deadline.c.id == bindparam("b_id"), deadline.c.met_at.is_(None)
    )
    .values(met_at=bindparam("b_at"))
)
_BOUND_TASKS = (
    (user_task.c.owner_key == bindparam("b_owner")) & (user_task.c.deadline_id == bindparam("b_id"))
) & text("status = 'CREATED'")
_BOUND_TIMERS = (timer.c.owner_key == bindparam("b_owner")) & (timer.c.deadline_id == bindparam("b_id"))
_HAS_CANDIDATES = (_BOUND_TASKS, user_task.c.candidates)
_DUE: BindParameter[Any] = bindparam("b_due", type_=Due())
_HOLD_TASKS = update(user_task).where(_BOUND_TASKS)
_HOLD_TIMERS = update(timer).where(_BOUND_TIMERS)
_MOVE_TASKS = _HOLD_TASKS.values(due=_DUE)
_MOVE_CANDIDATES = (
    update(task_candidate)
    .where(
        task_candidate.c.instance_key.in_(select(user_task.c.instance_key).where(*_HAS_CANDIDATES)),
        task_candidate.c.task_key.in_(select(user_task.c.key).where(*_HAS_CANDIDATES)),
    )
    .values(due=_DUE)
)
_MOVE_TIMERS = _HOLD_TIMERS.where(timer.c.use_for == TimerUse.PROCESS.value, timer.c.due != _DUE).values(
    due=_DUE, next_at=_DUE, lease_token=None, attempts=0
)
_REARM = (Prepared(_MOVE_TASKS), Prepared(_MOVE_CANDIDATES), Prepared(_MOVE_TIMERS))
_PAUSE_TASKS = Prepared(_HOLD_TASKS.values(held=user_task.c.held.bitwise_or(PAUSED)))
_RESUME_TASKS = Prepared(_HOLD_TASKS.values(held=user_task.c.held.bitwise_and(~PAUSED)))
_PAUSE_TIMERS = Prepared(_HOLD_TIMERS.values(held=timer.c.held.bitwise_or(PAUSED)))
_RESUME_TIMERS = Prepared(_HOLD_TIMERS.values(held=timer.c.held.bitwise_and(~PAUSED)))
_AWAITED = Prepared(
    union(
        select(user_task.c.deadline_id).where(
            user_task.c.owner_key == bindparam("owner"),
            user_task.c.deadline_id.is_not(None),
            text("status = 'CREATED'"),
        ),
        select(timer.c.deadline_id).where(
            timer.c.owner_key == bindparam("owner"),
            timer.c.deadline_id.is_not(None),
            timer.c.use_for == TimerUse.PROCESS.value,
        ),
    )
)
_OPEN_OWNERS = Prepared(
    union(
        select(user_task.c.instance_key).where(user_task.c.deadline_id.is_not(None), text("status = 'CREATED'")),
        select(timer.c.instance_key).where(timer.c.deadline_id.is_not(None)),
    )
)
_AWAITED_ANYWHERE = union(
    select(user_task.c.owner_key, user_task.c.deadline_id).where(
        user_task.c.deadline_id.is_not(None), text("status = 'CREATED'")
    ),
    select(timer.c.owner_key, timer.c.deadline_id).where(
        timer.c.deadline_id.is_not(None), timer.c.use_for == TimerUse.PROCESS.value
    ),
)
_OPEN_COUNTS = Prepared(
    select(deadline.c.counts).where(
        deadline.c.met_at.is_(None),
        deadline.c.paused_at.is_(None),
        deadline.c.extended_until.is_(None),
        tuple_(deadline.c.owner_key, deadline.c.id).in_(_AWAITED_ANYWHERE),
    )
)


class SqlDeadlines:
    def __init__(self, session: Session, vault: Vault) -> None:
        self._session, self._vault = session, vault

    def of(self, owner_key: int) -> Sequence[Deadline]:
        return [self._read(row) for row in self._session.rows(_OF, {"owner": owner_key})]

    def get(self, owner_key: int, id_: str) -> Deadline | None:
        row = self._session.first(_GET, {"owner": owner_key, "id": id_})
        return None if row is None else self._read(row)

    def put(self, deadline: Deadline) -> None:
        self._store([deadline])
        bound = {"b_owner": deadline.owner_key, "b_id": deadline.id}
        paused = deadline.paused_at is not None
        self._session.write(_PAUSE_TASKS if paused else _RESUME_TASKS, bound)
        self._session.write(_PAUSE_TIMERS if paused else _RESUME_TIMERS, bound)
        self._rearm(deadline)

    def _rearm(self, deadline: Deadline) -> None:
        """Every open task and process timer bound to it is due when it is."""
        bound = {"b_owner": deadline.owner_key, "b_id": deadline.id, "b_due": deadline.due}
        for statement in _REARM:
            self._session.write(statement, bound)

    def awaited(self, owner_key: int) -> frozenset[str]:
        return frozenset(row[0] for row in self._session.rows(_AWAITED, {"owner": owner_key}))

    def open_counts(self) -> Sequence[Sequence[Count]]:
        return [
            [_count_from_json(count) for count in row.counts] for row in self._session.rows(_OPEN_COUNTS) if row.counts
        ]

    def open_owners(self) -> Sequence[int]:
        return [row[0] for row in self._session.rows(_OPEN_OWNERS)]

    def settle(self, owner_key: int, bindings: Sequence[DeadlineBinding], at: datetime) -> Mapping[str, Deadline]:
        """The deadlines these bindings speak of, locked: made, or moved (unless paused or extended) with all bound to them."""
        ids = sorted({binding.id for binding in bindings})
        found = self._session.rows(_LOCK_SOME, {"owner": owner_key, "ids": ids})
        before = {row.id: self._read(row) for row in found}
        after = dict(before)
        for binding in bindings:
            after[binding.id] = settled(owner_key, after.get(binding.id), binding, at)
        self._store([d for id_, d in after.items() if before.get(id_) != d])
        for id_, moved in after.items():
            if id_ in before and before[id_].due != moved.due:
                self._rearm(moved)
        return after

    def met(self, owner_key: int, ids: Iterable[str], at: datetime) -> None:
        """What these deadlines asked for has been done."""
        rows = [{"b_owner": owner_key, "b_id": id_, "b_at": at} for id_ in sorted(set(ids))]
        if rows:
            self._session.write(_MET, rows)

    def _store(self, deadlines: Sequence[Deadline]) -> None:
        if deadlines:
            self._session.write(_PUT, [self._row(d) for d in deadlines])

    def _row(self, d: Deadline) -> dict[str, Any]:
        where = place("deadline.extension_reason", d.owner_key, d.id)
        return {
            "owner_key": d.owner_key,
            "id": d.id,
            "name": d.name,
            "due": d.due,
            "computed": d.computed,
            "counts": [_count_to_json(c) for c in d.counts],
            "set_at": d.set_at,
            "paused_at": d.paused_at,
            "extended_until": d.extended_until,
            "extended_by": d.extended_by,
            "extension_reason": self._vault.seal_text(d.owner_key, where, d.extension_reason or ""),
            "met_at": d.met_at,
        }

    def _read(self, row: Record) -> Deadline:
        where = place("deadline.extension_reason", row.owner_key, row.id)
        reason = self._vault.open_text(row.owner_key, where, row.extension_reason) or None
        fields = dict(row._mapping) | {"extension_reason": reason}
        return Deadline(**fields | {"counts": tuple(_count_from_json(c) for c in row.counts)})


def settled(owner_key: int, stored: Deadline | None, binding: DeadlineBinding, at: datetime) -> Deadline:
    """What a freshly evaluated binding makes of the stored deadline. Pure.

    A new instant starts the count anew (`set_at`). A paused or extended deadline keeps its instant and its count.
    """
    if stored is None:
        return Deadline(
            owner_key=owner_key,
            id=binding.id,
            name=binding.name,
            due=binding.due,
            computed=binding.due,
            counts=binding.counts,
            set_at=at,
        )
    if stored.paused_at is not None or stored.extended_until is not None:
        return replace(stored, name=binding.name, computed=binding.due)
    moved = stored.due != binding.due
    return replace(
        stored,
        name=binding.name,
        due=binding.due,
        computed=binding.due,
        counts=binding.counts,
        set_at=at if moved else stored.set_at,
        met_at=None if moved else stored.met_at,
    )


def _count_to_json(count: Count) -> dict[str, Any]:
    return {
        "unit": count.unit.value,
        "start": count.start.isoformat(),
        "days": count.days,
        "due": count.due.isoformat(),
        "skipped": [[s.day.isoformat(), s.why] for s in count.skipped],
        "calendar": count.calendar_version,
    }


def _count_from_json(data: Mapping[str, Any]) -> Count:
    return Count(
        Unit(data["unit"]),
        datetime.fromisoformat(data["start"]),
        data["days"],
        datetime.fromisoformat(data["due"]),
        tuple(Skipped(date.fromisoformat(day), why) for day, why in data["skipped"]),
        data["calendar"],
    )
