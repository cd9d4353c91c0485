"""The loops' work, once through: claim, run, release. The same whether threads call it or a scenario does."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from contextlib import nullcontext
from pathlib import PurePath
from typing import assert_never

import structlog

from service.domain.errors import ForloebError, LeaseLost, SetupFault, TaskMovedOn
from service.domain.handling import BpmnError, HandlerInfo, HandlerRefused, HandlerResult, JobContext
from service.domain.json import Variables
from service.domain.waits import Job
from service.usecases import jobs, timers
from service.usecases.platform import Platform
from service.workers.desk import PlatformDesk
from service.workers.leases import Running

log = structlog.get_logger(__name__)

UNEXPECTED = (
    "Opgaven fejlede uventet under udførelsen. Prøv igen; bliver det ved, så giv driften jobnummeret {key}, "
    "der står i loggen ved fejlen."
)
UNCERTAIN = "Et tidligere forsøg blev afbrudt, og det er uvist, om det nåede at have virkning. Undersøg det, før opgaven prøves igen."
CAREFUL = (
    "Opgaven fejlede uventet, og det er uvist, om den nåede at have virkning. Undersøg det, før opgaven prøves igen."
)

Outcome = HandlerResult | BpmnError | HandlerRefused | Exception


def run_jobs(
    platform: Platform, registry: Mapping[str, HandlerInfo], limit: int, running: Running | None = None
) -> int:
    """Claim up to `limit` due jobs that the registry serves, and run each to its end. Gives how many were claimed.

    While a handler works, its job stands in `running`, whose leases somebody else renews.

    Jobs of other types are left to external workers. Faults of handlers end in the job (retry, incident, BPMN error);
    only faults of the store itself are raised, and then the leases run out and somebody tries again.
    """
    if not registry:
        return 0
    claimed = jobs.claim(platform, limit, types=sorted(registry))
    for job in claimed:
        if job.lease_until is None or platform.clock.now() < job.lease_until:
            with nullcontext() if running is None else running.working_on(job, platform.clock.now()):
                run_job(platform, registry[job.type], job)
    return len(claimed)


def run_job(platform: Platform, info: HandlerInfo, job: Job) -> None:
    """Run one claimed job and store what came of it."""
    started = time.monotonic()
    outcome = HandlerRefused(UNCERTAIN) if info.careful and job.attempts > 1 else _call(platform, info, job)
    try:
        _store(platform, info, job, outcome)
    except (LeaseLost, TaskMovedOn) as fault:
        log.info("job gone", job=job.key, type=job.type, why=type(fault).__name__)
        return
    log.info(
        "job run",
        job=job.key,
        type=job.type,
        attempt=job.attempts,
        outcome=type(outcome).__name__,
        ms=round((time.monotonic() - started) * 1000),
    )


def _call(platform: Platform, info: HandlerInfo, job: Job) -> Outcome:
    """What the handler gave or raised."""
    context = JobContext(
        job_type=job.type,
        element_id=job.element_id,
        element_name=job.element_name,
        idempotency_key=job.idempotency_key,
        now=platform.clock.now(),
        attempt=job.attempts,
        headers=job.headers,
        desk=PlatformDesk(platform, job),
    )
    try:
        return _result(info.function(context, **job.variables))
    except Exception as fault:  # the border to handlers: whatever they raise ends in the job
        if not isinstance(fault, BpmnError | HandlerRefused):
            log.warning("handler failed", job=job.key, type=job.type, fault=type(fault).__name__, at=_place(fault))
        return fault


def _result(given: HandlerResult | Variables | None) -> HandlerResult:
    result = given if isinstance(given, HandlerResult) else HandlerResult(variables=dict(given or {}))
    json.dumps(dict(result.variables), allow_nan=False)  # a TypeError here is the handler's fault, and retried as such
    return result


def _store(platform: Platform, info: HandlerInfo, job: Job, outcome: Outcome) -> None:
    try:
        match outcome:
            case HandlerResult():
                jobs.complete(platform, job, outcome)
            case BpmnError():
                jobs.throw_error(platform, job, outcome)
            case HandlerRefused():
                jobs.fail(platform, job, str(outcome), retry=False)
            case Exception():
                text = CAREFUL if info.careful else UNEXPECTED.format(key=job.key)
                jobs.fail(platform, job, text, retry=not info.careful)
            case _:
                assert_never(outcome)
    except (LeaseLost, TaskMovedOn, SetupFault):
        raise
    except ForloebError as fault:  # the instance cannot take the step
        jobs.fail(platform, job, str(fault), retry=not info.careful)


def fire_timers(platform: Platform, limit: int) -> int:
    """Claim up to `limit` due timers and let them happen, soonest first. Gives how many were claimed."""
    claimed = timers.claim(platform, limit)
    for timer in claimed:
        try:
            timers.fire(platform, timer)
        except SetupFault:
            raise
        except ForloebError as fault:
            log.warning("timer failed", timer=timer.key, instance=timer.instance_key, fault=type(fault).__name__)
    return len(claimed)


def _place(fault: BaseException) -> str:
    """Where it was raised, as `file:line` – never its message, which may be about somebody."""
    trace = fault.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return f"{PurePath(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace else ""
