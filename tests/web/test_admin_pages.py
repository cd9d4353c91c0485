"""Administration in a browser without scripts: everything is kept there, and nothing typed is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.usecases import people, registers, rule_tables, units
from service.usecases.register_entries import Entry
from service.usecases.rule_tables import RuleEntry
from service.usecases.units import UnitEntry
from tests.web.test_pages import enter, page, post, text_of
from tests.web.town import PASSWORD, Town, open_town

REGISTER, RULE = "/admin/registre/leverandoerer", "/admin/regler/proeve-parametre/proeve_parametre_r1"


@pytest.fixture
def town() -> Iterator[Town]:
    with open_town() as found:
        yield found


@pytest.fixture
def admin(town: Town) -> FlaskClient:
    return enter(town, "aase.admin")


def typed(answer: TestResponse) -> dict[str, list[str]]:
    """What a browser would send of the page's form as it stands."""
    [form] = [form for form in page(answer.text).forms if form.get("id") == "skema"]
    values: dict[str, list[str]] = {}
    for name, value in form.form_values():
        values.setdefault(name, []).append(value)
    return values


def send(client: FlaskClient, address: str, shown: TestResponse | None = None, **fields: Any) -> TestResponse:
    """Send the page's form with these fields changed."""
    answer = shown or client.get(address)
    assert answer.status_code in (200, 400, 409), answer.text
    return post(client, address, {**typed(answer), **fields})  # type: ignore[no-any-return]


def faults(answer: TestResponse) -> list[str]:
    return [link.text_content() for link in page(answer.text).xpath("//*[@data-summary]//a")]


def told_differences(answer: TestResponse) -> dict[str, str]:
    """What a page says stands otherwise by now."""
    facts = page(answer.text).xpath("//*[@data-focus]//dl")[0]
    names, values = ([e.text_content() for e in facts.xpath(f"./{tag}")] for tag in ("dt", "dd"))
    return dict(zip(names, values, strict=True))


class TestRegisters:
    def row(self, town: Town, id_: str = "vaerksted") -> int:
        found = registers.look(town.world.platform, town.world.person("aase.admin"), "leverandoerer")
        return next(shown.row.key for shown in found.rows if shown.row.id == id_)

    def test_those_valid_today_are_listed_and_the_others_on_demand(self, admin: FlaskClient) -> None:
        today = text_of(admin.get(REGISTER).text)
        assert "Værkstedet" in today
        assert "Caféen" not in today
        assert "Skriv ikke om borgere her" in today
        assert "Caféen" in text_of(admin.get(f"{REGISTER}?vis=alle").text)
        assert "Caféen" in text_of(admin.get(f"{REGISTER}?dag=30-06-2014").text)

    def test_a_leader_keeps_hers(self, town: Town) -> None:
        leader = enter(town, "lone.leder")
        assert "Administration" in text_of(leader.get("/opgaver").text)
        assert send(leader, f"{REGISTER}/ny", navn="Skolen", henviser="true", kontakt="mona.mentor").status_code == 302
        listed = text_of(leader.get(REGISTER).text)
        assert "Skolen" in listed
        assert "Mona Test Mentor" in listed
        assert enter(town, "mona.mentor").get(REGISTER).status_code == 403

    def test_faults_stand_at_their_fields_and_nothing_is_lost(self, admin: FlaskClient) -> None:
        answer = send(admin, f"{REGISTER}/ny", navn="", noter="Ring først", gyldig_fra="31-02-2014")
        assert answer.status_code == 400
        assert len(faults(answer)) == 2
        assert typed(answer)["noter"] == ["\nRing først"], "browsers drop the first line break"

    def test_a_change_from_a_day_shows_in_the_history(self, town: Town, admin: FlaskClient) -> None:
        address = f"{REGISTER}/{self.row(town)}"
        change = {"navn": "Storværkstedet", "aendring": "fra", "fra_dato": "01-10-2014", "begrundelse": "Nyt navn"}
        assert send(admin, address, **change).status_code == 302
        assert "Storværkstedet" not in text_of(admin.get(REGISTER).text)
        assert "Storværkstedet" in text_of(admin.get(f"{REGISTER}?dag=01-10-2014").text)
        old = admin.get(address)
        assert old.status_code == 302, "the address of an old version leads to the one that stands"
        shown = text_of(admin.get(old.headers["Location"]).text)
        assert "Nyt navn" in shown
        assert "Åse Test Admin" in shown

    def test_somebody_faster_is_told_of_and_what_was_typed_stays(self, town: Town, admin: FlaskClient) -> None:
        key = self.row(town)
        shown = admin.get(f"{REGISTER}/{key}")
        entry = Entry({"navn": "Lones navn", "art": "privat", "henviser": True}, "2014-01-01", reason="Rettet")
        registers.save(town.world.platform, town.world.person("lone.leder"), "leverandoerer", entry, key)
        answer = send(admin, f"{REGISTER}/{key}", shown, navn="Åses navn", aendring="ret", begrundelse="Også rettet")
        assert answer.status_code == 409
        told = text_of(answer.text)
        assert "Lone Test Leder har ændret det samme" in told
        assert told_differences(answer) == {"Navn": "Lones navn"}
        assert typed(answer)["navn"] == ["Åses navn"]
        again = send(admin, f"{REGISTER}/{key}", answer)
        assert again.status_code == 302, "saving again is knowingly"
        assert "Åses navn" in text_of(admin.get(REGISTER).text)

    def test_a_mistake_is_removed_with_a_reason(self, town: Town, admin: FlaskClient) -> None:
        address = f"{REGISTER}/{self.row(town)}"
        admin.get(address)
        assert post(admin, f"{address}/fjern", {"begrundelse": ""}).status_code == 302
        assert "Skriv, hvorfor" in text_of(admin.get(address).text)
        post(admin, f"{address}/fjern", {"begrundelse": "Oprettet to gange"})
        assert "Værkstedet" not in text_of(admin.get(REGISTER).text)
        [row] = page(admin.get(f"{REGISTER}?vis=alle").text).xpath("//tr[contains(., 'Værkstedet')]")
        assert "fjernet" in row.text_content()
        where = row.xpath(".//a/@href")[0]
        assert "Gem den for at sætte den tilbage" in text_of(admin.get(where).text)
        send(admin, where, aendring="ret", begrundelse="Den fandtes alligevel")
        assert "Værkstedet" in text_of(admin.get(REGISTER).text)


