"""Markers of activities: one loop at most, and numbers that count."""

from __future__ import annotations

from service.engine.reader.xml import Findings, Node

from .drawing import ACTIVITIES, Drawing

BEHAVIOURS = {"One": "oneBehaviorEventRef", "None": "noneBehaviorEventRef"}


def check(drawing: Drawing, findings: Findings) -> None:
    for node in drawing.inside:
        if node.tag in ACTIVITIES:
            _activity(findings, node)
        elif node.tag == "multiInstanceLoopCharacteristics":
            _instances(drawing, findings, node)
        elif node.tag == "standardLoopCharacteristics":
            _count(findings, node, "loopMaximum")


def _activity(findings: Findings, node: Node) -> None:
    loops = [child for child in node.children() if child.tag.endswith("LoopCharacteristics")]
    if len(loops) > 1:
        findings.error(node, "Opgaven har flere gentagelsesmarkører. Behold enten løkken eller de flere instanser.")
    for attribute in ("startQuantity", "completionQuantity"):
        _count(findings, node, attribute)


def _count(findings: Findings, node: Node, attribute: str) -> None:
    text = (node.get(attribute) or "1").strip()
    if not text.isdecimal() or int(text) < 1:
        findings.error(node, f"{attribute} skal være et helt tal fra 1, ikke '{text}'. Ret eller fjern det.")


def _instances(drawing: Drawing, findings: Findings, node: Node) -> None:
    behaviour = node.get("behavior") or "All"
    if behaviour not in {"All", "Complex", *BEHAVIOURS}:
        findings.error(node, f"behavior='{behaviour}' findes ikke. Brug All, One, None eller Complex.")
    for kind, attribute in BEHAVIOURS.items():
        reference = node.get(attribute)
        if behaviour == kind and not reference:
            findings.error(node, f"behavior='{kind}' kræver en hændelse ({attribute}). Angiv den.")
        found = drawing.find(reference) if reference else None
        if reference and (found is None or not found.tag.endswith("EventDefinition")):
            findings.error(
                node, f"{attribute} henviser til '{reference}', som ikke er en hændelsesdefinition. Ret den."
            )
    complex_ = node.all("complexBehaviorDefinition")
    if behaviour == "Complex" and not complex_:
        findings.error(node, "behavior='Complex' kræver mindst én complexBehaviorDefinition. Angiv den.")
    if behaviour != "Complex" and complex_:
        findings.error(
            node, "complexBehaviorDefinition gælder kun ved behavior='Complex'. Fjern den, eller ret behavior."
        )
