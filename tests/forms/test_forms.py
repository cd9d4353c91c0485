"""The forms of the procedures against their specification: every field, what it takes, and what it looks like on paper."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask, render_template
from lxml.html import HtmlElement, fromstring

from service.domain.form_model import CHOICES, Component, Field, Kind, Prose, Rows, Section
from service.domain.forms import Form, FormContext, read_form
from service.web.rendering import paper
from tests.web.samples import WORKER
from tests.web.site import make_site

HERE = Path(__file__).parent
DOCUMENTS: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "fields.yaml").read_text("utf-8"))
CHECKLISTS: dict[str, dict[str, Any]] = yaml.safe_load((HERE / "checklists.yaml").read_text("utf-8"))
NOW = datetime(2026, 11, 27, 9, 0, tzinfo=UTC)

FOR_CITIZENS = (
    "um-mentoraftale",
    "um-tilbudsbrev",
    "um-forloebsplan",
    "um-beskaeftigelsesfaglig-vurdering",
    "um-indstilling",
    "um-afgoer-forlaengelse",
    "tv-netvaerkskort",
    "tv-udrettedagsorden",
    "tv-samtykkeerklaering",
    "fs-samarbejdsaftale",
    "fs-behovsvurdering",
    "fs-raad-vejledning",
    "fs-opfoelgningsplan",
    "fb-jobplan",
    "fb-tilbud",
    "fb-planaendring",
    "fb-opmandssag",
)
DECISIONS = ("um-afgoer-forlaengelse", "fb-jobplan", "fb-tilbud", "fb-planaendring", "fb-opmandssag")
KNOWN = {"sag", "borger", "ansvarlig", "enhed", "skema", "opgave"}
"""Facts of the case, and of the task, that a field is filled in from."""


def _read(file: Path) -> Form:
    form = read_form(file.read_bytes(), file.name)
    assert isinstance(form, Form), form
    return form


FORMS = {form.id: form for form in map(_read, sorted(HERE.parents[1].glob("forms/*/*.form")))}


def fields_of(components: tuple[Component, ...], prefix: str = "") -> Iterator[tuple[str, Field]]:
    """(path, field): names with dots, rows without numbers."""
    for part in components:
        match part:
            case Field():
                yield prefix + part.key, part
            case Section():
                yield from fields_of(part.components, f"{prefix}{part.path}." if part.path else prefix)
            case Rows():
                yield from fields_of(part.components, f"{prefix}{part.path}.")


FIELDS = {id_: dict(fields_of(form.schema.components)) for id_, form in FORMS.items()}


def _wanted() -> Iterator[tuple[str, str, str, str, Mapping[str, Any]]]:
    for document, told in DOCUMENTS.items():
        for words, said in told["felter"].items():
            rule = {"sti": said} if isinstance(said, str) else said
            yield document, words, rule.get("skema", told["skema"]), rule["sti"], rule


@pytest.mark.parametrize(
    ("document", "words", "form_id", "path", "rule"), [pytest.param(*w, id=f"{w[0]}: {w[1]}") for w in _wanted()]
)
def test_the_specification_s_field_is_there(
    document: str, words: str, form_id: str, path: str, rule: Mapping[str, Any]
) -> None:
    assert path in FIELDS[form_id], f"{document} in {form_id} has lost »{words}«"
    field = FIELDS[form_id][path]
    assert field.label.strip()
    assert field.rules.required is rule.get("krav", False)
    if "slags" in rule:
        assert field.kind == rule["slags"]
    if "valg" in rule:
        assert field.kind in CHOICES
        assert [option.value for option in field.options] == rule["valg"]
    if rule.get("kendt"):
        assert field.prefill is not None
        assert field.prefill.names & KNOWN


def test_every_document_of_the_specification_is_held_here() -> None:
    named = [f"{letter}{n}" for letter, last in (("D", 7), ("F", 6), ("G", 6)) for n in range(1, last + 1)]
    assert [document for document in DOCUMENTS if document[0] in "DFG" and document[1].isdecimal()] == named


def test_the_catalogue_of_handouts_keeps_their_versions() -> None:
    manifest = yaml.safe_load((HERE.parents[1] / "processes/udskrivningsmentor/procedure.yaml").read_text("utf-8"))
    assert {"titel", "udgave", "form", "sprog", "findes"} <= manifest["registre"]["informationsmateriale"][
        "felter"
    ].keys()


# -- on paper -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def app() -> Flask:
    made = make_site(WORKER)
    made.config["MUNICIPALITY"] = "Prøve Kommune"
    return made


def blank(app: Flask, form_id: str) -> HtmlElement:
    """The form on paper with nothing in it."""
    form = FORMS[form_id]
    view = paper.empty_view(form, form.blank(FormContext(now=NOW, facts={"skema": {}})))
    with app.test_request_context():
        return fromstring(
            render_template("form/paper.html", view=view, about=paper.About(), municipality="Prøve Kommune")
        )


def said(page: HtmlElement) -> str:
    return " ".join(page.text_content().split())


def asked(components: tuple[Component, ...]) -> Iterator[Field]:
    """The fields that stand on the empty form."""
    for part in components:
        if isinstance(part, Field) and part.on_blank:
            yield part
        elif isinstance(part, Section | Rows) and part.on_blank:
            yield from asked(part.components)


@pytest.mark.parametrize("form_id", FORMS)
def test_everything_that_is_asked_stands_on_the_empty_form(app: Flask, form_id: str) -> None:
    page = blank(app, form_id)
    text = said(page)
    for part in asked(FORMS[form_id].schema.components):
        assert " ".join((part.paper_label or part.label).split()) in text
    assert "☒" not in text, "an empty form has ticks in it"
    assert not re.search(r"\bnull\b|None|\*\*", text)


def answered(components: tuple[Component, ...]) -> dict[str, Any]:
    """Something in every field."""
    found: dict[str, Any] = {}
    for part in components:
        match part:
            case Field(kind=Kind.FILE):
                pass
            case Field(kind=Kind.CHECKLIST):
                found[part.key] = [option.value for option in part.options]
            case Field():
                found[part.key] = _example(part)
            case Section(path=None):
                found |= answered(part.components)
            case Section(path=str() as path):
                found[path] = answered(part.components)
            case Rows():
                found[part.path] = [answered(part.components)]
    return found


def _example(part: Field) -> Any:
    if part.options:
        return part.options[0].value
    examples = {Kind.NUMBER: 2, Kind.CHECKBOX: True, Kind.DATE: "2026-11-27", Kind.TIME: "10:30"}
    return examples.get(part.kind, "2026-11-27T10:30:00+01:00" if part.kind is Kind.DATE_TIME else "Et svar")


@pytest.mark.parametrize("form_id", sorted({told["skema"] for told in DOCUMENTS.values()}))
def test_the_filled_form_is_laid_out_as_the_empty_one(app: Flask, form_id: str) -> None:
    form = FORMS[form_id]
    view = paper.filled_view(form, form.read_back(answered(form.schema.components)))
    with app.test_request_context():
        filled = fromstring(render_template("form/paper.html", view=view, about=paper.About(), municipality=""))

    def asked_in_order(page: HtmlElement) -> list[str]:
        return list(dict.fromkeys(said(e) for e in page.iter("h1", "h2", "h3", "dt", "th")))

    only_filled = {
        part.paper_label or part.label for part in form.schema.walk() if isinstance(part, Field | Section | Rows)
    }
    for_contact = {form.schema.print.contact, "Telefon", "Mail"}
    empty = [words for words in asked_in_order(blank(app, form_id)) if words not in for_contact]
    both = [words for words in asked_in_order(filled) if words in set(empty) or words not in only_filled | for_contact]
    assert both == empty


@pytest.mark.parametrize("document", DOCUMENTS)
def test_the_texts_of_the_original_stand_on_paper(app: Flask, document: str) -> None:
    text = said(blank(app, DOCUMENTS[document]["skema"])).lower()
    for words in DOCUMENTS[document].get("tekster", ()):
        assert words.lower() in text


@pytest.mark.parametrize("form_id", FOR_CITIZENS)
def test_what_a_citizen_gets_says_what_it_is_and_whom_to_ask(app: Flask, form_id: str) -> None:
    told = FORMS[form_id].schema.print
    assert told.title
    assert told.intro or any(isinstance(p, Prose) and p.on_blank for p in FORMS[form_id].schema.components)
    assert told.contact
    text = said(blank(app, form_id))
    assert "Har du spørgsmål?" in text
    assert not re.search(r"[Bb]orgerens? (?:har|er|ønsker|skal)\b", told.intro + " ".join(told.next_steps))


@pytest.mark.parametrize("form_id", DECISIONS)
def test_a_decision_says_how_to_complain(app: Flask, form_id: str) -> None:
    assert "senest 4 uger efter" in said(blank(app, form_id))


def test_the_agreement_has_lines_to_sign_and_the_consent_too(app: Flask) -> None:
    signed = {
        id_: [p.text_content() for p in blank(app, id_).find_class("paper-signatures")[0]]
        for id_ in ("um-mentoraftale", "tv-samtykkeerklaering")
    }
    assert signed == {
        "um-mentoraftale": ["Dato og underskrift: Du selv", "Dato og underskrift: Din mentor"],
        "tv-samtykkeerklaering": ["Dato og underskrift: Du selv"],
    }


def test_the_agenda_has_its_fixed_items_in_order_and_room_for_three_more(app: Flask) -> None:
    page = blank(app, "tv-udrettedagsorden")
    tables = [t for t in page.iter("table") if t.findtext(".//th") == "Nr."]
    rows = [[cell.text_content() for cell in row.iter("td")] for row in tables[0].find("tbody")]
    assert [row[0] for row in rows] == [str(n) for n in range(1, 12)]
    assert [row[1] for row in rows] == [
        "Velkommen og præsentation",
        "Valg af referent",
        "Formål med mødet",
        "Status siden sidst",
        *[""] * 3,
        "Opdatering af netværkskortet",
        "Evt.",
        "Næste møde",
        "Opsummering ved referenten",
    ]
    assert [th.text_content() for th in tables[0].iter("th")] == [
        "Nr.", "Emne", "Ansvarlig", "Hvad skal vi opnå med mødeemnet?", "Tid (min.)", "Beslutning – hvem gør hvad?",
    ]  # fmt: skip


def test_the_network_map_has_its_ten_groups_in_order_and_the_doctor_in_his_place(app: Flask) -> None:
    page = blank(app, "tv-netvaerkskort")
    groups = [h.text_content() for h in page.iter("h2") if h.text_content()[0].isdigit()]
    assert [g.partition(".")[0] for g in groups] == [str(n) for n in range(1, 11)]
    doctors = [td for td in page.iter("td") if td.text_content() == "Egen læge"]
    assert len(doctors) == 1
    assert "Har du kontakt til?" not in groups[-1]
    assert all(len(t.find("tbody")) == paper.BLANK_ROWS[True] for t in page.find_class("paper-rows"))


# -- checklists ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", CHECKLISTS)
def test_a_checklist_says_it_all_and_stands_where_it_is_used(app: Flask, name: str) -> None:
    told = CHECKLISTS[name]
    form = FORMS[told["skema"]]
    text = said(blank(app, form.id))
    assert [words for words in told["siger"] if words not in text] == []
    assert [id_ for id_ in told["ved"] if form.id not in FORMS[id_].schema.guidance] == []
    assert any(isinstance(part, Field) and part.kind is Kind.CHECKLIST for part in form.schema.walk())


def test_guidance_is_made_of_texts_and_things_to_tick_only() -> None:
    guides = {id_ for form in FORMS.values() for id_ in form.schema.guidance}
    assert guides == {told["skema"] for told in CHECKLISTS.values()}
    for id_ in guides:
        for part in FORMS[id_].schema.walk():
            match part:
                case Prose():
                    assert isinstance(part.text, str)
                case Field():
                    assert part.kind is Kind.CHECKLIST
                case _:
                    assert isinstance(part, Section)
