"""BPMN bytes become process models: read safely, checked wholly, every finding told at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from service.domain.deadlines import Calendar
from service.domain.definitions import ElementInfo, Finding, StartEvent
from service.engine.expressions import Evaluator
from service.engine.model import MessageTrigger, Process, SignalTrigger, TimerTrigger, Value
from service.engine.timing import TimingFault, read_cycle, read_instant

from .checks import Checker
from .info import InfoReader, starts
from .rules import check_drawing
from .scopes import ScopeReader
from .undoing import check_undoing
from .values import NC_NAME, Values
from .vocabulary import check_words
from .xml import BPMN, MODELER, Findings, Node, parse

REFERABLE = frozenset({"message", "signal", "error", "escalation"})
"""What elements refer to by id, and shared event definitions."""
SOME_TIME = datetime(2026, 1, 1, tzinfo=UTC)
"""A time to try timer expressions of start events with; the real one is told when they are armed."""


@dataclass(frozen=True, slots=True)
class ReadProcess:
    """One executable process and what is known of it."""

    process: Process
    elements: Mapping[str, ElementInfo]
    starts: tuple[StartEvent, ...]
    expressions: tuple[str, ...]


def read_file(content: bytes, file: str) -> tuple[tuple[ReadProcess, ...], tuple[Finding, ...]]:
    """The executable processes of a file, and its warnings. Raises `DeploymentRefused` with all errors."""
    root = parse(content, file)
    findings = Findings(file)
    if root.tag != "definitions" or root.namespace != BPMN:
        findings.error(root, "Filen er ikke et BPMN-diagram. Vælg en .bpmn-fil.")
        findings.refuse_if_any()
    _check_platform(root, findings)
    check_words(root, findings)
    _check_ids(root, findings)
    check_drawing(root, findings)
    executable = [node for node in root.all("process") if node.get("isExecutable") in {"true", "1"}]
    if not executable:
        findings.error(root, 'Filen har ingen proces, der kan udføres. Sæt isExecutable="true" på processen.')
    referred = {
        node.id: node
        for node in root.children()
        if node.id and (node.tag in REFERABLE or node.tag.endswith("EventDefinition"))
    }
    associations = [
        (node.get("sourceRef") or "", node.get("targetRef") or "")
        for node in root.descendants()
        if node.tag == "association" and node.namespace == BPMN
    ]
    read = [_process(node, referred, associations, findings) for node in executable]
    findings.refuse_if_any()
    return tuple(r for r in read if r is not None), findings.warnings


def _check_platform(root: Node, findings: Findings) -> None:
    platform = root.raw.get(f"{{{MODELER}}}executionPlatform")
    if platform is not None and platform != "Camunda Cloud":
        findings.error(
            root,
            f"Modellen er tegnet til {platform}. Den skal være i Camunda 8-format (Camunda Cloud); gem den igen derfra.",
        )


def _check_ids(root: Node, findings: Findings) -> None:
    seen: dict[str, Node] = {}
    for node in root.descendants():
        if node.namespace != BPMN or node.id is None:
            continue
        if node.id in seen:
            findings.error(
                node,
                f"Id'et '{node.id}' bruges flere gange (også i linje {seen[node.id].line}). Giv hvert element sit eget.",
            )
        seen.setdefault(node.id, node)


def _process(
    node: Node, referred: Mapping[str, Node], associations: Sequence[tuple[str, str]], findings: Findings
) -> ReadProcess | None:
    if not node.id or not NC_NAME.fullmatch(node.id):
        findings.error(node, "Processen mangler et gyldigt id. Giv den et af bogstaver, tal, _ og -, bogstav først.")
        return None
    values = Values(findings)
    reader = ScopeReader(values, referred, associations)
    tag = node.extension("versionTag")
    version_tag = (tag.get("value") or "").strip() or None if tag is not None else None
    if tag is not None and version_tag is None:
        findings.error(tag, "zeebe:versionTag mangler en value. Skriv versionens navn.")
    process = Process(id=node.id, name=node.label, version_tag=version_tag, scope=reader.scope(node))
    Checker(findings, process.id).process(process)
    check_undoing(process, findings)
    names = _start_names(process, findings)
    _check_timer_starts(process, findings)
    info = InfoReader(node, reader.extensions)
    return ReadProcess(
        process, info.elements(process), starts(process, names), tuple(dict.fromkeys(values.expressions))
    )


def _start_names(process: Process, findings: Findings) -> dict[str, str]:
    """Message and signal names of what begins the process: expressions are evaluated now, without variables."""
    names: dict[str, str] = {}
    for way in process.scope.ways_in:
        element = process.scope.elements[way.entry]
        if isinstance(way.trigger, MessageTrigger | SignalTrigger):
            name = _without_variables(way.trigger.name)
            if not isinstance(name, str) or not name:
                findings.at(
                    element.id,
                    element.line,
                    "Navnet på starthændelsens besked eller signal skal kunne beregnes uden variabler og give en tekst.",
                )
                name = ""
            names[way.id] = name
    return names


def _check_timer_starts(process: Process, findings: Findings) -> None:
    for way in process.scope.ways_in:
        element = process.scope.elements[way.entry]
        if isinstance(way.trigger, TimerTrigger):
            try:
                value = _without_variables(way.trigger.value)
                instant = read_cycle(value) if way.trigger.form == "timeCycle" else read_instant(value)
            except TimingFault as fault:
                findings.at(element.id, element.line, str(fault))
                continue
            if instant is None:
                findings.at(element.id, element.line, "Starttimerens tidspunkt skal kunne beregnes uden variabler.")


def _without_variables(value: Value) -> object:
    return Evaluator(SOME_TIME, Calendar()).raw(value, {})
