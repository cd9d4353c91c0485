"""FEEL's types: what `instance of` asks for, and what declared parameters and item definitions accept."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any

from .values import (
    BOOLEAN,
    CONTEXT,
    DATE,
    DATE_TIME,
    DAYS_TIME,
    FUNCTION,
    LIST,
    NULL,
    NUMBER,
    RANGE,
    STRING,
    TIME,
    YEARS_MONTHS,
    FeelFunction,
    Range,
    kind,
    lift,
)

ANY = "Any"
NAMED = "named"
SIMPLE = {
    "number": NUMBER,
    "string": STRING,
    "boolean": BOOLEAN,
    "date": DATE,
    "time": TIME,
    "date and time": DATE_TIME,
    "dateTime": DATE_TIME,
    "date time": DATE_TIME,
    "days and time duration": DAYS_TIME,
    "dayTimeDuration": DAYS_TIME,
    "years and months duration": YEARS_MONTHS,
    "yearMonthDuration": YEARS_MONTHS,
    "Any": ANY,
    "any": ANY,
    "Null": NULL,
    "null": NULL,
    "context": CONTEXT,
    "list": LIST,
    "function": FUNCTION,
    "range": RANGE,
}


@dataclass(frozen=True)
class FeelType:
    """`name` is a FEEL kind, Any, or `named` with the `ref` of an item definition.

    `element` is what a list or range holds, `fields` what a context must have, `params` and `result` what a function
    takes and gives. `allowed` is the item definition's own test of a value (true when it may be), `tests` the parsed tests behind it.
    """

    name: str
    element: FeelType | None = None
    fields: Mapping[str, FeelType] | None = None
    params: tuple[FeelType, ...] | None = None
    result: FeelType | None = None
    ref: str = ""
    allowed: Callable[[Any], bool] | None = field(default=None, compare=False)
    tests: Any = field(default=None, compare=False)

    def __str__(self) -> str:
        if self.name == NAMED:
            return self.ref
        if self.element is not None:
            return f"{self.name}<{self.element}>"
        if self.fields is not None:
            return f"context<{', '.join(f'{k}: {v}' for k, v in self.fields.items())}>"
        if self.params is not None:
            return f"function<{', '.join(map(str, self.params))}> -> {self.result}"
        return self.name


ANY_TYPE = FeelType(ANY)
Types = Mapping[str, FeelType]


def conforms(value: Any, wanted: FeelType, types: Types) -> bool:
    """Whether the value is of the type. Null is only of types Null (and of Any for declared things, see `accepts`)."""
    name = wanted.name
    if name == NAMED:
        known = types.get(wanted.ref)
        return known is not None and conforms(value, known, types)
    if name == ANY:
        return value is not None and _allowed(value, wanted)
    if kind(value) != name:
        return False
    if name == LIST and wanted.element is not None:
        good = all(accepts(lift(item), wanted.element, types) for item in value)
    elif name == CONTEXT and wanted.fields is not None:
        good = all(key in value and accepts(lift(value[key]), kin, types) for key, kin in wanted.fields.items())
    elif name == RANGE and wanted.element is not None:
        good = _range_of(value, wanted.element, types)
    elif name == FUNCTION and wanted.params is not None:
        good = _function_like(value, wanted, types)
    else:
        good = True
    return good and _allowed(value, wanted)


def accepts(value: Any, wanted: FeelType, types: Types) -> bool:
    """As `conforms`, with null accepted everywhere (the specification's types all contain null)."""
    return value is None or conforms(value, wanted, types)


def _allowed(value: Any, wanted: FeelType) -> bool:
    return wanted.allowed is None or wanted.allowed(value)


def _range_of(value: Range, element: FeelType, types: Types) -> bool:
    return all(end is None or conforms(end, element, types) for end in (value.start, value.end))


def _function_like(value: FeelFunction, wanted: FeelType, types: Types) -> bool:
    params = wanted.params or ()
    if len(value.types) != len(params):
        return False
    takes = all(have is None or is_subtype(need, have, types) for have, need in zip(value.types, params, strict=True))
    gives = wanted.result is None or value.result is None or is_subtype(value.result, wanted.result, types)
    return takes and gives


def is_subtype(narrow: FeelType, wide: FeelType, types: Types) -> bool:
    """Whether every value of `narrow` is one of `wide`."""
    narrow, wide = resolve(narrow, types), resolve(wide, types)
    if wide.name == ANY or narrow.name == NULL:
        return True
    if narrow.name != wide.name:
        return False
    if wide.element is not None:
        return narrow.element is not None and is_subtype(narrow.element, wide.element, types)
    if wide.fields is not None:
        have = narrow.fields or {}
        return all(key in have and is_subtype(have[key], kin, types) for key, kin in wide.fields.items())
    return True


def resolve(wanted: FeelType, types: Types) -> FeelType:
    """The definition behind a name; an unknown name stays as it is."""
    for _ in range(20):
        if wanted.name != NAMED or wanted.ref not in types:
            return wanted
        wanted = types[wanted.ref]
    return wanted


def coerce(value: Any, wanted: FeelType, types: Types) -> tuple[bool, Any]:
    """The value as the declared type takes it, with the specification's implicit conversions; (False, None) if it cannot.

    Conversions: a list of one for its element, an element for a list of one, a date for its midnight UTC.
    """
    if value is None or conforms(value, wanted, types):
        return True, value
    target = resolve(wanted, types)
    if isinstance(value, list) and target.name != LIST and len(value) == 1:
        only = lift(value[0])
        if accepts(only, wanted, types):
            return True, only
    if target.name == LIST and not isinstance(value, list) and conforms([value], wanted, types):
        return True, [value]
    if target.name == DATE_TIME and type(value) is date:
        return True, datetime.combine(value, time(0, 0, 0, 0, UTC))
    return False, None
