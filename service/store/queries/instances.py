# ruff: noqa: S608 (text is put together from constants alone; every value is a parameter)
"""Lists of instances for the monitor, and how many run per version."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, select, text

from service.domain.instances import InstanceStatus
from service.domain.views import InstanceQuery, InstanceRow, Page
from service.store import tables as t
from service.store.queries.paging import counted_apart, key_cursor, merged, page_size, read_key_cursor, total, written
from service.store.queries.paging import page as make_page
from service.store.repositories.held import case_of
from service.store.session import Record, Session
from service.store.statements import Prepared, Written, among

_STATES = {
    "aktive": " AND i.status = 'ACTIVE' AND NOT i.suspended",
    "suspenderede": " AND i.suspended AND i.status || '' = 'ACTIVE'",
    "hændelser": " AND i.root_key IN (SELECT o.instance_key FROM incident AS o WHERE o.resolved_at IS NULL)",
    "afsluttede": " AND i.status = 'COMPLETED'",
    "annullerede": " AND i.status = 'TERMINATED'",
    "alle": "",
}
_TASKS = Prepared(
    select(t.user_task.c.instance_key, func.count())
    .where(
        among(t.user_task.c.owner_key, "owners"),
        among(t.user_task.c.instance_key, "keys"),
        text("status = 'CREATED'"),
    )
    .group_by(t.user_task.c.instance_key)
)
_INCIDENTS = Prepared(
    select(t.incident.c.instance_key, func.count())
    .where(among(t.incident.c.instance_key, "keys"), text("resolved_at IS NULL"))
    .group_by(t.incident.c.instance_key)
)
_COUNTS = Prepared(
    select(t.instance.c.process_id, t.instance.c.definition_version, func.count())
    .where(text("parent_key IS NULL AND ended_at IS NULL"))
    .group_by(t.instance.c.process_id, t.instance.c.definition_version)
)
_COLUMNS = tuple(
    t.instance.c[name]
    for name in (
        *("root_key", "key", "process_id", "definition_key", "definition_version", "status", "suspended"),
        *("started_at", "ended_at", "owner_key", "unit"),
    )
)
_CHILDREN = Prepared(
    select(*_COLUMNS, t.case.c.number.label("case_number"))
    .select_from(t.instance.outerjoin(t.case, t.case.c.key == t.instance.c.owner_key))
    .where(t.instance.c.root_key == bindparam("root"), text("instance.key <> instance.root_key"))
    .order_by(t.instance.c.key)
)
_CASE = Prepared(select(t.case.c.key).where(t.case.c.number == bindparam("number")))
_DEFINITIONS = Prepared(
    select(t.definition.c.key, t.definition.c.version).where(
        t.definition.c.kind == "process", t.definition.c.id == bindparam("process_id")
    )
)


@dataclass(frozen=True, slots=True)
class Shape:
    process: bool
    version: bool
    state: str
    definitions: int
    """With an element id: how many versions of the process it may lie in."""
    case: bool
    units: int | None
    after: bool


def page(session: Session, query: InstanceQuery) -> Page[InstanceRow]:
    """Root instances, newest first; with a process id also called instances of that process."""
    parameters: dict[str, Any] = {}
    definitions: list[int] = []
    units = None if query.units is None else sorted(query.units)
    if query.case_number is not None:
        parameters["case_key"] = session.value(_CASE, {"number": query.case_number})
    if query.element_id is not None:
        definitions = definition_keys(session, query.process_id, query.version)
        parameters |= {"element_id": query.element_id} | {f"d{i}": key for i, key in enumerate(definitions)}
    nothing = (query.element_id is not None and not definitions) or units == []
    if nothing or (query.case_number is not None and parameters["case_key"] is None):
        return Page(rows=[], next=None, total=0)
    shape = Shape(
        process=query.process_id is not None,
        version=query.version is not None,
        state=query.state,
        definitions=len(definitions),
        case=query.case_number is not None,
        units=None if units is None else len(units),
        after=query.after is not None,
    )
    parameters |= {f"u{i}": unit for i, unit in enumerate(units or [])}
    if shape.process:
        parameters["process_id"] = query.process_id
    if shape.version:
        parameters["version"] = query.version
    if query.after is not None:
        parameters["after_key"] = read_key_cursor(query.after)
    size = page_size(query)
    rows = session.rows(_page_statement(shape), parameters | {"n": size + 1})
    found = total(session, None, _count_statement(shape), parameters, len(rows), query)
    counts = _beside(session, rows[:size])
    read = lambda row: _row(row, counts, case_content=query.case_content)  # noqa: E731
    return make_page(rows, read, lambda row: key_cursor(row.key), size, found)


def children(session: Session, instance_key: int) -> Sequence[InstanceRow]:
    rows = session.rows(_CHILDREN, {"root": instance_key})
    return [_row(row, ({}, {}), case_content=True) for row in rows]


def counts(session: Session) -> Mapping[str, Mapping[int, int]]:
    found: dict[str, dict[int, int]] = {}
    for process_id, version, number in session.rows(_COUNTS):
        found.setdefault(process_id, {})[version] = number
    return found


def definition_keys(session: Session, process_id: str | None, version: int | None) -> list[int]:
    """Keys of the process's versions (or of that one)."""
    if process_id is None:
        return []
    rows = session.rows(_DEFINITIONS, {"process_id": process_id})
    return [row.key for row in rows if version is None or row.version == version]


