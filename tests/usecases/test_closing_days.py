"""Closing days: a new calendar, what it moves, and who may."""

from datetime import date

import pytest

from service.domain.definitions import ResourceKind
from service.domain.errors import EntryChanged, Forbidden, FormInvalid
from service.usecases import closing_days
from service.usecases.closing_days import CalendarEntry
from tests.usecases.test_registers import ADMIN
from tests.usecases.test_tasks import done_by

CALENDAR = (ResourceKind.CALENDAR, "kalender")
YEARLY = (("05-06", "Grundlovsdag"),)


def entry(*single, yearly=YEARLY, saturday=False, reason="Vi flytter"):
    return CalendarEntry(yearly, single, saturday, reason)


def due(office, case):
    [found] = [d for d in office.read(lambda uow: uow.deadlines.of(case.key)) if d.drawn == "behandling"]
    return found.due.astimezone().date()


def save(office, typed, seen=0, person=ADMIN):
    version = closing_days.save(office.world.platform, person, typed, seen)
    office.world.settle()
    return version


class TestSaving:
    def test_open_deadlines_are_computed_again(self, office):
        case = office.receive()
        assert due(office, case) == date(2026, 3, 4)
        assert save(office, entry(("03-03-2026", "Flytning"))) == 1
        assert due(office, case) == date(2026, 3, 5)
        assert office.task(case).due.astimezone().date() == date(2026, 3, 5)

    def test_a_calendar_is_a_version_with_who_and_why(self, office):
        save(office, entry(("03-03-2026", "Flytning")))
        save(office, entry(yearly=(*YEARLY, ("24-12", "Jul")), saturday=True, reason="Ny aftale"), seen=1)
        page = closing_days.look(office.world.platform, ADMIN)
        told = [(v.version, v.by, v.comment, v.added, v.gone) for v in page.versions]
        assert told == [
            (2, "admin", "Ny aftale", ["24-12 hvert år: Jul", "Lørdag tæller som hverdag"], ["03-03-2026: Flytning"]),
            (1, "admin", "Vi flytter", ["03-03-2026: Flytning", "05-06 hvert år: Grundlovsdag"], []),
        ]
        assert page.calendar.yearly_closing_days == {(6, 5): "Grundlovsdag", (12, 24): "Jul"}
        assert page.calendar.saturday_is_hverdag

    def test_somebody_else_s_version_is_not_overwritten_unseen(self, office):
        save(office, entry())
        with pytest.raises(EntryChanged, match="admin"):
            save(office, entry(("03-03-2026", "Flytning")), seen=0)
        assert len(office.read(lambda uow: uow.definitions.versions(*CALENDAR))) == 1

    def test_the_file_in_operation_is_what_a_deployment_reads(self, office):
        save(office, entry(("03-03-2026", "Flytning: to dage")))
        content = closing_days.current(office.world.platform, ADMIN)
        again = office.world.deploy([closing_days.Resource(closing_days.FILE, content)])
        assert again.versions == ()

    def test_only_administrators(self, office):
        for name in ("lone", "dan"):
            person = office.person(name)
            for act in (
                lambda who=person: closing_days.look(office.world.platform, who),
                lambda who=person: closing_days.preview(office.world.platform, who, entry()),
                lambda who=person: save(office, entry(), person=who),
            ):
                with pytest.raises(Forbidden):
                    act()

    @pytest.mark.parametrize(
        ("typed", "where"),
        [
            (entry(yearly=(("31-02", "x"),)), "faste.0.dag"),
            (entry(yearly=(*YEARLY, ("2026-06-05", "x"))), "faste.1.dag"),
            (entry(yearly=(*YEARLY, ("5-6", "x"))), "faste.1.dag"),
            (entry(("i morgen", "x")), "enkelte.0.dato"),
            (entry(("03-03-2026", "x"), ("2026-03-03", "y")), "enkelte.1.dato"),
            (entry(reason=""), "begrundelse"),
        ],
    )
    def test_faults_are_told_at_their_row(self, office, typed, where):
        with pytest.raises(FormInvalid) as refused:
            save(office, typed)
        assert list(refused.value.errors) == [where]


class TestPreview:
    def ask(self, office, typed):
        found = closing_days.preview(office.world.platform, ADMIN, typed)
        return found.earlier, found.later, found.unmoved

    def test_it_counts_and_stores_nothing(self, office):
        office.receive()
        office.receive()
        assert self.ask(office, entry(("03-03-2026", "Flytning"))) == (0, 2, 0)
        assert self.ask(office, entry(("09-03-2026", "Senere"))) == (0, 0, 2)
        assert list(office.read(lambda uow: uow.definitions.versions(*CALENDAR))) == []

    def test_days_that_open_move_deadlines_forward(self, office):
        save(office, entry(("03-03-2026", "Flytning")))
        office.receive()
        assert self.ask(office, entry()) == (1, 0, 0)

    def test_what_is_done_does_not_count(self, office):
        case = office.receive()
        office.receive()
        done_by(office, "nina", office.task(case))
        assert self.ask(office, entry(("03-03-2026", "Flytning"))) == (0, 1, 0)
