"""Files that are refused, and how people are told."""

from __future__ import annotations

import pytest

from service.dmn import DmnRefused, read_decisions

from .files import DMN_13, decision, definitions, literal, table


def refused(xml: bytes) -> DmnRefused:
    with pytest.raises(DmnRefused) as caught:
        read_decisions(xml, "fil.dmn")
    return caught.value


@pytest.mark.parametrize("version", ["20180521", "20191111", "20211108", "20230324"])
def test_versions_are_told_by_their_namespace(version: str) -> None:
    scheme = "http" if version == "20180521" else "https"
    namespace = f"{scheme}://www.omg.org/spec/DMN/{version}/MODEL/"
    xml = definitions(decision("d", literal("1")), namespace=namespace).replace(b"<", b"<x:").replace(b"<x:/", b"</x:")
    model = read_decisions(xml.replace(b"xmlns=", b"xmlns:x="), "fil.dmn")
    assert model.decisions["d"].evaluate({}).value == 1


@pytest.mark.parametrize(
    ("xml", "told"),
    [
        (b"", "ikke gyldig XML"),
        (b"<a>", "ikke gyldig XML"),
        (b"<definitions/>", "rodelementet"),
        (definitions(namespace="http://www.omg.org/spec/DMN/20130901"), "DMN 1.1 til 1.6"),
        (b"<!DOCTYPE d [<!ENTITY x 'y'>]>" + definitions(), "DOCTYPE"),
        (b"<!DOCTYPE d SYSTEM 'http://x.invalid/d.dtd'>" + definitions(), "DOCTYPE"),
        (definitions("<a>" * 150 + "</a>" * 150), "lag"),
        (definitions("<!--" + "x" * 5_000_001 + "-->"), "5 MB"),
        (definitions(decision("d", literal("1 +"))), "udtrykket slutter for tidligt"),
        (definitions(decision("d", literal(""))), "udtrykket er tomt"),
        (definitions(decision("d", literal("1"), needs=["nix"])), "'#nix'"),
        (definitions(decision("d", literal("1"), type_ref="tNix")), "'tNix'"),
        (definitions(decision("d", literal("1")), decision("d", literal("2"))), "bruges to gange"),
        (definitions(decision("a", literal("b"), needs=["b"]), decision("b", literal("a"), needs=["a"])), "a → b → a"),
        (definitions(decision("d", table(["n"], ["x"], [(["> >"], ["1"])]))), "betingelsen '> >'"),
        (definitions(decision("d", table(["n"], ["x"], [(["1"], ["1 +"])]))), "'1 +' kan ikke læses"),
        (definitions(decision("d", table(["n"], ["x"], [(["1", "2"], ["1"])]))), "regel 1 har 2 betingelser"),
        (definitions(decision("d", table(["n"], ["x"], [], "SIDSTE"))), "'SIDSTE' findes ikke"),
        (definitions(decision("d", table(["n"], ["x"], [], "COLLECT", aggregation="SNIT"))), "'SNIT' findes ikke"),
        (definitions(decision("d", table(["n"], ["x", "y"], [], "COLLECT", aggregation="SUM"))), "netop én resultatkolonne"),
        (definitions(decision("d", table(["n"], ["x", "x"], []))), "eget navn"),
        (definitions(decision("d", table(["n"], [], []))), "mangler en resultatkolonne"),
        (
            definitions(decision("d", literal("1")).replace("<literalExpression>", '<literalExpression expressionLanguage="juel">')),
            "'juel' understøttes ikke",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(xml: bytes, told: str) -> None:
    found = refused(xml)
    assert told in str(found)
    assert found.file_name == "fil.dmn"


def test_all_faults_are_listed_with_line_and_id() -> None:
    found = refused(
        definitions(
            decision("første", literal("1 +")),
            decision("anden", table(["n"], ["x"], [(["1"], ["2"]), ([")"], ["("])])),
            decision("tredje", literal("1"), needs=["nix"]),
        )
    )
    assert [(fault.line, fault.element_id) for fault in found.faults] == [
        (2, "første"),
        (3, "r2"),
        (3, "r2"),
        (4, "tredje"),
    ]
    assert (found.line, found.element_id, found.message) == (
        found.faults[0].line,
        found.faults[0].element_id,
        found.faults[0].message,
    )


def test_entities_are_not_read_from_files() -> None:
    xml = f'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><definitions xmlns="{DMN_13}" name="d">&x;</definitions>'
    assert "DOCTYPE" in str(refused(xml.encode()))
    assert "DOCTYPE" in str(refused(xml.encode("utf-16")))
