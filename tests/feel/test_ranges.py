"""The relations of points and ranges against the standard's formulas, for every small pair."""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any, NamedTuple

import pytest

from .helpers import feel


class Span(NamedTuple):
    """A range of whole numbers."""

    start: int
    end: int
    start_in: bool
    end_in: bool

    def __str__(self) -> str:
        return f"{'[' if self.start_in else '('}{self.start}..{self.end}{']' if self.end_in else ')'}"


Relation = Callable[[Any, Any], bool]
POINTS = range(6)
BORDERS = [(1, 3), (1, 2), (2, 3), (3, 4), (1, 4), (2, 2)]
SPANS = [Span(*ends, low, high) for ends, low, high in product(BORDERS, (True, False), (True, False))]


def before(a: Span, b: Span) -> bool:
    return a.end < b.start or ((not a.end_in or not b.start_in) and a.end == b.start)


def meets(a: Span, b: Span) -> bool:
    return a.end_in and b.start_in and a.end == b.start


def reaches(a: Span, b: Span) -> bool:
    return a.end > b.start or meets(a, b)


def overlaps_before(a: Span, b: Span) -> bool:
    starts_first = a.start < b.start or (a.start == b.start and a.start_in and not b.start_in)
    ends_first = a.end < b.end or (a.end == b.end and (not a.end_in or b.end_in))
    return starts_first and reaches(a, b) and ends_first


def finishes(a: Span, b: Span) -> bool:
    later = a.start > b.start or (a.start == b.start and (not a.start_in or b.start_in))
    return a.end_in == b.end_in and a.end == b.end and later


def starts(a: Span, b: Span) -> bool:
    earlier = a.end < b.end or (a.end == b.end and (not a.end_in or b.end_in))
    return a.start == b.start and a.start_in == b.start_in and earlier


def includes(a: Span, b: Span) -> bool:
    from_start = a.start < b.start or (a.start == b.start and (a.start_in or not b.start_in))
    to_end = a.end > b.end or (a.end == b.end and (a.end_in or not b.end_in))
    return from_start and to_end


def point_ends(point: int, span: Span) -> bool:
    return span.end_in and span.end == point


def point_starts(point: int, span: Span) -> bool:
    return span.start_in and span.start == point


def point_inside(point: int, span: Span) -> bool:
    return span.start < point < span.end or point_starts(point, span) or point_ends(point, span)


def swapped(relation: Relation) -> Relation:
    return lambda a, b: relation(b, a)


RANGES: dict[str, Relation] = {
    "before": before,
    "after": swapped(before),
    "meets": meets,
    "met by": swapped(meets),
    "overlaps": lambda a, b: reaches(a, b) and reaches(b, a),
    "overlaps before": overlaps_before,
    "overlaps after": swapped(overlaps_before),
    "finishes": finishes,
    "finished by": swapped(finishes),
    "includes": includes,
    "during": swapped(includes),
    "starts": starts,
    "started by": swapped(starts),
    "coincides": lambda a, b: bool(a == b),
}
POINT_RANGE: dict[str, Relation] = {
    "before": lambda p, r: p < r.start or (p == r.start and not r.start_in),
    "after": lambda p, r: p > r.end or (p == r.end and not r.end_in),
    "finishes": point_ends,
    "starts": point_starts,
    "during": point_inside,
}
RANGE_POINT: dict[str, Relation] = {
    "before": lambda r, p: r.end < p or (r.end == p and not r.end_in),
    "after": lambda r, p: r.start > p or (r.start == p and not r.start_in),
    "finished by": swapped(point_ends),
    "started by": swapped(point_starts),
    "includes": swapped(point_inside),
}
POINT_POINT: dict[str, Relation] = {
    "before": lambda a, b: a < b,
    "after": lambda a, b: a > b,
    "coincides": lambda a, b: bool(a == b),
}
ALL = [
    *((name, relation, SPANS, SPANS) for name, relation in RANGES.items()),
    *((name, relation, POINTS, SPANS) for name, relation in POINT_RANGE.items()),
    *((name, relation, SPANS, POINTS) for name, relation in RANGE_POINT.items()),
    *((name, relation, POINTS, POINTS) for name, relation in POINT_POINT.items()),
]


@pytest.mark.parametrize(("name", "relation", "firsts", "seconds"), ALL)
def test_relations(name: str, relation: Relation, firsts: list[Any], seconds: list[Any]) -> None:
    pairs = list(product(firsts, seconds))
    calls = ", ".join(f"{name}({first}, {second})" for first, second in pairs)
    told = feel(f"[{calls}]") if len(pairs) < 200 else [feel(f"{name}({a}, {b})") for a, b in pairs]
    wrong = [pair for pair, holds in zip(pairs, told, strict=True) if holds is not relation(*pair)]
    assert wrong == []
