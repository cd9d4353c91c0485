"""`+ - * / **` and unary minus, by the kinds of their operands. Null where the specification knows no result."""

from __future__ import annotations

import decimal
from collections.abc import Callable
from datetime import UTC
from decimal import Decimal
from typing import Any

from .chronology import (
    DateTimeValue,
    DateValue,
    TimeValue,
    add_months,
    add_months_to_moment,
    add_nanos,
    add_to_time,
    date_part,
    epoch_day,
    instant_nanos,
    local_nanos,
    make_date_time,
    make_time,
    nanos_of_day,
    time_offset_nanos,
)
from .environment import Environment
from .values import (
    DATE,
    DATE_TIME,
    DAYS_TIME,
    NANOS_PER_DAY,
    NUMBER,
    NUMBERS,
    STRING,
    TIME,
    YEARS_MONTHS,
    DaysTimeDuration,
    YearsMonthsDuration,
    kind,
)

Operation = Callable[[Any, Any], Any]
MAX_NANOS = 10**30
MAX_MONTHS = 12 * 10**18

_ARITHMETIC_FAULTS: dict[type[Exception], str] = {
    decimal.DivisionByZero: "division by zero",
    ZeroDivisionError: "division by zero",
    decimal.Overflow: "the result is too large",
}
MAX_EXPONENT = Decimal(999_999_999)  # the specification's bound


def operate(op: str, left: Any, right: Any, env: Environment) -> Any:
    """`left op right`; null with a warning when there is no result."""
    names = kind(left), kind(right)
    found = TABLE[op].get(names)
    if found is None:
        env.warn(f"cannot compute {names[0]} {op} {names[1]}")
        return None
    try:
        result = found(left, right)
    except (decimal.DecimalException, ZeroDivisionError) as error:
        env.warn(f"{names[0]} {op} {names[1]}: {_ARITHMETIC_FAULTS.get(type(error), 'no result')}")
        return None
    except (ValueError, OverflowError) as error:
        env.warn(f"{names[0]} {op} {names[1]}: {error}")
        return None
    if type(result) is str:
        env.check_text(len(result))
    return result


def negate(value: Any, env: Environment) -> Any:
    """`-value` of numbers and durations."""
    name = kind(value)
    if name == NUMBER:
        return NUMBERS.minus(value)
    if name == DAYS_TIME:
        return DaysTimeDuration(-value.nanos)
    if name == YEARS_MONTHS:
        return YearsMonthsDuration(-value.months)
    env.warn(f"cannot negate {name}")
    return None


def power(base: Decimal, exponent: Decimal) -> Decimal:
    """`base ** exponent` to 34 digits."""
    if abs(exponent) > MAX_EXPONENT:
        raise OverflowError("the exponent is too large")
    if exponent == 0:
        return Decimal(1)
    if base == 0 and exponent < 0:
        raise ZeroDivisionError
    found = NUMBERS.power(base, exponent)
    return found if exponent == exponent.to_integral_value() else _shortest(found)


def _shortest(value: Decimal) -> Decimal:
    """Without the zeros of a root that came out even."""
    whole = value.to_integral_value() if value.is_finite() else value
    return whole if whole == value else value


def _days_time(nanos: int) -> DaysTimeDuration:
    if abs(nanos) > MAX_NANOS:
        raise OverflowError("the duration is too long")
    return DaysTimeDuration(nanos)


def _months(months: int) -> YearsMonthsDuration:
    if abs(months) > MAX_MONTHS:
        raise OverflowError("the duration is too long")
    return YearsMonthsDuration(months)


def _whole(number: Decimal) -> int:
    if number.adjusted() > 32:
        raise OverflowError("the duration is too long")
    return int(number.to_integral_value(decimal.ROUND_DOWN))


def scale_days_time(length: DaysTimeDuration, factor: Decimal) -> DaysTimeDuration:
    """A duration times a number, to the nanosecond."""
    return _days_time(_whole(NUMBERS.multiply(Decimal(length.nanos), factor)))


def scale_months(length: YearsMonthsDuration, factor: Decimal) -> YearsMonthsDuration:
    """A duration times a number, in whole months towards zero."""
    return _months(_whole(NUMBERS.multiply(Decimal(length.months), factor)))


def _add_to_date(day: DateValue, length: DaysTimeDuration) -> DateValue:
    moment = add_nanos(make_date_time(day, make_time(0, 0, 0, 0, None)), length.nanos)
    return date_part(moment)


def midnight(day: DateValue) -> DateTimeValue:
    """A date as date and time: its midnight in UTC, as the specification reads it in arithmetic."""
    return make_date_time(day, make_time(0, 0, 0, 0, UTC))


def _between_moments(left: DateTimeValue, right: DateTimeValue) -> DaysTimeDuration:
    if (left.tzinfo is None) != (right.tzinfo is None):
        raise ValueError("one of the two has a time zone, the other has none")
    if left.tzinfo is None:
        return DaysTimeDuration(local_nanos(left) - local_nanos(right))
    return DaysTimeDuration(instant_nanos(left) - instant_nanos(right))


