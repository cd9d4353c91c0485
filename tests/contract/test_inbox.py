"""The inbox, against the plainest possible model of who sees what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import count

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.access import split_group
from service.domain.errors import BadInput
from service.domain.instances import Instance
from service.domain.storage import UnitOfWork
from service.domain.views import InboxQuery, InboxRow, Page
from service.domain.waits import UserTaskWait
from service.store import SqlStore, SqlUnitOfWork
from service.store.columns import NEVER
from service.store.search_words import words_of
from tests.contract import making as m

ROLES, UNITS, PEOPLE = ("sagsbehandler", "visitator"), ("nord", "syd"), ("mette", "ole")
NAMES, CITIZENS = ("Vurder ansøgning", "Ring op", "Vurdér igen"), ("Ida Test", "Åse Test Østergård", None)
_worlds = count(1)


@dataclass
class Seen:
    """One open task as the model knows it."""

    wait: UserTaskWait
    unit: str | None
    case_number: str | None
    citizen: str | None
    assignee: str | None = None
    row: tuple[datetime, int] = field(default=(NEVER, 0))

    def principals(self) -> dict[str, str | None]:
        """Candidate groups and users with the unit each of them reaches the task through."""
        groups = self.wait.candidate_groups
        through = {f"g:{g}": split_group(g).unit or self.unit for g in groups[1:]}
        through |= {f"u:{u}": self.unit for u in self.wait.candidate_users}
        return through | ({f"g:{groups[0]}": self.unit} if groups else {})

    def ways(self, query: InboxQuery) -> list[str | None]:
        """The units of every way by which the query's person sees the task."""
        ways: list[str | None] = []
        if query.show != "ikke_tildelt" and self.assignee == query.username:
            ways.append(self.unit)
        if query.show != "mine" and self.assignee is None:
            mine = {f"g:{g}" for g in query.groups} | {f"u:{query.username}"}
            ways += [unit for principal, unit in self.principals().items() if principal in mine]
        if query.show == "enhed":
            ways += [u for u in (self.unit, *self.principals().values()) if u in query.led_units]
        return ways

    def words(self) -> list[str]:
        return words_of(f"{self.wait.element_name} {self.case_number or ''} {self.citizen or ''}")

    def matches(self, query: InboxQuery) -> bool:
        return (
            any(query.unit is None or unit == query.unit for unit in self.ways(query))
            and (query.process_id is None or self.wait.process_id == query.process_id)
            and (query.overdue_before is None or (self.wait.due or NEVER) < query.overdue_before)
            and (query.due_from is None or (self.wait.due or NEVER) >= query.due_from)
            and query.element_id in (None, self.wait.element_id)
            and (query.of_assignee is None or (self.assignee or "") == query.of_assignee)
            and all(any(w.startswith(wanted.casefold()) for w in self.words()) for wanted in query.words)
        )


tasks = st.builds(
    dict,
    name=st.sampled_from(NAMES),
    groups=st.lists(st.tuples(st.sampled_from(ROLES), st.sampled_from(("", *UNITS))), max_size=3, unique=True),
    users=st.lists(st.sampled_from(PEOPLE), max_size=2, unique=True),
    assignee=st.none() | st.sampled_from(PEOPLE),
    reassigned=st.none() | st.sampled_from(("", *PEOPLE)),
    due=st.none() | st.integers(0, 5),
    process=st.sampled_from(("p", "q")),
    element=st.sampled_from(("vurder", "ring")),
    case=st.none() | st.integers(0, 2),
    closed=st.sampled_from((False, False, False, True)),
)
queries = st.builds(
    dict,
    username=st.sampled_from(PEOPLE),
    groups=st.sets(st.tuples(st.sampled_from(ROLES), st.sampled_from(("", *UNITS)))),
    led=st.sets(st.sampled_from(UNITS)),
    show=st.sampled_from(("alle", "mine", "ikke_tildelt", "enhed")),
    process_id=st.none() | st.sampled_from(("p", "q")),
    unit=st.none() | st.sampled_from(UNITS),
    overdue=st.none() | st.integers(0, 6),
    due_from=st.none() | st.integers(0, 6),
    element_id=st.none() | st.sampled_from(("vurder", "ring")),
    of_assignee=st.none() | st.sampled_from(("", *PEOPLE)),
    words=st.lists(
        st.sampled_from(("vur", "VURDER", "ring", "ida", "øst", "test", "sag0", "sag", "findes")), max_size=2
    ),
    limit=st.integers(1, 4),
)


