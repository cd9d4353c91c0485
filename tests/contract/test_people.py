"""Accounts, units, notices, and who read what."""

from __future__ import annotations

import pytest

from service.domain.access import Membership, Person
from service.domain.cases import Notice
from service.domain.errors import Stale
from service.domain.storage import Account, Change
from service.store import SqlStore, SqlUnitOfWork
from tests.contract import making as m


def account(username: str, *memberships: tuple[str, str], leads: tuple[str, ...] = (), **fields: object) -> Account:
    groups = frozenset(Membership(*membership) for membership in memberships)
    person = Person(m.key(), username, username.title(), groups, frozenset(leads))
    return Account(person=person, password_hash="hash", **fields)  # type: ignore[arg-type]


def put(store: SqlStore, *accounts: Account) -> None:
    for one in accounts:
        store.transact(lambda uow, a=one: uow.people.put(a))


def test_an_account_is_kept_whole(store: SqlStore) -> None:
    mette = account(
        "mette",
        ("sagsbehandler", "nord"),
        ("procesejer", ""),
        leads=("nord", "syd"),
        mail="mette@example.dk",
        phone="1",
        title="Rådgiver",
        competences=("a", "b"),
        active=False,
    )
    put(store, mette)
    assert store.read(lambda uow: uow.people.account("mette")) == mette
    assert store.read(lambda uow: uow.people.by_key(mette.person.key)) == mette
    assert store.read(lambda uow: uow.people.account("ole")) is None
    assert store.read(lambda uow: uow.people.by_key(1)) is None


def test_putting_again_replaces_roles(store: SqlStore) -> None:
    first = account("mette", ("a", "nord"), ("b", ""), leads=("nord",))
    second = Account(
        person=Person(first.person.key, "mette", "M", frozenset({Membership("c", "")})), password_hash="ny"
    )
    put(store, first, second)
    assert store.read(lambda uow: uow.people.account("mette")) == second


def test_usernames_are_unique(store: SqlStore) -> None:
    put(store, account("mette"))
    with pytest.raises(Stale):
        put(store, account("mette"))


def test_who_has_a_role_and_who_leads(store: SqlStore) -> None:
    put(
        store,
        account("ole", ("visitator", "nord")),
        account("anna", ("visitator", "syd"), leads=("nord",)),
        account("gone", ("visitator", "nord"), leads=("nord",), active=False),
        account("ida", ("leder", "nord")),
    )
    names = lambda accounts: [a.person.username for a in accounts]  # noqa: E731
    assert names(store.read(lambda uow: uow.people.with_role("visitator"))) == ["anna", "ole"]
    assert names(store.read(lambda uow: uow.people.with_role("visitator", "nord"))) == ["ole"]
    assert names(store.read(lambda uow: uow.people.leaders_of("nord"))) == ["anna"]
    assert names(store.read(lambda uow: uow.people.all())) == ["anna", "gone", "ida", "ole"]


def test_filters_are_kept_by_name_for_each(store: SqlStore) -> None:
    mette, ole = account("mette"), account("ole")
    put(store, mette, ole)

    def save(who: Account, name: str, **query: str) -> None:
        store.transact(lambda uow: uow.people.save_filter(who.person.key, name, query))

    save(mette, "b", vis="mine")
    save(mette, "a", enhed="nord")
    save(mette, "b", frist="overskredet")
    save(ole, "b", vis="enhed")
    assert store.read(lambda uow: uow.people.filters(mette.person.key)) == {
        "a": {"enhed": "nord"},
        "b": {"frist": "overskredet"},
    }
    store.transact(lambda uow: uow.people.drop_filter(mette.person.key, "b"))
    assert list(store.read(lambda uow: uow.people.filters(mette.person.key))) == ["a"]
    assert list(store.read(lambda uow: uow.people.filters(ole.person.key))) == ["b"]


def test_units(store: SqlStore) -> None:
    nord, syd = m.unit("nord", type="team", mailbox="n@example.dk", phone="1"), m.unit("syd")
    for unit in (syd, nord, m.unit("nord", type="team", mailbox="n@example.dk", phone="1")):
        store.transact(lambda uow, u=unit: uow.people.put_unit(u))
    assert store.read(lambda uow: uow.people.units()) == [nord, syd]
    assert store.read(lambda uow: uow.people.unit("syd")) == syd
    assert store.read(lambda uow: uow.people.unit("vest")) is None


