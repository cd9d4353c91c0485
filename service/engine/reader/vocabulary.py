"""What the dialect knows: which elements, attributes and extensions may stand where. Everything else is refused."""

from __future__ import annotations

from .xml import BPMN, CAMUNDA_7, DRAWING, FORLOEB, MODELER, XSI, ZEEBE, Findings, Node

TASKS = frozenset(
    {
        "task",
        "manualTask",
        "userTask",
        "serviceTask",
        "sendTask",
        "scriptTask",
        "businessRuleTask",
        "receiveTask",
    }
)
GATEWAYS = frozenset({"exclusiveGateway", "parallelGateway", "inclusiveGateway", "eventBasedGateway"})
EVENTS = frozenset({"startEvent", "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"})
CONTAINERS = frozenset({"subProcess", "transaction", "adHocSubProcess"})
ACTIVITIES = TASKS | CONTAINERS | {"callActivity"}
FLOW_NODES = ACTIVITIES | GATEWAYS | EVENTS

REFUSED = {
    "complexGateway": "En kompleks gateway kan ikke udføres. Brug en eksklusiv, inklusiv eller parallel gateway.",
    "choreographyTask": "Koreografier kan ikke udføres. Brug en proces med beskeder.",
    "subChoreography": "Koreografier kan ikke udføres. Brug en proces med beskeder.",
    "callChoreography": "Koreografier kan ikke udføres. Brug en proces med beskeder.",
    "choreography": "Koreografier kan ikke udføres. Brug en proces med beskeder.",
    "globalChoreographyTask": "Koreografier kan ikke udføres. Brug en proces med beskeder.",
    "conversation": "Konversationer kan ikke udføres. Fjern dem fra filen.",
    "globalConversation": "Konversationer kan ikke udføres. Fjern dem fra filen.",
    "globalTask": "Globale opgaver kan ikke udføres. Læg opgaven i en proces, og kald den med en kaldeaktivitet.",
    "globalUserTask": "Globale opgaver kan ikke udføres. Læg opgaven i en proces, og kald den med en kaldeaktivitet.",
    "globalManualTask": "Globale opgaver kan ikke udføres. Læg opgaven i en proces, og kald den med en kaldeaktivitet.",
    "globalScriptTask": "Globale opgaver kan ikke udføres. Læg opgaven i en proces, og kald den med en kaldeaktivitet.",
    "globalBusinessRuleTask": "Globale opgaver kan ikke udføres. Læg opgaven i en proces, og kald den med en kaldeaktivitet.",
    "potentialOwner": "En potentiel ejer i selve BPMN udføres ikke. Angiv ansvarlige grupper i opgavens tildeling.",
    "humanPerformer": "En udfører i selve BPMN udføres ikke. Angiv ansvarlige grupper i opgavens tildeling.",
    "performer": "En udfører i selve BPMN udføres ikke. Angiv ansvarlige grupper i opgavens tildeling.",
    "resourceRole": "En rolle i selve BPMN udføres ikke. Angiv ansvarlige grupper i opgavens tildeling.",
    "rendering": "En visning i selve BPMN udføres ikke. Knyt en formular til opgaven.",
    "script": "Et script i selve BPMN udføres ikke. Skriv det som FEEL-udtryk i opgavens egenskaber.",
    "loopCardinality": "Et fast antal instanser kan ikke udføres. Angiv en liste, fx =[1,2,3], som samling.",
    "loopDataInputRef": "Flere instanser over dataobjekter kan ikke udføres. Angiv en liste som samling.",
    "loopDataOutputRef": "Flere instanser over dataobjekter kan ikke udføres. Angiv en liste som samling.",
    "inputDataItem": "Flere instanser over dataobjekter kan ikke udføres. Angiv en liste som samling.",
    "outputDataItem": "Flere instanser over dataobjekter kan ikke udføres. Angiv en liste som samling.",
    "complexBehaviorDefinition": "Hændelser undervejs i flere instanser kan ikke udføres. Fjern dem.",
}
"""BPMN elements with a remedy of their own; any other unknown BPMN element gets a general message."""

