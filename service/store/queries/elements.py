"""Element instances and flows, as the diagram of an instance or a process shows them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import bindparam, desc, func, select, text

from service.domain.facts import ElementState
from service.domain.views import ElementRow
from service.store.queries.instances import definition_keys
from service.store.session import Session
from service.store.statements import Prepared, among
from service.store.tables import element_instance, flow_taken

_OF = (
    select(element_instance)
    .where(element_instance.c.instance_key == bindparam("root"))
    .order_by(desc(element_instance.c.key))
    .limit(bindparam("n"))
)
_ALL_OF = Prepared(_OF)
_ACTIVE_OF = Prepared(_OF.where(text("state = 'ACTIVE'")))
_COUNTS = Prepared(
    select(element_instance.c.element_id, func.count())
    .where(among(element_instance.c.definition_key, "definitions"), text("state = 'ACTIVE'"))
    .group_by(element_instance.c.element_id)
)
_FLOWS = Prepared(
    select(flow_taken.c.process_id, flow_taken.c.flow_id).where(flow_taken.c.instance_key == bindparam("root"))
)


def of(session: Session, instance_key: int, *, active_only: bool, limit: int) -> Sequence[ElementRow]:
    rows = session.rows(_ACTIVE_OF if active_only else _ALL_OF, {"root": instance_key, "n": limit})
    return [
        ElementRow(
            key=row.key,
            element_id=row.element_id,
            type=row.type,
            process_id=row.process_id,
            called_key=row.called_key,
            scope_key=row.scope_key,
            started_at=row.started_at,
            ended_at=row.ended_at,
            state=ElementState(row.state),
        )
        for row in rows
    ]


def counts(session: Session, process_id: str, version: int | None) -> Mapping[str, int]:
    keys = definition_keys(session, process_id, version)
    return {row[0]: row[1] for row in session.rows(_COUNTS, {"definitions": keys})} if keys else {}


def flows(session: Session, instance_key: int) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for process_id, flow_id in session.rows(_FLOWS, {"root": instance_key}):
        found.setdefault(process_id, set()).add(flow_id)
    return {process_id: frozenset(taken) for process_id, taken in found.items()}
