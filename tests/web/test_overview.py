"""Overblik: every number leads to a list that holds as many, every table can be taken along, and nobody sees too much."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import lxml.html
import pytest
from flask.testing import FlaskClient

from service.usecases import task_assignment
from tests.web.test_pages import enter, text_of
from tests.web.town import Town, open_town


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with open_town() as found:
        world = found.world
        world.move_to(world.clock.now() + timedelta(days=9))
        task_assignment.take(world.platform, world.person("bent.behandler"), found.task())
        yield found


@pytest.fixture(scope="module")
def leader(town: Town) -> FlaskClient:
    return enter(town, "lone.leder")


def table(html: str, id_: str) -> list[list[str]]:
    """The rows of a table as they are read."""
    found = lxml.html.fromstring(html).xpath(f"//div[@aria-labelledby='{id_}']//tbody/tr")
    return [[" ".join(cell.text_content().split()) for cell in row.xpath("./th|./td")] for row in found]


def links(html: str) -> list[tuple[str, int]]:
    """(address, number) of every number that leads somewhere."""
    page = lxml.html.fromstring(html)
    found = page.xpath("//div[@aria-labelledby]//tbody//a") + page.xpath("//ul[contains(@class, 'tiles')]//a")
    return [(a.get("href"), int(a.text.strip())) for a in found]


def listed(client: FlaskClient, address: str) -> int:
    """How many rows a list has."""
    answer = client.get(address)
    assert answer.status_code == 200, address
    return len(lxml.html.fromstring(answer.text).xpath("//main//table/tbody/tr"))


def test_it_says_how_it_stands(leader: FlaskClient) -> None:
    html = leader.get("/overblik").text
    assert table(html, "enheder") == [["Enhed Nord", "4", "0", "3", "2", "0"]]
    steps = {row[0]: row[1:] for row in table(html, "trin")}
    assert steps["Hold samtale (Prøveforløb)"][:3] == ["2", "2", "0"]
    assert [row[0] for row in table(html, "medarbejdere")] == [
        "Bent Test Behandler",
        "Mona Test Mentor",
        "Ikke tildelt",
    ]


def test_the_figures_are_those_of_the_period(leader: FlaskClient) -> None:
    html = leader.get("/overblik?fra=2014-08-01&til=2014-09-12").text
    assert table(html, "bevaegelse") == [
        ["Aug", "0", "0", "0"],
        ["Medio sept", "4", "0", "4"],
        ["I alt", "4", "0", ""],
    ]
    assert table(html, "kilder")[-2:] == [["Ikke angivet", "4", "100 %"], ["I alt", "4", "100 %"]]
    assert ["Andel med samtale", "0 %", "0 af 4"] in table(html, "noegletal")


@pytest.mark.parametrize("address", ["/overblik", "/overblik?enhed=nord&fra=2014-08-01"])
def test_every_number_leads_to_a_list_of_as_many(leader: FlaskClient, address: str) -> None:
    found = links(leader.get(address).text)
    assert len(found) > 10
    assert {link: listed(leader, link) for link, _ in found} == dict(found)


def test_the_list_says_what_it_was_narrowed_by(leader: FlaskClient) -> None:
    said = text_of(
        leader.get(
            "/sager?vis=alle&type=proeve&enhed=nord&oprettet=2014-09-01..2014-09-12&kilde=brev&ansvarlig=ingen"
        ).text
    )
    for words in ("Prøvesag", "Enhed Nord", "Oprettet 01-09-2014 – 12-09-2014", "Kilde: Brev", "Ansvarlig: ingen"):
        assert words in said
    assert leader.get("/sager?oprettet=i+forgårs").status_code == 400


def test_small_numbers_are_left_out_of_the_public_edition(leader: FlaskClient) -> None:
    html = leader.get("/overblik?fra=2014-08-01&til=2014-09-12&udgave=offentlig").text
    assert table(html, "bevaegelse") == [["Aug", "·", "·", "·"], ["Medio sept", "·", "·", "·"], ["I alt", "4", "·", ""]]
    section = lxml.html.fromstring(html).xpath("//div[@aria-labelledby='bevaegelse']")[0]
    assert section.xpath(".//tbody//a") == []


def test_tables_are_taken_along(leader: FlaskClient) -> None:
    csv = leader.get("/overblik/enheder.csv")
    assert csv.data.decode("utf-8-sig").splitlines()[-1] == "Enhed Nord;4;0;3;2;0"
    assert csv.headers["Content-Disposition"] == "attachment; filename=overblik-enheder-2014-09-13.csv"
    official = leader.get("/overblik/bevaegelse.csv?fra=2014-08-01&til=2014-09-12").data.decode("utf-8-sig")
    assert "Sager;Aug;Medio sept;I alt" in official.splitlines()
    book = leader.get("/overblik/alle.xlsx")
    with zipfile.ZipFile(io.BytesIO(book.data)) as archive:
        assert len([name for name in archive.namelist() if "worksheets/sheet" in name]) == 7
    for missing in ("/overblik/findes-ikke.csv", "/overblik/enheder.exe"):
        assert leader.get(missing).status_code == 404


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("fra=2014-09-10&til=2014-09-01", "Byt om"),
        ("til=2015-01-01", "ikke kommet endnu"),
        ("fra=i+dag", "skrevet dd-mm-åååå"),
        ("fra=1990-01-01", "60 måneder"),
    ],
)
def test_a_period_that_is_none_is_told_kindly(leader: FlaskClient, asked: str, said: str) -> None:
    answer = leader.get(f"/overblik?{asked}")
    assert answer.status_code == 400
    assert said in text_of(answer.text)
    assert table(answer.text, "bevaegelse")


class TestWhoSeesWhat:
    def test_those_who_report_see_figures_and_nobody_behind_them(self, town: Town) -> None:
        client = enter(town, "tove.taeller")
        html = client.get("/overblik").text
        assert table(html, "bevaegelse")[-1] == ["I alt", "4", "0", ""]
        assert links(html) == []
        for hidden in ("enheder", "trin", "medarbejdere"):
            assert table(html, hidden) == []
            assert client.get(f"/overblik/{hidden}.csv").status_code == 404
        assert "Mona Test" not in html.replace(_frame(html), "")

    def test_a_leader_sees_no_other_unit(self, leader: FlaskClient) -> None:
        assert leader.get("/overblik?enhed=syd").status_code == 403
        assert leader.get("/overblik/enheder.csv?enhed=syd").status_code == 403
        assert listed(leader, "/sager?vis=alle&enhed=syd") == 0

    def test_a_caseworker_has_no_overview(self, town: Town) -> None:
        client = enter(town, "mona.mentor")
        assert client.get("/overblik").status_code == 403
        assert "/overblik" not in client.get("/opgaver").text


def _frame(html: str) -> str:
    header: Any = lxml.html.fromstring(html).xpath("//header")[0]
    return lxml.html.tostring(header, encoding="unicode")


class TestWhereCasesWait:
    def test_how_many_stand_at_each_step_and_for_how_long(self, leader: FlaskClient) -> None:
        html = leader.get("/overblik/venter").text
        rows = [
            [" ".join(cell.text_content().split()) for cell in row.xpath("./td")]
            for row in lxml.html.fromstring(html).xpath("//main//table/tbody/tr")
        ]
        assert rows
        numbers = {a.get("href"): int(a.text) for a in lxml.html.fromstring(html).xpath("//main//table/tbody//a")}
        assert {address: listed(leader, address) for address in numbers} == numbers
        assert all("dage" in row[2] or "time" in row[2] or "minut" in row[2] for row in rows)
        drawn = html.partition("data-diagram ")[2]
        assert all(f'"badge":"{row[1]} · {row[2]}"' in drawn for row in rows if "Hold samtale" in row[0])
        assert "Listen viser de forløb, der står ved »" in leader.get(next(iter(numbers))).text

    def test_an_unknown_procedure(self, leader: FlaskClient) -> None:
        assert leader.get("/overblik/venter?procedure=findes-ikke").status_code == 404


def test_a_day_is_refused_at_its_field_and_what_was_typed_stays(leader: FlaskClient) -> None:
    page = lxml.html.fromstring(leader.get("/overblik?fra=31-02-2014&til=12-09-2014").text)
    (first,) = page.xpath("//input[@id='fra']")
    assert first.get("value") == "31-02-2014"
    assert "dd-mm-åååå" in page.xpath(f"//*[@id='{first.get('aria-describedby')}']")[0].text_content()
    (last,) = page.xpath("//input[@id='til']")
    assert last.get("value") == "12-09-2014"
    assert last.get("aria-invalid") is None
    shown = leader.get("/overblik?fra=1/8+2014&til=12.9.2014").text
    assert table(shown, "bevaegelse")[-1] == ["I alt", "4", "0", ""]
    assert lxml.html.fromstring(shown).xpath("//input[@id='fra']")[0].get("value") == "01-08-2014"


def test_times_are_taken_along_as_hours(leader: FlaskClient) -> None:
    lines = leader.get("/overblik/trin.csv").data.decode("utf-8-sig").splitlines()
    assert lines[1].split(";")[-3:] == [
        "Løst i perioden",
        "Halvdelen er løst inden for (timer)",
        "Ni ud af ti inden for (timer)",
    ]
