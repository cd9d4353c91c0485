"""Nothing takes for ever."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from service.feel import Environment, FeelSyntaxError, Limits, from_json, parse_expression, to_json

from .helpers import warned


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("for i in 1..1000000000 return i", "steps"),
        ("for i in 1..1000, j in 1..10000 return 1", "steps"),
        ("for i in -1e300..1e300 return i", "steps"),
        ("{f: function(n) f(n + 1), r: f(1)}.r", "deep"),
        ("{f: function(n) f(n) + f(n), r: f(1)}.r", "deep"),
        ('{s: "aaaaaaaaaa", d: function(x, n) if n = 0 then x else d(x + x, n - 1), r: d(s, 30)}.r', "characters"),
        ("{d: function(x, n) if n = 0 then x else d(concatenate(x, x), n - 1), r: d([1], 30)}.r", "elements"),
        ("{f: function(n) if n < 2 then n else f(n - 1) + f(n - 2), r: f(40)}.r", "steps"),
        ("sort(for i in 1..100000 return modulo(i * 7919, 100003), function(x, y) x < y)", "steps"),
        ("count((for i in 1..2000 return i)[count((for j in 1..2000 return j)[item > 5]) > 1])", "steps"),
        ("for i in 1..2000 return sum(partial)", "steps"),
        ("for i in 1..100000 return partial", "steps"),
        ('string join(for i in 1..100000 return string join(for j in 1..100 return "aaaaaaaaaa"))', "steps"),
        ("10 ** 999999999", "too large"),
        ("2 ** 1000000000", "exponent"),
        ("exp(999999999)", "no result"),
        ("1e999999999", "too large"),
        ("modulo(1e6144, 1e-6143)", "quotient"),
        ('@"P1D" * 1e6144', "too large"),
        ('@"2020-01-01" + @"P999999999999Y"', "out of range"),
        ("for i in [1..1e30] return i", "steps"),
        ('for i in @"0001-01-01"..@"999999-01-01" return i', "steps"),
        ('matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!", "^((a+)+b?\\\\2)+$")', "steps"),
        ('matches(string join(for i in 1..100000 return "a"), "a*a*a*a*a*b")', "steps"),
        ('replace("a", "(a)", string join(for i in 1..2000000 return "$1"))', "steps"),
    ],
)
def test_limits_give_null_and_say_which(text: str, told: str) -> None:
    begun = time.process_time()
    assert any(told in warning for warning in warned(text))
    assert time.process_time() - begun < 2


DOUBLE = "{d: function(x, n) if n = 0 then x else d([x, x], n - 1), r: d(1, 60)}.r"


@pytest.mark.parametrize(
    "text",
    [
        "x = y",
        "string(x)",
        "distinct values([x, y])",
        "list contains([x], y)",
        "to json(x)",
        "x in [y]",
        "flatten(x)",
        "x.a",
        "x instance of " + "list<" * 60 + "number" + ">" * 60,
        "(function(x: " + "list<" * 60 + "number" + ">" * 60 + ") 1)(x)",
    ],
)
def test_small_values_that_unfold_for_ever_are_bounded(text: str) -> None:
    names = {"x": parse_expression(DOUBLE).evaluate({}), "y": parse_expression(DOUBLE).evaluate({})}
    begun = time.process_time()
    assert warned(text, names)
    assert time.process_time() - begun < 2


def test_what_unfolds_or_nests_for_ever_is_not_stored() -> None:
    with pytest.raises(ValueError, match="too large"):
        to_json(parse_expression(DOUBLE).evaluate({}))
    with pytest.raises(ValueError, match="deeply"):
        to_json(
            parse_expression("(for i in 1..5000 return [partial[-1]])[-1]").evaluate(
                {}, Environment(limits=Limits(steps=10**8))
            )
        )
    deep: list[object] = []
    for _ in range(100_000):
        deep = [deep]
    with pytest.raises(ValueError, match="deeply"):
        from_json(deep)


def test_limits_can_be_set() -> None:
    env = Environment(limits=Limits(steps=10))
    assert parse_expression("for i in 1..20 return i").evaluate({}, env) is None
    assert env.warnings == ["the evaluation needs more than 10 steps"]


def test_each_evaluation_has_its_own_allowance() -> None:
    env = Environment(limits=Limits(steps=50))
    expression = parse_expression("for i in 1..20 return i")
    assert all(len(expression.evaluate({}, env)) == 20 for _ in range(10))


def test_warnings_are_few_and_distinct() -> None:
    env = Environment()
    parse_expression("for i in 1..500 return nix.a").evaluate({}, env)
    assert env.warnings == ["no variable named 'nix'", "null has no property 'a'"]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 50_000,
        "(" * 50_000 + "1" + ")" * 50_000,
        "[" * 100 + "1" + "..2]" * 100,
        "]" * 100 + "1" + "..2[" * 100,
        "[1..x[" * 100 + "1",
        "a[" * 1000 + "1" + "]" * 1000,
        "not(" * 100 + "true" + ")" * 100,
        "function(x) " * 100 + "1",
        "{" + ",".join(f"a b{i}: a b{i - 1}" for i in range(10_000)) + "}",
        "1 instance of " + "function<" * 5000 + "number" + ">->number" * 5000,
        "/*" * 50_000,
        "-" * 50_000 + "1",
        "1" + "+1" * 50_000,
        "1" * 150_000,
        "f" + "(1)" * 10_000,
    ],
    ids=lambda text: text[:12],
)
def test_reading_takes_no_longer_for_nested_text(text: str) -> None:
    begun = time.process_time()
    with suppress(FeelSyntaxError):
        parse_expression(text)
    assert time.process_time() - begun < 2
