"""Arithmetic, comparison and logic."""

from __future__ import annotations

import itertools
from decimal import Decimal

import pytest

from .helpers import feel, same, warned

LOGIC = {True: "true", False: "false", None: "null"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1 + 2 * 3", "7"),
        ("(1 + 2) * 3", "9"),
        ("2 ** 3 ** 2", "64"),
        ("-2 ** 2", "4"),
        ("2 ** -1", "0.5"),
        ("10 - 2 - 3", "5"),
        ("12 / 2 / 3", "2"),
        ("0.1 + 0.2", "0.3"),
        (".5 + 1", "1.5"),
        ("1e3 + 1", "1001"),
        ("-(3)", "-3"),
        ("- -3", "3"),
        ('"a" + "b"', '"ab"'),
        ("1 = 1.0", "true"),
        ("1 != 2", "true"),
        ('"a" < "b"', "true"),
        ("3 between 1 and 3", "true"),
        ("3 between 1 and 2 or true", "true"),
        ("[1, [2]] = [1.0, [2]]", "true"),
        ("{a: 1, b: 2} = {b: 2, a: 1}", "true"),
        ("{a: 1} = {a: 2}", "false"),
        ("[1..2] = [1..2]", "true"),
        ("[1..2] = [1..2)", "false"),
        ("null = null", "true"),
        ("1 = null", "false"),
        ("null != 1", "true"),
        ("true = (1 = 1)", "true"),
        ("1 + 1 = 2 and 2 > 1", "true"),
        ("not(1 = 2)", "true"),
    ],
)
def test_operators(text: str, expected: str) -> None:
    assert same(text, expected)


@pytest.mark.parametrize(
    "text",
    [
        '1 + "a"',
        '"a" + 1',
        "1 / 0",
        "1 + null",
        "null * 2",
        '1 < "a"',
        '1 = "a"',
        '1 != "a"',
        "null < 1",
        "true < false",
        "[1] < [2]",
        '-"a"',
        "10 ** 7000",
        "(-1) ** 0.5",
        '@"2026-01-01" + 1',
        '1 between "a" and 2',
        "missing + 1",
    ],
)
def test_what_has_no_result_is_null(text: str) -> None:
    assert feel(text) is None


def test_a_fault_leaves_a_warning() -> None:
    assert warned('1 + "a"') == ["cannot compute number + string"]
    assert warned("missing") == ["no variable named 'missing'"]
    assert warned("1 / 0")


@pytest.mark.parametrize(("left", "right"), list(itertools.product([True, False, None], repeat=2)))
def test_three_valued_logic(left: bool | None, right: bool | None) -> None:
    conjunction = False if False in (left, right) else None if None in (left, right) else True
    disjunction = True if True in (left, right) else None if None in (left, right) else False
    names = {"a": left, "b": right}
    assert feel("a and b", names) is conjunction
    assert feel("a or b", names) is disjunction
    assert feel(f"{LOGIC[left]} and {LOGIC[right]}") is conjunction
    assert feel(f"{LOGIC[left]} or {LOGIC[right]}") is disjunction
    assert feel("true and a and b", names) is conjunction
    assert feel("false or a or b", names) is disjunction


def test_what_is_no_boolean_counts_as_null_in_logic() -> None:
    assert feel('"a" and true') is None
    assert feel('"a" and false') is False
    assert feel("1 or true") is True
    assert feel("1 or false") is None


def test_numbers_keep_34_digits() -> None:
    assert feel("1 / 3") == Decimal("0.3333333333333333333333333333333333")
    assert feel("12345678901234567890123456789012345678") == Decimal("12345678901234567890123456789012350000")


def test_json_numbers_are_read_exactly() -> None:
    assert feel("pris * 3", {"pris": 0.1}) == Decimal("0.3")
    assert feel("n + 1", {"n": 2**62}) == Decimal(2**62 + 1)
