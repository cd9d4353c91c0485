"""Each handler keeps its promises, and refuses in Danish what no retry mends."""

from __future__ import annotations

from typing import Any

import pytest

from service.domain.handling import BpmnError, Channel, HandlerRefused, HandlerResult
from service.workers.handlers import load_handlers
from tests.handlers.desks import CITIZEN, PaperDesk, case_file, job_on

HANDLERS = load_handlers()

UNITS = {
    "nord": {"id": "nord", "navn": "Enhed Nord", "sikker_postkasse": "nord@kommune.example"},
    "syd": {"id": "syd", "navn": "Enhed Syd", "sikker_postkasse": ""},
}


def run(job_type: str, desk: PaperDesk, **inputs: Any) -> HandlerResult:
    given = HANDLERS[job_type].function(job_on(desk, job_type), **inputs)
    assert isinstance(given, HandlerResult)
    return given


def refusal(job_type: str, desk: PaperDesk, **inputs: Any) -> str:
    with pytest.raises(HandlerRefused) as caught:
        run(job_type, desk, **inputs)
    return str(caught.value)


# -- dokument -----------------------------------------------------------------------------------------------------------


def test_a_document_is_a_pdf_of_the_case_and_its_result_names_it() -> None:
    desk = PaperDesk()
    result = run("dokument", desk, skabelon="aftale", titel="Aftale: om støtte", art="aftale", felter={"a": 1})
    assert result.variables == {
        "dokument": {"titel": "Aftale: om støtte", "art": "aftale", "filnavn": "Aftale om støtte.pdf"}
    }
    [document] = result.documents
    assert (document.kind, document.media_type, document.title) == ("aftale", "application/pdf", "Aftale: om støtte")
    assert document.content.startswith(b"%PDF-")
    assert desk.rendered == [("aftale", {"felter": {"a": 1}})]
    assert result.dispatches == ()


def test_a_document_needs_a_case() -> None:
    assert "ingen sag" in refusal("dokument", PaperDesk(file=None), skabelon="a", titel="b", art="c")


# -- figurer ------------------------------------------------------------------------------------------------------------


def count(**inputs: Any) -> dict[str, Any]:
    return dict(
        run(
            "figurer", PaperDesk(), **{"rapport": "sager", "fra": "2014-04-01", "til": "2014-04-30", **inputs}
        ).variables
    )


def test_figures_are_counted_and_told_as_tables() -> None:
    given = count()
    assert given["figurer"]["period"] == {"from": "2014-04-01", "to": "2014-04-30"}
    assert given["figurer"]["tabeller_offentlige"][0]["raekker"] == [["Oprettet", "·"], ["Afsluttet", "·"]]
    assert given["oversigt"].count("Opgjort i dag.") == 1
    assert "| |Apr|\n|---|---|\n|Oprettet|7|\n|Afsluttet|2|\n|I alt|9|" in given["oversigt"]
    assert "7" not in given["oversigt_offentlig"]


def test_an_unknown_report_and_a_text_that_is_no_date_are_refused() -> None:
    assert "statusrapporten andet" in refusal(
        "figurer", PaperDesk(), rapport="andet", fra="2014-04-01", til="2014-04-30"
    )
    assert "»fra« skal være en dato" in refusal("figurer", PaperDesk(), rapport="sager", fra="i går", til="2014-04-30")


def test_figures_are_kept_as_they_were_counted() -> None:
    desk = PaperDesk()
    files = run("figurer-filer", desk, figurer=count()["figurer"], titel="Rapport 1", skabelon="tekst", felter={"a": 1})
    assert [(d.kind, d.file_name) for d in files.documents] == [
        ("statusrapport", "Rapport 1.csv"),
        ("statusrapport", "Rapport 1.xlsx"),
        ("statusrapport", "Rapport 1.pdf"),
        ("statusrapport-offentlig", "Rapport 1, offentlig.csv"),
        ("statusrapport-offentlig", "Rapport 1, offentlig.xlsx"),
        ("statusrapport-offentlig", "Rapport 1, offentlig.pdf"),
    ]
    assert b"Oprettet;7" in files.documents[0].content
    assert b"Oprettet;7" not in files.documents[3].content
    assert [shown["felter"]["offentlig"] for _, shown in desk.rendered] == [False, True]


def test_figures_need_a_case_and_no_template_means_no_pdf() -> None:
    figures = count()["figurer"]
    assert "ingen sag" in refusal("figurer-filer", PaperDesk(file=None), figurer=figures, titel="R")
    assert len(run("figurer-filer", PaperDesk(), figurer=figures, titel="R").documents) == 4


# -- sikker-post --------------------------------------------------------------------------------------------------------


