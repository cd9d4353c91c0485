# ruff: noqa: S608 (text is put together from constants alone; every value is a parameter)
"""Counts over the open cases and tasks of some units, grouped by the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, Text, column

from service.domain.workload import TaskCount
from service.store.columns import Due, Instant
from service.store.session import Session
from service.store.statements import ListOf, Written

_TYPES = {
    **dict.fromkeys(("now", "soon"), Due()),
    **dict.fromkeys(("begin", "end"), Instant()),
    **dict.fromkeys(("kinds", "units"), ListOf(Text())),
}


def _written(sql: str, *columns: Any) -> Written:
    return Written(sql, columns, {name: kind for name, kind in _TYPES.items() if f":{name}" in sql})


def _cases(by: str) -> Written:
    return _written(
        f'SELECT c.{by}, count(*), count(c.paused_at) FROM "case" AS c '
        f"WHERE c.closed_at IS NULL AND c.kind IN :kinds AND c.unit IN :units GROUP BY c.{by}"
    )


_COUNTS = (
    "count(*) AS n, sum(CASE WHEN t.held = 0 AND t.due < :now THEN 1 ELSE 0 END) AS late, "
    "sum(CASE WHEN t.held = 0 AND t.due >= :now AND t.due < :soon THEN 1 ELSE 0 END) AS near, min(t.created_at) AS oldest"
)
_COUNTED = (column("n", Integer), column("late", Integer), column("near", Integer), column("oldest", Instant()))


def _tasks(by: Sequence[str], named: str = "") -> Written:
    """Grouped by these columns; `named` gives a name for each group."""
    columns = [column(name, Text()) for name in by] + ([column("name", Text())] if named else [])
    sql = (
        f"SELECT {', '.join(f't.{name}' for name in by)}, {f'max(t.{named}) AS name, ' if named else ''}{_COUNTS} "
        f"FROM user_task AS t WHERE t.waiting_unit IN :units GROUP BY {', '.join(f't.{name}' for name in by)} "
        "ORDER BY late DESC, n DESC"
    )
    return _written(sql, *columns, *_COUNTED)


_CASES_BY_UNIT, _CASES_BY_WORKER = _cases("unit"), _cases("worker")
_TASKS_BY_UNIT = _tasks(("waiting_unit",))
_TASKS_BY_STEP = _tasks(("process_id", "element_id"), "name")
_TASKS_BY_ASSIGNEE = _tasks(("waiting_assignee",))
_TIMES_TAKEN = _written(
    "SELECT t.process_id, t.element_id, t.created_at, t.completed_at FROM user_task AS t "
    "WHERE t.completed_at IS NOT NULL AND t.status = 'COMPLETED' AND t.unit IN :units "
    "AND t.completed_at >= :begin AND t.completed_at < :end ORDER BY t.completed_at DESC LIMIT :n",
    column("process_id", Text()),
    column("element_id", Text()),
    column("created_at", Instant()),
    column("completed_at", Instant()),
)


class SqlWorkload:
    """`service.domain.workload.Workload`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def cases_by_unit(self, kinds: Sequence[str], units: Sequence[str]) -> Mapping[str, tuple[int, int]]:
        return self._cases(_CASES_BY_UNIT, kinds, units)

    def cases_by_worker(self, kinds: Sequence[str], units: Sequence[str]) -> Mapping[str | None, tuple[int, int]]:
        return self._cases(_CASES_BY_WORKER, kinds, units)

    def tasks_by_unit(self, units: Sequence[str], now: datetime, soon: datetime) -> Sequence[TaskCount]:
        return self._tasks(_TASKS_BY_UNIT, units, now, soon)

    def tasks_by_step(self, units: Sequence[str], now: datetime, soon: datetime) -> Sequence[TaskCount]:
        return self._tasks(_TASKS_BY_STEP, units, now, soon)

    def tasks_by_assignee(self, units: Sequence[str], now: datetime, soon: datetime) -> Sequence[TaskCount]:
        return self._tasks(_TASKS_BY_ASSIGNEE, units, now, soon)

    def times_taken(
        self, units: Sequence[str], begin: datetime, end: datetime, limit: int
    ) -> Sequence[tuple[str, str, datetime, datetime]]:
        rows = self._session.rows(_TIMES_TAKEN, {"units": list(units), "begin": begin, "end": end, "n": limit})
        return [(row.process_id, row.element_id, row.created_at, row.completed_at) for row in rows]

    def _cases(self, statement: Written, kinds: Sequence[str], units: Sequence[str]) -> dict[Any, tuple[int, int]]:
        rows = self._session.rows(statement, {"kinds": list(kinds), "units": list(units)})
        return {row[0]: (row[1], row[2]) for row in rows}

    def _tasks(self, statement: Written, units: Sequence[str], now: datetime, soon: datetime) -> list[TaskCount]:
        rows = self._session.rows(statement, {"units": list(units), "now": now, "soon": soon})
        return [
            TaskCount(
                unit=getattr(row, "waiting_unit", None),
                process_id=getattr(row, "process_id", ""),
                element_id=getattr(row, "element_id", ""),
                name=getattr(row, "name", ""),
                assignee=getattr(row, "waiting_assignee", None),
                open=row.n,
                overdue=row.late,
                soon=row.near,
                oldest=row.oldest,
            )
            for row in rows
        ]