class TestUnits:
    def test_a_unit_is_made_changed_and_closed(self, town: Town, admin: FlaskClient) -> None:
        assert send(admin, "/admin/enheder/ny", id="vest", navn="Enhed Vest").status_code == 302
        shown = admin.get("/admin/enheder/vest")
        added = post(admin, "/admin/enheder/vest", {**typed(shown), "_tilfoej": "ledere"})
        assert added.status_code == 200
        change = {"ledere.0.leder": "bent.behandler", "begrundelse": "Ny leder"}
        assert send(admin, "/admin/enheder/vest", added, **change).status_code == 302
        assert town.world.person("bent.behandler").leads == {"vest"}
        send(admin, "/admin/enheder/vest", lukket="true", begrundelse="Lagt sammen")
        told = text_of(admin.get("/admin/enheder/vest").text)
        assert "Lukket: nej er nu ja" in told
        assert "Lagt sammen" in told
        assert "Enhed Vest Lukket" in text_of(admin.get("/admin/enheder").text)

    def test_somebody_faster_is_told_of(self, town: Town, admin: FlaskClient) -> None:
        shown = admin.get("/admin/enheder/nord")
        platform, who = town.world.platform, town.world.person("aase.admin")
        seen = units.look(platform, who, "nord").mark
        units.save(platform, who, "nord", UnitEntry(name="Enhed Nord", phone="11 11 11 11", reason="r"), seen)
        answer = send(admin, "/admin/enheder/nord", shown, telefon="22 22 22 22", begrundelse="r")
        assert answer.status_code == 409
        assert told_differences(answer)["Telefon"] == "11 11 11 11"