def _between_times(left: TimeValue, right: TimeValue) -> DaysTimeDuration:
    offsets = time_offset_nanos(left), time_offset_nanos(right)
    if (offsets[0] is None) != (offsets[1] is None):
        raise ValueError("one of the two has a time zone, the other has none")
    return DaysTimeDuration(nanos_of_day(left) - (offsets[0] or 0) - nanos_of_day(right) + (offsets[1] or 0))


def _divide_days_time(left: DaysTimeDuration, right: Decimal) -> DaysTimeDuration:
    return _days_time(_whole(NUMBERS.divide(Decimal(left.nanos), right)))


def _divide_months(left: YearsMonthsDuration, right: Decimal) -> YearsMonthsDuration:
    return _months(_whole(NUMBERS.divide(Decimal(left.months), right)))


ADD: dict[tuple[str, str], Operation] = {
    (NUMBER, NUMBER): NUMBERS.add,
    (STRING, STRING): lambda a, b: a + b,
    (DAYS_TIME, DAYS_TIME): lambda a, b: _days_time(a.nanos + b.nanos),
    (YEARS_MONTHS, YEARS_MONTHS): lambda a, b: _months(a.months + b.months),
    (DATE, DAYS_TIME): _add_to_date,
    (DATE, YEARS_MONTHS): lambda a, b: add_months(a, b.months),
    (DATE_TIME, DAYS_TIME): lambda a, b: add_nanos(a, b.nanos),
    (DATE_TIME, YEARS_MONTHS): lambda a, b: add_months_to_moment(a, b.months),
    (TIME, DAYS_TIME): lambda a, b: add_to_time(a, b.nanos),
    (DAYS_TIME, DATE): lambda a, b: _add_to_date(b, a),
    (YEARS_MONTHS, DATE): lambda a, b: add_months(b, a.months),
    (DAYS_TIME, DATE_TIME): lambda a, b: add_nanos(b, a.nanos),
    (YEARS_MONTHS, DATE_TIME): lambda a, b: add_months_to_moment(b, a.months),
    (DAYS_TIME, TIME): lambda a, b: add_to_time(b, a.nanos),
}
SUBTRACT: dict[tuple[str, str], Operation] = {
    (NUMBER, NUMBER): NUMBERS.subtract,
    (DAYS_TIME, DAYS_TIME): lambda a, b: _days_time(a.nanos - b.nanos),
    (YEARS_MONTHS, YEARS_MONTHS): lambda a, b: _months(a.months - b.months),
    (DATE, DATE): lambda a, b: DaysTimeDuration((epoch_day(a) - epoch_day(b)) * NANOS_PER_DAY),
    (DATE, DATE_TIME): lambda a, b: _between_moments(midnight(a), b),
    (DATE_TIME, DATE): lambda a, b: _between_moments(a, midnight(b)),
    (DATE_TIME, DATE_TIME): _between_moments,
    (TIME, TIME): _between_times,
    (DATE, DAYS_TIME): lambda a, b: _add_to_date(a, DaysTimeDuration(-b.nanos)),
    (DATE, YEARS_MONTHS): lambda a, b: add_months(a, -b.months),
    (DATE_TIME, DAYS_TIME): lambda a, b: add_nanos(a, -b.nanos),
    (DATE_TIME, YEARS_MONTHS): lambda a, b: add_months_to_moment(a, -b.months),
    (TIME, DAYS_TIME): lambda a, b: add_to_time(a, -b.nanos),
}
MULTIPLY: dict[tuple[str, str], Operation] = {
    (NUMBER, NUMBER): NUMBERS.multiply,
    (DAYS_TIME, NUMBER): scale_days_time,
    (NUMBER, DAYS_TIME): lambda a, b: scale_days_time(b, a),
    (YEARS_MONTHS, NUMBER): scale_months,
    (NUMBER, YEARS_MONTHS): lambda a, b: scale_months(b, a),
}
DIVIDE: dict[tuple[str, str], Operation] = {
    (NUMBER, NUMBER): NUMBERS.divide,
    (DAYS_TIME, NUMBER): _divide_days_time,
    (YEARS_MONTHS, NUMBER): _divide_months,
    (DAYS_TIME, DAYS_TIME): lambda a, b: NUMBERS.divide(Decimal(a.nanos), Decimal(b.nanos)),
    (YEARS_MONTHS, YEARS_MONTHS): lambda a, b: NUMBERS.divide(Decimal(a.months), Decimal(b.months)),
}
TABLE: dict[str, dict[tuple[str, str], Operation]] = {
    "+": ADD,
    "-": SUBTRACT,
    "*": MULTIPLY,
    "/": DIVIDE,
    "**": {(NUMBER, NUMBER): power},
}
FAST: dict[str, Operation] = {"+": NUMBERS.add, "-": NUMBERS.subtract, "*": NUMBERS.multiply}