_PARTS = {"documentation", "extensionElements"}
_NODE = _PARTS | {"incoming", "outgoing", "categoryValueRef", "auditing", "monitoring"}
_DATA = {"ioSpecification", "property", "dataInputAssociation", "dataOutputAssociation"}
_EVENT_DATA = {
    "property",
    "dataInput",
    "dataOutput",
    "inputSet",
    "outputSet",
    "dataInputAssociation",
    "dataOutputAssociation",
}
_ACTIVITY = _NODE | _DATA | {"multiInstanceLoopCharacteristics", "standardLoopCharacteristics"}
_EVENT = _NODE | _EVENT_DATA
_TRIGGERS = {
    f"{kind}EventDefinition"
    for kind in (
        "message",
        "timer",
        "signal",
        "error",
        "escalation",
        "terminate",
        "link",
        "conditional",
        "compensate",
        "cancel",
    )
}
_IGNORED_IN_SCOPE = {
    "laneSet",
    "textAnnotation",
    "association",
    "group",
    "dataObject",
    "dataObjectReference",
    "dataStoreReference",
    "property",
    "ioSpecification",
    "dataInputAssociation",
    "dataOutputAssociation",
    "ioBinding",
    "auditing",
    "monitoring",
    "supportedInterfaceRef",
    "correlationSubscription",
}
_SCOPE = _PARTS | _IGNORED_IN_SCOPE | FLOW_NODES | {"sequenceFlow"}

CHILDREN: dict[str, frozenset[str]] = {
    "definitions": frozenset(
        _PARTS
        | {
            "process",
            "collaboration",
            "message",
            "signal",
            "error",
            "escalation",
            "itemDefinition",
            "interface",
            "category",
            "dataStore",
            "import",
            "resource",
            "endPoint",
            "partnerEntity",
            "partnerRole",
            "correlationProperty",
            *_TRIGGERS,
        }
    ),
    "process": frozenset(_SCOPE),
    **dict.fromkeys(("subProcess", "transaction"), frozenset(_SCOPE | _ACTIVITY)),
    "adHocSubProcess": frozenset(_SCOPE | _ACTIVITY | {"completionCondition"}),
    **dict.fromkeys(TASKS | {"callActivity"}, frozenset(_ACTIVITY)),
    **dict.fromkeys(GATEWAYS, frozenset(_NODE)),
    **dict.fromkeys(EVENTS, frozenset(_EVENT | _TRIGGERS | {"eventDefinitionRef"})),
    "sequenceFlow": frozenset(_PARTS | {"conditionExpression", "categoryValueRef", "auditing", "monitoring"}),
    "multiInstanceLoopCharacteristics": frozenset(_PARTS | {"completionCondition"}),
    "standardLoopCharacteristics": frozenset(_PARTS | {"loopCondition"}),
    "conditionalEventDefinition": frozenset(_PARTS | {"condition"}),
    "timerEventDefinition": frozenset(_PARTS | {"timeDate", "timeDuration", "timeCycle"}),
    "messageEventDefinition": frozenset(_PARTS | {"operationRef"}),
    **dict.fromkeys(
        _TRIGGERS - {f"{kind}EventDefinition" for kind in ("timer", "message", "link", "conditional")},
        frozenset(_PARTS),
    ),
    "linkEventDefinition": frozenset(_PARTS | {"source", "target"}),
    **dict.fromkeys(("message", "signal", "error", "escalation"), frozenset(_PARTS)),
}
"""BPMN children an element may have. Elements not named here hold nothing that runs and are not looked into."""

