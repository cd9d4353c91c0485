"""Lanes: each lists steps of its own process, and a step lies in one lane of a set."""

from __future__ import annotations

from service.engine.reader.xml import Findings, Node

from .drawing import Drawing


def check(drawing: Drawing, findings: Findings) -> None:
    for process in drawing.running:
        for lanes in (node for node in process.descendants() if node.tag in {"laneSet", "childLaneSet"}):
            _set(drawing, findings, process, lanes)


def _set(drawing: Drawing, findings: Findings, process: Node, lanes: Node) -> None:
    seen: dict[str, Node] = {}
    for lane in lanes.all("lane"):
        for reference in lane.all("flowNodeRef"):
            found = drawing.find(reference.text)
            if found is None:
                continue  # a finding of the references
            around = drawing.process_of(found)
            if around is None or around.raw is not process.raw:
                findings.error(lane, f"Banen nævner '{found.id}', som hører til en anden proces. Fjern henvisningen.")
            other = seen.setdefault(found.id or "", lane)
            if other.raw is not lane.raw:
                findings.error(
                    lane, f"'{found.id}' ligger også i banen '{other.label or other.id}'. Lad trinnet ligge i én bane."
                )
