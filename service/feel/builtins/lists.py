"""Functions on lists."""

from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key
from typing import Any

from ..calling import call_value
from ..canonical import canonical
from ..comparing import order
from ..environment import Environment
from ..registry import also, builtin
from ..values import FUNCTION, LIST, NUMBER, FeelFunction, kind, lift


def _index(position: Decimal, size: int) -> int | None:
    """The 0-based place of a position from 1 (or -1 backwards), decimals cut off; None outside."""
    if abs(position) >= size + 1 or abs(position) < 1:
        return None
    return int(position) - 1 if position > 0 else size + int(position)


@builtin(
    "list contains(list: list, element: any)", "list",
    "Sand, hvis listen indeholder værdien.", "True when the list contains the value.",
    ("list contains([1, 2, 3], 2)", "true"),
)  # fmt: skip
def list_contains(list_: list[Any], element: Any, *, env: Environment) -> bool:
    wanted = canonical(element, env)
    return any(canonical(item, env) == wanted for item in list_)


@builtin("count(list: list...)", "list", "Antal elementer.", "Number of elements.", ("count([1, 2, 3])", "3"))
def count(list_: list[Any]) -> Decimal:
    return Decimal(len(list_))


def _extreme(list_: list[Any], sign: int) -> Any:
    if not list_:
        return None
    best = list_[0]
    for item in list_:
        found = order(item, best)
        if found is None:
            raise ValueError("the elements cannot be compared")
        if found * sign > 0:
            best = item
    return best


@builtin("min(list: list...)", "list", "Den mindste værdi.", "The least value.", ("min(1, 2, 3)", "1"))
def minimum(list_: list[Any]) -> Any:
    return _extreme(list_, -1)


@builtin("max(list: list...)", "list", "Den største værdi.", "The greatest value.", ("max([1, 2, 3])", "3"))
def maximum(list_: list[Any]) -> Any:
    return _extreme(list_, 1)


def _three_valued(list_: list[Any], *, decisive: bool) -> bool | None:
    result: bool | None = not decisive
    for item in list_:
        if item is decisive:
            return item is True
        if type(item) is not bool:
            result = None
    return result


@builtin(
    "all(list: list...)", "list",
    "Sand, hvis alle er sande.", "True when all are true.", ("all(true, false)", "false"),
)  # fmt: skip
def all_true(list_: list[Any]) -> bool | None:
    return _three_valued(list_, decisive=False)


@builtin(
    "any(list: list...)", "list",
    "Sand, hvis mindst én er sand.", "True when at least one is true.", ("any(true, false)", "true"),
)  # fmt: skip
def any_true(list_: list[Any]) -> bool | None:
    return _three_valued(list_, decisive=True)


@builtin("and(list: list...)", "list", "Ældre navn for all.", "Older name of all.", ("and([true, true])", "true"))
def and_all(list_: list[Any]) -> bool | None:
    return _three_valued(list_, decisive=False)


@builtin("or(list: list...)", "list", "Ældre navn for any.", "Older name of any.", ("or([false, true])", "true"))
def or_any(list_: list[Any]) -> bool | None:
    return _three_valued(list_, decisive=True)


@builtin(
    "sublist(list: list, start position: number, length: number?)", "list",
    "En del af listen fra en position.", "Part of the list from a position.",
    ("sublist([4, 5, 6], 1, 2)", "[4, 5]"),
)  # fmt: skip
def sublist(list_: list[Any], start_position: Decimal, length: Decimal | None = None) -> list[Any]:
    start = _index(start_position, len(list_))
    if start is None:
        raise ValueError(f"the list has no element {start_position}")
    if length is None:
        return list_[start:]
    if not 1 <= length < len(list_) - start + 1:
        raise ValueError(f"from there the list has {len(list_) - start} elements, not {length}")
    return list_[start : start + int(length)]


@builtin(
    "append(list: list, item: any*)", "list",
    "Listen med flere elementer bagest.", "The list with more elements at its end.", ("append([1], 2, 3)", "[1, 2, 3]"),
)  # fmt: skip
def append(list_: list[Any], items: list[Any], *, env: Environment) -> list[Any]:
    env.check_size(len(list_) + len(items))
    return [*list_, *items]


def _joined(lists: list[Any], env: Environment) -> list[Any]:
    parts = [part if kind(part) == LIST else [part] for part in lists]
    env.check_size(sum(map(len, parts)))
    return [lift(item) for part in parts for item in part]


@builtin(
    "concatenate(list: any*)", "list",
    "Listerne efter hinanden.", "The lists one after the other.", ("concatenate([1, 2], [3])", "[1, 2, 3]"),
)  # fmt: skip
def concatenate(lists: list[Any], *, env: Environment) -> list[Any] | None:
    return None if any(part is None for part in lists) else _joined(lists, env)


@builtin(
    "insert before(list: list, position: number, newItem: any)", "list",
    "Listen med et nyt element foran positionen.", "The list with a new element before the position.",
    ("insert before([1, 3], 1, 2)", "[2, 1, 3]"),
)  # fmt: skip
def insert_before(list_: list[Any], position: Decimal, new_item: Any) -> list[Any] | None:
    at = _index(position, len(list_))
    return None if at is None else [*list_[:at], new_item, *list_[at:]]


@builtin(
    "remove(list: list, position: number)", "list",
    "Listen uden elementet på positionen.", "The list without the element at the position.",
    ("remove([1, 2, 3], 2)", "[1, 3]"),
)  # fmt: skip
def remove(list_: list[Any], position: Decimal) -> list[Any] | None:
    at = _index(position, len(list_))
    return None if at is None else [*list_[:at], *list_[at + 1 :]]


