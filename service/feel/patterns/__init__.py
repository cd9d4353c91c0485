"""Regular expressions for matches, replace, split and extract, kept from running away.

Patterns are written as XPath writes them (`syntax` says what is added and left out). Simple ones run on Python's `re`;
those that could take it very long run on a machine of bounded time (`matcher`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from ..environment import Environment
from .matcher import Program, build, search
from .syntax import UNBOUNDED, Back, Border, Choice, Group, One, Part, Reader, Repeat, Sequence, literal

MAX_TEXT = 200_000
MAX_QUICK_STEPS = 2_000_000
FLAGS = frozenset("ismxq")
_REPLACEMENT = re.compile(r"\$([0-9]+)|\\([\\$])|(\$|\\)")


class Found:
    """One match: where, and what its groups hold."""

    __slots__ = ("_slots", "_text")

    def __init__(self, text: str, slots: list[int]) -> None:
        self._text = text
        self._slots = slots

    @property
    def start(self) -> int:
        return self._slots[0]

    @property
    def end(self) -> int:
        return self._slots[1]

    def group(self, number: int = 0) -> str | None:
        """What a group matched; None when it took no part."""
        low, high = self._slots[2 * number], self._slots[2 * number + 1]
        return self._text[low:high] if low >= 0 and high >= 0 else None


class Pattern:
    """One compiled pattern. `ambiguity` is how many repetitions could share the same text between them (None: unbounded)."""

    __slots__ = ("_ignore_case", "_program", "_regex", "_tree", "ambiguity", "groups", "literal")

    def __init__(self, tree: Part, groups: int, flags: int, *, as_written: bool = False) -> None:
        self.groups = groups
        self.literal = as_written  # flag q: pattern and replacement have no special characters
        self.ambiguity = _ambiguity(tree)
        self._ignore_case = bool(flags & re.IGNORECASE)
        self._tree = tree
        self._program: Program | None = None
        self._regex = re.compile(_source(tree), flags)

    def search(self, text: str, env: Environment) -> Found | None:
        """The first place that matches."""
        return self._next(text, 0, env)

    def every(self, text: str, env: Environment) -> Iterator[Found]:
        """All places that match, from left to right, none overlapping."""
        at = 0
        while at <= len(text):
            found = self._next(text, at, env)
            if found is None:
                return
            yield found
            at = found.end if found.end > found.start else found.end + 1

    def _next(self, text: str, start: int, env: Environment) -> Found | None:
        if len(text) > MAX_TEXT:
            raise ValueError(f"the text is longer than the {MAX_TEXT} characters a pattern may search")
        size = len(text) - start + 1
        if self.ambiguity is not None and size ** (self.ambiguity + 1) <= MAX_QUICK_STEPS:
            env.spend(1 + size // 16)
            quick = self._regex.search(text, start)
            return Found(text, [place for span in _spans(quick) for place in span]) if quick else None
        if self._program is None:
            self._program = build(self._tree, self.groups, self._regex.flags & re.IGNORECASE)
        slots = search(self._program, text, start, env, self._ignore_case)
        return Found(text, slots) if slots is not None else None


def _spans(found: re.Match[str]) -> list[tuple[int, int]]:
    return [found.span(), *found.regs[1:]]


@lru_cache(maxsize=1024)
def compiled(pattern: str, flags: str) -> Pattern:
    """The pattern; ValueError saying what is wrong with it or its flags."""
    if set(flags) - FLAGS:
        raise ValueError(f"unknown flags '{flags}'; known are i, s, m, x and q")
    number = re.IGNORECASE if "i" in flags else 0
    if "q" in flags:
        return Pattern(literal(pattern), 0, number, as_written=True)
    reader = Reader(pattern, flags)
    tree = reader.read()
    return Pattern(tree, reader.groups, number)


def _source(part: Part) -> str:
    """The pattern as Python writes it."""
    match part:
        case One(source) | Border(source):
            return source
        case Sequence(parts):
            return "".join(_grouped(inner) for inner in parts)
        case Choice(options):
            return "|".join(_source(option) for option in options)
        case Repeat(inner, least, most, greedy):
            times = f"{{{least},{'' if most == UNBOUNDED else most}}}"
            return f"(?:{_source(inner)}){times}{'' if greedy else '?'}"
        case Group(_, inner):
            return f"({_source(inner)})"
        case Back(number):
            return f"(?:\\{number})"
    raise AssertionError(part)


def _grouped(part: Part) -> str:
    return f"(?:{_source(part)})" if isinstance(part, Choice) else _source(part)


def _ambiguity(part: Part) -> int | None:
    """How many long repetitions stand side by side; None when one stands inside another or around a choice."""
    match part:
        case One() | Border() | Back():
            return 0
        case Sequence(parts):
            counts = [_ambiguity(inner) for inner in parts]
            return None if None in counts else sum(count for count in counts if count is not None)
        case Choice(options):
            counts = [_ambiguity(option) for option in options]
            return None if None in counts else max(count for count in counts if count is not None)
        case Group(_, inner):
            return _ambiguity(inner)
        case Repeat(inner, least, most, _):
            if isinstance(inner, One):
                return 0 if most in {least, 1} else 1
            if most == 1:
                return _ambiguity(inner)
            return 0 if least == most and _fixed(inner) else (1 if _fixed(inner) else None)
    raise AssertionError(part)


def _fixed(part: Part) -> bool:
    """Whether the part holds neither repetitions nor choices, so that it can match a place in one way only."""
    match part:
        case One() | Border():
            return True
        case Sequence(parts):
            return all(_fixed(inner) for inner in parts) and any(isinstance(inner, One) for inner in parts)
        case Group(_, inner):
            return _fixed(inner)
    return False


def _refuse_empty_match(pattern: Pattern, env: Environment) -> None:
    if pattern.search("", env) is not None:
        raise ValueError("the pattern matches the empty text")


def replace(text: str, pattern: Pattern, replacement: str, env: Environment) -> str:
    """Every match replaced; `$1` is a group, `$0` the whole match, `\\$` a dollar sign.

    ValueError when the pattern matches the empty text or the replacement has a lone `$` or `\\`.
    """
    _refuse_empty_match(pattern, env)
    if not pattern.literal and any(found[3] for found in _REPLACEMENT.finditer(replacement)):
        raise ValueError("in a replacement, $ must stand before a digit and \\ before $ or \\")
    pieces: list[str] = []
    at = size = 0
    for found in pattern.every(text, env):
        made = replacement if pattern.literal else _expand(replacement, found, pattern.groups)
        pieces += [text[at : found.start], made]
        at = found.end
        size += len(made)
        env.check_text(size)
    return "".join([*pieces, text[at:]])


def _expand(replacement: str, found: Found, groups: int) -> str:
    def one(part: re.Match[str]) -> str:
        if part[2]:
            return str(part[2])
        digits, rest = str(part[1]), ""
        while len(digits) > 1 and int(digits) > groups:
            digits, rest = digits[:-1], digits[-1] + rest
        return ((found.group(int(digits)) or "") if int(digits) <= groups else "") + rest

    return _REPLACEMENT.sub(one, replacement)


def split(text: str, pattern: Pattern, env: Environment) -> list[str]:
    """The pieces between matches. ValueError when the pattern matches the empty text."""
    _refuse_empty_match(pattern, env)
    pieces: list[str] = []
    at = 0
    for found in pattern.every(text, env):
        pieces.append(text[at : found.start])
        at = found.end
    pieces.append(text[at:])
    return pieces
