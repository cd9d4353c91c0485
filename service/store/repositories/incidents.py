"""Incidents: opened by steps (see `steps`) or by use cases, resolved by people or by what the step mended."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, select, text, update

from service.domain.waits import Incident, IncidentType
from service.store.repositories.held import case_of
from service.store.repositories.steps import INSERT_INCIDENT, incident_row
from service.store.session import Record, Session
from service.store.statements import Prepared
from service.store.tables import data_key, incident, instance
from service.store.vault import Vault, place

INCIDENT = select(incident, data_key.c.version.label("key_version"), data_key.c.wrapped).select_from(
    incident.outerjoin(data_key, data_key.c.owner_key == incident.c.owner_key)
)
_BY_KEY = Prepared(INCIDENT.where(incident.c.key == bindparam("key")))
_OPEN_OF = Prepared(
    INCIDENT.where(incident.c.instance_key == bindparam("root"), text("resolved_at IS NULL")).order_by(incident.c.key)
)
_UNIT = Prepared(
    select(instance.c.unit).where(instance.c.root_key == bindparam("root"), instance.c.key == bindparam("root"))
)
_RESOLVE = Prepared(
    update(incident)
    .where(incident.c.key == bindparam("b_key"), text("resolved_at IS NULL"))
    .values(resolved_at=bindparam("b_at"), resolved_by=bindparam("b_by"))
)


class SqlIncidents:
    def __init__(self, session: Session, vault: Vault) -> None:
        self._session, self._vault = session, vault

    def open(
        self,
        *,
        key: int,
        instance_key: int,
        type_: IncidentType,
        message: str,
        element_id: str,
        element_name: str,
        element_instance_key: int,
        process_id: str,
        case_key: int | None,
        job_key: int | None = None,
        dispatch_key: int | None = None,
        at: datetime,
    ) -> None:
        row = incident_row(
            self._vault,
            message=message,
            instance_key=instance_key,
            key=key,
            owner_key=case_key or instance_key,
            unit=self._session.value(_UNIT, {"root": instance_key}),
            type=type_.value,
            element_id=element_id,
            element_name=element_name,
            element_instance_key=element_instance_key,
            process_id=process_id,
            called_key=None,
            job_key=job_key,
            dispatch_key=dispatch_key,
            opened_at=at,
        )
        self._session.write(INSERT_INCIDENT, row)

    def get(self, key: int) -> Incident | None:
        row = self._session.first(_BY_KEY, {"key": key})
        return None if row is None else incident_of(row, self._vault)

    def resolve(self, key: int, by: str, at: datetime) -> None:
        """Nothing when it is resolved already."""
        self._session.write(_RESOLVE, {"b_key": key, "b_by": by, "b_at": at})

    def open_of(self, instance_key: int) -> Sequence[Incident]:
        """Oldest first."""
        return [incident_of(row, self._vault) for row in self._session.rows(_OPEN_OF, {"root": instance_key})]


def incident_of(row: Record, vault: Vault) -> Incident:
    vault.learn(row.owner_key, row.key_version, row.wrapped)
    where = place("incident.message", row.instance_key, row.key)
    return Incident(
        instance_key=row.instance_key,
        key=row.key,
        type=IncidentType(row.type),
        message=vault.open_text(row.owner_key, where, row.message),
        element_id=row.element_id,
        element_name=row.element_name,
        element_instance_key=row.element_instance_key,
        process_id=row.process_id,
        called_key=row.called_key,
        case_key=case_of(row),
        job_key=row.job_key,
        dispatch_key=row.dispatch_key,
        opened_at=row.opened_at,
        resolved_at=row.resolved_at,
        resolved_by=row.resolved_by,
    )
