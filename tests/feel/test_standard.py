"""What the standard says, one case a line in `standard.txt`: every function, its edges, wrong arguments and null."""

from __future__ import annotations

from pathlib import Path

import pytest

from service.feel import BUILTINS, FeelSyntaxError, parse_expression
from service.feel.canonical import canonical

from .helpers import feel

LINES = (Path(__file__).parent / "standard.txt").read_text(encoding="utf-8").splitlines()
CASES = [line.rpartition(" => ")[::2] for line in LINES if line and not line.startswith("# ")]
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
ELSEWHERE |= {"duplicate values", "last day of month", "month of year", "odd", "even", "log", "exp"}
"""Functions beyond the standard, and those the conformance suite at hand covers by itself."""


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_the_standard(text: str, expected: str) -> None:
    if expected == NO_FEEL:
        with pytest.raises(FeelSyntaxError):
            parse_expression(text)
    else:
        assert canonical(feel(text)) == canonical(feel(expected))


def test_every_function_of_the_standard_has_cases() -> None:
    called = {name for text, expected in CASES if expected != NO_FEEL for name in parse_expression(text).functions}
    assert set(BUILTINS) - ELSEWHERE <= called