class TestStaff:
    def test_a_new_person_gets_a_password_shown_once(self, town: Town, admin: FlaskClient) -> None:
        fields = {"brugernavn": "ny.person", "navn": "Ny Test Person"}
        answer = send(admin, "/admin/medarbejdere/ny", **fields)
        assert answer.status_code == 200
        password = page(answer.text).xpath("string(//code)")
        assert people.log_in(town.world.platform, "ny.person", password).name == "Ny Test Person"
        assert password not in admin.get("/admin/medarbejdere/ny.person").text

    def test_roles_are_given_row_by_row(self, town: Town, admin: FlaskClient) -> None:
        address = "/admin/medarbejdere/bent.behandler"
        added = post(admin, address, {**typed(admin.get(address)), "_tilfoej": "roller"})
        role = {"roller.1.rolle": "enhedsleder", "roller.1.enhed": "syd", "begrundelse": "Ny stilling"}
        assert send(admin, address, added, **role).status_code == 302
        assert {str(m) for m in town.world.person("bent.behandler").memberships} == {
            "sagsbehandler@nord",
            "enhedsleder@syd",
        }
        told = text_of(admin.get(address).text)
        assert "Roller: Sagsbehandler i Enhed Nord er nu Enhedsleder i Enhed Syd, Sagsbehandler i Enhed Nord" in told

    def test_a_fault_of_use_stands_at_its_row_after_rows_were_removed(self, admin: FlaskClient) -> None:
        address = "/admin/medarbejdere/ny"
        shown = post(admin, address, {**typed(admin.get(address)), "_tilfoej": "roller"})
        shown = post(admin, address, {**typed(shown), "_tilfoej": "roller"})
        shown = post(admin, address, {**typed(shown), "_fjern": "roller.0"})
        assert typed(shown)["roller"] == ["1"]
        answer = send(
            admin, address, shown, **{"brugernavn": "x", "navn": "X", "roller.1.rolle": "", "roller.1.enhed": "*"}
        )
        assert answer.status_code == 400
        assert page(answer.text).xpath("//*[@id='felt-roller-1-rolle-error']")

    def test_an_account_is_closed_and_opened(self, town: Town, admin: FlaskClient) -> None:
        address = "/admin/medarbejdere/bent.behandler"
        post(admin, f"{address}/luk", {"begrundelse": ""})
        assert town.world.person("bent.behandler")
        post(admin, f"{address}/luk", {"begrundelse": "Stoppet"})
        assert people.person(town.world.platform, "bent.behandler") is None
        assert "Bent" in text_of(admin.get("/admin/medarbejdere?vis=lukkede").text)
        post(admin, f"{address}/aabn", {"begrundelse": "Tilbage"})
        assert people.log_in(town.world.platform, "bent.behandler", PASSWORD)

    def test_she_cannot_close_her_own(self, town: Town, admin: FlaskClient) -> None:
        assert "Luk kontoen" not in admin.get("/admin/medarbejdere/aase.admin").text
        answer = post(admin, "/admin/medarbejdere/aase.admin/luk", {"begrundelse": "r"})
        assert answer.status_code == 409
        assert town.world.person("aase.admin")

    def test_the_search_finds_by_name_unit_and_role(self, admin: FlaskClient) -> None:
        told = text_of(admin.get("/admin/medarbejdere?q=bent&enhed=nord&rolle=sagsbehandler").text)
        assert "Bent Test Behandler" in told
        assert "Mona Test Mentor" not in told
        assert "Ingen medarbejdere passer" in text_of(admin.get("/admin/medarbejdere?q=findes+ikke").text)


class TestCalendar:
    def test_what_it_moves_is_told_before_and_after(self, town: Town, admin: FlaskClient) -> None:
        address = "/admin/kalender"
        shown = post(admin, address, {**typed(admin.get(address)), "_tilfoej": "faste"})
        day = {"faste.1.dag": "24-12", "faste.1.hvorfor": "Jul"}
        seen = send(admin, address, shown, _handling="se", **day)
        assert seen.status_code == 200
        assert "Det sker, når du gemmer" in text_of(seen.text)
        saved = send(admin, address, seen, begrundelse="Ny aftale", **day)
        assert saved.status_code == 302
        told = text_of(admin.get(address).text)
        assert "Lukkedagene er gemt" in told
        assert "24-12 hvert år: Jul" in told
        assert "Ny aftale" in told
        assert "'24'" not in admin.get("/admin/kalender.yaml").text
        assert "12-24: Jul" in admin.get("/admin/kalender.yaml").text

    def test_a_day_that_is_none_is_told_at_its_row(self, admin: FlaskClient) -> None:
        answer = send(admin, "/admin/kalender", **{"faste.0.dag": "31-02", "begrundelse": "r"})
        assert answer.status_code == 400
        assert page(answer.text).xpath("//*[@id='felt-faste-0-dag-error']")


