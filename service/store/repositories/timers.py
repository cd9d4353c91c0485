"""Timers: of waiting instances, reminders of user tasks, and timer start events; claimed with leases that expire."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, delete, insert, select, text, update

from service.domain.waits import Timer, TimerUse
from service.store.repositories.instances import SqlInstances
from service.store.session import Record, Session
from service.store.statements import Prepared, among
from service.store.tables import timer, user_task

_FREE = text("held = 0")
_DUE = Prepared(
    select(timer)
    .where(_FREE, timer.c.next_at <= bindparam("now"))
    .order_by(timer.c.next_at, timer.c.key)
    .limit(bindparam("n"))
    .with_for_update(skip_locked=True)
)
_ONE = (timer.c.instance_key == bindparam("b_root")) & (timer.c.key == bindparam("b_key"))
_LEASE = Prepared(
    update(timer)
    .where(_ONE)
    .values(lease_token=bindparam("b_token"), next_at=bindparam("b_until"), attempts=timer.c.attempts + 1)
)
_TOKEN = Prepared(
    select(timer.c.lease_token)
    .where(timer.c.instance_key == bindparam("root"), timer.c.key == bindparam("key"))
    .with_for_update()
)
_LEASED = timer.c.lease_token == bindparam("b_token")
_RELEASE = Prepared(update(timer).where(_ONE, _LEASED).values(lease_token=None, next_at=timer.c.due))
_RETRY = Prepared(update(timer).where(_ONE, _LEASED).values(lease_token=None, next_at=bindparam("b_next")))
_DROP = Prepared(delete(timer).where(_ONE))
_DROP_LEASED = Prepared(delete(timer).where(_ONE, _LEASED))
_WAIT = Prepared(
    select(user_task.c.owner_key, user_task.c.held).where(
        user_task.c.instance_key == bindparam("root"), user_task.c.key == bindparam("key")
    )
)
_REPLACE = Prepared(
    delete(timer).where(
        timer.c.instance_key == bindparam("b_root"),
        timer.c.wait_key == bindparam("b_wait"),
        timer.c.use_for == bindparam("b_use"),
    )
)
_SCHEDULE = Prepared(insert(timer))
_DROP_STARTS = Prepared(
    delete(timer).where(among(timer.c.instance_key, "b_keys"), timer.c.use_for == TimerUse.START.value)
)
_NEXT = Prepared(select(timer.c.next_at).where(_FREE).order_by(timer.c.next_at).limit(1))


class SqlTimers:
    def __init__(self, session: Session, instances: SqlInstances) -> None:
        self._session, self._instances = session, instances

    def claim(self, now: datetime, *, until: datetime, limit: int) -> Sequence[Timer]:
        self._session.must_write()
        rows = self._session.rows(_DUE, {"now": now, "n": limit})
        if not rows:
            return []
        token = uuid.uuid4().hex
        lease = {"b_token": token, "b_until": until}
        self._session.write(_LEASE, [lease | {"b_root": row.instance_key, "b_key": row.key} for row in rows])
        return [_timer(row, token, row.attempts + 1) for row in rows]

    def held(self, timer: Timer) -> bool:
        if timer.use is not TimerUse.START:
            self._instances.hold(timer.instance_key)  # the instance first, as every step does: no deadlock
        token = self._session.value(_TOKEN, {"root": timer.instance_key, "key": timer.key})
        return token is not None and token == timer.lease_token

    def release(self, timer: Timer, *, retry_at: datetime | None = None) -> None:
        """Nothing when the lease has been lost."""
        one = _one(timer) | {"b_token": timer.lease_token}
        if retry_at is None:
            self._session.write(_RELEASE, one)
        else:
            self._session.write(_RETRY, one | {"b_next": retry_at})

    def drop(self, timer: Timer) -> None:
        """Nothing when it has been armed anew since it was claimed."""
        if timer.lease_token is None:
            self._session.write(_DROP, _one(timer))
        else:
            self._session.write(_DROP_LEASED, _one(timer) | {"b_token": timer.lease_token})

    def drop_reminders(self, instance_key: int, wait_key: int) -> None:
        uses = (TimerUse.REMINDER_SOON, TimerUse.REMINDER_OVERDUE, TimerUse.REMINDER_SECOND)
        rows = [{"b_root": instance_key, "b_wait": wait_key, "b_use": use.value} for use in uses]
        self._session.write(_REPLACE, rows)

    def schedule(
        self,
        instance_key: int,
        key: int,
        use: TimerUse,
        due: datetime,
        *,
        wait_key: int,
        deadline_id: str | None = None,
    ) -> None:
        """A reminder takes the place of the one with the same wait and use, and is held while its task is."""
        owner_key, held = instance_key, 0
        if use is not TimerUse.START:
            self._session.write(_REPLACE, {"b_root": instance_key, "b_wait": wait_key, "b_use": use.value})
            task = self._session.first(_WAIT, {"root": instance_key, "key": wait_key})
            if task is not None:
                owner_key, held = task.owner_key, task.held
        row = {
            "instance_key": instance_key,
            "key": key,
            "use_for": use.value,
            "due": due,
            "next_at": due,
            "wait_key": wait_key,
            "owner_key": owner_key,
            "deadline_id": deadline_id,
            "held": held,
            "attempts": 0,
        }
        self._session.write(_SCHEDULE, row)

    def drop_starts(self, process_id_keys: Sequence[int]) -> None:
        self._session.write(_DROP_STARTS, {"b_keys": list(process_id_keys)})

    def next_due(self) -> datetime | None:
        found: datetime | None = self._session.value(_NEXT)
        return found


def _one(timer: Timer) -> dict[str, Any]:
    return {"b_root": timer.instance_key, "b_key": timer.key}


def _timer(row: Record, token: str | None, attempts: int) -> Timer:
    return Timer(
        instance_key=row.instance_key,
        key=row.key,
        use=TimerUse(row.use_for),
        due=row.due,
        wait_key=row.wait_key,
        deadline_id=row.deadline_id,
        lease_token=token,
        attempts=attempts,
    )
