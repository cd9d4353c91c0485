"""Accounts: logging in, passwords, roles, and that nobody learns why a log-in was refused."""

from datetime import timedelta

import pytest
from argon2 import PasswordHasher

from service.domain.access import PLATFORM_ROLES
from service.domain.errors import BadInput
from service.usecases import people
from service.usecases.people import WrongLogin

STRONG = "et langt kodeord"


@pytest.fixture
def quick(monkeypatch):
    """The real hash, made cheap: how dear it is, is not tried here."""
    monkeypatch.setattr(people, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.mark.usefixtures("quick")
class TestLogIn:
    def test_by_name_in_any_case_and_with_spaces_around(self, office):
        assert people.log_in(office.world.platform, "  NINA ", "demo").name == "Nina Test Nord"

    @pytest.mark.parametrize(("name", "password"), [("nina", "Demo"), ("nina", ""), ("ukendt", "demo"), ("", "")])
    def test_every_refusal_reads_alike(self, office, name, password):
        with pytest.raises(WrongLogin) as refusal:
            people.log_in(office.world.platform, name, password)
        assert str(refusal.value) == "Brugernavn eller adgangskode er forkert."

    def test_a_closed_account_is_refused_alike_and_opens_again(self, office):
        platform = office.world.platform
        people.set_active(platform, "nina", active=False)
        with pytest.raises(WrongLogin):
            people.log_in(platform, "nina", "demo")
        assert people.person(platform, "nina") is None
        people.set_active(platform, "nina", active=True)
        people.log_in(platform, "nina", "demo")

    def test_an_old_hash_is_renewed_and_still_fits(self, office, monkeypatch):
        platform = office.world.platform

        def kept():
            return office.read(lambda uow: uow.people.account("nina")).password_hash

        before = kept()
        people.log_in(platform, "nina", "demo")
        assert kept() != before
        people.log_in(platform, "nina", "demo")


@pytest.mark.usefixtures("quick")
class TestAccounts:
    def test_made_with_roles_in_units_and_everywhere(self, office):
        platform = office.world.platform
        people.add(platform, "eva", "Eva Test Lund", ["behandler@nord", "revisor"], STRONG)
        eva = people.log_in(platform, "eva", STRONG)
        assert sorted(map(str, eva.memberships)) == ["behandler@nord", "revisor"]
        assert eva.groups == {"behandler", "behandler@nord", "revisor"}

    @pytest.mark.parametrize(
        ("username", "roles", "password", "why"),
        [
            ("nina", [], STRONG, "taget"),
            ("eva", ["behandler@vest"], STRONG, "vest findes ikke"),
            ("eva", ["behandlr@nord"], STRONG, "behandlr findes ikke .* Kendte: behandler, drift"),
            ("eva", [], "kort", "mindst 12 tegn"),
        ],
    )
    def test_refused_with_the_reason(self, office, username, roles, password, why):
        with pytest.raises(BadInput, match=why):
            people.add(office.world.platform, username, "Eva Test", roles, password)

    def test_a_role_that_leads_makes_her_leader_of_its_unit(self, office):
        platform = office.world.platform
        for username, role, leads in (
            ("eva", "teamleder@syd", {"syd"}),
            ("ida", "leder@nord", {"nord"}),
            ("ane", "behandler@nord", set()),
        ):
            people.add(platform, username, "Test", [role], STRONG)
            assert people.person(platform, username).leads == leads

    def test_a_new_password_replaces_the_old(self, office):
        platform = office.world.platform
        people.set_password(platform, "nina", STRONG)
        people.log_in(platform, "nina", STRONG)
        with pytest.raises(WrongLogin):
            people.log_in(platform, "nina", "demo")
        with pytest.raises(BadInput, match="ingen bruger"):
            people.set_password(platform, "ukendt", STRONG)
        with pytest.raises(BadInput, match="ingen bruger"):
            people.set_active(platform, "ukendt", active=False)

    def test_a_staff_list_changes_roles_and_leaves_passwords(self, office):
        platform = office.world.platform
        people.set_password(platform, "nina", STRONG)
        staff = people.read_staff(b"personer: [{brugernavn: nina, navn: Nina Test Ny, roller: [teamleder@syd]}]", "x")
        people.put_staff(platform, staff, "demo")
        nina = people.log_in(platform, "nina", STRONG)
        assert (nina.name, nina.groups) == ("Nina Test Ny", {"teamleder", "teamleder@syd"})

    @pytest.mark.parametrize("content", [b"personer: [{navn: x}]", b"enheder: {", b"andet: 1"])
    def test_a_staff_list_that_is_none_names_its_file(self, content):
        with pytest.raises(BadInput, match=r"^personer\.yaml: "):
            people.read_staff(content, "personer.yaml")

    def test_the_account_of_programs_has_every_platform_role_and_no_cases(self, office):
        people.put_api_account(office.world.platform, "api", STRONG)
        assert people.log_in(office.world.platform, "api", STRONG).roles == PLATFORM_ROLES


def test_whoever_is_asked_for_often_is_remembered_for_a_short_while(office):
    platform = office.world.platform
    directory = people.Directory(platform)
    assert directory.person("nina").name == "Nina Test Nord"
    people.set_active(platform, "nina", active=False)
    assert directory.person("nina") is not None
    office.world.move_to(office.world.clock.now() + timedelta(seconds=3))
    assert directory.person("nina") is None
    assert directory.person("ukendt") is None
