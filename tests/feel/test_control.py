"""if, for, some, every, in, instance of, functions, ranges."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from service.feel import FeelFunction

from .helpers import feel, same, warned


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("if 1 < 2 then 1 else 2", "1"),
        ("if null then 1 else 2", "2"),
        ('if "x" then 1 else 2', "2"),
        ("if true then if false then 1 else 2 else 3", "2"),
        ("for i in [1, 2] return i + 1", "[2, 3]"),
        ("for i in 1..3 return i", "[1, 2, 3]"),
        ("for i in 3..1 return i", "[3, 2, 1]"),
        ("for i in [1..3) return i", "[1, 2]"),
        ("for i in 1..2, j in i..2 return [i, j]", "[[1, 1], [1, 2], [2, 2]]"),
        ("for i in 1..5 return if i < 3 then 1 else partial[-1] + partial[-2]", "[1, 1, 2, 3, 5]"),
        ('for d in @"2026-02-27"..@"2026-03-01" return d.day', "[27, 28, 1]"),
        ("for x in 7 return x", "[7]"),
        ("for a b in [1, 2] return a b * 2", "[2, 4]"),
        ("some x in [1, 2] satisfies x > 1", "true"),
        ("every x in [1, 2] satisfies x > 1", "false"),
        ("every x in [] satisfies x > 1", "true"),
        ("some x in [] satisfies x > 1", "false"),
        ("some x in [1, 2], y in [2, 3] satisfies x + y = 5", "true"),
        ("every x in [1, null] satisfies x > 0", "null"),
        ("some x in [null, 1] satisfies x > 0", "true"),
        ("1 in (1, 2)", "true"),
        ("3 in (1, 2)", "false"),
        ("3 in (< 2, > 2)", "true"),
        ("3 in [1..5]", "true"),
        ("3 in [1..3)", "false"),
        ("3 in ]1..3]", "true"),
        ("3 in [1, 2, 3]", "true"),
        ("3 in > 2", "true"),
        ("3 in (> 2)", "true"),
        ("(1 + 2) in (3)", "true"),
        ('"b" in ["a".."c"]', "true"),
        ("1 instance of number", "true"),
        ("1 instance of string", "false"),
        ("null instance of Any", "false"),
        ("null instance of Null", "true"),
        ("[1, 2] instance of list<number>", "true"),
        ('[1, "a"] instance of list<number>', "false"),
        ("{a: 1} instance of context<a: number>", "true"),
        ("{a: 1} instance of context<a: string>", "false"),
        ('@"P1D" instance of days and time duration', "true"),
        ('@"P1M" instance of years and months duration', "true"),
        ("[1..2] instance of range<number>", "true"),
        ("function(a) a instance of function<number> -> number", "null"),
        ("(function(a, b) a - b)(5, 3)", "2"),
        ("(function(a, b) a - b)(b: 5, a: 3)", "-2"),
        ("{f: function(n: number) n * 2, r: f(4)}.r", "8"),
        ('{f: function(n: number) n * 2, r: f("a")}.r', "null"),
        ("{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(10)}.r", "3628800"),
        ("(for i in 1..3 return function(x) x + i)[2](10)", "12"),
        ("{a: {f: function(x) x + 1}, r: a.f(1)}.r", "2"),
        ("sort([3, 1, 2], function(x, y) x > y)", "[3, 2, 1]"),
        ("{f: abs, r: f(-1)}.r", "1"),
        ("string length instance of function<string> -> number", "true"),
        ("string length instance of function<number> -> number", "false"),
        ("[1..5].start", "1"),
        ("(1..5].start included", "false"),
        ("(< 5).end", "5"),
        ("(>= 5).start included", "true"),
        ("[1..5[.end included", "false"),
        ("[1..[2, 3][2]].end", "3"),
    ],
)
def test_control(text: str, expected: str) -> None:
    if text.startswith("function"):  # a function's body reaches as far as it can
        assert isinstance(feel(text), FeelFunction)
        return
    assert same(text, expected)


@pytest.mark.parametrize(
    "text",
    [
        "for i in null return i",
        'for i in "a".."z" return i',
        "for i in 1.5..3 return i",
        "some x in null satisfies true",
        "missing(1)",
        "[1, 2](1)",
        "(function(a) a)()",
        "(function(a) a)(1, 2)",
        "(function(a) a)(b: 1)",
        "abs(1, 2)",
        "abs(x: 1)",
        '[1.."a"]',
        "[null..1]",
        "{a: 1, a: 2}",
        "1 instance of ukendt",
        'function(x) external {java: {class: "A", method signature: "b()"}}(1)',
    ],
)
def test_what_cannot_be_done_is_null_with_a_warning(text: str) -> None:
    if text.startswith("function"):
        text = text.replace("function(x) external", "(function(x) external").replace("(1)", ")(1)", 1)
    assert warned(text)


def test_functions_from_outside() -> None:
    def arbejdsdage(fra: Any, n: Decimal) -> Any:
        if n < 0:
            raise ValueError("n må ikke være negativ")
        return f"{fra}+{n}"

    functions = {"arbejdsdage": arbejdsdage}
    assert feel('arbejdsdage("d", 3)', functions=functions) == "d+3"
    assert feel('arbejdsdage(n: 3, fra: "d")', functions=functions) == "d+3"
    assert warned('arbejdsdage("d", -1)', functions=functions) == ["arbejdsdage: n må ikke være negativ"]
    assert warned('arbejdsdage("d")', functions=functions)


def test_an_outside_function_declares_its_parameter_names() -> None:
    def add(*values: Decimal) -> Decimal:
        return sum(values, Decimal(0))

    add.params = ("from", "to")  # type: ignore[attr-defined] # how callers declare names Python cannot use
    assert feel("add(to: 2, from: 3)", functions={"add": add}) == Decimal(5)


def test_the_world_cannot_be_reached() -> None:
    for text in ("__class__", "().__class__", '"a".__class__', "now.__globals__", "open", "x.__init__"):
        try:
            assert feel(text, {"x": 1}) is None
        except ValueError:
            continue  # not even FEEL
