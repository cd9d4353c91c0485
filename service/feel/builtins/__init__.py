"""The built-in functions, by what they work on."""

from ..parser import know_phrases
from ..registry import BUILTINS
from . import booleans, contexts, conversion, durations, lists, numbers, ranges, statistics, strings, temporal

__all__ = [
    "booleans",
    "contexts",
    "conversion",
    "durations",
    "lists",
    "numbers",
    "ranges",
    "statistics",
    "strings",
    "temporal",
]

know_phrases(name for name in BUILTINS if " " in name)
