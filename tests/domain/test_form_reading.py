"""Form files: what is not understood is said in Danish, with the place."""

from __future__ import annotations

import json
from typing import Any

import pytest

from service.domain.forms import Form, read_form


def faults(*components: Any, **rest: Any) -> list[str]:
    found = read_form(json.dumps({"id": "f", "components": components, **rest}).encode(), "f.form")
    return [] if isinstance(found, Form) else [finding.message for finding in found]


def field(**rest: Any) -> dict[str, Any]:
    return {"type": "textfield", "key": "navn", "label": "Navn", **rest}


def test_a_form_from_the_drawing_program_is_read() -> None:
    component = field(
        id="Field_1",
        layout={"row": "Row_1", "columns": 8},
        validate={"required": True, "validationType": "custom", "pattern": "^x"},
        appearance={"suffixAdorner": "kr."},
    )
    exporter = {"name": "x", "version": "1"}
    assert (
        faults(component, type="default", schemaVersion=16, exporter=exporter, executionPlatform="Camunda Cloud") == []
    )


@pytest.mark.parametrize(
    ("component", "said"),
    [
        ({"type": "button", "label": "Send"}, "Typen »button« kan ikke bruges. Sidens egne knapper sender skemaet."),
        (field(hint="x"), "Delen af typen »textfield« har det ukendte felt »hint«. Fjern det, eller ret stavningen."),
        (field(validate={"reqired": True}), "»validate« har det ukendte felt »reqired«"),
        (field(validate={"required": "ja"}), "»required« skal være true eller false."),
        (field(validate={"pattern": "("}), "Mønstret i »validate.pattern« kan ikke bruges"),
        (
            field(validate={"minLength": 5, "maxLength": 3}),
            "»minLength« er større end »maxLength«: intet kan opfylde begge.",
        ),
        (field(properties={"advarsle": "=x"}), "»properties« har det ukendte felt »advarsle«"),
        (field(properties={"advarsel": "x"}), "»advarsel« skal være et FEEL-udtryk og begynde med =."),
        (field(properties={"kontrol": "=if x"}), "Udtrykket i »kontrol« kan ikke læses: linje 1"),
        (field(conditional={"hide": "=a +"}), "Udtrykket i »conditional.hide« kan ikke læses"),
        (field(properties={"format": "pas"}), "»format« kan være cpr eller sagsnummer, ikke »pas«."),
        (field(properties={"kilde": "enheder"}), "»kilde« kan kun bruges på felter med valgmuligheder"),
        (field(key="1a"), "»key« mangler eller kan ikke bruges som navn (1a)"),
        (field(key="sag"), "Navnet »sag« er optaget"),
        (field(key="count"), "Navnet »count« er optaget"),
        (field(label=""), "»label« mangler."),
        (field(defaultValue=5), "»defaultValue« skal være en tekst."),
        ({"type": "radio", "key": "a", "label": "A"}, "valgmuligheder fra præcis ét sted"),
        ({"type": "radio", "key": "a", "label": "A", "values": [{"label": "x"}]}, "skal have »label« og »value«"),
        ({"type": "radio", "key": "a", "label": "A", "values": ["x", "x"]}, "Værdien »x« står to gange"),
        ({"type": "select", "key": "a", "label": "A", "properties": {"kilde": "folk"}}, "»kilde« skal være enheder"),
        (
            {"type": "datetime", "key": "a", "dateLabel": "A", "subtype": "uge"},
            "»subtype« skal være date, time eller datetime",
        ),
        ({"type": "number", "key": "a", "label": "A", "validate": {"min": "1"}}, "»validate.min« skal være et tal."),
        (
            {"type": "dynamiclist", "path": "a", "label": "A", "components": [], "properties": {"visning": "kort"}},
            "»visning«",
        ),
        (
            {"type": "group", "label": "A", "components": [field()], "properties": {"visning": "matrix"}},
            "»visning: matrix«",
        ),
        (
            {"type": "group", "label": "A", "components": [field()], "properties": {"fra": "=x"}},
            "kræver, at gruppen har et »path«",
        ),
        (field(properties={"vises": "papir"}), "»vises« kan være"),
        ({"type": "text", "text": "x", "properties": {"vises": "altid"}}, "»vises« kan være"),
        ("tekst", "Hver del i »components« skal være et JSON-objekt"),
    ],
)
def test_what_is_wrong_is_said(component: Any, said: str) -> None:
    found = faults(component)
    assert any(said in message for message in found), found


def test_every_fault_is_told_at_once_with_its_line() -> None:
    first, second = '{"type": "textfield", "key": "a", "label": ""}', '{"type": "textfield", "key": "a", "label": "B"}'
    content = f'{{"id": "f",\n "components": [\n  {first},\n  {second}]}}'
    found = read_form(content.encode(), "mappe/f.form")
    assert isinstance(found, list)
    assert [(f.file, f.element_id, f.line) for f in found] == [("mappe/f.form", "a", 3)] * 2
    assert "bruges to gange" in found[1].message


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b'{"id": ', "ikke gyldig JSON"),
        (b"\xff", "UTF-8"),
        (b"[]", "JSON-objekt"),
        (b'{"components": []}', "mangler et »id«"),
    ],
)
def test_files_that_are_no_forms(content: bytes, said: str) -> None:
    found = read_form(content, "f.form")
    assert isinstance(found, list)
    assert said in found[0].message


def test_the_same_name_may_stand_in_two_groups_with_paths() -> None:
    groups = [{"type": "group", "label": "G", "path": path, "components": [field()]} for path in ("a", "b")]
    assert faults(*groups) == []


def test_depth_and_number_are_bounded() -> None:
    deep: dict[str, Any] = field()
    for _ in range(12):
        deep = {"type": "group", "label": "G", "components": [deep]}
    assert any("lag" in message for message in faults(deep))
    assert any("dele" in message for message in faults(*[field(key=f"f{n}") for n in range(600)]))


@pytest.mark.parametrize(
    ("rest", "said"),
    [
        ({"properties": {}}, "»properties.art«"),
        ({"accept": ".exe"}, "»accept« kan nævne .pdf"),
        ({"multiple": True}, "Læg filfeltet i en »dynamiclist«"),
        ({"readonly": True}, "Et filfelt kan hverken være låst eller have en fil på forhånd."),
        ({"properties": {"art": "bilag", "fra": "=x"}}, "»properties« har det ukendte felt »fra«"),
    ],
)
def test_a_file_says_what_it_becomes_and_takes(rest: dict[str, Any], said: str) -> None:
    plain = {
        "type": "filepicker",
        "key": "fil",
        "label": "Fil",
        "accept": ".pdf, .JPEG",
        "properties": {"art": "bilag"},
    }
    assert faults(plain) == []
    assert any(said in message for message in faults({**plain, **rest}))
