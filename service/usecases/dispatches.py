"""The outbox: claimed with a lease, delivered outside any transaction, then noted together with the step that awaited it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from service.domain.access import SYSTEM
from service.domain.cases import Dispatch, DispatchStatus, Document
from service.domain.errors import ForloebError, NotFound, SetupFault, TaskMovedOn
from service.domain.handling import Channel
from service.domain.instances import JobCompleted
from service.domain.storage import UnitOfWork
from service.domain.waits import IncidentType
from service.usecases import jobs
from service.usecases.advance import Advance
from service.usecases.platform import Platform

LEASE = timedelta(minutes=5)
ATTEMPTS = 8
"""Tries before a person is asked."""
NEVER_BLIND = frozenset({Channel.LETTER, Channel.DIGITAL_POST})
"""Channels on which a second copy does harm: an uncertain delivery is decided by a person."""


def claim(platform: Platform, limit: int) -> list[tuple[Dispatch, str, tuple[tuple[Document, bytes], ...]]]:
    """Claim what is to be sent now: (dispatch, lease token, its documents). It is marked as being sent before this returns,
    so that a crash in between is seen: such a dispatch of a channel in NEVER_BLIND becomes an incident, others are sent again.
    """

    def work(uow: UnitOfWork) -> list[tuple[Dispatch, str, tuple[tuple[Document, bytes], ...]]]:
        now = platform.clock.now()
        claimed = []
        for dispatch, token in uow.dispatches.claim(now, until=now + LEASE, limit=limit):
            if dispatch.status is DispatchStatus.SENDING and dispatch.channel in NEVER_BLIND:
                uow.dispatches.mark(dispatch, token, DispatchStatus.UNCERTAIN, at=now, error="afbrudt under afsendelse")
                _incident(
                    platform, uow, dispatch, "Afsendelsen blev afbrudt, og det er uvist, om den nåede ud. Undersøg det."
                )
                continue
            uow.dispatches.mark(dispatch, token, DispatchStatus.SENDING, at=now, next_at=now + LEASE)
            documents = tuple(d for d in (uow.cases.document(k) for k in dispatch.document_keys) if d is not None)
            claimed.append((dispatch, token, documents))
        return claimed

    return platform.store.transact(work)


def delivered(platform: Platform, dispatch: Dispatch, token: str, receipt: str) -> None:
    """It went out: note it, and complete the job that awaited it when nothing of it is left to send.

    When the instance cannot take the step, the dispatch is noted as sent all the same, and an incident opens on the job.
    """

    def work(uow: UnitOfWork) -> None:
        advance = Advance(platform, uow, SYSTEM)
        if uow.dispatches.mark(dispatch, token, DispatchStatus.SENT, at=advance.now, receipt=receipt):
            _finish_job(advance, dispatch)

    def stuck(uow: UnitOfWork) -> None:
        now = platform.clock.now()
        if uow.dispatches.mark(dispatch, token, DispatchStatus.SENT, at=now, receipt=receipt):
            _fail_job(platform, uow, dispatch, now)

    try:
        platform.transact(work)
    except SetupFault:
        raise
    except ForloebError:
        platform.transact(stuck)


def undelivered(platform: Platform, dispatch: Dispatch, token: str, message: str, *, uncertain: bool = False) -> None:
    """A try failed: later again, or an incident when tries are spent or nobody knows whether it went out."""

    def work(uow: UnitOfWork) -> None:
        now = platform.clock.now()
        if uncertain and dispatch.channel in NEVER_BLIND:
            status, text = (
                DispatchStatus.UNCERTAIN,
                "Det er uvist, om forsendelsen nåede ud. Undersøg det, før den sendes igen.",
            )
        elif dispatch.attempts >= ATTEMPTS:
            status, text = (
                DispatchStatus.FAILED,
                f"Forsendelsen kunne ikke afleveres efter {dispatch.attempts} forsøg: {message}",
            )
        else:
            next_at = now + jobs.back_off(dispatch.attempts)
            uow.dispatches.mark(dispatch, token, DispatchStatus.WAITING, at=now, next_at=next_at, error=message)
            return
        if uow.dispatches.mark(dispatch, token, status, at=now, error=message):
            _incident(platform, uow, dispatch, text)

    platform.transact(work)


def resend(advance: Advance, dispatch_key: int) -> None:
    """A person decided: send it (again). Its idempotency key stays the same."""
    dispatch = advance.uow.dispatches.get(dispatch_key)
    if dispatch is None:
        raise NotFound(what="forsendelsen")
    advance.uow.dispatches.mark(dispatch, None, DispatchStatus.WAITING, at=advance.now, next_at=advance.now)


def _finish_job(advance: Advance, dispatch: Dispatch) -> None:
    if dispatch.job_key is None:
        return
    siblings: Sequence[Dispatch] = advance.uow.dispatches.of_job(dispatch.job_key)
    if any(d.key != dispatch.key and d.status is not DispatchStatus.SENT for d in siblings):
        return
    variables = advance.uow.jobs.result(dispatch.job_key)
    if variables is None:
        return
    sent = {"sendt": advance.now.isoformat(), "kanal": dispatch.channel.value, "noegle": str(dispatch.key)}
    try:
        stimulus = JobCompleted(dispatch.job_key, {**variables, "forsendelse": sent})
        job = advance.uow.jobs.get(dispatch.job_key)
        named = {"navn": job.element_name} if job else {}
        advance.move(dispatch.instance_key, stimulus, {"sendt": dispatch.channel.value, **named})
    except (TaskMovedOn, NotFound):
        return


def _fail_job(platform: Platform, uow: UnitOfWork, dispatch: Dispatch, now: datetime) -> None:
    job = uow.jobs.get(dispatch.job_key) if dispatch.job_key else None
    if job is None:
        return
    message = (
        "Forsendelsen er afleveret, men forløbet kunne ikke gå videre. Prøves opgaven igen, sendes den en gang til."
    )
    uow.jobs.fail(job, message)
    jobs.open_incident(platform, uow, job, message, now)


def _incident(platform: Platform, uow: UnitOfWork, dispatch: Dispatch, message: str) -> None:
    job = uow.jobs.get(dispatch.job_key) if dispatch.job_key else None
    instance = uow.instances.get(dispatch.instance_key)
    uow.incidents.open(
        key=platform.keys.next(),
        instance_key=dispatch.instance_key,
        type_=IncidentType.DISPATCH_FAILED,
        message=message,
        element_id=job.element_id if job else "",
        element_name=job.element_name if job else "",
        element_instance_key=job.element_instance_key if job else 0,
        process_id=job.process_id if job else instance.process_id if instance else "",
        case_key=instance.case_key if instance else None,
        dispatch_key=dispatch.key,
        at=platform.clock.now(),
    )
