"""What the figures count, on both databases; erasing a case changes no figure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from service.domain.cases import Case
from service.domain.figures import CaseCounts, Cohort
from service.domain.views import CaseQuery, How, Way
from service.store import SqlStore, SqlUnitOfWork
from tests.contract import making as m

ALL = Cohort("soegning")
NORTH = Cohort("soegning", frozenset({"nord"}))
BEGIN, END = m.START, m.START + 10 * m.DAY


def put(store: SqlStore, number: int, *, day: int = 0, closed: int | None = None, **fields: Any) -> Case:
    opened = m.START + day * m.DAY
    case = m.case(
        f"S-{number}", opened_at=opened, closed_at=None if closed is None else m.START + closed * m.DAY, **fields
    )
    store.transact(lambda uow: uow.cases.open(case))
    return case


def reach(store: SqlStore, case: Case, milestone: str, at: datetime) -> None:
    days = (at - case.opened_at).days
    store.transact(lambda uow: uow.milestones.reached(case.key, [milestone], at, days))


@pytest.fixture
def cases(store: SqlStore) -> list[Case]:
    made = [
        put(store, 0, day=-5, unit="nord", source="brev", worker="mette"),
        put(store, 1, unit="nord", source="brev", worker="mette", sort_date=m.START + 3 * m.DAY, hours_used=2.5),
        put(store, 2, day=2, unit="syd", source="telefon", worker="ib", closed=4, closing_reason="flyttet"),
        put(store, 3, day=9, unit=None, source=None, hours_used=0.0),
        put(store, 4, day=10, unit="nord", source="brev", worker="mette"),
        put(
            store, 5, day=3, unit="nord", closed=12, closing_reason="naaet", worker="ib", sort_date=m.START + 4 * m.DAY
        ),
        put(store, 6, kind="anden", unit="nord", source="brev"),
    ]
    for case, milestone, day in (
        (1, "kontakt", 2),
        (1, "aftale", 5),
        (2, "kontakt", 2),
        (5, "kontakt", 8),
        (4, "kontakt", 10),
    ):
        reach(store, made[case], milestone, m.START + day * m.DAY)
    return made


def figures(counts: CaseCounts) -> dict[str, object]:
    """Everything that is asked of it."""
    return {
        "opened": counts.opened(ALL, BEGIN, END),
        "opened before": counts.opened(ALL, None, BEGIN),
        "opened north": counts.opened(NORTH, BEGIN, END),
        "closed": counts.closed(ALL, BEGIN, END),
        "closed ever": counts.closed(ALL, None, END + 9 * m.DAY),
        "sources": dict(counts.sources(ALL, BEGIN, END)),
        "reasons": dict(counts.reasons(ALL, BEGIN, END)),
        "workers": dict(counts.workers(ALL, END - m.HOUR)),
        "workers north": dict(counts.workers(NORTH, END - m.HOUR)),
        "kontakt": counts.reached(ALL, BEGIN, END, "kontakt"),
        "both": counts.reached_both(ALL, BEGIN, END, "kontakt", "aftale"),
        "days": dict(counts.days(ALL, BEGIN, END, None, "kontakt")),
        "days between": dict(counts.days(ALL, BEGIN, END, "kontakt", "aftale")),
        "before date": counts.before_date(ALL, BEGIN, END, "kontakt"),
        "hours": counts.hours(ALL, BEGIN, END),
    }


EXPECTED = {
    "opened": 4,
    "opened before": 1,
    "opened north": 2,
    "closed": 1,
    "closed ever": 2,
    "sources": {"brev": 1, "telefon": 1, None: 2},
    "reasons": {"flyttet": 1},
    "workers": {"mette": 2, "ib": 1, None: 1},
    "workers north": {"mette": 2, "ib": 1},
    "kontakt": 3,
    "both": 1,
    "days": {2: 1, 0: 1, 5: 1},
    "days between": {3: 1},
    "before date": (1, 2),
    "hours": (2.5, 1),
}


def test_cases_are_counted_by_when_they_were_opened_and_closed(store: SqlStore, cases: list[Case]) -> None:
    assert store.read(lambda uow: figures(uow.counts)) == EXPECTED


def test_erased_cases_still_count(store: SqlStore, cases: list[Case]) -> None:
    for case in cases:
        store.transact(lambda uow, case=case: uow.cases.erase(case.key, END))
    assert store.read(lambda uow: figures(uow.counts)) == EXPECTED


def test_only_the_first_time_counts(store: SqlStore, cases: list[Case]) -> None:
    reach(store, cases[1], "kontakt", m.START + 9 * m.DAY)
    assert store.read(lambda uow: dict(uow.counts.days(ALL, BEGIN, END, None, "kontakt"))) == EXPECTED["days"]


def test_what_came_later_than_the_span_is_not_known_in_it(store: SqlStore, cases: list[Case]) -> None:
    early = m.START + 4 * m.DAY
    found = store.read(
        lambda uow: (uow.counts.reached(ALL, BEGIN, early, "kontakt"), uow.counts.workers(ALL, early - m.HOUR))
    )
    assert found == (2, {"mette": 2, "ib": 2})


def test_suspensions_are_counted_as_they_were(store: SqlStore, cases: list[Case]) -> None:
    one, closed = cases[1], cases[2]

    def at_rest(day: float) -> int:
        return store.read(lambda uow: uow.counts.suspended(ALL, m.START + day * m.DAY))

    store.transact(lambda uow: uow.milestones.suspended(one.key, m.START + 2 * m.DAY))
    store.transact(lambda uow: uow.milestones.resumed(one.key, m.START + 4 * m.DAY))
    store.transact(lambda uow: uow.milestones.suspended(one.key, m.START + 6 * m.DAY))
    store.transact(lambda uow: uow.milestones.suspended(closed.key, m.START + 3 * m.DAY))
    assert [at_rest(day) for day in (1, 2, 3, 3.5, 4, 5, 6, 9)] == [0, 1, 2, 2, 0, 0, 1, 1]
    assert store.read(lambda uow: uow.counts.suspensions(ALL, BEGIN, END)) == 3
    assert store.read(lambda uow: uow.counts.suspensions(NORTH, BEGIN, BEGIN + 5 * m.DAY)) == 1


def reopen(store: SqlStore, case: Case, day: float) -> None:
    def work(uow: SqlUnitOfWork) -> None:
        found = uow.cases.get(case.key)
        assert found is not None
        assert found.closed_at is not None
        uow.milestones.reopened(case.key, found.closed_at, found.closing_reason, m.START + day * m.DAY)
        uow.cases.save(replace(found, closed_at=None, closing_reason=None))

    store.transact(work)


def test_reopening_a_case_changes_nothing_of_the_time_before(store: SqlStore, cases: list[Case]) -> None:
    """One that was closed i bero on day 4 is reopened on day 11, and closed again on day 20."""
    closed = cases[2]
    store.transact(lambda uow: uow.milestones.suspended(closed.key, m.START + 3 * m.DAY))
    until = [m.START + day * m.DAY for day in (3.5, 6, 10)]

    def told() -> object:
        return store.read(
            lambda uow: (
                figures(uow.counts),
                [uow.counts.suspended(ALL, at) for at in until],
                [dict(uow.counts.workers(ALL, at)) for at in until],
                uow.counts.reopened(ALL, None, END),
                [
                    len(uow.queries.cases(behind(closed=(BEGIN, END), reason=reason)).rows)
                    for reason in (None, "flyttet")
                ],
                [len(uow.queries.cases(behind(open_at=at)).rows) for at in until],
            )
        )

    before = told()
    assert before[0] == EXPECTED  # type: ignore[index]
    reopen(store, closed, 11)
    assert told() == before
    later = END + 12 * m.DAY
    again = store.read(lambda uow: uow.cases.get(closed.key))
    assert again is not None
    store.transact(lambda uow: uow.cases.save(replace(again, closed_at=m.START + 20 * m.DAY, closing_reason="naaet")))
    assert told() == before
    found = store.read(
        lambda uow: (
            uow.counts.reopened(ALL, END, later),
            uow.counts.reopened(NORTH, END, later),
            uow.counts.closed(ALL, BEGIN, later),
            dict(uow.counts.reasons(ALL, BEGIN, later)),
            [row.key for row in uow.queries.cases(behind(begun=(m.START + 11 * m.DAY, later))).rows],
            [row.key for row in uow.queries.cases(behind(closed=(BEGIN, later), reason="naaet")).rows],
        )
    )
    assert found == (1, 0, 3, {"flyttet": 1, "naaet": 2}, [closed.key], [cases[5].key, closed.key])


def behind(**wanted: Any) -> CaseQuery:
    return CaseQuery(ways=(Way(How.ALL),), state="alle", kinds=frozenset({"soegning"}), **wanted)


def test_instances_are_counted_by_where_they_ended(store: SqlStore) -> None:
    def ended(ends: list[str]) -> int:
        return store.read(lambda uow: uow.counts.ended("ansoegning", ends, BEGIN, END))

    for end, day in (("kasseret", 1), ("oprettet", 2), ("oprettet", 11), ("andet", 3)):
        done = m.element(end, type_="endEvent", state=m.ElementState.COMPLETED)
        finished = replace(m.step(elements=[done]), status=m.InstanceStatus.COMPLETED)
        store.transact(lambda uow, f=finished, day=day: m.begin(uow, f, at=m.START + day * m.DAY))
    m.started(store, m.user_task())
    assert [ended(["oprettet"]), ended(["oprettet", "kasseret"]), ended(["ukendt"])] == [1, 2, 0]
