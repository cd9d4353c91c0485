"""FEEL's types: what `instance of` asks for, and what declared parameters and item definitions accept."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, time
from typing import Any

from .chronology import make_date_time
from .errors import Meter
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
    takes and gives. `allowed` is the item definition's own test of a value beside the entries around it (true when it may
    be), `tests` the parsed tests behind it.
    """

    name: str
    element: FeelType | None = None
    fields: Mapping[str, FeelType] | None = None
    params: tuple[FeelType, ...] | None = None
    result: FeelType | None = None
    ref: str = ""
    allowed: Callable[[Any, Mapping[str, Any]], bool] | None = field(default=None, compare=False)
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


NOTHING: Mapping[str, Any] = {}


def conforms(value: Any, wanted: FeelType, types: Types, meter: Meter, around: Mapping[str, Any] = NOTHING) -> bool:
    """Whether the value is of the type. Null is only of types Null (and of Any for declared things, see `accepts`).

    `around` are the entries of the context the value stands in, which tests of allowed values may read. `meter` counts the
    elements; raises LimitExceeded when they are too many.
    """
    return _is_of(value, wanted, types, meter, around) and (wanted.allowed is None or wanted.allowed(value, around))


def _is_of(value: Any, wanted: FeelType, types: Types, meter: Meter, around: Mapping[str, Any]) -> bool:
    name = wanted.name
    if name == NAMED:
        known = types.get(wanted.ref)
        return known is not None and conforms(value, known, types, meter, around)
    if name == ANY:
        return value is not None
    if kind(value) != name:
        return False
    if name == LIST and wanted.element is not None:
        meter.spend(len(value))
        return all(accepts(lift(item), wanted.element, types, meter, around) for item in value)
    if name == CONTEXT and wanted.fields is not None:
        meter.spend(len(wanted.fields))
        fields = wanted.fields.items()
        return all(key in value and accepts(lift(value[key]), kin, types, meter, value) for key, kin in fields)
    if name == RANGE and wanted.element is not None:
        ends = (value.start, value.end)
        return all(end is None or conforms(end, wanted.element, types, meter) for end in ends)
    if name == FUNCTION and wanted.params is not None:
        return _function_like(value, wanted, types)
    return True


def flaw(wanted: FeelType, types: Types) -> str | None:
    """The part of a written type that names no type: an unknown name, or `list` without what it holds; None if all is well."""
    if wanted.name == NAMED:
        return None if wanted.ref in types else wanted.ref
    parts = {
        LIST: (wanted.element,),
        RANGE: (wanted.element,),
        CONTEXT: None if wanted.fields is None else tuple(wanted.fields.values()),
        FUNCTION: None if wanted.params is None else (*wanted.params, wanted.result),
    }.get(wanted.name, ())
    if parts is None or None in parts:
        return wanted.name
    return next((found for part in parts if part is not None and (found := flaw(part, types))), None)


def accepts(value: Any, wanted: FeelType, types: Types, meter: Meter, around: Mapping[str, Any] = NOTHING) -> bool:
    """As `conforms`, with null accepted everywhere (the specification's types all contain null)."""
    return value is None or conforms(value, wanted, types, meter, around)


def _function_like(value: FeelFunction, wanted: FeelType, types: Types) -> bool:
    params = wanted.params or ()
    if len(value.types) != len(params):
        return False
    takes = all(have is None or is_subtype(need, have, types) for have, need in zip(value.types, params, strict=True))
    gives = wanted.result is None or value.result is None or is_subtype(value.result, wanted.result, types)
    return takes and gives


def is_subtype(narrow: FeelType, wide: FeelType, types: Types) -> bool:
    """Whether every value of `narrow` is one of `wide`."""
    return _conforms(narrow, wide, types, set())


def _conforms(narrow: FeelType, wide: FeelType, types: Types, asked: set[tuple[str | int, str | int]]) -> bool:
    """As `is_subtype`; a pair that was asked before holds, so that types which refer to themselves or to each other end."""
    pair = narrow.ref or id(narrow), wide.ref or id(wide)
    if pair in asked:
        return True
    asked.add(pair)
    narrow, wide = resolve(narrow, types), resolve(wide, types)
    if wide.name == ANY or narrow.name == NULL:
        return True
    if narrow.name != wide.name:
        return False
    if wide.element is not None:
        return narrow.element is not None and _conforms(narrow.element, wide.element, types, asked)
    if wide.fields is not None:
        have = narrow.fields or {}
        return all(key in have and _conforms(have[key], kin, types, asked) for key, kin in wide.fields.items())
    if wide.params is None:
        return True
    taken = narrow.params
    if taken is None or len(taken) != len(wide.params):
        return False
    takes = all(_conforms(given, take, types, asked) for take, given in zip(taken, wide.params, strict=True))
    return takes and (wide.result is None or _conforms(narrow.result or ANY_TYPE, wide.result, types, asked))


def renamed(wanted: FeelType, name: Callable[[str], str]) -> FeelType:
    """The same type with other names for the definitions it refers to; any value for one that gets no name."""

    def inside(part: FeelType | None) -> FeelType | None:
        return None if part is None else renamed(part, name)

    ref = name(wanted.ref) if wanted.ref else ""
    return replace(
        wanted,
        name=ANY if wanted.ref and not ref else wanted.name,
        ref=ref,
        element=inside(wanted.element),
        fields=wanted.fields and {key: renamed(part, name) for key, part in wanted.fields.items()},
        params=wanted.params and tuple(renamed(part, name) for part in wanted.params),
        result=inside(wanted.result),
    )


def references(wanted: FeelType) -> Iterator[str]:
    """The names of all definitions a type refers to."""
    if wanted.ref:
        yield wanted.ref
    for part in (wanted.element, wanted.result, *(wanted.params or ()), *(wanted.fields or {}).values()):
        if part is not None:
            yield from references(part)


def resolve(wanted: FeelType, types: Types) -> FeelType:
    """The definition behind a name; an unknown name stays as it is."""
    for _ in range(20):
        if wanted.name != NAMED or wanted.ref not in types:
            return wanted
        wanted = types[wanted.ref]
    return wanted


def coerce(value: Any, wanted: FeelType, types: Types, meter: Meter) -> tuple[bool, Any]:
    """The value as the declared type takes it, with the specification's implicit conversions; (False, None) if it cannot.

    Conversions: a list of one for its element, an element for a list of one, a date for its midnight UTC. Raises
    LimitExceeded as `conforms` does.
    """
    if value is None or conforms(value, wanted, types, meter):
        return True, value
    target = resolve(wanted, types)
    if isinstance(value, list) and target.name != LIST and len(value) == 1:
        only = lift(value[0])
        if accepts(only, wanted, types, meter):
            return True, only
    if target.name == LIST and not isinstance(value, list) and conforms([value], wanted, types, meter):
        return True, [value]
    if target.name == DATE_TIME and kind(value) == DATE:
        midnight = make_date_time(value, time(0, 0, 0, 0, UTC))
        if conforms(midnight, wanted, types, meter):
            return True, midnight
    return False, None
