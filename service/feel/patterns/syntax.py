"""Regular expressions as XPath and XML Schema write them, read into a tree.

Besides that dialect: `\\b`, `\\B` (word borders) and `(?:…)`. Look-around and inline flags are refused with a message.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import classes

MAX_REPEAT = 1000
MAX_PATTERN = 2000
MAX_DEPTH = 50
UNBOUNDED = -1


@dataclass(frozen=True, slots=True)
class One:
    """One character; `source` is a Python pattern for it."""

    source: str


@dataclass(frozen=True, slots=True)
class Sequence:
    """One after the other."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Choice:
    """The first that fits."""

    options: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Repeat:
    """`least` to `most` times (UNBOUNDED for no limit)."""

    part: Part
    least: int
    most: int
    greedy: bool


@dataclass(frozen=True, slots=True)
class Group:
    """A part whose match is remembered under a number."""

    number: int
    part: Part


@dataclass(frozen=True, slots=True)
class Back:
    """What a group matched, once more."""

    number: int


@dataclass(frozen=True, slots=True)
class Border:
    """A place: `^`, `$`, `\\b`, `\\B` as Python writes it."""

    source: str


Part = One | Sequence | Choice | Repeat | Group | Back | Border

_PLAIN_ESCAPES = frozenset("\\|.?*+(){}[]-^$/ ")
_CLASS_ESCAPES = {"d": r"\d", "D": r"\D", "s": r"[ \t\n\r]", "S": r"[^ \t\n\r]"}
_IN_CLASS = {"d": r"\d", "D": r"\D", "s": r" \t\n\r", "S": r"\x00-\x08\x0b\x0c\x0e-\x1f!-\U0010ffff"}
_NAMED = frozenset("pPiIcCwW")
_CONTROLS = {"n": "\\n", "r": "\\r", "t": "\\t", "f": "\\f"}
_QUANTITY = re.compile(r"\{([0-9]+)(,([0-9]*))?\}")


