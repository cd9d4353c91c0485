"""What begins with a bracket: parentheses, lists, ranges in all their forms, contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from . import nodes as n
from .lexer import OP, STR
from .naming import Names
from .precedence import ADD, COMPARISONS

if TYPE_CHECKING:
    from .parser import Parser


def read_parenthesis(p: Parser) -> n.Node:
    """`(…)`, `(a..b]` or `(< a)`."""
    start = p.take().start
    if p.token.kind == OP and p.token.text in COMPARISONS:
        return _operator_range(p, start)
    inner = p.expression()
    if p.is_op(".."):
        return read_range_end(p, start, inner, included=False)
    p.take_op(")")
    return inner


def _operator_range(p: Parser, start: int) -> n.Node:
    """`(< a)`: a range with one end, or `(= a)`, `(!= a)`."""
    op = p.take().text
    operand = p.expression(ADD)
    p.take_op(")")
    match op:
        case "<" | "<=":
            return n.RangeOf(start, None, operand, False, op == "<=")
        case ">" | ">=":
            return n.RangeOf(start, operand, None, op == ">=", False)
        case "=":
            return n.RangeOf(start, operand, operand, True, True, "=")
    return n.RangeOf(start, operand, operand, False, False, "!=")


def read_list_or_range(p: Parser) -> n.Node:
    """`[…]` or `[a..b)`."""
    start = p.take().start
    if p.is_op("]"):
        p.take()
        return n.ListOf(start, ())
    items = [p.expression()]
    if p.is_op(".."):
        return read_range_end(p, start, items[0], included=True)
    while p.is_op(","):
        p.take()
        items.append(p.expression())
    p.close("]")
    return n.ListOf(start, tuple(items))


def read_range_end(p: Parser, start: int, low: n.Node, included: bool) -> n.Node:
    """From `..` to the closing bracket of a range."""
    p.take_op("..")
    high = p.expression()
    close = p.take_op("]", ")", "[")
    return n.RangeOf(start, low, high, included, close.text == "]")


def read_context(p: Parser) -> n.Node:
    """`{key: value, …}`; later values know the earlier keys."""
    start = p.take().start
    entries: list[tuple[str, n.Node]] = []
    outer, p.names = p.names, Names(parent=p.names)
    while not p.is_op("}"):
        key = _key(p)
        p.take_op(":")
        entries.append((key, p.expression()))
        p.names.add(key)
        p.properties.add(key)
        if not p.is_op(","):
            break
        p.take()
    p.close("}")
    p.names = outer
    return n.ContextOf(start, tuple(entries))


def _key(p: Parser) -> str:
    if p.token.kind == STR:
        return str(p.take().value)
    return p.declared_name(":")
