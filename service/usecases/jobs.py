"""Jobs: claimed with a lease, run outside any transaction, finished in one together with the instance's next step."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from service.domain.access import SYSTEM, Person
from service.domain.cases import Dispatch, DispatchStatus, Note
from service.domain.errors import BadInput, LeaseLost
from service.domain.handling import BpmnError, HandlerResult
from service.domain.instances import ErrorThrown, JobCompleted
from service.domain.json import Json
from service.domain.storage import UnitOfWork
from service.domain.waits import IncidentType, Job
from service.usecases import documents as documents_of
from service.usecases import listeners
from service.usecases.advance import Advance
from service.usecases.platform import Platform

LEASE = timedelta(minutes=5)
BACK_OFF_BASE_S, BACK_OFF_CAP_S = 5.0, 3600.0


def claim(platform: Platform, limit: int, types: Sequence[str] | None = None) -> Sequence[Job]:
    """Claim due jobs of these types (None: all) for the length of a lease."""
    now = platform.clock.now()
    return platform.store.transact(lambda uow: uow.jobs.claim(now, until=now + LEASE, limit=limit, types=types))


def renew(platform: Platform, running: Sequence[Job]) -> None:
    """Let jobs that are still worked on be leased for another full length from now."""
    until = platform.clock.now() + LEASE
    platform.store.transact(lambda uow: uow.jobs.renew(running, until))


def complete(platform: Platform, job: Job, result: HandlerResult, person: Person = SYSTEM) -> None:
    """Store what the handler gave and move the instance; with dispatches to await, the job goes on when they are out.

    Raises LeaseLost when somebody else has the job now, TaskMovedOn when its element is gone.
    """

    def work(uow: UnitOfWork) -> None:
        held = _held(uow, job)
        advance = Advance(platform, uow, person)
        documents = [documents_of.keep(advance, held.case_key or held.instance_key, d) for d in result.documents]
        _note(advance, held, result.notes)
        variables: dict[str, Json] = dict(result.variables)
        if documents:
            variables.setdefault("dokument", {"noegle": str(documents[0].key), "titel": documents[0].title})
        awaited = [_post(advance, held, result, n) for n in range(len(result.dispatches))]
        if any(awaited):
            if held.listener is not None:
                raise BadInput(
                    why="En lytter kan ikke sende noget, der skal ventes på. Send det fra et trin i tegningen."
                )
            uow.jobs.sending(held, variables)
        else:
            added = listeners.added(advance, held)
            stimulus = JobCompleted(held.key, variables, result.corrections, result.denied, added)
            told: dict[str, Json] = {"job": held.type, "navn": held.element_name}
            if held.listener is not None:
                told |= listeners.answered(held, result.denied)
            advance.move(held.instance_key, stimulus, told)
            if result.denied is not None:
                listeners.tell_denied(advance, held)

    platform.transact(work)


def throw_error(platform: Platform, job: Job, error: BpmnError, person: Person = SYSTEM) -> None:
    """The handler threw a BPMN error: the diagram catches it, or an incident opens."""

    def work(uow: UnitOfWork) -> None:
        held = _held(uow, job)
        stimulus = ErrorThrown(held.key, error.code, str(error), error.variables)
        Advance(platform, uow, person).move(
            held.instance_key, stimulus, {"job": held.type, "navn": held.element_name, "fejlkode": error.code}
        )
        uncaught = uow.jobs.get(held.key)
        if uncaught is not None:
            uow.jobs.fail(uncaught, str(error))

    platform.transact(work)


def fail(platform: Platform, job: Job, message: str, *, retry: bool = True, person: Person = SYSTEM) -> None:
    """One try failed: later again with back-off and jitter; an incident when the retries are spent (or none is wanted)."""

    def work(uow: UnitOfWork) -> None:
        held = _held(uow, job)
        now = platform.clock.now()
        left = held.retries - 1 if retry else 0
        if left > 0:
            uow.jobs.retry_later(held, retries=left, next_at=now + back_off(held.attempts), error=message)
            return
        uow.jobs.fail(held, message)
        open_incident(platform, uow, held, message, now)

    platform.transact(work)


def open_incident(platform: Platform, uow: UnitOfWork, job: Job, message: str, now: datetime) -> None:
    """Show a job that nobody will try again by itself to a person."""
    uow.incidents.open(
        key=platform.keys.next(),
        instance_key=job.instance_key,
        type_=IncidentType.JOB_NO_RETRIES if job.listener is None else IncidentType.TASK_LISTENER_NO_RETRIES,
        message=message,
        element_id=job.element_id,
        element_name=job.element_name,
        element_instance_key=job.element_instance_key,
        process_id=job.process_id,
        case_key=job.case_key,
        job_key=job.key,
        at=now,
    )


def back_off(attempts: int) -> timedelta:
    """How long to wait after this many tries: exponential, capped, with up to a fifth of jitter."""
    length = min(BACK_OFF_CAP_S, BACK_OFF_BASE_S * 2 ** max(attempts - 1, 0))
    return timedelta(seconds=length * (1 + random.random() / 5))  # noqa: S311 - spreads load, guards nothing


def _held(uow: UnitOfWork, job: Job) -> Job:
    held = uow.jobs.held(job)
    if held is None:
        raise LeaseLost
    return held


def _note(advance: Advance, job: Job, texts: Sequence[str]) -> None:
    if job.case_key is None:
        return
    for text in texts:
        note = Note(
            case_key=job.case_key,
            key=advance.platform.keys.next(),
            at=advance.now,
            by=advance.actor.username,
            text=text,
        )
        advance.uow.cases.add_note(note)


def _post(advance: Advance, job: Job, result: HandlerResult, number: int) -> bool:
    """Put one dispatch of the result into the outbox; whether the job must await it."""
    new = result.dispatches[number]
    documents = [documents_of.keep(advance, job.case_key or job.instance_key, d) for d in new.attachments]
    digest = hashlib.sha256("\0".join((new.recipient, new.subject, new.body, *(d.sha256 for d in documents))).encode())
    dispatch = Dispatch(
        owner_key=job.case_key or job.instance_key,
        key=advance.platform.keys.next(),
        instance_key=job.instance_key,
        job_key=job.key if new.await_delivery else None,
        channel=new.channel,
        idempotency_key=f"{job.idempotency_key}:{number}",
        status=DispatchStatus.WAITING,
        created_at=advance.now,
        recipient=new.recipient,
        subject=new.subject,
        body=new.body,
        document_keys=tuple(d.key for d in documents),
        content_sha256=digest.hexdigest(),
    )
    advance.uow.dispatches.add(dispatch, advance.now)
    return new.await_delivery
