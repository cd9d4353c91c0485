"""Attribute texts become values: literals or parsed FEEL, names, paths; what cannot be read is a finding."""

from __future__ import annotations

import re

from service.engine.model import Formula, Value
from service.feel import FeelSyntaxError, parse_expression

from .xml import Findings, Node

NAME = re.compile(r"[^\W\d]\w*")
RESERVED = frozenset(
    [
        "null",
        "true",
        "false",
        "function",
        "if",
        "then",
        "else",
        "for",
        "in",
        "return",
        "some",
        "every",
        "satisfies",
        "between",
        "and",
        "or",
        "not",
        "instance",
        "of",
    ]
)
NC_NAME = re.compile(r"[^\W\d][\w.\-]*")


def is_name(text: str) -> bool:
    """Whether the text can name a variable."""
    return NAME.fullmatch(text) is not None and text not in RESERVED


class Values:
    """Reads values of one file. `expressions` collects every FEEL text that was parsed."""

    def __init__(self, findings: Findings) -> None:
        self.findings = findings
        self.expressions: list[str] = []

    def formula(self, node: Node, text: str, what: str) -> Formula | None:
        """FEEL that must begin with `=`; None (and a finding) when it is none."""
        text = text.strip()
        if not text.startswith("="):
            shown = text if text else "(tom)"
            self.findings.error(node, f"{what} skal være et FEEL-udtryk, der begynder med =. Der står: {shown}")
            return None
        return self._parse(node, text, what)

    def value(self, node: Node, text: str, what: str) -> Value | None:
        """A literal, or FEEL when it begins with `=`. An expression that cannot be parsed is a finding and None."""
        return self._parse(node, text.strip(), what) if text.strip().startswith("=") else text

    def given(self, node: Node, attribute: str, what: str) -> Value | None:
        """The attribute's value; None when it is absent or empty."""
        text = (node.get(attribute) or "").strip()
        return self.value(node, text, what) if text else None

    def _parse(self, node: Node, text: str, what: str) -> Formula | None:
        try:
            expression = parse_expression(text[1:])
        except FeelSyntaxError as fault:
            self.findings.error(node, f"{what} kan ikke læses som FEEL ({fault.message_da}). Der står: {text}")
            return None
        self.expressions.append(text)
        return Formula(text, expression)

    def name(self, node: Node, text: str, what: str) -> str | None:
        """The name of a variable; None (and a finding) when it cannot be one."""
        text = text.strip()
        if is_name(text):
            return text
        self.findings.error(
            node,
            f"{what} skal være et variabelnavn: bogstaver, tal og _, ikke tal først og ikke et ord fra FEEL. "
            f"Der står: {text or '(tom)'}",
        )
        return None

    def path(self, node: Node, text: str, what: str) -> tuple[str, ...] | None:
        """A variable name or a path such as `a.b`; None (and a finding) when it is neither."""
        parts = tuple(part.strip() for part in text.strip().split("."))
        if all(is_name(part) for part in parts):
            return parts
        self.findings.error(
            node, f"{what} skal være et variabelnavn eller en sti som a.b. Der står: {text.strip() or '(tom)'}"
        )
        return None

    def flag(self, node: Node, attribute: str, default: bool) -> bool:
        """`true` or `false`; anything else is a finding."""
        text = node.get(attribute)
        if text is None:
            return default
        if text not in {"true", "false", "1", "0"}:
            self.findings.error(node, f"Egenskaben {attribute} skal være true eller false, ikke '{text}'.")
        return text in {"true", "1"}
