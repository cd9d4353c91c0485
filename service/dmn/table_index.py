"""Finding a large table's matching rules without trying every rule.

A column whose conditions all compare with constants of one type cuts that type's values into pieces; for each piece it is
known beforehand which rules match (as the bits of an integer). A look-up finds the piece, and the columns' bits are
combined. Columns that compute, and values of other types, are tried rule by rule as in a small table.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from service.feel import Range
from service.feel import nodes as n
from service.feel.comparing import ORDERED
from service.feel.compile_tests import Check
from service.feel.compiler import Compiler

WORTH_IT = 12  # with fewer rules trying each is as fast
MAX_INTERVAL_RULES = 3000  # the memory for the pieces' bits grows with the square of the rules

# The rules a value matches in a column; None when the index cannot tell (a value of another type).
Lookup = Callable[[Any], int | None]


@dataclass(frozen=True, slots=True)
class Span:
    """An interval of constants; None as an end is unbounded."""

    low: Any
    high: Any
    low_in: bool
    high_in: bool


@dataclass(frozen=True, slots=True)
class Condition:
    """One cell: any of these intervals, or none of them."""

    spans: tuple[Span, ...]
    negated: bool


def build_lookup(c: Compiler, tests: Sequence[n.Tests]) -> Lookup | None:
    """The index of a column; None when its cells are not all constants of one type (`-` fits any)."""
    cells = [_condition(c, test) if test.items else None for test in tests]
    if any(cell is None and test.items for cell, test in zip(cells, tests, strict=True)):
        return None
    kinds = {
        type(end) for cell in cells if cell for span in cell.spans for end in (span.low, span.high) if end is not None
    }
    if len(kinds) != 1:
        return None
    kin = kinds.pop()
    points = all(
        span.low is not None and span.low == span.high and span.low_in and span.high_in
        for cell in cells
        if cell
        for span in cell.spans
    )
    if points:
        return _by_value(kin, cells)
    if kin not in ORDERED or len(cells) > MAX_INTERVAL_RULES:
        return None
    return _by_piece(kin, cells)


def _condition(c: Compiler, tests: n.Tests) -> Condition | None:
    spans = []
    for test in tests.items:
        span = _span(c, test)
        if span is None:
            return None
        spans.append(span)
    return Condition(tuple(spans), tests.negated)


def _span(c: Compiler, test: n.Test) -> Span | None:
    operand = c.compile(test.operand)
    if not c.is_constant(operand):
        return None
    value = c.constants[operand]
    if type(value) is Range:
        if test.op is not None or value.operator is not None:
            return None
        return Span(value.start, value.end, value.start_included, value.end_included)
    if type(value) not in ORDERED and type(value) is not bool:
        return None
    match test.op:
        case None | "=":
            return Span(value, value, True, True)
        case "<" | "<=" if type(value) in ORDERED:
            return Span(None, value, False, test.op == "<=")
        case ">" | ">=" if type(value) in ORDERED:
            return Span(value, None, test.op == ">=", False)
    return None


def _bits(numbers: Iterable[int]) -> int:
    found = 0
    for number in numbers:
        found |= 1 << number
    return found


def _by_value(kin: type, cells: Sequence[Condition | None]) -> Lookup:
    """For columns of plain values: a dictionary."""
    elsewhere = _bits(at for at, cell in enumerate(cells) if cell is None or cell.negated)
    constants = {span.low for cell in cells if cell for span in cell.spans}
    table = dict.fromkeys(constants, elsewhere)
    for at, cell in enumerate(cells):
        if cell is not None:
            for value in {span.low for span in cell.spans}:
                table[value] ^= 1 << at  # a plain cell's bit comes on here, a negated one's goes off

    def look_up(value: Any) -> int | None:
        return table.get(value, elsewhere) if type(value) is kin else None

    return look_up


def _by_piece(kin: type, cells: Sequence[Condition | None]) -> Lookup:
    """For columns of intervals: the constants in order; even pieces lie between them, odd ones are the constants."""
    ends = sorted(
        {end for cell in cells if cell for span in cell.spans for end in (span.low, span.high) if end is not None}
    )
    size = 2 * len(ends) + 1
    begins, stops = [0] * (size + 1), [0] * (size + 1)
    for at, cell in enumerate(cells):
        for first, last in [(0, size - 1)] if cell is None else _runs(cell, ends, size):
            begins[first] |= 1 << at
            stops[last + 1] |= 1 << at
    pieces, current = [], 0
    for place in range(size):
        current = (current & ~stops[place]) | begins[place]
        pieces.append(current)

    def look_up(value: Any) -> int | None:
        if type(value) is not kin:
            return None
        place = bisect_left(ends, value)
        exact = place < len(ends) and ends[place] == value
        return pieces[2 * place + 1 if exact else 2 * place]

    return look_up


def _runs(cell: Condition, ends: Sequence[Any], size: int) -> list[tuple[int, int]]:
    """The runs of pieces a cell holds in, apart from each other and ascending."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(_run(span, ends, size) for span in cell.spans):
        if first > last:
            continue
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], last))
        else:
            merged.append((first, last))
    if not cell.negated:
        return merged
    borders = [-1, *(border for run in merged for border in (run[0], run[1])), size]
    gaps = [(borders[at] + 1, borders[at + 1] - 1) for at in range(0, len(borders), 2)]
    return [(first, last) for first, last in gaps if first <= last]


def _run(span: Span, ends: Sequence[Any], size: int) -> tuple[int, int]:
    first = 0 if span.low is None else 2 * bisect_left(ends, span.low) + (1 if span.low_in else 2)
    last = size - 1 if span.high is None else 2 * bisect_left(ends, span.high) + (1 if span.high_in else 0)
    return first, last


def matcher(
    lookups: Sequence[Lookup | None], checks: Sequence[Sequence[Check | None]], *, first_only: bool
) -> Callable[[Sequence[Any], Any], list[int]]:
    """A function from a row of values and a frame to the numbers of the matching rules, ascending.

    `checks` are the cells rule by rule, None for `-`; they are used in the columns that have no index.
    """
    everything = (1 << len(checks)) - 1
    columns = range(len(lookups))

    def match(values: Sequence[Any], frame: Any) -> list[int]:
        candidates = everything
        rest: list[int] = []
        for at in columns:
            look_up = lookups[at]
            found = look_up(values[at]) if look_up is not None else None
            if found is None:
                rest.append(at)
            else:
                candidates &= found
                if not candidates:
                    return []
        matched = []
        while candidates:
            low = candidates & -candidates
            number = low.bit_length() - 1
            candidates ^= low
            row = checks[number]
            for at in rest:
                check = row[at]
                if check is not None and check(values[at], frame) is not True:
                    break
            else:
                matched.append(number)
                if first_only:
                    break
        return matched

    return match
