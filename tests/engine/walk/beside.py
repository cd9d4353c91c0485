"""What stands beside the flow: data, pools, notes, people, everything at the top of a file."""

from __future__ import annotations

from tests.engine.drawing import chain, definitions, end, process, start, task

from .kind import Kind, goes

PLAIN = start() + task("x") + end() + chain("s", "x", "e")
DATA = "data is read and written as variables"
DRAWN = "drawn for people"
DECLARED = "a declaration that others refer to"


def inside(name: str, element: str, why: str, at: str = "q") -> Kind:
    """An element of the process beside its flow."""
    return Kind(name, definitions(process("P", PLAIN, element)), goes("s", "x", "e"), at, why=why)


def on_task(name: str, element: str, why: str, at: str = "x") -> Kind:
    """An element inside the task `x`."""
    body = start() + f'<bpmn:task id="x">{element}</bpmn:task>' + end() + chain("s", "x", "e")
    return Kind(name, definitions(process("P", body)), goes("s", "x", "e"), at, why=why)


def on_top(name: str, element: str, why: str, at: str = "q") -> Kind:
    """An element of the file."""
    return Kind(name, definitions(element, process("P", PLAIN)), goes("s", "x", "e"), at, why=why)


def in_pool(name: str, element: str, why: str, at: str = "q") -> Kind:
    pools = '<bpmn:participant id="p1" processRef="P"/><bpmn:participant id="p2"/>'
    body = f'<bpmn:collaboration id="c">{pools}{element}</bpmn:collaboration>'
    return Kind(name, definitions(body, process("P", PLAIN)), goes("s", "x", "e"), at, why=why)


