"""Units and staff, as administrators keep them."""

import json

import pytest

from service.domain.access import Membership
from service.domain.errors import EntryChanged, Forbidden, FormInvalid, NotFound, WrongState
from service.domain.forms import read_form
from service.usecases import people, staff, units
from service.usecases.advance import Advance
from service.usecases.formcontext import context_for
from service.usecases.staff import StaffEntry, StaffQuery
from service.usecases.units import UnitEntry
from tests.usecases.office import STAFF
from tests.usecases.test_registers import ADMIN

NORD = Membership("behandler", "nord")


@pytest.fixture
def platform(office):
    return office.world.platform


def change(platform, username="nina", person=ADMIN, seen=None, **fields):
    page = staff.look(platform, ADMIN, username)
    account = page.account
    stands = {
        "name": account.person.name,
        "roles": sorted(account.person.memberships),
        "leads": sorted(account.person.leads),
        "competences": account.competences,
        "reason": "Fordi",
    }
    return staff.save(platform, person, username, StaffEntry(**stands | fields), page.mark if seen is None else seen)


def change_unit(platform, unit_id="nord", person=ADMIN, seen=None, **fields):
    page = units.look(platform, ADMIN, unit_id)
    stands = {"name": page.unit.name, "leaders": page.leaders, "mailbox": page.unit.mailbox, "reason": "Fordi"}
    return units.save(platform, person, unit_id, UnitEntry(**stands | fields), page.mark if seen is None else seen)


def names(platform, **query):
    return [a.person.username for a in staff.listed(platform, ADMIN, StaffQuery(**query)).rows]


class TestStaff:
    def test_only_administrators(self, platform, office):
        for name in ("lone", "dan", "nina"):
            who = office.person(name)
            for act in (
                lambda p=who: staff.listed(platform, p, StaffQuery()),
                lambda p=who: staff.look(platform, p, "nina"),
                lambda p=who: change(platform, person=p),
                lambda p=who: staff.reset_password(platform, p, "nina", "r"),
                lambda p=who: staff.set_active(platform, p, "nina", False, "r"),
            ):
                with pytest.raises(Forbidden):
                    act()

    def test_they_are_found_by_every_word_unit_and_role(self, platform):
        assert names(platform, words=("test", "NORD")) == ["niels", "nina"]
        assert names(platform, unit="syd") == ["lars", "sofus"]
        assert names(platform, role="revisor") == ["ruth"]
        assert names(platform, closed=True) == []

    def test_a_change_says_what_it_was_who_and_why(self, platform, office):
        change(platform, name="Nina Test Berg", roles=[NORD, Membership("behandler", "syd")], competences=["recovery"])
        account = staff.look(platform, ADMIN, "nina").account
        assert account.person.memberships == {NORD, Membership("behandler", "syd")}
        [shown] = staff.look(platform, ADMIN, "nina").changes
        assert (shown.by, shown.change.reason) == ("admin", "Fordi")
        assert {name: tuple(pair) for name, pair in shown.change.details.items()} == {
            "Navn": ("Nina Test Nord", "Nina Test Berg"),
            "Roller": ("Behandler i Nord", "Behandler i Nord, Behandler i Syd"),
            "Kompetencer": ("", "recovery"),
        }
        assert office.person("nina").name == "Nina Test Berg"

    def test_a_role_that_leads_makes_a_leader(self, platform):
        change(platform, roles=[Membership("teamleder", "syd")])
        assert staff.look(platform, ADMIN, "nina").account.person.leads == {"syd"}

    def test_a_new_one_gets_a_password_that_works(self, platform):
        entry = StaffEntry(username="ny.person", name="Ny Test Person", roles=[NORD])
        password = staff.save(platform, ADMIN, None, entry)
        assert people.log_in(platform, "ny.person", password).memberships == {NORD}
        assert [c.change.reason for c in staff.look(platform, ADMIN, "ny.person").changes] == ["Oprettet"]

    @pytest.mark.parametrize(
        ("fields", "where"),
        [
            ({"username": "nina"}, "brugernavn"),
            ({"username": "Æ Ø"}, "brugernavn"),
            ({"name": ""}, "navn"),
            ({"roles": [NORD, Membership("konge")]}, "roller.1.rolle"),
            ({"roles": [Membership("behandler", "vest")]}, "roller.0.enhed"),
            ({"leads": ["nord", "vest"]}, "leder_af.1.enhed"),
        ],
    )
    def test_faults_are_told_at_their_field(self, platform, fields, where):
        given = {"username": "ny", "name": "Ny", **fields}
        with pytest.raises(FormInvalid) as refused:
            staff.save(platform, ADMIN, None, StaffEntry(**given))
        assert list(refused.value.errors) == [where]

    def test_a_change_needs_a_reason(self, platform):
        with pytest.raises(FormInvalid):
            change(platform, name="X", reason=" ")
        for act in (
            lambda: staff.reset_password(platform, ADMIN, "nina", ""),
            lambda: staff.set_active(platform, ADMIN, "nina", False, " "),
        ):
            with pytest.raises(FormInvalid):
                act()
        assert staff.look(platform, ADMIN, "nina").changes == []

    def test_two_who_change_the_same_person_are_told(self, platform):
        seen = staff.look(platform, ADMIN, "nina").mark
        change(platform, name="Første")
        with pytest.raises(EntryChanged, match="admin"):
            change(platform, name="Anden", seen=seen)
        assert staff.look(platform, ADMIN, "nina").account.person.name == "Første"

    def test_a_new_password_replaces_the_old(self, platform):
        made = staff.reset_password(platform, ADMIN, "nina", "Glemt")
        assert people.log_in(platform, "nina", made).username == "nina"
        with pytest.raises(people.WrongLogin):
            people.log_in(platform, "nina", "demo")
        [shown] = staff.look(platform, ADMIN, "nina").changes
        assert made not in str(shown.change)

    def test_a_closed_account_cannot_log_in_until_it_is_opened(self, platform):
        staff.set_active(platform, ADMIN, "nina", False, "Stoppet")
        with pytest.raises(people.WrongLogin):
            people.log_in(platform, "nina", "demo")
        assert names(platform, closed=True) == ["nina"]
        staff.set_active(platform, ADMIN, "nina", True, "Tilbage")
        assert people.log_in(platform, "nina", "demo").username == "nina"
        assert [c.change.reason for c in staff.look(platform, ADMIN, "nina").changes] == ["Tilbage", "Stoppet"]

    def test_nobody_locks_herself_out(self, platform):
        staff.save(platform, ADMIN, None, StaffEntry(username="admin", name="A", roles=[Membership("systemadmin")]))
        with pytest.raises(WrongState, match="egen konto"):
            staff.set_active(platform, ADMIN, "admin", False, "r")
        with pytest.raises(FormInvalid) as refused:
            change(platform, "admin", roles=[])
        assert list(refused.value.errors) == ["roller"]

    def test_there_must_be_such_a_person(self, platform):
        with pytest.raises(NotFound):
            staff.look(platform, ADMIN, "ingen")

    def test_staff_lists_leave_what_administrators_changed(self, platform):
        change(platform, name="Nina Test Berg")
        change_unit(platform, name="Nord og Øst")
        staff.set_active(platform, ADMIN, "niels", False, "Stoppet")
        people.put_staff(platform, people.read_staff(STAFF, "personer.yaml"), "demo")
        assert staff.look(platform, ADMIN, "nina").account.person.name == "Nina Test Berg"
        assert units.look(platform, ADMIN, "nord").unit.name == "Nord og Øst"
        assert names(platform, closed=True) == ["niels"]

    def test_passwords_are_long_and_read_aloud(self):
        made = {staff.new_password() for _ in range(50)}
        assert len(made) == 50
        assert all(len(p) == 19 and set(p) <= {*staff.LETTERS, "-"} for p in made)


