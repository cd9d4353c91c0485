"""Flow nodes and sequence flows of a process and its sub-processes become the model's scopes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import UnionType
from typing import Any

from service.engine.model import (
    Activity,
    AdHoc,
    CancelTrigger,
    Element,
    Event,
    Flow,
    Gateway,
    JobWork,
    ManyTriggers,
    MessageTrigger,
    NoWork,
    ReceiveWork,
    Scope,
    SignalTrigger,
    SubProcess,
    Task,
    TimerTrigger,
    Trigger,
    Work,
)

from .events import BOUNDARY, CATCH, EVENT_START, START, THROWING, TriggerReader, role_of
from .extensions import ExtensionReader
from .values import NC_NAME, Values
from .vocabulary import ACTIVITIES, CONTAINERS, EVENTS, FLOW_NODES, GATEWAYS
from .xml import Findings, Node

Common = dict[str, Any]
"""The constructor arguments that every element has."""


class ScopeReader:
    """Reads the scopes of one file."""

    def __init__(self, values: Values, referred: Mapping[str, Node], associations: Sequence[tuple[str, str]]) -> None:
        """`associations`: source and target of each, wherever it is drawn."""
        self.values = values
        self.findings: Findings = values.findings
        self.associations = associations
        self.extensions = ExtensionReader(values)
        self.triggers = TriggerReader(values, referred)

    def scope(self, owner: Node) -> Scope:
        """The inside of a process or sub-process."""
        nodes = {n.id: n for n in owner.children() if n.tag in FLOW_NODES and self._has_id(n)}
        incoming, outgoing = self._flows(owner, nodes)
        self._check_listed(nodes, incoming, outgoing)
        elements: dict[str, Element] = {}
        for id_, node in nodes.items():
            assert id_ is not None
            common = self._common(node, incoming.get(id_, ()), outgoing.get(id_, ()))
            elements[id_] = self._element(node, owner, common)
        elements = self._attach(elements)
        starts = [e for e in elements.values() if e.type == "startEvent" and isinstance(e, Event)]
        plain = [e.id for e in starts if e.trigger is None or owner.tag != "process"]
        return Scope(id=owner.id or "", elements=elements, none_start=plain[0] if plain else None)

    def _has_id(self, node: Node) -> bool:
        if node.id and NC_NAME.fullmatch(node.id):
            return True
        what = f"ugyldigt id '{node.id}'" if node.id else "intet id"
        self.findings.error(
            node, f"Et element ({node.tag}) har {what}. Giv det et id af bogstaver, tal, _ og -, bogstav først."
        )
        return False

    # -- flows

    def _flows(
        self, owner: Node, nodes: Mapping[str | None, Node]
    ) -> tuple[dict[str, tuple[Flow, ...]], dict[str, tuple[Flow, ...]]]:
        incoming: dict[str, tuple[Flow, ...]] = {}
        outgoing: dict[str, tuple[Flow, ...]] = {}
        for node in owner.all("sequenceFlow"):
            flow = self._flow(node, nodes) if self._has_id(node) else None
            if flow is not None:
                incoming[flow.target] = (*incoming.get(flow.target, ()), flow)
                outgoing[flow.source] = (*outgoing.get(flow.source, ()), flow)
        return incoming, outgoing

    def _flow(self, node: Node, nodes: Mapping[str | None, Node]) -> Flow | None:
        ends = {"sourceRef": node.get("sourceRef"), "targetRef": node.get("targetRef")}
        for attribute, id_ in ends.items():
            if id_ not in nodes:
                self.findings.error(
                    node,
                    f"Pilen mangler en ende: {attribute} peger på '{id_ or ''}', som ikke er et trin i samme (del)proces. Tegn pilen om.",
                )
        if any(id_ not in nodes for id_ in ends.values()):
            return None
        condition = node.first("conditionExpression")
        formula = None
        if condition is not None:
            language = condition.get("language") or ""
            if language and "feel" not in language.lower():
                self.findings.error(
                    condition, f"Betingelsen er skrevet i {language}. Kun FEEL kan udføres; skriv den om."
                )
                return None
            formula = self.values.formula(condition, condition.text, "Pilens betingelse")
            if formula is None:
                return None
        return Flow(
            id=node.id,
            source=ends["sourceRef"] or "",
            target=ends["targetRef"] or "",
            condition=formula,
            line=node.line,
        )

    def _check_listed(
        self,
        nodes: Mapping[str | None, Node],
        incoming: Mapping[str, tuple[Flow, ...]],
        outgoing: Mapping[str, tuple[Flow, ...]],
    ) -> None:
        """Where a diagram lists flows at their ends (it need not), the lists must agree with the flows."""
        ends = (("incoming", incoming), ("outgoing", outgoing))
        if not any(node.all(tag) for node in nodes.values() for tag, _ in ends):
            return
        for node in nodes.values():
            for tag, flows in ends:
                listed = sorted(reference.text.rsplit(":", 1)[-1] for reference in node.all(tag))
                drawn = sorted(flow.id or "" for flow in flows.get(node.id or "", ()))
                if listed != drawn:
                    self.findings.error(
                        node,
                        f"Listen {tag} ({', '.join(listed) or 'tom'}) passer ikke med pilene ({', '.join(drawn) or 'ingen'}). "
                        "Gem diagrammet igen i tegneværktøjet.",
                    )

    # -- elements

    def _common(self, node: Node, incoming: tuple[Flow, ...], outgoing: tuple[Flow, ...]) -> Common:
        return {
            "id": node.id,
            "name": node.label,
            "type": node.tag,
            "line": node.line,
            "incoming": incoming,
            "outgoing": outgoing,
            "status": self.extensions.status(node),
            "status_lasts": self.extensions.status_lasts(node),
            "deadline_id": self.extensions.deadline(node),
            "inputs": self.extensions.mappings(node, "input"),
            "outputs": self.extensions.mappings(node, "output"),
        }

    def _element(self, node: Node, owner: Node, common: Common) -> Element:
        if node.tag in GATEWAYS:
            self._check_direction(node, len(common["incoming"]), len(common["outgoing"]))
            return Gateway(
                **common, default=node.get("default") or None, instantiates=self.values.flag(node, "instantiate", False)
            )
        if node.tag in EVENTS:
            return self._event(node, owner, common)
        common |= {
            "loop": self.extensions.loop(node),
            "default": node.get("default") or None,
            "for_compensation": self.values.flag(node, "isForCompensation", False),
            "start_quantity": self.extensions.quantity(node, "startQuantity"),
            "completion_quantity": self.extensions.quantity(node, "completionQuantity"),
        }
        if node.tag in ACTIVITIES - CONTAINERS:
            return Task(
                **common,
                work=self._work(node),
                headers=self.extensions.headers(node),
                instantiates=self.values.flag(node, "instantiate", False),
            )
        return self._container(node, common)

    def _check_direction(self, node: Node, incoming: int, outgoing: int) -> None:
        direction = node.get("gatewayDirection", "Unspecified")
        fits = {
            "Unspecified": True,
            "Converging": incoming > 1 and outgoing <= 1,
            "Diverging": incoming <= 1 and outgoing > 1,
            "Mixed": incoming > 1 and outgoing > 1,
        }.get(direction or "")
        if fits is None:
            self.findings.error(node, f"gatewayDirection='{direction}' findes ikke. Fjern egenskaben.")
        elif not fits:
            self.findings.error(
                node,
                f"gatewayDirection='{direction}' passer ikke med {incoming} pil(e) ind og {outgoing} ud. "
                "Fjern egenskaben, eller ret pilene.",
            )

    def _event(self, node: Node, owner: Node, common: Common) -> Event:
        role = role_of(node, owner)
        attribute = "cancelActivity" if role == BOUNDARY else "isInterrupting"
        interrupting = self.values.flag(node, attribute, True)
        trigger = self.triggers.trigger(node, role, interrupting)
        if trigger is None and role in {BOUNDARY, EVENT_START, CATCH} and not self._defined(node):
            self.findings.error(node, "Hændelsen mangler en definition. Vælg fx besked, timer eller fejl.")
        job = self._event_job(node, trigger) if role in THROWING else None
        form = self._start_form(node, role, trigger)
        self._check_event_extensions(node, role, common, trigger)
        return Event(
            **common,
            trigger=trigger,
            attached_to=node.get("attachedToRef") if role == BOUNDARY else None,
            interrupting=interrupting,
            job=job,
            headers=self.extensions.headers(node),
            form=form,
        )

    @staticmethod
    def _defined(node: Node) -> bool:
        return any(child.tag.endswith(("EventDefinition", "eventDefinitionRef")) for child in node.children())

    def _event_job(self, node: Node, trigger: Trigger | None) -> JobWork | None:
        holder = node.extension("taskDefinition")
        if not _has(trigger, MessageTrigger):
            if holder is not None or node.extension("taskHeaders") is not None:
                self.findings.error(
                    node, "Kun en beskedhændelse kan udføres som job. Fjern taskDefinition og taskHeaders."
                )
            return None
        if holder is None:
            self.findings.error(
                node,
                "En afsendt besked udføres som et job og mangler <zeebe:taskDefinition type=…>. Angiv jobtypen, fx forloeb:besked.",
            )
            return None
        return self.extensions.job(node, holder)

    def _start_form(self, node: Node, role: str, trigger: object) -> Any:
        if node.tag != "startEvent" or node.extension("formDefinition") is None:
            return None
        if role != START or trigger is not None:
            self.findings.error(node, "Kun en almindelig starthændelse kan have en formular. Fjern formularen.")
            return None
        return self.extensions.form(node)[0]

    def _check_event_extensions(self, node: Node, role: str, common: Common, trigger: Trigger | None) -> None:
        if common["deadline_id"] and not (isinstance(trigger, TimerTrigger) and role != START):
            self.findings.error(
                node,
                "En frist kan kun knyttes til en brugeropgave eller en timer inde i processen. Fjern forloeb:frist.",
            )
        elif common["deadline_id"] and isinstance(trigger, TimerTrigger) and trigger.form == "timeCycle":
            self.findings.error(node, "En gentagelse kan ikke være en frist. Brug en dato (timeDate).")
        throws_data = role in THROWING and _has(trigger, MessageTrigger | SignalTrigger)
        if common["inputs"] and not throws_data:
            self.findings.error(node, "Her kan der ikke være input. Flyt det til et trin før eller efter.")
        catches = role not in THROWING or _has(trigger, MessageTrigger)
        if common["outputs"] and not catches:
            self.findings.error(node, "Her kan der ikke være output. Flyt det til et trin før eller efter.")

    def _container(self, node: Node, common: Common) -> Activity:
        inner = self.scope(node)
        event_driven = self.values.flag(node, "triggeredByEvent", False)
        if event_driven and node.tag != "subProcess":
            self.findings.error(
                node, f"En {node.tag} kan ikke startes af en hændelse. Læg den i en hændelsesdelproces."
            )
        if node.tag != "adHocSubProcess":
            start = inner.elements.get(inner.none_start or "") if event_driven else None
            return SubProcess(**common, scope=inner, event_start=start if isinstance(start, Event) else None)
        holder = node.extension("adHoc")
        active = output = output_element = None
        if holder is not None:
            text = (holder.get("activeElementsCollection") or "").strip()
            active = (
                self.values.formula(holder, text, "Listen af aktive elementer (activeElementsCollection)")
                if text
                else None
            )
            output, output_element = self.extensions.output_pair(holder)
        return AdHoc(
            **common,
            scope=inner,
            active=active,
            output=output,
            output_element=output_element,
            completion=self.extensions.completion(node),
            cancel_remaining=self.values.flag(node, "cancelRemainingInstances", True),
            sequential=node.get("ordering") == "Sequential",
        )

    def _work(self, node: Node) -> Work:
        """What the task does. When that cannot be told, a finding says so and the task stands as doing nothing."""
        work: Work | None
        match node.tag:
            case "userTask":
                work = self.extensions.user(node)
            case "callActivity":
                work = self.extensions.call(node)
            case "receiveTask":
                begins = self.values.flag(node, "instantiate", False)
                message = self.triggers.message(node, node.get("messageRef") or "", key_needed=not begins)
                work = None if message is None else ReceiveWork(message=message)
            case "task" | "manualTask":
                work = NoWork()
            case _:
                work = self._automatic(node)
        return NoWork() if work is None else work

    def _automatic(self, node: Node) -> Work | None:
        job = node.extension("taskDefinition")
        own_tag = {"scriptTask": "script", "businessRuleTask": "calledDecision"}.get(node.tag)
        own = node.extension(own_tag) if own_tag else None
        if own is not None and job is not None:
            self.findings.error(
                node, f"Opgaven kan ikke have både zeebe:{own_tag} og zeebe:taskDefinition. Behold den ene."
            )
            return None
        if own is not None:
            return self.extensions.script(own) if own_tag == "script" else self.extensions.decision(own)
        if job is not None:
            return self.extensions.job(node, job)
        missing = f"zeebe:{own_tag} eller " if own_tag else ""
        self.findings.error(
            node, f"Opgaven siger ikke, hvad den gør: {missing}<zeebe:taskDefinition type=…> mangler. Udfyld det."
        )
        return None

    # -- boundary events

    def _attach(self, elements: dict[str, Element]) -> dict[str, Element]:
        """Boundary events become part of the activity they sit on; a compensation event names its handler."""
        events: dict[str, list[Event]] = {}
        handlers: dict[str, str] = {}
        for element in elements.values():
            if isinstance(element, Event) and element.type == BOUNDARY:
                host = elements.get(element.attached_to or "")
                if isinstance(host, Activity) and element.compensates:
                    self._check_compensated(element, host, handlers)
                    handlers[host.id] = self._handler(element, host, elements)
                elif isinstance(host, Activity):
                    if isinstance(element.trigger, CancelTrigger) and host.type != "transaction":
                        continue  # a finding of the rules
                    events.setdefault(host.id, []).append(element)
                else:
                    self.findings.at(
                        element.id,
                        element.line,
                        f"Kanthændelsen sidder på '{element.attached_to or ''}', som ikke er en aktivitet her. Sæt den på en aktivitet.",
                    )
        return {
            id_: replace(element, boundary=tuple(events.get(id_, ())), handler=handlers.get(id_))
            if isinstance(element, Activity)
            else element
            for id_, element in elements.items()
        }

    def _check_compensated(self, event: Event, host: Activity, handlers: Mapping[str, str]) -> None:
        if host.id in handlers:
            self.findings.at(event.id, event.line, f"'{host.id}' har flere kompensationshændelser. Behold den ene.")
        if host.for_compensation:
            self.findings.at(
                event.id, event.line, f"'{host.id}' er selv en oprydning og kan ikke ryddes op. Fjern hændelsen."
            )
        if isinstance(host, SubProcess) and host.event_start is not None:
            self.findings.at(
                event.id,
                event.line,
                "En hændelsesdelproces kan ikke have kanthændelser. Læg dem på en delproces inde i den.",
            )

    def _handler(self, event: Event, host: Activity, elements: Mapping[str, Element]) -> str:
        """The activity that the compensation event is associated with; it stands beside the host."""
        for source, target in self.associations:
            handler = elements.get(target)
            if source == event.id and isinstance(handler, Activity) and handler.for_compensation:
                return handler.id
        self.findings.at(
            event.id,
            event.line,
            f"Oprydningen efter '{host.id}' skal stå i samme (del)proces og være mærket som kompensation. Tegn den dér.",
        )
        return ""


def _has(trigger: Trigger | None, kinds: type | UnionType) -> bool:
    """Whether the trigger, or one of several, is of such a kind."""
    some = trigger.triggers if isinstance(trigger, ManyTriggers) else (trigger,)
    return any(isinstance(one, kinds) for one in some)
