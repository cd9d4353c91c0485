"""The border to JSON."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.feel import from_json, parse_expression, to_json
from service.feel.canonical import canonical

from .helpers import feel

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**63), 2**63 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", 1),
        ("1.50", 1.5),
        ("10 / 2", 5),
        ("2 ** 62", 2**62),
        ("2 ** 63", float(2**63)),
        ('date("2026-01-31")', "2026-01-31"),
        ('date and time("2026-01-31T10:00:00Z")', "2026-01-31T10:00:00Z"),
        ('duration("P1DT2H")', "P1DT2H"),
        ("[1..5)", "[1..5)"),
        ('{a: [1, null, {b: "x"}], c: true}', {"a": [1, None, {"b": "x"}], "c": True}),
    ],
)
def test_to_json(text: str, expected: Any) -> None:
    found = to_json(feel(text))
    assert found == expected
    assert type(found) is type(expected)


def test_what_json_cannot_hold_is_refused() -> None:
    with pytest.raises(ValueError, match="function"):
        to_json(feel("function(x) x"))
    with pytest.raises(ValueError, match="too large"):
        to_json(feel("10 ** 400"))


def test_from_json_makes_decimals_throughout() -> None:
    assert from_json({"a": [0.1, 2]}) == {"a": [Decimal("0.1"), Decimal(2)]}


@given(JSON)
def test_variables_pass_through_unchanged(value: Any) -> None:
    found = to_json(parse_expression("x").evaluate({"x": value}))
    assert json.dumps(found) == json.dumps(to_json(from_json(value)))
    assert canonical(from_json(found)) == canonical(from_json(value))


@given(JSON)
def test_json_is_equal_to_itself(value: Any) -> None:
    expected = True
    assert parse_expression("x = y").evaluate({"x": value, "y": from_json(value)}) is expected


def test_dates_in_variables_are_taken_as_they_are() -> None:
    assert feel("d.year", {"d": date(2026, 1, 31)}) == Decimal(2026)
