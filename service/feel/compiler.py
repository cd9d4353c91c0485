"""Syntax tree to Python closures.

Each node becomes a function of one frame: `[variables, environment, slot, slot, …]`. Names bound inside the text (loops,
functions, context entries, filter items) get slots when the text is compiled, so reading one is a list access; all other
names are read from the variables and converted when they are read. Constant parts are computed once, here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from . import nodes as n
from .environment import Environment
from .errors import LimitExceeded
from .registry import MISSING
from .types import FeelType
from .values import KINDS, lift

Frame = list[Any]
Closure = Callable[[Frame], Any]
JSON_NUMBERS = frozenset({int, float})


class Scope:
    """Names bound at one place; with `item` set, a filter, where the item's own entries come first."""

    __slots__ = ("item", "parent", "slots")

    def __init__(self, parent: Scope | None, slots: Mapping[str, int], item: int | None = None) -> None:
        self.parent = parent
        self.slots = dict(slots)
        self.item = item


class Compiler:
    """State of compiling one text."""

    def __init__(self, declared: Iterable[str] = ()) -> None:
        self.declared = frozenset(declared)
        self.names: set[str] = set()
        self.functions: set[str] = set()
        self.slots_read: set[int] = set()
        self.constants: dict[Closure, Any] = {}
        self.size = 2
        self.scope: Scope | None = None
        self.input_slot: int | None = None
        self.uses_input = False

    def compile(self, node: n.Node) -> Closure:
        """The closure of a node."""
        return COMPILERS[type(node)](self, node)

    def slot(self) -> int:
        """A new place in the frame."""
        self.size += 1
        return self.size - 1

    def constant(self, value: Any) -> Closure:
        """A closure that always gives `value`."""

        def read(_: Frame) -> Any:
            return value

        self.constants[read] = value
        return read

    def is_constant(self, *closures: Closure) -> bool:
        """Whether all of these are known now."""
        return all(closure in self.constants for closure in closures)

    def fold(self, closure: Closure, *parts: Closure) -> Closure:
        """The result itself, if all parts are constant and there is one worth keeping."""
        if not self.is_constant(*parts):
            return closure
        env = Environment()
        try:
            value = closure([{}, env, *[None] * (self.size - 2)])
        except (LimitExceeded, RecursionError):
            return closure
        return closure if value is None or env.warnings or type(value) in {list, dict} else self.constant(value)

    def inside(self, scope: Scope, node: n.Node) -> Closure:
        """The closure of a node within a scope."""
        outer, self.scope = self.scope, scope
        try:
            return self.compile(node)
        finally:
            self.scope = outer

    # -- names -------------------------------------------------------------------------------------------------------

    def find(self, name: str) -> tuple[list[int], int | None]:
        """Filter items that may have an entry of this name, innermost first, and the slot that surely holds it."""
        items: list[int] = []
        scope = self.scope
        while scope is not None:
            if scope.item is not None:
                items.append(scope.item)
            if name in scope.slots:
                return items, scope.slots[name]
            scope = scope.parent
        return items, None

    def read(self, name: str) -> Closure:
        """The closure that reads a name."""
        items, slot = self.find(name)
        if slot is None:
            self.names.add(name)
            base = read_variable(name)
        else:
            self.slots_read.add(slot)
            base = read_slot(slot)
        for item in reversed(items):
            base = read_entry_or(item, name, base)
        return base


COMPILERS: dict[type, Callable[[Compiler, Any], Closure]] = {}


def compiles(
    kin: type,
) -> Callable[[Callable[[Compiler, Any], Closure]], Callable[[Compiler, Any], Closure]]:
    """Register how a kind of node is compiled."""

    def register(function: Callable[[Compiler, Any], Closure]) -> Callable[[Compiler, Any], Closure]:
        COMPILERS[kin] = function
        return function

    return register


def read_slot(slot: int) -> Closure:
    """A bound name."""

    def read(f: Frame) -> Any:
        return f[slot]

    return read


def read_variable(name: str) -> Closure:
    """A variable from outside, converted as it is read; null and a warning when there is none."""

    def read(f: Frame) -> Any:
        value = f[0].get(name, MISSING)
        kin = type(value)
        if kin in KINDS and kin not in JSON_NUMBERS:
            return value
        if value is MISSING:
            return unknown_name(name, f[1])
        try:
            return lift(value)
        except TypeError as error:
            f[1].warn(f"variable '{name}': {error}")
            return None

    return read


def unknown_name(name: str, env: Environment) -> Any:
    """What a name means that nothing in sight is called: a built-in function as a value, or null."""
    from .calling import function_named  # noqa: PLC0415 - calling compiles through this module

    found = function_named(name, env)
    if found is None:
        env.warn(f"no variable named '{name}'")
    return found


def read_entry_or(item: int, name: str, otherwise: Closure) -> Closure:
    """An entry of the filter's item if it has one of that name, else what the name means outside."""

    def read(f: Frame) -> Any:
        value = f[item]
        if type(value) is dict and name in value:
            return lift(value[name])
        return otherwise(f)

    return read


def types_of(env: Environment) -> Mapping[str, FeelType]:
    """The item definitions an expression may refer to."""
    return env.types
