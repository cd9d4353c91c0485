"""FEEL, the one expression language of diagrams, decisions and forms (DMN 1.5; feel-scala where that leaves a choice)."""

from .calling import call_whole
from .chronology import add_duration
from .danish import translate_all
from .environment import Environment, Limits
from .errors import FeelSyntaxError
from .expression import Expression, UnaryTests, parse_expression, parse_unary_tests
from .jsonvalues import from_json, to_json
from .registry import BUILTINS, Builtin
from .temporal_text import parse_date_time, parse_duration, read_duration
from .text import write
from .types import FeelType
from .values import (
    CalendarDuration,
    DaysTimeDuration,
    FeelFunction,
    Range,
    YearsMonthsDuration,
    kind,
    lift,
)

__all__ = [
    "BUILTINS",
    "Builtin",
    "CalendarDuration",
    "DaysTimeDuration",
    "Environment",
    "Expression",
    "FeelFunction",
    "FeelSyntaxError",
    "FeelType",
    "Limits",
    "Range",
    "UnaryTests",
    "YearsMonthsDuration",
    "add_duration",
    "call_whole",
    "from_json",
    "kind",
    "lift",
    "parse_date_time",
    "parse_duration",
    "parse_expression",
    "parse_unary_tests",
    "read_duration",
    "to_json",
    "translate_all",
    "write",
]