@lru_cache(maxsize=1024)
def _page_statement(shape: Shape) -> Written:
    sql = (
        f"WITH page AS ({merged(_branches(shape, paged=True), '1 DESC')}) "
        f"SELECT {', '.join(f'i.{c.name}' for c in _COLUMNS)}, c.number AS case_number "
        "FROM page AS p JOIN instance AS i ON i.root_key = p.root_key AND i.key = p.key "
        'LEFT JOIN "case" AS c ON c.key = i.owner_key ORDER BY p.key DESC'
    )
    return written(sql, _COLUMNS)


@lru_cache(maxsize=1024)
def _count_statement(shape: Shape) -> Written:
    return written(counted_apart(_branches(shape, paged=False)))


def _branches(shape: Shape, *, paged: bool) -> list[str]:
    filters = _STATES[shape.state]
    filters += " AND i.process_id = :process_id" if shape.process else " AND i.parent_key IS NULL"
    filters += " AND i.definition_version = :version" if shape.version else ""
    filters += " AND i.owner_key = :case_key AND i.owner_key <> i.root_key" if shape.case else ""
    filters += " AND i.key < :after_key" if shape.after and paged else ""
    units = [""] if shape.units is None else [f" AND i.unit = :u{n} AND i.unit IS NOT NULL" for n in range(shape.units)]
    if shape.definitions:
        place = (
            "JOIN element_instance AS e ON e.instance_key = i.root_key AND e.state = 'ACTIVE' "
            "AND coalesce(e.called_key, e.instance_key) = i.key AND e.element_id = :element_id AND e.definition_key = "
        )
        joins = [f"{place}:d{n}" for n in range(shape.definitions)]
    else:
        joins = [""]
    return [
        f"SELECT DISTINCT i.key, i.root_key FROM instance AS i {join} WHERE 1 = 1{filters}{unit}"
        if join
        else f"SELECT i.key, i.root_key FROM instance AS i WHERE 1 = 1{filters}{unit}"
        for join in joins
        for unit in units
    ]


def _beside(session: Session, rows: Sequence[Record]) -> tuple[Mapping[int, int], Mapping[int, int]]:
    """Open tasks and open incidents per root instance of the page."""
    if not rows:
        return {}, {}
    roots = {"keys": sorted({row.root_key for row in rows})}
    owners = {"owners": sorted({row.owner_key for row in rows})}
    tasks = {row[0]: row[1] for row in session.rows(_TASKS, roots | owners)}
    return tasks, {row[0]: row[1] for row in session.rows(_INCIDENTS, roots)}


def _row(row: Record, counted: tuple[Mapping[int, int], Mapping[int, int]], *, case_content: bool) -> InstanceRow:
    tasks, incidents = counted
    return InstanceRow(
        key=row.key,
        process_id=row.process_id,
        definition_key=row.definition_key,
        version=row.definition_version,
        status=InstanceStatus(row.status),
        suspended=row.suspended,
        started_at=row.started_at,
        ended_at=row.ended_at,
        case_key=case_of(row),
        case_number=row.case_number if case_content else None,
        unit=row.unit,
        open_tasks=tasks.get(row.key, 0),
        open_incidents=incidents.get(row.key, 0),
    )
