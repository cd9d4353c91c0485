"""DMN files in few words, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from service.dmn import DecisionModel, DecisionResult, read_decisions
from service.feel import Environment

DMN_13 = "https://www.omg.org/spec/DMN/20191111/MODEL/"
NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)


def definitions(*parts: str, namespace: str = DMN_13) -> bytes:
    """A whole file."""
    body = "\n".join(parts)
    return (
        f'<definitions xmlns="{namespace}" id="fil" name="fil" namespace="urn:test">\n{body}\n</definitions>'.encode()
    )


def decision(key: str, logic: str, *, needs: Sequence[str] = (), knows: Sequence[str] = (), type_ref: str = "") -> str:
    """A decision; `needs` are ids of decisions (or `input:id`), `knows` ids of knowledge."""
    requirements = "".join(
        f"<informationRequirement><required{'Input' if need.startswith('input:') else 'Decision'} "
        f'href="#{need.removeprefix("input:")}"/></informationRequirement>'
        for need in needs
    ) + "".join(f'<knowledgeRequirement><requiredKnowledge href="#{key}"/></knowledgeRequirement>' for key in knows)
    kind = f' typeRef="{type_ref}"' if type_ref else ""
    return f'<decision id="{key}" name="{key}"><variable name="{key}"{kind}/>{requirements}{logic}</decision>'


def literal(text: str) -> str:
    """A literal expression."""
    return f"<literalExpression><text>{escape(text)}</text></literalExpression>"


def table(
    inputs: Sequence[str],
    outputs: Sequence[str],
    rules: Sequence[tuple[Sequence[str], Sequence[str]]],
    hit: str = "UNIQUE",
    *,
    aggregation: str = "",
    input_values: Mapping[int, str] | None = None,
    output_values: Mapping[int, str] | None = None,
    defaults: Mapping[int, str] | None = None,
    types: Mapping[int, str] | None = None,
) -> str:
    """A decision table; rules are (conditions, results)."""

    def values(tag: str, texts: Mapping[int, str] | None, at: int) -> str:
        return f"<{tag}><text>{escape(texts[at])}</text></{tag}>" if texts and at in texts else ""

    columns = "".join(
        f"<input><inputExpression><text>{escape(text)}</text></inputExpression>{values('inputValues', input_values, at)}</input>"
        for at, text in enumerate(inputs)
    )
    results = "".join(
        f"<output name={quoteattr(name)}{f' typeRef={quoteattr(types[at])}' if types and at in types else ''}>"
        f"{values('outputValues', output_values, at)}{values('defaultOutputEntry', defaults, at)}</output>"
        for at, name in enumerate(outputs)
    )
    rows = "".join(
        f'<rule id="r{number}">'
        + "".join(f"<inputEntry><text>{escape(text)}</text></inputEntry>" for text in conditions)
        + "".join(f"<outputEntry><text>{escape(text)}</text></outputEntry>" for text in found)
        + "</rule>"
        for number, (conditions, found) in enumerate(rules, 1)
    )
    extra = f' aggregation="{aggregation}"' if aggregation else ""
    return f'<decisionTable hitPolicy="{hit}"{extra}>{columns}{results}{rows}</decisionTable>'


def read(*parts: str) -> DecisionModel:
    """The model of these parts."""
    return read_decisions(definitions(*parts), "test.dmn")


def decide(logic: str, variables: Mapping[str, Any] | None = None) -> Any:
    """The value of a decision with only this logic."""
    return evaluated(logic, variables).value


def evaluated(logic: str, variables: Mapping[str, Any] | None = None) -> DecisionResult:
    """The result of a decision with only this logic."""
    return read(decision("d", logic)).decisions["d"].evaluate(variables or {}, Environment(NOW))
