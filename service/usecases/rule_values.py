"""Values of rule tables: FEEL in the file, plain fields for people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from service.domain.json import Json
from service.domain.registers import Wrong
from service.feel import Environment, FeelSyntaxError, parse_expression


class ValueKind(StrEnum):
    """How people write a value. `FEEL`: as it stands in the file."""

    TEXT = "tekst"
    NUMBER = "tal"
    YES_NO = "ja_nej"
    LIST = "liste"
    FEEL = "udtryk"


OF_TYPE = {"string": ValueKind.TEXT, "number": ValueKind.NUMBER, "boolean": ValueKind.YES_NO}
UNSET = "null"


@dataclass(frozen=True, slots=True)
class Value:
    kind: ValueKind | None
    """None: nothing is filled in, so that its kind is not known."""
    content: Json
    """A list as lines, FEEL as its text."""


def read(text: str) -> Value:
    """What a cell of a table says."""
    stripped = text.strip()
    if stripped in (UNSET, ""):
        return Value(None, None)
    if stripped in ("true", "false"):
        return Value(ValueKind.YES_NO, stripped == "true")
    number = _number(stripped)
    if number is not None:
        return Value(ValueKind.NUMBER, number)
    said = _constant(stripped)
    if isinstance(said, str) and stripped[:1] == '"':
        return Value(ValueKind.TEXT, said)
    if isinstance(said, list) and stripped[:1] == "[" and all(isinstance(item, str) for item in said):
        return Value(ValueKind.LIST, "\n".join(said))
    return Value(ValueKind.FEEL, stripped)


def kind_of(text: str, type_: str, others: Iterable[str]) -> ValueKind:
    """The kind of a cell: what it holds, else what its column says, else what the same cell holds in other rows."""
    own = read(text).kind
    if own is not None:
        return own
    if type_ in OF_TYPE:
        return OF_TYPE[type_]
    return next((found for other in others if (found := read(other).kind) is not None), ValueKind.FEEL)


def write(kind: ValueKind, content: Json) -> str:
    """The FEEL of what was typed. Raises Wrong."""
    if content is None or content == "":
        return UNSET
    match kind:
        case ValueKind.YES_NO:
            return "true" if content is True else "false"
        case ValueKind.NUMBER:
            return format(Decimal(str(content)), "f")
        case ValueKind.TEXT:
            return _quoted(str(content))
        case ValueKind.LIST:
            items = (line.strip() for line in str(content).splitlines())
            return "[" + ", ".join(_quoted(item) for item in items if item) + "]"
    try:
        parse_expression(str(content))
    except FeelSyntaxError as fault:
        raise Wrong(f"Udtrykket kan ikke læses: {fault}") from None
    return str(content).strip()


def said(text: str) -> str:
    """A cell as people read it; "" when nothing is filled in."""
    value = read(text)
    match value.kind:
        case None:
            return ""
        case ValueKind.YES_NO:
            return "ja" if value.content else "nej"
        case ValueKind.NUMBER:
            return str(value.content).replace(".", ",")
        case ValueKind.LIST:
            return ", ".join(str(value.content).splitlines())
    return str(value.content)


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\r", "").replace("\n", "\\n")
    return f'"{escaped}"'


def _number(text: str) -> int | float | None:
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    if not number.is_finite() or not text.lstrip("-").replace(".", "", 1).isdecimal():
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _constant(text: str) -> Any:
    """The value of an expression that reads nothing; None when it does, or cannot be read."""
    try:
        expression = parse_expression(text)
    except FeelSyntaxError:
        return None
    return None if expression.names else expression.evaluate({}, Environment())
