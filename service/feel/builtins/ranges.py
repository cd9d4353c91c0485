"""Relations between points and ranges (Allen's interval algebra)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ..comparing import equal, order
from ..registry import F, builtin
from ..values import RANGE, Range, kind


def _order(left: Any, right: Any) -> int:
    found = order(left, right)
    if found is None:
        raise ValueError("the two cannot be compared")
    return found


def _closed(value: Any) -> Range:
    """A range with both ends; a point is the range of itself."""
    if kind(value) == RANGE:
        if value.operator is not None or value.start is None or value.end is None:
            raise ValueError("the range must have both ends")
        return value  # type: ignore[no-any-return]
    return Range(value, value, True, True)


def _register(name: str, first: str, second: str, da: str, en: str, *examples: tuple[str, str]) -> Callable[[F], F]:
    return builtin(f"{name}({first}: any, {second}: any)", "range", da, en, *examples)


@_register(
    "before", "point1", "point2",
    "Sand, hvis den første helt er før den anden.", "True when the first is wholly before the second.",
    ("before(1, 10)", "true"), ("before([1..5), 5)", "true"),
)  # fmt: skip
def before(first: Any, second: Any) -> bool:
    a, b = _closed(first), _closed(second)
    found = _order(a.end, b.start)
    return found < 0 or bool(found == 0 and not (a.end_included and b.start_included))


@_register(
    "after", "point1", "point2",
    "Sand, hvis den første helt er efter den anden.", "True when the first is wholly after the second.",
    ("after(10, 5)", "true"),
)  # fmt: skip
def after(first: Any, second: Any) -> bool:
    return bool(before(second, first))


@_register(
    "meets", "range1", "range2",
    "Sand, hvis den første slutter, hvor den anden begynder.", "True when the first ends where the second begins.",
    ("meets([1..5], [5..10])", "true"),
)  # fmt: skip
def meets(first: Any, second: Any) -> bool:
    a, b = _closed(first), _closed(second)
    return bool(a.end_included and b.start_included) and _order(a.end, b.start) == 0


@_register(
    "met by", "range1", "range2",
    "Sand, hvis den første begynder, hvor den anden slutter.", "True when the first begins where the second ends.",
    ("met by([5..10], [1..5])", "true"),
)  # fmt: skip
def met_by(first: Any, second: Any) -> bool:
    return meets(second, first)


@_register(
    "overlaps", "range1", "range2",
    "Sand, hvis de har noget fælles.", "True when they have something in common.",
    ("overlaps([1..5], [3..8])", "true"),
)  # fmt: skip
def overlaps(first: Any, second: Any) -> bool:
    return not before(first, second) and not after(first, second)


@_register(
    "overlaps before", "range1", "range2",
    "Sand, hvis den første begynder før den anden og slutter inde i den.",
    "True when the first begins before the second and ends inside it.",
    ("overlaps before([1..5], [3..8])", "true"),
)  # fmt: skip
def overlaps_before(first: Any, second: Any) -> bool:
    a, b = _closed(first), _closed(second)
    starts = _order(a.start, b.start)
    ends = _order(a.end, b.end)
    begins_before = starts < 0 or bool(starts == 0 and a.start_included and not b.start_included)
    ends_inside = ends < 0 or bool(ends == 0 and (not a.end_included or b.end_included))
    return begins_before and ends_inside and overlaps(a, b)


@_register(
    "overlaps after", "range1", "range2",
    "Sand, hvis den første begynder inde i den anden og slutter efter den.",
    "True when the first begins inside the second and ends after it.",
    ("overlaps after([3..8], [1..5])", "true"),
)  # fmt: skip
def overlaps_after(first: Any, second: Any) -> bool:
    a, b = _closed(first), _closed(second)
    starts = _order(a.start, b.start)
    ends = _order(a.end, b.end)
    ends_after = ends > 0 or bool(ends == 0 and a.end_included and not b.end_included)
    begins_inside = starts > 0 or bool(starts == 0 and (b.start_included or not a.start_included))
    return ends_after and begins_inside and overlaps(a, b)


@_register(
    "finishes", "point", "range",
    "Sand, hvis den første slutter den anden.", "True when the first finishes the second.",
    ("finishes(5, [1..5])", "true"), ("finishes([3..5], [1..5])", "true"),
)  # fmt: skip
def finishes(first: Any, second: Any) -> bool:
    a, b = _closed(first), _closed(second)
    same_end = a.end_included == b.end_included and _order(a.end, b.end) == 0
    starts = _order(a.start, b.start)
    return same_end and bool(starts > 0 or (starts == 0 and (not a.start_included or b.start_included)))


@_register(
    "finished by", "range", "point",
    "Sand, hvis den anden slutter den første.", "True when the second finishes the first.",
    ("finished by([1..5], 5)", "true"),
)  # fmt: skip
def finished_by(first: Any, second: Any) -> bool:
    return finishes(second, first)


@_register(
    "includes", "range", "point",
    "Sand, hvis den første rummer den anden.", "True when the first includes the second.",
    ("includes([1..10], 5)", "true"), ("includes([1..10], [4..6])", "true"),
)  # fmt: skip
def includes(first: Any, second: Any) -> bool:
    a, b = _closed(first), _closed(second)
    starts, ends = _order(a.start, b.start), _order(a.end, b.end)
    return bool(starts < 0 or (starts == 0 and (a.start_included or not b.start_included))) and (
        ends > 0 or (ends == 0 and (a.end_included or not b.end_included))
    )


@_register(
    "during", "point", "range",
    "Sand, hvis den første ligger inde i den anden.", "True when the first lies inside the second.",
    ("during(5, [1..10])", "true"),
)  # fmt: skip
def during(first: Any, second: Any) -> bool:
    return includes(second, first)


@_register(
    "starts", "point", "range",
    "Sand, hvis den første begynder den anden.", "True when the first starts the second.",
    ("starts(1, [1..10])", "true"), ("starts([1..5], [1..10])", "true"),
)  # fmt: skip
def starts(first: Any, second: Any) -> bool:
    a, b = _closed(first), _closed(second)
    same_start = a.start_included == b.start_included and _order(a.start, b.start) == 0
    ends = _order(a.end, b.end)
    return same_start and bool(ends < 0 or (ends == 0 and (not a.end_included or b.end_included)))


@_register(
    "started by", "range", "point",
    "Sand, hvis den anden begynder den første.", "True when the second starts the first.",
    ("started by([1..10], 1)", "true"),
)  # fmt: skip
def started_by(first: Any, second: Any) -> bool:
    return starts(second, first)


@_register(
    "coincides", "point1", "point2",
    "Sand, hvis de to er ens.", "True when the two are the same.",
    ("coincides(5, 5)", "true"), ("coincides([1..5], [1..6])", "false"),
)  # fmt: skip
def coincides(first: Any, second: Any) -> bool | None:
    return equal(first, second)