def test_secure_mail_goes_to_an_address_with_its_attachments() -> None:
    desk = PaperDesk()
    attachments = [{"skabelon": "vurdering", "titel": "Vurdering", "art": "vurdering"}]
    result = run(
        "sikker-post", desk, emne="Til\n orientering", skabelon="tekst", til=" a@b.example ", vedhaeft=attachments
    )
    [mail] = result.dispatches
    assert (mail.channel, mail.recipient, mail.subject) == (Channel.SECURE_MAIL, "a@b.example", "Til orientering")
    assert mail.body.startswith("<h1>tekst</h1>")
    assert mail.await_delivery
    assert [(d.title, d.kind, d.file_name) for d in mail.attachments] == [("Vurdering", "vurdering", "Vurdering.pdf")]
    assert [template for template, _ in desk.rendered] == ["tekst", "vurdering"]


def test_secure_mail_goes_to_the_mailbox_of_a_unit() -> None:
    [mail] = run("sikker-post", PaperDesk(units=UNITS), emne="E", skabelon="s", til_enhed="nord").dispatches
    assert mail.recipient == "nord@kommune.example"
    assert mail.attachments == ()


@pytest.mark.parametrize(
    ("inputs", "said"),
    [
        ({}, "enten til"),
        ({"til": "a@b.example", "til_enhed": "nord"}, "enten til"),
        ({"til": "", "til_enhed": None}, "enten til"),
        ({"til": "ikke en adresse"}, "mailadresse"),
        ({"til": "a@b.example\nBcc: c@d.example"}, "mailadresse"),
        ({"til_enhed": "vest"}, "»vest« findes ikke"),
        ({"til_enhed": "syd"}, "ingen sikker postkasse"),
        ({"til": "a@b.example", "emne": "  "}, "Emnet er tomt"),
        ({"til": "a@b.example", "skabelon": "findes-ikke"}, "findes-ikke"),
        ({"til": "a@b.example", "vedhaeft": [{"skabelon": "x"}]}, "»vedhaeft[1].titel« mangler"),
    ],
)
def test_secure_mail_refuses(inputs: dict[str, Any], said: str) -> None:
    assert said in refusal("sikker-post", PaperDesk(units=UNITS), **{"emne": "E", "skabelon": "s", **inputs})


# -- brev and digital-post ----------------------------------------------------------------------------------------------


def test_a_letter_goes_to_the_citizens_address_and_is_kept() -> None:
    [letter] = run("brev", PaperDesk(), skabelon="tilbud", emne="Tilbud om støtte").dispatches
    assert letter.channel is Channel.LETTER
    assert letter.recipient == "Karla Test Nielsen\nPrøvevej 12\n2. tv\n8000 Aarhus C"
    assert [(d.kind, d.title) for d in letter.attachments] == [("brev", "Tilbud om støtte")]
    assert letter.await_delivery


def test_digital_post_goes_to_the_citizen_without_her_number() -> None:
    [post] = run("digital-post", PaperDesk(), skabelon="tilbud", emne="Tilbud").dispatches
    assert (post.channel, post.recipient) == (Channel.DIGITAL_POST, "Karla Test Nielsen")
    assert [d.kind for d in post.attachments] == ["brev"]
    assert CITIZEN["cpr"] not in f"{post.recipient}{post.subject}{post.body}"


@pytest.mark.parametrize("citizen", [{"fritaget_digital_post": True}, {"cpr": None}])
def test_digital_post_that_cannot_be_received_is_an_error_of_the_diagram(citizen: dict[str, Any]) -> None:
    with pytest.raises(BpmnError) as caught:
        run("digital-post", PaperDesk(file=case_file(**citizen)), skabelon="s", emne="E")
    assert caught.value.code == "DIGITAL_POST_AFVIST"


@pytest.mark.parametrize("job_type", ["brev", "digital-post"])
@pytest.mark.parametrize(
    ("file", "said"),
    [
        (None, "ingen sag"),
        (case_file(doed="2014-08-01"), "død"),
        (case_file(doed="2014-08-01", fritaget_digital_post=True), "død"),
        (case_file(navn=""), "ingen borger"),
    ],
)
def test_nothing_is_sent_to_nobody_or_to_the_dead(job_type: str, file: Any, said: str) -> None:
    assert said in refusal(job_type, PaperDesk(file=file), skabelon="s", emne="E")


def test_a_letter_needs_an_address() -> None:
    assert "ingen adresse" in refusal("brev", PaperDesk(file=case_file(adresse=" , ")), skabelon="s", emne="E")


# -- journalnotat -------------------------------------------------------------------------------------------------------


