"""The types after `instance of` and in `function(a: type)`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .lexer import QUOTED, WORD
from .naming import Names
from .token_stream import A_TYPE
from .types import NAMED, SIMPLE, FeelType

if TYPE_CHECKING:
    from .parser import Parser

_PHRASES = Names(name for name in SIMPLE if " " in name)


def read_type(parser: Parser) -> FeelType:
    """One type at the parser's place; raises FeelSyntaxError."""
    token = parser.token
    if token.kind == QUOTED:
        return FeelType(NAMED, ref=str(parser.take().value))
    if token.kind != WORD:
        raise parser.unexpected(thing=A_TYPE)
    phrase = _PHRASES.match(parser.tokens, parser.at) or parser.names.match(parser.tokens, parser.at)
    if phrase is not None:
        parser.at += phrase[1]
        return FeelType(SIMPLE[phrase[0]]) if phrase[0] in SIMPLE else _dotted(parser, phrase[0])
    word = parser.take().text
    if parser.is_op("<") and word in {"list", "range", "context", "function"}:
        return _generic(parser, word)
    return FeelType(SIMPLE[word]) if word in SIMPLE and not parser.is_op(".") else _dotted(parser, word)


def _dotted(parser: Parser, name: str) -> FeelType:
    while parser.is_op("."):
        parser.take()
        part = parser.names.match(parser.tokens, parser.at)
        if part is not None:
            parser.at += part[1]
            name += f".{part[0]}"
        elif parser.token.kind in {WORD, QUOTED}:
            token = parser.take()
            name += f".{token.value or token.text}"
        else:
            raise parser.unexpected(thing=A_TYPE)
    return FeelType(NAMED, ref=name)


def _generic(parser: Parser, word: str) -> FeelType:
    parser.take()
    if word in {"list", "range"}:
        element = read_type(parser)
        _close(parser)
        return FeelType(word, element=element)
    if word == "context":
        fields: dict[str, FeelType] = {}
        while not parser.is_op(">"):
            name = parser.declared_name(":")
            parser.take_op(":")
            fields[name] = read_type(parser)
            if not parser.is_op(","):
                break
            parser.take()
        _close(parser)
        return FeelType(word, fields=fields)
    params: list[FeelType] = []
    while not parser.is_op(">"):
        params.append(read_type(parser))
        if not parser.is_op(","):
            break
        parser.take()
    _close(parser)
    parser.take_op("->")
    return FeelType(word, params=tuple(params), result=read_type(parser))


def _close(parser: Parser) -> None:
    parser.take_op(">")
