"""Counters: rows that grow by one and stay locked until the transaction ends, so that no number is skipped."""

from __future__ import annotations

from sqlalchemy import bindparam, select

from service.store.session import Session
from service.store.statements import Prepared, Upsert
from service.store.tables import counter

CATALOGUE = "definitions"
"""Grows when something is deployed or a register changes: whoever keeps a catalogue knows by it that it is old."""
_RAISE = Upsert(
    counter,
    lambda insert: (
        insert.values(name=bindparam("name"), value=1)
        .on_conflict_do_update(index_elements=["name"], set_={"value": counter.c.value + 1})
        .returning(counter.c.value)
    ),
)
_CURRENT = Prepared(select(counter.c.value).where(counter.c.name == bindparam("name")))


def current(session: Session, name: str) -> int:
    """The counter's value, 0 before it was ever raised."""
    return int(session.value(_CURRENT, {"name": name}) or 0)


def raise_catalogue(session: Session) -> None:
    raised(session, CATALOGUE)
    session.catalogue_changed = True


def raised(session: Session, name: str) -> int:
    """The counter's next value: 1, 2, 3 …"""
    return int(session.write_returning(_RAISE, {"name": name})[0].value)