_NAMED = {"id", "name"}
_ACTIVITY_ATTRIBUTES = _NAMED | {"isForCompensation", "startQuantity", "completionQuantity", "default"}
ATTRIBUTES: dict[str, frozenset[str]] = {
    "process": frozenset(_NAMED | {"isExecutable", "isClosed", "processType", "definitionalCollaborationRef"}),
    **dict.fromkeys(("task", "manualTask"), frozenset(_ACTIVITY_ATTRIBUTES)),
    **dict.fromkeys(("userTask", "businessRuleTask"), frozenset(_ACTIVITY_ATTRIBUTES | {"implementation"})),
    "serviceTask": frozenset(_ACTIVITY_ATTRIBUTES | {"implementation", "operationRef"}),
    "sendTask": frozenset(_ACTIVITY_ATTRIBUTES | {"implementation", "operationRef", "messageRef"}),
    "receiveTask": frozenset(_ACTIVITY_ATTRIBUTES | {"implementation", "operationRef", "messageRef", "instantiate"}),
    "scriptTask": frozenset(_ACTIVITY_ATTRIBUTES | {"scriptFormat"}),
    "callActivity": frozenset(_ACTIVITY_ATTRIBUTES | {"calledElement"}),
    "subProcess": frozenset(_ACTIVITY_ATTRIBUTES | {"triggeredByEvent"}),
    "transaction": frozenset(_ACTIVITY_ATTRIBUTES | {"triggeredByEvent", "method", "protocol"}),
    "adHocSubProcess": frozenset(_ACTIVITY_ATTRIBUTES | {"triggeredByEvent", "cancelRemainingInstances", "ordering"}),
    **dict.fromkeys(("exclusiveGateway", "inclusiveGateway"), frozenset(_NAMED | {"gatewayDirection", "default"})),
    "parallelGateway": frozenset(_NAMED | {"gatewayDirection"}),
    "eventBasedGateway": frozenset(_NAMED | {"gatewayDirection", "instantiate", "eventGatewayType"}),
    "startEvent": frozenset(_NAMED | {"isInterrupting", "parallelMultiple"}),
    "intermediateCatchEvent": frozenset(_NAMED | {"parallelMultiple"}),
    "boundaryEvent": frozenset(_NAMED | {"attachedToRef", "cancelActivity", "parallelMultiple"}),
    **dict.fromkeys(("endEvent", "intermediateThrowEvent"), frozenset(_NAMED)),
    "sequenceFlow": frozenset(_NAMED | {"sourceRef", "targetRef", "isImmediate"}),
    "multiInstanceLoopCharacteristics": frozenset(
        {"id", "isSequential", "behavior", "oneBehaviorEventRef", "noneBehaviorEventRef"}
    ),
    "standardLoopCharacteristics": frozenset({"id", "testBefore", "loopMaximum"}),
    "compensateEventDefinition": frozenset({"id", "activityRef", "waitForCompletion"}),
}

FIXED = {
    (
        "method",
        "##Compensate",
    ): "En transaktion kan kun annulleres ved kompensation. Fjern method, og tegn oprydning på trinnene.",
    (
        "eventGatewayType",
        "Exclusive",
    ): "En parallel hændelsesgateway kan ikke udføres. Brug en parallel gateway med hændelser efter.",
    ("behavior", "All"): "Hændelser undervejs i flere instanser kan ikke udføres. Fjern behavior.",
    ("isImmediate", "true"): 'isImmediate="false" kan ikke udføres. Fjern egenskaben.',
}
"""Attributes that may only have the value they have anyway."""

BOOLEANS = frozenset(
    {
        "isExecutable",
        "isClosed",
        "isForCompensation",
        "instantiate",
        "triggeredByEvent",
        "cancelRemainingInstances",
        "isInterrupting",
        "parallelMultiple",
        "cancelActivity",
        "isSequential",
        "isImmediate",
        "testBefore",
        "waitForCompletion",
    }
)

_JOB = {"taskDefinition", "taskHeaders", "jobPriorityDefinition"}
_IO = {"ioMapping", "properties"}
EXTENSIONS: dict[str, frozenset[str]] = {
    "userTask": frozenset(
        _IO
        | {
            "userTask",
            "formDefinition",
            "assignmentDefinition",
            "taskSchedule",
            "priorityDefinition",
            "taskHeaders",
            "taskListeners",
        }
    ),
    **dict.fromkeys(("serviceTask", "sendTask"), frozenset(_IO | _JOB)),
    "scriptTask": frozenset(_IO | _JOB | {"script"}),
    "businessRuleTask": frozenset(_IO | _JOB | {"calledDecision"}),
    "receiveTask": frozenset(_IO),
    **dict.fromkeys(("task", "manualTask"), frozenset({"properties"})),
    "callActivity": frozenset(_IO | {"calledElement"}),
    **dict.fromkeys(("subProcess", "transaction"), frozenset(_IO)),
    "adHocSubProcess": frozenset(_IO | {"adHoc"}),
    "startEvent": frozenset(_IO | {"formDefinition"}),
    **dict.fromkeys(("intermediateCatchEvent", "boundaryEvent"), frozenset(_IO)),
    **dict.fromkeys(("endEvent", "intermediateThrowEvent"), frozenset(_IO | _JOB)),
    **dict.fromkeys(GATEWAYS | {"sequenceFlow"}, frozenset({"properties"})),
    "process": frozenset({"versionTag", "properties", "jobPriorityDefinition"}),
    "message": frozenset({"subscription", "properties"}),
    **dict.fromkeys(("signal", "error", "escalation"), frozenset({"properties"})),
    "multiInstanceLoopCharacteristics": frozenset({"loopCharacteristics"}),
    "conditionalEventDefinition": frozenset({"conditionalFilter"}),
}
"""`zeebe:` extension elements an element may have."""

