"""The outbox: what is to be sent, claimed with leases that expire."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Boolean, LargeBinary, bindparam, case, desc, func, insert, select, text, update

from service.domain.cases import Dispatch, DispatchStatus
from service.domain.handling import Channel
from service.store.columns import Instant
from service.store.session import Record, Session
from service.store.statements import Prepared
from service.store.tables import data_key, dispatch
from service.store.vault import Vault, place

_ROW = select(dispatch, data_key.c.version.label("key_version"), data_key.c.wrapped).select_from(
    dispatch.outerjoin(data_key, data_key.c.owner_key == dispatch.c.owner_key)
)
_CLAIMABLE = text("status IN ('venter', 'sendes')")
_DUE = Prepared(
    _ROW.where(_CLAIMABLE, dispatch.c.next_at <= bindparam("now"))
    .order_by(dispatch.c.next_at, dispatch.c.key)
    .limit(bindparam("n"))
    .with_for_update(of=dispatch, skip_locked=True)
)
_ONE = (dispatch.c.owner_key == bindparam("b_owner")) & (dispatch.c.key == bindparam("b_key"))
_LEASE = Prepared(
    update(dispatch)
    .where(_ONE)
    .values(lease_token=bindparam("b_token"), next_at=bindparam("b_until"), attempts=dispatch.c.attempts + 1)
)
_CHANGE = (
    update(dispatch)
    .where(_ONE)
    .values(
        status=bindparam("b_status"),
        lease_token=case((bindparam("b_keep", type_=Boolean()), dispatch.c.lease_token), else_=None),
        next_at=func.coalesce(bindparam("b_next", type_=Instant()), dispatch.c.next_at),
        sent_at=func.coalesce(bindparam("b_sent", type_=Instant()), dispatch.c.sent_at),
        last_error=func.coalesce(bindparam("b_error", type_=LargeBinary()), dispatch.c.last_error),
        receipt=func.coalesce(bindparam("b_receipt", type_=LargeBinary()), dispatch.c.receipt),
    )
)
_MARK, _MARK_LEASED = Prepared(_CHANGE), Prepared(_CHANGE.where(dispatch.c.lease_token == bindparam("b_token")))
_BY_KEY = Prepared(_ROW.where(dispatch.c.key == bindparam("key")))
_OF_CASE = Prepared(_ROW.where(dispatch.c.owner_key == bindparam("owner")).order_by(desc(dispatch.c.key)))
_OF_JOB = Prepared(_ROW.where(dispatch.c.job_key == bindparam("job")).order_by(dispatch.c.key))
_ADD = Prepared(insert(dispatch))
_NEXT = Prepared(select(dispatch.c.next_at).where(_CLAIMABLE).order_by(dispatch.c.next_at).limit(1))


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
        self._session.write(_ADD, row)

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
        sending, sent = status is DispatchStatus.SENDING, status is DispatchStatus.SENT
        change = {
            "b_owner": d.owner_key,
            "b_key": d.key,
            "b_status": status.value,
            "b_keep": sending,
            "b_next": next_at if sending else next_at or at,
            "b_sent": at if sent else None,
            "b_error": self._vault.seal_text(d.owner_key, place("dispatch.last_error", *where), error),
            "b_receipt": self._vault.seal_text(d.owner_key, place("dispatch.receipt", *where), receipt),
        }
        if lease_token is None:
            return self._session.count(_MARK, change) == 1
        return self._session.count(_MARK_LEASED, change | {"b_token": lease_token}) == 1

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
