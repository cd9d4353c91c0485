"""Closures for unary tests and `in`: functions of the value under test and the frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import nodes as n
from .comparing import COMPARE, ORDERED, PLAIN, equal, in_range
from .compiler import Closure, Compiler, Frame, compiles
from .errors import Meter
from .values import LIST, Range, kind, lift

Check = Callable[[Any, Frame], bool | None]


def compile_tests(c: Compiler, tests: n.Tests) -> Check:
    """The whole list: true if any holds, null if none holds but one cannot be told."""
    if not tests.items:
        return _anything
    outer_slot, outer_use = c.input_slot, c.uses_input
    slot = c.input_slot = c.slot()
    c.uses_input = False
    closures: list[Check] = []
    constants: list[Any] = []
    for item in tests.items:
        closure, constant = _test(c, item)
        closures.append(closure)
        constants.append(constant)
    needs_slot = c.uses_input
    c.input_slot, c.uses_input = outer_slot, outer_use
    found = _among(constants) if len(closures) > 1 else None
    test = found or (closures[0] if len(closures) == 1 else _any_of(closures))
    if tests.negated:
        test = _not(test)
    return _with_input(test, slot) if needs_slot else test


def _anything(_: Any, __: Frame) -> bool:
    return True


def _with_input(test: Check, slot: int) -> Check:
    def run(value: Any, f: Frame) -> bool | None:
        f[slot] = value
        return test(value, f)

    return run


def _not(test: Check) -> Check:
    def run(value: Any, f: Frame) -> bool | None:
        found = test(value, f)
        return None if found is None else not found

    return run


def _any_of(tests: list[Check]) -> Check:
    def run(value: Any, f: Frame) -> bool | None:
        result: bool | None = False
        for test in tests:
            found = test(value, f)
            if found is True:
                return True
            if found is None:
                result = None
        return result

    return run


_NONE: Any = object()


def _among(constants: list[Any]) -> Check | None:
    """One look-up instead of many comparisons, where all tests are plain values of one type."""
    kin = type(constants[0])
    if kin not in PLAIN or any(type(value) is not kin for value in constants):
        return None
    members = frozenset(constants)

    def run(value: Any, _: Frame) -> bool | None:
        if type(value) is kin:
            return value in members
        return False if value is None else None

    return run


def _test(c: Compiler, test: n.Test) -> tuple[Check, Any]:
    """The test, and the plain value it compares with (`_NONE` if it is not that simple)."""
    if test.op is not None:
        return _operator_test(c, test.op, test.operand), _NONE
    before, c.uses_input = c.uses_input, False
    operand = c.compile(test.operand)
    mentions_input = c.uses_input
    c.uses_input = c.uses_input or before
    literal = isinstance(test.operand, n.Literal)
    if c.is_constant(operand):
        constant = c.constants[operand]
        if type(constant) is Range:
            return _range_test(constant), _NONE
        if type(constant) in PLAIN and (literal or type(constant) is not bool):
            return _equality_test(constant), constant

    def run(value: Any, f: Frame) -> bool | None:
        return holds(value, operand(f), mentions_input, literal, f[1])

    return run, _NONE


def holds(value: Any, found: Any, mentions_input: bool, literal: bool, meter: Meter) -> bool | None:
    """Whether a value passes a test whose expression gave `found`.

    A range or list must contain it; a condition (one that mentions `?`, or gives a boolean for an input that is none) must
    be true; everything else must equal it.
    """
    kin = type(found)
    if kin is Range:
        return in_range(value, found)
    if kin is bool:
        if mentions_input:
            return bool(found)
        return equal(value, found, meter) if literal or type(value) is bool else bool(found)
    if mentions_input and found is None:
        return None
    if kind(found) == LIST:
        return _in_list(value, found, meter)
    return equal(value, found, meter)


def _in_list(value: Any, members: list[Any], meter: Meter) -> bool | None:
    if kind(value) == LIST and equal(value, members, meter) is True:
        return True
    meter.spend(len(members))
    for raw in members:
        member = lift(raw)
        if equal(value, member, meter) is True or (type(member) is Range and in_range(value, member) is True):
            return True
    return False


def _equality_test(constant: Any) -> Check:
    kin = type(constant)

    def run(value: Any, _: Frame) -> bool | None:
        return bool(value == constant) if type(value) is kin else equal(value, constant)

    return run


def _range_test(span: Range) -> Check:
    low, high = span.start, span.end
    kin = type(low)
    if span.operator is not None or kin not in ORDERED or type(high) is not kin:

        def plain(value: Any, _: Frame) -> bool | None:
            return in_range(value, span)

        return plain
    with_low, with_high = span.start_included, span.end_included

    def run(value: Any, _: Frame) -> bool | None:
        if type(value) is not kin:
            return in_range(value, span)
        if value < low or (value == low and not with_low):
            return False
        return bool(value < high or (with_high and value == high))

    return run


def _operator_test(c: Compiler, op: str, node: n.Node) -> Check:
    operand = c.compile(node)
    compare = COMPARE[op]
    if c.is_constant(operand) and type(c.constants[operand]) in ORDERED:
        return _constant_comparison(op, c.constants[operand])

    def run(value: Any, f: Frame) -> bool | None:
        return compare(value, operand(f), f[1])

    return run


def _constant_comparison(op: str, limit: Any) -> Check:
    kin, compare = type(limit), COMPARE[op]
    native = {
        "<": kin.__lt__,
        "<=": kin.__le__,
        ">": kin.__gt__,
        ">=": kin.__ge__,
        "=": kin.__eq__,
        "!=": kin.__ne__,
    }[op]

    def run(value: Any, _: Frame) -> bool | None:
        return bool(native(value, limit)) if type(value) is kin else compare(value, limit, None)

    return run


@compiles(n.In)
def _in(c: Compiler, node: n.In) -> Closure:
    value, test = c.compile(node.value), compile_tests(c, node.tests)

    def run(f: Frame) -> bool | None:
        return test(value(f), f)

    return run
