"""The syntax tree of FEEL text. Every node knows the offset where it begins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .types import FeelType


@dataclass(frozen=True, slots=True)
class Node:
    """Any expression or test."""

    at: int


@dataclass(frozen=True, slots=True)
class Literal(Node):
    """null, a boolean, number, string, or `@"…"` temporal value."""

    value: Any


@dataclass(frozen=True, slots=True)
class NoValue(Node):
    """What has the form of a literal and no value, such as `@"2026-02-30"` or `1e9999`: null at run time, with the reason."""

    why: str


@dataclass(frozen=True, slots=True)
class Name(Node):
    """A variable."""

    name: str


@dataclass(frozen=True, slots=True)
class Input(Node):
    """`?`, the value under test."""


@dataclass(frozen=True, slots=True)
class Path(Node):
    """`target.name`."""

    target: Node
    name: str


@dataclass(frozen=True, slots=True)
class Filter(Node):
    """`target[condition]`."""

    target: Node
    condition: Node


@dataclass(frozen=True, slots=True)
class Call(Node):
    """`target(…)` with positional arguments, or with `names` as long as `args`."""

    target: Node
    args: tuple[Node, ...]
    names: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class Negation(Node):
    """`-value`."""

    value: Node


@dataclass(frozen=True, slots=True)
class Arithmetic(Node):
    """`left op right` with + - * / **."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Comparison(Node):
    """`left op right` with = != < <= > >=."""

    op: str
    left: Node
    right: Node


@dataclass(frozen=True, slots=True)
class Conjunction(Node):
    """`a and b and …`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Disjunction(Node):
    """`a or b or …`."""

    parts: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Between(Node):
    """`value between low and high`."""

    value: Node
    low: Node
    high: Node


@dataclass(frozen=True, slots=True)
class In(Node):
    """`value in tests`."""

    value: Node
    tests: Tests


@dataclass(frozen=True, slots=True)
class InstanceOf(Node):
    """`value instance of type`."""

    value: Node
    type: FeelType


@dataclass(frozen=True, slots=True)
class If(Node):
    """`if condition then yes else no`; `strict` gives null where the condition is neither boolean nor null."""

    condition: Node
    yes: Node
    no: Node
    strict: bool = False


@dataclass(frozen=True, slots=True)
class Iterator(Node):
    """`name in domain`, or `name in domain..end`."""

    name: str
    domain: Node
    end: Node | None


@dataclass(frozen=True, slots=True)
class For(Node):
    """`for iterators return body`."""

    iterators: tuple[Iterator, ...]
    body: Node


@dataclass(frozen=True, slots=True)
class Quantified(Node):
    """`some|every iterators satisfies condition`; `strict` gives null where any condition is no boolean."""

    every: bool
    iterators: tuple[Iterator, ...]
    condition: Node
    strict: bool = False


@dataclass(frozen=True, slots=True)
class ListOf(Node):
    """`[a, b]`."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class ContextOf(Node):
    """`{a: 1, b: a + 1}`; later entries see earlier ones unless it is `isolated`."""

    entries: tuple[tuple[str, Node], ...]
    isolated: bool = False


@dataclass(frozen=True, slots=True)
class RangeOf(Node):
    """`[start..end]` in its forms; None as an end is unbounded. `operator` is for `(=x)` and `(!=x)`."""

    start: Node | None
    end: Node | None
    start_included: bool
    end_included: bool
    operator: str | None = None


@dataclass(frozen=True, slots=True)
class FunctionOf(Node):
    """`function(a: number, b) body`; `text` is all of it, as written."""

    params: tuple[str, ...]
    types: tuple[FeelType | None, ...]
    body: Node
    text: str = ""


@dataclass(frozen=True, slots=True)
class External(Node):
    """`function(…) external {…}`: parsed, never run."""

    params: tuple[str, ...]
    types: tuple[FeelType | None, ...]


@dataclass(frozen=True, slots=True)
class Test(Node):
    """One unary test: `op operand` on the input, or with `op` None a value, range, list or condition."""

    op: str | None
    operand: Node


@dataclass(frozen=True, slots=True)
class Tests(Node):
    """A comma list of tests (any may hold), negated by `not(…)`; no items is `-`, which always holds."""

    items: tuple[Test, ...]
    negated: bool = False
