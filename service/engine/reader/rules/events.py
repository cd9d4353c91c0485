"""Events: their messages are named, and gateways that wait for events wait for what can come."""

from __future__ import annotations

from service.engine.reader.xml import Findings, Node

from .drawing import EVENTS, THROWING, Drawing, definitions


def check(drawing: Drawing, findings: Findings) -> None:
    hosts = {node.get("attachedToRef") for node in drawing.inside if node.tag == "boundaryEvent"}
    for node in drawing.inside:
        if node.tag in THROWING:
            _thrown_message(findings, node)
        elif node.tag == "eventBasedGateway":
            _gateway(drawing, findings, node, hosts)
        if node.get("instantiate") in {"true", "1"} and drawing.incoming.get(node.id or ""):
            findings.error(
                node, "En pil fører hertil, så processen kan ikke begynde her. Fjern pilen eller instantiate."
            )
        if node.tag in EVENTS:
            _operation(drawing, findings, node)
        if node.tag == "linkEventDefinition":
            _link(drawing, findings, node)


def _thrown_message(findings: Findings, event: Node) -> None:
    definition = event.first("messageEventDefinition")
    if definition is not None and not definition.get("messageRef"):
        findings.error(
            event, "Hændelsen siger ikke, hvilken besked den sender. Vælg eller opret beskeden (messageRef)."
        )


def _link(drawing: Drawing, findings: Findings, definition: Node) -> None:
    for reference in (*definition.all("source"), *definition.all("target")):
        other = drawing.find(reference.text)
        if other is not None and other.tag == definition.tag and other.get("name") != definition.get("name"):
            findings.error(
                definition,
                f"Linket '{definition.get('name')}' henviser til linket '{other.get('name')}'. Giv de to ender samme navn.",
            )


def _operation(drawing: Drawing, findings: Findings, event: Node) -> None:
    """Messages whose content has a declared type belong to operations, and what handles them says to which. A message
    without one is only a name and a key, as this dialect has them.
    """
    for definition in event.all("messageEventDefinition"):
        message = drawing.find(definition.get("messageRef") or "")
        typed = message is not None and message.tag == "message" and message.get("itemRef")
        if typed and definition.first("operationRef") is None:
            findings.error(
                event,
                f"Beskeden '{definition.get('messageRef')}' har et indhold med en datatype (itemRef), men hændelsen siger ikke, "
                "hvilken operation den hører til. Angiv operationen (operationRef), eller fjern datatypen fra beskeden.",
            )


def _gateway(drawing: Drawing, findings: Findings, gateway: Node, hosts: set[str | None]) -> None:
    targets = [drawing.find(flow.get("targetRef") or "") for flow in drawing.outgoing.get(gateway.id or "", ())]
    found = [target for target in targets if target is not None]
    receiving = [target for target in found if target.tag == "receiveTask"]
    if receiving and any("message" in definitions(target) for target in found):
        findings.error(
            gateway,
            "Efter gatewayen står både modtageopgaver og beskedhændelser. Brug kun den ene slags til at vente på beskeder.",
        )
    for task in receiving:
        if task.id in hosts:
            findings.error(
                task, "Modtageopgaven efter en hændelsesgateway kan ikke have kanthændelser. Flyt eller fjern dem."
            )
