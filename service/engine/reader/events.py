"""Event definitions become triggers; which trigger may stand on which event is a table."""

from __future__ import annotations

from collections.abc import Mapping

from service.engine.model import (
    CancelTrigger,
    CompensateTrigger,
    ConditionTrigger,
    ErrorTrigger,
    EscalationTrigger,
    LinkTrigger,
    ManyTriggers,
    MessageTrigger,
    OneTrigger,
    SignalTrigger,
    TerminateTrigger,
    TimerTrigger,
    Trigger,
    Value,
)
from service.engine.timing import TimingFault, check_timer

from .values import Values
from .xml import BPMN, Findings, Node

START, SUB_START, EVENT_START = "startEvent", "startEvent i en delproces", "startEvent i en hændelsesdelproces"
END, CATCH, THROW, BOUNDARY = "endEvent", "intermediateCatchEvent", "intermediateThrowEvent", "boundaryEvent"

ALLOWED: Mapping[str, frozenset[str]] = {
    START: frozenset({"", "message", "timer", "signal"}),
    SUB_START: frozenset({""}),
    EVENT_START: frozenset({"message", "timer", "signal", "error", "escalation", "conditional", "compensate"}),
    END: frozenset({"", "message", "signal", "error", "escalation", "terminate", "compensate", "cancel"}),
    CATCH: frozenset({"message", "timer", "signal", "link", "conditional"}),
    THROW: frozenset({"", "message", "signal", "escalation", "link", "compensate"}),
    BOUNDARY: frozenset({"message", "timer", "signal", "error", "escalation", "conditional", "compensate", "cancel"}),
}
"""Which event definitions an event may carry ("" is none)."""
NAMES = {
    START: "En starthændelse",
    SUB_START: "En starthændelse i en delproces",
    EVENT_START: "En starthændelse i en hændelsesdelproces",
    END: "En sluthændelse",
    CATCH: "En mellemliggende modtagehændelse",
    THROW: "En mellemliggende afsendehændelse",
    BOUNDARY: "En kanthændelse",
}
KINDS = {
    "": "ingen hændelsesdefinition",
    "message": "besked",
    "timer": "timer",
    "signal": "signal",
    "error": "fejl",
    "escalation": "eskalering",
    "terminate": "afbrydelse",
    "link": "link",
    "conditional": "betingelse",
    "compensate": "kompensation",
    "cancel": "annullering",
}
TOGETHER = frozenset({"message", "timer", "signal", "error", "escalation", "conditional"})
"""What an event may catch as one of several."""
ENDING = ("error", "terminate", "cancel")
"""What ends the path that throws it: the last of several, and the only one of its kind."""
CHANGES = frozenset({"create", "update"})
CYCLES = {START, EVENT_START, BOUNDARY}
THROWING = {END, THROW}


def role_of(node: Node, owner: Node) -> str:
    """What the event is in its place; `owner` is the process or sub-process around it."""
    if node.tag != "startEvent":
        return node.tag
    if owner.tag == "process":
        return START
    return EVENT_START if owner.get("triggeredByEvent") in {"true", "1"} else SUB_START


