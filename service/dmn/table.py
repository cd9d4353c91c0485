"""Decision tables as closures: which rules match, and what the hit policy makes of them.

No match and no default gives null, whatever the hit policy (the count of no rules is 0).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any

from service.feel import Environment, kind
from service.feel import nodes as n
from service.feel.builtins.statistics import total
from service.feel.canonical import canonical
from service.feel.comparing import equal, order
from service.feel.compile_tests import Check, compile_tests
from service.feel.compiler import Closure, Compiler, Frame, compiles
from service.feel.types import coerce

from .errors import DecisionFailed
from .nodes import InputClause, OutputClause, Table
from .table_index import WORTH_IT, build_lookup, matcher

# One rule ready to run: id, conditions that can fail with the column they test, results.
Row = tuple[str, tuple[tuple[int, Check], ...], tuple[Closure, ...]]
SINGLE_HIT = frozenset({"U", "A", "P", "F"})


@compiles(Table)
def _table(c: Compiler, table: Table) -> Closure:
    inputs = [c.compile(clause.value) for clause in table.inputs]
    allowed = _input_checks(c, table.inputs)
    rows: list[Row] = [
        (
            rule.id,
            tuple((at, compile_tests(c, tests)) for at, tests in enumerate(rule.conditions) if tests.items),
            tuple(c.compile(result) for result in rule.results),
        )
        for rule in table.rules
    ]
    matching = _matching(c, table, rows)
    decide = _policy(c, table)

    def run(f: Frame) -> Any:
        values = [value(f) for value in inputs]
        for at, label, check in allowed:
            if values[at] is not None and check(values[at], f) is not True:
                raise _not_allowed(label, values[at])
        f[1].spend(len(rows))
        matched = matching(values, f)
        f[1].trace.append((table.id, tuple(row[0] for row in matched)))
        return decide(matched, f)

    return run


def _matching(c: Compiler, table: Table, rows: list[Row]) -> Callable[[list[Any], Frame], list[Row]]:
    """The rules that match, in their order; with FIRST at most one."""
    first_only = table.hit_policy == "F"
    if len(rows) >= WORTH_IT:
        lookups = [build_lookup(c, [rule.conditions[at] for rule in table.rules]) for at in range(len(table.inputs))]
        if any(lookups):
            checks = [[dict(row[1]).get(at) for at in range(len(table.inputs))] for row in rows]
            find = matcher(lookups, checks, first_only=first_only)

            def indexed(values: list[Any], f: Frame) -> list[Row]:
                return [rows[number] for number in find(values, f)]

            return indexed

    def one_by_one(values: list[Any], f: Frame) -> list[Row]:
        matched = []
        for row in rows:
            for at, check in row[1]:
                if check(values[at], f) is not True:
                    break
            else:
                matched.append(row)
                if first_only:
                    break
        return matched

    return one_by_one


def _input_checks(c: Compiler, inputs: Sequence[InputClause]) -> list[tuple[int, str, Check]]:
    return [
        (at, clause.label, compile_tests(c, clause.allowed))
        for at, clause in enumerate(inputs)
        if clause.allowed is not None and clause.allowed.items
    ]


def _not_allowed(label: str, value: Any) -> DecisionFailed:
    return DecisionFailed(
        f"the {kind(value)} is not among the input values of '{label}'",
        f"værdien er ikke blandt de tilladte i kolonnen '{label}'",
    )


Result = Callable[[Row, Frame], Any]
Decide = Callable[[list[Row], Frame], Any]


def _policy(c: Compiler, table: Table) -> Decide:
    result = _result(c, table.outputs)
    default = _default(c, table)
    letter = table.hit_policy[0]
    if letter == "C" and len(table.hit_policy) > 1:
        return _aggregated(table.hit_policy[1], result, default)
    rank = _rank(c, table.outputs) if letter in {"P", "O"} else None

    def decide(matched: list[Row], f: Frame) -> Any:
        if not matched:
            if default is None:
                return None
            found = default(f)
            return found if letter in SINGLE_HIT else [found]
        if letter == "U":
            if len(matched) > 1:
                raise _ambiguous(matched)
            return result(matched[0], f)
        if letter == "F":
            return result(matched[0], f)
        values = [result(row, f) for row in matched]
        if letter == "A":
            return _agreed(values, matched, f[1])
        if rank is not None:
            values.sort(key=rank(f))
        return values[0] if letter == "P" else values

    return decide


def _ambiguous(matched: list[Row]) -> DecisionFailed:
    ids = ", ".join(row[0] for row in matched)
    return DecisionFailed(
        f"hit policy UNIQUE, but {len(matched)} rules match: {ids}",
        f"kun én regel må passe (UNIQUE), men {len(matched)} gør: {ids}",
    )


def _agreed(values: list[Any], matched: list[Row], meter: Environment) -> Any:
    if any(equal(value, values[0], meter) is not True for value in values[1:]):
        ids = ", ".join(row[0] for row in matched)
        raise DecisionFailed(
            f"hit policy ANY, but the matching rules give different results: {ids}",
            f"de regler, der passer, skal give samme resultat (ANY), men gør det ikke: {ids}",
        )
    return values[0]


def _result(c: Compiler, outputs: Sequence[OutputClause]) -> Result:
    checks = [_output_check(c, output) for output in outputs]
    if len(outputs) == 1:
        check_one = checks[0]

        def single(row: Row, f: Frame) -> Any:
            value = row[2][0](f)
            return value if check_one is None else check_one(value, f)

        return single
    names = [output.name for output in outputs]

    def several(row: Row, f: Frame) -> Any:
        made = {}
        for name, value, check in zip(names, row[2], checks, strict=True):
            made[name] = value(f) if check is None else check(value(f), f)
        return made

    return several


def _output_check(c: Compiler, output: OutputClause) -> Callable[[Any, Frame], Any] | None:
    """Holds a result against its column's type and output values; None when there is nothing to check."""
    wanted = output.type
    tests = compile_tests(c, output.allowed) if output.allowed is not None and output.allowed.items else None
    if wanted is None and tests is None:
        return None

    def check(value: Any, f: Frame) -> Any:
        if value is None:
            return None
        if wanted is not None:
            good, value = coerce(value, wanted, f[1].types, f[1])
            if not good:
                raise DecisionFailed(
                    f"a result in column '{output.name}' is no {wanted}",
                    f"et resultat i kolonnen '{output.name}' er ikke af typen {wanted}",
                )
        if tests is not None and tests(value, f) is not True:
            raise DecisionFailed(
                f"a result is not among the output values of '{output.name}'",
                f"et resultat er ikke blandt de tilladte i kolonnen '{output.name}'",
            )
        return value

    return check


