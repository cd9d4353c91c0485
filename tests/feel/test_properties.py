"""Laws that hold for every value."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.feel import (
    DaysTimeDuration,
    Range,
    YearsMonthsDuration,
    parse_expression,
    parse_unary_tests,
    write,
)
from service.feel.canonical import canonical
from service.feel.comparing import equal, order
from service.feel.text import literal
from service.feel.values import NUMBERS

from .helpers import refusal

NUMBER = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**15), max_value=10**15, places=6)
DATE = st.dates()
MOMENT = st.datetimes(timezones=st.just(UTC))
SPAN = st.integers(-(10**18), 10**18).map(DaysTimeDuration)
MONTHS = st.integers(-10_000, 10_000).map(YearsMonthsDuration)
TEXT = st.text(st.characters(codec="utf-8"), max_size=20)
SCALAR = st.none() | st.booleans() | NUMBER | TEXT
VALUE = st.recursive(
    SCALAR,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT.filter(bool), inner, max_size=4),
    max_leaves=12,
)
COMPARABLE = st.sampled_from([NUMBER, TEXT, DATE, MOMENT, SPAN, MONTHS])


@given(VALUE)
def test_a_printed_value_reads_back(value: Any) -> None:
    assert canonical(parse_expression(literal(value)).evaluate({})) == canonical(value)


@given(st.one_of(DATE, MOMENT, SPAN, MONTHS, st.times()))
def test_a_printed_temporal_value_reads_back(value: Any) -> None:
    assert canonical(parse_expression(f'@"{write(value)}"').evaluate({})) == canonical(value)


@given(NUMBER, NUMBER)
def test_arithmetic_is_decimal_arithmetic(a: Decimal, b: Decimal) -> None:
    names = {"a": a, "b": b}
    assert parse_expression("a + b").evaluate(names) == NUMBERS.add(a, b)
    assert parse_expression("a - b").evaluate(names) == NUMBERS.subtract(a, b)
    assert parse_expression("a * b").evaluate(names) == NUMBERS.multiply(a, b)
    assert parse_expression("a / b").evaluate(names) == (NUMBERS.divide(a, b) if b else None)
    assert parse_expression(f"({a:f}) + ({b:f})").evaluate({}) == NUMBERS.add(a, b)


@given(COMPARABLE.flatmap(lambda kind: st.tuples(kind, kind, kind)))
def test_order_is_total_within_a_type(values: tuple[Any, Any, Any]) -> None:
    a, b, c = values
    first, second = order(a, b), order(b, a)
    assert first is not None
    assert second is not None
    assert (first > 0) == (second < 0)
    assert (first == 0) is equal(a, b)
    assert (canonical(a) == canonical(b)) is equal(a, b)
    below = order(b, c)
    assert below is not None
    if first <= 0 and below <= 0:
        assert (order(a, c) or 0) <= 0


@given(COMPARABLE.flatmap(lambda kind: st.tuples(kind, kind, kind)), st.booleans(), st.booleans())
def test_a_range_is_two_comparisons(values: tuple[Any, Any, Any], low_in: bool, high_in: bool) -> None:
    value, low, high = values
    text = f"(v {'>=' if low_in else '>'} a) and (v {'<=' if high_in else '<'} b)"
    expected = parse_expression(text).evaluate({"v": value, "a": low, "b": high})
    names = {"v": value, "r": Range(low, high, low_in, high_in)}
    assert parse_expression("v in r").evaluate(names) is expected


@given(DATE, st.integers(-2000, 2000))
def test_days_are_calendar_days(day: date, count: int) -> None:
    found = parse_expression('d + n * duration("P1D")').evaluate({"d": day, "n": count})
    try:
        assert found == day + timedelta(days=count)
    except OverflowError:
        assert found.year in {0, 10_000} or abs(found.year) > 9999 or found.year < 1


@given(MOMENT, SPAN)
def test_adding_and_taking_away_again_changes_nothing(moment: datetime, span: DaysTimeDuration) -> None:
    again = parse_expression("(m + s) - s").evaluate({"m": moment, "s": span})
    assert canonical(again) == canonical(moment)
    assert parse_expression("(m + s) - m").evaluate({"m": moment, "s": span}) == span


@given(st.lists(NUMBER, max_size=20))
def test_sorting_orders(numbers: list[Decimal]) -> None:
    assert parse_expression("sort(xs, function(a, b) a < b)").evaluate({"xs": numbers}) == sorted(numbers)


@given(st.lists(st.integers(0, 5), max_size=20))
def test_distinct_values_and_union_agree(numbers: list[int]) -> None:
    names = {"xs": numbers}
    distinct = parse_expression("distinct values(xs)").evaluate(names)
    assert distinct == list(dict.fromkeys(numbers))
    assert parse_expression("union(xs, xs)").evaluate(names) == distinct


@given(st.text(st.sampled_from('ab1 .,+-*/=<>()[]{}:"@?and or not if then else for in return'), max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read in (parse_expression, parse_unary_tests):
        error = refusal(read, text)
        if error is not None:
            assert 0 <= error.position <= len(text)
            assert error.message_da


@given(st.text(max_size=40))
def test_any_unicode_text_is_read_and_evaluated_or_refused(text: str) -> None:
    error = refusal(parse_expression, text)
    if error is None:
        parse_expression(text).evaluate({})
    else:
        assert 0 <= error.position <= len(text)
