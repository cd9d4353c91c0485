"""Data associations: each joins its step with data that the step can see, of the same type."""

from __future__ import annotations

from service.engine.reader.xml import Findings, Node

from .data_types import declared, same_type
from .drawing import ACTIVITIES, EVENTS, SCOPES, Drawing

SIDES = {"dataInputAssociation": ("targetRef", "dataInput"), "dataOutputAssociation": ("sourceRef", "dataOutput")}
"""The end that belongs to the step itself, and what it must be."""


def check(drawing: Drawing, findings: Findings) -> None:
    for node in drawing.inside:
        if node.tag in SIDES:
            _association(drawing, findings, node)
        elif node.tag == "dataObjectReference":
            _reference(drawing, findings, node)
        elif node.tag in SCOPES - {"process"}:
            _container(findings, node)


def _association(drawing: Drawing, findings: Findings, node: Node) -> None:
    owner = _owner(node)
    if owner is None:
        return
    end, tag = SIDES[node.tag]
    for reference in (*node.all("sourceRef"), *node.all("targetRef")):
        found = drawing.find(reference.text)
        if found is None:
            continue  # a finding of the references
        around = _owner(found)
        if around is not None and around.raw is owner.raw:
            continue
        if reference.tag == end and found.tag in {tag, "dataInput", "dataOutput", "dataObject", "dataObjectReference"}:
            findings.error(
                node, f"Datapilens {end} skal være et {tag} i '{owner.id}' selv, ikke '{found.id}'. Tegn den om."
            )
        elif not _sees(owner, found):
            findings.error(
                node,
                f"'{found.id}' ligger i en delproces, som '{owner.id}' ikke er i. Læg det, hvor begge kan se det.",
            )
    _types(drawing, findings, node)


def _types(drawing: Drawing, findings: Findings, node: Node) -> None:
    sources, targets = node.all("sourceRef"), node.all("targetRef")
    if len(sources) != 1 or len(targets) != 1 or node.first("transformation") or node.first("assignment"):
        return
    source, target = drawing.find(sources[0].text), drawing.find(targets[0].text)
    if source is None or target is None or same_type(declared(drawing, source), declared(drawing, target)):
        return
    findings.error(
        node,
        f"Datapilen fører fra '{source.id}' til '{target.id}', som har hver sin datatype. "
        "Brug samme type, eller skriv en omformning (transformation).",
    )


def _reference(drawing: Drawing, findings: Findings, node: Node) -> None:
    if node.get("itemSubjectRef"):
        findings.error(
            node, "Datatypen (itemSubjectRef) står på selve dataobjektet, ikke på henvisningen til det. Flyt den."
        )
    found = drawing.find(node.get("dataObjectRef") or "") if node.get("dataObjectRef") else None
    if found is not None and found.tag == "dataObject" and not _sees(node, found):
        findings.error(
            node,
            f"Dataobjektet '{found.id}' ligger i en delproces, som ikke kan ses herfra. Flyt det ud, eller tegn et nyt.",
        )


def _container(findings: Findings, node: Node) -> None:
    """Only several instances of a sub-process are handed data of their own."""
    spec = node.first("ioSpecification")
    if (
        node.first("multiInstanceLoopCharacteristics") is None
        and spec is not None
        and (spec.all("dataInput") or spec.all("dataOutput"))
    ):
        findings.error(
            node,
            "En delproces har ikke selv datainput og -output; dens trin læser data direkte. Flyt dataspecifikationen ind på dem.",
        )


def _owner(node: Node) -> Node | None:
    """The activity or event that a data element or association is part of; None for what lies in a scope."""
    above = node.parent()
    while above is not None and above.tag not in SCOPES:
        if above.tag in ACTIVITIES | EVENTS:
            return above
        above = above.parent()
    own = node.tag in {*SIDES, "dataInput", "dataOutput"}
    return above if own and above is not None and above.tag != "process" else None


def _sees(node: Node, found: Node) -> bool:
    """Whether `found` lies in a scope around `node`; what lies in none is seen by all."""
    scope = _scope(found)
    above: Node | None = node
    while scope is not None and above is not None:
        if above.raw is scope.raw:
            return True
        above = above.parent()
    return scope is None


def _scope(node: Node) -> Node | None:
    above = node.parent()
    while above is not None and above.tag not in SCOPES:
        above = above.parent()
    return above
