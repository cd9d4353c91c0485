"""What a diagram on a page shows besides its drawing, and the same in words (templates/parts/diagram.html)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from service.domain.definitions import ProcessModel, Version
from service.domain.json import Json
from service.usecases.casepage import CasePage
from service.usecases.monitor import InstancePage
from service.usecases.waiting import AROUND, WaitingPage
from service.web.rendering.times import say_length
from service.web.rendering.words import element_words, name_of
from service.web.translations import gettext as _
from service.web.translations import ngettext

WAITING = frozenset({"receiveTask", "intermediateCatchEvent", "boundaryEvent", "startEvent"})
"""Elements that wait for something from outside rather than for work."""
NOT_STEPS = frozenset({"exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "sequenceFlow"})
BUSIEST = 5
"""Shades of the heat."""
KEYS = (
    ("active", "Her er forløbet"),
    ("waiting", "Venter på en hændelse"),
    ("incident", "Gået i stå"),
    ("done", "Udført"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DiagramView:
    """One diagram on a page."""

    xml: str
    title: str
    marks: list[dict[str, Json]] = field(default_factory=list)
    flows: list[str] = field(default_factory=list)
    steps: list[tuple[str, str]] = field(default_factory=list)
    keys: list[tuple[str, str]] = field(default_factory=list)


def instance_diagram(
    version: Version,
    model: ProcessModel,
    active: Mapping[str, int],
    done: Collection[str] = (),
    flows: Collection[str] = (),
    incidents: Collection[str] = (),
) -> DiagramView:
    """Where one instance stands: tokens per element, what is done, what is stuck (element ids)."""
    marks: list[dict[str, Json]] = []
    for element_id in done:
        if element_id in model.elements and element_id not in active:
            marks.append({"id": element_id, "look": "done", "badge": "", "text": ""})
    for element_id, tokens in active.items():
        element = model.elements.get(element_id)
        if element is None:
            continue
        stuck = element_id in incidents
        look = "incident" if stuck else "waiting" if element.type in WAITING else "active"
        words = _("Gået i stå: {trin}") if stuck else "{trin}"
        several = f" ({tokens})" if tokens > 1 else ""
        text = words.format(trin=element_words(element)) + several
        marks.append({"id": element_id, "look": look, "badge": "!" if stuck else str(tokens), "text": text})
    return DiagramView(
        xml=address_of(version),
        title=version.name,
        marks=marks,
        flows=sorted(flows),
        steps=steps_of(model),
        keys=[(look, _(words)) for look, words in KEYS],
    )


def page_diagram(page: InstancePage, version: Version, model: ProcessModel) -> DiagramView:
    """One of the diagrams of an instance's page."""
    stuck = frozenset(i.element_id for i in page.incidents if i.process_id == version.id)
    return instance_diagram(
        version,
        model,
        page.active.get(version.id, {}),
        page.completed.get(version.id, frozenset()),
        page.flows.get(version.id, frozenset()),
        stuck,
    )


def case_diagram(page: CasePage) -> DiagramView | None:
    """Where a case's instance stands in its own diagram; None for a case without one."""
    if page.process is None:
        return None
    version, model = page.process
    tokens = Counter(row.element_id for row in page.position if row.process_id == version.id)
    stuck = frozenset(i.element_id for i in page.incidents if i.process_id == version.id)
    return instance_diagram(version, model, tokens, incidents=stuck)


def procedure_diagram(version: Version, model: ProcessModel, counts: Mapping[str, int]) -> DiagramView:
    """How many instances stand at each element now, as heat."""
    most = max((n for id_, n in counts.items() if _is_step(model, id_)), default=0)
    marks: list[dict[str, Json]] = []
    for element_id, count in counts.items():
        if not _is_step(model, element_id):
            continue
        words = ngettext("{n} forløb", "{n} forløb", count)
        text = f"{name_of(model.elements, element_id)}: {words}"
        marks.append({"id": element_id, "look": _heat(count, most), "badge": str(count), "text": text})
    return DiagramView(xml=address_of(version), title=version.name, marks=marks, steps=steps_of(model))


def _is_step(model: ProcessModel, element_id: str) -> bool:
    """Whether something stands at the element itself, rather than in or beside it."""
    element = model.elements.get(element_id)
    return element is not None and element.type not in NOT_STEPS | AROUND


def waiting_diagram(page: WaitingPage) -> DiagramView:
    """Where cases wait, as heat: how many stand at each step, and how long half of them have done so."""
    shown = [step for step in page.steps if step.element_id in page.model.elements]
    most = max((step.courses for step in shown), default=0)
    marks: list[dict[str, Json]] = []
    for step in shown:
        words = ngettext("{n} forløb", "{n} forløb", step.courses)
        text = _("{trin}: {antal}, halvdelen har ventet længere end {tid}").format(
            trin=name_of(page.model.elements, step.element_id), antal=words, tid=say_length(step.median)
        )
        badge = f"{step.courses} · {say_length(step.median)}"
        marks.append({"id": step.element_id, "look": _heat(step.courses, most), "badge": badge, "text": text})
    keys = [("heat1", _("Få venter her")), ("heat5", _("De fleste venter her"))] if most else []
    return DiagramView(xml=address_of(page.version), title=page.version.name, marks=marks, keys=keys)


def _heat(count: int, most: int) -> str:
    return f"heat{max(1, -(-count * BUSIEST // most))}"


def steps_of(model: ProcessModel) -> list[tuple[str, str]]:
    """(element id, words) of every step, in the order of the file."""
    return [(e.id, element_words(e)) for e in model.elements.values() if e.type not in NOT_STEPS and e.name]


def address_of(version: Version) -> str:
    """Where the diagram's file is."""
    return f"/procedurer/{version.id}/{version.version}.bpmn"
