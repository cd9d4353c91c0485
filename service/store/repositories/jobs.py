"""Jobs: work for handlers, claimed with leases that expire."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select, text, update

from service.domain.json import Variables
from service.domain.waits import Job, JobStatus, ListenerEvent
from service.store.repositories.held import case_of
from service.store.repositories.instances import SqlInstances
from service.store.session import Record, Session
from service.store.statements import Prepared, among
from service.store.tables import data_key, job
from service.store.vault import Vault, place

_JOB = select(job, data_key.c.version.label("key_version"), data_key.c.wrapped).select_from(
    job.outerjoin(data_key, data_key.c.owner_key == job.c.owner_key)
)
_CLAIMABLE = text("status = 'open' AND held = 0")
_DUE = (
    _JOB.where(_CLAIMABLE, job.c.next_at <= bindparam("now"))
    .order_by(job.c.next_at, job.c.key)
    .limit(bindparam("n"))
    .with_for_update(of=job, skip_locked=True)
)
_DUE_OF_ANY = Prepared(_DUE)
_DUE_OF_TYPES = Prepared(_DUE.where(among(job.c.type, "types")))
_BY_KEY = Prepared(_JOB.where(job.c.key == bindparam("key")))
_OF = Prepared(_JOB.where(job.c.instance_key == bindparam("root")).order_by(job.c.key))
_ASKED_ABOUT = Prepared(
    select(job.c.element_instance_key).where(among(job.c.instance_key, "roots"), job.c.listener.is_not(None))
)
_RESULT = Prepared(
    select(job.c.instance_key, job.c.owner_key, job.c.result).where(
        job.c.key == bindparam("key"), job.c.status == JobStatus.SENDING.value
    )
)
_ONE = (job.c.instance_key == bindparam("b_root")) & (job.c.key == bindparam("b_key"))
_LEASE = Prepared(
    update(job)
    .where(_ONE)
    .values(
        lease_token=bindparam("b_token"),
        lease_until=bindparam("b_until"),
        next_at=bindparam("b_until"),
        attempts=job.c.attempts + 1,
    )
)
_RENEW = Prepared(
    update(job)
    .where(_ONE, job.c.lease_token == bindparam("b_token"))
    .values(lease_until=bindparam("b_until"), next_at=bindparam("b_until"))
)
_CHANGE = update(job).where(_ONE).values(lease_token=None, lease_until=None)
_RETRY = Prepared(
    _CHANGE.values(retries=bindparam("b_retries"), next_at=bindparam("b_next"), error=bindparam("b_error"))
)
_FAIL = Prepared(_CHANGE.values(status=JobStatus.FAILED.value, error=bindparam("b_error")))
_SENDING = Prepared(_CHANGE.values(status=JobStatus.SENDING.value, result=bindparam("b_result")))
_REVIVE = Prepared(
    update(job)
    .where(job.c.key == bindparam("b_key"))
    .values(
        status=JobStatus.OPEN.value,
        retries=bindparam("b_retries"),
        attempts=0,
        next_at=bindparam("b_next"),
        lease_token=None,
        lease_until=None,
    )
)
_NEXT = select(job.c.next_at).where(_CLAIMABLE).order_by(job.c.next_at).limit(1)
_NEXT_OF_ANY = Prepared(_NEXT)
_NEXT_OF_TYPES = Prepared(_NEXT.where(among(job.c.type, "types")))


class SqlJobs:
    def __init__(self, session: Session, vault: Vault, instances: SqlInstances) -> None:
        self._session, self._vault, self._instances = session, vault, instances

    def claim(self, now: datetime, *, until: datetime, limit: int, types: Sequence[str] | None = None) -> Sequence[Job]:
        self._session.must_write()
        wanted: dict[str, Any] = {"now": now, "n": limit}
        due = _DUE_OF_ANY if types is None else _DUE_OF_TYPES
        rows = self._session.rows(due, wanted if types is None else wanted | {"types": list(types)})
        if not rows:
            return []
        token = uuid.uuid4().hex
        lease = {"b_token": token, "b_until": until}
        self._session.write(_LEASE, [lease | {"b_root": row.instance_key, "b_key": row.key} for row in rows])
        return [
            replace(self._job(row), lease_token=token, lease_until=until, attempts=row.attempts + 1) for row in rows
        ]

    def held(self, job: Job) -> Job | None:
        self._instances.hold(job.instance_key)
        found = self.get(job.key)
        return found if found and job.lease_token and found.lease_token == job.lease_token else None

    def renew(self, jobs: Sequence[Job], until: datetime) -> None:
        leases = [{"b_root": j.instance_key, "b_key": j.key, "b_token": j.lease_token, "b_until": until} for j in jobs]
        self._session.write(_RENEW, leases)

    def get(self, key: int) -> Job | None:
        row = self._session.first(_BY_KEY, {"key": key})
        return None if row is None else self._job(row)

    def of(self, instance_key: int) -> Sequence[Job]:
        """Oldest first."""
        return [self._job(row) for row in self._session.rows(_OF, {"root": instance_key})]

    def asked_about(self, instance_keys: Sequence[int]) -> frozenset[int]:
        found = self._session.rows(_ASKED_ABOUT, {"roots": list(instance_keys)}) if instance_keys else ()
        return frozenset(row[0] for row in found)

    def retry_later(self, job: Job, *, retries: int, next_at: datetime, error: str) -> None:
        self._session.write(_RETRY, self._change(job, error) | {"b_retries": retries, "b_next": next_at})

    def fail(self, job: Job, error: str) -> None:
        self._session.write(_FAIL, self._change(job, error))

    def sending(self, job: Job, variables: Variables) -> None:
        where = place("job.result", job.instance_key, job.key)
        result = self._vault.seal_json(_owner(job), where, dict(variables))
        self._session.write(_SENDING, {"b_root": job.instance_key, "b_key": job.key, "b_result": result})

    def result(self, job_key: int) -> Variables | None:
        row = self._session.first(_RESULT, {"key": job_key})
        if row is None:
            return None
        found: Variables = self._vault.open_json(
            row.owner_key, place("job.result", row.instance_key, job_key), row.result
        )
        return found or {}

    def revive(self, key: int, *, retries: int, at: datetime) -> None:
        self._session.write(_REVIVE, {"b_key": key, "b_retries": retries, "b_next": at})

    def next_due(self, now: datetime, types: Sequence[str] | None = None) -> datetime | None:
        if types is None:
            found: datetime | None = self._session.value(_NEXT_OF_ANY)
        else:
            found = self._session.value(_NEXT_OF_TYPES, {"types": list(types)})
        return found

    def _change(self, job: Job, error: str) -> dict[str, Any]:
        where = place("job.error", job.instance_key, job.key)
        sealed = self._vault.seal_text(_owner(job), where, error)
        return {"b_root": job.instance_key, "b_key": job.key, "b_error": sealed}

    def _job(self, row: Record) -> Job:
        self._vault.learn(row.owner_key, row.key_version, row.wrapped)
        where = place("job.variables", row.instance_key, row.key)
        variables: Mapping[str, Any] = self._vault.open_json(row.owner_key, where, row.variables) or {}
        return Job(
            instance_key=row.instance_key,
            key=row.key,
            type=row.type,
            element_id=row.element_id,
            element_name=row.element_name,
            element_instance_key=row.element_instance_key,
            process_id=row.process_id,
            case_key=case_of(row),
            folder=row.folder,
            status=JobStatus(row.status),
            retries=row.retries,
            attempts=row.attempts,
            next_at=row.next_at,
            lease_token=row.lease_token,
            lease_until=row.lease_until,
            idempotency_key=f"{row.instance_key}:{row.element_id}:{row.element_instance_key}"
            + (f":{row.listener}:{row.key}" if row.listener else ""),
            headers=row.headers,
            variables=variables,
            listener=ListenerEvent(row.listener) if row.listener else None,
        )


def _owner(job: Job) -> int:
    return job.case_key or job.instance_key
