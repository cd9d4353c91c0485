"""Who else has to do with a case: attached people and units, openings with a reason, marks of the citizen, who took part."""

from __future__ import annotations

import pytest

from service.domain.cases import Case, Opening
from service.domain.views import CaseQuery, How, Way
from service.store import SqlStore
from tests.contract import making as m


def listed(store: SqlStore, *ways: Way, **wanted: object) -> list[str]:
    query = CaseQuery(ways=ways, **wanted)  # type: ignore[arg-type]
    return [row.number for row in store.read(lambda uow: uow.queries.cases(query)).rows]


def opening(case: Case, username: str, hours: int = 8, reason: str = "Det haster") -> Opening:
    return Opening(
        case_key=case.key, key=m.key(), username=username, at=m.START, until=m.START + hours * m.HOUR, reason=reason
    )


def test_those_attached_are_exactly_those_named_last(store: SqlStore) -> None:
    case, other = m.open_case(store, m.case("1")), m.open_case(store, m.case("2"))
    store.transact(lambda uow: uow.parties.attach(case.key, "kontakt", ["ida", "kontakt@nord"]))
    store.transact(lambda uow: uow.parties.attach(case.key, "moede", ["per"]))

    def attached(role: str, *who: str, at: Case = case) -> bool:
        return store.read(lambda uow: uow.parties.is_attached(at.key, role, who))

    assert attached("kontakt", "ida")
    assert attached("kontakt", "ole", "kontakt@nord")
    assert not attached("moede", "ida")
    assert not attached("kontakt", "ida", at=other)
    store.transact(lambda uow: uow.parties.attach(case.key, "kontakt", ["ole", "ida"]))
    assert attached("kontakt", "ole")
    assert not attached("kontakt", "kontakt@nord")
    store.transact(lambda uow: uow.parties.attach(case.key, "kontakt", []))
    assert not attached("kontakt", "ida", "ole")
    assert attached("moede", "per")


def test_lists_of_those_attached_in_that_role_and_kind(store: SqlStore) -> None:
    first, second = m.open_case(store, m.case("1", kind="a")), m.open_case(store, m.case("2", kind="b"))
    for case in (first, second):
        store.transact(lambda uow, key=case.key: uow.parties.attach(key, "kontakt", ["ida"]))  # type: ignore[misc]
    assert listed(store, Way(How.ATTACHED, "ida", "kontakt")) == ["2", "1"]
    assert listed(store, Way(How.ATTACHED, "ida", "kontakt", ("a",))) == ["1"]
    assert listed(store, Way(How.ATTACHED, "ida", "moede")) == []
    assert listed(store, Way(How.ATTACHED, "ole", "kontakt")) == []
    both = (Way(How.ATTACHED, "ida", "kontakt", ("a",)), Way(How.ALL, kinds=("b",)))
    assert listed(store, *both, limit=1) == ["2"]
    assert listed(store, *both, kinds=frozenset({"a"})) == ["1"]


@pytest.mark.parametrize("order", ["nyeste", "sortdato"])
def test_lists_of_those_who_took_part(store: SqlStore, order: str) -> None:
    cases = [m.open_case(store, m.case(str(n), kind="ab"[n % 2])) for n in range(3)]
    waits = [m.user_task(assignee="per") for _ in cases]
    roots = [m.started(store, wait, case_key=case.key) for wait, case in zip(waits, cases, strict=True)]
    m.move(store, roots[0].key, m.step(closed=m.closed(waits[0])), m.entry(actor="ole"))
    assert sorted(listed(store, Way(How.TOOK_PART, "per"), order=order)) == ["1", "2"]
    assert listed(store, Way(How.TOOK_PART, "ole"), order=order) == ["0"]
    assert listed(store, Way(How.TOOK_PART, "per", kinds=("a",)), order=order) == ["2"]
    assert listed(store, Way(How.TOOK_PART, "ida"), order=order) == []
    page = store.read(lambda uow: uow.queries.cases(CaseQuery(ways=(Way(How.TOOK_PART, "per"),), limit=1)))
    assert page.total == 2


def test_openings_newest_first_by_case_and_person(store: SqlStore) -> None:
    case, other = m.open_case(store, m.case("1")), m.open_case(store, m.case("2"))
    made = [opening(case, "mona"), opening(other, "mona", reason="Borgeren ringer"), opening(case, "ruth")]
    for one in made:
        store.transact(lambda uow, one=one: uow.parties.let_in(one))  # type: ignore[misc]
    assert store.read(lambda uow: uow.parties.openings(case.key)) == [made[2], made[0]]
    assert store.read(lambda uow: uow.parties.openings_of("mona")) == [made[1], made[0]]
    assert store.read(lambda uow: uow.parties.openings_of("mona", limit=1)) == [made[1]]
    store.transact(lambda uow: uow.cases.erase(case.key, m.START))
    assert [o.reason for o in store.read(lambda uow: uow.parties.openings(case.key))] == ["", ""]


def test_marks_of_citizens_come_from_their_cases(store: SqlStore) -> None:
    ida, bo = m.citizen("Ida Test"), m.citizen("Bo Test", cpr="0101019999")
    first = m.open_case(store, m.case("1", marking="Fremskudt: Mona"), ida)
    m.open_case(store, m.case("2", citizen_key=ida.key))
    m.open_case(store, m.case("3", marking="Bolig: Per", citizen_key=ida.key))
    m.open_case(store, m.case("4", marking="Støtteperson", closed_at=m.START), bo)

    def marks() -> dict[int, list[str]]:
        found = store.read(lambda uow: uow.cases.marks([ida.key, bo.key]))
        return {key: list(texts) for key, texts in found.items()}

    assert marks() == {ida.key: ["Fremskudt: Mona", "Bolig: Per"], bo.key: ["Støtteperson"]}
    again = store.read(lambda uow: uow.cases.get(first.key))
    assert again is not None
    assert again.marking == "Fremskudt: Mona"
    store.transact(lambda uow: uow.cases.save(m.replace(again, marking=None)))
    assert marks() == {ida.key: ["Bolig: Per"], bo.key: ["Støtteperson"]}
    assert store.read(lambda uow: uow.cases.marks([])) == {}


def test_erasing_a_case_forgets_who_was_attached_and_its_mark(store: SqlStore) -> None:
    ida = m.citizen("Ida Test")
    case = m.open_case(store, m.case("1", marking="Fremskudt: Mona"), ida)
    store.transact(lambda uow: uow.parties.attach(case.key, "kontakt", ["ida"]))
    store.transact(lambda uow: uow.cases.erase(case.key, m.START))
    assert store.read(lambda uow: uow.cases.marks([ida.key])) == {}
    assert not store.read(lambda uow: uow.parties.is_attached(case.key, "kontakt", ["ida"]))
