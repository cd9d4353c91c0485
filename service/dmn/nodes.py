"""The two kinds of syntax tree nodes that only decisions have."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from service.feel import FeelType
from service.feel import nodes as n
from service.feel.compiler import Closure, Compiler, Frame, compiles
from service.feel.types import coerce


@dataclass(frozen=True, slots=True)
class Typed(n.Node):
    """A value that must be of a declared type."""

    value: n.Node
    type: FeelType


@compiles(Typed)
def _typed(c: Compiler, node: Typed) -> Closure:
    value, wanted = c.compile(node.value), node.type

    def run(f: Frame) -> Any:
        found = value(f)
        if found is None:
            return None
        good, fitted = coerce(found, wanted, f[1].types, f[1])
        if not good:
            f[1].warn(f"the value is no {wanted}")
        return fitted

    return run


@dataclass(frozen=True, slots=True)
class InputClause:
    """A column of conditions; `allowed` are its input values."""

    label: str
    value: n.Node
    allowed: n.Tests | None


@dataclass(frozen=True, slots=True)
class OutputClause:
    """A column of results; `order` are its output values in order of priority, if they are a plain list."""

    name: str
    type: FeelType | None
    allowed: n.Tests | None
    order: tuple[n.Node, ...]
    default: n.Node | None


@dataclass(frozen=True, slots=True)
class Rule:
    """One row."""

    id: str
    conditions: tuple[n.Tests, ...]
    results: tuple[n.Node, ...]


@dataclass(frozen=True, slots=True)
class Table(n.Node):
    """A decision table; `hit_policy` is a letter, for C followed by its aggregator."""

    id: str
    hit_policy: str
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]
