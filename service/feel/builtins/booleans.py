"""Boolean functions."""

from __future__ import annotations

from typing import Any

from ..comparing import equal
from ..environment import Environment
from ..registry import builtin
from ..values import kind


@builtin(
    "not(negand: any)", "boolean",
    "Det modsatte af en sand/falsk-værdi; null, hvis værdien ikke er sand eller falsk.",
    "The opposite of a boolean; null for anything else.",
    ("not(true)", "false"),
)  # fmt: skip
def negated(negand: Any) -> bool | None:
    return (not negand) if type(negand) is bool else None


@builtin(
    "is defined(value: any)", "boolean",
    "Sand, hvis værdien findes og ikke er null.", "True when the value exists and is not null.",
    ("is defined(1)", "true"), ("is defined(null)", "false"),
)  # fmt: skip
def is_defined(value: Any) -> bool:
    return value is not None


@builtin(
    "get or else(value: any, default: any)", "boolean",
    "Værdien, eller standardværdien, hvis værdien er null.", "The value, or the default when the value is null.",
    ('get or else(null, "ingen")', '"ingen"'),
)  # fmt: skip
def get_or_else(value: Any, default: Any) -> Any:
    return default if value is None else value


@builtin(
    "assert(value: any, condition: any, cause: string?)", "boolean",
    "Værdien, hvis betingelsen er sand; ellers null og en advarsel med årsagen.",
    "The value when the condition is true; else null and a warning with the cause.",
    ("assert(5, 5 > 3)", "5"),
)  # fmt: skip
def assert_value(value: Any, condition: Any, cause: str | None = None, *, env: Environment) -> Any:
    if condition is True:
        return value
    env.warn(cause or "assert: the condition is not met")
    return None


@builtin(
    "is(value1: any, value2: any)", "boolean",
    "Sand, hvis de to værdier er ens og skrevet på samme måde (også samme tidszone).",
    "True when the two values are the same element of the same type (time zones included).",
    ('is(date("2026-01-31"), date("2026-01-31"))', "true"), ("is(1, 1.0)", "true"),
)  # fmt: skip
def is_same(value1: Any, value2: Any, *, env: Environment) -> bool:
    if kind(value1) != kind(value2) or equal(value1, value2, env) is not True:
        return False
    zones = getattr(value1, "tzinfo", None), getattr(value2, "tzinfo", None)
    return zones[0] == zones[1]
