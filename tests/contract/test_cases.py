"""Cases, citizens and what is kept with them; erasure."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from service.domain.cases import Case, CaseRecord, Citizen, Contact, Document, Draft, Note
from service.domain.errors import Stale
from service.domain.views import CaseQuery, How, InboxQuery, Way
from service.store import SqlStore, SqlUnitOfWork
from tests.contract import making as m


def kept(store: SqlStore, key: int) -> Case:
    found = store.read(lambda uow: uow.cases.get(key))
    assert found is not None
    return found


def save(store: SqlStore, case: Case) -> None:
    store.transact(lambda uow: uow.cases.save(case))


def record(case: Case, form: str = "skema", version: int = 1, **values: object) -> CaseRecord:
    return CaseRecord(
        case_key=case.key,
        key=m.key(),
        form_id=form,
        form_key=3,
        version=version,
        element_id="udfyld",
        submitted_at=m.START + version * m.MINUTE,
        submitted_by="mette",
        values=values,
    )


def document(case_key: int, title: str = "Brev til Ida Test", content: bytes = b"%PDF-") -> Document:
    return Document(
        case_key=case_key,
        key=m.key(),
        title=title,
        kind="brev",
        media_type="application/pdf",
        file_name="brev til ida.pdf",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        version=1,
        made_at=m.START,
        made_by="mette",
    )


def test_a_case_is_kept_whole(store: SqlStore) -> None:
    case = m.case(
        closed_at=m.START + m.DAY,
        closing_reason="flyttet",
        closing_detail="Flyttet til Testby",
        unit="nord",
        worker="mette",
        instance_key=8,
        rule_set="2014",
        source="egen",
        hours_used=1.25,
        hours_budget=30.0,
        sort_date=m.START + 2 * m.DAY,
        paused_at=m.START,
    )
    m.open_case(store, case)
    assert kept(store, case.key) == case
    assert store.read(lambda uow: uow.cases.by_number(case.number)) == case
    assert store.read(lambda uow: uow.cases.get(m.key())) is None
    assert store.read(lambda uow: uow.cases.by_number("2026-9")) is None


def test_saving_an_old_copy_is_stale(store: SqlStore) -> None:
    case = m.open_case(store, m.case())
    save(store, replace(case, status="I gang"))
    with pytest.raises(Stale):
        save(store, replace(case, status="Lukket"))
    assert (kept(store, case.key).status, kept(store, case.key).version) == ("I gang", 2)


def test_saving_twice_in_one_unit_of_work_is_not(store: SqlStore) -> None:
    case = m.open_case(store, m.case())

    def work(uow: SqlUnitOfWork) -> None:
        uow.cases.save(replace(case, status="I gang"))
        uow.cases.save(replace(case, status="I gang", worker="mette"))

    store.transact(work)
    assert (kept(store, case.key).worker, kept(store, case.key).version) == ("mette", 3)


def test_two_cases_cannot_have_one_number(store: SqlStore) -> None:
    m.open_case(store, m.case("1"))
    with pytest.raises(Stale):
        m.open_case(store, m.case("1"))


def test_numbers_have_no_gaps(store: SqlStore) -> None:
    def number(uow: SqlUnitOfWork) -> int:
        return uow.cases.next_number("2026")

    def lost(uow: SqlUnitOfWork) -> None:
        uow.cases.next_number("2026")
        raise ArithmeticError

    with ThreadPoolExecutor(4) as pool:
        given = [done.result() for done in [pool.submit(store.transact, number) for _ in range(12)]]
    with pytest.raises(ArithmeticError):
        store.transact(lost)
    assert sorted([*given, store.transact(number)]) == list(range(1, 14))
    assert store.transact(lambda uow: uow.cases.next_number("2027")) == 1


def test_the_unit_of_a_case_follows_to_its_tasks(store: SqlStore) -> None:
    case = m.open_case(store, m.case(unit="nord"))
    waits = [
        m.user_task("Følger", candidate_groups=("sagsbehandler", "visitator"), candidate_users=("ole",)),
        m.user_task("Fast", candidate_groups=("sagsbehandler@syd",)),
    ]
    instance = m.started(store, *waits, case_key=case.key)

    def units() -> dict[str, str | None]:
        query = InboxQuery(
            username="mette", groups=frozenset({"sagsbehandler", "visitator", "sagsbehandler@syd"}), show="ikke_tildelt"
        )
        return {row.name: row.unit for row in store.read(lambda uow: uow.queries.inbox(query)).rows}

    assert units() == {"Følger": "nord", "Fast": "syd"}
    save(store, replace(case, unit="vest"))
    assert units() == {"Følger": "vest", "Fast": "syd"}
    led = InboxQuery(username="leder", groups=frozenset(), led_units=frozenset({"vest"}), show="enhed")
    assert [row.name for row in store.read(lambda uow: uow.queries.inbox(led)).rows] == ["Følger"]
    m.move(store, instance.key, m.step(opened=[m.user_task("Ny", candidate_groups=("sagsbehandler",))]))
    assert units()["Ny"] == "vest"


def test_records_are_versions_per_form(store: SqlStore) -> None:
    case = m.open_case(store, m.case())
    first = record(case, navn="Ida Test", svar=["a", "b"], tal=1.5, tom=None)
    for one in (first, record(case, version=2, navn="Ida T."), record(case, "andet", 3)):
        store.transact(lambda uow, r=one: uow.cases.add_record(r))
    assert [r.version for r in store.read(lambda uow: uow.cases.records(case.key))] == [3, 2, 1]
    assert store.read(lambda uow: uow.cases.records(case.key, "skema"))[1] == first
    assert store.read(lambda uow: uow.cases.next_record_version(case.key, "skema")) == 3
    assert store.read(lambda uow: uow.cases.next_record_version(case.key, "nyt")) == 1
    with pytest.raises(Stale):
        store.transact(lambda uow: uow.cases.add_record(record(case)))


def test_contacts_and_notes_newest_first(store: SqlStore) -> None:
    case = m.open_case(store, m.case())
    contacts = [
        Contact(
            case_key=case.key,
            key=m.key(),
            at=m.START + n * m.HOUR,
            by="mette",
            type="telefon",
            with_whom="Ida Test",
            result="nået",
            minutes=n,
            text=f"Samtale {n}",
        )
        for n in (2, 0, 1)
    ]
    notes = [Note(case_key=case.key, key=m.key(), at=m.START + n * m.HOUR, by="ole", text=f"Note {n}") for n in (0, 1)]
    for contact in contacts:
        store.transact(lambda uow, c=contact: uow.cases.add_contact(c))
    for note in notes:
        store.transact(lambda uow, n=note: uow.cases.add_note(n))
    assert store.read(lambda uow: uow.cases.contacts(case.key)) == [contacts[0], contacts[2], contacts[1]]
    assert store.read(lambda uow: uow.cases.notes(case.key)) == [notes[1], notes[0]]


def test_documents_with_their_content(store: SqlStore) -> None:
    case = m.open_case(store, m.case())
    instance = m.started(store)
    content = bytes(range(256)) * 1000
    mine, caseless = document(case.key, content=content), document(instance.key, content=b"")
    store.transact(lambda uow: uow.cases.add_document(mine, content))
    store.transact(lambda uow: uow.cases.add_document(caseless, b""))
    assert store.read(lambda uow: uow.cases.documents(case.key)) == [mine]
    assert store.read(lambda uow: uow.cases.document(mine.key)) == (mine, content)
    assert store.read(lambda uow: uow.cases.document(caseless.key)) == (caseless, b"")
    assert store.read(lambda uow: uow.cases.document(m.key())) is None


def test_a_citizen_is_found_by_cpr_alone(store: SqlStore) -> None:
    ida = m.citizen(
        address="Testvej 1",
        phone="12345678",
        mail="ida@example.dk",
        municipality="Testby",
        protected=True,
        exempt_from_digital_post=True,
        interpreter_language="somali",
        died_at="2026-02-01",
    )
    bo = m.citizen("Bo Test", None)
    for one in (ida, bo):
        store.transact(lambda uow, c=one: uow.citizens.put(c))
    assert store.read(lambda uow: uow.citizens.by_cpr("0101019998")) == ida
    assert store.read(lambda uow: uow.citizens.by_cpr("0101019999")) is None
    assert store.read(lambda uow: uow.citizens.get(bo.key)) == bo
    store.transact(lambda uow: uow.citizens.put(replace(ida, cpr="0202029997")))
    assert store.read(lambda uow: uow.citizens.by_cpr("0101019998")) is None
    found = store.read(lambda uow: uow.citizens.by_cpr("0202029997"))
    assert found == replace(ida, cpr="0202029997", version=2)
    with pytest.raises(Stale):
        store.transact(lambda uow: uow.citizens.put(replace(ida, name="Gammel")))


def test_one_cpr_belongs_to_one_citizen(store: SqlStore) -> None:
    store.transact(lambda uow: uow.citizens.put(m.citizen()))
    with pytest.raises(Stale):
        store.transact(lambda uow: uow.citizens.put(m.citizen("En anden Test")))


def test_cases_of_a_citizen(store: SqlStore) -> None:
    ida = m.citizen()
    old = m.open_case(store, m.case("1", closed_at=m.START), ida)
    new = m.open_case(store, m.case("2", citizen_key=ida.key))
    other = m.open_case(store, m.case("3", citizen_key=ida.key, kind="andet"))
    m.open_case(store, m.case("4"))
    numbers = lambda cases: [c.number for c in cases]  # noqa: E731
    assert numbers(store.read(lambda uow: uow.cases.all_for_citizen(ida.key))) == ["3", "2", "1"]
    assert numbers(store.read(lambda uow: uow.cases.open_for_citizen(ida.key))) == ["3", "2"]
    assert numbers(store.read(lambda uow: uow.cases.open_for_citizen(ida.key, "soegning"))) == ["2"]
    assert {old.citizen_key, new.citizen_key, other.citizen_key} == {ida.key}


def found(store: SqlStore, *words: str) -> list[str]:
    page = store.read(lambda uow: uow.queries.cases(CaseQuery(ways=(Way(How.ALL),), words=words)))
    return [row.number for row in page.rows]


def test_a_new_name_is_found_and_the_old_is_not(store: SqlStore) -> None:
    ida: Citizen = m.citizen("Ida Test Jensen")
    case = m.open_case(store, m.case("2026-000123"), ida)
    assert found(store, "jens") == ["2026-000123"]
    store.transact(lambda uow: uow.citizens.put(replace(ida, name="Ida Test Ærø")))
    assert (found(store, "jens"), found(store, "ær")) == ([], ["2026-000123"])
    save(store, replace(case, citizen_key=None))
    assert (found(store, "ær"), found(store, "123")) == ([], ["2026-000123"])


def test_erasing_a_case_leaves_only_its_bones(store: SqlStore) -> None:
    ida = m.citizen()
    case = m.open_case(store, m.case(closing_detail="hemmelig"), ida)
    task = m.user_task(prefill={"navn": "Ida"})
    instance = m.started(store, task, m.job(variables={"a": 1}), case_key=case.key)
    other = m.started(store)
    paper = document(case.key)

    def fill(uow: SqlUnitOfWork) -> None:
        uow.cases.add_record(record(case, navn="Ida Test"))
        uow.cases.add_note(Note(case_key=case.key, key=m.key(), at=m.START, by="ole", text="hemmelig"))
        uow.cases.add_document(paper, b"hemmelig")
        uow.tasks.save_draft(Draft(task_key=task.key, username="mette", saved_at=m.START, fields={"a": ["b"]}))

    store.transact(fill)
    store.transact(lambda uow: uow.cases.erase(case.key, m.START + m.DAY))

    assert kept(store, case.key) == replace(case, closing_detail=None)
    assert store.read(lambda uow: uow.instances.state(instance.key)) is None
    assert [r.values for r in store.read(lambda uow: uow.cases.records(case.key))] == [{}]
    assert [n.text for n in store.read(lambda uow: uow.cases.notes(case.key))] == [""]
    assert store.read(lambda uow: uow.cases.document(paper.key)) is None
    assert store.read(lambda uow: uow.tasks.draft(task.key, "mette")) is None
    assert [t.prefill for t in store.read(lambda uow: uow.tasks.open_of(instance.key))] == [{}]
    assert [j.variables for j in store.read(lambda uow: uow.jobs.of(instance.key))] == [{}]
    assert [e.details for e in store.read(lambda uow: uow.history.of(instance.key))] == [{}]
    assert store.read(lambda uow: uow.history.verify(instance.key)) is None
    assert found(store, "jensen") == []
    assert store.read(lambda uow: uow.instances.state(other.key)) == b"state"
    assert store.read(lambda uow: uow.citizens.by_cpr("0101019998")) == ida
    with pytest.raises(RuntimeError):
        store.transact(
            lambda uow: uow.cases.add_note(Note(case_key=case.key, key=m.key(), at=m.START, by="o", text="ny"))
        )


def test_erasing_a_citizen_leaves_her_cases_without_her_name(store: SqlStore) -> None:
    ida = m.citizen()
    case = m.open_case(store, m.case("2026-7"), ida)
    store.transact(lambda uow: uow.cases.add_record(record(case, a=1)))
    store.transact(lambda uow: uow.citizens.erase(ida.key, m.START))
    assert store.read(lambda uow: uow.citizens.by_cpr("0101019998")) is None
    gone = store.read(lambda uow: uow.citizens.get(ida.key))
    assert gone is not None
    assert (gone.name, gone.cpr, gone.address) == ("", None, "")
    assert (found(store, "jensen"), found(store, "2026")) == ([], ["2026-7"])
    page = store.read(lambda uow: uow.queries.cases(CaseQuery(ways=(Way(How.ALL),))))
    assert [row.citizen_name for row in page.rows] == [None]
    assert [r.values for r in store.read(lambda uow: uow.cases.records(case.key))] == [{"a": 1}]
