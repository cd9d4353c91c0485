# ruff: noqa: S608 (text is put together from constants alone; every value is a parameter)
"""Lists of cases: one sorted branch per way of seeing them (unit, worker, intake, all), merged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import bindparam, func, select, text

from service.domain.views import CaseQuery, CaseRow, How, Page
from service.domain.waits import TimerUse
from service.store import tables as t
from service.store.columns import Due
from service.store.queries.citizens import CITIZEN_COLUMNS, CITIZEN_JOINS, shown_citizen
from service.store.queries.paging import (
    counted,
    counted_apart,
    due_cursor,
    key_cursor,
    merged,
    page_size,
    read_due_cursor,
    read_key_cursor,
    total,
    written,
)
from service.store.queries.paging import page as make_page
from service.store.queries.words import hits
from service.store.repositories.citizens import cpr_lookup
from service.store.session import Record, Session
from service.store.statements import Prepared, Written, among
from service.store.vault import Vault

_DRIVEN = 1000
_STATES = {
    "åbne": " AND c.closed_at IS NULL",
    "lukkede": " AND c.closed_at IS NOT NULL",
    "bero": " AND c.paused_at IS NOT NULL",
    "alle": "",
}
_OPEN_TASKS = Prepared(
    select(t.user_task.c.owner_key, func.count(), func.min(t.user_task.c.due, type_=Due()))
    .where(among(t.user_task.c.owner_key, "keys"), text("status = 'CREATED'"))
    .group_by(t.user_task.c.owner_key)
)
_TIMERS = Prepared(
    select(t.timer.c.owner_key, func.min(t.timer.c.due, type_=Due()))
    .where(
        among(t.timer.c.owner_key, "keys"),
        t.timer.c.deadline_id.is_not(None),
        t.timer.c.use_for == TimerUse.PROCESS.value,
    )
    .group_by(t.timer.c.owner_key)
)
_INCIDENTS = Prepared(
    select(t.instance.c.owner_key, func.count())
    .select_from(t.instance.join(t.incident, t.incident.c.instance_key == t.instance.c.root_key))
    .where(
        among(t.instance.c.owner_key, "keys"),
        text("instance.owner_key <> instance.root_key"),
        t.instance.c.key == t.instance.c.root_key,
        text("incident.resolved_at IS NULL"),
    )
    .group_by(t.instance.c.owner_key)
)
_CITIZEN = Prepared(select(t.citizen.c.key).where(t.citizen.c.cpr_lookup == bindparam("lookup")))


_WAYS = {
    How.ALL: "1 = 1",
    How.UNIT: "c.unit = :who{i}",
    How.INTAKE: "c.unit IS NULL",
    How.WORKER: "c.worker = :who{i}",
    How.TOOK_PART: (
        "c.key IN (SELECT owner_key FROM user_task WHERE completed_by = :who{i} "
        "UNION SELECT owner_key FROM user_task WHERE waiting_assignee = :who{i})"
    ),
    How.ATTACHED: "c.key IN (SELECT case_key FROM case_party WHERE who = :who{i} AND role = :role{i})",
}
_SHARED = 2
_RANK = {How.ALL: 0, How.UNIT: 1, How.INTAKE: 1, How.WORKER: _SHARED, How.TOOK_PART: _SHARED, How.ATTACHED: _SHARED}
"""Ways of one rank share no cases, but for the last rank."""


@dataclass(frozen=True, slots=True)
class Shape:
    ways: tuple[tuple[How, bool], ...]
    """Each with whether it leads to some kinds of cases only."""
    kinds: bool
    unit: bool
    status: bool
    state: str
    opened: bool
    begun: bool
    closed: bool
    open_at: bool
    source: bool
    reason: bool
    of_worker: str
    citizen: bool
    words: int
    driven: bool
    by_date: bool
    after: bool


def page(session: Session, vault: Vault, query: CaseQuery) -> Page[CaseRow]:
    words = hits(session, vault.sealer, query.words, most=_DRIVEN, names=False)
    citizen_key = None
    if query.cpr is not None:
        citizen_key = session.value(_CITIZEN, {"lookup": cpr_lookup(vault, query.cpr)})
    ways = sorted(query.ways, key=lambda way: (_RANK[way.how], way.how, way.who, way.role))
    if (
        not ways
        or query.kinds == frozenset()
        or any(hit.nowhere for hit in words)
        or (query.cpr is not None and citizen_key is None)
    ):
        return Page(rows=[], next=None, total=0)
    driver = min((hit for hit in words if hit.only_cases), key=lambda hit: len(hit.cases), default=None)
    shape = Shape(
        ways=tuple((way.how, way.kinds is not None) for way in ways),
        kinds=query.kinds is not None,
        unit=query.unit is not None,
        status=query.status is not None,
        state=query.state,
        opened=query.opened is not None,
        begun=query.begun is not None,
        closed=query.closed is not None,
        open_at=query.open_at is not None,
        source=query.source is not None,
        reason=query.reason is not None,
        of_worker="anybody" if query.of_worker is None else "somebody" if query.of_worker else "nobody",
        citizen=citizen_key is not None,
        words=len(words),
        driven=driver is not None,
        by_date=query.order == "sortdato",
        after=query.after is not None,
    )
    parameters: dict[str, Any] = {}
    for i, way in enumerate(ways):
        values = {f"who{i}": way.who or None, f"role{i}": way.role or None, f"kinds{i}": way.kinds}
        parameters |= {name: value for name, value in values.items() if value is not None}
    parameters |= {f"token{i}": hit.token for i, hit in enumerate(words)}
    given = {
        "unit": query.unit,
        "status": query.status,
        "open_at": query.open_at,
        "source": query.source,
        "no_source": query.no_source if query.source is not None else None,
        "reason": query.reason,
        "of_worker": query.of_worker or None,
        "kinds": sorted(query.kinds) if query.kinds is not None else None,
        "citizen": citizen_key,
        "cases": sorted(driver.cases) if driver else None,
    }
    parameters |= {name: value for name, value in given.items() if value is not None}
    for name, span in (("opened", query.opened), ("begun", query.begun), ("closed", query.closed)):
        parameters |= dict(zip((f"{name}_from", f"{name}_to"), span, strict=True)) if span is not None else {}
    if query.after is not None and shape.by_date:
        parameters["after_due"], parameters["after_key"] = read_due_cursor(query.after)
    elif query.after is not None:
        parameters["after_key"] = read_key_cursor(query.after)
    size = page_size(query)
    rows = session.rows(_page_statement(shape), parameters | {"n": size + 1})
    found = total(session, *_count_statements(shape), parameters, len(rows), query)
    beside = _beside(session, [row.key for row in rows[:size]])
    cursor = (lambda row: due_cursor(row.sort_date, row.key)) if shape.by_date else (lambda row: key_cursor(row.key))
    return make_page(rows, lambda row: _row(row, vault, beside), cursor, size, found)


@dataclass(frozen=True, slots=True)
class Beside:
    """What is counted for the cases of one page."""

    tasks: Mapping[int, int]
    due: Mapping[int, datetime]
    incidents: Mapping[int, int]


def _beside(session: Session, keys: Sequence[int]) -> Beside:
    if not keys:
        return Beside({}, {}, {})
    wanted = {"keys": list(keys)}
    tasks = session.rows(_OPEN_TASKS, wanted)
    due = {row[0]: row[2] for row in tasks if row[2] is not None}
    for key, soonest in session.rows(_TIMERS, wanted):
        if soonest is not None:
            due[key] = min(soonest, due.get(key, soonest))
    counts = {row[0]: row[1] for row in session.rows(_INCIDENTS, wanted)}
    return Beside({row[0]: row[1] for row in tasks}, due, counts)


@lru_cache(maxsize=1024)
def _page_statement(shape: Shape) -> Written:
    c = t.case.c
    columns = (
        *(c.key, c.number, c.kind, c.status, c.unit, c.worker, c.opened_at),
        *(c.closed_at, c.paused_at, c.sort_date),
    )
    order = "1, 2" if shape.by_date else "1 DESC"
    outer = "p.sort_date, p.key" if shape.by_date else "p.key DESC"
    sql = (
        f"WITH page AS ({merged(_branches(shape, paged=True), order)}) "
        f"SELECT {', '.join(f'c.{column.name}' for column in columns)}, {', '.join(CITIZEN_COLUMNS)} "
        f'FROM page AS p JOIN "case" AS c ON c.key = p.key {CITIZEN_JOINS} ORDER BY {outer}'
    )
    return written(sql, columns)


@lru_cache(maxsize=1024)
def _count_statements(shape: Shape) -> tuple[Written | None, Written]:
    branches = _branches(shape, paged=False)
    first = shape.ways[0][0]
    apart = branches[: sum(_RANK[how] == _RANK[first] for how, _ in shape.ways)] if _RANK[first] < _SHARED else []
    return written(counted_apart(apart)) if apart else None, written(counted(branches))


def _branches(shape: Shape, *, paged: bool) -> list[str]:
    ways = [
        _WAYS[how].format(i=i) + (f" AND c.kind IN :kinds{i}" if some else "")
        for i, (how, some) in enumerate(shape.ways)
    ]
    columns = "c.sort_date, c.key" if shape.by_date else "c.key"
    return [f'SELECT {columns} FROM "case" AS c WHERE {way}{_filters(shape, paged)}' for way in ways]


def _filters(shape: Shape, paged: bool) -> str:
    filters = _STATES[shape.state]
    if shape.kinds:
        filters += " AND c.kind IN :kinds"
    if shape.unit:
        filters += " AND c.unit = :unit"
    if shape.status:
        filters += " AND c.status = :status"
    if shape.opened:
        filters += f" AND {_within('c.opened_at', 'opened')}"
    if shape.begun:
        filters += f" AND ({_within('c.opened_at', 'begun')} OR {_before(_within('reopened_at', 'begun'))})"
    if shape.closed:
        which = " AND coalesce({table}closing_reason, '') = :reason" if shape.reason else ""
        now = _within("c.closed_at", "closed") + which.format(table="c.")
        filters += f" AND ({now} OR {_before(_within('closed_at', 'closed') + which.format(table=''))})"
    elif shape.reason:
        filters += " AND coalesce(c.closing_reason, '') = :reason"
    if shape.open_at:
        filters += " AND c.opened_at <= :open_at AND (c.closed_at IS NULL OR c.closed_at > :open_at)"
        filters += f" AND NOT {_before('closed_at <= :open_at AND reopened_at > :open_at')}"
    if shape.source:
        filters += " AND coalesce(c.source, :no_source) = :source"
    filters += {"anybody": "", "somebody": " AND c.worker = :of_worker", "nobody": " AND c.worker IS NULL"}[
        shape.of_worker
    ]
    if shape.citizen:
        filters += " AND c.citizen_key = :citizen"
    if shape.driven:
        filters += " AND c.key IN :cases"
    for i in range(shape.words):
        filters += f" AND EXISTS (SELECT 1 FROM search_token AS s WHERE s.case_key = c.key AND s.token = :token{i})"
    if shape.after and paged and shape.by_date:
        filters += " AND c.sort_date >= :after_due AND (c.sort_date > :after_due OR c.key > :after_key)"
    elif shape.after and paged:
        filters += " AND c.key < :after_key"
    return filters


def _within(column: str, span: str) -> str:
    return f"{column} >= :{span}_from AND {column} < :{span}_to"


def _before(condition: str) -> str:
    """Whether the case was closed before and reopened, with this true of it."""
    return f"c.key IN (SELECT case_key FROM reopening WHERE {condition})"


def _row(row: Record, vault: Vault, beside: Beside) -> CaseRow:
    citizen = shown_citizen(row, vault)
    return CaseRow(
        key=row.key,
        number=row.number,
        kind=row.kind,
        status=row.status,
        unit=row.unit,
        worker=row.worker,
        citizen_name=citizen.name if citizen else None,
        citizen_protected=citizen.protected if citizen else False,
        citizen_died=citizen.died if citizen else False,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        paused_at=row.paused_at,
        next_due=beside.due.get(row.key),
        sort_date=row.sort_date,
        open_tasks=beside.tasks.get(row.key, 0),
        open_incidents=beside.incidents.get(row.key, 0),
        citizen_key=row.citizen_key,
    )
