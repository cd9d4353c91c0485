"""Compensation and cancellation: handlers belong to their event, and only a transaction can be cancelled."""

from __future__ import annotations

from service.engine.reader.xml import Findings, Node

from .drawing import ACTIVITIES, Drawing, definitions


def check(drawing: Drawing, findings: Findings) -> None:
    ends = _associations(drawing)
    for node in drawing.inside:
        kinds = definitions(node) if node.tag.endswith("Event") else []
        if node.tag == "boundaryEvent" and "compensate" in kinds:
            _boundary(drawing, findings, node, ends)
        by_event = node.get("triggeredByEvent") in {"true", "1"}
        if node.tag in ACTIVITIES and node.get("isForCompensation") in {"true", "1"} and not by_event:
            _handler(drawing, findings, node, ends)
        if "cancel" in kinds:
            _cancel(drawing, findings, node)
        if "compensate" in kinds and "false" in {node.get("cancelActivity"), node.get("isInterrupting")}:
            findings.error(
                node,
                "En kompensation begynder først, når noget er afsluttet, og kan ikke være ikke-afbrydende. Gør den afbrydende.",
            )


def _associations(drawing: Drawing) -> list[tuple[str, str]]:
    return [
        (node.get("sourceRef") or "", node.get("targetRef") or "")
        for node in drawing.relevant
        if node.tag == "association"
    ]


def _boundary(drawing: Drawing, findings: Findings, event: Node, ends: list[tuple[str, str]]) -> None:
    if drawing.outgoing.get(event.id or ""):
        findings.error(event, "En kompensationshændelse har ingen pil, men en streg til sin oprydning. Fjern pilen.")
    found = [drawing.find(target) for source, target in ends if source == event.id]
    handlers = [node for node in found if node is not None and node.tag in ACTIVITIES]
    if len(handlers) != 1:
        findings.error(
            event,
            "Kompensationshændelsen skal have en streg (association) til netop én opgave, der rydder op. Tegn den.",
        )
    elif handlers[0].get("isForCompensation") not in {"true", "1"}:
        findings.error(
            handlers[0], "Opgaven skal rydde op, men er ikke mærket som kompensation (isForCompensation). Mærk den."
        )


def _handler(drawing: Drawing, findings: Findings, activity: Node, ends: list[tuple[str, str]]) -> None:
    if drawing.incoming.get(activity.id or "") or drawing.outgoing.get(activity.id or ""):
        findings.error(activity, "En kompensationsopgave kan ikke have pile til eller fra sig. Fjern dem.")
    sources = [drawing.find(source) for source, target in ends if target == activity.id]
    if not any(s is not None and s.tag == "boundaryEvent" and "compensate" in definitions(s) for s in sources):
        findings.error(
            activity,
            "Kompensationsopgaven hører ikke til nogen kompensationshændelse. Tegn en streg fra hændelsen hertil.",
        )


def _cancel(drawing: Drawing, findings: Findings, event: Node) -> None:
    above = event.parent()
    host = drawing.find(event.get("attachedToRef") or "") if event.tag == "boundaryEvent" else None
    if event.tag == "endEvent" and above is not None and above.tag == "transaction":
        return
    if host is not None and host.tag == "transaction":
        if event.get("cancelActivity") in {"false", "0"}:
            findings.error(event, "En annulleringshændelse afbryder altid. Gør den afbrydende.")
        return
    findings.error(event, "Kun en transaktion kan annulleres, og kun fra dens indre. Brug en fejlhændelse.")
