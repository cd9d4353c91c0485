"""Incidents: a person sees what went wrong, mends it, and retries."""

from __future__ import annotations

from service.domain.access import Person
from service.domain.errors import NotFound, WrongState
from service.domain.instances import IncidentResolved
from service.domain.storage import UnitOfWork
from service.domain.waits import Incident, IncidentType
from service.usecases import access, dispatches
from service.usecases.advance import Advance
from service.usecases.platform import Platform

RETRIES_AFTER_INCIDENT = 3


def retry(platform: Platform, person: Person, incident_key: int) -> None:
    """Try again what failed. The incident is resolved; a new one opens if it fails again. Raises NotFound, WrongState."""

    def work(uow: UnitOfWork) -> None:
        advance = Advance(platform, uow, person)
        incident = uow.incidents.get(incident_key)
        if incident is None:
            raise NotFound(what="hændelsen")
        if incident.resolved_at is not None:
            raise WrongState(why="hændelsen er allerede løst")
        _require_hers(advance, incident)
        _retry(advance, incident)

    platform.transact(work)


def retry_all(platform: Platform, person: Person, keys: list[int]) -> tuple[int, int]:
    """Retry many, each in a transaction of its own: (how many were retried, how many could not be).

    Raises Forbidden before any is retried when one of them is not hers to retry.
    """

    def check(uow: UnitOfWork) -> None:
        advance = Advance(platform, uow, person)
        for key in keys:
            incident = uow.incidents.get(key)
            if incident is not None:
                _require_hers(advance, incident)

    platform.read(check)
    done = 0
    for key in keys:
        try:
            retry(platform, person, key)
            done += 1
        except (NotFound, WrongState):
            continue
    return done, len(keys) - done


def _require_hers(advance: Advance, incident: Incident) -> None:
    case = advance.uow.cases.get(incident.case_key) if incident.case_key else None
    access.require_manage(advance, case)


def _retry(advance: Advance, incident: Incident) -> None:
    uow = advance.uow
    uow.incidents.resolve(incident.key, advance.actor.username, advance.now)
    if incident.dispatch_key is not None:
        dispatches.resend(advance, incident.dispatch_key)
    elif incident.job_key is not None:
        uow.jobs.revive(incident.job_key, retries=RETRIES_AFTER_INCIDENT, at=advance.now)
    elif incident.type is not IncidentType.EFFECT_FAILED:  # its step is long done: a person has put it right by hand
        stimulus = IncidentResolved(incident.element_instance_key)
        advance.move(incident.instance_key, stimulus, {"element": incident.element_id, "navn": incident.element_name})
        if uow.jobs.get(incident.element_instance_key) is not None:
            uow.jobs.revive(incident.element_instance_key, retries=RETRIES_AFTER_INCIDENT, at=advance.now)
