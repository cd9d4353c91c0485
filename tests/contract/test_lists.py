"""Lists of cases, instances, elements and incidents."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from service.domain.facts import ElementState
from service.domain.instances import CalledInstance, InstanceStatus
from service.domain.views import CaseQuery, How, InstanceQuery, Way
from service.domain.waits import IncidentOpened, IncidentType
from service.store import SqlStore
from tests.contract import making as m

DAY = m.DAY


def numbers(store: SqlStore, query: CaseQuery) -> list[str]:
    """Over all pages."""
    found: list[str] = []
    after = None
    while True:
        asked = replace(query, after=after)
        page = store.read(lambda uow, q=asked: uow.queries.cases(q))
        found += [row.number for row in page.rows]
        after = page.next
        if after is None:
            assert page.total == len(found)
            return found


@pytest.fixture
def cases(store: SqlStore) -> None:
    def add(number: str, name: str | None = None, cpr: str | None = None, **fields: object) -> None:
        m.open_case(store, m.case(number, **fields), m.citizen(name, cpr) if name else None)

    add("1", "Ida Test Jensen", "0101019998", unit="nord", worker="mette", sort_date=m.START + 3 * DAY)
    add("2", "Bo Test", unit="nord", kind="klage", status="I gang", sort_date=m.START)
    add("3", unit="syd", worker="ole", sort_date=None)
    add("4", unit=None)
    add("5", "Åge Test", unit="nord", worker="mette", closed_at=m.START + DAY)
    add("6", unit="vest", worker="mette", paused_at=m.START, sort_date=m.START + DAY)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (CaseQuery(opened=(m.START, m.START + DAY)), "1"),
        (CaseQuery(opened=(m.START + DAY, m.START + 5 * DAY)), "32"),
        (CaseQuery(closed=(m.START + 3 * DAY, m.START + 4 * DAY)), "2"),
        (CaseQuery(open_at=m.START + 2 * DAY), "21"),
        (CaseQuery(open_at=m.START + 3 * DAY), "1"),
        (CaseQuery(source="brev", no_source="brev"), "31"),
        (CaseQuery(source="brev", no_source="andet"), "1"),
        (CaseQuery(reason="flyttet"), "2"),
        (CaseQuery(reason=""), "31"),
        (CaseQuery(of_worker="mette"), "1"),
        (CaseQuery(of_worker=""), "3"),
        (CaseQuery(opened=(m.START, m.START + 9 * DAY), of_worker="ole", reason="flyttet", source="telefon"), "2"),
    ],
)
@pytest.mark.parametrize("order", ["nyeste", "sortdato"])
def test_the_cases_behind_a_figure(store: SqlStore, query: CaseQuery, expected: str, order: str) -> None:
    def add(number: str, day: int, **fields: object) -> None:
        sort = m.START - day * DAY
        m.open_case(store, m.case(number, opened_at=m.START + day * DAY, sort_date=sort, unit="nord", **fields), None)

    add("1", 0, source="brev", worker="mette")
    add("2", 1, source="telefon", worker="ole", closed_at=m.START + 3 * DAY, closing_reason="flyttet")
    add("3", 4)
    asked = replace(query, ways=(Way(How.UNIT, "nord"),), state="alle", order=order, limit=1)
    assert "".join(numbers(store, asked)) == expected


@pytest.mark.usefixtures("cases")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        (CaseQuery(ways=(Way(How.ALL),)), "64321"),
        (CaseQuery(ways=(Way(How.ALL),), limit=2), "64321"),
        (CaseQuery(ways=(Way(How.ALL),), state="alle"), "654321"),
        (CaseQuery(ways=(Way(How.ALL),), state="lukkede"), "5"),
        (CaseQuery(ways=(Way(How.ALL),), state="bero"), "6"),
        (CaseQuery(ways=(Way(How.ALL),), order="sortdato"), "26134"),
        (CaseQuery(ways=(Way(How.ALL),), order="sortdato", limit=1), "26134"),
        (CaseQuery(ways=(Way(How.UNIT, "nord"),)), "21"),
        (
            CaseQuery(
                ways=(
                    Way(How.UNIT, "nord"),
                    Way(How.UNIT, "syd"),
                ),
                limit=1,
            ),
            "321",
        ),
        (CaseQuery(ways=(Way(How.WORKER, "mette"),)), "61"),
        (CaseQuery(ways=(Way(How.INTAKE),)), "4"),
        (
            CaseQuery(
                ways=(
                    Way(How.UNIT, "nord"),
                    Way(How.WORKER, "mette"),
                    Way(How.INTAKE),
                )
            ),
            "6421",
        ),
        (
            CaseQuery(
                ways=(
                    Way(How.UNIT, "nord"),
                    Way(How.UNIT, "vest"),
                    Way(How.WORKER, "mette"),
                ),
                order="sortdato",
                limit=1,
            ),
            "261",
        ),
        (CaseQuery(), ""),
        (CaseQuery(ways=(Way(How.ALL),), kinds=frozenset({"klage"})), "2"),
        (CaseQuery(ways=(Way(How.ALL),), kinds=frozenset()), ""),
        (CaseQuery(ways=(Way(How.ALL),), status="I gang"), "2"),
        (CaseQuery(ways=(Way(How.ALL),), words=("jens",)), "1"),
        (CaseQuery(ways=(Way(How.ALL),), words=("TEST",), state="alle", limit=1), "521"),
        (CaseQuery(ways=(Way(How.UNIT, "syd"),), words=("test",)), ""),
        (CaseQuery(ways=(Way(How.ALL),), words=("test", "bo")), "2"),
        (CaseQuery(ways=(Way(How.ALL),), words=("åg",), state="alle"), "5"),
        (CaseQuery(ways=(Way(How.ALL),), cpr="0101019998"), "1"),
        (CaseQuery(ways=(Way(How.ALL),), cpr="0101019999"), ""),
        (CaseQuery(ways=(Way(How.UNIT, "syd"),), cpr="0101019998"), ""),
    ],
)
def test_cases_one_may_see(store: SqlStore, query: CaseQuery, expected: str) -> None:
    assert "".join(numbers(store, query)) == expected


def test_a_case_row(store: SqlStore) -> None:
    ida = m.citizen("Ida Test", protected=True, died_at="2026-01-01")
    case = m.open_case(store, m.case(unit="nord", worker="mette", sort_date=m.START), ida)
    one = m.started(
        store,
        m.user_task(due=m.START + 3 * DAY),
        m.user_task(due=None),
        m.timer(deadline=m.binding(due=m.START + 2 * DAY)),
        m.timer(m.START),
        case_key=case.key,
    )
    m.started(store, m.user_task(due=m.START + 5 * DAY), case_key=case.key)
    fail(store, one.key)
    (row,) = store.read(lambda uow: uow.queries.cases(CaseQuery(ways=(Way(How.ALL),)))).rows
    assert (row.key, row.number, row.kind, row.status) == (case.key, case.number, case.kind, case.status)
    assert (row.citizen_name, row.citizen_protected, row.citizen_died) == ("Ida Test", True, True)
    assert (row.unit, row.worker, row.opened_at, row.sort_date) == ("nord", "mette", m.START, m.START)
    assert (row.closed_at, row.paused_at) == (None, None)
    assert (row.open_tasks, row.open_incidents, row.next_due) == (3, 1, m.START + 2 * DAY)


def fail(
    store: SqlStore,
    key: int,
    message: str = "Ingen betingelse passer",
    *,
    at: datetime = m.START,
    element: str = "valg",
) -> None:
    opened = IncidentOpened(
        type=IncidentType.CONDITION_ERROR,
        message=message,
        element_id=element,
        element_name=element.title(),
        element_instance_key=m.key(),
        process_id="ansoegning",
    )
    m.move(store, key, m.step(incidents=[opened]), m.entry(at=at))


def test_instances_by_state_process_version_unit_and_case(store: SqlStore) -> None:
    v1, v2, other = m.version(), m.version(number=2), m.version(id_="andet")
    m.deploy(store, v1, v2, other)
    case = m.open_case(store, m.case("2026-1", unit="nord"))
    running = m.started(store, m.user_task(), m.user_task(), definition=v1, case_key=case.key)
    newer = m.started(store, definition=v2)
    else_ = m.started(store, definition=other)
    suspended, failed, done, gone = (m.started(store, definition=v1) for _ in range(4))
    store.transact(lambda uow: uow.instances.set_suspended(suspended, True, m.entry("suspended")))
    fail(store, failed.key)
    m.move(store, done.key, m.step(status=InstanceStatus.COMPLETED))
    m.move(store, gone.key, m.step(status=InstanceStatus.TERMINATED))

    def found(**asked: object) -> list[int]:
        keys: list[int] = []
        after = None
        while True:
            query = InstanceQuery(**asked, after=after, limit=2)  # type: ignore[arg-type]
            page = store.read(lambda uow, q=query: uow.queries.instances(q))
            keys += [row.key for row in page.rows]
            after = page.next
            if after is None:
                assert page.total == len(keys)
                return keys

    assert found() == [failed.key, else_.key, newer.key, running.key]
    assert found(state="suspenderede") == [suspended.key]
    assert found(state="hændelser") == [failed.key]
    assert found(state="afsluttede") == [done.key]
    assert found(state="annullerede") == [gone.key]
    assert len(found(state="alle")) == 7
    assert found(process_id="ansoegning") == [failed.key, newer.key, running.key]
    assert found(process_id="ansoegning", version=2) == [newer.key]
    assert found(case_number="2026-1") == [running.key]
    assert found(case_number="2026-2") == []
    assert found(units=frozenset({"nord", "syd"})) == [running.key]
    assert found(units=frozenset()) == []

    shown = store.read(lambda uow: uow.queries.instances(InstanceQuery(case_number="2026-1"))).rows[0]
    assert (shown.case_key, shown.case_number, shown.unit) == (case.key, "2026-1", "nord")
    assert (shown.open_tasks, shown.open_incidents, shown.version) == (2, 0, 1)
    hidden = store.read(
        lambda uow: uow.queries.instances(InstanceQuery(case_number="2026-1", case_content=False))
    ).rows[0]
    assert hidden.case_number is None
    broken = store.read(lambda uow: uow.queries.instances(InstanceQuery(state="hændelser"))).rows[0]
    assert (broken.open_incidents, broken.open_tasks) == (1, 0)


def test_instances_with_a_token_somewhere(store: SqlStore) -> None:
    parent, child = m.version(), m.version(id_="barn")
    m.deploy(store, parent, child)
    here, there = m.element("her"), m.element("der")
    at_here = store.transact(lambda uow: m.begin(uow, m.step(elements=[here]), definition=parent))
    over = replace(here, key=m.key(), state=ElementState.COMPLETED)
    store.transact(lambda uow: m.begin(uow, m.step(elements=[over, there]), definition=parent))
    called = m.key()
    inside = m.element("inde", called=called, process_id="barn")
    twice = replace(inside, key=m.key())
    calls = CalledInstance(called, child.key, 1, 2, True, None)
    store.transact(lambda uow: m.begin(uow, m.step(called=[calls], elements=[inside, twice]), definition=parent))

    def found(process_id: str, element_id: str) -> list[int]:
        query = InstanceQuery(process_id=process_id, element_id=element_id)
        return [row.key for row in store.read(lambda uow: uow.queries.instances(query)).rows]

    assert found("ansoegning", "her") == [at_here.key]
    assert found("barn", "inde") == [called]
    assert found("ansoegning", "inde") == []
    assert found("ukendt", "her") == []
    counts = lambda process, version=None: store.read(lambda uow: uow.queries.element_counts(process, version))  # noqa: E731
    assert counts("ansoegning") == {"her": 1, "der": 1}
    assert counts("ansoegning", 1) == {"her": 1, "der": 1}
    assert counts("ansoegning", 2) == {}
    assert counts("barn") == {"inde": 2}


def test_elements_newest_first(store: SqlStore) -> None:
    changes = [m.element(f"e{n}", state=ElementState.COMPLETED if n % 2 else ElementState.ACTIVE) for n in range(5)]
    instance = store.transact(lambda uow: m.begin(uow, m.step(elements=changes)))
    ids = lambda **how: [r.element_id for r in store.read(lambda uow: uow.queries.elements(instance.key, **how))]  # noqa: E731
    assert ids() == ["e4", "e3", "e2", "e1", "e0"]
    assert ids(active_only=True) == ["e4", "e2", "e0"]
    assert ids(limit=2) == ["e4", "e3"]


def test_incidents_are_grouped_by_what_went_wrong_where(store: SqlStore) -> None:
    case = m.open_case(store, m.case(unit="nord"))
    mine = m.started(store, case_key=case.key)
    other = m.started(store)
    fail(store, mine.key, at=m.START + m.HOUR)
    fail(store, other.key, at=m.START)
    fail(store, other.key, "Noget andet")
    fail(store, mine.key, element="port")
    groups = store.read(lambda uow: uow.queries.incidents())
    assert (groups[0].element_id, groups[0].message, groups[0].count) == ("valg", "Ingen betingelse passer", 2)
    assert sorted((g.element_id, g.message, g.count) for g in groups[1:]) == [
        ("port", "Ingen betingelse passer", 1),
        ("valg", "Noget andet", 1),
    ]
    assert (groups[0].since, groups[0].element_name, groups[0].type) == (m.START, "Valg", IncidentType.CONDITION_ERROR)
    assert {i.instance_key for i in groups[0].incidents} == {mine.key, other.key}
    in_nord = store.read(lambda uow: uow.queries.incidents(frozenset({"nord"})))
    assert sorted((g.element_id, g.count) for g in in_nord) == [("port", 1), ("valg", 1)]
    assert store.read(lambda uow: uow.queries.incidents(frozenset())) == []
    store.transact(lambda uow: uow.incidents.resolve(groups[0].incidents[0].key, "ole", m.START))
    assert store.read(lambda uow: uow.queries.incidents())[0].count == 1
