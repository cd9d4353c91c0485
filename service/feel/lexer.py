"""FEEL text as tokens. Names are single words here; `naming` joins the words of names with spaces."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .errors import FeelSyntaxError
from .values import NUMBERS

NUM, STR, WORD, QUOTED, OP, END = "number", "string", "word", "quoted name", "operator", "end"
MAX_TEXT = 200_000

_START = (
    "A-Z_a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u167f\u1681-\u1fff\u200c-\u200d\u2070-\u218f"
    "\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufefe\uff00-\ufffd\U00010000-\U000effff"
)
_PART = _START + "0-9\u00b7\u0300-\u036f\u203f-\u2040"
_BLANK = "\\s\u0085\u180e\u200b\u2060\ufeff"

TOKEN = re.compile(
    rf"(?P<blank>[{_BLANK}]+|//[^\n\r]*|/\*(?:[^*]|\*(?!/))*\*/)"
    r"|(?P<num>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r'|(?P<str>"(?:[^"\\]|\\.)*")'
    rf"|(?P<word>[{_START}][{_PART}]*)"
    r"|(?P<quoted>`[^`\n]+`)"
    r"|(?P<op>\*\*|\.\.|->|<=|>=|!=|/(?!\*)|[-+*=<>()\[\]{},:.?@'])",
    re.DOTALL,
)
_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|U([0-9a-fA-F]{6})|(.))", re.DOTALL)
_PLAIN_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f", '"': '"', "'": "'", "\\": "\\", "/": "/"}


@dataclass(frozen=True, slots=True)
class Token:
    """`text` as written, `value` for numbers (Decimal, or None when too large), strings and quoted names; `start`/`end` are offsets."""

    kind: str
    text: str
    start: int
    end: int
    value: Any = None


def tokenize(text: str) -> list[Token]:
    """All tokens and a closing END; raises FeelSyntaxError at the first character that belongs nowhere."""
    if len(text) > MAX_TEXT:
        raise FeelSyntaxError(
            text, MAX_TEXT, f"longer than {MAX_TEXT} characters", f"udtrykket er længere end {MAX_TEXT} tegn"
        )
    tokens: list[Token] = []
    position, end = 0, len(text)
    match = TOKEN.match
    while position < end:
        found = match(text, position)
        if found is None:
            raise _stray(text, position)
        group, piece, after = found.lastgroup, found.group(), found.end()
        if group == "num":
            tokens.append(Token(NUM, piece, position, after, number_of(piece)))
        elif group == "str":
            tokens.append(Token(STR, piece, position, after, unescape(piece[1:-1])))
        elif group == "word":
            tokens.append(Token(WORD, piece, position, after))
        elif group == "quoted":
            tokens.append(Token(QUOTED, piece, position, after, " ".join(piece[1:-1].split())))
        elif group == "op":
            tokens.append(Token(OP, piece, position, after))
        position = after
    tokens.append(Token(END, "", end, end))
    return tokens


def number_of(digits: str) -> Decimal | None:
    """The number; None when its exponent is beyond those of FEEL's numbers."""
    try:
        return NUMBERS.create_decimal(digits)
    except ArithmeticError:
        return None


def unescape(body: str) -> str:
    """The characters a string literal's inside stands for; surrogate pairs join to one character."""
    if "\\" not in body:
        return body
    joined = _ESCAPE.sub(_escaped, body)
    return joined.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escaped(found: re.Match[str]) -> str:
    four, six, plain = found.groups()
    if four or six:
        code = int(four or six, 16)
        return chr(code) if code <= 0x10FFFF else found.group()
    return _PLAIN_ESCAPES.get(plain, found.group())


def _stray(text: str, position: int) -> FeelSyntaxError:
    here = text[position]
    if here == '"':
        return FeelSyntaxError(
            text, position, "the string has no closing quote", "teksten mangler et afsluttende anførselstegn", ('"',)
        )
    if here == "`":
        return FeelSyntaxError(
            text, position, "the name has no closing backtick", "navnet mangler en afsluttende `", ("`",)
        )
    if text.startswith("/*", position):
        return FeelSyntaxError(text, position, "the comment has no end", "kommentaren mangler */", ("*/",))
    if here in "“”„»«":
        return FeelSyntaxError(
            text,
            position,
            f'{here} is a typographic quote; write "',
            f'{here} er et typografisk anførselstegn; skriv " i stedet',
            ('"',),
        )
    if here in "&|":
        word, word_da = ("and", "og") if here == "&" else ("or", "eller")
        return FeelSyntaxError(
            text,
            position,
            f"'{here}' is not FEEL; write {word}",
            f"'{here}' findes ikke i FEEL; skriv {word} ({word_da})",
            (word,),
        )
    return FeelSyntaxError(text, position, f"'{here}' does not belong here", f"tegnet '{here}' hører ikke hjemme her")
