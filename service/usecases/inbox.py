"""Opgaver: her list of tasks, and what its filters offer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from service.domain.access import Person
from service.domain.alphabet import alphabetical
from service.domain.deadlines import Calendar
from service.domain.errors import BadInput
from service.domain.storage import UnitOfWork
from service.domain.views import InboxQuery, InboxRow, Page
from service.usecases import access
from service.usecases.advance import Advance
from service.usecases.catalog import DeployedCatalog
from service.usecases.platform import Platform


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What she asks for. `show`: `alle`, `mine`, `ikke_tildelt`, `enhed`."""

    show: str = "alle"
    process_id: str | None = None
    unit: str | None = None
    overdue: bool = False
    soon: bool = False
    """Only those that are due within the next working days."""
    element_id: str | None = None
    assignee: str | None = None
    """Only those that this colleague has, or `NOBODY`."""
    words: tuple[str, ...] = ()
    after: str | None = None

    @property
    def parts(self) -> dict[str, str]:
        """What of it can be saved, as parts of the address. Search words cannot: they are mostly names of citizens."""
        given = {
            "vis": self.show if self.show != "alle" else "",
            "procedure": self.process_id,
            "enhed": self.unit,
            "frist": "overskredet" if self.overdue else "snart" if self.soon else "",
            "trin": self.element_id,
            "hos": self.assignee,
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
    element_name: str
    """The step that the list is narrowed to, if it is."""
    leads: bool
    saved: Mapping[str, Mapping[str, str]]
    """Her saved filters: name → parts of the address."""


SOON_WORKING_DAYS = 2
NOBODY = "ingen"
"""Stands in an address for those that are assigned to nobody."""


def soon_until(calendar: Calendar, now: datetime) -> datetime:
    """Deadlines before this are near: those at the end of the second working day too."""
    return calendar.count(now, SOON_WORKING_DAYS).due + timedelta(seconds=1)


def look(platform: Platform, person: Person, wanted: Filter) -> Inbox:
    def work(uow: UnitOfWork) -> Inbox:
        advance = Advance(platform, uow, person)
        catalog, now = advance.catalog, advance.now
        query = InboxQuery(
            username=person.username,
            groups=person.groups,
            led_units=person.leads,
            show=wanted.show,
            process_id=wanted.process_id,
            unit=wanted.unit,
            overdue_before=now if wanted.overdue else soon_until(catalog.calendar, now) if wanted.soon else None,
            due_from=now if wanted.soon else None,
            element_id=wanted.element_id,
            of_assignee="" if wanted.assignee == NOBODY else wanted.assignee,
            words=wanted.words,
            after=wanted.after,
        )
        page = uow.queries.inbox(query)
        marks = access.marks(advance, [row.citizen_key for row in page.rows])
        asked = _asked(advance, page.rows)
        units = {u.id: u.name for u in uow.people.units()}
        staff = {a.person.username: a for a in uow.people.all()}
        mine = [(u, units.get(u, u)) for u in person.units | person.leads]
        hers = [a.person for a in staff.values() if a.active and not a.person.units.isdisjoint(person.leads)]
        return Inbox(
            page=replace(
                page,
                rows=[
                    replace(row, marks=marks.get(row.citizen_key or 0, ()), asked=row.key in asked) for row in page.rows
                ],
            ),
            procedures=catalog.process_names(),
            units=sorted(mine, key=lambda pair: alphabetical(pair[1])),
            unit_names=units,
            colleagues=[(p.username, p.name) for p in sorted(hers, key=lambda p: alphabetical(p.name))],
            names={
                username: staff[username].person.name
                for username in (*(r.assignee for r in page.rows), wanted.assignee)
                if username is not None and username in staff
            },
            element_name=_element_name(catalog, wanted),
            leads=bool(person.leads),
            saved=uow.people.filters(person.key),
        )

    return platform.read(work)


def _asked(advance: Advance, rows: Sequence[InboxRow]) -> frozenset[int]:
    """Keys of those whose listeners are asked now; few steps have any, and then nobody is looked for."""
    listened = {
        (process_id, element.id)
        for process_id in {row.process_id for row in rows}
        if (found := advance.catalog.find_process(process_id)) is not None
        for element in found[1].elements.values()
        if element.listeners
    }
    return advance.uow.jobs.asked_about([r.instance_key for r in rows if (r.process_id, r.element_id) in listened])


def _element_name(catalog: DeployedCatalog, wanted: Filter) -> str:
    found = catalog.find_process(wanted.process_id) if wanted.process_id and wanted.element_id else None
    element = found[1].elements.get(wanted.element_id or "") if found else None
    return element.name if element else wanted.element_id or ""


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