def test_a_note_is_written_on_the_case() -> None:
    assert run("journalnotat", PaperDesk(), tekst=" Borgeren har ringet. ").notes == ("Borgeren har ringet.",)


def test_a_note_needs_a_case_and_a_text() -> None:
    assert "ingen sag" in refusal("journalnotat", PaperDesk(file=None), tekst="x")
    assert "tomt" in refusal("journalnotat", PaperDesk(), tekst=" \n")


# -- sag-opslag and borger-opslag ---------------------------------------------------------------------------------------


def test_an_open_case_is_found_with_what_it_waits_for() -> None:
    desk = PaperDesk(open_cases={("forsoeg", "0101809999"): ("2014-000007", ["msg_a", "msg_b"])})
    found = run("sag-opslag", desk, cpr="0101809999", sagstype="forsoeg").variables
    assert found == {"aktiv_sag": {"nummer": "2014-000007", "venter_paa": ["msg_a", "msg_b"]}}
    assert run("sag-opslag", desk, cpr="0101809999", sagstype="andet").variables == {"aktiv_sag": None}


def test_the_rows_of_a_list_become_variables() -> None:
    desk = PaperDesk(lists={"aftaler": [{"nr": 1, "navn": "Ane"}]})
    assert run("sag-liste", desk, liste="aftaler").variables == {"raekker": [{"nr": 1, "navn": "Ane"}]}
    with pytest.raises(HandlerRefused, match="Listen andet kan ikke hentes"):
        run("sag-liste", desk, liste="andet")


def test_a_case_is_found_by_its_number() -> None:
    desk = PaperDesk(numbered={"P-1": {"nummer": "P-1", "cpr": "0101809999"}})
    found = run("sagsnummer-opslag", desk, nummer="P-1", cpr="0101809999").variables["fundet_sag"]
    assert found == {"nummer": "P-1", "cpr": "0101809999", "samme_borger": True}
    assert run("sagsnummer-opslag", desk, nummer="P-2", cpr="0101809999").variables == {"fundet_sag": None}
    assert run("sagsnummer-opslag", desk, nummer=None).variables == {"fundet_sag": None}


KNOWN = {
    "kendt": True,
    "navn": "Karla Test Nielsen",
    "adresse": "Prøvevej 12, 2. tv, 8000 Aarhus C",
    "postnummer": "8000",
    "telefon": "12345678",
    "kommune": "751",
    "beskyttet": False,
    "fritaget_digital_post": False,
    "doed": False,
}


def test_a_citizen_is_found_by_number_or_as_the_cases_own() -> None:
    by_number = PaperDesk(file=None, citizens={"0101809999": CITIZEN})
    assert run("borger-opslag", by_number, cpr="0101809999").variables == {"borger": KNOWN}
    assert run("borger-opslag", PaperDesk(), cpr=None).variables == {"borger": KNOWN}
    died = run("borger-opslag", PaperDesk(file=case_file(doed="2014-08-01"))).variables["borger"]
    assert died["doed"] is True


@pytest.mark.parametrize("desk", [PaperDesk(), PaperDesk(file=None)])
def test_an_unknown_citizen_is_all_null(desk: PaperDesk) -> None:
    unknown = run("borger-opslag", desk, cpr="3112999999").variables
    assert unknown == {"borger": {**dict.fromkeys(KNOWN), "kendt": False}}


@pytest.mark.parametrize(
    ("address", "postcode"),
    [
        ("Prøvevej 1234, 8000 Aarhus C", "8000"),
        ("Prøvevej 1\n1050 København K", "1050"),
        ("Ukendt", None),
        ("", None),
        ("Prøvevej 12345, 99 X", None),
    ],
)
def test_the_postcode_is_read_from_the_address(address: str, postcode: str | None) -> None:
    found = run("borger-opslag", PaperDesk(file=case_file(adresse=address))).variables["borger"]
    assert found["postnummer"] == postcode


# -- kvittering ---------------------------------------------------------------------------------------------------------


def test_an_acknowledgement_is_sent_without_waiting() -> None:
    [receipt] = run("kvittering", PaperDesk(file=None), besked_id="b-1", kode="fejl", tekst="CPR mangler").dispatches
    assert (receipt.channel, receipt.recipient, receipt.subject) == (Channel.ACKNOWLEDGEMENT, "b-1", "fejl")
    assert receipt.body == "CPR mangler"
    assert not receipt.await_delivery


def test_an_acknowledgement_knows_two_codes_and_needs_a_message() -> None:
    assert "»kode«" in refusal("kvittering", PaperDesk(), besked_id="b", kode="måske", tekst="")
    assert "id mangler" in refusal("kvittering", PaperDesk(), besked_id=" ", kode="ok", tekst="")
