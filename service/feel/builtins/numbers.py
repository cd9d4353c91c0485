"""Functions on numbers."""

from __future__ import annotations

import decimal
import random
from decimal import Decimal

from ..registry import builtin
from ..values import NUMBERS, DaysTimeDuration, YearsMonthsDuration

MIN_SCALE, MAX_SCALE = -6111, 6176


def rounded(number: Decimal, scale: Decimal, mode: str) -> Decimal:
    """The number with `scale` decimals (negative: tens, hundreds …)."""
    if scale != scale.to_integral_value() or not MIN_SCALE <= scale <= MAX_SCALE:
        raise ValueError(f"the scale must be a whole number from {MIN_SCALE} to {MAX_SCALE}")
    places = int(scale)
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and -exponent <= places:
        return number
    return number.quantize(Decimal(1).scaleb(-places, _WIDE), rounding=mode, context=_WIDE)


_WIDE = decimal.Context(prec=80, Emin=-999_999, Emax=999_999)


@builtin(
    "decimal(n: number, scale: number)", "number",
    "Tallet afrundet til et antal decimaler; midt imellem går til det lige ciffer.",
    "The number rounded to a scale, halves to the even digit.",
    ("decimal(2.5, 0)", "2"), ("decimal(1/3, 2)", "0.33"),
)  # fmt: skip
def to_scale(n: Decimal, scale: Decimal) -> Decimal:
    return rounded(n, scale, decimal.ROUND_HALF_EVEN)


@builtin(
    "floor(n: number, scale: number?)", "number",
    "Tallet rundet ned.", "The number rounded towards minus infinity.",
    ("floor(1.5)", "1"), ("floor(-1.56, 1)", "-1.6"),
)  # fmt: skip
def floor(n: Decimal, scale: Decimal | None = None) -> Decimal:
    return rounded(n, scale or Decimal(0), decimal.ROUND_FLOOR)


@builtin(
    "ceiling(n: number, scale: number?)", "number",
    "Tallet rundet op.", "The number rounded towards plus infinity.",
    ("ceiling(1.5)", "2"), ("ceiling(-1.56, 1)", "-1.5"),
)  # fmt: skip
def ceiling(n: Decimal, scale: Decimal | None = None) -> Decimal:
    return rounded(n, scale or Decimal(0), decimal.ROUND_CEILING)


@builtin(
    "round up(n: number, scale: number)", "number",
    "Tallet rundet væk fra nul.", "The number rounded away from zero.",
    ("round up(5.51, 1)", "5.6"),
)  # fmt: skip
def round_up(n: Decimal, scale: Decimal) -> Decimal:
    return rounded(n, scale, decimal.ROUND_UP)


@builtin(
    "round down(n: number, scale: number)", "number",
    "Tallet rundet mod nul.", "The number rounded towards zero.",
    ("round down(5.59, 1)", "5.5"),
)  # fmt: skip
def round_down(n: Decimal, scale: Decimal) -> Decimal:
    return rounded(n, scale, decimal.ROUND_DOWN)


@builtin(
    "round half up(n: number, scale: number)", "number",
    "Tallet afrundet; midt imellem går væk fra nul.", "The number rounded, halves away from zero.",
    ("round half up(5.25, 1)", "5.3"),
)  # fmt: skip
def round_half_up(n: Decimal, scale: Decimal) -> Decimal:
    return rounded(n, scale, decimal.ROUND_HALF_UP)


@builtin(
    "round half down(n: number, scale: number)", "number",
    "Tallet afrundet; midt imellem går mod nul.", "The number rounded, halves towards zero.",
    ("round half down(5.25, 1)", "5.2"),
)  # fmt: skip
def round_half_down(n: Decimal, scale: Decimal) -> Decimal:
    return rounded(n, scale, decimal.ROUND_HALF_DOWN)


@builtin(
    "abs(n: number or duration)", "number",
    "Den positive størrelse af et tal eller en varighed.", "The magnitude of a number or duration.",
    ("abs(-5)", "5"), ('abs(duration("-P1D"))', 'duration("P1D")'),
)  # fmt: skip
def absolute(
    n: Decimal | DaysTimeDuration | YearsMonthsDuration,
) -> Decimal | DaysTimeDuration | YearsMonthsDuration:
    if isinstance(n, Decimal):
        return NUMBERS.abs(n)
    if isinstance(n, DaysTimeDuration):
        return DaysTimeDuration(abs(n.nanos))
    return YearsMonthsDuration(abs(n.months))


@builtin(
    "modulo(dividend: number, divisor: number)", "number",
    "Resten ved division, med divisorens fortegn.", "The remainder of a division, with the divisor's sign.",
    ("modulo(12, 5)", "2"), ("modulo(-12, 5)", "3"),
)  # fmt: skip
def modulo(dividend: Decimal, divisor: Decimal) -> Decimal:
    if divisor == 0:
        raise ValueError("division by zero")
    if dividend.adjusted() - divisor.adjusted() > 200:
        raise ValueError("the quotient is too large")
    rest = _EXACT.remainder(dividend, divisor)
    return NUMBERS.plus(rest + divisor if rest and (rest < 0) != (divisor < 0) else rest)


_EXACT = decimal.Context(prec=300, Emin=-999_999, Emax=999_999)


@builtin(
    "sqrt(number: number)", "number",
    "Kvadratroden; null for et negativt tal.", "The square root; null for a negative number.",
    ("sqrt(16)", "4"),
)  # fmt: skip
def square_root(number: Decimal) -> Decimal:
    return NUMBERS.sqrt(number)


@builtin(
    "log(number: number)", "number",
    "Den naturlige logaritme.", "The natural logarithm.",
    ("decimal(log(10), 8)", "2.30258509"),
)  # fmt: skip
def logarithm(number: Decimal) -> Decimal:
    if number <= 0:
        raise ValueError("the number must be positive")
    return NUMBERS.ln(number)


@builtin(
    "exp(number: number)", "number",
    "e i tallets potens.", "e to the power of the number.",
    ("decimal(exp(5), 8)", "148.41315910"),
)  # fmt: skip
def exponential(number: Decimal) -> Decimal:
    return NUMBERS.exp(number)


@builtin("odd(number: number)", "number", "Sand for ulige tal.", "True for odd numbers.", ("odd(5)", "true"))
def odd(number: Decimal) -> bool:
    return number == number.to_integral_value() and _last_bit(number) == 1


@builtin("even(number: number)", "number", "Sand for lige tal.", "True for even numbers.", ("even(2)", "true"))
def even(number: Decimal) -> bool:
    return number == number.to_integral_value() and _last_bit(number) == 0


def _last_bit(number: Decimal) -> int:
    return 0 if number.as_tuple().exponent > 0 else int(number) & 1  # type: ignore[operator] # numbers are finite


@builtin(
    "random number()", "number",
    "Et tilfældigt tal fra 0 til 1.", "A random number from 0 up to 1.",
    ("random number() < 1", "true"),
    foldable=False,
)  # fmt: skip
def random_number() -> Decimal:
    return Decimal(repr(random.SystemRandom().random()))
