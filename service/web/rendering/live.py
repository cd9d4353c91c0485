"""What the browser needs to show and hide parts of a form while somebody types.

Conditions and warnings are shipped as syntax trees (JSON arrays) for the interpreter in `frontend/src/feel.js`. What they
know of the case is put in as values, so that only those values leave the house. An expression that uses more of FEEL than
the interpreter knows is not shipped: the answer to a saved draft tells what it gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from service.domain.clock import LOCAL_ZONE
from service.domain.form_model import Component, Field, Format, Kind, Rows, Schema, Section
from service.domain.form_places import FormContext
from service.domain.json import Json
from service.feel import DaysTimeDuration, Expression, YearsMonthsDuration, read_duration
from service.feel import nodes as n
from service.feel.values import NANOS_PER_DAY

FUNCTIONS = frozenset(
    {"not", "count", "list contains", "is empty", "sum", "string length", "contains", "starts with", "ends with"}
    | {"upper case", "lower case", "date", "string"}
)
"""Functions that feel.js knows. Fewer arguments than it takes are null on both sides."""
CHOOSERS = {Kind.SELECT, Kind.RADIO, Kind.CHECKLIST}
KNOWN_KINDS = CHOOSERS | {Kind.TEXT, Kind.LONG_TEXT, Kind.NUMBER, Kind.DATE, Kind.CHECKBOX}


class _NotShipped(Exception):
    """The interpreter does not know this."""


def live_parts(schema: Schema, context: FormContext) -> tuple[list[Json], bool]:
    """The shipped form of a schema, and whether everything could be shipped. An empty list means nothing to do."""
    shipper = _Shipper(schema, context)
    parts = shipper.parts(schema.components)
    return (parts if shipper.used else []), shipper.complete


def tree_of(
    expression: Expression, facts: Mapping[str, Any], today: date, unknown: frozenset[str] = frozenset()
) -> Json:
    """One expression as JSON, with `facts` put in; None when it cannot be shipped. `unknown` are names it must not read."""
    try:
        return _Trees(facts, today, unknown).of(expression.tree, frozenset())
    except _NotShipped:
        return None


class _Shipper:
    """Walks a schema and keeps what matters to the browser."""

    def __init__(self, schema: Schema, context: FormContext) -> None:
        fields = [part for part in schema.walk() if isinstance(part, Field)]
        odd = frozenset(f.key for f in fields if f.kind not in KNOWN_KINDS or f.format is not Format.PLAIN)
        names = frozenset(f.key for f in fields) | {
            p.path for p in schema.walk() if isinstance(p, (Section, Rows)) and p.path
        }
        self._facts = {name: value for name, value in context.facts.items() if name not in names}
        self._today = context.now.astimezone(LOCAL_ZONE).date()
        self._unknown = odd | {"nu"}
        self.used, self.complete = False, True

    def parts(self, components: Sequence[Component]) -> list[Json]:
        return [self.part(part) for part in components]

    def part(self, part: Component) -> dict[str, Json]:
        found: dict[str, Json] = {}
        match part:
            case Field():
                found = {"key": part.key, "kind": part.kind.value}
                odd = {o.text: o.value for o in part.options if not isinstance(o.value, str)}
                if odd:
                    found["values"] = odd
            case Rows():
                found = {"rows": part.path, "parts": self.parts(part.components)}
            case Section():
                found = {"group": part.path, "id": part.id, "parts": self.parts(part.components)}
            case _:
                found = {"id": part.id}
        self._add(found, "hide", part.hide)
        if isinstance(part, (Field, Rows, Section)):
            self._add(found, "warning", part.warning)
        return found

    def _add(self, found: dict[str, Json], name: str, expression: Expression | None) -> None:
        if expression is None:
            return
        tree = tree_of(expression, self._facts, self._today, self._unknown)
        if tree is None:
            self.complete = False
        else:
            found[name] = tree
            self.used = True


class _Trees:
    """Turns syntax trees into JSON. `bound` are names that the expression itself introduces."""

    def __init__(self, facts: Mapping[str, Any], today: date, unknown: frozenset[str]) -> None:
        self._facts, self._today, self._unknown = facts, today, unknown

    def of(self, node: n.Node, bound: frozenset[str]) -> list[Json]:
        convert = _CONVERSIONS.get(type(node))
        if convert is None:
            raise _NotShipped
        return convert(self, node, bound)

    def each(self, nodes: Sequence[n.Node], bound: frozenset[str]) -> list[Json]:
        return [self.of(node, bound) for node in nodes]

    def literal(self, node: n.Literal, bound: frozenset[str]) -> list[Json]:
        return _constant(node.value)

    def name(self, node: n.Name, bound: frozenset[str]) -> list[Json]:
        if node.name in bound:
            return ["name", node.name]
        if node.name in self._unknown:
            raise _NotShipped
        if node.name == "i_dag":
            return ["date", self._today.isoformat()]
        if node.name in self._facts:
            return _constant(self._facts[node.name])
        return ["name", node.name]

    def path(self, node: n.Path, bound: frozenset[str]) -> list[Json]:
        keys, target = [node.name], node.target
        while isinstance(target, n.Path):
            keys.append(target.name)
            target = target.target
        if isinstance(target, n.Name) and target.name in self._facts and target.name not in bound:
            value = self._facts[target.name]
            for key in reversed(keys):
                value = value.get(key) if isinstance(value, Mapping) else None
            return _constant(value)
        if node.name in self._unknown:
            raise _NotShipped
        return ["path", self.of(node.target, bound), node.name]

    def call(self, node: n.Call, bound: frozenset[str]) -> list[Json]:
        if not isinstance(node.target, n.Name) or node.names is not None or node.target.name in bound:
            raise _NotShipped
        name = node.target.name
        if name == "today" and not node.args:
            return ["date", self._today.isoformat()]
        if name == "duration" and len(node.args) == 1 and isinstance(node.args[0], n.Literal):
            return _constant(read_duration(node.args[0].value) if isinstance(node.args[0].value, str) else None)
        if name not in FUNCTIONS or (len(node.args) != 1 and name in {"not", "count", "is empty", "date", "string"}):
            raise _NotShipped
        return ["call", name, *self.each(node.args, bound)]

    def tests(self, node: n.In, bound: frozenset[str]) -> list[Json]:
        found: list[Json] = ["in", self.of(node.value, bound), node.tests.negated]
        for test in node.tests.items:
            if isinstance(test.operand, n.RangeOf):
                found.append([test.op, self.range(test.operand, bound)])
            else:
                found.append([test.op, self.of(test.operand, bound)])
        return found

    def range(self, node: n.RangeOf, bound: frozenset[str]) -> list[Json]:
        if node.operator is not None:
            raise _NotShipped
        low = self.of(node.start, bound) if node.start else None
        high = self.of(node.end, bound) if node.end else None
        return ["range", low, high, node.start_included, node.end_included]

    def filter(self, node: n.Filter, bound: frozenset[str]) -> list[Json]:
        if not isinstance(node.condition, _YES_OR_NO) and not _is_not(node.condition):
            raise _NotShipped  # it may be an index
        return ["filter", self.of(node.target, bound), self.of(node.condition, bound | {"item"})]

    def loop(self, node: n.For, bound: frozenset[str]) -> list[Json]:
        if len(node.iterators) != 1 or node.iterators[0].end is not None:
            raise _NotShipped
        iterator = node.iterators[0]
        inner = bound | {iterator.name}
        return ["for", iterator.name, self.of(iterator.domain, bound), self.of(node.body, inner)]

    def quantified(self, node: n.Quantified, bound: frozenset[str]) -> list[Json]:
        if len(node.iterators) != 1 or node.iterators[0].end is not None:
            raise _NotShipped
        iterator = node.iterators[0]
        inner = bound | {iterator.name}
        name = "every" if node.every else "some"
        return [name, iterator.name, self.of(iterator.domain, bound), self.of(node.condition, inner)]


_YES_OR_NO = (n.Comparison, n.Conjunction, n.Disjunction, n.Between, n.In, n.Quantified)


def _is_not(node: n.Node) -> bool:
    return isinstance(node, n.Call) and isinstance(node.target, n.Name) and node.target.name == "not"


def _constant(value: Any) -> list[Json]:
    """A value as a tree: scalars, dates, whole-day and month lengths, and lists of such."""
    match value:
        case None | bool() | str() | int():
            return ["value", value]
        case Decimal() | float():
            return ["value", int(value) if value % 1 == 0 else float(value)]
        case YearsMonthsDuration():
            return ["length", 0, value.months]
        case DaysTimeDuration() if value.nanos % NANOS_PER_DAY == 0:
            return ["length", value.nanos // NANOS_PER_DAY, 0]
        case list() | tuple():
            return ["list", *(_constant(item) for item in value)]
    if type(value) is date:
        return ["date", value.isoformat()]
    raise _NotShipped


Convert = Callable[[_Trees, Any, frozenset[str]], list[Json]]
_CONVERSIONS: Mapping[type[n.Node], Convert] = {
    n.Literal: _Trees.literal,
    n.Name: _Trees.name,
    n.Path: _Trees.path,
    n.Call: _Trees.call,
    n.In: _Trees.tests,
    n.Filter: _Trees.filter,
    n.Quantified: _Trees.quantified,
    n.For: _Trees.loop,
    n.Negation: lambda t, x, b: ["minus", t.of(x.value, b)],
    n.Arithmetic: lambda t, x, b: ["calculate", x.op, t.of(x.left, b), t.of(x.right, b)],
    n.Comparison: lambda t, x, b: ["compare", x.op, t.of(x.left, b), t.of(x.right, b)],
    n.Conjunction: lambda t, x, b: ["and", *t.each(x.parts, b)],
    n.Disjunction: lambda t, x, b: ["or", *t.each(x.parts, b)],
    n.Between: lambda t, x, b: ["between", *t.each((x.value, x.low, x.high), b)],
    n.If: lambda t, x, b: ["if", *t.each((x.condition, x.yes, x.no), b)],
    n.ListOf: lambda t, x, b: ["list", *t.each(x.items, b)],
}
