# ruff: noqa: S608 (text is put together from constants alone; every value is a parameter)
"""The inbox: one sorted branch per principal, merged, so that a page costs the same in a small and a huge office."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from service.domain.views import InboxQuery, InboxRow, Page
from service.store import tables as t
from service.store.queries.citizens import CITIZEN_COLUMNS, CITIZEN_JOINS, shown_citizen
from service.store.queries.paging import (
    counted,
    counted_apart,
    due_cursor,
    merged,
    page_size,
    read_due_cursor,
    total,
    written,
)
from service.store.queries.paging import page as make_page
from service.store.queries.words import WordHits, hits
from service.store.repositories.held import case_of
from service.store.session import Record, Session
from service.store.statements import Written
from service.store.vault import Vault

_ORDER = "1, 2"
"""By due, then key."""
_DRIVEN = 500
"""A word that at most so many cases have is looked up from the cases' side."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What decides the text of the statement; everything else is a parameter."""

    own: bool
    groups: int
    candidate: bool
    led: int
    process: bool
    unit: bool
    overdue: bool
    due_from: bool
    element: bool
    of_assignee: str
    after: bool
    words: tuple[tuple[bool, bool], ...]
    """Per word: whether task names match it, whether cases may."""
    driven: bool

    @property
    def looks_at_task(self) -> bool:
        """Whether a filter needs the task's own row where a candidate's is at hand."""
        narrowed = self.overdue or self.due_from or self.element or self.of_assignee != "anybody"
        return bool(self.words) or narrowed


def page(session: Session, vault: Vault, query: InboxQuery) -> Page[InboxRow]:
    words = hits(session, vault.sealer, query.words, most=_DRIVEN)
    if any(hit.nowhere for hit in words):
        return Page(rows=[], next=None, total=0)
    driver = min((hit for hit in words if hit.only_cases), key=lambda hit: len(hit.cases), default=None)
    groups = sorted(query.groups) if query.show != "mine" else []
    led = sorted(query.led_units) if query.show == "enhed" else []
    if query.unit is not None:
        led = [unit for unit in led if unit == query.unit]
    shape = Shape(
        own=query.show != "ikke_tildelt",
        groups=len(groups),
        candidate=query.show != "mine",
        led=len(led),
        process=query.process_id is not None,
        unit=query.unit is not None,
        overdue=query.overdue_before is not None,
        due_from=query.due_from is not None,
        element=query.element_id is not None,
        of_assignee="anybody" if query.of_assignee is None else "somebody" if query.of_assignee else "nobody",
        after=query.after is not None,
        words=tuple((bool(hit.names), bool(hit.cases)) for hit in words),
        driven=driver is not None,
    )
    parameters = _parameters(query, groups, led, words, driver)
    size = page_size(query)
    rows = session.rows(_page_statement(shape), parameters | {"n": size + 1})
    found = total(session, *_count_statements(shape), parameters, len(rows), query)
    for row in rows[:size]:
        vault.learn(row.citizen_key, row.citizen_key_version, row.citizen_wrapped)
    return make_page(rows, lambda row: _row(row, vault), lambda row: due_cursor(row.due, row.key), size, found)


def _parameters(
    query: InboxQuery, groups: list[str], led: list[str], words: list[WordHits], driver: WordHits | None
) -> dict[str, Any]:
    parameters: dict[str, Any] = {"me": query.username, "me_candidate": f"u:{query.username}"}
    for i, group in enumerate(groups):
        parameters |= {f"g{i}": group, f"gc{i}": f"g:{group}"}
    parameters |= {f"l{i}": unit for i, unit in enumerate(led)}
    for i, hit in enumerate(words):
        parameters |= {f"names{i}": sorted(hit.names)} if hit.names else {}
        parameters |= {f"token{i}": hit.token} if hit.cases else {}
    if driver is not None:
        principals = [*(f"g:{group}" for group in groups), *([] if query.show == "mine" else [f"u:{query.username}"])]
        lists = {"cases": sorted(driver.cases), "groups": groups, "principals": principals, "led": led}
        parameters |= {name: values for name, values in lists.items() if values}
    if query.process_id is not None:
        parameters["process_id"] = query.process_id
    if query.unit is not None:
        parameters["unit"] = query.unit
    asked = {
        "overdue_before": query.overdue_before,
        "due_from": query.due_from,
        "element_id": query.element_id,
        "of_assignee": query.of_assignee or None,
    }
    parameters |= {name: value for name, value in asked.items() if value is not None}
    if query.after is not None:
        parameters["after_due"], parameters["after_key"] = read_due_cursor(query.after)
    return parameters


@lru_cache(maxsize=2048)
def _page_statement(shape: Shape) -> Written:
    columns = (
        t.user_task.c.instance_key,
        t.user_task.c.key,
        t.user_task.c.element_id,
        t.user_task.c.name,
        t.user_task.c.process_id,
        t.user_task.c.owner_key,
        t.user_task.c.assignee,
        t.user_task.c.candidate_groups,
        t.user_task.c.unit,
        t.user_task.c.due,
        t.user_task.c.created_at,
        t.user_task.c.priority,
        t.user_task.c.held,
    )
    sql = (
        f"WITH page AS ({merged(_branches(shape, paged=True), _ORDER)}) "
        f"SELECT {', '.join(f't.{c.name}' for c in columns)}, "
        f"c.number AS case_number, c.kind AS case_kind, {', '.join(CITIZEN_COLUMNS)} "
        "FROM page AS p JOIN user_task AS t ON t.instance_key = p.instance_key AND t.key = p.key "
        f'LEFT JOIN "case" AS c ON c.key = t.owner_key {CITIZEN_JOINS} ORDER BY p.due, p.key'
    )
    return written(sql, columns)


