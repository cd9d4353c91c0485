"""Functions that make one type from another."""

from __future__ import annotations

import base64
import json
import re
from decimal import Decimal
from typing import Any

from .. import nodes as n
from ..comparing import order
from ..environment import Environment
from ..errors import Allowance
from ..jsonvalues import CHARACTERS_PER_STEP, from_json, to_json
from ..registry import builtin
from ..text import write
from ..values import NUMBERS, RANGE, Range, kind

_NUMBER = re.compile(r"-?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_SEPARATORS = {" ", ",", "."}


@builtin(
    "string(from: any)", "conversion",
    "Værdien som tekst.", "The value as text.",
    ("string(1.5)", '"1.5"'), ('string(date("2026-01-31"))', '"2026-01-31"'),
)  # fmt: skip
def to_string(from_: Any, *, env: Environment) -> str | None:
    if from_ is None:
        return None
    text = write(from_, Allowance(env.limits.characters))
    env.spend(len(text) // CHARACTERS_PER_STEP)
    return text


@builtin(
    "number(from: any, grouping separator: string|null?, decimal separator: string|null?)", "conversion",
    "Tallet, som teksten skriver; tusindtals- og decimaltegn kan angives.",
    "The number the text writes; the grouping and decimal signs can be given.",
    ('number("1500.5")', "1500.5"), ('number("1.500,5", ".", ",")', "1500.5"),
)  # fmt: skip
def to_number(from_: Any, grouping: str | None = None, point: str | None = None) -> Decimal | None:
    if type(from_) is Decimal:
        return from_ if grouping is None and point is None else None
    if type(from_) is not str:
        return None
    if (grouping is not None and grouping not in _SEPARATORS) or (point is not None and point not in {",", "."}):
        raise ValueError("a separator must be a blank, a comma or a full stop")
    if grouping is not None and grouping == point:
        raise ValueError("the two separators must differ")
    text = from_.replace(grouping, "") if grouping else from_
    text = text.replace(point, ".") if point else text
    if not _NUMBER.fullmatch(text):
        raise ValueError("the text is no number")
    return NUMBERS.create_decimal(text)


@builtin(
    "to json(value: any)", "conversion",
    "Værdien som JSON-tekst.", "The value as JSON text.",
    ("to json([1, true])", '"[1,true]"'),
)  # fmt: skip
def write_json(value: Any, *, env: Environment) -> str:
    text = json.dumps(to_json(value, env), ensure_ascii=False, separators=(",", ":"))
    env.check_text(len(text))
    return text


@builtin(
    "from json(value: string)", "conversion",
    "Værdien, som JSON-teksten beskriver.", "The value the JSON text describes.",
    ('from json("[1, true]")', "[1, true]"),
)  # fmt: skip
def read_json(value: str) -> Any:
    try:
        return from_json(json.loads(value, parse_float=Decimal, parse_constant=_no_constant))
    except RecursionError:
        raise ValueError("the value is nested too deeply") from None
    except json.JSONDecodeError as error:
        raise ValueError(f"the text is no JSON at character {error.pos + 1}") from None


def _no_constant(name: str) -> Any:
    raise ValueError(f"the text is no JSON ({name} is no value)")


@builtin(
    "to base64(value: string)", "conversion",
    "Teksten kodet som base64.", "The text encoded as base64.",
    ('to base64("hej")', '"aGVq"'),
)  # fmt: skip
def to_base64(value: str) -> str:
    return base64.b64encode(value.encode()).decode()


@builtin(
    "from base64(value: string)", "conversion",
    "Teksten, som base64-koden står for.", "The text the base64 code stands for.",
    ('from base64("aGVq")', '"hej"'),
)  # fmt: skip
def from_base64(value: str) -> str:
    return base64.b64decode(value, validate=True).decode()


_RANGE = re.compile(r"\s*([\[\](])(.*)([\])\[])\s*", re.DOTALL)


@builtin(
    "range(from: string)", "conversion",
    "Intervallet, som teksten skriver; en ende kan mangle.", "The range the text writes; one end may be missing.",
    ('range("[1..5)")', "[1..5)"), ('range("[18..)")', "(>= 18)"),
)  # fmt: skip
def to_range(from_: str, *, env: Environment) -> Range | None:
    found = _RANGE.fullmatch(from_)
    if found is None:
        raise ValueError("the text is no range")
    opening, ends, closing = found.groups()
    low_included, high_included = opening == "[", closing == "]"
    if ends.strip().startswith("..") and not low_included:
        return Range(None, _end(ends.strip()[2:], env), False, high_included)
    if ends.strip().endswith("..") and not high_included:
        return Range(_end(ends.strip()[:-2], env), None, low_included, False)
    value = _literal_value(from_, env)
    if kind(value) != RANGE or (order(value.start, value.end) or 0) > 0:
        raise ValueError("the text is no range")
    return value  # type: ignore[no-any-return]


def _end(text: str, env: Environment) -> Any:
    value = _literal_value(text, env) if text.strip() else None
    if order(value, value) is None:
        raise ValueError("the text is no range")
    return value


def _literal_value(text: str, env: Environment) -> Any:
    """The value of text that reads nothing and calls only what makes dates, times and durations."""
    from ..expression import parse_expression  # noqa: PLC0415 - expressions are made of these functions

    parsed = parse_expression(text)
    tree = parsed.tree
    ends = (tree.start, tree.end) if isinstance(tree, n.RangeOf) else (tree,)
    if parsed.names or not all(_is_written(end) for end in ends):
        raise ValueError("the text is no range")
    return parsed.within({}, env)


def _is_written(node: n.Node | None) -> bool:
    """Whether a value stands there as such, and is not computed."""
    match node:
        case n.Literal() | n.NoValue():
            return True
        case n.Negation(value=value):
            return isinstance(value, n.Literal)
        case n.Call(target=n.Name(name=name), args=args):
            return name in {"date", "time", "date and time", "duration"} and all(_is_written(arg) for arg in args)
    return False