def test_people_units_and_filters_stand_in_the_order_of_the_danish_alphabet(store: SqlStore) -> None:
    names = ["åse", "zenia", "ærø", "østen", "anna"]
    people = [account(name, ("a", "")) for name in names]
    put(store, *people)
    hers = people[0].person.key
    for name in names:
        store.transact(lambda uow, n=name: uow.people.put_unit(m.unit(n)))  # type: ignore[misc]
        store.transact(lambda uow, n=name: uow.people.save_filter(hers, n, {}))  # type: ignore[misc]
    ordered = ["anna", "zenia", "ærø", "østen", "åse"]
    assert [a.person.username for a in store.read(lambda uow: uow.people.with_role("a"))] == ordered
    assert [u.id for u in store.read(lambda uow: uow.people.units()) if u.id in names] == ordered
    assert list(store.read(lambda uow: uow.people.filters(hers))) == ordered


def test_notices_unread_first(store: SqlStore) -> None:
    def notice(username: str, text: str) -> Notice:
        return Notice(key=m.key(), username=username, at=m.START, kind="frist", text=text, case_key=3, task_key=4)

    made = [notice("mette", str(n)) for n in range(4)]
    for one in [*made, notice("ole", "x")]:
        store.transact(lambda uow, n=one: uow.notices.add(n))
    assert store.read(lambda uow: uow.notices.unread("mette")) == 4
    store.transact(lambda uow: uow.notices.mark_read("mette", m.START, made[3].key))
    assert [n.text for n in store.read(lambda uow: uow.notices.of("mette"))] == ["2", "1", "0", "3"]
    assert [n.text for n in store.read(lambda uow: uow.notices.of("mette", limit=2))] == ["2", "1"]
    store.transact(lambda uow: uow.notices.mark_read("mette", m.START + m.HOUR))
    found = store.read(lambda uow: uow.notices.of("mette"))
    assert [n.read_at for n in found] == [m.START, *[m.START + m.HOUR] * 3]
    assert store.read(lambda uow: uow.notices.unread("mette")) == 0
    assert store.read(lambda uow: uow.notices.unread("ole")) == 1


def test_who_read_what(store: SqlStore) -> None:
    case, other = (m.open_case(store, m.case(number=n)).key for n in ("2026-000001", "2026-000002"))
    for n, (what, case_key) in enumerate([("sag", case), ("skema", case), ("sag", other), ("søgning", None)]):
        store.transact(
            lambda uow, n=n, w=what, c=case_key: uow.access_log.read(
                at=m.START + n * m.MINUTE,
                username="mette",
                what=w,
                case_key=c,
                citizen_key=None,
                reason="tilsyn" if c else "",
            )
        )
    assert store.read(lambda uow: uow.access_log.of_case(case)) == [
        (m.START + m.MINUTE, "mette", "skema", "tilsyn"),
        (m.START, "mette", "sag", "tilsyn"),
    ]
    assert len(store.read(lambda uow: uow.access_log.of_case(case, limit=1))) == 1


def test_a_unit_is_closed_and_opened(store: SqlStore) -> None:
    closed = m.unit(closed_at=m.START)
    store.transact(lambda uow: uow.people.put_unit(closed))
    assert store.read(lambda uow: uow.people.units()) == [closed]
    store.transact(lambda uow: uow.people.put_unit(m.unit()))
    assert store.read(lambda uow: uow.people.unit("nord")) == m.unit()


def test_changes_of_one_subject_are_told_newest_first(store: SqlStore) -> None:
    def change(subject: str = "nord", kind: str = "enhed") -> Change:
        return Change(
            key=m.key(),
            at=m.START,
            by_user="aase",
            kind=kind,
            subject=subject,
            reason="Flytning",
            details={"Telefon": ["1", "2 æ"]},
        )

    first, second, other, person = change(), change(), change("syd"), change(kind="medarbejder")

    def work(uow: SqlUnitOfWork) -> None:
        uow.people.lock()
        for one in (first, second, other, person):
            uow.people.note(one)

    store.transact(work)
    assert store.read(lambda uow: uow.people.changes("enhed", "nord")) == [second, first]
    assert store.read(lambda uow: uow.people.changes("enhed", "vest")) == []
