"""Equality and order of FEEL values, three-valued: None where two values cannot be compared."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from .chronology import (
    TimeValue,
    epoch_day,
    instant_nanos,
    local_nanos,
    nanos_of_day,
    time_offset_nanos,
)
from .errors import Allowance, Meter, weight
from .lexer import tokenize
from .values import (
    BOOLEAN,
    CONTEXT,
    DATE,
    DATE_TIME,
    FUNCTION,
    LIST,
    NULL,
    RANGE,
    TIME,
    DaysTimeDuration,
    FeelFunction,
    Range,
    YearsMonthsDuration,
    kind,
    lift,
)

# Types whose values compare as Python compares them.
PLAIN = frozenset({Decimal, str, bool, date, DaysTimeDuration, YearsMonthsDuration})
ORDERED = frozenset({Decimal, str, date, DaysTimeDuration, YearsMonthsDuration})


def equal(left: Any, right: Any, meter: Meter | None = None) -> bool | None:
    """`left = right`: null equals only null; different types and a time without zone against one with give None.

    `meter` counts the elements of lists and contexts; raises LimitExceeded when they are too many.
    """
    kin = type(left)
    if kin is type(right) and kin in PLAIN:
        return bool(left == right)
    if left is None or right is None:
        return left is right
    return _equal(lift(left), lift(right), meter or Allowance())


def _equal(left: Any, right: Any, meter: Meter) -> bool | None:
    name = kind(left)
    if left is None or right is None:
        return left is right
    if name != kind(right):
        return None
    if left is right and name in {LIST, CONTEXT}:
        return True
    if name == LIST:
        meter.spend(weight(len(left)))
        return len(left) == len(right) and all(
            _equal(lift(a), lift(b), meter) is True for a, b in zip(left, right, strict=True)
        )
    if name == CONTEXT:
        meter.spend(weight(len(left)))
        return left.keys() == right.keys() and all(
            _equal(lift(a), lift(right[key]), meter) is True for key, a in left.items()
        )
    if name == RANGE:
        return _equal_ranges(left, right, meter)
    if name == FUNCTION:
        return left is right or _same_function(left, right, meter)
    if name == DATE:
        return epoch_day(left) == epoch_day(right)
    if name in {TIME, DATE_TIME}:
        same_form = (left.tzinfo is None) == (right.tzinfo is None)
        return _order_temporal(left, right, name) == 0 if same_form else None
    return bool(left == right)


def _same_function(left: FeelFunction, right: FeelFunction, meter: Meter) -> bool:
    """Whether both were written alike in the same surroundings."""
    if not left.source or left.frame is None or right.frame is None or len(left.frame) != len(right.frame):
        return False
    meter.spend(len(left.source) + len(right.source))
    left_words, right_words = ([token.text for token in tokenize(one.source)] for one in (left, right))
    places = zip(left.frame, right.frame, strict=True)
    return left_words == right_words and all(a is b or (a is left and b is right) for a, b in places)


def _equal_ranges(left: Range, right: Range, meter: Meter) -> bool:
    same_shape = (left.start_included, left.end_included, left.operator) == (
        right.start_included,
        right.end_included,
        right.operator,
    )
    return same_shape and _equal(left.start, right.start, meter) is True and _equal(left.end, right.end, meter) is True


def order(left: Any, right: Any) -> int | None:
    """Negative, 0 or positive as `left` is before, at or after `right`; None when the two have no order."""
    kin = type(left)
    if kin is type(right) and kin in ORDERED:
        return -1 if left < right else int(left > right)
    left, right = lift(left), lift(right)
    name = kind(left)
    if name != kind(right) or name in {NULL, BOOLEAN, LIST, CONTEXT, RANGE, FUNCTION}:
        return None
    if name in {DATE, TIME, DATE_TIME}:
        return _order_temporal(left, right, name)
    return -1 if left < right else int(left > right)


def _order_temporal(left: Any, right: Any, name: str) -> int:
    """Before, at or after; a value without zone counts in the zone of the other."""
    if name == DATE:
        a, b = epoch_day(left), epoch_day(right)
    elif left.tzinfo is None or right.tzinfo is None:
        read = nanos_of_day if name == TIME else local_nanos
        a, b = read(left), read(right)
    elif name == TIME:
        a, b = _utc_nanos(left), _utc_nanos(right)
    else:
        a, b = instant_nanos(left), instant_nanos(right)
    return (a > b) - (a < b)


def _utc_nanos(clock: TimeValue) -> int:
    return nanos_of_day(clock) - (time_offset_nanos(clock) or 0)


def less(left: Any, right: Any, _: Meter | None = None) -> bool | None:
    """`left < right`."""
    found = order(left, right)
    return None if found is None else found < 0


def less_equal(left: Any, right: Any, _: Meter | None = None) -> bool | None:
    """`left <= right`."""
    found = order(left, right)
    return None if found is None else found <= 0


def greater(left: Any, right: Any, _: Meter | None = None) -> bool | None:
    """`left > right`."""
    found = order(left, right)
    return None if found is None else found > 0


def greater_equal(left: Any, right: Any, _: Meter | None = None) -> bool | None:
    """`left >= right`."""
    found = order(left, right)
    return None if found is None else found >= 0


def unequal(left: Any, right: Any, meter: Meter | None = None) -> bool | None:
    """`left != right`."""
    found = equal(left, right, meter)
    return None if found is None else not found


COMPARE: dict[str, Callable[[Any, Any, Meter | None], bool | None]] = {
    "=": equal,
    "!=": unequal,
    "<": less,
    "<=": less_equal,
    ">": greater,
    ">=": greater_equal,
}


def between(value: Any, low: Any, high: Any) -> bool | None:
    """`value between low and high`, both included."""
    above, below = order(value, low), order(value, high)
    if above is None or below is None:
        return None
    return above >= 0 and below <= 0


def in_range(value: Any, span: Range) -> bool | None:
    """Whether the range contains the value; None when they cannot be compared."""
    if span.operator is not None:
        found = equal(value, span.start)
        return found if span.operator == "=" or found is None else not found
    if span.start is not None:
        found_order = order(value, span.start)
        if found_order is None:
            return None
        if found_order < 0 or (found_order == 0 and not span.start_included):
            return False
    if span.end is not None:
        found_order = order(value, span.end)
        if found_order is None:
            return None
        if found_order > 0 or (found_order == 0 and not span.end_included):
            return False
    return True if span.start is not None or span.end is not None else None
