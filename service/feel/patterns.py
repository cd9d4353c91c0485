"""Regular expressions for matches, replace, split and extract, kept from running away.

Python's matcher backtracks, and a pattern with a repetition inside a repetition can take for ever on a short text. Such
patterns are refused (null and a warning), and texts are limited in length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from .environment import Environment

MAX_TEXT = 100_000
_FLAGS = {"i": re.IGNORECASE, "s": re.DOTALL, "m": re.MULTILINE, "x": re.VERBOSE}
_GROUP = re.compile(r"\$(\d)|\\([\\$])")


class Pattern:
    """One compiled pattern."""

    __slots__ = ("_regex",)

    def __init__(self, regex: re.Pattern[str]) -> None:
        self._regex = regex

    def search(self, text: str, env: Environment) -> re.Match[str] | None:
        """The first place that matches."""
        _spend(text, env)
        return self._regex.search(text)

    def every(self, text: str, env: Environment) -> Iterator[re.Match[str]]:
        """All places that match, from left to right."""
        _spend(text, env)
        return self._regex.finditer(text)


def _spend(text: str, env: Environment) -> None:
    if len(text) > MAX_TEXT:
        raise ValueError(f"the text is longer than the {MAX_TEXT} characters a pattern may search")
    env.spend(len(text) // 10)


@lru_cache(maxsize=1024)
def compiled(pattern: str, flags: str) -> Pattern:
    """The pattern; ValueError when it is none or may run away."""
    if set(flags) - set(_FLAGS):
        raise ValueError(f"unknown flags '{flags}'; known are i, s, m and x")
    _check_nesting(pattern)
    number = 0
    for flag in set(flags):
        number |= _FLAGS[flag]
    try:
        return Pattern(re.compile(pattern, number))
    except (re.error, OverflowError, RecursionError) as error:
        raise ValueError(f"'{pattern}' is no pattern: {error}") from None


def _check_nesting(pattern: str) -> None:
    """Refuse a repeated group that holds a repetition or an alternative."""
    risky: list[bool] = [False]
    at, in_class = 0, False
    while at < len(pattern):
        here = pattern[at]
        if here == "\\":
            at += 1
        elif in_class:
            in_class = here != "]"
        elif here == "[":
            in_class = True
        elif here == "(":
            risky.append(False)
        elif here == "|" or here in "*+{":
            risky[-1] = True
        elif here == ")" and len(risky) > 1:
            inner = risky.pop()
            repeated = pattern[at + 1 : at + 2] in {"*", "+", "{"}
            if inner and repeated:
                raise ValueError(f"the pattern '{pattern}' repeats a group that itself repeats; that can run away")
            risky[-1] = risky[-1] or inner
        at += 1


def replace(text: str, pattern: Pattern, replacement: str, env: Environment) -> str:
    """Every match replaced; `$1` is a group, `$0` the whole match, `\\$` a dollar sign."""
    pieces: list[str] = []
    at = 0
    for found in pattern.every(text, env):
        pieces.append(text[at : found.start()])
        pieces.append(_GROUP.sub(lambda part, found=found: _group(part, found), replacement))  # type: ignore[misc]
        at = found.end()
    pieces.append(text[at:])
    env.check_text(sum(map(len, pieces)))
    return "".join(pieces)


def _group(part: re.Match[str], found: re.Match[str]) -> str:
    if part[2]:
        return part[2]
    number = int(part[1])
    return (found.group(number) or "") if number <= (found.re.groups or 0) else ""


def split(text: str, pattern: Pattern, env: Environment) -> list[str]:
    """The pieces between matches; an empty match splits nothing."""
    pieces: list[str] = []
    at = 0
    for found in pattern.every(text, env):
        if found.end() > found.start():
            pieces.append(text[at : found.start()])
            at = found.end()
    pieces.append(text[at:])
    return pieces
