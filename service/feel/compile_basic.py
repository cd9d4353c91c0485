"""Closures for literals, names, paths, operators, lists, contexts, ranges and `if`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from . import nodes as n
from .arithmetic import FAST, negate, operate
from .comparing import COMPARE, ORDERED, PLAIN, between, order
from .compiler import Closure, Compiler, Frame, Scope, compiles
from .environment import Environment
from .properties import PROPERTIES
from .types import conforms, flaw
from .values import NUMBERS, FeelFunction, Range, kind, lift


@compiles(n.Literal)
def _literal(c: Compiler, node: n.Literal) -> Closure:
    return c.constant(node.value)


@compiles(n.NoValue)
def _no_value(_: Compiler, node: n.NoValue) -> Closure:
    def read(f: Frame) -> None:
        f[1].warn(node.why)

    return read


@compiles(n.Name)
def _name(c: Compiler, node: n.Name) -> Closure:
    return c.read(node.name)


@compiles(n.Input)
def _input(c: Compiler, node: n.Input) -> Closure:
    c.uses_input = True
    if c.input_slot is None:
        return c.read("?")
    slot = c.input_slot

    def read(f: Frame) -> Any:
        return f[slot]

    return read


@compiles(n.Path)
def _path(c: Compiler, node: n.Path) -> Closure:
    target, name = c.compile(node.target), node.name

    def read(f: Frame) -> Any:
        value = target(f)
        if type(value) is dict and name in value:
            found = value[name]
            kin = type(found)
            return lift(found) if kin is int or kin is float else found
        return part_of(value, name, f[1])

    return read


def part_of(value: Any, name: str, env: Environment) -> Any:
    """`value.name`: an entry, a property, or both over the elements of a list; null with a warning otherwise."""
    kin = kind(value)
    if kin == "list":
        env.spend(len(value))
        return [part_of(lift(item), name, env) for item in value]
    if kin == "context":
        if name in value:
            return lift(value[name])
        env.warn(f"the context has no entry '{name}'")
        return None
    read = PROPERTIES.get(kin, {}).get(name)
    if read is None:
        env.warn(f"{kin} has no property '{name}'")
        return None
    return read(value)


@compiles(n.Negation)
def _negation(c: Compiler, node: n.Negation) -> Closure:
    value = c.compile(node.value)

    def run(f: Frame) -> Any:
        found = value(f)
        return NUMBERS.minus(found) if type(found) is Decimal else negate(found, f[1])

    return c.fold(run, value)


@compiles(n.Arithmetic)
def _arithmetic(c: Compiler, node: n.Arithmetic) -> Closure:
    left, right, op = c.compile(node.left), c.compile(node.right), node.op
    fast = FAST.get(op)

    def quick(f: Frame) -> Any:
        a, b = left(f), right(f)
        if type(a) is Decimal and type(b) is Decimal:
            try:
                return fast(a, b)  # type: ignore[misc] # quick is used only where fast is set
            except ArithmeticError:
                pass
        return operate(op, a, b, f[1])

    def slow(f: Frame) -> Any:
        return operate(op, left(f), right(f), f[1])

    return c.fold(quick if fast is not None else slow, left, right)


@compiles(n.Comparison)
def _comparison(c: Compiler, node: n.Comparison) -> Closure:
    left, right, op = c.compile(node.left), c.compile(node.right), node.op
    return c.fold(_EQUALITY[op](left, right) if op in _EQUALITY else _ordering(op, left, right), left, right)


def _equals(left: Closure, right: Closure) -> Closure:
    compare = COMPARE["="]

    def run(f: Frame) -> bool | None:
        a, b = left(f), right(f)
        if type(a) is type(b) and type(a) in PLAIN:
            return bool(a == b)
        return _told(compare(a, b, f[1]), a, b, "=", f[1])

    return run


def _differs(left: Closure, right: Closure) -> Closure:
    compare = COMPARE["!="]

    def run(f: Frame) -> bool | None:
        a, b = left(f), right(f)
        if type(a) is type(b) and type(a) in PLAIN:
            return bool(a != b)
        return _told(compare(a, b, f[1]), a, b, "!=", f[1])

    return run


_EQUALITY = {"=": _equals, "!=": _differs}


def _ordering(op: str, left: Closure, right: Closure) -> Closure:
    compare = COMPARE[op]
    below, same = op in {"<", "<="}, op in {"<=", ">="}

    def less(f: Frame) -> bool | None:
        a, b = left(f), right(f)
        if type(a) is type(b) and type(a) in ORDERED:
            return bool(a <= b if same else a < b)
        return _told(compare(a, b, f[1]), a, b, op, f[1])

    def greater(f: Frame) -> bool | None:
        a, b = left(f), right(f)
        if type(a) is type(b) and type(a) in ORDERED:
            return bool(a >= b if same else a > b)
        return _told(compare(a, b, f[1]), a, b, op, f[1])

    return less if below else greater


def _told(result: bool | None, left: Any, right: Any, op: str, env: Environment) -> bool | None:
    """The result of a comparison, with a warning if there is none."""
    if result is None:
        env.warn(f"cannot compare {kind(left)} {op} {kind(right)}")
    return result


@compiles(n.Conjunction)
def _conjunction(c: Compiler, node: n.Conjunction) -> Closure:
    parts = [c.compile(part) for part in node.parts]
    if len(parts) == 2:
        first, second = parts

        def both(f: Frame) -> bool | None:
            a = first(f)
            if a is False:
                return False
            b = second(f)
            if b is False:
                return False
            return True if a is True and b is True else None

        return c.fold(both, *parts)

    def run(f: Frame) -> bool | None:
        result: bool | None = True
        for part in parts:
            value = part(f)
            if value is False:
                return False
            if value is not True:
                result = None
        return result

    return c.fold(run, *parts)


@compiles(n.Disjunction)
def _disjunction(c: Compiler, node: n.Disjunction) -> Closure:
    parts = [c.compile(part) for part in node.parts]

    def run(f: Frame) -> bool | None:
        result: bool | None = False
        for part in parts:
            value = part(f)
            if value is True:
                return True
            if value is not False:
                result = None
        return result

    return c.fold(run, *parts)


@compiles(n.Between)
def _between(c: Compiler, node: n.Between) -> Closure:
    value, low, high = c.compile(node.value), c.compile(node.low), c.compile(node.high)

    def run(f: Frame) -> bool | None:
        return between(value(f), low(f), high(f))

    return run


@compiles(n.If)
def _if(c: Compiler, node: n.If) -> Closure:
    condition, yes, no = c.compile(node.condition), c.compile(node.yes), c.compile(node.no)

    if not node.strict:

        def run(f: Frame) -> Any:
            return yes(f) if condition(f) is True else no(f)

        return run

    def run_strict(f: Frame) -> Any:
        found = condition(f)
        if found is True:
            return yes(f)
        if found is False or found is None:
            return no(f)
        f[1].warn(f"the condition is no boolean but {kind(found)}")
        return None

    return run_strict


@compiles(n.InstanceOf)
def _instance_of(c: Compiler, node: n.InstanceOf) -> Closure:
    value, wanted = c.compile(node.value), node.type

    def run(f: Frame) -> bool | None:
        env = f[1]
        wrong = flaw(wanted, env.types)
        if wrong is not None:
            env.warn(f"'{wrong}' is no complete type")
            return None
        return conforms(value(f), wanted, env.types, env)

    return run


@compiles(n.ListOf)
def _list(c: Compiler, node: n.ListOf) -> Closure:
    items = [c.compile(item) for item in node.items]

    def run(f: Frame) -> list[Any]:
        return [item(f) for item in items]

    return run


@compiles(n.ContextOf)
def _context(c: Compiler, node: n.ContextOf) -> Closure:
    keys = [key for key, _ in node.entries]
    if len(set(keys)) < len(keys):
        return _ambiguous_context(next(key for key in keys if keys.count(key) > 1))
    if node.isolated:
        return _isolated_context(c, node)
    scope = Scope(c.scope, {})
    entries: list[tuple[str, int, Closure]] = []
    for key, value in node.entries:
        slot = c.slot()
        if isinstance(value, n.FunctionOf):
            scope.slots[key] = slot  # a function may call itself; a value cannot see itself
        closure = c.inside(scope, value)
        scope.slots[key] = slot
        entries.append((key, slot, closure))

    def run(f: Frame) -> dict[str, Any]:
        made: dict[str, Any] = {}
        for key, slot, value in entries:
            f[slot] = made[key] = found = value(f)
            if type(found) is FeelFunction and found.frame is not None:
                found.frame[slot] = found  # so that it can call itself
        return made

    return run


def _ambiguous_context(key: str) -> Closure:
    def run(f: Frame) -> None:
        f[1].warn(f"the context has the key '{key}' twice")

    return run


def _isolated_context(c: Compiler, node: n.ContextOf) -> Closure:
    entries = [(key, c.compile(value)) for key, value in node.entries]

    def run(f: Frame) -> dict[str, Any]:
        return {key: value(f) for key, value in entries}

    return run


@compiles(n.RangeOf)
def _range(c: Compiler, node: n.RangeOf) -> Closure:
    nothing = c.constant(None)
    start = c.compile(node.start) if node.start is not None else nothing
    end = c.compile(node.end) if node.end is not None else nothing
    open_start, open_end = node.start is None, node.end is None

    def run(f: Frame) -> Range | None:
        return make_range(
            start(f), end(f), (node.start_included, node.end_included), (open_start, open_end), node.operator, f[1]
        )

    return c.fold(run, start, end)


def make_range(
    start: Any,
    end: Any,
    included: tuple[bool, bool],
    unbounded: tuple[bool, bool],
    operator: str | None,
    env: Environment,
) -> Range | None:
    """A range; null with a warning when an end is null or the two ends cannot be ordered."""
    if operator is None and ((start is None and not unbounded[0]) or (end is None and not unbounded[1])):
        env.warn("an end of the range is null")
        return None
    if operator is None and start is not None and end is not None and order(start, end) is None:
        env.warn(f"no range from {kind(start)} to {kind(end)}")
        return None
    return Range(start, end, included[0], included[1], operator)
