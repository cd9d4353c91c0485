"""References: what an element points to exists in the file and is of the right kind."""

from __future__ import annotations

from service.engine.reader.xml import BPMN, DRAWING, Findings, Node

from .drawing import ACTIVITIES, EVENTS, NODES, Drawing, definitions, named

ITEM_AWARE = frozenset(
    {
        "dataObject",
        "dataObjectReference",
        "dataStoreReference",
        "dataStore",
        "property",
        "dataInput",
        "dataOutput",
        "inputDataItem",
        "outputDataItem",
    }
)
GLOBAL_TASKS = frozenset(
    {"globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask"}
)
COLLABORATIONS = frozenset({"collaboration", "choreography", "globalConversation", "globalChoreographyTask"})


def _only(*tags: str) -> frozenset[str]:
    return frozenset(tags)


ATTRIBUTES: dict[str, frozenset[str] | None] = {
    "messageRef": _only("message"),
    "signalRef": _only("signal"),
    "errorRef": _only("error"),
    "escalationRef": _only("escalation"),
    "operationRef": _only("operation"),
    "itemSubjectRef": _only("itemDefinition"),
    "itemRef": _only("itemDefinition"),
    "processRef": _only("process"),
    "dataObjectRef": _only("dataObject"),
    "dataStoreRef": _only("dataStore"),
    "categoryValueRef": _only("categoryValue"),
    "parameterRef": _only("resourceParameter"),
    "correlationKeyRef": _only("correlationKey"),
    "correlationPropertyRef": _only("correlationProperty"),
    "definitionalCollaborationRef": COLLABORATIONS,
    "activityRef": ACTIVITIES,
    "evaluatesToTypeRef": _only("itemDefinition"),
    "partitionElementRef": None,
    "inputDataRef": _only("inputSet", "dataInput"),
    "outputDataRef": _only("outputSet", "dataOutput"),
}
"""Attributes that name another element, and what that may be; None is any element."""
CHILDREN = {
    **{f"{kind}InputRefs": _only("dataInput") for kind in ("data", "optional", "whileExecuting")},
    **{f"{kind}OutputRefs": _only("dataOutput") for kind in ("data", "optional", "whileExecuting")},
    "inputSetRefs": _only("inputSet"),
    "outputSetRefs": _only("outputSet"),
    "interfaceRef": _only("interface"),
    "supportedInterfaceRef": _only("interface"),
    "inMessageRef": _only("message"),
    "outMessageRef": _only("message"),
    "errorRef": _only("error"),
    "operationRef": _only("operation"),
    "flowNodeRef": NODES,
    "participantRef": _only("participant"),
    "innerParticipantRef": _only("participant"),
    "outerParticipantRef": _only("participant"),
    "innerMessageFlowRef": _only("messageFlow"),
    "outerMessageFlowRef": _only("messageFlow"),
    "messageFlowRef": _only("messageFlow"),
    "correlationPropertyRef": _only("correlationProperty"),
    "categoryValueRef": _only("categoryValue"),
    "resourceRef": _only("resource"),
    "endPointRef": _only("endPoint"),
    "loopDataInputRef": ITEM_AWARE,
    "loopDataOutputRef": ITEM_AWARE,
}
"""Children whose text names another element, and what that may be."""
OF_OWNER = {
    ("association", "sourceRef"): None,
    ("association", "targetRef"): None,
    ("messageFlow", "sourceRef"): ACTIVITIES | EVENTS | {"participant"},
    ("messageFlow", "targetRef"): ACTIVITIES | EVENTS | {"participant"},
    ("error", "structureRef"): _only("itemDefinition"),
    ("signal", "structureRef"): _only("itemDefinition"),
    ("escalation", "structureRef"): _only("itemDefinition"),
    ("dataInputAssociation", "sourceRef"): ITEM_AWARE,
    ("dataInputAssociation", "targetRef"): ITEM_AWARE,
    ("dataOutputAssociation", "sourceRef"): ITEM_AWARE,
    ("dataOutputAssociation", "targetRef"): ITEM_AWARE,
    ("resourceParameter", "type"): _only("itemDefinition"),
    ("correlationProperty", "type"): _only("itemDefinition"),
    ("linkEventDefinition", "source"): _only("linkEventDefinition"),
    ("linkEventDefinition", "target"): _only("linkEventDefinition"),
}
"""References whose meaning depends on where they stand; None is any element."""
LINES = frozenset(
    {
        "sequenceFlow",
        "messageFlow",
        "association",
        "dataInputAssociation",
        "dataOutputAssociation",
        "dataAssociation",
        "conversationLink",
    }
)
"""What is drawn as an edge; everything else is a shape."""
SHAPES = {"BPMNShape": True, "BPMNEdge": False}
"""Kind of figure, and whether it must not show a line."""
OF_A_SCHEMA = frozenset({"structureRef", "evaluatesToTypeRef", "type"})
"""Types, which may come from a schema outside the file."""
READ_ELSEWHERE = frozenset({"messageRef", "signalRef", "errorRef", "escalationRef"})
"""Of event definitions and receive tasks: whoever reads the trigger reports them."""


