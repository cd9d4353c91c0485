"""One instance: its data called what the forms call it, in Danish, for those who may see it."""

from __future__ import annotations

import lxml.html
import pytest

from service.domain.form_model import Field, Format, Kind, Option, Rows, Schema
from service.domain.forms import Form
from service.web.rendering.variables import Fact, Vocabulary
from tests.web.house import House

FORM = Form(
    Schema(
        "f",
        "F",
        (
            Field(id="a", kind=Kind.DATE, key="udskrevet", label="Dato for udskrivning"),
            Field(id="b", kind=Kind.RADIO, key="svar", label="Svar", options=(Option("Ja tak", "ja"),)),
            Field(id="c", kind=Kind.TEXT, key="nummer", label="CPR-nummer", format=Format.CPR),
            Rows(
                id="d",
                label="Mål",
                path="maal",
                components=(Field(id="e", kind=Kind.TEXT, key="hvad", label="Hvad vil du?"),),
            ),
        ),
    )
)
WORDS = Vocabulary([FORM], {"mona.mentor": "Mona Test Berg"})


@pytest.mark.parametrize(
    ("name", "value", "label", "text"),
    [
        ("udskrevet", "2026-10-14", "Dato for udskrivning", "14-10-2026"),
        ("svar", "ja", "Svar", "Ja tak"),
        ("svar", ["ja", "nej"], "Svar", "Ja tak, nej"),
        ("nummer", "2502903324", "CPR-nummer", "250290-3324"),
        ("sidste_kontakt", "2026-07-01T12:30:00Z", "Sidste kontakt", "01-07-2026 kl. 14.30"),
        ("gyldighed", "P1Y2M", "Gyldighed", "1 år, 2 måneder"),
        ("frist", "P28D", "Frist", "28 dage"),
        ("bogstav", "P", "Bogstav", "P"),
        ("dato", "2026-99-99", "Dato", "2026-99-99"),
        ("ansvarlig", "mona.mentor", "Ansvarlig", "Mona Test Berg"),
        ("timer", 12.5, "Timer", "12,5"),
        ("konflikt", False, "Konflikt", "Nej"),
        ("ukendt", None, "Ukendt", "–"),
        ("tom", [], "Tom", "–"),
        ("ingenting", {}, "Ingenting", "–"),
    ],
)
def test_a_value_reads_as_danes_write_it(name: str, value: object, label: str, text: str) -> None:
    assert WORDS.facts({name: value}) == [Fact(label, name, text)]  # type: ignore[dict-item]


def test_what_lies_inside_is_told_in_the_same_words() -> None:
    (goals,) = WORDS.facts({"maal": [{"hvad": "Job", "til": "2026-01-02"}]})
    assert goals.label == "Mål"
    assert goals.parts == [[Fact("Hvad vil du?", "hvad", "Job"), Fact("Til", "til", "02-01-2026")]]
    (case,) = WORDS.facts({"sag": {"nummer": "7"}})
    assert case.inside == [Fact("CPR-nummer", "nummer", "7")]


def test_the_page_names_steps_and_data_and_shows_no_key(house: House) -> None:
    place = house.two.nord
    page = lxml.html.fromstring(house.client("enh").get(f"/instanser/{place.instance}").data)
    (data,) = page.xpath("//section[@aria-labelledby='oplysninger']")
    titles = [" ".join(summary.text_content().split()) for summary in data.xpath("./details/summary")]
    assert titles[0] == "Hele forløbet"
    assert "et trin" not in titles
    labels = {" ".join(term.text_content().split()) for term in data.xpath(".//dt")}
    assert labels
    assert not [label for label in labels if "_" in label]
    assert not data.xpath(".//code")
    assert '"' not in "".join(data.xpath(".//dd/text()"))


def test_operators_see_where_it_stands_and_none_of_its_data(house: House) -> None:
    page = lxml.html.fromstring(house.client("dri").get(f"/instanser/{house.two.nord.instance}").data)
    assert page.xpath("//figure[@data-diagram]")
    assert not page.xpath("//section[@aria-labelledby='oplysninger']")
