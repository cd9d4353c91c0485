"""Data where it is drawn: inputs and outputs are listed in their sets, and associations join what belongs together."""

from __future__ import annotations

from service.engine.reader.xml import Findings, Node

from .drawing import ACTIVITIES, EVENTS, Drawing

SIDES = (("dataInput", "inputSet", "Input"), ("dataOutput", "outputSet", "Output"))


def check(drawing: Drawing, findings: Findings) -> None:
    for node in drawing.relevant:
        if node.tag == "ioSpecification":
            for _, sets, _ in SIDES:
                if not node.all(sets):
                    findings.error(node, f"Dataspecifikationen mangler et {sets}. Tilføj det, også når det er tomt.")
        if any(node.all(tag) or node.all(sets) for tag, sets, _ in SIDES):
            _sets(findings, node)
        if node.tag in {"dataInputAssociation", "dataOutputAssociation"}:
            _association(findings, node)
        if node.tag == "dataStore" and node.get("capacity"):
            _capacity(findings, node)
        if node.tag == "property":
            _property(findings, node)
        if node.tag == "dataState" and not node.label:
            findings.error(
                node, "Dataobjektets tilstand (dataState) mangler et navn. Skriv det, eller fjern tilstanden."
            )


def _capacity(findings: Findings, store: Node) -> None:
    if store.get("isUnlimited") in {"true", "1"}:
        findings.error(store, "Datalageret er både ubegrænset og har en størrelse (capacity). Fjern den ene.")
    if not (store.get("capacity") or "").strip().isdecimal():
        findings.error(
            store, f"Datalagerets størrelse (capacity) skal være et helt tal, ikke '{store.get('capacity')}'."
        )


def _property(findings: Findings, node: Node) -> None:
    above = node.parent()
    if above is not None and above.tag not in ACTIVITIES | EVENTS | {"process"}:
        findings.error(node, "En egenskab (property) kan kun stå i en proces, aktivitet eller hændelse. Flyt den.")


def _sets(findings: Findings, owner: Node) -> None:
    for tag, set_tag, side in SIDES:
        sets = owner.all(set_tag)
        listed = {reference.text for one in sets for reference in one.all(f"data{side}Refs")}
        for item in owner.all(tag):
            if item.id and item.id not in listed:
                findings.error(
                    item, f"'{item.id}' står ikke i noget {set_tag} ({tag}Refs). Tilføj det der, eller fjern det."
                )
        for one in sets:
            _parts(findings, one, side)
    _pairs(findings, owner)


def _parts(findings: Findings, one: Node, side: str) -> None:
    members = {reference.text for reference in one.all(f"data{side}Refs")}
    for part in ("optional", "whileExecuting"):
        for reference in one.all(f"{part}{side}Refs"):
            if reference.text not in members:
                findings.error(
                    reference,
                    f"'{reference.text}' er nævnt i {reference.tag}, men ikke i data{side}Refs. Tilføj det der, eller fjern det.",
                )


def _pairs(findings: Findings, owner: Node) -> None:
    """Where an input set names the output sets it leads to, these name it in return, and the other way round."""
    there = {(one.id, ref.text) for one in owner.all("inputSet") for ref in one.all("outputSetRefs")}
    back = {(ref.text, one.id) for one in owner.all("outputSet") for ref in one.all("inputSetRefs")}
    for first, second in sorted((str(a), str(b)) for a, b in there ^ back):
        findings.error(
            owner, f"Sættene '{first}' og '{second}' skal henvise til hinanden begge veje. Ret henvisningerne."
        )


def _association(findings: Findings, node: Node) -> None:
    if len(node.all("sourceRef")) > 1 and node.first("transformation") is None:
        findings.error(node, "Datapilen har flere kilder og mangler derfor en omformning (transformation). Tilføj den.")
    if len(node.all("targetRef")) != 1:
        findings.error(node, "Datapilen skal have netop ét mål (targetRef). Ret den.")
