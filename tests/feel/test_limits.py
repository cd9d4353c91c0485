"""Nothing takes for ever."""

from __future__ import annotations

import time

import pytest

from service.feel import Environment, Limits, from_json, parse_expression, to_json

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
    ],
)
def test_limits_give_null_and_say_which(text: str, told: str) -> None:
    begun = time.perf_counter()
    assert any(told in warning for warning in warned(text))
    assert time.perf_counter() - begun < 10


DOUBLE = "{d: function(x, n) if n = 0 then x else d([x, x], n - 1), r: d(1, 60)}.r"


@pytest.mark.parametrize(
    "text",
    ["x = y", "string(x)", "distinct values([x, y])", "list contains([x], y)", "to json(x)", "x in [y]", "flatten(x)"],
)
def test_small_values_that_unfold_for_ever_are_bounded(text: str) -> None:
    names = {"x": parse_expression(DOUBLE).evaluate({}), "y": parse_expression(DOUBLE).evaluate({})}
    begun = time.perf_counter()
    assert warned(text, names)
    assert time.perf_counter() - begun < 30


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