class TriggerReader:
    """Reads event definitions of one file. `referred` are the file's messages, signals, errors, escalations and shared
    event definitions by id.
    """

    def __init__(self, values: Values, referred: Mapping[str, Node]) -> None:
        self.values = values
        self.findings: Findings = values.findings
        self.referred = referred

    def trigger(self, node: Node, role: str, interrupting: bool) -> Trigger | None:
        """The event's trigger; None for a none event (or one that cannot be read, which is a finding)."""
        definitions = self._definitions(node)
        kinds = [definition.tag.removesuffix("EventDefinition") for definition in definitions]
        if any(kind not in KINDS for kind in kinds) or not self._may_stand(node, kinds, role):
            return None  # refused by the vocabulary already, or just now
        read = [
            self._one(kind, definition, role, interrupting) for kind, definition in zip(kinds, definitions, strict=True)
        ]
        triggers = [trigger for trigger in read if trigger is not None]
        if len(triggers) < 2:
            return triggers[0] if triggers else None
        return ManyTriggers(tuple(triggers), self.values.flag(node, "parallelMultiple", False))

    def _definitions(self, node: Node) -> list[Node]:
        """Its own definitions, then those it shares with others; thrown ones that end the path come last."""
        found = [c for c in node.children() if c.namespace == BPMN and c.tag.endswith("EventDefinition")]
        for reference in node.all("eventDefinitionRef"):
            shared = self.referred.get(reference.text) or self.referred.get(reference.text.rsplit(":", 1)[-1])
            if shared is not None and shared.tag.endswith("EventDefinition"):  # what is not is a finding of the rules
                found.append(shared)
        return sorted(found, key=lambda d: d.tag.removesuffix("EventDefinition") in ENDING)

    def _may_stand(self, node: Node, kinds: list[str], role: str) -> bool:
        for kind in kinds:
            if kind not in ALLOWED[role]:
                may = ", ".join(KINDS[k] for k in KINDS if k in ALLOWED[role])
                self.findings.error(node, f"{NAMES[role]} kan ikke have {KINDS[kind]}. Den kan have: {may}.")
                return False
        if len(kinds) < 2:
            return True
        if role == START and self.values.flag(node, "parallelMultiple", False):
            self.findings.error(
                node,
                "En proces kan ikke vente på flere hændelser, før den begynder. Fjern parallelMultiple, eller vent på de andre bagefter.",
            )
            return False
        ends = sum(kind in ENDING for kind in kinds)
        if ("link" in kinds or ends > 1) if role in THROWING else not TOGETHER.issuperset(kinds):
            told = ", ".join(KINDS[kind] for kind in kinds)
            self.findings.error(node, f"Hændelserne {told} kan ikke stå på samme symbol. Tegn en hændelse for hver.")
            return False
        if self.values.flag(node, "parallelMultiple", False) and not {"error", "escalation"}.isdisjoint(kinds):
            self.findings.error(
                node, "En fejl eller eskalering kan ikke vente på andre hændelser. Fjern parallelMultiple."
            )
            return False
        return True

    def _one(self, kind: str, definition: Node, role: str, interrupting: bool) -> OneTrigger | None:
        match kind:
            case "message":
                return self._message(definition, role)
            case "timer":
                return self._timer(definition, role, interrupting)
            case "signal":
                return self._signal(definition)
            case "error":
                return self._error(definition, role, interrupting)
            case "escalation":
                return self._escalation(definition, role)
            case "terminate":
                return TerminateTrigger()
            case "link":
                return self._link(definition)
            case "conditional":
                return self._condition(definition)
            case "compensate":
                return self._compensate(definition, role)
            case _:
                return CancelTrigger()

    def message(self, node: Node, reference: str, *, key_needed: bool) -> MessageTrigger | None:
        """The message of this id, as something to wait for."""
        message = self._referred(node, reference, "message", "beskeden")
        if message is None:
            return None
        name = self._name(message, node, "Beskeden")
        subscription = message.extension("subscription")
        text = (subscription.get("correlationKey") or "").strip() if subscription is not None else ""
        if not text:
            if key_needed:
                self.findings.error(
                    node,
                    f"Beskeden '{reference}' mangler en korrelationsnøgle. Udfyld correlationKey, fx =sag.nummer.",
                )
                return None
            return None if name is None else MessageTrigger(name, None)
        assert subscription is not None
        key = self.values.formula(subscription, text, "Korrelationsnøglen (correlationKey)")
        return None if name is None or key is None else MessageTrigger(name, key)

    def _message(self, definition: Node, role: str) -> MessageTrigger | None:
        reference = definition.get("messageRef") or ""
        if role in THROWING:
            if reference:
                self._referred(definition, reference, "message", "beskeden")
            return MessageTrigger("", None)
        return self.message(definition, reference, key_needed=role != START)

    def _timer(self, definition: Node, role: str, interrupting: bool) -> TimerTrigger | None:
        forms = [child for child in definition.children() if child.tag in {"timeDate", "timeDuration", "timeCycle"}]
        if len(forms) != 1:
            self.findings.error(
                definition,
                "Timeren skal have netop én af dato (timeDate), varighed (timeDuration) og gentagelse (timeCycle). Behold den, der gælder.",
            )
            return None
        form, text = forms[0].tag, forms[0].text
        if not text:
            self.findings.error(
                forms[0], "Timeren mangler et tidspunkt. Skriv fx P14D, 2026-01-31T12:00:00+01:00 eller et udtryk."
            )
            return None
        if form == "timeCycle" and (role not in CYCLES or (role in {EVENT_START, BOUNDARY} and interrupting)):
            self.findings.error(
                forms[0],
                "En gentagelse (timeCycle) kan kun stå på en starthændelse eller på en hændelse, der ikke afbryder. Brug dato.",
            )
            return None
        if form == "timeDuration" and role == START:
            self.findings.error(
                forms[0],
                "En proces kan ikke begynde efter en varighed. Brug dato (timeDate) eller gentagelse (timeCycle).",
            )
            return None
        value = self.values.value(forms[0], text, "Timerens tidspunkt")
        if isinstance(value, str):
            try:
                check_timer(form, value)
            except TimingFault as fault:
                self.findings.error(forms[0], str(fault))
                return None
        return None if value is None else TimerTrigger(form, value)

    def _signal(self, definition: Node) -> SignalTrigger | None:
        signal = self._referred(definition, definition.get("signalRef") or "", "signal", "signalet")
        name = None if signal is None else self._name(signal, definition, "Signalet")
        return None if name is None else SignalTrigger(name)

    def _error(self, definition: Node, role: str, interrupting: bool) -> ErrorTrigger | None:
        if role in {EVENT_START, BOUNDARY} and not interrupting:
            self.findings.error(definition, "En fejlhændelse afbryder altid. Gør den afbrydende.")
        found, code = self._code(definition, "error", "fejlen", role)
        return ErrorTrigger(code) if found else None

    def _escalation(self, definition: Node, role: str) -> EscalationTrigger | None:
        found, code = self._code(definition, "escalation", "eskaleringen", role)
        return EscalationTrigger(code) if found else None

    def _code(self, definition: Node, kind: str, what: str, role: str) -> tuple[bool, Value | None]:
        reference = definition.get(f"{kind}Ref") or ""
        if not reference and role not in THROWING:
            return True, None
        referred = self._referred(definition, reference, kind, what)
        if referred is None:
            return False, None
        text = (referred.get(f"{kind}Code") or "").strip()
        if role in THROWING:
            if not text:
                self.findings.error(
                    definition, f"{what.capitalize()} mangler en kode. Udfyld {kind}Code på {reference}."
                )
                return False, None
            code = self.values.value(referred, text, f"Koden ({kind}Code)")
            return code is not None, code
        if text.startswith("="):
            self.findings.error(
                definition,
                f"Koden, der gribes, kan ikke være et udtryk ({text}). Skriv koden selv, eller lad den være tom.",
            )
            return False, None
        return True, text or None

    def _condition(self, definition: Node) -> ConditionTrigger | None:
        holder = definition.first("condition")
        if holder is None:
            self.findings.error(definition, "Hændelsen mangler en betingelse. Skriv et udtryk, der begynder med =.")
            return None
        condition = self.values.formula(holder, holder.text, "Hændelsens betingelse (condition)")
        filter_ = definition.extension("conditionalFilter")
        names = _listed(filter_, "variableNames")
        changes = _listed(filter_, "variableEvents")
        if not changes <= CHANGES:
            self.findings.error(
                definition, f"variableEvents kan være create og update, ikke '{', '.join(sorted(changes - CHANGES))}'."
            )
        return None if condition is None else ConditionTrigger(condition, names, changes)

    def _compensate(self, definition: Node, role: str) -> CompensateTrigger:
        activity = (definition.get("activityRef") or "").rsplit(":", 1)[-1] or None
        if activity is not None and role not in THROWING:
            self.findings.error(definition, "Her kan der ikke peges på en aktivitet (activityRef). Fjern den.")
        return CompensateTrigger(activity, self.values.flag(definition, "waitForCompletion", True))

    def _link(self, definition: Node) -> LinkTrigger | None:
        name = (definition.get("name") or "").strip()
        if not name:
            self.findings.error(definition, "Linket mangler et navn. Giv de to ender af linket samme navn.")
            return None
        return LinkTrigger(name)

    def _name(self, referred: Node, node: Node, what: str) -> Value | None:
        name = self.values.given(referred, "name", f"{what}s navn")
        if name is None and not (referred.get("name") or "").strip():
            self.findings.error(node, f"{what} '{referred.id}' mangler et navn. Giv den et navn.")
        return name

    def _referred(self, node: Node, reference: str, kind: str, what: str) -> Node | None:
        local = reference.rsplit(":", 1)[-1]
        found = self.referred.get(reference) or self.referred.get(local)
        if found is not None and found.tag == kind:
            return found
        if reference:
            self.findings.error(
                node, f"Her henvises til {what} '{reference}', som ikke findes i filen. Vælg en, der findes."
            )
        else:
            self.findings.error(node, f"Her mangler en henvisning til {what}. Vælg eller opret den.")
        return None


def _listed(holder: Node | None, attribute: str) -> frozenset[str]:
    text = holder.get(attribute) or "" if holder is not None else ""
    return frozenset(part.strip() for part in text.split(",") if part.strip())
