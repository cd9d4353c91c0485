"""Random garbage: the standard's own examples cut up, and pieces of the language thrown together.

Whatever stands there is read or refused with a place and a Danish message; what is read gives a value or null, within its
limits. FORLOEB_EXAMPLES sets how many texts are tried, FORLOEB_SEED which; the seed is printed.
"""

from __future__ import annotations

import os
import secrets
import sys
from contextlib import suppress
from random import Random

import pytest

from service.feel import Environment, parse_expression, parse_unary_tests, to_json, write

from .helpers import NOW, refusal
from .test_standard import EXPRESSIONS

EXAMPLES = int(os.environ.get("FORLOEB_EXAMPLES", "3000"))
SEED = int(os.environ.get("FORLOEB_SEED") or secrets.randbelow(2**32))
PIECES = [
    "1",
    "2.5",
    "-0",
    "1e9999",
    "12345678901234567890123456789012345678",
    '"a"',
    '"',
    "\\",
    '"\\u00e6"',
    "true",
    "null",
    "x",
    "a b",
    "`a b`",
    "`",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    ".",
    "..",
    "+",
    "-",
    "*",
    "/",
    "**",
    "=",
    "!=",
    "<",
    "<=",
    ">",
    ">=",
    "?",
    "@",
    '@"P1D"',
    '@"2020-01-01T10:00:00@Europe/Copenhagen"',
    "if",
    "then",
    "else",
    "for",
    "in",
    "return",
    "some",
    "every",
    "satisfies",
    "and",
    "or",
    "not",
    "between",
    "instance of",
    "function",
    "external",
    "list<",
    "context<",
    "date",
    "time",
    "date and time",
    "item",
    "partial",
    "sum",
    "count",
    "sort(",
    "abs(",
    "substring(",
    "context put(",
    "matches(",
    "replace(",
    "//",
    "/*",
    "*/",
    "'",
    "\n",
    "\u200b",
    "😀",
    "[1..3]",
    "function(x) x",
    "{a: 1}",
    "[1, 2, 3]",
    "range(",
    "duration(",
]
VARIABLES = {"x": [1, {"a": 2}], "a b": 3, "?": 1}


def mangled(dice: Random) -> str:
    """One text."""
    if dice.random() < 0.4:
        return " ".join(dice.choices(PIECES, k=dice.randint(1, 25)))
    if dice.random() < 0.2:
        return "".join(
            chr(dice.choice([dice.randint(0, 127), dice.randint(0, 0x10FFFF)])) for _ in range(dice.randint(1, 40))
        )
    text = dice.choice(EXPRESSIONS)[0]
    for _ in range(dice.randint(1, 5)):
        at, cut = dice.randint(0, len(text)), dice.randint(0, 3)
        other = dice.choice(EXPRESSIONS)[0]
        start = dice.randint(0, len(other))
        put = dice.choice([dice.choice(PIECES), other[start : start + dice.randint(1, 20)], ""])
        text = text[:at] + put + text[at + cut :]
    return text


def evaluate(text: str) -> int:
    """How many of the two readings of a text are FEEL."""
    env = Environment(NOW)
    error = refusal(parse_expression, text)
    if error is None:
        value = parse_expression(text).evaluate(VARIABLES, env)
        write(value)
        with suppress(ValueError):
            to_json(value)
    else:
        assert 0 <= error.position <= len(text)
        assert error.message_da
    no_tests = refusal(parse_unary_tests, text)
    if no_tests is None:
        assert parse_unary_tests(text).matches([1], VARIABLES, env) in {True, False, None}
    return (error is None) + (no_tests is None)


def test_garbage_is_read_or_refused(capsys: pytest.CaptureFixture[str]) -> None:
    read = 0
    for number in range(EXAMPLES):
        text = mangled(Random(SEED + number))
        try:
            read += evaluate(text)
        except Exception as fault:
            raise AssertionError(f"FORLOEB_SEED={SEED + number} FORLOEB_EXAMPLES=1 shows it: {text!r}") from fault
    with capsys.disabled():
        sys.stdout.write(f"\n{EXAMPLES} garbled texts, read {read} of {2 * EXAMPLES} ways, FORLOEB_SEED={SEED}\n")