OWN_EXTENSIONS: dict[str, frozenset[str]] = {
    **dict.fromkeys(FLOW_NODES, frozenset({"status"})),
    **dict.fromkeys(
        ("userTask", "startEvent", "intermediateCatchEvent", "boundaryEvent"), frozenset({"status", "frist"})
    ),
}
"""`forloeb:` extension elements an element may have."""

EXTENSION_ATTRIBUTES: dict[str, frozenset[str]] = {
    "userTask": frozenset(),
    "formDefinition": frozenset({"formId", "bindingType", "versionTag", "externalReference"}),
    "assignmentDefinition": frozenset({"assignee", "candidateGroups", "candidateUsers"}),
    "taskSchedule": frozenset({"dueDate", "followUpDate"}),
    "priorityDefinition": frozenset({"priority"}),
    "jobPriorityDefinition": frozenset({"priority"}),
    "taskDefinition": frozenset({"type", "retries"}),
    "taskListeners": frozenset(),
    "taskListener": frozenset({"eventType", "type", "retries"}),
    "taskHeaders": frozenset(),
    "header": frozenset({"key", "value"}),
    "script": frozenset({"expression", "resultVariable"}),
    "calledDecision": frozenset({"decisionId", "resultVariable", "bindingType", "versionTag"}),
    "calledElement": frozenset(
        {"processId", "bindingType", "versionTag", "propagateAllParentVariables", "propagateAllChildVariables"}
    ),
    "adHoc": frozenset({"activeElementsCollection", "outputCollection", "outputElement"}),
    "loopCharacteristics": frozenset({"inputCollection", "inputElement", "outputCollection", "outputElement"}),
    "subscription": frozenset({"correlationKey"}),
    "conditionalFilter": frozenset({"variableNames", "variableEvents"}),
    "ioMapping": frozenset(),
    "input": frozenset({"source", "target"}),
    "output": frozenset({"source", "target"}),
    "versionTag": frozenset({"value"}),
    "properties": frozenset(),
    "property": frozenset({"name", "value"}),
    "status": frozenset({"value", "varer"}),
    "frist": frozenset({"id"}),
}
EXTENSION_CHILDREN = {
    "taskHeaders": frozenset({"header"}),
    "taskListeners": frozenset({"taskListener"}),
    "ioMapping": frozenset({"input", "output"}),
    "properties": frozenset({"property"}),
}

REFUSED_EXTENSIONS = {
    "executionListeners": "Lyttere kan ikke udføres. Fjern dem, eller tegn arbejdet som et trin.",
    "userTaskForm": "En indlejret formular kan ikke bruges. Gem formularen som fil, og henvis til den med formId.",
    "linkedResources": "Tilknyttede ressourcer kan ikke udføres. Fjern dem.",
    "agentDefinition": "En agentdefinition kan ikke udføres. Fjern den.",
}


def check_words(node: Node, findings: Findings) -> None:
    """Report every attribute, child and extension that the dialect does not know, from this element downwards."""
    _check_attributes(node, findings)
    allowed = CHILDREN.get(node.tag)
    for child in node.children():
        if child.namespace != BPMN:
            if child.namespace not in DRAWING and child.namespace != MODELER:
                findings.error(child, f"Elementet {child.qualified} hører ikke hjemme her og udføres ikke. Fjern det.")
        elif child.tag == "extensionElements":
            extensions = list(child.children())
            for extension in extensions:
                _check_extension(node, extension, findings)
                if sum(other.tag == extension.tag for other in extensions) > 1:
                    findings.error(extension, f"Udvidelsen {extension.qualified} står flere gange. Behold kun én.")
        elif child.tag in REFUSED and child.tag not in (allowed or ()):
            findings.error(child, REFUSED[child.tag])
        elif allowed is None:
            continue
        elif child.tag not in allowed:
            findings.error(child, f"Elementet {child.tag} kan ikke stå i {node.tag} og udføres ikke. Fjern det.")
        elif child.tag in CHILDREN and not _runs_not(child):
            check_words(child, findings)


