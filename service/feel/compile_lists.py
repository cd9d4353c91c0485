"""Closures for filters, `for`, `some` and `every`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from . import nodes as n
from .chronology import date_of_epoch_day, epoch_day
from .comparing import order
from .compiler import Closure, Compiler, Frame, Scope, compiles
from .environment import Environment
from .values import DATE, LIST, NULL, NUMBER, Range, kind, lift, lift_all

# Conditions that can only be true, false or null, never an index.
_BOOLEAN = (n.Comparison, n.Conjunction, n.Disjunction, n.Between, n.In, n.InstanceOf, n.Quantified)


@compiles(n.Filter)
def _filter(c: Compiler, node: n.Filter) -> Closure:
    target = c.compile(node.target)
    item = c.slot()
    condition = c.inside(Scope(c.scope, {"item": item}, item), node.condition)
    if c.is_constant(condition) and type(c.constants[condition]) is Decimal:
        return _at_index(target, c.constants[condition])
    boolean = isinstance(node.condition, _BOOLEAN)

    def run(f: Frame) -> Any:
        found, env = target(f), f[1]
        if found is None:
            return nothing_to_filter(env)
        items: Sequence[Any] = found if type(found) is list else elements(found)
        env.spend(len(items))
        if not boolean:
            f[item] = lift(items[0]) if items else None
            first = condition(f)
            if type(first) is Decimal:
                return pick(items, first, env)
        kept = []
        for raw in items:
            kin = type(raw)
            f[item] = value = lift(raw) if kin is int or kin is float else raw
            holds = condition(f)
            if holds is True:
                kept.append(value)
            elif holds is not None and holds is not False:
                env.warn(f"the condition is no boolean but {kind(holds)}")
                return None
        return kept

    return run


def _at_index(target: Closure, index: Decimal) -> Closure:
    def run(f: Frame) -> Any:
        found, env = target(f), f[1]
        if found is None:
            return nothing_to_filter(env)
        return pick(found if type(found) is list else elements(found), index, env)

    return run


def nothing_to_filter(env: Environment) -> None:
    """What a filter of null gives."""
    env.warn("the filter has null to choose from")


def elements(value: Any) -> list[Any]:
    """A value as a list: everything but a list is its only element."""
    return list(value) if kind(value) == LIST else [value]


def pick(items: Sequence[Any], index: Decimal, env: Environment) -> Any:
    """The element at a position from 1, or from -1 backwards; null with a warning outside."""
    if index == index.to_integral_value():
        place = int(index) if abs(index) <= len(items) else 0
        if place > 0:
            return lift(items[place - 1])
        if place < 0:
            return lift(items[place])
    env.warn(f"the list has no element {index}")
    return None


Domain = Callable[[Frame], Iterable[Any] | None]


def _domain(c: Compiler, iterator: n.Iterator) -> Domain:
    start = c.compile(iterator.domain)
    if iterator.end is None:

        def over(f: Frame) -> Iterable[Any] | None:
            return _steps_through(start(f), f[1])

        return over
    end = c.compile(iterator.end)

    def between(f: Frame) -> Iterable[Any] | None:
        return count_through(start(f), end(f), f[1])

    return between


def _steps_through(value: Any, env: Environment) -> Iterable[Any] | None:
    name = kind(value)
    if name == LIST:
        env.spend(len(value))
        return lift_all(value)
    if name == "range":
        return _range_values(value, env)
    if name == NULL:
        env.warn("the iteration goes over null")
        return None
    return [value]


def _range_values(span: Range, env: Environment) -> Iterable[Any] | None:
    values = count_through(span.start, span.end, env) if span.operator is None else None
    if values is None:
        return None
    kept = list(values)
    if len(kept) > 1 and order(span.start, span.end) == 1:
        env.warn("the range ends before it starts")
        return None
    if kept and not span.start_included:
        kept = kept[1:]
    if kept and not span.end_included and kept[-1] == span.end:
        kept = kept[:-1]
    return kept


def count_through(start: Any, end: Any, env: Environment) -> list[Any] | None:
    """All whole steps from `start` to `end`, up or down: numbers by 1, dates by a day; null for anything else."""
    names = kind(start), kind(end)
    if names == (NUMBER, NUMBER):
        if start != start.to_integral_value() or end != end.to_integral_value():
            env.warn("an iteration goes over whole numbers only")
            return None
        size = abs(end - start) + 1
        first, last = (int(start), int(end)) if size < 10**9 else (0, 0)
        make: Callable[[int], Any] = Decimal
    elif names == (DATE, DATE):
        first, last = epoch_day(start), epoch_day(end)
        size = Decimal(abs(last - first) + 1)
        make = date_of_epoch_day
    else:
        env.warn(f"cannot iterate from {names[0]} to {names[1]}")
        return None
    env.spend(int(min(size, Decimal(10**9))))
    env.check_size(int(min(size, Decimal(10**9))))
    return [make(i) for i in (range(first, last + 1) if first <= last else range(first, last - 1, -1))]


def _bind(c: Compiler, iterators: Sequence[n.Iterator], scope: Scope) -> list[tuple[int, Domain]]:
    """Slots and domains; later domains see the names of earlier iterators."""
    bound = []
    outer, c.scope = c.scope, scope
    for iterator in iterators:
        domain = _domain(c, iterator)
        slot = c.slot()
        scope.slots[iterator.name] = slot
        bound.append((slot, domain))
    c.scope = outer
    return bound


def _walk(f: Frame, bound: Sequence[tuple[int, Domain]], visit: Callable[[Frame], bool], at: int = 0) -> bool | None:
    """Visit every combination until a visit returns True; None when a domain is no list."""
    slot, domain = bound[at]
    values = domain(f)
    if values is None:
        return None
    last = at + 1 == len(bound)
    for value in values:
        f[slot] = value
        stop = visit(f) if last else _walk(f, bound, visit, at + 1)
        if stop is not False:
            return stop
    return False


@compiles(n.For)
def _for(c: Compiler, node: n.For) -> Closure:
    scope = Scope(c.scope, {})
    bound = _bind(c, node.iterators, scope)
    partial = c.slot()
    scope.slots.setdefault("partial", partial)
    c.slots_read.discard(partial)
    body = c.inside(scope, node.body)
    wants_partial = partial in c.slots_read
    if len(bound) == 1 and not wants_partial:
        return _for_one(*bound[0], body)

    def run(f: Frame) -> list[Any] | None:
        results: list[Any] = []
        env = f[1]

        def visit(frame: Frame) -> bool:
            env.spend(1)
            if wants_partial:
                env.spend(len(results))
                frame[partial] = results.copy()
            results.append(body(frame))
            return False

        done = _walk(f, bound, visit)
        env.check_size(len(results))
        return None if done is None else results

    return run


def _for_one(slot: int, domain: Domain, body: Closure) -> Closure:
    def run(f: Frame) -> list[Any] | None:
        values = domain(f)
        if values is None:
            return None
        results = []
        for value in values:
            f[slot] = value
            results.append(body(f))
        return results

    return run


@compiles(n.Quantified)
def _quantified(c: Compiler, node: n.Quantified) -> Closure:
    scope = Scope(c.scope, {})
    bound = _bind(c, node.iterators, scope)
    condition = c.inside(scope, node.condition)
    decisive = not node.every
    run = _decide_all if node.strict else _decide_until
    return run(bound, condition, decisive)


def _decide_until(bound: Sequence[tuple[int, Domain]], condition: Closure, decisive: bool) -> Closure:
    """Stops at the first decisive condition; null if there is none but one could not be told."""

    def run(f: Frame) -> bool | None:
        unsure = False

        def visit(frame: Frame) -> bool:
            nonlocal unsure
            frame[1].spend(1)
            value = condition(frame)
            if value is decisive:
                return True
            if type(value) is not bool:
                unsure = True
            return False

        done = _walk(f, bound, visit)
        if done is None:
            return None
        if done:
            return decisive
        return None if unsure else not decisive

    return run


def _decide_all(bound: Sequence[tuple[int, Domain]], condition: Closure, decisive: bool) -> Closure:
    """Looks at every condition; null as soon as one is no boolean."""

    def run(f: Frame) -> bool | None:
        values: list[Any] = []

        def visit(frame: Frame) -> bool:
            frame[1].spend(1)
            values.append(condition(frame))
            return type(values[-1]) is not bool

        if _walk(f, bound, visit) is not False:
            f[1].warn("a condition is no boolean")
            return None
        return decisive if decisive in values else not decisive

    return run
