"""More of DMN in few words: what the table of models is built from."""

from __future__ import annotations

from collections.abc import Mapping
from xml.sax.saxutils import escape, quoteattr

from .files import DMN_13, literal


def attributes(**given: str) -> str:
    """XML attributes; those without a value are left out."""
    return "".join(f" {name}={quoteattr(value)}" for name, value in given.items() if value)


def model(*parts: str, target: str = "urn:a", dmn: str = DMN_13) -> bytes:
    """A whole file of the namespace `target`."""
    return f'<definitions xmlns="{dmn}" name="m" namespace="{target}">{"".join(parts)}</definitions>'.encode()


def imported(name: str = "b", target: str = "urn:b") -> str:
    """An import."""
    return f'<import name="{name}" namespace="{target}" importType="{DMN_13}"/>'


def needs(decisions: str = "", inputs: str = "", knowledge: str = "") -> str:
    """Requirements, each a list of ids with blanks between; `urn:b#x` is in another file."""

    def one(kind: str, part: str, key: str) -> str:
        return f'<{kind}><{part} href="{key if "#" in key else "#" + key}"/></{kind}>'

    return (
        "".join(one("informationRequirement", "requiredDecision", key) for key in decisions.split())
        + "".join(one("informationRequirement", "requiredInput", key) for key in inputs.split())
        + "".join(one("knowledgeRequirement", "requiredKnowledge", key) for key in knowledge.split())
    )


def variable(name: str, kind: str = "") -> str:
    """The variable of an element or context entry."""
    return f"<variable{attributes(name=name, typeRef=kind)}/>"


def decided(name: str, logic: str, requirements: str = "", kind: str = "") -> str:
    """A decision; `logic` is XML, or FEEL text."""
    body = logic if logic.startswith("<") or not logic else literal(logic)
    return f'<decision id="{name}" name="{name}">{variable(name, kind)}{requirements}{body}</decision>'


def data(name: str, kind: str = "") -> str:
    """An input."""
    return f'<inputData id="{name}" name="{name}">{variable(name, kind)}</inputData>'


def item(
    name: str,
    kind: str = "",
    parts: str = "",
    *,
    allowed: str = "",
    constraint: str = "",
    many: bool = False,
    tag: str = "itemDefinition",
) -> str:
    """An item definition."""
    tests = "".join(
        f"<{element}><text>{escape(text)}</text></{element}>"
        for element, text in (("allowedValues", allowed), ("typeConstraint", constraint))
        if text
    )
    reference = f"<typeRef>{kind}</typeRef>" if kind else ""
    return f"<{tag}{attributes(name=name, isCollection='true' if many else '')}>{reference}{tests}{parts}</{tag}>"


def part(name: str, kind: str, *, allowed: str = "", many: bool = False) -> str:
    """An item component."""
    return item(name, kind, allowed=allowed, many=many, tag="itemComponent")


def function(params: Mapping[str, str], body: str, tag: str = "functionDefinition") -> str:
    """A function definition."""
    formal = "".join(f"<formalParameter{attributes(name=name, typeRef=kind)}/>" for name, kind in params.items())
    return f"<{tag}>{formal}{body if body.startswith('<') else literal(body)}</{tag}>"


def knowledge(name: str, params: Mapping[str, str], body: str, requirements: str = "", kind: str = "") -> str:
    """A business knowledge model."""
    logic = function(params, body, "encapsulatedLogic")
    head = f'<businessKnowledgeModel id="{name}" name="{name}">{variable(name, kind)}'
    return f"{head}{logic}{requirements}</businessKnowledgeModel>"


def service(
    name: str, outputs: str, encapsulated: str = "", decisions: str = "", inputs: str = "", kind: str = ""
) -> str:
    """A decision service, its elements as lists of ids with blanks between."""
    lists = {
        "outputDecision": outputs,
        "encapsulatedDecision": encapsulated,
        "inputDecision": decisions,
        "inputData": inputs,
    }
    body = "".join(f'<{tag} href="#{key}"/>' for tag, keys in lists.items() for key in keys.split())
    return f'<decisionService id="{name}" name="{name}">{variable(name, kind)}{body}</decisionService>'


def invocation(called: str, **bound: str) -> str:
    """A boxed invocation; `_` in a name stands for a blank."""
    bindings = "".join(
        f'<binding><parameter name="{name.replace("_", " ")}"/>{literal(text)}</binding>'
        for name, text in bound.items()
    )
    return f"<invocation>{literal(called)}{bindings}</invocation>"


def context(*entries: tuple[str, str] | tuple[str, str, str]) -> str:
    """A boxed context of (name, FEEL text or XML, type); without a name the result."""
    body = ""
    for name, text, *kind in entries:
        value = text if text.startswith("<") else literal(text)
        body += f"<contextEntry>{variable(name, *kind) if name else ''}{value}</contextEntry>"
    return f"<context>{body}</context>"


def boxed(tag: str, variable_name: str = "", **parts: str) -> str:
    """A boxed for, some, every, filter or conditional."""
    body = "".join(f"<{name.strip('_')}>{literal(text)}</{name.strip('_')}>" for name, text in parts.items())
    return f"<{tag}{attributes(iteratorVariable=variable_name)}>{body}</{tag}>"
