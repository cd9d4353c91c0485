"""Documents and forms as browsers get them: safe headers, previews, paper, PDF, and what a version changed."""

from __future__ import annotations

import json
from io import BytesIO

import pytest
from flask import render_template
from lxml.html import HtmlElement, fromstring

from service.config import BadSetting, Settings
from service.domain.form_places import Submission
from service.domain.forms import Form, FormContext, read_form
from service.domain.storage import Account
from service.web import security
from service.web.rendering import paper
from service.web.rendering.paper import PaperView, changes, empty_view, filled_view
from service.web.uploads import limits_of
from tests.web.house import House, token
from tests.web.samples import NOW, WORKER
from tests.web.site import make_site

PNG = b"\x89PNG\r\n\x1a\n" + b"\0" * 20


def attached(house: House, content: bytes, name: str) -> str:
    """Attach a file as the mentor; the address of its page."""
    client, place = house.client("men"), house.place("men", True)
    data = {"slags": "bilag", "titel": "Vedhæftet", "fil": (BytesIO(content), name), security.CSRF_FIELD: token(client)}
    answer = client.post(f"/sager/{place.number}/dokumenter", data=data)
    assert answer.status_code == 302
    documents = house.world.platform.read(lambda uow: uow.cases.documents(uow.cases.by_number(place.number).key))  # type: ignore[union-attr]
    return f"/dokumenter/{documents[0].key}"


@pytest.mark.parametrize(
    ("content", "name", "media", "part"),
    [
        (PNG, "foto.png", "image/png", '<img class="preview"'),
        (b"%PDF-1.7", "brev.pdf", "application/pdf", '<iframe class="preview"'),
        ("Kære Anna <b>".encode(), "brev.txt", "text/plain", "Kære Anna &lt;b&gt;"),
    ],
)
def test_a_file_is_shown_in_a_frame_that_can_do_nothing(
    house: House, content: bytes, name: str, media: str, part: str
) -> None:
    address = attached(house, content, name)
    client = house.client("men")
    page = client.get(f"{address}/vis")
    assert part in page.text
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    raw = client.get(address)
    assert raw.data == content
    assert raw.mimetype == media
    assert raw.headers.getlist("X-Content-Type-Options") == ["nosniff"]
    assert raw.headers.getlist("X-Frame-Options") == ["SAMEORIGIN"]
    assert "default-src 'none'" in raw.headers["Content-Security-Policy"]
    assert ("sandbox" in raw.headers["Content-Security-Policy"]) is (media != "application/pdf")
    assert raw.headers["Cache-Control"] == "no-store"
    assert client.get(f"{address}?hent=1").headers["Content-Disposition"].startswith("attachment")
    assert client.get(address).headers["Content-Disposition"].startswith("inline")
    house.put_back()


def test_a_file_that_cannot_be_recognised_is_refused_in_words(house: House) -> None:
    client, place = house.client("men"), house.place("men", True)
    data = {"slags": "bilag", "fil": (BytesIO(b"MZ\x90\x00"), "foto.png"), security.CSRF_FIELD: token(client)}
    answer = client.post(f"/sager/{place.number}/dokumenter", data=data)
    assert answer.status_code == 400
    assert "ikke af en slags, der kan vedhæftes" in answer.text