class World:
    """Names of one example, so that examples in one database do not see each other."""

    def __init__(self, store: SqlStore, made: Sequence[dict]) -> None:  # type: ignore[type-arg]
        self.tag = f"w{next(_worlds)}"
        self.store = store
        self.cases = [self._case(n) for n in range(3)] if any(one["case"] is not None for one in made) else []
        self.tasks = [self._task(one) for one in made]

    def group(self, role: str, unit: str) -> str:
        return f"{role}{self.tag}@{self.unit(unit)}" if unit else f"{role}{self.tag}"

    def unit(self, unit: str) -> str:
        return f"{unit}{self.tag}"

    def person(self, name: str) -> str:
        return f"{name}{self.tag}"

    def _case(self, n: int) -> tuple[int, str, str | None, str | None]:
        about = m.citizen(CITIZENS[n] or "", None) if CITIZENS[n] else None
        unit = None if n == 0 else self.unit(UNITS[n - 1])
        case = m.open_case(self.store, m.case(f"sag{n} {self.tag}", unit=unit), about)
        return case.key, case.number, unit, CITIZENS[n]

    def _task(self, one: dict) -> Seen | None:  # type: ignore[type-arg]
        groups = tuple(self.group(*g) for g in one["groups"])
        wait = m.user_task(
            one["name"],
            process_id=one["process"],
            element_id=one["element"],
            candidate_groups=groups,
            candidate_users=tuple(self.person(u) for u in one["users"]),
            assignee=self.person(one["assignee"]) if one["assignee"] else None,
            due=None if one["due"] is None else m.START + one["due"] * m.HOUR,
        )
        case_key, number, unit, citizen = (
            self.cases[one["case"]] if one["case"] is not None else (None, None, None, None)
        )
        instance: Instance = m.started(self.store, wait, case_key=case_key)
        assignee = wait.assignee
        if one["reassigned"] is not None:
            assignee = self.person(one["reassigned"]) if one["reassigned"] else None

            def assign(uow: SqlUnitOfWork) -> None:
                task = uow.tasks.lock(wait.key)
                assert task is not None
                uow.tasks.assign(task, assignee)

            self.store.transact(assign)
        if one["closed"]:
            m.move(self.store, instance.key, m.step(closed=m.closed(wait)))
            return None
        its_unit = next((u for g in groups if (u := split_group(g).unit)), unit)
        return Seen(wait, its_unit, number, citizen, assignee, (wait.due or NEVER, wait.key))

    def query(self, asked: dict) -> InboxQuery:  # type: ignore[type-arg]
        return InboxQuery(
            username=self.person(asked["username"]),
            groups=frozenset(self.group(*g) for g in asked["groups"]),
            led_units=frozenset(self.unit(u) for u in asked["led"]),
            show=asked["show"],
            process_id=asked["process_id"],
            unit=self.unit(asked["unit"]) if asked["unit"] else None,
            overdue_before=None if asked["overdue"] is None else m.START + asked["overdue"] * m.HOUR,
            due_from=None if asked["due_from"] is None else m.START + asked["due_from"] * m.HOUR,
            element_id=asked["element_id"],
            of_assignee=self.person(asked["of_assignee"]) if asked["of_assignee"] else asked["of_assignee"],
            words=tuple(asked["words"]),
            limit=asked["limit"],
        )

    def expected(self, query: InboxQuery) -> list[int]:
        hits = [task for task in self.tasks if task is not None and task.matches(query)]
        return [task.wait.key for task in sorted(hits, key=lambda task: task.row)]


def pages(store: SqlStore, query: InboxQuery) -> list[Page[InboxRow]]:
    found: list[Page[InboxRow]] = []
    while not found or found[-1].next is not None:
        asked = replace(query, after=found[-1].next if found else None)
        found.append(store.read(lambda uow, q=asked: uow.queries.inbox(q)))
        assert len(found) < 50
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(made=st.lists(tasks, max_size=8), asked=st.lists(queries, min_size=1, max_size=6))
def test_everybody_sees_exactly_her_tasks_in_order_on_pages_without_gaps(
    store: SqlStore,
    made: list[dict],
    asked: list[dict],  # type: ignore[type-arg]
) -> None:
    world = World(store, made)
    for one in asked:
        query = world.query(one)
        expected = world.expected(query)
        found = pages(store, query)
        assert [row.key for page in found for row in page.rows] == expected
        assert {page.total for page in found} == {len(expected)}
        assert [len(page.rows) for page in found[:-1]] == [query.limit] * (len(found) - 1)