class TestUnits:
    def test_only_administrators(self, platform, office):
        for act in (
            lambda p: units.listed(platform, p),
            lambda p: units.look(platform, p, "nord"),
            lambda p: change_unit(platform, person=p),
        ):
            with pytest.raises(Forbidden):
                act(office.person("lone"))

    def test_leaders_are_kept_on_their_accounts(self, platform, office):
        change_unit(platform, leaders=["nina", "lone"])
        assert office.person("nina").leads == {"nord"}
        change_unit(platform, leaders=["nina"])
        assert office.person("lone").leads == frozenset()
        [shown] = staff.look(platform, ADMIN, "lone").changes
        assert tuple(shown.change.details["Leder"]) == ("nord", "")
        rows = {row.unit.id: row.leaders for row in units.listed(platform, ADMIN)}
        assert rows["nord"] == ["Nina Test Nord"]

    def offered(self, office):
        """Units that a form would offer now."""
        field = {"type": "select", "key": "e", "id": "e", "label": "E", "properties": {"kilde": "enheder"}}
        schema = {"type": "default", "id": "f", "schemaVersion": 16, "components": [field]}
        form = read_form(json.dumps(schema).encode(), "f.form")
        platform = office.world.platform
        context = platform.read(lambda uow: context_for(Advance(platform, uow, ADMIN), form, case=None, task_inputs={}))
        return [option.value for option in context.choices["enheder"]]

    def test_a_closed_unit_is_offered_no_more_and_keeps_its_name(self, platform, office):
        change_unit(platform, "syd", closed=True)
        assert [row.unit.id for row in units.listed(platform, ADMIN)] == ["nord", "syd"]
        assert units.look(platform, ADMIN, "syd").unit.closed_at == office.world.clock.now()
        assert self.offered(office) == ["nord"]
        [shown] = units.look(platform, ADMIN, "syd").changes
        assert tuple(shown.change.details["Lukket"]) == ("nej", "ja")
        change_unit(platform, "syd", closed=False)
        assert units.look(platform, ADMIN, "syd").unit.closed_at is None

    def test_a_new_unit(self, platform):
        assert units.save(platform, ADMIN, None, UnitEntry(id="vest", name="Vest", type="team")) == "vest"
        for id_, name in (("vest", "Igen"), ("Vest 2", "V"), ("", "V")):
            with pytest.raises(FormInvalid) as refused:
                units.save(platform, ADMIN, None, UnitEntry(id=id_, name=name))
            assert list(refused.value.errors) == ["id"]

    def test_two_who_change_the_same_unit_are_told(self, platform):
        seen = units.look(platform, ADMIN, "nord").mark
        change_unit(platform, phone="1")
        with pytest.raises(EntryChanged):
            change_unit(platform, phone="2", seen=seen)

    def test_leaders_must_exist(self, platform):
        with pytest.raises(FormInvalid) as refused:
            change_unit(platform, leaders=["ingen"])
        assert list(refused.value.errors) == ["ledere"]
