"""Rows of registers: every version is kept, one of them stands, and a catalogue hears of each change."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from service.domain.errors import Stale
from service.domain.registers import RegisterRow
from service.store import SqlStore
from tests.contract import making as m


def row(id_: str = "nord", register: str = "afdelinger", **fields: Any) -> RegisterRow:
    given = {
        "values": {"navn": "Afdeling Nørre ”Æ”", "senge": 12, "pris": 7.5, "aktiv": True, "lukket": None},
        "changed_at": m.START,
        "changed_by": "vera",
        "reason": "Oprettet",
    }
    return RegisterRow(key=m.key(), register=register, id=id_, **given | fields)


def add(store: SqlStore, *rows: RegisterRow) -> None:
    def work(uow: Any) -> None:
        uow.registers.lock()
        for one in rows:
            uow.registers.add(one)

    store.transact(work)


def test_rows_are_kept_whole(store: SqlStore) -> None:
    first = row(valid_from=date(2014, 4, 1), valid_to=date(2024, 2, 29))
    second = row("syd", removed=True)
    add(store, first, second)
    assert store.read(lambda uow: uow.definitions.register_rows()) == [first, second]
    assert store.read(lambda uow: uow.registers.get(first.key)) == first
    assert store.read(lambda uow: uow.registers.get(m.key())) is None


def test_a_replaced_row_stands_no_more_and_stays_in_the_history(store: SqlStore) -> None:
    old, other, beside = row(), row(register="andre"), row("syd")
    new = replace(old, key=m.key(), values={"navn": "Nyt navn"}, changed_at=m.START + m.DAY, changed_by="viggo")
    add(store, old, other, beside)

    def change(uow: Any) -> None:
        uow.registers.lock()
        uow.registers.replace(old.key, m.START + m.DAY)
        uow.registers.add(new)

    store.transact(change)
    assert store.read(lambda uow: uow.definitions.register_rows()) == [other, beside, new]
    assert store.read(lambda uow: uow.registers.history("afdelinger", "nord")) == [
        new,
        replace(old, replaced_at=m.START + m.DAY),
    ]


def test_the_second_who_replaces_a_version_is_told(store: SqlStore) -> None:
    old = row()
    add(store, old)
    store.transact(lambda uow: uow.registers.replace(old.key, m.START))
    with pytest.raises(Stale):
        store.transact(lambda uow: uow.registers.replace(old.key, m.START + m.DAY))
    assert store.read(lambda uow: uow.registers.get(old.key)).replaced_at == m.START


def test_a_change_raises_the_stamp_of_the_catalogue(store: SqlStore) -> None:
    before = store.read(lambda uow: uow.definitions.stamp())
    add(store, row())
    assert store.read(lambda uow: uow.definitions.stamp()) == before + 1


def test_a_register_is_empty_only_before_its_first_row(store: SqlStore) -> None:
    assert store.read(lambda uow: uow.registers.is_empty("afdelinger"))
    old = row()
    add(store, old)
    store.transact(lambda uow: uow.registers.replace(old.key, m.START))
    assert not store.read(lambda uow: uow.registers.is_empty("afdelinger"))
    assert store.read(lambda uow: uow.registers.is_empty("andre"))
