"""Counts over cases for the figures: spans of indexes, grouped by the database; nothing of a case is read but its row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Text

from service.domain.figures import Cohort
from service.store.columns import EPOCH, Due, Instant
from service.store.session import Record, Session
from service.store.statements import ListOf, Written

_TYPES = {
    **dict.fromkeys(("begin", "end", "at"), Instant()),
    "never": Due(),
    **dict.fromkeys(("units", "ends"), ListOf(Text())),
}
_OPENED = "c.opened_at >= :begin AND c.opened_at < :end"
_CLOSED = "c.closed_at IS NOT NULL AND c.closed_at >= :begin AND c.closed_at < :end"
_OPEN = "c.opened_at <= :at AND (c.closed_at IS NULL OR c.closed_at > :at)"
_OPEN_THEN = "c.opened_at <= :at AND c.closed_at > :at"
_GAP = "EXISTS (SELECT 1 FROM reopening AS g WHERE g.case_key = c.key AND g.closed_at <= :at AND g.reopened_at > :at)"
"""Closed at the time, and reopened since."""
_REOPENING = 'reopening AS g CROSS JOIN "case" AS c'
_AGAIN = "g.case_key = c.key AND g.reopened_at >= :begin AND g.reopened_at < :end"
_CLOSED_BEFORE = "g.case_key = c.key AND g.closed_at >= :begin AND g.closed_at < :end"
_SUSPENSION = 'suspension AS s CROSS JOIN "case" AS c'
"""From the suspensions, which are few; SQLite keeps the order that a cross join is written in."""
_REST = "s.case_key = c.key AND s.began_at <= :at AND (s.ended_at IS NULL OR s.ended_at > :at)"
_REACHED = "JOIN milestone AS {m} ON {m}.case_key = c.key AND {m}.id = :{m} AND {m}.at < :end"
_BOTH = f"{_REACHED.format(m='m1')} {_REACHED.format(m='m2')}"
_SECOND = _REACHED.format(m="m2")
_ENDED = (
    "SELECT count(*) FROM instance AS i WHERE i.process_id = :process AND i.parent_key IS NULL "
    "AND i.end_event IS NOT NULL AND i.started_at >= :begin AND i.started_at < :end AND i.end_event IN :ends"
)


@lru_cache(maxsize=256)
def _statement(columns: str, joins: str, where: str, *, units: bool, rest: str = "") -> Written:
    within = " AND c.unit IN :units" if units else ""
    tables = joins if joins in (_SUSPENSION, _REOPENING) else f'"case" AS c {joins}'
    sql = f"SELECT {columns} FROM {tables} WHERE c.kind = :kind AND {where}{within} {rest}"  # noqa: S608
    types = {name: kind for name, kind in _TYPES.items() if f":{name}" in sql}
    return Written(sql, (), types)


class SqlCaseCounts:
    """`service.domain.figures.CaseCounts`."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def opened(self, cohort: Cohort, begin: datetime | None, end: datetime) -> int:
        where = _OPENED if begin else "c.opened_at < :end"
        return self._count(cohort, "", where, begin=begin, end=end)

    def closed(self, cohort: Cohort, begin: datetime | None, end: datetime) -> int:
        where = _CLOSED if begin else "c.closed_at IS NOT NULL AND c.closed_at < :end"
        before = self._count(cohort, _REOPENING, _CLOSED_BEFORE, begin=begin or EPOCH, end=end)
        return before + self._count(cohort, "", where, begin=begin, end=end)

    def reopened(self, cohort: Cohort, begin: datetime | None, end: datetime) -> int:
        return self._count(cohort, _REOPENING, _AGAIN, begin=begin or EPOCH, end=end)

    def sources(self, cohort: Cohort, begin: datetime, end: datetime) -> Mapping[str | None, int]:
        return self._grouped(cohort, "c.source", _OPENED, begin=begin, end=end)

    def reasons(self, cohort: Cohort, begin: datetime, end: datetime) -> Mapping[str | None, int]:
        found = self._grouped(cohort, "c.closing_reason", _CLOSED, begin=begin, end=end)
        before = self._grouped(cohort, "g.closing_reason", _CLOSED_BEFORE, _REOPENING, begin=begin, end=end)
        return {reason: found.get(reason, 0) + before.get(reason, 0) for reason in found.keys() | before.keys()}

    def workers(self, cohort: Cohort, at: datetime) -> Mapping[str | None, int]:
        found: dict[str | None, int] = {}
        for where in ("c.closed_at IS NULL AND c.opened_at <= :at", f"c.closed_at IS NOT NULL AND {_OPEN_THEN}"):
            # grouped in the order of the index of open cases, which then answers alone
            rows = self._rows(cohort, "c.unit, c.worker, count(*)", "", where, rest="GROUP BY c.unit, c.worker", at=at)
            for _, worker, count in rows:
                found[worker] = found.get(worker, 0) + count
        gone = "g.case_key = c.key AND g.closed_at <= :at AND g.reopened_at > :at"
        for worker, count in self._grouped(cohort, "c.worker", gone, _REOPENING, at=at).items():
            found[worker] -= count
        return {worker: count for worker, count in found.items() if count}

    def suspended(self, cohort: Cohort, at: datetime) -> int:
        return self._count(cohort, _SUSPENSION, f"{_OPEN} AND {_REST} AND NOT {_GAP}", at=at)

    def suspensions(self, cohort: Cohort, begin: datetime, end: datetime) -> int:
        where = "s.case_key = c.key AND s.began_at >= :begin AND s.began_at < :end"
        return self._count(cohort, _SUSPENSION, where, begin=begin, end=end)

    def reached(self, cohort: Cohort, begin: datetime, end: datetime, milestone: str) -> int:
        return self._count(cohort, _SECOND, _OPENED, begin=begin, end=end, m2=milestone)

    def reached_both(self, cohort: Cohort, begin: datetime, end: datetime, first: str, second: str) -> int:
        return self._count(cohort, _BOTH, _OPENED, begin=begin, end=end, m1=first, m2=second)

    def days(self, cohort: Cohort, begin: datetime, end: datetime, first: str | None, second: str) -> Mapping[int, int]:
        if first is None:
            return self._grouped(cohort, "m2.days", _OPENED, _SECOND, begin=begin, end=end, m2=second)
        in_order = f"{_OPENED} AND m1.at <= m2.at"
        return self._grouped(cohort, "m2.days - m1.days", in_order, _BOTH, begin=begin, end=end, m1=first, m2=second)

    def before_date(self, cohort: Cohort, begin: datetime, end: datetime, milestone: str) -> tuple[int, int]:
        known = f"{_OPENED} AND c.sort_date < :never"
        given = {"begin": begin, "end": end, "m2": milestone, "never": None}
        in_time = self._count(cohort, _SECOND, f"{known} AND m2.at <= c.sort_date", **given)
        return in_time, self._count(cohort, _SECOND, known, **given)

    def hours(self, cohort: Cohort, begin: datetime, end: datetime) -> tuple[float, int]:
        columns, where = "coalesce(sum(c.hours_used), 0), count(*)", f"{_OPENED} AND c.hours_used > 0"
        row = self._rows(cohort, columns, "", where, begin=begin, end=end)[0]
        return float(row[0]), int(row[1])

    def ended(self, process_id: str, ends: Sequence[str], begin: datetime, end: datetime) -> int:
        given = {"process": process_id, "begin": begin, "end": end, "ends": list(ends)}
        return int(self._session.value(_ENDED_STATEMENT, given))

    def _count(self, cohort: Cohort, joins: str, where: str, **given: Any) -> int:
        return int(self._rows(cohort, "count(*)", joins, where, **given)[0][0])

    def _grouped(self, cohort: Cohort, by: str, where: str, joins: str = "", **given: Any) -> dict[Any, int]:
        rows = self._rows(cohort, f"{by}, count(*)", joins, where, rest=f"GROUP BY {by}", **given)
        return {row[0]: row[1] for row in rows}

    def _rows(
        self, cohort: Cohort, columns: str, joins: str, where: str, *, rest: str = "", **given: Any
    ) -> Sequence[Record]:
        statement = _statement(columns, joins, where, units=cohort.units is not None, rest=rest)
        units = {} if cohort.units is None else {"units": sorted(cohort.units)}
        return self._session.rows(statement, {"kind": cohort.kind, **units, **given})


_ENDED_STATEMENT = Written(_ENDED, (), {name: _TYPES[name] for name in ("begin", "end", "ends")})
