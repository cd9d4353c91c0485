"""FEEL's values as Python objects, and the bridge from JSON values.

null None · number Decimal (34 digits) · string str · boolean bool · list list · context dict · date, time, date and time
`datetime.date/time/datetime` (or their relatives in `far`) · the two durations, ranges and functions are classes here.

Lists and contexts that come from the engine are used as they are: their elements may still be JSON scalars. Whoever
takes an element out of one passes it through `lift`, so a large structure is never copied to read one path of it.
"""

from __future__ import annotations

import decimal
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .far import FarDate, FarDateTime, FineTime

if TYPE_CHECKING:
    from .environment import Environment
    from .types import FeelType

# IEEE 754 decimal128, as the specification asks.
NUMBERS = decimal.Context(
    prec=34,
    rounding=decimal.ROUND_HALF_EVEN,
    Emin=-6143,
    Emax=6144,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)

NANOS_PER_SECOND = 1_000_000_000
NANOS_PER_DAY = 86_400 * NANOS_PER_SECOND


@dataclass(frozen=True, slots=True, order=True)
class DaysTimeDuration:
    """An exact length of time in nanoseconds (`P2DT3H`)."""

    nanos: int

    @property
    def days(self) -> int:
        return self._part(NANOS_PER_DAY, 0)

    @property
    def hours(self) -> int:
        return self._part(3600 * NANOS_PER_SECOND, 24)

    @property
    def minutes(self) -> int:
        return self._part(60 * NANOS_PER_SECOND, 60)

    @property
    def seconds(self) -> int:
        return self._part(NANOS_PER_SECOND, 60)

    def _part(self, unit: int, wrap: int) -> int:
        amount = abs(self.nanos) // unit
        if wrap:
            amount %= wrap
        return -amount if self.nanos < 0 else amount


@dataclass(frozen=True, slots=True, order=True)
class YearsMonthsDuration:
    """A calendar length in months (`P1Y2M`)."""

    months: int

    @property
    def years(self) -> int:
        whole = abs(self.months) // 12
        return -whole if self.months < 0 else whole

    @property
    def months_part(self) -> int:
        rest = abs(self.months) % 12
        return -rest if self.months < 0 else rest


@dataclass(frozen=True, slots=True)
class CalendarDuration:
    """A duration as a timer writes it (`P1M2DT3H`): months, then whole days on the wall clock, then exact time."""

    months: int
    days: int
    nanos: int


@dataclass(frozen=True, slots=True)
class Range:
    """`[start..end]`; None as an end means unbounded there. `operator` is set for `(=x)` and `(!=x)`, which are no interval."""

    start: Any
    end: Any
    start_included: bool
    end_included: bool
    operator: str | None = None


class FeelFunction:
    """A function value: `params` are the names for named arguments, `call` takes them in that order.

    One that FEEL text defines has that text as `source`, and the `frame` it was made in.
    """

    __slots__ = ("call", "frame", "lenient", "name", "params", "result", "source", "types")

    def __init__(
        self,
        params: Sequence[str],
        call: Callable[[list[Any], Environment], Any],
        name: str = "",
        types: Sequence[FeelType | None] | None = None,
        result: FeelType | None = None,
        lenient: bool = False,
    ) -> None:
        self.params = tuple(params)
        self.call = call
        self.name = name
        self.types = tuple(types) if types is not None else (None,) * len(self.params)
        self.result = result
        self.lenient = lenient  # decides itself whether the number of arguments fits
        self.frame: list[Any] | None = None
        self.source = ""

    def __repr__(self) -> str:
        return f"function {self.name}({', '.join(self.params)})"


NULL, NUMBER, STRING, BOOLEAN, LIST, CONTEXT = "null", "number", "string", "boolean", "list", "context"
DATE, TIME, DATE_TIME = "date", "time", "date and time"
DAYS_TIME, YEARS_MONTHS = "days and time duration", "years and months duration"
RANGE, FUNCTION = "range", "function"

KINDS: dict[type, str] = {
    type(None): NULL,
    Decimal: NUMBER,
    int: NUMBER,
    float: NUMBER,
    str: STRING,
    bool: BOOLEAN,
    list: LIST,
    tuple: LIST,
    dict: CONTEXT,
    date: DATE,
    FarDate: DATE,
    time: TIME,
    FineTime: TIME,
    datetime: DATE_TIME,
    FarDateTime: DATE_TIME,
    DaysTimeDuration: DAYS_TIME,
    YearsMonthsDuration: YEARS_MONTHS,
    Range: RANGE,
    FeelFunction: FUNCTION,
}


NATIVE = frozenset(KINDS) - {int, float, tuple}
SMALL = {value: Decimal(value) for value in range(-128, 1025)}
MAX_BITS = 20_000  # about 10 ** 6020, within the exponent


def kind(value: object) -> str:
    """The FEEL name of the value's type."""
    found = KINDS.get(type(value))
    if found is not None:
        return found
    for base, name in KINDS.items():
        if isinstance(value, base):
            return name
    return CONTEXT if isinstance(value, Mapping) else "unknown"


def number_from_float(value: float) -> Decimal | None:
    """The shortest decimal that reads back as this float; null for what is not finite."""
    return Decimal(repr(value)) if math.isfinite(value) else None


def number_from_int(value: int) -> Decimal | None:
    """At most 34 digits, as every FEEL number; null beyond what 34 digits and an exponent can say."""
    if -(10**34) < value < 10**34:
        return Decimal(value)
    return NUMBERS.create_decimal(value) if value.bit_length() < MAX_BITS else None


def lift(value: Any) -> Any:
    """A JSON scalar as FEEL value; everything else unchanged."""
    kin = type(value)
    if kin is int:
        return SMALL[value] if value in SMALL else number_from_int(value)
    if kin is float:
        return number_from_float(value)
    if kin in KINDS:
        return list(value) if kin is tuple else value
    return _lift_unusual(value)


def _lift_unusual(value: Any) -> Any:
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (str, list, dict, date, time)):
        return value
    if isinstance(value, bool):
        return bool(value)
    if isinstance(value, int):
        return number_from_int(int(value))
    if isinstance(value, float):
        return number_from_float(float(value))
    raise TypeError(f"{type(value).__name__} is no FEEL value")


def lift_all(values: Sequence[Any]) -> list[Any]:
    """A list whose own elements are FEEL values."""
    small = SMALL
    return [
        v
        if (kin := type(v)) in NATIVE
        else small[v]
        if kin is int and v in small
        else lift(v)  # the common cases inline
        for v in values
    ]