@lru_cache(maxsize=2048)
def _count_statements(shape: Shape) -> tuple[Written | None, Written]:
    branches = _branches(shape, paged=False)
    apart = int(shape.own) + shape.groups  # a task is assigned to one or waits in one first group
    simply = written(counted_apart(branches[:apart])) if apart and not shape.driven else None
    return simply, written(counted(branches))


def _branches(shape: Shape, *, paged: bool) -> list[str]:
    """SELECTs of (due, key, instance_key): one per principal and table, or one over the few cases that a word leaves."""
    if shape.driven:
        return [_driven_branch(shape, paged=paged)]
    tasks = [f"t.waiting_assignee = :me{_unit('t', shape)}"] if shape.own else []
    in_unit = " AND t.unit = :unit" if shape.unit else ""
    tasks += [f"t.waiting_group = :g{i}{in_unit}" for i in range(shape.groups)]
    tasks += [f"t.waiting_unit = :l{i}" for i in range(shape.led)]  # only those of the unit asked for
    candidates = [f"q.waiting_principal = :gc{i}" for i in range(shape.groups)]
    candidates += ["q.waiting_principal = :me_candidate"] if shape.candidate else []
    candidates += [f"q.unit = :l{i}" for i in range(shape.led)]
    join = (
        "JOIN user_task AS t ON t.instance_key = q.instance_key AND t.key = q.task_key " if shape.looks_at_task else ""
    )
    of_task = _filters("t", "key", shape, paged)
    of_candidate = _filters("q", "task_key", shape, paged) + _unit("q", shape)
    return [f"SELECT t.due, t.key, t.instance_key FROM user_task AS t WHERE {who}{of_task}" for who in tasks] + [
        # several candidates of one task may lie in one unit
        f"SELECT DISTINCT q.due, q.task_key AS key, q.instance_key FROM task_candidate AS q {join}WHERE {who}{of_candidate}"
        for who in candidates
    ]


def _driven_branch(shape: Shape, *, paged: bool) -> str:
    unit, candidate_unit = _unit("t", shape), _unit("q", shape)
    candidate = (
        "EXISTS (SELECT 1 FROM task_candidate AS q WHERE q.instance_key = t.instance_key AND q.task_key = t.key AND "
    )
    ways = [f"t.waiting_assignee = :me{unit}"] if shape.own else []
    ways += [f"t.waiting_group IN :groups{unit}"] if shape.groups else []
    if shape.candidate:
        ways.append(f"{candidate}q.waiting_principal IN :principals{candidate_unit})")
    ways += [f"t.waiting_unit IN :led{unit}", f"{candidate}q.unit IN :led{candidate_unit})"] if shape.led else []
    who = " OR ".join(f"({way})" for way in ways)
    filters = _filters("t", "key", shape, paged)
    return (
        "SELECT t.due, t.key, t.instance_key FROM user_task AS t "
        f"WHERE t.status = 'CREATED' AND t.owner_key IN :cases AND ({who}){filters}"
    )


def _unit(alias: str, shape: Shape) -> str:
    """The unit asked for. `|| ''` keeps planners off the index of units: another one sorts."""
    return f" AND {alias}.unit || '' = :unit" if shape.unit else ""


def _filters(alias: str, key: str, shape: Shape, paged: bool) -> str:
    filters = ""
    if shape.process:
        filters += f" AND {alias}.process_id = :process_id"
    if shape.overdue:
        filters += f" AND {alias}.due < :overdue_before"
    if shape.due_from:
        filters += f" AND {alias}.due >= :due_from"
    if shape.overdue or shape.due_from:
        filters += " AND t.held = 0"
    if shape.element:
        filters += " AND t.element_id = :element_id"
    filters += {"anybody": "", "somebody": " AND t.assignee = :of_assignee", "nobody": " AND t.assignee IS NULL"}[
        shape.of_assignee
    ]
    if shape.after and paged:
        filters += f" AND {alias}.due >= :after_due AND ({alias}.due > :after_due OR {alias}.{key} > :after_key)"
    for i, (names, cases) in enumerate(shape.words):
        ways = [f"t.name IN :names{i}"] if names else []
        if cases:
            ways.append(
                f"EXISTS (SELECT 1 FROM search_token AS s WHERE s.case_key = t.owner_key AND s.token = :token{i})"
            )
        filters += f" AND ({' OR '.join(ways)})"
    return filters


def _row(row: Record, vault: Vault) -> InboxRow:
    citizen = shown_citizen(row, vault)
    return InboxRow(
        key=row.key,
        instance_key=row.instance_key,
        element_id=row.element_id,
        name=row.name,
        process_id=row.process_id,
        case_key=case_of(row),
        case_number=row.case_number,
        case_kind=row.case_kind,
        citizen_name=citizen.name if citizen else None,
        citizen_protected=citizen.protected if citizen else False,
        assignee=row.assignee,
        group=next(iter(row.candidate_groups), None),
        unit=row.unit,
        due=row.due,
        created_at=row.created_at,
        priority=row.priority,
        suspended=row.held != 0,
        citizen_key=row.citizen_key,
    )
