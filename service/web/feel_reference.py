"""The handbook's list of FEEL functions, written from their registry: what each does, and an example with its result."""

from __future__ import annotations

from collections.abc import Iterable

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


def functions() -> str:
    """Markdown: this house's own functions, then each kind of the standard's, as lists that fit on a phone."""
    parts = [
        "## Vores egne: frister og datoer",
        *(_item((f.signature,), f.da, ((f.example, f.result),)) for f in DESCRIBED),
    ]
    for category in CATEGORIES:
        parts.append(f"## {TITLES[category]}")
        parts += [_item(b.signatures, b.da, b.examples) for b in BUILTINS.values() if b.category == category]
    return "\n\n".join(parts)


def _item(signatures: Iterable[str], told: str, examples: Iterable[tuple[str, str]]) -> str:
    calls = ", ".join(f"`{signature}`" for signature in signatures)
    shown = ", ".join(f"`{text}` er `{result}`" for text, result in examples)
    return f"- {calls}: {told}\n\n  Eksempel: {shown}"
