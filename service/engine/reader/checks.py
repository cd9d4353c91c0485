"""Rules that hold between elements: flows, gateways, starts, catchers, links, loops. Works on the model."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from service.engine.model import (
    Activity,
    AdHoc,
    CancelTrigger,
    ConditionTrigger,
    Element,
    ErrorTrigger,
    EscalationTrigger,
    Event,
    Flow,
    Gateway,
    LinkTrigger,
    ManyTriggers,
    MessageTrigger,
    Process,
    ReceiveWork,
    Scope,
    SignalTrigger,
    SubProcess,
    Task,
    TimerTrigger,
    UserWork,
)

from .xml import Findings

CONDITIONAL = frozenset({"exclusiveGateway", "inclusiveGateway"})


@dataclass(frozen=True, slots=True)
class Checker:
    """Checks one process; what breaks a rule becomes a finding."""

    findings: Findings
    process_id: str

    def process(self, process: Process) -> None:
        self._starts(process.scope)
        self._scope(process.scope, process.scope.id)

    def _say(self, element: Element, message: str) -> None:
        self.findings.at(element.id, element.line, message)

    # -- scopes

    def _scope(self, scope: Scope, owner: str, *, ad_hoc: bool = False) -> None:
        elements = scope.elements.values()
        for element in elements:
            self._flows(element)
            self._placed(element, scope, ad_hoc)
            if isinstance(element, Gateway):
                self._gateway(element, scope)
            if isinstance(element, Activity):
                self._activity(element)
            if isinstance(element, SubProcess | AdHoc):
                self._container(element)
        self._links(elements)
        self._same_codes(
            [s.event_start for s in scope.event_sub_processes if s.event_start is not None], f"i '{owner}'"
        )
        if not ad_hoc:
            self._reachable(scope)

    def _container(self, element: SubProcess | AdHoc) -> None:
        if isinstance(element, AdHoc):
            inner = element.scope.elements.values()
            if not any(isinstance(e, Activity) for e in inner):
                self._say(element, "En ad hoc-delproces skal indeholde mindst én aktivitet. Tilføj en opgave.")
            self._scope(element.scope, element.id, ad_hoc=True)
            return
        starts = [e for e in element.scope.elements.values() if e.type == "startEvent"]
        if len(starts) != 1:
            self._say(element, f"En delproces skal have netop én starthændelse; her er {len(starts)}. Ret det.")
        if element.event_start is not None:
            self._event_sub_process(element)
        self._scope(element.scope, element.id)

    def _event_sub_process(self, element: SubProcess) -> None:
        if element.incoming or element.outgoing:
            self._say(
                element,
                "En hændelsesdelproces startes af sin hændelse og kan ikke have pile til eller fra sig. Fjern pilene.",
            )
        if element.boundary:
            self._say(element, "En hændelsesdelproces kan ikke have kanthændelser. Læg dem på en delproces inde i den.")
        if element.loop is not None:
            self._say(
                element,
                "En hændelsesdelproces kan ikke have flere instanser. Læg en delproces med flere instanser inde i den.",
            )

    def _starts(self, scope: Scope) -> None:
        ways = scope.ways_in
        plain = [scope.elements[way.entry] for way in ways if way.trigger is None]
        if not ways:
            self.findings.at(scope.id, None, "Processen har ingen starthændelse. Tegn en, så den kan begynde.")
        for extra in plain[1:]:
            self._say(
                extra,
                "Processen har flere almindelige starthændelser. Behold én; de andre skal have en besked, timer eller et signal.",
            )
        names: set[str] = set()
        for way in ways:
            name = way.trigger.name if isinstance(way.trigger, MessageTrigger) else None
            if isinstance(name, str):
                if name in names:
                    self._say(
                        scope.elements[way.entry],
                        f"To starthændelser venter på samme besked '{name}'. Behold den ene.",
                    )
                names.add(name)

    def _placed(self, element: Element, scope: Scope, ad_hoc: bool) -> None:
        """What may not stand where it stands."""
        if isinstance(element, Task | Gateway) and element.instantiates and scope.id != self.process_id:
            self._say(
                element,
                "En proces kan ikke begynde inde i en delproces (instantiate). Fjern egenskaben, eller flyt trinnet ud.",
            )
        if ad_hoc and element.type in {"startEvent", "endEvent"}:
            self._say(
                element,
                "En ad hoc-delproces kan ikke have start- eller sluthændelser. Fjern dem; opgaverne startes hver for sig.",
            )
        if not isinstance(element, Event) or element.type == "boundaryEvent":
            return
        if element.type == "startEvent" and element.incoming:
            self._say(element, "En pil kan ikke føre ind i en starthændelse. Før den til det første trin.")
        if element.type == "endEvent" and element.outgoing:
            self._say(
                element, "En pil kan ikke udgå fra en sluthændelse. Fjern den, eller brug en mellemliggende hændelse."
            )

    # -- flows and gateways

    def _flows(self, element: Element) -> None:
        if element.type in CONDITIONAL or isinstance(element, Activity):
            return
        for flow in element.outgoing:
            if flow.condition is not None:
                self._flow(
                    flow,
                    "Betingelser kan kun stå på pile fra en opgave eller en eksklusiv eller inklusiv gateway. Indsæt en gateway.",
                )

    def _flow(self, flow: Flow, message: str) -> None:
        self.findings.at(flow.id, flow.line, message)

    def _gateway(self, gateway: Gateway, scope: Scope) -> None:
        if not gateway.incoming and not gateway.outgoing:
            self._say(gateway, "Gatewayen er ikke forbundet med noget. Forbind eller fjern den.")
        elif not gateway.outgoing and len(gateway.incoming) < 2:
            self._say(gateway, "Ingen pil fører væk fra gatewayen. Tegn mindst én.")
        ids = {flow.id for flow in gateway.outgoing}
        if gateway.default is not None and gateway.default not in ids:
            self._say(
                gateway, f"Standardpilen '{gateway.default}' udgår ikke fra gatewayen. Vælg en af dens egne pile."
            )
        if gateway.type in CONDITIONAL and len(gateway.outgoing) > 1:
            for flow in gateway.outgoing:
                if flow.condition is None and flow.id != gateway.default:
                    self._flow(
                        flow,
                        f"Pilen fra '{gateway.id}' mangler en betingelse. Skriv en, eller gør den til standardpil.",
                    )
        if gateway.type == "eventBasedGateway":
            self._event_gateway(gateway, scope)

    def _event_gateway(self, gateway: Gateway, scope: Scope) -> None:
        if len(gateway.outgoing) < 2:
            self._say(
                gateway,
                "En hændelsesgateway skal have mindst to hændelser at vente på. Tegn en til, eller fjern gatewayen.",
            )
        names: set[str] = set()
        begins = MessageTrigger | SignalTrigger
        waits = begins if gateway.instantiates else begins | TimerTrigger | ConditionTrigger
        for flow in gateway.outgoing:
            target = scope.elements[flow.target]
            trigger = _waited_for(target)
            each = trigger.triggers if isinstance(trigger, ManyTriggers) else (trigger,)
            several = gateway.instantiates and isinstance(trigger, ManyTriggers)
            if several or not all(isinstance(one, waits) for one in each):
                what = "besked eller signal" if gateway.instantiates else "besked, timer, signal eller betingelse"
                self._flow(
                    flow,
                    f"Efter hændelsesgatewayen '{gateway.id}' må der kun stå modtageopgaver og modtagehændelser med {what}. "
                    "Ret hændelsen, eller brug en anden gateway.",
                )
                continue
            if len(target.incoming) > 1:
                self._say(
                    target, "Hændelsen efter en hændelsesgateway må kun have pilen fra gatewayen. Fjern de andre pile."
                )
            if isinstance(trigger, MessageTrigger) and isinstance(trigger.name, str):
                if trigger.name in names:
                    self._say(
                        target, f"To hændelser efter samme gateway venter på beskeden '{trigger.name}'. Behold den ene."
                    )
                names.add(trigger.name)

    # -- activities and what sits on them

    def _activity(self, activity: Activity) -> None:
        escalates = isinstance(activity, SubProcess | AdHoc) or activity.type == "callActivity"
        names: set[str] = set()
        for event in activity.boundary:
            trigger = event.trigger
            if event.incoming:
                self._say(event, "En pil kan ikke føre ind i en kanthændelse. Fjern pilen.")
            if not event.outgoing:
                self._say(event, "Kanthændelsen fører ingen steder hen. Tegn en pil fra den.")
            if isinstance(trigger, EscalationTrigger) and not escalates:
                self._say(event, "Kun en delproces eller en kaldeaktivitet kan eskalere. Flyt kanthændelsen derhen.")
            if isinstance(trigger, MessageTrigger) and isinstance(trigger.name, str):
                if trigger.name in names:
                    self._say(
                        event,
                        f"To kanthændelser på '{activity.id}' venter på beskeden '{trigger.name}'. Behold den ene.",
                    )
                names.add(trigger.name)
        self._same_codes(activity.boundary, f"på '{activity.id}'")
        if activity.deadline_id and not (isinstance(activity, Task) and _has_due(activity)):
            self._say(
                activity, "forloeb:frist kræver en forfaldsdato (dueDate) på opgaven. Skriv den, eller fjern fristen."
            )

    def _same_codes(self, events: Iterable[Event], where: str) -> None:
        for extra in [event for event in events if isinstance(event.trigger, CancelTrigger)][1:]:
            self._say(extra, f"To hændelser {where} griber annulleringen. Behold den ene.")
        for kind, what in ((ErrorTrigger, "fejl"), (EscalationTrigger, "eskalering")):
            seen: set[object] = set()
            for event in events:
                if not isinstance(event.trigger, kind):
                    continue
                code = event.trigger.code
                if code in seen:
                    shown = f"koden '{code}'" if code else f"enhver {what}"
                    self._say(event, f"To hændelser {where} griber {shown}. Behold den ene.")
                seen.add(code)

    # -- links and reachability

    def _links(self, elements: Iterable[Element]) -> None:
        throws: dict[str, list[Event]] = {}
        catches: dict[str, list[Event]] = {}
        for element in elements:
            if isinstance(element, Event) and isinstance(element.trigger, LinkTrigger):
                side = throws if element.type == "intermediateThrowEvent" else catches
                side.setdefault(element.trigger.name, []).append(element)
        for name, events in throws.items():
            for event in events:
                if name not in catches:
                    self._say(event, f"Linket '{name}' har ingen modtagende ende i samme (del)proces. Tegn en.")
                if event.outgoing:
                    self._say(event, "En pil kan ikke udgå fra et links afsendende ende. Fjern den.")
        for name, events in catches.items():
            for extra in events[1:]:
                self._say(extra, f"Linket '{name}' har flere modtagende ender. Behold én.")
            for event in events:
                if event.incoming:
                    self._say(event, "En pil kan ikke føre ind i et links modtagende ende. Fjern den.")
                if name not in throws:
                    self._say(event, f"Linket '{name}' har ingen afsendende ende i samme (del)proces. Tegn en.")

    def _reachable(self, scope: Scope) -> None:
        begins = {way.entry for way in scope.ways_in}
        reached: set[str] = set()
        stack = [e.id for e in scope.elements.values() if _begins_itself(e) or e.id in begins]
        while stack:
            id_ = stack.pop()
            if id_ not in reached:
                reached.add(id_)
                stack += [flow.target for flow in scope.elements[id_].outgoing]
        for element in scope.elements.values():
            if not element.incoming and element.id not in reached:
                self._say(element, "Ingen pil fører hertil, så trinnet kan aldrig nås. Forbind eller fjern det.")
            elif element.id not in reached:
                self._say(
                    element, "Ingen vej fører hertil fra en begyndelse. Forbind trinnet med resten, eller fjern det."
                )


def _waited_for(element: Element) -> object:
    """What an element waits for that may stand after an event-based gateway; None for any other."""
    if isinstance(element, Task) and element.loop is None and element.type == "receiveTask":
        return element.work.message if isinstance(element.work, ReceiveWork) else None
    return element.trigger if isinstance(element, Event) and element.type == "intermediateCatchEvent" else None


def _begins_itself(element: Element) -> bool:
    if element.type in {"startEvent", "boundaryEvent"}:
        return True
    if isinstance(element, SubProcess) and element.event_start is not None:
        return True
    if isinstance(element, Activity) and element.for_compensation:
        return True
    return (
        isinstance(element, Event)
        and isinstance(element.trigger, LinkTrigger)
        and element.type != "intermediateThrowEvent"
    )


def _has_due(task: Task) -> bool:
    return isinstance(task.work, UserWork) and task.work.due is not None