def test_a_form_prints_filled_and_empty_on_a_page_and_as_pdf(house: House) -> None:
    client, place = house.client("men"), house.place("men", True)
    house.app.config["MUNICIPALITY"] = "Prøve Kommune"
    page = client.get(f"/sager/{place.number}/skemaer/{place.form_id}/1")
    assert "Prøve Kommune" in page.text
    assert place.citizen in page.text
    assert "☒" in page.text
    for address in (
        f"/sager/{place.number}/skemaer/{place.form_id}/1.pdf",
        f"/skemaer/{place.form_id}.pdf",
        f"/opgaver/{place.task}/udskriv.pdf",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert answer.mimetype == "application/pdf"
        assert answer.data.startswith(b"%PDF-")
    empty = client.get(f"/skemaer/{place.form_id}").text
    assert "☐" in empty
    assert "☒" not in empty
    house.put_back()


FORM = {
    "type": "default",
    "id": "aftale",
    "title": "Aftale (internt navn)",
    "udskrift": {"titel": "Din aftale", "intro": "Det har vi aftalt.", "underskrifter": ["Borger"]},
    "components": [
        {"type": "textfield", "id": "f1", "key": "maal", "label": "Mål"},
        {"type": "checkbox", "id": "f2", "key": "enig", "label": "Enig?"},
        {
            **{
                "type": "dynamiclist",
                "id": "f3",
                "path": "opgaver",
                "label": "Opgaver",
                "properties": {"visning": "tabel"},
            },
            "components": [{"type": "textfield", "id": "f4", "key": "hvad", "label": "Hvad"}],
        },
    ],
}


def form(**changed: object) -> Form:
    found = read_form(json.dumps({**FORM, **changed}).encode(), "aftale.form")
    assert isinstance(found, Form), found
    return found


def test_what_a_version_changed_in_the_order_of_the_form() -> None:
    made = form()

    def view(**values: object) -> PaperView:
        return filled_view(made, made.read_back(values))  # type: ignore[arg-type]

    before = view(maal="Bolig", enig=False, opgaver=[{"hvad": "Ring"}])
    after = view(maal="Job", enig=False, opgaver=[{"hvad": "Ring"}, {"hvad": "Skriv"}])
    assert changes(before, after) == [("Mål", "Bolig", "Job"), ("Opgaver 2: Hvad", "", "Skriv")]
    assert changes(before, before) == []
    assert changes(view(maal="Bolig"), view()) == [("Mål", "Bolig", "")]


def test_the_printed_form_has_its_own_title_and_lines_to_sign() -> None:
    view = empty_view(form(), Submission(raw={}, values={}, hidden=frozenset(), choices={}, errors={}, warnings={}))
    assert view.title == "Din aftale"
    assert view.form.schema.print.signatures == ("Borger",)
    assert filled_view(form(udskrift={}), form().read_back({})).title == "Aftale (internt navn)"


ABOUT = paper.About(
    ["Anna Test Dal"],
    citizen="Anna Test Dal",
    case="Sag A-1",
    version="Version 2, 01-09-2014",
    contact=Account(person=WORKER, password_hash="", phone="33 66 77 88"),
)


def on_paper(view: PaperView, about: paper.About) -> HtmlElement:
    with make_site(WORKER).test_request_context():
        return fromstring(render_template("form/paper.html", view=view, about=about, municipality=""))


def test_it_says_what_happens_now_whom_to_ask_and_how_to_complain() -> None:
    said = {"naeste": ["Vi ringer."], "kontakt": "Din sagsbehandler", "klage": "Skriv **senest** om en måned."}
    made = form(udskrift=said)
    page = on_paper(filled_view(made, made.read_back({"maal": "Bolig"})), ABOUT)
    parts = {h.text_content(): h.getparent().text_content() for h in page.iter("h2")}
    assert "Vi ringer." in parts["Hvad sker der nu?"]
    assert "Din sagsbehandler: Mona Test Mentor" in parts["Har du spørgsmål?"]
    assert "33 66 77 88" in parts["Har du spørgsmål?"]
    assert "Skriv senest om en måned." in parts["Hvis du er uenig"]
    assert (page.get("data-head"), page.get("data-version")) == ("Anna Test Dal · Sag A-1", "Version 2, 01-09-2014")


def test_what_is_not_answered_is_a_line_to_write_on_until_it_is_sent() -> None:
    made = form()
    shown = made.read_back({"maal": "", "enig": False})
    draft, sent = (on_paper(view(made, shown), paper.About()) for view in (paper.draft_view, filled_view))
    assert len(draft.find_class("paper-blank")) == 1
    assert sent.find_class("paper-blank") == []
    assert sent.find_class("paper-field")[0].text_content() == "Mål–"


def test_on_paper_it_may_be_asked_another_way_or_not_at_all() -> None:
    asked = [
        {
            "type": "textfield",
            "id": "f1",
            "key": "a",
            "label": "Det gør borgeren",
            "properties": {"paa_papir": "Det gør du"},
        },
        {"type": "textfield", "id": "f2", "key": "b", "label": "Internt", "properties": {"vises": "skærm"}},
        {"type": "textfield", "id": "f3", "key": "c", "label": "Sendt med", "properties": {"vises": "udfyldt"}},
        {"type": "text", "id": "t1", "text": "Tryk på knappen.", "properties": {"vises": "skærm"}},
        {"type": "text", "id": "t2", "text": "Skriv under herunder.", "properties": {"vises": "papir"}},
    ]
    made = form(components=asked)
    sent = on_paper(filled_view(made, made.read_back({"a": "1", "b": "2", "c": "3"})), paper.About())
    empty = on_paper(empty_view(made, made.blank(FormContext(now=NOW))), paper.About())
    labels = lambda page: [dt.text_content() for dt in page.iter("dt")]  # noqa: E731
    assert (labels(sent), labels(empty)) == (["Det gør du", "Sendt med"], ["Det gør du"])
    assert [p.text_content().strip() for p in empty.find_class("paper-prose")] == ["Skriv under herunder."]


@pytest.mark.parametrize(
    "said",
    [{"ukendt": "x"}, {"underskrifter": "Borger"}, {"underskrifter": [1]}, {"naeste": [""]}, {"kontakt": 1}, "tekst"],
)
def test_what_a_form_says_about_print_is_checked(said: object) -> None:
    assert isinstance(read_form(json.dumps({**FORM, "udskrift": said}).encode(), "aftale.form"), list)


def test_settings_name_the_types_that_are_taken() -> None:
    assert limits_of(Settings(attachment_mb=5, attachment_types="pdf, PNG")).types == {"pdf", "png"}
    with pytest.raises(BadSetting, match="exe"):
        limits_of(Settings(attachment_types="pdf,exe"))
