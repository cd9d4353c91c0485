"""Cells of decision tables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from .helpers import passes


@pytest.mark.parametrize(
    ("text", "value", "expected"),
    [
        ("-", None, True),
        ("-", "x", True),
        ("5", Decimal(5), True),
        ("5", Decimal(4), False),
        ("5", None, False),
        ("< 5", Decimal(4), True),
        ("< 5", Decimal(5), False),
        (">= 5", Decimal(5), True),
        ("!= 5", Decimal(4), True),
        ("= 5", Decimal(5), True),
        ("< 5", None, None),
        ("< 5", "a", None),
        ("[1..5)", Decimal(5), False),
        ("[1..5)", Decimal(1), True),
        ("]1..5]", Decimal(1), False),
        ("1, 2, 3", Decimal(2), True),
        ("1, 2, 3", Decimal(4), False),
        ('"a", "b"', "b", True),
        ('"a", "b"', None, False),
        ("< 2, > 8", Decimal(9), True),
        ("not(1, 2)", Decimal(3), True),
        ("not(1, 2)", Decimal(2), False),
        ("not(< 5)", None, None),
        ('not("a")', None, True),
        ("true", True, True),
        ("true", False, False),
        ("false", False, True),
        ("true", None, False),
        ("null", None, True),
        ("null", Decimal(1), False),
        ("not(null)", Decimal(1), True),
        ("? > 3 and ? < 5", Decimal(4), True),
        ("? > 3 and ? < 5", Decimal(5), False),
        ("even(?)", Decimal(4), True),
        ("odd(?)", Decimal(4), False),
        ('contains(?, "x")', "axb", True),
        ("count(?) > 1", [Decimal(1), Decimal(2)], True),
        ("grænse", Decimal(10), True),
        ("> grænse", Decimal(11), True),
        ("liste", Decimal(2), True),
        ("liste", Decimal(9), False),
        ("[1, 2]", [Decimal(1), Decimal(2)], True),
        ("grænse > 5", "hvad som helst", True),
        ("grænse < 5", "hvad som helst", False),
        ('date("2026-01-01")', date(2026, 1, 1), True),
        ('[date("2014-04-01")..date("2019-12-31")]', date(2019, 12, 31), True),
        ('[date("2014-04-01")..date("2019-12-31")]', date(2020, 1, 1), False),
        ('>= date("2020-01-01")', date(2020, 1, 1), True),
        ('< duration("P2D")', None, None),
        ("(< 10)", Decimal(4), True),
        ("some x in liste satisfies x = ?", Decimal(2), True),
    ],
)
def test_unary_tests(text: str, value: Any, expected: bool | None) -> None:
    assert passes(text, value, {"grænse": 10, "liste": [1, 2, 3]}) is expected


def test_the_input_of_nested_tests_is_the_nearest() -> None:
    assert passes("[4, 6] = (for x in [4, 6] return x) and (5 in (? > 4)) and ? = 1", Decimal(1)) is True
