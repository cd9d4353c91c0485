"""Boxed expressions as FEEL syntax trees: context, list, relation, invocation, function, conditional, filter, loops.

They mean the same as their textual forms, so they become the same trees and run through the same compiler. Only decision
tables and type checks need nodes of their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from service.feel import FeelSyntaxError, FeelType
from service.feel import nodes as n
from service.feel.parser import parse, parse_domain

from .itemtypes import Complain, type_named
from .nodes import Typed
from .xmltree import Element, child, children, local, name_of, text_of

NOTHING = n.Literal(0, None)


@dataclass(frozen=True)
class Reader:
    """What reading a boxed expression needs to know: names in scope, entry names, types, and whom to tell of faults."""

    names: frozenset[str]
    properties: frozenset[str]
    types: dict[str, FeelType]
    complain: Complain
    table: Callable[[Element, Reader], n.Node] = field(repr=False)

    def with_names(self, more: Iterable[str]) -> Reader:
        """The same, with more names in scope."""
        return Reader(self.names | frozenset(more), self.properties, self.types, self.complain, self.table)


def read_boxed(element: Element, reader: Reader) -> n.Node:
    """The tree of a boxed expression, held against its `typeRef` if it has one."""
    read = READERS.get(local(element))
    if read is None:
        reader.complain(element, f"'{local(element)}' er ikke et udtryk")
        return NOTHING
    return typed(read(element, reader), element.get("typeRef"), element, reader)


def typed(node: n.Node, reference: str | None, element: Element, reader: Reader) -> n.Node:
    """The node with its declared type, if that says anything."""
    wanted = type_named(reference)
    if wanted is None:
        return node
    if wanted.ref and wanted.ref not in reader.types:
        reader.complain(element, f"typen '{wanted.ref}' findes ikke i filen")
        return node
    return Typed(node.at, node, wanted)


def boxed_child(element: Element, reader: Reader, what: str = "udtrykket") -> n.Node:
    """The one boxed expression inside an element."""
    for inner in element:
        if isinstance(inner.tag, str) and local(inner) in READERS:
            return read_boxed(inner, reader)
    reader.complain(element, f"{what} mangler")
    return NOTHING


def literal(element: Element, reader: Reader, empty: n.Node | None = None) -> n.Node:
    """FEEL text in a `text` child."""
    language = element.get("expressionLanguage")
    if language and not is_feel(language):
        reader.complain(element, f"udtrykssproget '{language}' understøttes ikke; brug FEEL")
        return NOTHING
    text = text_of(element)
    if not text:
        if empty is not None:
            return empty
        reader.complain(element, "udtrykket er tomt")
        return NOTHING
    return feel(text, element, reader)


def is_feel(language: str) -> bool:
    """Whether an expression language is FEEL, however the file spells it."""
    return language.strip().rstrip("/").lower().endswith("feel")


def feel(text: str, element: Element, reader: Reader) -> n.Node:
    """The tree of FEEL text, or a complaint."""
    try:
        return parse(text, reader.names, reader.properties)
    except FeelSyntaxError as error:
        reader.complain(element, f"'{_short(text)}' kan ikke læses: {error.message_da}")
        return NOTHING


def _short(text: str) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= 60 else flat[:57] + "…"


def _context(element: Element, reader: Reader) -> n.Node:
    entries: list[tuple[str, n.Node]] = []
    result: n.Node | None = None
    for entry in children(element, "contextEntry"):
        variable = child(entry, "variable")
        value = boxed_child(entry, reader, "værdien i konteksten")
        if variable is None:
            result = value
            continue
        name = name_of(variable)
        if not name:
            reader.complain(entry, "en post i konteksten mangler sit navn")
        elif any(name == key for key, _ in entries):
            reader.complain(entry, f"navnet '{name}' bruges to gange i konteksten")
        entries.append((name, typed(value, variable.get("typeRef"), variable, reader)))
        reader = reader.with_names([name])
    made = n.ContextOf(0, tuple(entries) if result is None else (*entries, ("", result)))
    return made if result is None else n.Path(0, made, "")


def _list(element: Element, reader: Reader) -> n.Node:
    return n.ListOf(0, tuple(read_boxed(item, reader) for item in element if local(item) in READERS))


def _relation(element: Element, reader: Reader) -> n.Node:
    columns = [(name_of(column), column.get("typeRef")) for column in children(element, "column")]
    rows: list[n.Node] = []
    for row in children(element, "row"):
        cells = [cell for cell in row if local(cell) in READERS]
        if len(cells) != len(columns):
            reader.complain(row, f"rækken har {len(cells)} felter, men relationen {len(columns)} kolonner")
            continue
        pairs = zip(columns, cells, strict=True)
        entries = tuple((name, typed(read_boxed(cell, reader), kin, cell, reader)) for (name, kin), cell in pairs)
        rows.append(n.ContextOf(0, entries, isolated=True))
    return n.ListOf(0, tuple(rows))


def _invocation(element: Element, reader: Reader) -> n.Node:
    bindings = list(children(element, "binding"))
    names: list[str] = []
    args: list[n.Node] = []
    for binding in bindings:
        parameter = child(binding, "parameter")
        if parameter is None:
            reader.complain(binding, "en parameter mangler sit navn")
            continue
        names.append(name_of(parameter))
        has_value = any(local(inner) in READERS for inner in binding)
        value = boxed_child(binding, reader) if has_value else NOTHING
        args.append(typed(value, parameter.get("typeRef"), parameter, reader))
    target = next((inner for inner in element if local(inner) in READERS), None)
    if target is None:
        reader.complain(element, "kaldet mangler navnet på det, der kaldes")
        return NOTHING
    return n.Call(0, read_boxed(target, reader), tuple(args), tuple(names) if names else None)


def read_function(element: Element, reader: Reader) -> n.Node:
    """A function definition; only the kind FEEL runs."""
    kind = element.get("kind", "FEEL")
    parameters = list(children(element, "formalParameter"))
    names = tuple(name_of(parameter) for parameter in parameters)
    kinds = tuple(type_named(parameter.get("typeRef")) for parameter in parameters)
    for parameter, wanted in zip(parameters, kinds, strict=True):
        if wanted is not None and wanted.ref and wanted.ref not in reader.types:
            reader.complain(parameter, f"typen '{wanted.ref}' findes ikke i filen")
    if kind != "FEEL":
        return n.External(0, names, kinds)
    body = boxed_child(element, reader.with_names(names), "funktionens krop")
    return n.FunctionOf(0, names, kinds, body)


def _part(element: Element, name: str, reader: Reader) -> n.Node:
    part = child(element, name)
    if part is None:
        reader.complain(element, f"'{name}' mangler")
        return NOTHING
    return boxed_child(part, reader, f"udtrykket i '{name}'")


def _conditional(element: Element, reader: Reader) -> n.Node:
    return n.If(
        0, _part(element, "if", reader), _part(element, "then", reader), _part(element, "else", reader), strict=True
    )


def _filter(element: Element, reader: Reader) -> n.Node:
    match = _part(element, "match", reader.with_names(reader.properties))
    return n.Filter(0, _part(element, "in", reader), match)


def _iterator(element: Element, reader: Reader) -> tuple[n.Iterator, Reader]:
    name = " ".join((element.get("iteratorVariable") or "").split())
    if not name:
        reader.complain(element, "gentagelsen mangler sit variabelnavn")
    part = child(element, "in")
    text = child(part, "literalExpression") if part is not None else None
    if text is not None and ".." in text_of(text):
        domain, end = _ends(text, reader)
    else:
        domain, end = _part(element, "in", reader), None
    if isinstance(domain, Typed):
        domain = domain.value
    return n.Iterator(0, name, domain, end), reader.with_names([name])


def _ends(element: Element, reader: Reader) -> tuple[n.Node, n.Node | None]:
    """What an iteration goes over, written as `1..3`."""
    try:
        return parse_domain(text_of(element), reader.names, reader.properties)
    except FeelSyntaxError as error:
        reader.complain(element, f"'{_short(text_of(element))}' kan ikke læses: {error.message_da}")
        return NOTHING, None


def _for(element: Element, reader: Reader) -> n.Node:
    iterator, inside = _iterator(element, reader)
    return n.For(0, (iterator,), _part(element, "return", inside.with_names(["partial"])))


def _quantified(element: Element, reader: Reader) -> n.Node:
    iterator, inside = _iterator(element, reader)
    return n.Quantified(0, local(element) == "every", (iterator,), _part(element, "satisfies", inside), strict=True)


def _table(element: Element, reader: Reader) -> n.Node:
    return reader.table(element, reader)


READERS: dict[str, Callable[[Element, Reader], Any]] = {
    "literalExpression": literal,
    "context": _context,
    "list": _list,
    "relation": _relation,
    "invocation": _invocation,
    "functionDefinition": read_function,
    "conditional": _conditional,
    "filter": _filter,
    "for": _for,
    "some": _quantified,
    "every": _quantified,
    "decisionTable": _table,
}