def test_a_row_says_what_the_list_shows(store: SqlStore) -> None:
    ida = m.citizen("Ida Test", protected=True)
    case = m.open_case(store, m.case("2026-1", kind="soegning"), ida)
    wait = m.user_task(candidate_groups=("visitator@nord",), due=m.START, priority=80)
    instance = m.started(store, wait, case_key=case.key)
    query = InboxQuery(username="mette", groups=frozenset({"visitator@nord"}))
    (row,) = store.read(lambda uow: uow.queries.inbox(query)).rows
    assert row == InboxRow(
        key=wait.key,
        instance_key=instance.key,
        element_id="vurder",
        name="Vurder ansøgning",
        process_id="ansoegning",
        case_key=case.key,
        case_number="2026-1",
        case_kind="soegning",
        citizen_name="Ida Test",
        citizen_protected=True,
        assignee=None,
        group="visitator@nord",
        unit="nord",
        due=m.START,
        created_at=m.START,
        priority=80,
        suspended=False,
        citizen_key=ida.key,
    )
    store.transact(lambda uow: uow.instances.set_suspended(instance, True, m.entry("suspended")))
    (row,) = store.read(lambda uow: uow.queries.inbox(query)).rows
    assert row.suspended


def test_a_leader_sees_a_task_once_however_many_candidates_it_has_in_her_unit(store: SqlStore) -> None:
    waits = [m.user_task(candidate_groups=("a@syd", "b@nord", "c@nord"), candidate_users=()) for _ in range(3)]
    m.started(store, *waits)
    query = InboxQuery(username="leder", groups=frozenset(), led_units=frozenset({"nord"}), show="enhed", limit=2)
    found = pages(store, query)
    assert [row.key for page in found for row in page.rows] == [wait.key for wait in waits]
    assert {page.total for page in found} == {3}


def test_totals_are_capped(store: SqlStore) -> None:
    waits = [m.user_task(candidate_groups=("a",)) for _ in range(1005)]
    m.started(store, *waits)
    page = store.read(lambda uow: uow.queries.inbox(InboxQuery(username="x", groups=frozenset({"a"}))))
    assert (page.total, page.total_capped, len(page.rows)) == (1000, True, 50)
    exact = store.read(lambda uow: uow.queries.inbox(InboxQuery(username="x", groups=frozenset({"b"}))))
    assert (exact.total, exact.total_capped, exact.next) == (0, False, None)


def test_a_common_word_and_a_rare_one(store: SqlStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """Common words are looked for along the inbox, rare ones from the cases' side: the answer is the same."""
    from service.store.queries import inbox

    for number in range(6):
        case = m.open_case(store, m.case(f"Fælles {number}"), m.citizen("Ida Test" if number == 3 else "Bo Test", None))
        m.started(store, m.user_task(candidate_groups=("a",), due=m.START + number * m.DAY), case_key=case.key)
    for most in (1000, 2, 0):
        monkeypatch.setattr(inbox, "_DRIVEN", most)

        def found(*words: str) -> list[str | None]:
            query = InboxQuery(username="x", groups=frozenset({"a"}), words=words)
            return [row.case_number for row in store.read(lambda uow: uow.queries.inbox(query)).rows]

        assert found("fæl") == [f"Fælles {n}" for n in range(6)]
        assert found("fæl", "ida") == ["Fælles 3"]
        assert found("fæl", "ida", "vurder") == ["Fælles 3"]
        assert found("ida", "bo") == []


@pytest.mark.parametrize("after", ["x", "AAAA", "MTIz", "LTEuMQ", "OTk5OTk5OTk5OTk5OTk5OTk5OS4x", "é"])
def test_a_made_up_cursor_is_refused(store: SqlStore, after: str) -> None:
    query = InboxQuery(username="x", groups=frozenset(), after=after)
    with pytest.raises(BadInput, match="åbn listen forfra"):
        store.read(lambda uow: uow.queries.inbox(query))


def test_one_letter_is_no_word(store: SqlStore) -> None:
    query = InboxQuery(username="x", groups=frozenset(), words=("i",))
    with pytest.raises(BadInput, match="mindst to"):
        store.read(lambda uow: uow.queries.inbox(query))


def _conforms(uow: SqlUnitOfWork) -> UnitOfWork:
    return uow
