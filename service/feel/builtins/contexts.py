"""Functions on contexts."""

from __future__ import annotations

from typing import Any

from ..registry import also, builtin
from ..values import CONTEXT, LIST, STRING, kind, lift


@builtin(
    "get value(m: context, key: any)", "context",
    "Værdien under en nøgle; null, hvis nøglen ikke findes.", "The value under a key; null when there is none.",
    ('get value({a: 1}, "a")', "1"),
)  # fmt: skip
def get_value(m: dict[str, Any], key: Any) -> Any:
    if kind(key) == LIST:
        return get_value_by_path(m, key)
    return lift(m[key]) if kind(key) == STRING and key in m else None


@also("get value(context: context, keys: list)")
def get_value_by_path(m: dict[str, Any], keys: list[Any]) -> Any:
    found: Any = m
    for key in keys:
        if kind(found) != CONTEXT or kind(key) != STRING or key not in found:
            return None
        found = lift(found[key])
    return found


@builtin(
    "get entries(m: context)", "context",
    "Alle nøgler og værdier som en liste af {key, value}.", "All keys and values as a list of {key, value}.",
    ("get entries({a: 1})", '[{key: "a", value: 1}]'),
)  # fmt: skip
def get_entries(m: dict[str, Any]) -> list[Any]:
    return [{"key": key, "value": lift(value)} for key, value in m.items()]


def _put(context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any]:
    if not keys or any(kind(key) != STRING for key in keys):
        raise ValueError("the keys must be strings, at least one")
    first, rest = keys[0], keys[1:]
    if not rest:
        return {**context, first: value}
    inner = context.get(first)
    if inner is not None and kind(inner) != CONTEXT:
        raise ValueError(f"'{first}' holds no context")
    return {**context, first: _put(inner or {}, rest, value)}


@builtin(
    "context put(context: context, key: any, value: any)", "context",
    "Konteksten med én værdi tilføjet eller erstattet.", "The context with one value added or replaced.",
    ('context put({a: 1}, "b", 2)', "{a: 1, b: 2}"), ('context put({a: {b: 1}}, ["a", "b"], 2)', "{a: {b: 2}}"),
)  # fmt: skip
def context_put(context: dict[str, Any], key: Any, value: Any) -> dict[str, Any]:
    return _put(context, key if kind(key) == LIST else [key], value)


@also("context put(context: context, keys: list, value: any)")
def context_put_by_path(context: dict[str, Any], keys: list[Any], value: Any) -> dict[str, Any]:
    return _put(context, keys, value)


@builtin(
    "put(context: context, key: string, value: any)", "context",
    "Ældre navn for context put.", "Older name of context put.",
    ('put({a: 1}, "b", 2)', "{a: 1, b: 2}"),
)  # fmt: skip
def put(context: dict[str, Any], key: str, value: Any) -> dict[str, Any]:
    return {**context, key: value}


def _merge(contexts: list[Any]) -> dict[str, Any]:
    merged: dict[str, Any] = {}
    for context in contexts:
        if kind(context) != CONTEXT:
            raise ValueError("only contexts can be merged")
        merged.update(context)
    return merged


@builtin(
    "context merge(contexts: list...)", "context",
    "Flere kontekster som én; ved samme nøgle vinder den sidste.",
    "Several contexts as one; the last wins where keys are the same.",
    ("context merge([{a: 1, b: 1}, {b: 2}])", "{a: 1, b: 2}"),
)  # fmt: skip
def context_merge(contexts: list[Any]) -> dict[str, Any]:
    return _merge(contexts)


@builtin(
    "put all(contexts: list...)", "context",
    "Ældre navn for context merge.", "Older name of context merge.",
    ("put all({a: 1}, {b: 2})", "{a: 1, b: 2}"),
)  # fmt: skip
def put_all(contexts: list[Any]) -> dict[str, Any]:
    return _merge(contexts)


@builtin(
    "context(entries: list)", "context",
    "En kontekst af en liste af {key, value}; samme nøgle to gange giver null.",
    "A context from a list of {key, value}; the same key twice gives null.",
    ('context([{key: "a", value: 1}])', "{a: 1}"),
)  # fmt: skip
def context(entries: list[Any]) -> dict[str, Any] | None:
    made: dict[str, Any] = {}
    for entry in entries:
        if kind(entry) != CONTEXT or kind(entry.get("key")) != STRING or "value" not in entry:
            raise ValueError("every entry needs key and value")
        if entry["key"] in made:
            raise ValueError(f"the key '{entry['key']}' is there twice")
        made[entry["key"]] = lift(entry["value"])
    return made
