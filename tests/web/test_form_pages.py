"""Forms on pages: markup that screen readers understand, nothing lost, nothing injected."""

from __future__ import annotations

import re
from typing import Any

import lxml.html
import pytest
from flask import Flask, render_template
from flask.testing import FlaskClient

from tests.web.samples import WORKER, YES_NO, make_context, make_form
from tests.web.site import make_site

GOOD = {
    "navn": "Anna Test Dal",
    "cpr": "010190-1234",
    "samtykke": "ja",
    "emner": ["bolig", "netværk"],
    "start": "01-09-2014",
    "kriterier.bor_her": "ja",
    "kriterier.indlagt": "ja",
    "kriterier.oensker": "nej",
    "maal": ["0"],
    "maal.0.tekst": "Egen bolig",
    "netvaerk": ["0", "1"],
    "netvaerk.1.hvem": "Moster",
}


@pytest.fixture(scope="module")
def app() -> Flask:
    return make_site(WORKER)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def page(html: str) -> Any:
    return lxml.html.fromstring(html)


def send(client: FlaskClient, fields: dict[str, Any], address: str = "/stilguide/skema") -> Any:
    token = page(client.get("/stilguide/skema").text).xpath("//input[@name='_csrf']/@value")[0]
    return client.post(address, data={**fields, "_csrf": token})


def test_every_control_has_a_name_for_screen_readers(client: FlaskClient) -> None:
    found = page(client.get("/stilguide/skema").text)
    labels = set(found.xpath("//label/@for"))
    controls = found.xpath("//main//input[not(@type='hidden') and not(@aria-hidden)]|//main//select|//main//textarea")
    assert len(controls) > 35
    assert [c.get("name") for c in controls if c.get("id") not in labels] == []
    assert len(set(found.xpath("//@id"))) == len(found.xpath("//@id"))


def test_groups_are_groups(client: FlaskClient) -> None:
    found = page(client.get("/stilguide/skema").text)
    for box in found.xpath("//main//input[@type='radio']"):
        group = next(box.iterancestors("fieldset"))
        assert group.get("role") == "radiogroup"
        assert group.find("legend").text_content().strip()
    described = " ".join(found.xpath("//@aria-describedby")).split()
    assert set(described) <= set(found.xpath("//@id"))


def test_nothing_on_the_page_needs_a_laxer_policy(client: FlaskClient) -> None:
    answer = client.get("/stilguide/skema")
    found = page(answer.text)
    assert found.xpath("//@style") == []
    assert found.xpath("//style") == []
    assert re.findall(r"\son\w+=", answer.text) == []
    assert found.xpath("//script[not(@src) and not(@type='application/json')]") == []
    assert "unsafe" not in answer.headers["Content-Security-Policy"]


def test_errors_stand_on_top_and_at_their_fields(client: FlaskClient) -> None:
    answer = send(client, {**GOOD, "navn": "", "cpr": "12", "slut": "01-08-2014", "samtykke": "nej"})
    assert answer.status_code == 400
    found = page(answer.text)
    summary = found.xpath("//*[@data-summary]")[0]
    links = {a.text_content(): a.get("href")[1:] for a in summary.xpath(".//a")}
    assert list(links) == [
        "Navn skal udfyldes.",
        "CPR-nummer skal være et CPR-nummer med ti cifre, for eksempel 010190-1234.",
        "»Hvorfor ikke?« skal besvares.",
        "Slutdato må ikke ligge før Startdato.",
    ]
    for target in links.values():
        control = found.get_element_by_id(target)
        assert control.get("aria-invalid") == "true"
        error = next(i for i in control.get("aria-describedby").split() if i.endswith("-error"))
        assert found.get_element_by_id(error).text_content().startswith("Fejl: ")
    assert found.get_element_by_id("felt-cpr").get("value") == "12"
    assert found.get_element_by_id("felt-maal-0-tekst").get("value") == "Egen bolig"


def test_the_first_error_of_a_choice_leads_to_its_first_option(client: FlaskClient) -> None:
    found = page(send(client, {**GOOD, "samtykke": ""}).text)
    assert found.xpath("//*[@data-summary]//a/@href") == ["#felt-samtykke-1"]