class Reader:
    """One reading of one pattern."""

    def __init__(self, pattern: str, flags: str) -> None:
        if len(pattern) > MAX_PATTERN:
            raise ValueError(f"the pattern is longer than {MAX_PATTERN} characters")
        self.text = _without_blanks(pattern) if "x" in flags and "q" not in flags else pattern
        self.dot = r"[\s\S]" if "s" in flags else r"[^\n\r]"
        self.multiline = "m" in flags
        self.at = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.depth = 0

    def read(self) -> Part:
        """The whole pattern; ValueError saying what is wrong with it."""
        part = self._choice()
        if self.at < len(self.text):
            raise self._wrong("')' without '('")
        return part

    def _wrong(self, why: str) -> ValueError:
        return ValueError(f"'{self.text}' is no pattern: {why} at {self.at + 1}")

    def _peek(self) -> str:
        return self.text[self.at : self.at + 1]

    def _take(self) -> str:
        here = self._peek()
        self.at += 1
        return here

    def _choice(self) -> Part:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise self._wrong(f"nested more than {MAX_DEPTH} levels")
        options = [self._sequence()]
        while self._peek() == "|":
            self.at += 1
            options.append(self._sequence())
        self.depth -= 1
        return options[0] if len(options) == 1 else Choice(tuple(options))

    def _sequence(self) -> Part:
        parts: list[Part] = []
        while self._peek() not in {"", "|", ")"}:
            parts.append(self._repeated(self._atom()))
        return parts[0] if len(parts) == 1 else Sequence(tuple(parts))

    def _repeated(self, part: Part) -> Part:
        here = self._peek()
        if here in {"*", "+", "?"} and here:
            self.at += 1
            least, most = {"*": (0, UNBOUNDED), "+": (1, UNBOUNDED), "?": (0, 1)}[here]
        elif here == "{":
            found = _QUANTITY.match(self.text, self.at)
            if found is None:
                raise self._wrong("'{' begins no quantity")
            self.at = found.end()
            least = int(found[1])
            most = least if found[2] is None else int(found[3]) if found[3] else UNBOUNDED
            if least > MAX_REPEAT or most > MAX_REPEAT or (most != UNBOUNDED and most < least):
                raise self._wrong(f"a quantity must be from low to high, at most {MAX_REPEAT},")
        else:
            return part
        if isinstance(part, Border):
            raise self._wrong("a place cannot be repeated")
        greedy = self._peek() != "?"
        if not greedy:
            self.at += 1
        if self._peek() and self._peek() in "*+?{":
            raise self._wrong("a repetition cannot be repeated")
        return Repeat(part, least, most, greedy)

    def _atom(self) -> Part:
        here = self._take()
        if here == "(":
            return self._group()
        if here == "[":
            return One(self._class())
        if here == ".":
            return One(self.dot)
        if here == "^":
            return Border(r"(?m:^)" if self.multiline else r"\A")
        if here == "$":
            return Border(r"(?m:$)" if self.multiline else r"\Z")
        if here == "\\":
            return self._escape()
        if here in "*+?{}]":
            raise self._wrong(f"'{here}' has nothing before it")
        return One(re.escape(here))

    def _group(self) -> Part:
        if self._peek() == "?":
            if self.text[self.at : self.at + 2] != "?:":
                raise self._wrong("only (…) and (?:…) are known")
            self.at += 2
            part = self._choice()
            self._close()
            return part if not isinstance(part, Sequence) else Sequence(part.parts)
        self.groups += 1
        number = self.groups
        part = self._choice()
        self._close()
        self.closed.add(number)
        return Group(number, part)

    def _close(self) -> None:
        if self._take() != ")":
            raise self._wrong("'(' is not closed")

    def _escape(self) -> Part:
        here = self._take()
        if here in _PLAIN_ESCAPES and here:
            return One(re.escape(here))
        if here in _CONTROLS:
            return One(_CONTROLS[here])
        if here in _CLASS_ESCAPES:
            return One(_CLASS_ESCAPES[here])
        if here in {"b", "B"}:
            return Border(f"\\{here}")
        if here in _NAMED and here:
            return One(f"[{classes.source(self._named(here))}]")
        if here.isdigit() and here != "0":
            return self._back(int(here))
        raise self._wrong(f"'\\{here}' is not known")

    def _back(self, number: int) -> Part:
        while self._peek().isdigit() and number * 10 + int(self._peek()) in self.closed:
            number = number * 10 + int(self._take())
        if number not in self.closed:
            raise self._wrong(f"there is no group {number} before it")
        return Back(number)

    def _named(self, letter: str) -> classes.Ranges:
        if letter in "iI":
            ranges = classes.NAME_START
        elif letter in "cC":
            ranges = classes.NAME_PART
        elif letter in "wW":
            ranges = classes.no_word_ranges()
        else:
            if self._take() != "{" or "}" not in self.text[self.at :]:
                raise self._wrong("a category is written \\p{…}")
            end = self.text.index("}", self.at)
            ranges = classes.property_ranges(self.text[self.at : end])
            self.at = end + 1
        return classes.complement(ranges) if letter in "PICw" else ranges

    def _class(self) -> str:
        """The Python pattern of a class after its `[`; a subtracted class becomes a look-ahead."""
        negated = self._peek() == "^"
        if negated:
            self.at += 1
        pieces: list[str] = []
        subtracted = ""
        while self._peek() != "]":
            if not self._peek():
                raise self._wrong("'[' is not closed")
            if self.text.startswith("-[", self.at) and pieces:
                self.at += 2
                subtracted = self._class()
                break
            pieces.append(self._class_piece())
        if self._take() != "]" or not pieces:
            raise self._wrong("the class is not closed or is empty")
        made = f"[{'^' if negated else ''}{''.join(pieces)}]"
        return f"(?:(?!{subtracted}){made})" if subtracted else made

    def _class_piece(self) -> str:
        low, plain = self._class_char()
        next_two = self.text[self.at : self.at + 2]
        if not plain or next_two[:1] != "-" or next_two in {"-]", "-["}:
            return low
        self.at += 1
        high, plain = self._class_char()
        if not plain or _code(low) > _code(high):
            raise self._wrong("the range in the class is no range")
        return f"{low}-{high}"

    def _class_char(self) -> tuple[str, bool]:
        """The next member as Python writes it, and whether it is one character."""
        here = self._take()
        if here == "[":
            raise self._wrong("'[' inside a class must be written '\\['")
        if here != "\\":
            return re.escape(here), True
        letter = self._take()
        if letter in _PLAIN_ESCAPES and letter:
            return re.escape(letter), True
        if letter in _CONTROLS:
            return _CONTROLS[letter], True
        if letter in _IN_CLASS:
            return _IN_CLASS[letter], False
        if letter in _NAMED and letter:
            return classes.source(self._named(letter)), False
        raise self._wrong(f"'\\{letter}' is not known inside a class")


def _code(escaped: str) -> int:
    controls = {"\\n": "\n", "\\r": "\r", "\\t": "\t", "\\f": "\f"}
    return ord(controls.get(escaped, escaped[-1]))


def _without_blanks(pattern: str) -> str:
    """The pattern without blanks outside character classes (flag x)."""
    kept: list[str] = []
    depth = 0
    escaped = False
    for here in pattern:
        if depth == 0 and here in " \t\n\r":
            continue
        kept.append(here)
        if escaped:
            escaped = False
        elif here == "\\":
            escaped = True
        elif here == "[":
            depth += 1
        elif here == "]" and depth:
            depth -= 1
    return "".join(kept)


def literal(text: str) -> Part:
    """A pattern that matches just this text (flag q)."""
    return Sequence(tuple(One(re.escape(here)) for here in text))
