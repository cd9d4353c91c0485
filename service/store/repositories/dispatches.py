"""The outbox: what is to be sent, claimed with leases that expire."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, desc, insert, select, text, update

from service.domain.cases import Dispatch, DispatchStatus
from service.domain.handling import Channel
from service.store.database import Record, Session
from service.store.tables import data_key, dispatch
from service.store.vault import Vault, place

_ROW = select(dispatch, data_key.c.version.label("key_version"), data_key.c.wrapped).select_from(
    dispatch.outerjoin(data_key, data_key.c.owner_key == dispatch.c.owner_key)
)
_CLAIMABLE = text("status IN ('venter', 'sendes')")
_DUE = (
    _ROW.where(_CLAIMABLE, dispatch.c.next_at <= bindparam("now"))
    .order_by(dispatch.c.next_at, dispatch.c.key)
    .limit(bindparam("n"))
    .with_for_update(of=dispatch, skip_locked=True)
)
_ONE = (dispatch.c.owner_key == bindparam("b_owner")) & (dispatch.c.key == bindparam("b_key"))
_LEASE = (
    update(dispatch)
    .where(_ONE)
    .values(lease_token=bindparam("b_token"), next_at=bindparam("b_until"), attempts=dispatch.c.attempts + 1)
)
_BY_KEY = _ROW.where(dispatch.c.key == bindparam("key"))
_OF_CASE = _ROW.where(dispatch.c.owner_key == bindparam("owner")).order_by(desc(dispatch.c.key))
_OF_JOB = _ROW.where(dispatch.c.job_key == bindparam("job")).order_by(dispatch.c.key)
_NEXT = select(dispatch.c.next_at).where(_CLAIMABLE).order_by(dispatch.c.next_at).limit(1)


class SqlDispatches:
    def __init__(self, session: Session, vault: Vault) -> None:
        self._session, self._vault = session, vault

    def add(self, dispatch: Dispatch, at: datetime) -> None:
        """It may be claimed from `at` on."""
        d, where = dispatch, (dispatch.owner_key, dispatch.key)
        content = {"recipient": d.recipient, "subject": d.subject, "body": d.body}
        row = {
            "owner_key": d.owner_key,
            "key": d.key,
            "instance_key": d.instance_key,
            "job_key": d.job_key,
            "channel": d.channel.value,
            "idempotency_key": d.idempotency_key,
            "status": d.status.value,
            "created_at": d.created_at,
            "sent_at": d.sent_at,
            "attempts": d.attempts,
            "next_at": at,
            "content": self._vault.seal_json(d.owner_key, place("dispatch.content", *where), content),
            "last_error": self._vault.seal_text(d.owner_key, place("dispatch.last_error", *where), d.last_error),
            "receipt": self._vault.seal_text(d.owner_key, place("dispatch.receipt", *where), d.receipt),
            "document_keys": list(d.document_keys),
            "content_sha256": d.content_sha256,
        }
        self._session.write(insert(DISPATCH_TABLE), row)

    def claim(self, now: datetime, *, until: datetime, limit: int) -> Sequence[tuple[Dispatch, str]]:
        """A claim counts one attempt and leaves the status as it is."""
        self._session.must_write()
        rows = self._session.rows(_DUE, {"now": now, "n": limit})
        if not rows:
            return []
        token = uuid.uuid4().hex
        lease = {"b_token": token, "b_until": until}
        self._session.write(_LEASE, [lease | {"b_owner": row.owner_key, "b_key": row.key} for row in rows])
        return [(replace(self._dispatch(row), attempts=row.attempts + 1), token) for row in rows]

    def mark(
        self,
        dispatch: Dispatch,
        lease_token: str | None,
        status: DispatchStatus,
        *,
        at: datetime,
        next_at: datetime | None = None,
        error: str = "",
        receipt: str = "",
    ) -> bool:
        """The lease is kept when the status is SENDING (and ends at `next_at`, if given), else given back."""
        d, where = dispatch, (dispatch.owner_key, dispatch.key)
        values: dict[str, Any] = {"status": status.value}
        if status is not DispatchStatus.SENDING:
            values["lease_token"] = None
            values["next_at"] = next_at or at
        elif next_at is not None:
            values["next_at"] = next_at
        if status is DispatchStatus.SENT:
            values["sent_at"] = at
        if error:
            values["last_error"] = self._vault.seal_text(d.owner_key, place("dispatch.last_error", *where), error)
        if receipt:
            values["receipt"] = self._vault.seal_text(d.owner_key, place("dispatch.receipt", *where), receipt)
        change = update(DISPATCH_TABLE).where(_ONE)
        one: dict[str, Any] = {"b_owner": d.owner_key, "b_key": d.key}
        if lease_token is not None:
            change = change.where(DISPATCH_TABLE.c.lease_token == bindparam("b_token"))
            one["b_token"] = lease_token
        return self._session.write(change.values(values), one) == 1

    def get(self, key: int) -> Dispatch | None:
        row = self._session.first(_BY_KEY, {"key": key})
        return None if row is None else self._dispatch(row)

    def of_case(self, owner_key: int) -> Sequence[Dispatch]:
        return [self._dispatch(row) for row in self._session.rows(_OF_CASE, {"owner": owner_key})]

    def of_job(self, job_key: int) -> Sequence[Dispatch]:
        """Oldest first."""
        return [self._dispatch(row) for row in self._session.rows(_OF_JOB, {"job": job_key})]

    def next_due(self) -> datetime | None:
        found: datetime | None = self._session.value(_NEXT)
        return found

    def _dispatch(self, row: Record) -> Dispatch:
        self._vault.learn(row.owner_key, row.key_version, row.wrapped)
        owner, where = row.owner_key, (row.owner_key, row.key)
        content = self._vault.open_json(owner, place("dispatch.content", *where), row.content) or {}
        return Dispatch(
            owner_key=owner,
            key=row.key,
            instance_key=row.instance_key,
            job_key=row.job_key,
            channel=Channel(row.channel),
            idempotency_key=row.idempotency_key,
            status=DispatchStatus(row.status),
            created_at=row.created_at,
            sent_at=row.sent_at,
            attempts=row.attempts,
            last_error=self._vault.open_text(owner, place("dispatch.last_error", *where), row.last_error),
            document_keys=tuple(row.document_keys),
            content_sha256=row.content_sha256,
            receipt=self._vault.open_text(owner, place("dispatch.receipt", *where), row.receipt),
            **content,
        )


DISPATCH_TABLE = dispatch
