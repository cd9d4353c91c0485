"""Open incidents, grouped by what went wrong where."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, desc, func, select, text

from service.domain.views import IncidentGroup
from service.domain.waits import IncidentType
from service.store.columns import Instant
from service.store.repositories.incidents import INCIDENT, incident_of
from service.store.session import Session
from service.store.statements import Prepared, among
from service.store.tables import incident
from service.store.vault import Vault

_SHOWN = 50
_SAME = (incident.c.process_id, incident.c.element_id, incident.c.type, incident.c.message_index)
_GROUPS = (
    select(*_SAME, func.count().label("number"), func.min(incident.c.opened_at, type_=Instant()).label("since"))
    .where(text("resolved_at IS NULL"))
    .group_by(*_SAME)
)
_NEWEST = (
    INCIDENT.where(*(column == bindparam(column.name) for column in _SAME), text("resolved_at IS NULL"))
    .order_by(desc(incident.c.key))
    .limit(_SHOWN)
)
_IN_UNITS = among(incident.c.unit, "units")
_ALL, _OF_UNITS = Prepared(_GROUPS), Prepared(_GROUPS.where(_IN_UNITS))
_SHOWN_OF_ALL, _SHOWN_OF_UNITS = Prepared(_NEWEST), Prepared(_NEWEST.where(_IN_UNITS))


def groups(session: Session, vault: Vault, units: frozenset[str] | None) -> Sequence[IncidentGroup]:
    """Largest group first, then oldest. With `units` only incidents of cases in them."""
    wanted: dict[str, Any] = {} if units is None else {"units": sorted(units)}
    grouped = session.rows(_ALL if units is None else _OF_UNITS, wanted)
    found = []
    for group in grouped:
        same = {column.name: group._mapping[column.name] for column in _SAME}
        rows = session.rows(_SHOWN_OF_ALL if units is None else _SHOWN_OF_UNITS, same | wanted)
        newest = [incident_of(row, vault) for row in rows]
        found.append(
            IncidentGroup(
                process_id=group.process_id,
                element_id=group.element_id,
                element_name=newest[0].element_name,
                type=IncidentType(group.type),
                message=next((i.message for i in newest if i.message), ""),
                count=group.number,
                since=group.since,
                incidents=newest,
            )
        )
    return sorted(found, key=lambda g: (-g.count, g.since))
