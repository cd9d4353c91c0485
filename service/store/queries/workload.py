"""Counts over the open cases and tasks of some units: one look at each, grouped by the database."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, Integer, Text, column

from service.domain.workload import CaseCount, TaskCount, Waiting
from service.store.columns import Due, Instant
from service.store.queries.instances import definition_keys
from service.store.session import Session
from service.store.statements import ListOf, Written

_TYPES = {
    **dict.fromkeys(("now", "soon"), Due()),
    **dict.fromkeys(("begin", "end"), Instant()),
    **dict.fromkeys(("kinds", "units"), ListOf(Text())),
    "definitions": ListOf(BigInteger()),
}


def _written(sql: str, *columns: Any) -> Written:
    return Written(sql, columns, {name: kind for name, kind in _TYPES.items() if f":{name}" in sql})


_CASES = _written(  # grouped in the order of the index, which then answers alone
    'SELECT c.unit, c.worker, count(*) AS n, count(c.paused_at) AS paused FROM "case" AS c '
    "WHERE c.closed_at IS NULL AND c.kind IN :kinds AND c.unit IN :units GROUP BY c.kind, c.unit, c.worker"
)
_TASKS = _written(
    "SELECT t.waiting_unit AS unit, t.process_id, t.element_id, t.waiting_assignee AS assignee, max(t.name) AS name, "
    "count(*) AS n, sum(CASE WHEN t.held = 0 AND t.due < :now THEN 1 ELSE 0 END) AS late, "
    "sum(CASE WHEN t.held = 0 AND t.due >= :now AND t.due < :soon THEN 1 ELSE 0 END) AS near "
    "FROM user_task AS t WHERE t.waiting_unit IN :units "
    "GROUP BY t.waiting_unit, t.process_id, t.element_id, t.waiting_assignee"
)
_TIMES_TAKEN = _written(
    "SELECT t.process_id, t.element_id, t.created_at, t.completed_at FROM user_task AS t "
    "WHERE t.completed_at IS NOT NULL AND t.status = 'COMPLETED' AND t.unit IN :units "
    "AND t.completed_at >= :begin AND t.completed_at < :end ORDER BY t.completed_at DESC LIMIT :n",
    column("process_id", Text()),
    column("element_id", Text()),
    column("created_at", Instant()),
    column("completed_at", Instant()),
)
_WAITING = _written(  # since when the median and the ninth of ten stand there, the newest counted first
    "WITH stands AS (SELECT e.element_id, min(e.started_at) AS since FROM element_instance AS e "
    "JOIN instance AS i ON i.root_key = e.instance_key AND i.key = e.instance_key "
    "WHERE e.definition_key IN :definitions AND e.state = 'ACTIVE' AND i.unit IN :units "
    "GROUP BY e.element_id, e.instance_key), "
    "ranked AS (SELECT element_id, since, row_number() OVER (PARTITION BY element_id ORDER BY since DESC) AS number, "
    "count(*) OVER (PARTITION BY element_id) AS courses FROM stands) "
    "SELECT element_id, courses, max(CASE WHEN number = (courses + 1) / 2 THEN since END) AS median, "
    "max(CASE WHEN number = (9 * courses + 9) / 10 THEN since END) AS ninth FROM ranked GROUP BY element_id, courses",
    column("element_id", Text()),
    column("courses", Integer()),
    column("median", Instant()),
    column("ninth", Instant()),
)


class SqlWorkload:
    """`service.domain.workload.Workload`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def cases(self, kinds: Sequence[str], units: Sequence[str]) -> Sequence[CaseCount]:
        rows = self._session.rows(_CASES, {"kinds": list(kinds), "units": list(units)})
        return [CaseCount(unit=row.unit, worker=row.worker, open=row.n, paused=row.paused) for row in rows]

    def tasks(self, units: Sequence[str], now: datetime, soon: datetime) -> Sequence[TaskCount]:
        rows = self._session.rows(_TASKS, {"units": list(units), "now": now, "soon": soon})
        return [
            TaskCount(
                unit=row.unit,
                process_id=row.process_id,
                element_id=row.element_id,
                name=row.name,
                assignee=row.assignee,
                open=row.n,
                overdue=row.late,
                soon=row.near,
            )
            for row in rows
        ]

    def times_taken(
        self, units: Sequence[str], begin: datetime, end: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime, datetime]]:
        rows = self._session.rows(_TIMES_TAKEN, {"units": list(units), "begin": begin, "end": end, "n": limit})
        return [(row.process_id, row.element_id, row.created_at, row.completed_at) for row in rows]

    def waiting(self, process_id: str, units: Sequence[str]) -> Sequence[Waiting]:
        definitions = definition_keys(self._session, process_id, None)
        if not definitions:
            return []
        rows = self._session.rows(_WAITING, {"definitions": definitions, "units": list(units)})
        return [Waiting(**row._mapping) for row in rows]
