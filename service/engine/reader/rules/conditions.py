"""Conditions: written in FEEL, and never a fixed value that is no yes or no."""

from __future__ import annotations

import re
from datetime import UTC, datetime

from service.engine.reader.xml import Findings, Node
from service.feel import Environment, FeelSyntaxError, kind, parse_expression, write

from .drawing import Drawing

CONDITIONS = frozenset({"conditionExpression", "completionCondition", "loopCondition", "condition"})
URI = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:(?:[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*")
SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)


def check(drawing: Drawing, findings: Findings) -> None:
    for attribute in ("expressionLanguage", "typeLanguage"):
        language = drawing.root.get(attribute)
        if language and not URI.fullmatch(language):
            findings.error(
                drawing.root, f"{attribute}='{language}' er ikke en gyldig adresse (URI). Ret eller fjern den."
            )
    for node in drawing.inside:
        language = node.get("language")
        if language and not URI.fullmatch(language) and language.lower() != "feel":
            findings.error(
                node, f"Sproget '{language}' er ikke en gyldig adresse (URI). Fjern language, og skriv FEEL."
            )
        if node.tag in CONDITIONS:
            _constant(findings, node, node.text, "boolean", "ja eller nej. Skriv en betingelse.")
        elif node.tag == "multiInstanceLoopCharacteristics":
            holder = node.extension("loopCharacteristics")
            items = holder.get("inputCollection") if holder is not None else None
            _constant(findings, node, (items or "").strip(), "list", "en liste. Skriv en, fx =[1,2,3].")


def _constant(findings: Findings, node: Node, text: str, wanted: str, remedy: str) -> None:
    """An expression without variables gives what it must give."""
    if not text.startswith("="):
        return  # whoever reads the condition reports that
    try:
        expression = parse_expression(text[1:])
    except FeelSyntaxError:
        return
    if expression.names:
        return
    value = expression.evaluate({}, Environment(SOME_TIME))
    if value is not None and kind(value) != wanted:
        findings.error(node, f"Udtrykket giver altid {write(value)} og aldrig {remedy}")
