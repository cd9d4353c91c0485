"""The standard's schema, where what it asks for has a meaning: attributes that must stand there, values to choose from, and
how often a part may occur.
"""

from __future__ import annotations

from service.engine.reader.xml import BPMN, Findings, Node

from .drawing import ACTIVITIES, Drawing, named

REQUIRED = {
    "association": ("sourceRef", "targetRef"),
    "ioBinding": ("operationRef", "inputDataRef", "outputDataRef"),
    "correlationSubscription": ("correlationKeyRef",),
    "correlationPropertyRetrievalExpression": ("messageRef",),
    "correlationPropertyBinding": ("correlationPropertyRef",),
}
CHOICES = {
    "ordering": ("Parallel", "Sequential"),
    "processType": ("None", "Public", "Private"),
    "associationDirection": ("None", "One", "Both"),
    "itemKind": ("Information", "Physical"),
}
MANY = 1_000_000
OFTEN = {
    ("interface", "operation"): (1, MANY),
    ("operation", "inMessageRef"): (1, 1),
    ("operation", "outMessageRef"): (0, 1),
    ("correlationProperty", "correlationPropertyRetrievalExpression"): (1, MANY),
    ("correlationPropertyRetrievalExpression", "messagePath"): (1, 1),
    ("correlationPropertyBinding", "dataPath"): (1, 1),
    ("assignment", "from"): (1, 1),
    ("assignment", "to"): (1, 1),
    ("sequenceFlow", "conditionExpression"): (0, 1),
    ("conditionalEventDefinition", "condition"): (0, 1),
    ("multiInstanceLoopCharacteristics", "completionCondition"): (0, 1),
    ("adHocSubProcess", "completionCondition"): (0, 1),
    ("standardLoopCharacteristics", "loopCondition"): (0, 1),
    ("messageEventDefinition", "operationRef"): (0, 1),
    ("linkEventDefinition", "target"): (0, 1),
    ("dataInputAssociation", "transformation"): (0, 1),
    ("dataOutputAssociation", "transformation"): (0, 1),
    ("participant", "participantMultiplicity"): (0, 1),
    ("lane", "childLaneSet"): (0, 1),
    **{(owner, "ioSpecification"): (0, 1) for owner in ("process", *ACTIVITIES)},
}
"""Owner and part: least and most."""


def check(drawing: Drawing, findings: Findings) -> None:
    for node in drawing.relevant:
        for attribute in REQUIRED.get(node.tag, ()):
            if not (node.get(attribute) or "").strip():
                findings.error(node, f"{_told(node)} mangler {attribute}. Tegn det om, eller fjern det.")
        for attribute, choices in CHOICES.items():
            value = node.get(attribute)
            if value is not None and value not in choices:
                may = " eller ".join([", ".join(choices[:-1]), choices[-1]])
                findings.error(node, f"{attribute} skal være {may}, ikke '{value}'.")
        _often(findings, node)


def _often(findings: Findings, node: Node) -> None:
    for (owner, part), (least, most) in OFTEN.items():
        if node.tag != owner or node.namespace != BPMN:
            continue
        number = len(node.all(part))
        if number < least:
            findings.error(node, f"{_told(node)} mangler {part}. Tilføj det, eller fjern elementet.")
        elif number > most:
            findings.error(
                node, f"{_told(node)} har {number} gange {part}, men må kun have {most}. Behold det, der gælder."
            )


def _told(node: Node) -> str:
    name = named(node)
    return f"{name[0].upper()}{name[1:]}{f' ({node.id})' if node.id else ''}"