def _runs_not(node: Node) -> bool:
    return node.tag == "process" and node.get("isExecutable") not in {"true", "1"}


def _check_attributes(node: Node, findings: Findings) -> None:
    known = ATTRIBUTES.get(node.tag)
    for namespace, name, value in node.attributes():
        if namespace == CAMUNDA_7:
            findings.error(
                node,
                f"Egenskaben camunda:{name} er fra Camunda 7. Gem modellen i Camunda 8-format, og overfør egenskaben.",
            )
        elif namespace == ZEEBE and not name.startswith("modelerTemplate"):
            findings.error(node, f"Egenskaben zeebe:{name} kendes ikke og udføres ikke. Fjern den.")
        elif namespace == FORLOEB:
            findings.error(
                node, f"Egenskaben forloeb:{name} kendes ikke. Brug forloeb:frist eller forloeb:status som udvidelse."
            )
        elif namespace or known is None:
            _check_foreign(node, namespace, name, findings)
        elif name not in known:
            findings.error(node, f"Egenskaben {name} kan ikke bruges på {node.tag} og udføres ikke. Fjern den.")
        elif name in BOOLEANS and value not in {"true", "false", "1", "0"}:
            findings.error(node, f"Egenskaben {name} skal være true eller false, ikke '{value}'.")
        else:
            _check_fixed(node, name, value, findings)


def _check_foreign(node: Node, namespace: str, name: str, findings: Findings) -> None:
    if namespace and namespace not in DRAWING | {ZEEBE, MODELER, XSI} and node.tag in ATTRIBUTES:
        findings.error(node, f"Egenskaben {name} fra {namespace} kendes ikke og udføres ikke. Fjern den.")


def _check_fixed(node: Node, name: str, value: str, findings: Findings) -> None:
    plain = {"1": "true", "0": "false"}.get(value, value) if name in BOOLEANS else value
    for (attribute, only), message in FIXED.items():
        if attribute == name and plain != only:
            findings.error(node, message)


def _check_extension(owner: Node, extension: Node, findings: Findings) -> None:
    if extension.namespace in DRAWING or extension.namespace == MODELER:
        return
    if extension.namespace == CAMUNDA_7:
        findings.error(
            extension,
            f"Udvidelsen camunda:{extension.tag} er fra Camunda 7. Gem modellen i Camunda 8-format, og overfør den.",
        )
        return
    known = {ZEEBE: EXTENSIONS, FORLOEB: OWN_EXTENSIONS}.get(extension.namespace)
    if known is None:
        findings.error(
            extension,
            f"Udvidelsen {extension.qualified} ({extension.namespace}) kendes ikke og udføres ikke. Fjern den.",
        )
    elif extension.namespace == ZEEBE and extension.tag in REFUSED_EXTENSIONS:
        findings.error(extension, REFUSED_EXTENSIONS[extension.tag])
    elif extension.tag not in known.get(owner.tag, frozenset()):
        findings.error(
            extension, f"Udvidelsen {extension.qualified} kan ikke bruges på {owner.tag} og udføres ikke. Fjern den."
        )
    else:
        _check_extension_inside(extension, findings)


def _check_extension_inside(extension: Node, findings: Findings) -> None:
    known = EXTENSION_ATTRIBUTES.get(extension.tag, frozenset())
    for namespace, name, _ in extension.attributes():
        if not namespace and name not in known:
            findings.error(
                extension, f"Egenskaben {name} på {extension.qualified} kendes ikke og udføres ikke. Fjern den."
            )
    for child in extension.children():
        if child.namespace == extension.namespace and child.tag in EXTENSION_CHILDREN.get(extension.tag, frozenset()):
            _check_extension_inside(child, findings)
        else:
            findings.error(
                child, f"Elementet {child.qualified} i {extension.qualified} kendes ikke og udføres ikke. Fjern det."
            )