class TestRules:
    def test_a_process_owner_keeps_them_and_nobody_else(self, town: Town) -> None:
        owner = enter(town, "pia.procesejer")
        assert "Frister i prøven" in text_of(owner.get("/admin/regler").text)
        assert "Enheder" not in text_of(owner.get("/admin").text)
        assert enter(town, "lone.leder").get("/admin/regler").status_code == 403

    def test_missing_values_warn(self, admin: FlaskClient) -> None:
        assert "2 værdier er ikke udfyldt" in text_of(admin.get("/admin").text)
        told = text_of(admin.get("/admin/regler/proeve-parametre").text)
        assert "1 regel har ingen værdi" in told
        assert "Ikke udfyldt" in told
        assert "Fra 01-01-2015: Den nye fløj" in told

    def test_a_change_is_shown_first_and_then_in_the_history(self, admin: FlaskClient) -> None:
        change = {"v1": "7", "aendring": "fra", "fra_dato": "01-10-2014"}
        seen = send(admin, RULE, _handling="se", **change)
        assert "Svarfrist · Gælder: fra 01-01-2014 er nu 01-01-2014 til 30-09-2014" in text_of(seen.text)
        assert send(admin, RULE, seen, begrundelse="Byrådet").status_code == 302
        told = text_of(admin.get("/admin/regler/proeve-parametre").text)
        assert "i drift som version 2" in told
        assert "Byrådet" in told
        assert "Version 2" in told
        after = text_of(admin.get("/admin/regler/proeve-parametre?dag=01-10-2014").text)
        assert "SvarfristArbejdsdage til svar.7" in after.replace(" 7", "7")

    def test_the_file_is_fetched_as_it_is_in_operation(self, admin: FlaskClient) -> None:
        send(admin, RULE, v1="7", aendring="ret", begrundelse="r")
        answer = admin.get("/admin/regler/proeve-parametre.dmn")
        assert "<text>7</text>" in answer.text
        assert answer.headers["Content-Disposition"].endswith('"proeve-regler.dmn"')

    def test_somebody_faster_is_told_of(self, town: Town, admin: FlaskClient) -> None:
        shown = admin.get(RULE)
        platform, owner = town.world.platform, town.world.person("pia.procesejer")
        ids = ("proeve-parametre", "proeve_parametre_r1")
        seen = rule_tables.look_at_row(platform, owner, *ids).mark
        rule_tables.save(platform, owner, *ids, RuleEntry({"v1": 9}, "Arbejdsdage til svar.", "r"), seen)
        answer = send(admin, RULE, shown, v1="7", aendring="ret", begrundelse="r")
        assert answer.status_code == 409
        told = text_of(answer.text)
        assert "Pia Test Procesejer har ændret det samme" in told
        assert told_differences(answer) == {"Værdi": "9"}
        assert typed(answer)["v1"] == ["7"]
        assert send(admin, RULE, answer).status_code == 302


def test_everybody_starts_where_her_work_is(town: Town) -> None:
    assert enter(town, "aase.admin").get("/").headers["Location"] == "/admin"
    assert enter(town, "pia.procesejer").get("/").headers["Location"] == "/procedurer"


@pytest.mark.parametrize("address", [REGISTER, "/admin/regler/proeve-parametre"])
def test_a_day_that_is_none_is_told_at_its_field(admin: FlaskClient, address: str) -> None:
    answer = admin.get(f"{address}?dag=31-02-2014")
    assert answer.status_code == 400
    (field,) = page(answer.text).xpath("//input[@name='dag']")
    assert field.get("value") == "31-02-2014"
    assert "dd-mm-åååå" in page(answer.text).get_element_by_id(field.get("aria-describedby")).text_content()


def test_rules_are_called_by_words_and_by_their_keys_only_to_who_draws_with_them(town: Town) -> None:
    address = "/admin/regler/proeve-parametre"
    read = page(enter(town, "aase.admin").get(address).text)
    assert read.xpath("//td[@data-title='Regel']/a/text()")[0] == "Svarfrist"
    assert not read.xpath("//td[@data-title='Regel']//code")
    drawn = page(enter(town, "pia.procesejer").get(address).text)
    assert drawn.xpath("//td[@data-title='Regel']//code/text()")[0] == "svarfrist"
