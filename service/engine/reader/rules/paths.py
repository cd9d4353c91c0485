"""Paths: every step leads somewhere, gateways split or join, conditions and default flows stand where they can decide."""

from __future__ import annotations

from service.engine.reader.xml import Findings, Node

from .drawing import ACTIVITIES, GATEWAYS, NODES, Drawing, definitions


def check(drawing: Drawing, findings: Findings) -> None:
    for scope in drawing.scopes():
        nodes = [node for node in scope.children() if node.tag in NODES and node.id]
        if scope.tag != "adHocSubProcess":
            _ends(drawing, findings, scope, nodes)
        for node in nodes:
            _gateway(drawing, findings, node)
            _default(drawing, findings, node)
            _conditions(drawing, findings, node)


def _ends(drawing: Drawing, findings: Findings, scope: Node, nodes: list[Node]) -> None:
    """Where a drawing says where it begins or ends, no path may stop anywhere else."""
    tags = {node.tag for node in nodes}
    begins = any(node.get("instantiate") in {"true", "1"} for node in nodes)
    if "endEvent" in tags and "startEvent" not in tags and not begins:
        findings.error(
            scope, "Her er en sluthændelse, men ingen starthændelse. Tegn en, så man ser, hvor det begynder."
        )
    if not tags & {"endEvent", "startEvent"}:
        return
    for node in nodes:
        if not drawing.outgoing.get(node.id or "") and not _may_stop(node):
            findings.error(node, "Ingen pil fører videre herfra. Tegn en til næste trin eller til et sluttrin.")


def _may_stop(node: Node) -> bool:
    if node.tag == "endEvent" or node.tag in GATEWAYS:  # gateways have their own message
        return True
    if node.tag in ACTIVITIES:
        return "true" in {node.get("isForCompensation"), node.get("triggeredByEvent")}
    if node.tag == "boundaryEvent":  # the checker of activities speaks of those
        return True
    return node.tag == "intermediateThrowEvent" and definitions(node) == ["link"]


def _gateway(drawing: Drawing, findings: Findings, node: Node) -> None:
    if node.tag not in GATEWAYS - {"complexGateway"}:
        return
    before, after = (len(flows.get(node.id or "", ())) for flows in (drawing.incoming, drawing.outgoing))
    if before == 1 and after == 1:
        findings.error(
            node, "Gatewayen hverken deler eller samler: én pil ind og én ud. Tegn den manglende pil, eller fjern den."
        )


def _default(drawing: Drawing, findings: Findings, node: Node) -> None:
    default = node.get("default")
    own = {flow.id for flow in drawing.outgoing.get(node.id or "", ())}
    if default and default not in own and node.tag not in GATEWAYS:  # the checker of gateways speaks of theirs
        findings.error(node, f"Standardpilen '{default}' udgår ikke herfra. Vælg en af trinnets egne pile.")


def _conditions(drawing: Drawing, findings: Findings, node: Node) -> None:
    flows = drawing.outgoing.get(node.id or "", [])
    conditional = [flow for flow in flows if flow.first("conditionExpression") is not None]
    if node.tag in ACTIVITIES and conditional and len(flows) == 1:
        findings.error(
            conditional[0],
            "Pilen har en betingelse, men er den eneste herfra, så arbejdet stopper, når den ikke er opfyldt. "
            "Tegn en pil til, eller fjern betingelsen.",
        )
