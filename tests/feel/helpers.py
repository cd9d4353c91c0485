"""Evaluate FEEL in one line, and say what went wrong when it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from service.feel import Environment, FeelSyntaxError, parse_expression, parse_unary_tests, write
from service.feel.canonical import canonical

NOW = datetime(2026, 1, 31, 23, 30, tzinfo=UTC)


def feel(text: str, variables: Mapping[str, Any] | None = None, **settings: Any) -> Any:
    """The value of FEEL text."""
    return parse_expression(text).evaluate(variables or {}, Environment(NOW, **settings))


def warned(text: str, variables: Mapping[str, Any] | None = None, **settings: Any) -> list[str]:
    """The warnings of an evaluation that must give null."""
    env = Environment(NOW, **settings)
    value = parse_expression(text).evaluate(variables or {}, env)
    assert value is None, f"{text} gave {write(value)}"
    return env.warnings


def passes(text: str, value: Any, variables: Mapping[str, Any] | None = None) -> bool | None:
    """Whether a value passes unary tests."""
    return parse_unary_tests(text).matches(value, variables or {}, Environment(NOW))


def same(left: str, right: str, variables: Mapping[str, Any] | None = None) -> bool:
    """Whether two texts mean the same value (null and booleans included)."""
    a, b = feel(left, variables), feel(right, variables)
    assert canonical(a) == canonical(b), f"{left} is {write(a)}, not {write(b)}"
    return True


def refusal(read: Callable[[str], Any], text: str) -> FeelSyntaxError | None:
    """Why the text is refused; None when it is read."""
    try:
        read(text)
    except FeelSyntaxError as error:
        return error
    return None
