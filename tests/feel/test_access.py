"""Names, paths, filters, and which variables an expression reads."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

import pytest

from service.feel import Environment, parse_expression

from .helpers import feel, same, warned

SAG = {
    "sag": {"nummer": "2026-1", "parter": [{"navn": "Ida Test Holm", "alder": 19}, {"navn": "Bo Test Ek", "alder": 44}]}
}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sag.nummer", '"2026-1"'),
        ("sag.parter.navn", '["Ida Test Holm", "Bo Test Ek"]'),
        ("sag.parter[alder > 30].navn", '["Bo Test Ek"]'),
        ("sag.parter[item.alder > 30][1].navn", '"Bo Test Ek"'),
        ("sag.parter[1].alder", "19"),
        ("sag.parter[-1].alder", "44"),
        ("[1, 2, 3][item > 1]", "[2, 3]"),
        ("[1, 2, 3][2]", "2"),
        ("[true, false, null][item]", "[true]"),
        ("5[1]", "5"),
        ("5[item > 4]", "[5]"),
        ("[][1]", "null"),
        ("[1, 2][3]", "null"),
        ("[1, 2][0]", "null"),
        ("[1, 2][1.5]", "null"),
        ("null[1]", "null"),
        ("{a: {b: {c: 1}}}.a.b.c", "1"),
        ("{a: 1, b: a + 1, c: b * 2}", "{a: 1, b: 2, c: 4}"),
        ('{"to ord": 1}.to ord', "1"),
        ("{to ord: 1, b: to ord + 1}.b", "2"),
        ("{a+b: 1, c: a+b + 1}.c", "2"),
        ("[{to ord: 1}, {to ord: 2}][to ord > 1].to ord", "[2]"),
        ("[{item: 1}, {item: 2}][item >= 2]", "[{item: 2}]"),
        ("[{a: 1}, {b: 2}][a = 1]", "[{a: 1}]"),
    ],
)
def test_access(text: str, expected: str) -> None:
    assert same(text, expected, SAG)


def test_an_item_entry_hides_the_variable_of_that_name() -> None:
    assert feel("xs[a > n]", {"xs": [{"a": 1}, {"a": 5}], "a": 9, "n": 3}) == [{"a": 5}]
    assert feel("xs[n > 3]", {"xs": [{"a": 1}], "n": 5}) == [{"a": 1}]


def test_an_index_may_be_computed() -> None:
    assert feel("xs[n]", {"xs": [4, 5, 6], "n": 2}) == Decimal(5)
    assert feel("xs[count(xs)]", {"xs": [4, 5, 6]}) == Decimal(6)


def test_missing_things_are_null_and_warned_of() -> None:
    assert warned("sag.dato", SAG) == ["the context has no entry 'dato'"]
    assert warned("x.y") == ["no variable named 'x'", "null has no property 'y'"]
    assert feel("sag.parter.cpr", SAG) == [None, None]


def test_backticks_and_declared_names_allow_any_name() -> None:
    assert feel("`ønsket dato` + `a-b`", {"ønsket dato": 1, "a-b": 2}) == Decimal(3)
    declared = frozenset({"ønsket dato", "a-b", "in stock"})
    names = {"ønsket dato": 1, "a-b": 2, "in stock": 3}
    assert parse_expression("ønsket  dato + a-b + a - b + in stock", declared).evaluate({**names, "a": 9, "b": 4}) == 8


def test_the_longest_known_name_wins() -> None:
    declared = frozenset({"a b", "a b c"})
    assert parse_expression("a b c + a b", declared).evaluate({"a b": 1, "a b c": 10}) == 11


def test_an_expression_says_what_it_reads_and_calls() -> None:
    expression = parse_expression("sag.beloeb > graense and some x in liste satisfies arbejdsdage(x, 3) = now()")
    assert expression.names == {"sag", "graense", "liste"}
    assert expression.functions == {"arbejdsdage", "now"}


class Once(Mapping[str, Any]):
    """A mapping that only answers `get` and counts what is asked."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data
        self.asked: list[str] = []

    def get(self, key: str, default: Any = None) -> Any:
        self.asked.append(key)
        return self.data.get(key, default)

    def __getitem__(self, key: str) -> Any:
        raise AssertionError(key)

    def __contains__(self, key: object) -> bool:
        return key in self.data

    def __iter__(self) -> Iterator[str]:
        raise AssertionError("must not be walked")

    def __len__(self) -> int:
        raise AssertionError("must not be counted")


def test_only_what_is_named_is_read() -> None:
    variables = Once({"a": {"b": [1, {"c": 2}]}, "stor": object()})
    assert parse_expression("a.b[2].c").evaluate(variables, Environment()) == Decimal(2)
    assert variables.asked == ["a"]


def test_a_variable_that_is_no_json_value_is_null_with_a_warning() -> None:
    assert warned("x", {"x": object()}) == ["variable 'x': object is no FEEL value"]
