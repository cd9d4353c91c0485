"""The handbook's list of FEEL functions, written from their registry: what each does, and an example with its result."""

from __future__ import annotations

from service.domain.house_feel import DESCRIBED
from service.feel import BUILTINS
from service.feel.registry import CATEGORIES

TITLES = {
    "conversion": "Gør om til noget andet",
    "boolean": "Ja og nej",
    "string": "Tekster",
    "number": "Tal",
    "list": "Lister",
    "context": "Sammensatte værdier",
    "temporal": "Datoer og tid",
    "range": "Intervaller",
}
HEAD = "| Funktion | Hvad den giver | Eksempel |\n|---|---|---|"


def functions() -> str:
    """Markdown: one table for this house's own functions, and one for each kind of the standard's."""
    own = [_row((f.signature,), f.da, ((f.example, f.result),)) for f in DESCRIBED]
    parts = [f"## Vores egne: frister og datoer\n\n{HEAD}\n" + "\n".join(own)]
    for category in CATEGORIES:
        rows = [_row(b.signatures, b.da, b.examples) for b in BUILTINS.values() if b.category == category]
        parts.append(f"## {TITLES[category]}\n\n{HEAD}\n" + "\n".join(rows))
    return "\n\n".join(parts)


def _row(signatures: tuple[str, ...] | list[str], told: str, examples: tuple[tuple[str, str], ...]) -> str:
    calls = ", ".join(_code(signature) for signature in signatures)
    shown = ", ".join(f"{_code(text)} er {_code(result)}" for text, result in examples)
    return f"| {calls} | {told} | {shown} |"


def _code(text: str) -> str:
    """As code in a table's cell, where a bar would end the cell."""
    return f"`{text.replace('|', chr(92) + '|')}`"
