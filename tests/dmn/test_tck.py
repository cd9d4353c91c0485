"""The public conformance suite, where its folder is at hand (setting FORLOEB_TCK)."""

from __future__ import annotations

import os
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from service.dmn.tck import ModelReport, report_lines, run_suite, same

FOLDER = os.environ.get("FORLOEB_TCK")


@pytest.fixture(scope="module")
def reports() -> list[ModelReport]:
    if not FOLDER:
        pytest.skip("FORLOEB_TCK is not set: the conformance suite was not run")
    return list(run_suite(Path(FOLDER)))  # a folder that is set but missing is an error


def share(reports: list[ModelReport], level: str) -> tuple[int, int]:
    chosen = [report for report in reports if report.name.startswith(f"compliance-level-{level}/")]
    assert chosen
    return sum(report.passed for report in chosen), sum(report.total for report in chosen)


def test_level_2_and_3_pass_completely(reports: list[ModelReport], capsys: pytest.CaptureFixture[str]) -> None:
    lines = [f"{report.name}: {report.passed}/{report.total}" for report in reports]
    lines += [f"level {level}: {'/'.join(map(str, share(reports, level)))}" for level in ("2", "3")]
    with capsys.disabled():
        sys.stdout.write("\n" + "\n".join(lines) + "\n")
    failures = [f"{report.name} {failure}" for report in reports for failure in report.failures]
    assert failures == []
    assert share(reports, "2")[1] > 100
    assert share(reports, "3")[1] > 1500


def test_a_missing_folder_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        list(run_suite(tmp_path / "nix"))


MODEL = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" name="m" namespace="n">
<inputData id="i" name="n"/><decision id="d" name="d"><variable name="d"/>
<informationRequirement><requiredInput href="#i"/></informationRequirement>
<literalExpression><text>n * 2</text></literalExpression></decision></definitions>"""
CASES = """<testCases xmlns="http://www.omg.org/spec/DMN/20160719/testcase" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
 xmlns:xsd="http://www.w3.org/2001/XMLSchema"><modelName>m.dmn</modelName>
<testCase id="1"><inputNode name="n"><value xsi:type="xsd:decimal">4</value></inputNode>
<resultNode name="d"><expected><value xsi:type="xsd:decimal">8</value></expected></resultNode></testCase>
<testCase id="2"><inputNode name="n"><value xsi:type="xsd:decimal">4</value></inputNode>
<resultNode name="d"><expected><value xsi:type="xsd:decimal">9</value></expected></resultNode></testCase></testCases>"""


def test_the_report_counts_and_says_what_differs(tmp_path: Path) -> None:
    (tmp_path / "m").mkdir()
    (tmp_path / "m" / "m.dmn").write_text(MODEL)
    (tmp_path / "m" / "m-test-01.xml").write_text(CASES)
    lines = list(report_lines(tmp_path))
    assert lines[0].endswith("/m: 1/2")
    assert "d should be 9, is 8" in lines[1]
    assert lines[-1] == "1 passed, 1 failed"


def test_an_expression_that_cannot_be_read_is_null(tmp_path: Path) -> None:
    (tmp_path / "m.dmn").write_text(MODEL.replace("n * 2", "n *"))
    (tmp_path / "m-test-01.xml").write_text(CASES)
    lines = list(report_lines(tmp_path))
    assert "d should be 8, is null" in lines[1]
    assert lines[-1] == "0 passed, 2 failed"


@pytest.mark.parametrize(
    ("model", "cases", "failed"),
    [
        ("<definitions", CASES, 2),
        (MODEL, CASES.replace("</testCases>", ""), 1),
        (MODEL, CASES.replace(">4<", ">fire<"), 2),
        (MODEL, CASES.replace('name="d"', 'name="e"'), 2),
        (MODEL, CASES.replace("m.dmn", "nej.dmn"), 2),
        (MODEL, CASES.replace("<resultNode", "<nodeResult").replace("</resultNode", "</nodeResult"), 2),
    ],
)
def test_nothing_is_skipped(tmp_path: Path, model: str, cases: str, failed: int) -> None:
    (tmp_path / "m.dmn").write_text(model)
    (tmp_path / "m-test-01.xml").write_text(cases)
    assert list(report_lines(tmp_path))[-1] == f"0 passed, {failed} failed"


def test_comments_are_no_cases_and_everything_else_is_counted(reports: list[ModelReport]) -> None:
    assert FOLDER is not None
    cases = sum(
        len(list(etree.parse(path).getroot().iter("{*}testCase"))) for path in Path(FOLDER).rglob("*-test-*.xml")
    )
    assert sum(report.total for report in reports) == cases


@pytest.mark.parametrize(
    ("expected", "actual", "equal"),
    [
        (Decimal(1), Decimal("1.000000001"), True),
        (Decimal(1), Decimal("1.001"), False),
        (Decimal(1), "1", False),
        (None, None, True),
        (None, False, False),
        (True, Decimal(1), False),
        ([Decimal(1)], [Decimal(1), None], False),
        ({"a": [None]}, {"a": [None]}, True),
        ({"a": None}, {"b": None}, False),
    ],
)
def test_equality_is_strict(expected: Any, actual: Any, equal: bool) -> None:
    assert same(expected, actual) is equal
