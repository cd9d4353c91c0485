"""Values as text: what `string()` gives, which reads back as the same value wherever FEEL can write it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .errors import Allowance
from .lexer import TOKEN
from .temporal_text import write_date, write_date_time, write_duration, write_time
from .values import (
    BOOLEAN,
    CONTEXT,
    DATE,
    DATE_TIME,
    DAYS_TIME,
    LIST,
    NULL,
    NUMBER,
    RANGE,
    STRING,
    TIME,
    YEARS_MONTHS,
    Range,
    kind,
    lift,
)


def write_number(number: Decimal) -> str:
    """Digits without exponent."""
    return f"{number:f}" if number else "0"


def write(value: Any, allowance: Allowance | None = None) -> str:
    """The value as FEEL writes it; strings bare at the top, quoted inside lists and contexts.

    Raises LimitExceeded when the text would be longer than `allowance`.
    """
    value = lift(value)
    return value if kind(value) == STRING else _literal(value, allowance or Allowance())


def literal(value: Any) -> str:
    """The value as it stands inside a larger one."""
    return _literal(lift(value), Allowance())


def _literal(value: Any, allowance: Allowance) -> str:
    if kind(value) in {LIST, CONTEXT}:
        allowance.spend(2 * len(value) + 2)
        if kind(value) == LIST:
            return f"[{', '.join([_literal(lift(item), allowance) for item in value])}]"
        entries = [f"{_key(key)}: {_literal(lift(item), allowance)}" for key, item in value.items()]
        return "{" + ", ".join(entries) + "}"
    text = _scalar(value)
    allowance.spend(len(text))
    return text


def _scalar(value: Any) -> str:
    match kind(value):
        case name if name == NULL:
            return "null"
        case name if name == BOOLEAN:
            return "true" if value else "false"
        case name if name == NUMBER:
            return write_number(value)
        case name if name == STRING:
            return quote(value)
        case name if name == DATE:
            return write_date(value)
        case name if name == TIME:
            return write_time(value)
        case name if name == DATE_TIME:
            return write_date_time(value)
        case name if name in {DAYS_TIME, YEARS_MONTHS}:
            return write_duration(value)
        case name if name == RANGE:
            return _range(value)
    return repr(value)


def quote(text: str) -> str:
    """A string literal."""
    escaped = (
        text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    )
    return f'"{escaped}"'


def _key(key: str) -> str:
    pieces = list(TOKEN.finditer(key))
    kinds = [found.lastgroup for found in pieces]
    plain = bool(kinds) and kinds[0] == "word" and all(k in {"word", "num", "blank"} for k in kinds)
    plain = plain and sum(len(found.group()) for found in pieces) == len(key) and " ".join(key.split()) == key
    return key if plain else quote(key)


def _range(span: Range) -> str:
    if span.operator is not None:
        return f"({span.operator}{literal(span.start)})"
    if span.start is None:
        return f"(<{'=' if span.end_included else ''}{literal(span.end)})"
    if span.end is None:
        return f"(>{'=' if span.start_included else ''}{literal(span.start)})"
    opening, closing = "[" if span.start_included else "(", "]" if span.end_included else ")"
    return f"{opening}{literal(span.start)}..{literal(span.end)}{closing}"
