"""Sums and averages."""

from __future__ import annotations

from decimal import Decimal
from functools import reduce
from typing import Any

from ..registry import builtin
from ..values import NUMBERS, DaysTimeDuration, YearsMonthsDuration


def _numbers(values: list[Any]) -> list[Decimal]:
    if set(map(type, values)) - {Decimal}:
        raise ValueError("all elements must be numbers")
    return values


def _total(values: list[Any]) -> Any:
    if type(values[0]) is Decimal:
        return reduce(NUMBERS.add, _numbers(values))
    for kin, field in ((DaysTimeDuration, "nanos"), (YearsMonthsDuration, "months")):
        if all(type(value) is kin for value in values):
            return kin(sum(getattr(value, field) for value in values))
    raise ValueError("all elements must be numbers, or durations of one kind")


@builtin("sum(list: list...)", "list", "Summen.", "The sum.", ("sum([1, 2, 3])", "6"))
def total(list_: list[Any]) -> Any:
    return _total(list_) if list_ else None


@builtin("product(list: list...)", "list", "Produktet.", "The product.", ("product([2, 3, 4])", "24"))
def product(list_: list[Any]) -> Decimal | None:
    result = Decimal(1)
    for number in _numbers(list_):
        result = NUMBERS.multiply(result, number)
    return result if list_ else None


@builtin("mean(list: list...)", "list", "Gennemsnittet.", "The average.", ("mean([1, 2, 3])", "2"))
def mean(list_: list[Any]) -> Decimal | None:
    return NUMBERS.divide(_total(_numbers(list_)), Decimal(len(list_))) if list_ else None


@builtin(
    "median(list: list...)", "list",
    "Den midterste værdi.", "The middle value.", ("median([8, 2, 5, 3, 4])", "4"), ("median([6, 1, 2, 3])", "2.5"),
)  # fmt: skip
def median(list_: list[Any]) -> Decimal | None:
    if not list_:
        return None
    ordered = sorted(_numbers(list_))
    half = len(ordered) // 2
    if len(ordered) % 2:
        return ordered[half]
    return NUMBERS.divide(NUMBERS.add(ordered[half - 1], ordered[half]), Decimal(2))


@builtin(
    "stddev(list: list...)", "list",
    "Standardafvigelsen for en stikprøve.", "The sample standard deviation.",
    ("stddev([2, 4, 7, 5])", "2.081665999466132735282297706979931"),
)  # fmt: skip
def standard_deviation(list_: list[Any]) -> Decimal | None:
    if len(list_) < 2:
        return None
    average = NUMBERS.divide(_total(_numbers(list_)), Decimal(len(list_)))
    squares = Decimal(0)
    for number in list_:
        distance = NUMBERS.subtract(number, average)
        squares = NUMBERS.add(squares, NUMBERS.multiply(distance, distance))
    return NUMBERS.sqrt(NUMBERS.divide(squares, Decimal(len(list_) - 1)))


@builtin(
    "mode(list: list...)", "list",
    "De hyppigste værdier, stigende.", "The most frequent values, ascending.", ("mode([6, 1, 9, 6, 1])", "[1, 6]"),
)  # fmt: skip
def mode(list_: list[Any]) -> list[Decimal]:
    counts: dict[Decimal, int] = {}
    for number in _numbers(list_):
        counts[number] = counts.get(number, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(number for number, times in counts.items() if times == most)