IO = (
    '<bpmn:ioSpecification id="q"><bpmn:dataInput id="di"/><bpmn:dataOutput id="do"/><bpmn:inputSet>'
    "<bpmn:dataInputRefs>di</bpmn:dataInputRefs>"
    "</bpmn:inputSet><bpmn:outputSet><bpmn:dataOutputRefs>do</bpmn:dataOutputRefs></bpmn:outputSet></bpmn:ioSpecification>"
)
ARROW = (
    '<bpmn:property id="pr"/><bpmn:{0} id="q"><bpmn:sourceRef>{1}</bpmn:sourceRef><bpmn:targetRef>{2}</bpmn:targetRef>'
    "<bpmn:assignment><bpmn:from>=1</bpmn:from><bpmn:to>=y</bpmn:to></bpmn:assignment></bpmn:{0}>"
)
PEOPLE = "{0}<bpmn:resourceAssignmentExpression><bpmn:formalExpression>=x</bpmn:formalExpression></bpmn:resourceAssignmentExpression>{1}"
BESIDE = (
    inside(
        "dataObject and dataObjectReference",
        '<bpmn:dataObject id="d"/><bpmn:dataObjectReference id="q" dataObjectRef="d">'
        '<bpmn:dataState name="ny"/></bpmn:dataObjectReference>',
        DATA,
    ),
    inside("dataStoreReference", '<bpmn:dataStoreReference id="q"/>', DATA),
    inside("property", '<bpmn:property id="q"/>', DATA),
    inside(
        "laneSet and lane",
        '<bpmn:laneSet id="ls"><bpmn:lane id="q"><bpmn:flowNodeRef>x</bpmn:flowNodeRef></bpmn:lane></bpmn:laneSet>',
        DRAWN,
    ),
    inside(
        "textAnnotation and association",
        '<bpmn:textAnnotation id="q"><bpmn:text>hej</bpmn:text></bpmn:textAnnotation>'
        '<bpmn:association id="as" sourceRef="x" targetRef="q"/>',
        DRAWN,
    ),
    inside("group", '<bpmn:group id="q"/>', DRAWN),
    inside("documentation", "<bpmn:documentation>hej</bpmn:documentation>", DRAWN),
    inside(
        "auditing and monitoring", "<bpmn:auditing/><bpmn:monitoring/>", "everything is audited and monitored anyway"
    ),
    Kind(
        "correlationSubscription",
        definitions(
            '<bpmn:collaboration id="c"><bpmn:participant id="p1" processRef="P"/><bpmn:correlationKey id="ck"/></bpmn:collaboration>',
            process("P", PLAIN, '<bpmn:correlationSubscription id="q" correlationKeyRef="ck"/>'),
        ),
        goes("s", "x", "e"),
        "q",
        why="messages correlate by zeebe:subscription",
    ),
    inside("resourceRole of a process", '<bpmn:resourceRole id="q"/>', ""),
    inside("choreographyTask", '<bpmn:choreographyTask id="q"/>', ""),
    inside("subChoreography", '<bpmn:subChoreography id="q"/>', ""),
    inside("callChoreography", '<bpmn:callChoreography id="q"/>', ""),
    inside("implicitThrowEvent", '<bpmn:implicitThrowEvent id="q"/>', ""),
    on_task("ioSpecification, dataInput, dataOutput, inputSet, outputSet", IO, DATA),
    on_task("dataInputAssociation and assignment", ARROW.format("dataInputAssociation", "pr", "pr"), DATA),
    on_task("dataOutputAssociation", ARROW.format("dataOutputAssociation", "pr", "pr"), DATA),
    *(
        on_task(tag, PEOPLE.format(f'<bpmn:{tag} id="q">', f"</bpmn:{tag}>"), "", "q")
        for tag in ("performer", "humanPerformer", "potentialOwner", "resourceRole")
    ),
    on_task("rendering", '<bpmn:rendering id="q"/>', "", "q"),
    on_top("itemDefinition", '<bpmn:itemDefinition id="q"/>', DECLARED),
    on_top(
        "interface and operation",
        '<bpmn:interface id="q" name="i"><bpmn:operation id="o" name="o">'
        "<bpmn:inMessageRef>m1</bpmn:inMessageRef></bpmn:operation></bpmn:interface>",
        DECLARED,
    ),
    on_top("message", '<bpmn:message id="q" name="q"/>', DECLARED),
    on_top("signal", '<bpmn:signal id="q" name="q"/>', DECLARED),
    on_top("error", '<bpmn:error id="q" errorCode="q"/>', DECLARED),
    on_top("escalation", '<bpmn:escalation id="q" escalationCode="q"/>', DECLARED),
    on_top(
        "category and categoryValue", '<bpmn:category id="q"><bpmn:categoryValue id="cv"/></bpmn:category>', DECLARED
    ),
    on_top("dataStore", '<bpmn:dataStore id="q"/>', DECLARED),
    on_top(
        "resource and resourceParameter",
        '<bpmn:resource id="q" name="r"><bpmn:resourceParameter id="rp"/></bpmn:resource>',
        DECLARED,
    ),
    on_top("endPoint", '<bpmn:endPoint id="q"/>', DECLARED),
    on_top("partnerEntity", '<bpmn:partnerEntity id="q"/>', DECLARED),
    on_top("partnerRole", '<bpmn:partnerRole id="q"/>', DECLARED),
    on_top(
        "correlationProperty",
        '<bpmn:correlationProperty id="q"><bpmn:correlationPropertyRetrievalExpression messageRef="m1">'
        "<bpmn:messagePath>=x</bpmn:messagePath>"
        "</bpmn:correlationPropertyRetrievalExpression></bpmn:correlationProperty>",
        "messages correlate by zeebe:subscription",
    ),
    on_top(
        "import",
        '<bpmn:import importType="http://www.w3.org/2001/XMLSchema" location="a.xsd" namespace="urn:a"/>',
        "types come from outside, data is JSON",
    ),
    on_top(
        "import of a diagram",
        '<bpmn:import importType="http://www.omg.org/spec/BPMN/20100524/MODEL" location="b.bpmn" namespace="urn:b"/>',
        "",
        "",
    ),
    on_top("extension", '<bpmn:extension mustUnderstand="true" definition="q"/>', "", ""),
    on_top("relationship", '<bpmn:relationship id="q" type="t"/>', ""),
    *(
        on_top(tag, f'<bpmn:{tag} id="q"/>', "")
        for tag in ("choreography", "globalChoreographyTask", "conversation", "globalConversation")
    ),
    in_pool(
        "collaboration, participant, participantMultiplicity",
        '<bpmn:participant id="q"><bpmn:participantMultiplicity/></bpmn:participant>',
        DRAWN,
    ),
    in_pool("messageFlow", '<bpmn:messageFlow id="q" sourceRef="x" targetRef="p2"/>', DRAWN),
    in_pool("correlationKey", '<bpmn:correlationKey id="q"/>', "messages correlate by zeebe:subscription"),
    in_pool(
        "participantAssociation",
        '<bpmn:participantAssociation id="q"><bpmn:innerParticipantRef>p1</bpmn:innerParticipantRef>'
        "<bpmn:outerParticipantRef>p2</bpmn:outerParticipantRef></bpmn:participantAssociation>",
        DRAWN,
    ),
    in_pool(
        "messageFlowAssociation",
        '<bpmn:messageFlowAssociation id="q" innerMessageFlowRef="mf" outerMessageFlowRef="mf"/>'
        '<bpmn:messageFlow id="mf" sourceRef="x" targetRef="p2"/>',
        DRAWN,
    ),
    *(
        in_pool(tag, f'<bpmn:{tag} id="q"/>', "")
        for tag in (
            "conversation ",
            "subConversation",
            "callConversation",
            "conversationLink",
            "conversationAssociation",
        )
    ),
)
