"""Item definitions as FEEL types, with their allowed values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from service.feel import Environment, FeelSyntaxError, FeelType, UnaryTests, parse_unary_tests
from service.feel.naming import written_keys
from service.feel.types import ANY_TYPE, NAMED, SIMPLE, references, renamed, resolve

from .xmltree import Element, child, children, content, local, name_of, text_of

Complain = Callable[[Element, str], None]


def read_types(root: Element, imported: Mapping[str, FeelType], complain: Complain) -> dict[str, FeelType]:
    """All item definitions of a file by name, and the imported ones. References among them stay names.

    What refers to nothing, only to itself or on and on is told and holds anything.
    """
    items = {name_of(item): item for item in children(root, "itemDefinition") if name_of(item)}
    types = {**imported, **{name: _item(item, (), complain) for name, item in items.items()}}
    for name, item in items.items():
        unknown = sorted(set(references(types[name])) - set(types))
        if unknown:
            complain(item, f"typen '{unknown[0]}' findes ikke i filen")
            types[name] = renamed(types[name], lambda ref: ref if ref in types else "")
        elif resolve(types[name], types).name == NAMED:
            complain(item, f"typen '{name}' henviser kun til sig selv, eller videre i mere end 20 led")
            types[name] = ANY_TYPE
    return types


def imported_types(types: Mapping[str, FeelType], prefix: str) -> dict[str, FeelType]:
    """The types of an imported file under the names they have here."""

    def here(name: str) -> str:
        return f"{prefix}.{name}" if prefix else name

    return {here(name): renamed(kind, here) for name, kind in types.items()}


def component_names(root: Element) -> set[str]:
    """Names that may stand after a full stop: item components, context entries, also those written in text, and outputs."""
    found: set[str] = set()
    for element in root.iter():
        if isinstance(element.tag, str):
            if local(element) in {"itemComponent", "output", "column"}:
                found.add(name_of(element))
            elif local(element) == "contextEntry":
                variable = child(element, "variable")
                if variable is not None:
                    found.add(name_of(variable))
            elif local(element) == "text":
                found.update(written_keys(content(element)))
    found.discard("")
    return found


def type_named(reference: str | None) -> FeelType | None:
    """The type a `typeRef` names; None when there is none to hold values against."""
    if not reference:
        return None
    name = " ".join(reference.split())
    if ":" in name:
        name = name.partition(":")[2]
    if name in SIMPLE:
        found = FeelType(SIMPLE[name])
        return None if found == ANY_TYPE else found
    return FeelType(NAMED, ref=name)


def _item(item: Element, siblings: Iterable[str], complain: Complain) -> FeelType:
    function = child(item, "functionItem")
    components = list(children(item, "itemComponent"))
    reference = child(item, "typeRef")
    if function is not None:
        params = tuple(type_named(p.get("typeRef")) or ANY_TYPE for p in children(function, "parameters"))
        base = FeelType("function", params=params, result=type_named(function.get("outputTypeRef")) or ANY_TYPE)
    elif components:
        names = [name_of(part) for part in components]
        parts = [_item(part, names, complain) for part in components]
        base = FeelType("context", fields=dict(zip(names, parts, strict=True)))
    else:
        base = type_named(content(reference) if reference is not None else None) or ANY_TYPE
    base = _with_allowed(base, child(item, "allowedValues"), siblings, complain)
    if item.get("isCollection") == "true":
        base = FeelType("list", element=base)
    return _with_allowed(base, child(item, "typeConstraint"), siblings, complain)


def _with_allowed(base: FeelType, constraint: Element | None, siblings: Iterable[str], complain: Complain) -> FeelType:
    if constraint is None or not text_of(constraint):
        return base
    try:
        tests = parse_unary_tests(text_of(constraint), frozenset(siblings))
    except FeelSyntaxError as error:
        complain(constraint, f"de tilladte værdier kan ikke læses: {error.message_da}")
        return base
    return replace(base, allowed=_passes(tests, base.allowed), tests=tests)


Allowed = Callable[[Any, Mapping[str, Any]], bool]


def _passes(tests: UnaryTests, other: Allowed | None) -> Allowed:
    def allowed(value: Any, around: Mapping[str, Any]) -> bool:
        return tests.matches(value, around, Environment()) is True and (other is None or other(value, around))

    return allowed


def allowed_tests(wanted: FeelType | None, types: Mapping[str, FeelType]) -> Any:
    """The allowed values of a type, looking through names; None when everything is allowed."""
    for _ in range(20):
        if wanted is None:
            return None
        if wanted.tests is not None:
            return wanted.tests
        if wanted.name != NAMED:
            return None
        wanted = types.get(wanted.ref)
    return None