@builtin(
    "list replace(list: list, position: any, newItem: any)", "list",
    "Listen med elementet på positionen erstattet, eller alle, som funktionen vælger.",
    "The list with the element at the position replaced, or all that a function chooses.",
    ("list replace([2, 4, 7], 3, 6)", "[2, 4, 6]"),
    ("list replace([2, 4, 7], function(item, newItem) item < newItem, 5)", "[5, 5, 7]"),
)  # fmt: skip
def list_replace(list_: list[Any], position: Any, new_item: Any, *, env: Environment) -> list[Any] | None:
    if kind(position) == FUNCTION:
        return list_replace_matching(list_, position, new_item, env=env)
    if kind(position) != NUMBER:
        return None
    at = _index(position, len(list_))
    return None if at is None else [*list_[:at], new_item, *list_[at + 1 :]]


@also("list replace(list: list, match: function, newItem: any)")
def list_replace_matching(
    list_: list[Any], match: FeelFunction, new_item: Any, *, env: Environment
) -> list[Any] | None:
    if len(match.params) != 2:
        raise ValueError("the function needs two parameters: item and newItem")
    replaced = []
    for item in list_:
        chosen = call_value(match, [item, new_item], None, env)
        if type(chosen) is not bool:
            raise ValueError("the function must give true or false")
        replaced.append(new_item if chosen else item)
    return replaced


@builtin("reverse(list: list)", "list", "Listen bagfra.", "The list backwards.", ("reverse([1, 2, 3])", "[3, 2, 1]"))
def reverse(list_: list[Any]) -> list[Any]:
    return list_[::-1]


@builtin(
    "index of(list: list, match: any)", "list",
    "Alle positioner, hvor værdien står.", "All positions where the value stands.",
    ("index of([1, 2, 3, 2], 2)", "[2, 4]"),
)  # fmt: skip
def index_of(list_: list[Any], match: Any, *, env: Environment) -> list[Decimal]:
    wanted = canonical(match, env)
    return [Decimal(place) for place, item in enumerate(list_, 1) if canonical(item, env) == wanted]


@builtin(
    "union(list: any*)", "list",
    "Listerne efter hinanden, hver værdi én gang.", "The lists one after the other, every value once.",
    ("union([1, 2], [2, 3])", "[1, 2, 3]"),
)  # fmt: skip
def union(lists: list[Any], *, env: Environment) -> list[Any] | None:
    return None if any(part is None for part in lists) else distinct_values(_joined(lists, env), env=env)


@builtin(
    "distinct values(list: list)", "list",
    "Hver værdi én gang.", "Every value once.", ("distinct values([1, 2, 3, 2, 1])", "[1, 2, 3]"),
)  # fmt: skip
def distinct_values(list_: list[Any], *, env: Environment) -> list[Any]:
    seen: dict[Any, Any] = {}
    for item in list_:
        seen.setdefault(canonical(item, env), item)
    return list(seen.values())


@builtin(
    "duplicate values(list: list)", "list",
    "De værdier, der står flere gange.", "The values that stand more than once.",
    ("duplicate values([1, 2, 3, 2, 1])", "[1, 2]"),
)  # fmt: skip
def duplicate_values(list_: list[Any], *, env: Environment) -> list[Any]:
    counts: dict[Any, int] = {}
    firsts: dict[Any, Any] = {}
    for item in list_:
        key = canonical(item, env)
        counts[key] = counts.get(key, 0) + 1
        firsts.setdefault(key, item)
    return [firsts[key] for key, times in counts.items() if times > 1]


@builtin(
    "flatten(list: list)", "list",
    "Lister i listen foldet ud.", "Nested lists unfolded.", ("flatten([[1, 2], [[3]], 4])", "[1, 2, 3, 4]"),
)  # fmt: skip
def flatten(list_: list[Any], *, env: Environment) -> list[Any]:
    flat: list[Any] = []
    waiting = list(reversed(list_))
    while waiting:
        item = lift(waiting.pop())
        if kind(item) == LIST:
            env.spend(len(item))
            waiting.extend(reversed(item))
        else:
            flat.append(item)
    env.check_size(len(flat))
    return flat


@builtin(
    "sort(list: list, precedes: function?)", "list",
    "Listen sorteret; funktionen siger, om x kommer før y.", "The list sorted; the function says whether x precedes y.",
    ("sort([3, 1, 4], function(x, y) x < y)", "[1, 3, 4]"),
)  # fmt: skip
def sort(list_: list[Any], precedes: FeelFunction | None = None, *, env: Environment) -> list[Any]:
    if precedes is not None and not precedes.lenient and len(precedes.params) != 2:
        raise ValueError("the function needs two parameters")

    def compare(a: Any, b: Any) -> int:
        if precedes is None:
            found = order(a, b)
            if found is None:
                raise ValueError("the elements cannot be compared")
            return found
        if call_value(precedes, [a, b], None, env) is True:
            return -1
        return 1 if call_value(precedes, [b, a], None, env) is True else 0

    return sorted(list_, key=cmp_to_key(compare))


@builtin("is empty(list: list)", "list", "Sand for en tom liste.", "True for an empty list.", ("is empty([])", "true"))
def is_empty(list_: list[Any]) -> bool:
    return not list_


@builtin(
    "partition(list: list, size: number)", "list",
    "Listen delt i stykker af en længde.", "The list cut into pieces of a length.",
    ("partition([1, 2, 3], 2)", "[[1, 2], [3]]"),
)  # fmt: skip
def partition(list_: list[Any], size: Decimal) -> list[Any]:
    if size < 1:
        raise ValueError("the size must be at least 1")
    step = int(min(size, Decimal(len(list_) + 1)))
    return [list_[at : at + step] for at in range(0, len(list_), step)]