def check(drawing: Drawing, findings: Findings) -> None:
    imports = bool(drawing.root.all("import"))
    for node in drawing.relevant:
        for namespace, name, value in node.attributes():
            if namespace or (name in READ_ELSEWHERE and _is_trigger(node)):
                continue
            if (node.tag, name) in OF_OWNER:
                _resolve(drawing, findings, node, name, value, OF_OWNER[node.tag, name], imports)
            elif name in ATTRIBUTES:
                _resolve(drawing, findings, node, name, value, ATTRIBUTES[name], imports)
        for child in node.children():
            if child.namespace != BPMN:
                continue
            if (node.tag, child.tag) in OF_OWNER:
                _resolve(drawing, findings, child, child.tag, child.text, OF_OWNER[node.tag, child.tag], imports)
            elif child.tag in CHILDREN:
                _resolve(drawing, findings, child, child.tag, child.text, CHILDREN[child.tag], imports)
            elif child.tag == "eventDefinitionRef":
                _shared_definition(drawing, findings, child)
            elif child.tag == "correlationPropertyBinding":
                _bound(drawing, findings, node, child)
    _imported(drawing, findings)
    _called(drawing, findings)
    _drawn(drawing, findings)


def _imported(drawing: Drawing, findings: Findings) -> None:
    """Types may come from outside; other diagrams may not, for nothing of them would run."""
    for node in drawing.root.all("import"):
        if node.get("importType") == BPMN:
            findings.error(
                node,
                "Andre BPMN-filer læses ikke herfra. Sæt dem i drift ved siden af, kald deres processer, og fjern importen.",
            )
        elif not (node.get("importType") and node.get("namespace") and node.get("location")):
            findings.error(
                node, "Importen skal have importType, namespace og location. Udfyld dem, eller fjern importen."
            )


def _is_trigger(node: Node) -> bool:
    return node.tag.endswith("EventDefinition") or node.tag == "receiveTask"


def _resolve(
    drawing: Drawing,
    findings: Findings,
    node: Node,
    name: str,
    reference: str,
    kinds: frozenset[str] | None,
    imports: bool,
) -> None:
    reference = reference.strip()
    if not reference:
        return
    found = drawing.find(reference)
    if found is None:
        outside = name in OF_A_SCHEMA and (":" in reference or name == "structureRef")
        if not outside and not (imports and ":" in reference):
            findings.error(
                node,
                f"{name} henviser til '{reference}', som ikke findes i filen. Vælg et element, der findes, eller fjern henvisningen.",
            )
    elif kinds is not None and found.tag not in kinds:
        findings.error(
            node, f"{name} henviser til '{reference}', som er {named(found)}. Vælg et element af den rigtige slags."
        )


def _shared_definition(drawing: Drawing, findings: Findings, node: Node) -> None:
    found = drawing.find(node.text)
    above = found.parent() if found is not None else None
    if found is None or not found.tag.endswith("EventDefinition") or above is None or above.tag != "definitions":
        findings.error(
            node,
            f"eventDefinitionRef henviser til '{node.text}', som ikke er en fælles hændelsesdefinition. "
            "Læg definitionen i selve hændelsen.",
        )


def _bound(drawing: Drawing, findings: Findings, subscription: Node, binding: Node) -> None:
    """A subscription binds properties of its own key."""
    key = drawing.find(subscription.get("correlationKeyRef") or "")
    wanted = (binding.get("correlationPropertyRef") or "").rpartition(":")[2]
    parts = [reference.text.rpartition(":")[2] for reference in key.all("correlationPropertyRef")] if key else []
    if wanted and wanted not in parts:
        findings.error(
            binding,
            f"'{wanted}' er ikke en del af nøglen '{subscription.get('correlationKeyRef')}'. Ret den ene af dem.",
        )


def _called(drawing: Drawing, findings: Findings) -> None:
    """A process of another file may be called, but nothing in this one that cannot be."""
    for node in drawing.inside:
        if node.tag != "callActivity":
            continue
        holder = node.extension("calledElement")
        drawn = (node.get("calledElement") or "").rpartition(":")[2]
        given = holder.get("processId") or "" if holder is not None else ""
        if drawn and given and not given.startswith("=") and drawn != given:
            findings.error(
                node, f"Her kaldes både '{drawn}' (calledElement) og '{given}' (processId). Lad dem være ens."
            )
        for reference in {drawn, given}:
            found = drawing.find(reference) if reference else None
            if found is None or found.tag in GLOBAL_TASKS:
                continue
            if found.tag != "process":
                findings.error(node, f"Her kaldes '{reference}', som er {named(found)}. Kun en proces kan kaldes.")
            elif not any(
                not definitions(start) and not start.all("eventDefinitionRef") for start in found.all("startEvent")
            ):
                findings.error(
                    node, f"Den kaldte proces '{reference}' har ingen almindelig starthændelse at begynde ved. Tegn en."
                )


def _drawn(drawing: Drawing, findings: Findings) -> None:
    """Shapes and edges show elements of the file."""
    ids: dict[str, Node] = {}
    for node in drawing.root.descendants():
        if node.namespace not in DRAWING:
            continue
        shown = node.get("bpmnElement") if node.tag != "BPMNPlane" else None
        found = drawing.find(shown) if shown else None
        if shown and found is None:
            findings.error(
                node,
                f"Tegningen viser '{shown}', som ikke findes i filen. Slet figuren, eller gem diagrammet igen i tegneværktøjet.",
            )
        elif found is not None and SHAPES.get(node.tag) == (found.tag in LINES):
            findings.error(
                node,
                f"Tegningen viser '{shown}', {named(found)}, som {'en streg' if node.tag == 'BPMNEdge' else 'en figur'}. "
                "Gem diagrammet igen i tegneværktøjet.",
            )
        if node.id:
            other = ids.setdefault(node.id, drawing.by_id.get(node.id, node))
            if other.raw is not node.raw:
                findings.error(
                    node, f"Id'et '{node.id}' bruges flere gange (også i linje {other.line}). Giv hver figur sit eget."
                )