def _default(c: Compiler, table: Table) -> Closure | None:
    outputs = table.outputs
    if all(output.default is None for output in outputs):
        return None
    closures = [c.compile(output.default if output.default is not None else n.Literal(0, None)) for output in outputs]
    if len(outputs) == 1:
        return closures[0]
    names = [output.name for output in outputs]

    def run(f: Frame) -> Any:
        return {name: closure(f) for name, closure in zip(names, closures, strict=True)}

    return run


def _rank(c: Compiler, outputs: Sequence[OutputClause]) -> Callable[[Frame], Callable[[Any], list[int]]]:
    """A sort key by the order of the output values, column after column; values not listed come last."""
    orders = [[c.compile(value) for value in output.order] for output in outputs]
    names = [output.name for output in outputs]

    def ranks(f: Frame) -> Callable[[Any], list[int]]:
        places = [{canonical(value(f)): place for place, value in reversed(list(enumerate(order)))} for order in orders]

        def key(value: Any) -> list[int]:
            parts = [value] if len(names) == 1 else [value[name] for name in names]
            return [place.get(canonical(part, f[1]), len(place)) for place, part in zip(places, parts, strict=True)]

        return key

    return ranks


def _aggregated(sign: str, result: Result, default: Closure | None) -> Decide:
    def decide(matched: list[Row], f: Frame) -> Any:
        if not matched:
            if default is not None:
                return default(f)
            return Decimal(0) if sign == "#" else None
        values = [result(row, f) for row in matched]
        if sign == "#":
            return Decimal(len(values))
        return _summed(values) if sign == "+" else _extreme(values, -1 if sign == "<" else 1)

    return decide


def _summed(values: list[Any]) -> Any:
    try:
        return total(values)
    except ValueError:
        raise DecisionFailed(
            "SUM needs numbers, or durations of one kind",
            "SUM kræver, at alle resultater er tal eller varigheder af samme slags",
        ) from None


def _extreme(values: list[Any], sign: int) -> Any:
    best = values[0]
    for value in values:
        found = order(value, best)
        if found is None:
            raise DecisionFailed(
                "MIN and MAX need comparable results", "MIN og MAX kræver resultater, der kan sammenlignes"
            )
        if found * sign > 0:
            best = value
    return best
