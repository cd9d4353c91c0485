"""What begins with a word: if, for, some, every, function; and `@"…"`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import nodes as n
from .lexer import STR
from .naming import Names
from .parse_types import read_type
from .temporal_text import read_date, read_date_time, read_duration, read_time
from .types import FeelType

if TYPE_CHECKING:
    from .parser import Parser


def read_if(p: Parser) -> n.Node:
    """`if … then … else …`."""
    start = p.take().start
    condition = p.expression()
    p.take_word("then")
    yes = p.expression()
    if not p.is_word("else"):
        raise p.unexpected("else")
    p.take()
    return n.If(start, condition, yes, p.expression())


def _iterators(p: Parser) -> tuple[n.Iterator, ...]:
    """`a in xs, b in 1..3`; the names are known from then on."""
    iterators = []
    while True:
        start = p.token.start
        known = p.names.match(p.tokens, p.at)
        if known is not None and p.peek(known[1]).text == "in":
            name = known[0]
            p.at += known[1]
        else:
            name = p.declared_name("in")
        p.take_word("in")
        domain, end = read_domain(p)
        iterators.append(n.Iterator(start, name, domain, end))
        p.names.add(name)
        if not p.is_op(","):
            return tuple(iterators)
        p.take()


def read_domain(p: Parser) -> tuple[n.Node, n.Node | None]:
    """`xs`, or `1..3` as two."""
    domain = p.expression()
    if not p.is_op(".."):
        return domain, None
    p.take()
    return domain, p.expression()


def read_for(p: Parser) -> n.Node:
    """`for … return …`."""
    start = p.take().start
    outer, p.names = p.names, Names(parent=p.names)
    iterators = _iterators(p)
    p.take_word("return")
    body = p.expression()
    p.names = outer
    return n.For(start, iterators, body)


def read_quantified(p: Parser) -> n.Node:
    """`some|every … satisfies …`."""
    word = p.take()
    outer, p.names = p.names, Names(parent=p.names)
    iterators = _iterators(p)
    p.take_word("satisfies")
    condition = p.expression()
    p.names = outer
    return n.Quantified(word.start, word.text == "every", iterators, condition)


def read_function(p: Parser) -> n.Node:
    """`function(a: number, b) …`."""
    start = p.take().start
    p.take()
    outer, p.names = p.names, Names(parent=p.names)
    params: list[str] = []
    types: list[FeelType | None] = []
    while not p.is_op(")"):
        params.append(p.declared_name(",", ")", ":"))
        p.names.add(params[-1])
        if p.is_op(":"):
            p.take()
            types.append(read_type(p))
        else:
            types.append(None)
        if not p.is_op(","):
            break
        p.take()
    p.close(")")
    node: n.Node
    if p.is_word("external"):
        p.take()
        p.expression()
        node = n.External(start, tuple(params), tuple(types))
    else:
        body = p.expression()
        node = n.FunctionOf(start, tuple(params), tuple(types), body, p.text[start : p.tokens[p.at - 1].end])
    p.names = outer
    return node


def read_at_literal(p: Parser) -> n.Node:
    """`@"2026-01-31"`."""
    start = p.take().start
    if p.token.kind != STR:
        raise p.unexpected('"')
    text = str(p.take().value)
    for read in (read_date, read_date_time, read_time, read_duration):
        value = read(text)
        if value is not None:
            return n.Literal(start, value)
    return n.NoValue(start, f'@"{text}" is no date, time or duration')
