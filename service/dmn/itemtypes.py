"""Item definitions as FEEL types, with their allowed values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from service.feel import Environment, FeelSyntaxError, FeelType, UnaryTests, parse_unary_tests
from service.feel.types import ANY_TYPE, NAMED, SIMPLE

from .xmltree import Element, child, children, content, local, name_of, text_of

Complain = Callable[[Element, str], None]


def read_types(root: Element, complain: Complain) -> dict[str, FeelType]:
    """All item definitions of a file by name. References among them stay names; evaluation resolves them."""
    return {name_of(item): _item(item, complain) for item in children(root, "itemDefinition") if name_of(item)}


def component_names(root: Element) -> set[str]:
    """Names that may stand after a full stop: item components, context entries and outputs."""
    found: set[str] = set()
    for element in root.iter():
        if isinstance(element.tag, str):
            if local(element) in {"itemComponent", "output", "column"}:
                found.add(name_of(element))
            elif local(element) == "contextEntry":
                variable = child(element, "variable")
                if variable is not None:
                    found.add(name_of(variable))
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


def _item(item: Element, complain: Complain) -> FeelType:
    function = child(item, "functionItem")
    components = list(children(item, "itemComponent"))
    reference = child(item, "typeRef")
    if function is not None:
        params = tuple(type_named(p.get("typeRef")) or ANY_TYPE for p in children(function, "parameters"))
        base = FeelType("function", params=params, result=type_named(function.get("outputTypeRef")) or ANY_TYPE)
    elif components:
        base = FeelType("context", fields={name_of(part): _item(part, complain) for part in components})
    else:
        base = type_named(content(reference) if reference is not None else None) or ANY_TYPE
    base = _with_allowed(base, child(item, "allowedValues"), complain)
    if item.get("isCollection") == "true":
        base = FeelType("list", element=base)
    return _with_allowed(base, child(item, "typeConstraint"), complain)


def _with_allowed(base: FeelType, constraint: Element | None, complain: Complain) -> FeelType:
    if constraint is None or not text_of(constraint):
        return base
    try:
        tests = parse_unary_tests(text_of(constraint))
    except FeelSyntaxError as error:
        complain(constraint, f"de tilladte værdier kan ikke læses: {error.message_da}")
        return base
    return FeelType(
        base.name, base.element, base.fields, base.params, base.result, base.ref, allowed=_passes(tests), tests=tests
    )


def _passes(tests: UnaryTests) -> Callable[[Any], bool]:
    def allowed(value: Any) -> bool:
        return tests.matches(value, {}, Environment()) is True

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


def unknown_types(wanted: FeelType | None, types: Iterable[str]) -> str | None:
    """The name of a type that nothing defines; None when all is known."""
    if wanted is None or wanted.name != NAMED or wanted.ref in set(types):
        return None
    return wanted.ref
