"""Types of data where they are declared: what is handed over at a message, an operation or a call fits what is expected."""

from __future__ import annotations

from service.engine.reader.xml import BPMN, Findings, Node

from .drawing import EVENTS, THROWING, Drawing


def check(drawing: Drawing, findings: Findings) -> None:
    for node in drawing.relevant:
        _collection(drawing, findings, node)
    for node in drawing.inside:
        match node.tag:
            case "serviceTask" | "businessRuleTask":
                _operation(drawing, findings, node)
            case "sendTask":
                _message(drawing, findings, node, "dataInput", "inputSet")
            case "receiveTask":
                _message(drawing, findings, node, "dataOutput", "outputSet")
            case "callActivity":
                _call(drawing, findings, node)
            case "process":
                _interfaces(drawing, findings, node)
        if node.tag in EVENTS:
            _event(drawing, findings, node)


def _type(drawing: Drawing, reference: str | None) -> Node | None:
    found = drawing.find(reference) if reference else None
    return found if found is not None and found.tag == "itemDefinition" else None


def same_type(first: Node | None, second: Node | None) -> bool:
    """Whether two declared types agree; what is not declared agrees with everything."""
    if first is None or second is None or first.raw is second.raw:
        return True
    structure = first.get("structureRef")
    return bool(structure) and structure == second.get("structureRef")


def declared(drawing: Drawing, item: Node) -> Node | None:
    """The type of a data element; a reference to a data object has the object's."""
    if item.tag == "dataObjectReference":
        item = drawing.find(item.get("dataObjectRef") or "") or item
    return _type(drawing, item.get("itemSubjectRef"))


def _collection(drawing: Drawing, findings: Findings, node: Node) -> None:
    declared, stated = _type(drawing, node.get("itemSubjectRef")), node.get("isCollection")
    if declared is not None and stated is not None and _yes(stated) != _yes(declared.get("isCollection")):
        findings.error(
            node,
            f"isCollection='{stated}' passer ikke med datatypen '{declared.id}', der "
            f"{'er' if _yes(declared.get('isCollection')) else 'ikke er'} en liste. Ret den ene af dem.",
        )


def _yes(text: str | None) -> bool:
    return text in {"true", "1"}


def _items(owner: Node | None, tag: str) -> list[Node]:
    return owner.all(tag) if owner is not None else []


def _mismatch(findings: Findings, item: Node, expected: Node | None, what: str) -> None:
    wanted = expected.id if expected is not None else ""
    findings.error(
        item,
        f"'{item.id}' har typen '{item.get('itemSubjectRef')}', men {what} har typen '{wanted}'. Brug samme datatype.",
    )


def _operation(drawing: Drawing, findings: Findings, task: Node) -> None:
    operation = drawing.find(task.get("operationRef") or "") if task.get("operationRef") else None
    spec = task.first("ioSpecification")
    if operation is None or operation.tag != "operation" or spec is None:
        return
    if len(spec.all("inputSet")) != 1 or len(spec.all("outputSet")) > 1:
        findings.error(
            task, "En opgave med en operation skal have netop ét inputSet og højst ét outputSet. Fjern de overskydende."
        )
    for tag, message in (("dataInput", "inMessageRef"), ("dataOutput", "outMessageRef")):
        expected = _message_type(drawing, operation, message)
        for item in spec.all(tag):
            if not same_type(_type(drawing, item.get("itemSubjectRef")), expected):
                _mismatch(findings, item, expected, "operationens besked")


def _message(drawing: Drawing, findings: Findings, task: Node, tag: str, sets: str) -> None:
    message = drawing.find(task.get("messageRef") or "") if task.get("messageRef") else None
    spec = task.first("ioSpecification")
    if message is None or spec is None:
        return
    if len(spec.all(sets)) > 1 or len(spec.all(tag)) > 1:
        findings.error(task, f"En opgave med en besked har højst ét {sets} og ét {tag}. Fjern de overskydende.")
    expected = _type(drawing, message.get("itemRef"))
    for item in spec.all(tag):
        if not same_type(_type(drawing, item.get("itemSubjectRef")), expected):
            _mismatch(findings, item, expected, "beskeden")


def _interfaces(drawing: Drawing, findings: Findings, process: Node) -> None:
    """A process that offers an interface says for each operation which data it takes and gives, of the messages' types."""
    bindings = {binding.get("operationRef"): binding for binding in process.all("ioBinding")}
    for reference in process.all("supportedInterfaceRef"):
        interface = drawing.find(reference.text)
        for operation in interface.all("operation") if interface is not None else []:
            binding = bindings.get(operation.id)
            if binding is None:
                findings.error(
                    process,
                    f"Processen tilbyder '{reference.text}', men binder ikke '{operation.id}' (ioBinding). Tilføj den.",
                )
                continue
            for end, message in (("inputDataRef", "inMessageRef"), ("outputDataRef", "outMessageRef")):
                item, expected = drawing.find(binding.get(end) or ""), _message_type(drawing, operation, message)
                if item is not None and not same_type(_type(drawing, item.get("itemSubjectRef")), expected):
                    _mismatch(findings, item, expected, "operationens besked")


def _message_type(drawing: Drawing, operation: Node, message: str) -> Node | None:
    """The type of an operation's `inMessageRef` or `outMessageRef`."""
    reference = operation.first(message)
    found = drawing.find(reference.text) if reference is not None else None
    return _type(drawing, found.get("itemRef")) if found is not None else None


def _call(drawing: Drawing, findings: Findings, call: Node) -> None:
    called = drawing.find(call.get("calledElement") or "") if call.get("calledElement") else None
    given, wanted = call.first("ioSpecification"), called.first("ioSpecification") if called is not None else None
    if called is None or given is None:
        return
    for tag in ("dataInput", "dataOutput"):
        ours, theirs = _items(given, tag), _items(wanted, tag)
        rest = [_type(drawing, item.get("itemSubjectRef")) for item in theirs]
        for item in ours:
            mine = _type(drawing, item.get("itemSubjectRef"))
            fit = next((index for index, other in enumerate(rest) if same_type(mine, other)), None)
            if fit is None:
                findings.error(
                    item,
                    f"'{item.id}' svarer ikke til noget {tag} i den kaldte '{called.id}'. Gør dem ens, eller fjern det.",
                )
            else:
                rest.pop(fit)
        if len(ours) < len(theirs):
            findings.error(call, f"Den kaldte '{called.id}' har flere {tag} end kaldet. Gør dem ens.")


def _event(drawing: Drawing, findings: Findings, event: Node) -> None:
    tag = "dataInput" if event.tag in THROWING else "dataOutput"
    items = event.all(tag)
    if not items:
        return
    types = [found for found in (_carried(drawing, child) for child in event.children()) if found is not None]
    if len(types) > 1 and len(items) != len(types):
        findings.error(
            event,
            f"Hændelsen har {len(types)} definitioner med data, men {len(items)} {tag}. Angiv et for hver definition.",
        )
    elif len(types) == 1:
        for item in items:
            if not same_type(_type(drawing, item.get("itemSubjectRef")), types[0]):
                _mismatch(findings, item, types[0], "hændelsen")


def _carried(drawing: Drawing, definition: Node) -> Node | None:
    """The type of what an event definition's message, signal, error or escalation carries."""
    if definition.namespace != BPMN or not definition.tag.endswith("EventDefinition"):
        return None
    kind = definition.tag.removesuffix("EventDefinition")
    found = drawing.find(definition.get(f"{kind}Ref") or "") if definition.get(f"{kind}Ref") else None
    return None if found is None else _type(drawing, found.get("itemRef") or found.get("structureRef"))