def test_rows_work_without_scripts(client: FlaskClient) -> None:
    more = page(send(client, {**GOOD, "_tilfoej": "maal", "cpr": "halvt"}).text)
    assert more.xpath("//input[@name='maal']/@value") == ["0", "1"]
    assert more.get_element_by_id("felt-cpr").get("value") == "halvt"
    assert more.xpath("//*[@data-summary]") == []
    less = page(send(client, {**GOOD, "_fjern": "netvaerk.0"}).text)
    assert less.xpath("//input[@name='netvaerk']/@value") == ["1"]
    assert less.get_element_by_id("felt-netvaerk-1-hvem").get("value") == "Moster"


def test_what_was_sent_is_read_back(client: FlaskClient) -> None:
    answer = send(client, GOOD)
    assert answer.status_code == 200
    pairs = {
        dt.text_content(): dt.getnext().text_content() for dt in page(answer.text).xpath("//dl[@class='record']/dt")
    }
    assert pairs["CPR-nummer"] == "010190-1234"
    assert pairs["Har borgeren givet samtykke?"] == "Ja"
    assert pairs["Hvad drejer det sig om?"] == "Bolig, Netværk"
    assert pairs["Startdato"] == "01-09-2014"
    assert pairs["Hvad skal nås?"] == "Egen bolig"
    assert "Hvorfor ikke?" not in pairs


def test_a_draft_is_answered_with_what_is_hidden(client: FlaskClient) -> None:
    said = send(client, {**GOOD, "samtykke": "nej", "timer": "25"}, "/stilguide/skema/kladde").get_json()
    assert said["message"] == "Kladden er gemt kl. 9.00."
    assert (said["hidden"], said["shown"]) == (["sprog"], ["hvorfor_ikke"])
    assert said["warnings"] == {"timer": "Det er mere end rammen på 20 timer."}


EVIL = '"><script>alert(1)</script>'


def test_nothing_typed_or_drawn_becomes_markup(app: Flask) -> None:
    form = make_form(
        [
            {"type": "text", "id": "t", "text": f"**fed** {EVIL} [link](javascript:alert(1))"},
            {
                "type": "textfield",
                "key": "a",
                "label": EVIL,
                "description": EVIL,
                "appearance": {"suffixAdorner": EVIL},
            },
            {
                "type": "textarea",
                "key": "b",
                "label": "B",
                "conditional": {"hide": f'=a = "{EVIL.replace(chr(34), "")}"'},
            },
            {"type": "radio", "key": "c", "label": "C", "values": [{"label": EVIL, "value": EVIL}]},
        ]
    )
    shown = form.parse({"a": [EVIL], "b": [f"</textarea>{EVIL}"], "c": ["x"]}, make_context())
    with app.test_request_context("/stilguide"):
        app.preprocess_request()
        html = render_template("skema.html", form=form, shown=shown)
    assert "<script>alert" not in html
    assert "javascript:" not in re.sub(r"\[link\]\(javascript:alert\(1\)\)", "", html)
    assert page(html).get_element_by_id("felt-a").get("value") == EVIL
    assert page(html).get_element_by_id("felt-b").text.strip() == f"</textarea>{EVIL}"


def test_fixed_fields_have_no_control(client: FlaskClient) -> None:
    found = page(client.get("/stilguide/skema").text)
    assert found.xpath("//input[@name='oprettet_af']") == []
    assert found.get_element_by_id("felt-oprettet_af").text_content() == "Mona Test Mentor"


def test_a_form_with_conditions_only_the_server_knows_can_be_updated(app: Flask) -> None:
    hide = {"conditional": {"hide": '=matches(a, "x")'}}
    form = make_form(
        [
            {"type": "textfield", "key": "a", "label": "A"},
            {"type": "radio", "key": "b", "label": "B", "values": YES_NO, **hide},
        ]
    )
    with app.test_request_context("/stilguide"):
        app.preprocess_request()
        html = render_template("skema.html", form=form, shown=form.fresh(make_context()))
        assert "Opdatér felterne" in html
        changed = form.change_rows({"a": ["x"], "_tilfoej": [""]}, make_context())
    assert changed is not None
    assert changed.hidden == {"b"}
