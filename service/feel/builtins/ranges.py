"""Relations between points and ranges (Allen's interval algebra).

Ranges are compared by their borders: a value, and whether the range reaches just up to it, to it, or beyond all values.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from ..comparing import equal, order
from ..registry import F, also, builtin
from ..values import RANGE, Range, kind


@dataclass(frozen=True, slots=True)
class Border:
    """Where a range begins or ends: just before (-1), at (0) or just after (1) a value; `endless` is -1 or 1 without one."""

    value: Any
    side: int
    endless: int = 0


def _low(span: Range) -> Border:
    if span.start is None:
        return Border(None, 0, -1)
    return Border(span.start, 0 if span.start_included else 1)


def _high(span: Range) -> Border:
    if span.end is None:
        return Border(None, 0, 1)
    return Border(span.end, 0 if span.end_included else -1)


def _compare(left: Border, right: Border) -> int:
    if left.endless or right.endless:
        return left.endless - right.endless
    found = order(left.value, right.value)
    if found is None:
        raise ValueError("the two cannot be compared")
    return found or left.side - right.side


def _range(value: Any) -> Range:
    if kind(value) != RANGE or value.operator is not None:
        raise ValueError("the argument must be a range")
    return value  # type: ignore[no-any-return]


def _point(value: Any) -> Border:
    """A value as both borders of itself."""
    if order(value, value) is None:
        raise ValueError(f"{kind(value)} cannot be a point of a range")
    return Border(value, 0)


def _begin(value: Any) -> Border:
    return _low(_range(value)) if kind(value) == RANGE else _point(value)


def _finish(value: Any) -> Border:
    return _high(_range(value)) if kind(value) == RANGE else _point(value)


def _relation(
    name: str, params: tuple[tuple[str, str], ...], da: str, en: str, *examples: tuple[str, str]
) -> Callable[[F], F]:
    """Register a relation under all the parameter names the specification gives it."""

    def register(call: F) -> F:
        first, *others = params
        builtin(f"{name}({first[0]}: any, {first[1]}: any)", "range", da, en, *examples)(call)
        for one, two in others:
            also(f"{name}({one}: any, {two}: any)")(call)
        return call

    return register


POINTS = ("point1", "point2")
POINT_RANGE = ("point", "range")
RANGE_POINT = ("range", "point")
RANGES = ("range1", "range2")


@_relation(
    "before", (POINTS, POINT_RANGE, RANGE_POINT, RANGES),
    "Sand, hvis den første helt er før den anden.", "True when the first is wholly before the second.",
    ("before(1, 10)", "true"), ("before([1..5), 5)", "true"),
)  # fmt: skip
def before(first: Any, second: Any) -> bool:
    return _compare(_finish(first), _begin(second)) < 0


@_relation(
    "after", (POINTS, POINT_RANGE, RANGE_POINT, RANGES),
    "Sand, hvis den første helt er efter den anden.", "True when the first is wholly after the second.",
    ("after(10, 5)", "true"),
)  # fmt: skip
def after(first: Any, second: Any) -> bool:
    return before(second, first)


@_relation(
    "meets", (RANGES,),
    "Sand, hvis den første slutter, hvor den anden begynder.", "True when the first ends where the second begins.",
    ("meets([1..5], [5..10])", "true"),
)  # fmt: skip
def meets(first: Any, second: Any) -> bool:
    end, start = _high(_range(first)), _low(_range(second))
    return end.side == start.side == 0 and _compare(end, start) == 0


@_relation(
    "met by", (RANGES,),
    "Sand, hvis den første begynder, hvor den anden slutter.", "True when the first begins where the second ends.",
    ("met by([5..10], [1..5])", "true"),
)  # fmt: skip
def met_by(first: Any, second: Any) -> bool:
    return meets(second, first)


@_relation(
    "overlaps", (RANGES,),
    "Sand, hvis de har noget fælles.", "True when they have something in common.",
    ("overlaps([1..5], [3..8])", "true"),
)  # fmt: skip
def overlaps(first: Any, second: Any) -> bool:
    a, b = _range(first), _range(second)
    return not before(a, b) and not before(b, a)


@_relation(
    "overlaps before", (RANGES,),
    "Sand, hvis den første begynder før den anden og slutter inde i den.",
    "True when the first begins before the second and ends inside it.",
    ("overlaps before([1..5], [3..8])", "true"),
)  # fmt: skip
def overlaps_before(first: Any, second: Any) -> bool:
    a, b = _range(first), _range(second)
    return overlaps(a, b) and _compare(_low(a), _low(b)) < 0 and _compare(_high(a), _high(b)) <= 0


@_relation(
    "overlaps after", (RANGES,),
    "Sand, hvis den anden begynder før den første og slutter inde i den.",
    "True when the second begins before the first and ends inside it.",
    ("overlaps after([3..8], [1..5])", "true"),
)  # fmt: skip
def overlaps_after(first: Any, second: Any) -> bool:
    return overlaps_before(second, first)


@_relation(
    "finishes", (POINT_RANGE, RANGES),
    "Sand, hvis den første slutter den anden.", "True when the first finishes the second.",
    ("finishes(5, [1..5])", "true"), ("finishes([3..5], [1..5])", "true"),
)  # fmt: skip
def finishes(first: Any, second: Any) -> bool:
    b = _range(second)
    if kind(first) != RANGE:
        return b.end_included and _compare(_point(first), _high(b)) == 0
    a = _range(first)
    return _compare(_high(a), _high(b)) == 0 and _compare(_low(a), _low(b)) >= 0


@_relation(
    "finished by", (RANGE_POINT, RANGES),
    "Sand, hvis den anden slutter den første.", "True when the second finishes the first.",
    ("finished by([1..5], 5)", "true"),
)  # fmt: skip
def finished_by(first: Any, second: Any) -> bool:
    return finishes(second, first)


@_relation(
    "includes", (RANGE_POINT, RANGES),
    "Sand, hvis den første rummer den anden.", "True when the first includes the second.",
    ("includes([1..10], 5)", "true"), ("includes([1..10], [4..6])", "true"),
)  # fmt: skip
def includes(first: Any, second: Any) -> bool:
    a = _range(first)
    if kind(second) != RANGE:
        point = _point(second)
        inside = _compare(_low(a), point) < 0 and _compare(_high(a), point) > 0
        return inside or starts(second, a) or finishes(second, a)
    b = _range(second)
    return _compare(_low(a), _low(b)) <= 0 and _compare(_high(a), _high(b)) >= 0


@_relation(
    "during", (POINT_RANGE, RANGES),
    "Sand, hvis den første ligger inde i den anden.", "True when the first lies inside the second.",
    ("during(5, [1..10])", "true"),
)  # fmt: skip
def during(first: Any, second: Any) -> bool:
    return includes(second, first)


@_relation(
    "starts", (POINT_RANGE, RANGES),
    "Sand, hvis den første begynder den anden.", "True when the first starts the second.",
    ("starts(1, [1..10])", "true"), ("starts([1..5], [1..10])", "true"),
)  # fmt: skip
def starts(first: Any, second: Any) -> bool:
    b = _range(second)
    if kind(first) != RANGE:
        return b.start_included and _compare(_point(first), _low(b)) == 0
    a = _range(first)
    return _compare(_low(a), _low(b)) == 0 and _compare(_high(a), _high(b)) <= 0


@_relation(
    "started by", (RANGE_POINT, RANGES),
    "Sand, hvis den anden begynder den første.", "True when the second starts the first.",
    ("started by([1..10], 1)", "true"),
)  # fmt: skip
def started_by(first: Any, second: Any) -> bool:
    return starts(second, first)


@_relation(
    "coincides", (POINTS, RANGES),
    "Sand, hvis de to er ens.", "True when the two are the same.",
    ("coincides(5, 5)", "true"), ("coincides([1..5], [1..6])", "false"),
)  # fmt: skip
def coincides(first: Any, second: Any) -> bool | None:
    if first is None or second is None:
        raise ValueError("an argument is null")
    return equal(first, second)
