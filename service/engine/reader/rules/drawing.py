"""A file as the rules see it: who has which id, what runs, what holds what."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

from service.engine.reader.vocabulary import FLOW_NODES
from service.engine.reader.xml import BPMN, Node

SCOPES = frozenset({"process", "subProcess", "adHocSubProcess", "transaction"})
ACTIVITIES = frozenset(
    {
        "task",
        "manualTask",
        "userTask",
        "serviceTask",
        "sendTask",
        "scriptTask",
        "businessRuleTask",
        "receiveTask",
        "callActivity",
        "subProcess",
        "adHocSubProcess",
        "transaction",
    }
)
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
THROWING = frozenset({"endEvent", "intermediateThrowEvent"})
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway", "complexGateway"})
NODES = FLOW_NODES | ACTIVITIES | EVENTS | GATEWAYS

NAMES = {
    "startEvent": "en starthændelse",
    "endEvent": "en sluthændelse",
    "intermediateCatchEvent": "en modtagehændelse",
    "intermediateThrowEvent": "en afsendehændelse",
    "boundaryEvent": "en kanthændelse",
    "sequenceFlow": "en pil",
    "messageFlow": "en beskedpil",
    "participant": "en pulje",
    "lane": "en bane",
    "process": "en proces",
    "collaboration": "et samarbejde",
    "subProcess": "en delproces",
    "adHocSubProcess": "en ad hoc-delproces",
    "transaction": "en transaktion",
    "callActivity": "en kaldeaktivitet",
    "message": "en besked",
    "signal": "et signal",
    "error": "en fejl",
    "escalation": "en eskalering",
    "textAnnotation": "en note",
    "association": "en notestreg",
    "group": "en gruppe",
    "dataObject": "et dataobjekt",
    "dataObjectReference": "et dataobjekt",
    "dataStoreReference": "et datalager",
    "dataStore": "et datalager",
    "dataInput": "et datainput",
    "dataOutput": "et dataoutput",
    "inputSet": "et sæt af datainput",
    "outputSet": "et sæt af dataoutput",
    "itemDefinition": "en datatype (itemDefinition)",
    "operation": "en operation",
    "interface": "en grænseflade (interface)",
    "property": "en egenskab (property)",
}


def named(node: Node) -> str:
    """What the element is, for people: `en pil`."""
    if node.tag.endswith("Gateway"):
        return "en gateway"
    if node.tag in ACTIVITIES:
        return NAMES.get(node.tag, "en opgave")
    return NAMES.get(node.tag, f"et element af typen {node.tag}")


class Drawing:
    """A file, indexed once for all rules."""

    def __init__(self, root: Node) -> None:
        self.root = root
        self.by_id: dict[str, Node] = {}
        for node in root.descendants():
            if node.namespace == BPMN and node.id:
                self.by_id.setdefault(node.id, node)

    def find(self, reference: str) -> Node | None:
        """The element of this file that a reference, with or without a prefix, names."""
        return self.by_id.get(reference) or self.by_id.get(reference.rpartition(":")[2])

    @cached_property
    def running(self) -> list[Node]:
        """The executable processes."""
        return [node for node in self.root.all("process") if node.get("isExecutable") in {"true", "1"}]

    @cached_property
    def inside(self) -> list[Node]:
        """Every BPMN element of the executable processes."""
        return [node for process in self.running for node in process.descendants() if node.namespace == BPMN]

    @cached_property
    def relevant(self) -> list[Node]:
        """Every BPMN element of the file but those inside processes that do not run."""
        beside = [child for child in self.root.children() if child.namespace == BPMN and child.tag != "process"]
        return [node for child in beside for node in child.descendants() if node.namespace == BPMN] + self.inside

    def scopes(self) -> Iterator[Node]:
        """The executable processes and the sub-processes in them."""
        return (node for node in self.inside if node.tag in SCOPES)

    def process_of(self, node: Node) -> Node | None:
        """The process around an element."""
        above: Node | None = node
        while above is not None and above.tag != "process":
            above = above.parent()
        return above

    @cached_property
    def outgoing(self) -> dict[str, list[Node]]:
        """Sequence flows by the element they leave."""
        return self._flows("sourceRef")

    @cached_property
    def incoming(self) -> dict[str, list[Node]]:
        """Sequence flows by the element they enter."""
        return self._flows("targetRef")

    def _flows(self, end: str) -> dict[str, list[Node]]:
        found: dict[str, list[Node]] = {}
        for node in self.inside:
            if node.tag == "sequenceFlow" and node.get(end):
                found.setdefault(node.get(end) or "", []).append(node)
        return found


def definitions(event: Node) -> list[str]:
    """The kinds of an event's own definitions: `message`, `timer` …"""
    return [
        child.tag.removesuffix("EventDefinition")
        for child in event.children()
        if child.namespace == BPMN and child.tag.endswith("EventDefinition")
    ]
