"""Opgaver: her list of tasks, and what its filters offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.domain.access import Person
from service.domain.errors import BadInput
from service.domain.storage import UnitOfWork
from service.domain.views import InboxQuery, InboxRow, Page
from service.usecases.platform import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What she asks for. `show`: `alle`, `mine`, `ikke_tildelt`, `enhed`."""

    show: str = "alle"
    process_id: str | None = None
    unit: str | None = None
    overdue: bool = False
    words: tuple[str, ...] = ()
    after: str | None = None

    @property
    def parts(self) -> dict[str, str]:
        """What of it can be saved, as parts of the address. Search words cannot: they are mostly names of citizens."""
        given = {
            "vis": self.show if self.show != "alle" else "",
            "procedure": self.process_id,
            "enhed": self.unit,
            "frist": "overskredet" if self.overdue else "",
        }
        return {part: value for part, value in given.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Inbox:
    page: Page[InboxRow]
    procedures: Sequence[tuple[str, str]]
    """(process id, name) for the filter."""
    units: Sequence[tuple[str, str]]
    """(unit id, name) of her units."""
    unit_names: dict[str, str]
    colleagues: Sequence[tuple[str, str]]
    """(username, name) of people in the units she leads: to whom she may assign in bulk."""
    names: dict[str, str]
    """Username → name of assignees on the page."""
    leads: bool
    saved: Mapping[str, Mapping[str, str]]
    """Her saved filters: name → parts of the address."""


def look(platform: Platform, person: Person, wanted: Filter) -> Inbox:
    def work(uow: UnitOfWork) -> Inbox:
        query = InboxQuery(
            username=person.username,
            groups=person.groups,
            led_units=person.leads,
            show=wanted.show,
            process_id=wanted.process_id,
            unit=wanted.unit,
            overdue_before=platform.clock.now() if wanted.overdue else None,
            words=wanted.words,
            after=wanted.after,
        )
        page = uow.queries.inbox(query)
        catalog = platform.catalogs.view(uow.definitions)
        units = {u.id: u.name for u in uow.people.units()}
        staff = {a.person.username: a for a in uow.people.all()}
        mine = sorted(person.units | person.leads)
        return Inbox(
            page=page,
            procedures=catalog.process_names(),
            units=[(u, units.get(u, u)) for u in mine],
            unit_names=units,
            colleagues=[
                (a.person.username, a.person.name)
                for a in staff.values()
                if a.active and not a.person.units.isdisjoint(person.leads)
            ],
            names={r.assignee: staff[r.assignee].person.name for r in page.rows if r.assignee in staff},
            leads=bool(person.leads),
            saved=uow.people.filters(person.key),
        )

    return platform.read(work)


MOST_SAVED, LONGEST_NAME = 12, 40


def save_filter(platform: Platform, person: Person, name: str, wanted: Filter) -> None:
    """Keep a filter under a name; one with the same name is replaced. Raises BadInput without a name, or with too many."""
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME:
        raise BadInput(why=f"Giv filteret et navn på højst {LONGEST_NAME} tegn.")

    def work(uow: UnitOfWork) -> None:
        known = uow.people.filters(person.key)
        if name not in known and len(known) >= MOST_SAVED:
            raise BadInput(why=f"Du har allerede {MOST_SAVED} gemte filtre. Slet et af dem først.")
        uow.people.save_filter(person.key, name, wanted.parts)

    platform.store.transact(work)


def drop_filter(platform: Platform, person: Person, name: str) -> None:
    platform.store.transact(lambda uow: uow.people.drop_filter(person.key, name))
