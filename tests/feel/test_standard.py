"""What the standard says, one case a line in `standard/`: every function, its edges, wrong arguments and null."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.feel import BUILTINS, FeelSyntaxError, parse_expression, parse_unary_tests
from service.feel.canonical import canonical

from .helpers import feel, passes

FOLDER = Path(__file__).parent / "standard"
NO_FEEL = "(does not parse)"
ELSEWHERE = {
    "uuid",
    "random number",
    "cycle",
    "put",
    "put all",
    "assert",
    "extract",
    "to json",
    "from json",
    "partition",
}
ELSEWHERE |= {"to base64", "from base64", "and", "or", "is defined", "get or else", "is empty", "is blank", "trim"}
ELSEWHERE |= {"duplicate values", "last day of month"}
"""Functions beyond the standard."""


def cases(*files: str) -> list[tuple[str, str]]:
    """Text and expected value of each line."""
    lines = [line for file in files for line in (FOLDER / f"{file}.txt").read_text(encoding="utf-8").split("\n")]
    return [line.rpartition(" => ")[::2] for line in lines if line and not line.startswith("# ")]


EXPRESSIONS = cases("functions", "syntax", "types", "builtins", "scopes", "temporal")


@pytest.mark.parametrize(("text", "expected"), EXPRESSIONS)
def test_expressions(text: str, expected: str) -> None:
    if expected == NO_FEEL:
        with pytest.raises(FeelSyntaxError):
            parse_expression(text)
    else:
        assert canonical(feel(text)) == canonical(feel(expected))


@pytest.mark.parametrize(("text", "expected"), cases("unary_tests"))
def test_unary_tests(text: str, expected: str) -> None:
    value, _, tests = text.partition(" | ")
    if expected == NO_FEEL:
        with pytest.raises(FeelSyntaxError):
            parse_unary_tests(tests)
    else:
        assert passes(tests, feel(value)) is feel(expected)


def test_every_function_of_the_standard_has_cases() -> None:
    called = {
        name for text, expected in EXPRESSIONS if expected != NO_FEEL for name in parse_expression(text).functions
    }
    assert set(BUILTINS) - ELSEWHERE <= called
