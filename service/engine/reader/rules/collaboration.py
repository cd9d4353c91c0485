"""Pools and messages between them: a message leaves what sends, enters what receives, and crosses to another pool."""

from __future__ import annotations

from service.engine.reader.xml import BPMN, Findings, Node

from .drawing import EVENTS, THROWING, Drawing, definitions, named

CONVERSATIONS = frozenset(
    {"conversation", "subConversation", "callConversation", "conversationLink", "conversationAssociation"}
)


def check(drawing: Drawing, findings: Findings) -> None:
    running = {process.id for process in drawing.running}
    for collaboration in drawing.root.all("collaboration"):
        for child in collaboration.children():
            if child.namespace != BPMN:
                continue
            if child.tag == "messageFlow":
                _message_flow(drawing, findings, child, running)
            elif child.tag == "participant":
                _participant(findings, child)
            elif child.tag in CONVERSATIONS:
                findings.error(child, "Konversationer kan ikke udføres. Tegn beskeder mellem puljerne i stedet.")


def _participant(findings: Findings, participant: Node) -> None:
    bounds = participant.first("participantMultiplicity")
    if bounds is None:
        return
    try:
        least, most = int(bounds.get("minimum") or "0"), int(bounds.get("maximum") or "1")
    except ValueError:
        least, most = 1, 0
    if least < 0 or most < 1 or most < least:
        findings.error(
            participant,
            "Puljens antal (participantMultiplicity) skal være fra 0 og op, og det største mindst 1. Ret tallene.",
        )


def _message_flow(drawing: Drawing, findings: Findings, flow: Node, running: set[str | None]) -> None:
    ends = [drawing.find((flow.get(end) or "").strip()) for end in ("sourceRef", "targetRef")]
    source, target = ends
    if source is None or target is None:
        if not (flow.get("sourceRef") and flow.get("targetRef")):
            findings.error(flow, "Beskedpilen mangler en ende. Tegn den mellem to puljer eller trin i to puljer.")
        return
    if _pool(drawing, source) == _pool(drawing, target):
        findings.error(
            flow,
            "Beskedpilen forbinder to steder i samme pulje. Brug en almindelig pil, eller før den til en anden pulje.",
        )
    if source.tag in EVENTS and _runs(drawing, source, running) and not _sends(source):
        findings.error(
            flow,
            f"Beskedpilen udgår fra '{source.id}', {named(source)}, der ikke sender en besked. Ret hændelsen eller pilen.",
        )
    if target.tag in EVENTS and _runs(drawing, target, running) and not _receives(target):
        findings.error(
            flow,
            f"Beskedpilen fører til '{target.id}', {named(target)}, der ikke modtager en besked. Ret hændelsen eller pilen.",
        )


def _pool(drawing: Drawing, node: Node) -> str | None:
    """A pool by its process where it has one, so that a pool and what lies in it are the same."""
    if node.tag == "participant":
        process = drawing.find(node.get("processRef") or "") if node.get("processRef") else None
        return process.id if process is not None else node.id
    around = drawing.process_of(node)
    return around.id if around is not None else None


def _runs(drawing: Drawing, node: Node, running: set[str | None]) -> bool:
    around = drawing.process_of(node)
    return around is not None and around.id in running


def _by_message(event: Node) -> bool:
    return "message" in definitions(event) or event.first("eventDefinitionRef") is not None


def _sends(event: Node) -> bool:
    return event.tag in THROWING and _by_message(event)


def _receives(event: Node) -> bool:
    return event.tag not in THROWING and _by_message(event)
