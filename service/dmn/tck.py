"""The conformance suite: read its test cases, run them, say what passed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from service.feel import Environment, kind, write
from service.feel.comparing import equal
from service.feel.temporal_text import read_date, read_date_time, read_duration, read_time

from .decisions import DecisionModel
from .errors import DecisionFailed
from .files import load
from .xmltree import content

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)
TOLERANCE = Decimal("1e-8")


@dataclass(slots=True)
class ModelReport:
    """One folder's outcome; `failures` say which case and why."""

    name: str
    passed: int = 0
    failures: list[str] = field(default_factory=list)

    @property
    def total(self) -> int:
        return self.passed + len(self.failures)


def run_suite(folder: Path) -> Iterator[ModelReport]:
    """Every model folder below `folder` that holds test cases, in order. Raises FileNotFoundError when there is none."""
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is no folder")
    for tests in sorted({path.parent for path in folder.rglob("*-test-*.xml")}):
        yield run_model(tests)


def report_lines(folder: Path) -> Iterator[str]:
    """What `forloeb tck` prints: a line per model, then the sum."""
    passed = failed = 0
    for report in run_suite(folder):
        passed, failed = passed + report.passed, failed + len(report.failures)
        yield f"{report.name}: {report.passed}/{report.total}"
        yield from (f"  {failure}" for failure in report.failures)
    yield f"{passed} passed, {failed} failed"


def run_model(folder: Path) -> ModelReport:
    """All test cases of one folder. What cannot be read or run, for whatever reason, is a failure."""
    report = ModelReport(f"{folder.parent.name}/{folder.name}")
    models: dict[str, DecisionModel] = {}
    for path in sorted(folder.glob("*-test-*.xml")):
        try:
            root = etree.fromstring(path.read_bytes())
        except etree.XMLSyntaxError as error:
            report.failures.append(f"{path.name} cannot be read: {error}")
            continue
        name = _text(root, "modelName") or f"{folder.name}.dmn"
        for case in _all(root, "testCase"):
            try:
                if name not in models:
                    models[name] = load(folder / name, strict=False)
                problem = _problem(models[name], case)
            except Exception as error:  # whatever goes wrong is this case's failure, not the suite's end
                problem = f"{type(error).__name__}: {error}"
            if problem is None:
                report.passed += 1
            else:
                report.failures.append(f"{case.get('id')}: {problem}")
    return report


def _problem(model: DecisionModel, case: etree._Element) -> str | None:
    """What is wrong with a case's results; None when they are as expected."""
    results = list(_all(case, "resultNode"))
    wrong = [problem for result in results if (problem := _run_case(model, case, result)) is not None]
    return "; ".join(wrong) or (None if results else "the case expects nothing")


def _run_case(model: DecisionModel, case: etree._Element, result: etree._Element) -> str | None:
    variables = _inputs(model, case)
    env = Environment(NOW)
    wanted_name = str(result.get("name"))
    try:
        if case.get("type") in {"decisionService", "bkm"}:
            actual = model.call(str(case.get("invocableName")), variables, env)
            if kind(actual) == "context" and wanted_name in actual:
                actual = actual[wanted_name]
        else:
            actual = model.by_id_or_name(wanted_name).evaluate(variables, env).value
    except DecisionFailed as failure:
        env.warn(str(failure))
        actual = None
    expected_node = next(_all(result, "expected"), None)
    expected = _value(expected_node) if expected_node is not None else None
    if same(expected, actual):
        return None
    return f"{wanted_name} should be {write(expected)}, is {write(actual)} {'; '.join(env.warnings)}"


def _inputs(model: DecisionModel, case: etree._Element) -> dict[str, Any]:
    """The case's inputs by name; those of an imported model under the name it is imported by."""
    variables: dict[str, Any] = {}
    for node in _all(case, "inputNode"):
        prefix = model.model.prefixes.get(node.get("namespace") or "", "")
        place = variables.setdefault(prefix, {}) if prefix else variables
        place[str(node.get("name"))] = _value(node)
    return variables


def same(expected: Any, actual: Any) -> bool:
    """Equality as the suite means it: numbers to eight decimals, everything else exactly."""
    if isinstance(expected, Decimal) and isinstance(actual, Decimal):
        return abs(expected - actual) <= TOLERANCE * max(Decimal(1), abs(expected))
    if isinstance(expected, list) and isinstance(actual, list):
        return len(expected) == len(actual) and all(same(a, b) for a, b in zip(expected, actual, strict=True))
    if isinstance(expected, dict) and isinstance(actual, dict):
        return expected.keys() == actual.keys() and all(same(value, actual[key]) for key, value in expected.items())
    if expected is None or actual is None:
        return expected is actual
    if kind(expected) != kind(actual):
        return False
    if kind(expected) in {"date", "time", "date and time"}:
        return write(expected) == write(actual) or equal(expected, actual) is True
    return equal(expected, actual) is True


def _value(node: etree._Element) -> Any:
    items = next(_all(node, "list"), None)
    if items is not None:
        return None if items.get(f"{XSI}nil") == "true" else [_value(item) for item in _all(items, "item")]
    components = list(_all(node, "component"))
    if components:
        return {str(part.get("name")): _value(part) for part in components}
    value = next(_all(node, "value"), None)
    if value is None or value.get(f"{XSI}nil") == "true":
        return None
    return _typed_text(content(value), (value.get(f"{XSI}type") or "string").rpartition(":")[2])


def _typed_text(text: str, kind_name: str) -> Any:
    match kind_name:
        case "decimal" | "double" | "integer" | "int" | "long" | "float":
            return Decimal(text.strip())
        case "boolean":
            return text.strip() in {"true", "1"}
        case "date":
            return read_date(text.strip())
        case "time":
            return read_time(text.strip())
        case "dateTime":
            return read_date_time(text.strip())
        case "duration" | "dayTimeDuration" | "yearMonthDuration":
            return read_duration(text.strip())
    return text


def _all(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (child for child in element if isinstance(child.tag, str) and etree.QName(child).localname == name)


def _text(element: etree._Element, name: str) -> str:
    found = next(_all(element, name), None)
    return content(found).strip() if found is not None else ""
