"""The pages of a small town, each by the roles that use it: they open, say what they should, and show no keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import lxml.html
import pytest
from flask.testing import FlaskClient

from service.domain.access import Membership, Person
from service.usecases.inbox import MOST_SAVED
from service.web import permissions
from tests.web.town import PASSWORD, Town, open_town


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with open_town() as found:
        yield found


def page(html: str) -> Any:
    return lxml.html.fromstring(html)


def enter(town: Town, username: str) -> FlaskClient:
    """A browser in which this person has logged in."""
    client = town.app.test_client()
    token = page(client.get("/log-ind").text).xpath("//form[@action='/log-ind']//input[@name='_csrf']/@value")[0]
    answer = client.post("/log-ind", data={"brugernavn": username, "adgangskode": PASSWORD, "_csrf": token})
    assert answer.status_code == 302, answer.text
    return client


def post(client: FlaskClient, address: str, fields: dict[str, Any]) -> Any:
    with client.session_transaction() as session:
        token = session.get("csrf", "")
    return client.post(address, data={**fields, "_csrf": token})


def text_of(html: str) -> str:
    """What people read on a page."""
    found = page(html)
    for gone in found.xpath("//script|//style"):
        gone.getparent().remove(gone)
    return " ".join(found.text_content().split())


WORKER_PAGES = (
    "/opgaver",
    "/opgaver?vis=mine",
    "/opgaver/{task}",
    "/sager",
    "/sager/{case}",
    "/henvendelse/proeve",
    "/procedurer",
    "/notitser",
    "/hjaelp",
)
LEADER_PAGES = (
    "/opgaver/{task}/ret",
    "/sager/{case}/frister/{deadline}",
    "/opgaver?vis=enhed",
    "/sager/{case}",
    "/sager/{case}/adgang",
    "/instanser",
    "/instanser?vis=alle",
    "/instanser/{inst}",
    "/instanser/{stuck}",
    "/haendelser",
    "/overblik",
    "/overblik/venter",
    "/overblik?enhed=nord&fra=2014-01-01&til=2014-09-03&udgave=offentlig",
    "/sager?vis=alle&type=proeve&oprettet=2014-09-01..2014-09-30&kilde=&enhed=nord&ansvarlig=ingen",
    "/procedurer/proeve-forloeb",
)
ADMIN_PAGES = (
    "/admin",
    "/admin/enheder",
    "/admin/enheder/ny",
    "/admin/enheder/nord",
    "/admin/medarbejdere",
    "/admin/medarbejdere/ny",
    "/admin/medarbejdere/mona.mentor",
    "/admin/kalender",
    "/admin/regler",
    "/admin/regler/proeve-parametre",
    "/admin/regler/proeve-lov",
    "/admin/regler/proeve-lov/proeve_lov_r2",
    "/admin/registre",
    "/admin/registre/leverandoerer?vis=alle",
    "/admin/registre/leverandoerer/ny",
)
PAGES = [
    *(("mona.mentor", address) for address in WORKER_PAGES),
    *(("lone.leder", address) for address in LEADER_PAGES),
    ("tove.taeller", "/overblik"),
    ("pia.procesejer", "/procedurer"),
    ("pia.procesejer", "/procedurer/proeve-forloeb"),
    ("dan.drift", "/instanser"),
    ("dan.drift", "/instanser/{inst}"),
    ("dan.drift", "/haendelser"),
    *(("aase.admin", address) for address in ADMIN_PAGES),
]
KEYS = re.compile(
    r"\b(ut_\w+|msg_\w+|proeve-\w+|[A-Z]+_[A-Z_]+|None|True|False|userTask|TaskCompleted|ACTIVE|sagsbehandler@\w+)\b|Traceback"
)
"""What only the program calls things."""


def address_in(town: Town, address: str) -> str:
    rows = town.instances()
    key = town.task()
    task = town.world.platform.read(lambda uow: uow.tasks.get(key))
    assert task is not None
    deadline = task.deadline_id
    return address.format(
        task=task.key, deadline=deadline, case=rows[0].case_number, inst=rows[0].key, stuck=rows[3].key
    )


@pytest.mark.parametrize(("username", "address"), PAGES)
def test_pages_open_and_show_no_keys(town: Town, username: str, address: str) -> None:
    answer = enter(town, username).get(address_in(town, address))
    assert answer.status_code == 200
    assert KEYS.findall(text_of(answer.text)) == []
    assert page(answer.text).xpath("//h1")


@pytest.mark.parametrize(("username", "address"), PAGES)
def test_pages_speak_english_too(town: Town, username: str, address: str) -> None:
    client = enter(town, username)
    client.get("/hjaelp")
    post(client, "/sprog", {"sprog": "en"})
    assert client.get(address_in(town, address)).status_code == 200


def test_every_chapter_of_the_handbook_opens(town: Town) -> None:
    client = enter(town, "mona.mentor")
    chapters = page(client.get("/hjaelp").text).xpath("//main//a/@href")
    assert len(chapters) >= 8
    for chapter in chapters:
        assert client.get(chapter).status_code == 200


class TestInbox:
    def test_overdue_and_mine_stand_out_in_words(self, town: Town) -> None:
        rows = page(enter(town, "mona.mentor").get("/opgaver").text).xpath("//tbody/tr")
        said = [" ".join(" ".join(row.itertext()).split()) for row in rows]
        assert [row.get("class") for row in rows] == ["is-overdue", None, None]
        assert "Anna Test Dal Beskyttet adresse overskredet i går Ikke tildelt" in said[0]
        assert said[1].endswith("i morgen Mig Enhed Nord")

    def test_the_exact_time_is_there_too(self, town: Town) -> None:
        times = page(enter(town, "mona.mentor").get("/opgaver").text).xpath("//td//time/@title")
        assert times[0] == "onsdag 3. september 2014 kl. 23.59"

    def test_filters_stay_while_one_looks_around(self, town: Town) -> None:
        found = page(enter(town, "mona.mentor").get("/opgaver?vis=alle&frist=overskredet&q=anna").text)
        assert len(found.xpath("//tbody/tr")) == 1
        assert (
            found.xpath("//nav[@aria-label='Hvilke opgaver']//a/@href")[1]
            == "/opgaver?vis=mine&frist=overskredet&q=anna"
        )
        assert found.xpath("//input[@id='q']/@value") == ["anna"]

    def test_a_filter_can_be_saved_but_not_its_search_words(self, town: Town) -> None:
        client = enter(town, "mona.mentor")
        assert "Gem dette filter" not in client.get("/opgaver?q=anna").text
        assert "Gem dette filter" in client.get("/opgaver?frist=overskredet&q=anna").text
        saved = post(client, "/opgaver/filtre", {"navn": " Haster  nu ", "frist": "overskredet", "q": "anna"})
        assert saved.headers["Location"] == "/opgaver?frist=overskredet"
        shown = page(client.get("/opgaver?frist=overskredet").text)
        link = shown.xpath("//nav[@aria-label='Gemte filtre']//a")[0]
        assert (link.text, link.get("href"), link.get("aria-current")) == (
            "Haster nu",
            "/opgaver?frist=overskredet",
            "true",
        )
        assert "Gem dette filter" not in client.get("/opgaver?frist=overskredet").text
        assert "Haster nu" not in enter(town, "bent.behandler").get("/opgaver").text
        post(client, "/opgaver/filtre/slet", {"navn": "Haster nu"})
        assert "Haster nu" not in client.get("/opgaver").text.split("alert-body")[-1].split("</div>", 1)[1]

    def test_a_filter_needs_a_name_and_there_are_so_many(self, town: Town) -> None:
        client = enter(town, "bent.behandler")
        client.get("/opgaver")
        post(client, "/opgaver/filtre", {"navn": "  ", "vis": "mine"})
        assert "Giv filteret et navn" in client.get("/opgaver").text
        for n in range(MOST_SAVED + 1):
            post(client, "/opgaver/filtre", {"navn": f"Filter {n}", "vis": "mine"})
        assert f"Du har allerede {MOST_SAVED} gemte filtre" in client.get("/opgaver").text

    def test_an_empty_list_says_what_to_do(self, town: Town) -> None:
        client = enter(town, "bent.behandler")
        assert "Du kan tage en af dem, som ingen har taget endnu." in text_of(client.get("/opgaver?vis=mine").text)
        assert "Nulstil filtrene" in text_of(client.get("/opgaver?q=findesikke").text)
        assert "Se hele enheden" in text_of(enter(town, "lone.leder").get("/opgaver").text)


class TestTask:
    def test_the_why_the_what_and_the_when(self, town: Town) -> None:
        said = text_of(enter(town, "mona.mentor").get(f"/opgaver/{town.task()}").text)
        assert "Hold en samtale med borgeren, og aftal mål." in said
        assert "Samtale med Anna Test Dal" in said
        assert "onsdag 3. september 2014 kl. 23.59" in said

    def test_errors_and_typing_stay_together(self, town: Town) -> None:
        client = enter(town, "mona.mentor")
        key = town.task()
        client.get(f"/opgaver/{key}")
        answer = post(client, f"/opgaver/{key}", {"referat": "vigtigt", "samtykke": "nej", "maal": "0"})
        assert answer.status_code == 400
        found = page(answer.text)
        assert found.get_element_by_id("felt-referat").text.strip() == "vigtigt"
        assert found.xpath("//*[@data-summary]//a/@href") == ["#felt-hvorfor", "#felt-maal-0-tekst"]

    def test_the_position_is_drawn_and_told_in_words(self, town: Town) -> None:
        found = page(enter(town, "lone.leder").get(f"/instanser/{town.instances()[3].key}").text)
        shown = found.xpath("//figure[@data-diagram]/script/text()")[0]
        assert '"look":"incident"' in shown
        words = " ".join(found.xpath("//details[@class='diagram-words']")[0].text_content().split())
        assert "Gået i stå" in words
        assert "Opgave: Hold samtale" in words


class TestChanging:
    """Ret opgaven, and Forlæng fristen."""

    def typed(self, client: FlaskClient, address: str) -> dict[str, Any]:
        form = next(form for form in page(client.get(address).text).forms if form.get("id") == "skema")
        values: dict[str, Any] = {}
        for name, value in form.form_values():
            values.setdefault(name, []).append(value)
        return values

    def test_nothing_typed_is_lost_and_every_error_stands_at_its_field(self, town: Town) -> None:
        client, where = enter(town, "lone.leder"), f"/opgaver/{town.task()}/ret"
        wrong = {"prioritet": "101", "frist.dato": "31-31-2014", "begrundelse": "", "grupper": []}
        answer = post(client, where, self.typed(client, where) | wrong)
        assert answer.status_code == 400
        found = page(answer.text)
        assert found.get_element_by_id("felt-prioritet").value == "101"
        assert found.get_element_by_id("felt-frist-dato").value == "31-31-2014"
        marked = {link.removeprefix("#felt-") for link in found.xpath("//*[@data-summary]//a/@href")}
        assert marked == {"frist-dato", "prioritet", "begrundelse"}
        late = post(client, where, self.typed(client, where) | {"frist.dato": "01-09-2014", "begrundelse": "Haster"})
        assert late.status_code == 400
        assert "Den nye frist skal ligge efter nu." in text_of(late.text)
        assert page(late.text).get_element_by_id("felt-begrundelse").value == "Haster"

    def test_what_is_left_as_it_is_stays(self, town: Town) -> None:
        client, key = enter(town, "lone.leder"), town.task()
        before = town.world.platform.read(lambda uow: uow.tasks.get(key))
        answer = post(client, f"/opgaver/{key}/ret", self.typed(client, f"/opgaver/{key}/ret") | {"begrundelse": "x"})
        assert "Der var ikke noget at rette." in text_of(client.get(answer.headers["Location"]).text)
        assert town.world.platform.read(lambda uow: uow.tasks.get(key)) == before

    def test_what_is_changed_is_told_on_the_task_and_in_the_history(self, town: Town) -> None:
        client, key = enter(town, "lone.leder"), town.task()
        fields = self.typed(client, f"/opgaver/{key}/ret")
        fields |= {
            "prioritet": "80",
            "opfoelgning.dato": "20-09-2014",
            "opfoelgning.tid": "12",
            "begrundelse": "Haster",
        }
        answer = post(client, f"/opgaver/{key}/ret", fields)
        said = text_of(client.get(answer.headers["Location"]).text)
        assert "Opgaven er rettet." in said
        assert "Prioritet80" in said
        assert "Opfølgning" in said
        case = town.instances()[0].case_number
        assert "»Hold samtale« blev rettet (opfølgning, prioritet)" in text_of(client.get(f"/sager/{case}").text)

    def test_whose_it_is_may_be_opened_by_the_leader_alone(self, town: Town) -> None:
        assert enter(town, "mona.mentor").get(f"/opgaver/{town.task()}/ret").status_code == 403

    def test_a_deadline_is_extended_with_errors_at_its_fields(self, town: Town) -> None:
        client, where = enter(town, "lone.leder"), address_in(town, "/sager/{case}/frister/{deadline}")
        fields = self.typed(client, where) | {"begrundelse": "Borgeren er på ferie"}
        answer = post(client, where, fields | {"til": "01-09-2014"})
        assert answer.status_code == 400
        assert "Den nye frist skal ligge efter i dag." in text_of(answer.text)
        assert page(answer.text).get_element_by_id("felt-begrundelse").value == "Borgeren er på ferie"
        assert post(client, where, fields | {"til": "1/10 2014"}).status_code == 302
        case = address_in(town, "/sager/{case}")
        assert "Forlænget til 01-10-2014 af Lone Test Leder: Borgeren er på ferie" in text_of(client.get(case).text)
        assert client.get(f"{case}/frister/findes-ikke").status_code == 404


class TestDoors:
    @pytest.mark.parametrize(
        ("username", "address", "status"),
        [
            ("mona.mentor", "/instanser", 403),
            ("mona.mentor", "/haendelser", 403),
            ("pia.procesejer", "/opgaver", 403),
            ("pia.procesejer", "/sager", 403),
            ("dan.drift", "/sager/{case}", 403),
            ("lone.leder", "/sager/findes-ikke", 404),
            ("mona.mentor", "/opgaver/1", 404),
        ],
    )
    def test_refusals_are_kind_pages(self, town: Town, username: str, address: str, status: int) -> None:
        answer = enter(town, username).get(address_in(town, address))
        assert answer.status_code == status
        assert "Gå til forsiden" in text_of(answer.text)

    def test_a_wrong_password_says_the_same_as_a_wrong_name(self, town: Town) -> None:
        client = town.app.test_client()
        client.get("/log-ind")
        wrong = [
            post(client, "/log-ind", {"brugernavn": n, "adgangskode": "x"}) for n in ("mona.mentor", "findes.ikke")
        ]
        assert [answer.status_code for answer in wrong] == [401, 401]
        said = {text_of(answer.text.replace("findes.ikke", "mona.mentor")) for answer in wrong}
        assert len(said) == 1

    def test_the_menu_shows_what_one_may_open(self, town: Town) -> None:
        def menu(username: str) -> list[str]:
            return list(
                page(enter(town, username).get("/hjaelp").text).xpath("//nav[@aria-label='Hovedmenu']//a/@href")
            )

        assert menu("mona.mentor")[:3] == ["/opgaver", "/sager", "/henvendelse"]
        assert {"/instanser", "/haendelser"} <= set(menu("lone.leder"))
        assert "/opgaver" not in menu("pia.procesejer")

    def test_only_who_may_register_enquiries_is_offered_to(self) -> None:
        mentor = Person(1, "mona", "Mona", frozenset({Membership("mentor", "nord")}))
        served = {"/opgaver", "/henvendelse"}
        for roles, seen in ((frozenset({"mentor"}), True), (frozenset({"visitator"}), False), (frozenset(), False)):
            entries = permissions.menu_for(permissions.capabilities(mentor, enquiry_roles=roles), served)
            assert ("/henvendelse" in [entry.address for entry in entries]) is seen
