"""What the extension elements of a task say: its work, mappings, headers, loop."""

from __future__ import annotations

from service.domain.definitions import Binding
from service.domain.task_attributes import PRIORITIES
from service.domain.waits import ListenerEvent
from service.engine.effects import EFFECT_JOBS
from service.engine.model import (
    CallWork,
    DecisionWork,
    Formula,
    IoMapping,
    JobWork,
    Listening,
    Loop,
    Repeat,
    Resource,
    ScriptWork,
    UserWork,
    Value,
)
from service.engine.timing import TimingFault, read_instant

from .values import Values
from .xml import FORLOEB, Findings, Node


class ExtensionReader:
    """Reads extension elements of one file into the model; faults become findings."""

    def __init__(self, values: Values) -> None:
        self.values = values
        self.findings: Findings = values.findings

    # -- parts that many elements share

    def mappings(self, node: Node, tag: str) -> tuple[IoMapping, ...]:
        """`zeebe:input` or `zeebe:output` of the element, in order."""
        holder = node.extension("ioMapping")
        if holder is None:
            return ()
        found = []
        for mapping in holder.all(tag, holder.namespace):
            what = "Input" if tag == "input" else "Output"
            target = self.values.path(mapping, mapping.get("target") or "", f"{what}ets mål (target)")
            text = mapping.get("source")
            if text is None:
                self.findings.error(
                    mapping, f"{what}et mangler en kilde (source). Skriv et udtryk, der begynder med =."
                )
                continue
            source = self.values.value(mapping, text, f"{what}ets kilde (source)")
            if source is not None and target is not None:
                found.append(IoMapping(source, target))
        return tuple(found)

    def headers(self, node: Node) -> dict[str, str]:
        """`zeebe:taskHeaders`; entries without key or value do not count."""
        holder = node.extension("taskHeaders")
        if holder is None:
            return {}
        pairs = (
            (header.get("key") or "", header.get("value") or "") for header in holder.all("header", holder.namespace)
        )
        return {key: value for key, value in pairs if key and value}

    def properties(self, node: Node) -> dict[str, str]:
        """`zeebe:properties`: no meaning when running, kept for people."""
        holder = node.extension("properties")
        if holder is None:
            return {}
        pairs = ((p.get("name") or "", p.get("value") or "") for p in holder.all("property", holder.namespace))
        return {name: value for name, value in pairs if name}

    def status(self, node: Node) -> str | None:
        return self._own(node, "status", "value", "forloeb:status skal have en value: navnet på sagens status.")

    def status_lasts(self, node: Node) -> bool:
        holder = node.extension("status", FORLOEB)
        lasts = (holder.get("varer") if holder is not None else None) or "false"
        if lasts not in ("true", "false"):
            self.findings.error(node, f"forloeb:status: varer skal være true eller false, ikke '{lasts}'.")
        return lasts == "true"

    def deadline(self, node: Node) -> str | None:
        return self._own(node, "frist", "id", "forloeb:frist skal have et id: navnet på fristen.")

    def _own(self, node: Node, tag: str, attribute: str, missing: str) -> str | None:
        holder = node.extension(tag, FORLOEB)
        if holder is None:
            return None
        text = (holder.get(attribute) or "").strip()
        if not text:
            self.findings.error(holder, missing)
        return text or None

    def resource(self, holder: Node, attribute: str, what: str) -> Resource | None:
        """An id with its binding; None (and a finding) when the id is missing."""
        wanted = self.values.given(holder, attribute, what)
        if wanted is None and not (holder.get(attribute) or "").strip():
            self.findings.error(holder, f"{what} mangler. Udfyld {attribute}.")
        binding = (holder.get("bindingType") or Binding.LATEST).strip()
        if binding not in set(Binding):
            self.findings.error(holder, f"bindingType skal være latest, deployment eller versionTag, ikke '{binding}'.")
            return None
        tag = (holder.get("versionTag") or "").strip() or None
        if (tag is not None) != (binding == Binding.VERSION_TAG):
            self.findings.error(holder, "versionTag skal udfyldes, netop når bindingType er versionTag.")
        return None if wanted is None else Resource(id=wanted, binding=Binding(binding), version_tag=tag)

    # -- work

    def user(self, node: Node) -> UserWork:
        if node.extension("userTask") is None:
            self.findings.error(
                node,
                "Brugeropgaven mangler <zeebe:userTask/>. Jobbaserede brugeropgaver kan ikke udføres; vælg typen Camunda user task.",
            )
        form, external = self.form(node)
        assigned, schedule = node.extension("assignmentDefinition"), node.extension("taskSchedule")
        priority = node.extension("priorityDefinition")

        def give(holder: Node | None, attribute: str, what: str) -> Value | None:
            return None if holder is None else self.values.given(holder, attribute, what)

        work = UserWork(
            form=form,
            external_form=external,
            assignee=give(assigned, "assignee", "Den ansvarlige (assignee)"),
            candidate_groups=give(assigned, "candidateGroups", "Grupperne (candidateGroups)"),
            candidate_users=give(assigned, "candidateUsers", "Brugerne (candidateUsers)"),
            due=give(schedule, "dueDate", "Fristen (dueDate)"),
            follow_up=give(schedule, "followUpDate", "Opfølgningsdatoen (followUpDate)"),
            priority=give(priority, "priority", "Prioriteten (priority)"),
            listeners=self._listeners(node),
        )
        self._check_user(node, work)
        return work

    def _listeners(self, node: Node) -> tuple[Listening, ...]:
        holder = node.extension("taskListeners")
        found = []
        for listener in holder.all("taskListener", holder.namespace) if holder is not None else ():
            event = (listener.get("eventType") or "").strip()
            kind = self.values.given(listener, "type", "Lytterens jobtype (type)")
            retries = self.values.given(listener, "retries", "Antallet af forsøg (retries)") or "3"
            if event not in set(ListenerEvent):
                known = ", ".join(ListenerEvent)
                self.findings.error(listener, f"Lytterens eventType skal være en af {known}, ikke '{event}'.")
            elif kind is None and not (listener.get("type") or "").strip():
                self.findings.error(listener, "Lytteren mangler en jobtype (type). Skriv, hvem der skal spørges.")
            elif isinstance(kind, str) and kind.startswith("forloeb:"):
                self.findings.error(
                    listener, f"Jobtypen {kind} kan ikke være en lytter. Brug en handler eller arbejder."
                )
            elif isinstance(retries, str) and not retries.isdecimal():
                self.findings.error(listener, f"Antallet af forsøg (retries) skal være et helt tal, ikke '{retries}'.")
            elif kind is not None:
                found.append(Listening(event=ListenerEvent(event), type=kind, retries=retries))
        return tuple(found)

    def _check_user(self, node: Node, work: UserWork) -> None:
        if not (work.assignee or work.candidate_groups or work.candidate_users):
            self.findings.warn(
                node, "Opgaven har hverken en ansvarlig eller grupper eller brugere, så ingen får den vist som sin."
            )
        for moment, what in ((work.due, "Fristen (dueDate)"), (work.follow_up, "Opfølgningsdatoen (followUpDate)")):
            if isinstance(moment, str):
                try:
                    read_instant(moment)
                except TimingFault as fault:
                    self.findings.error(node, f"{what}: {fault}")
        if isinstance(work.priority, str) and not (work.priority.isdecimal() and int(work.priority) in PRIORITIES):
            self.findings.error(node, f"Prioriteten skal være et helt tal fra 0 til 100, ikke '{work.priority}'.")

    def form(self, node: Node) -> tuple[Resource | None, Value | None]:
        """`zeebe:formDefinition`: a form of ours, or a reference to one elsewhere."""
        holder = node.extension("formDefinition")
        if holder is None:
            return None, None
        outside = self.values.given(holder, "externalReference", "Henvisningen til formularen (externalReference)")
        if outside is None:
            return self.resource(holder, "formId", "Formularens id (formId)"), None
        if holder.get("formId"):
            self.findings.error(holder, "Formularen kan ikke have både formId og externalReference. Behold den ene.")
        return None, outside

    def job(self, node: Node, holder: Node) -> JobWork | None:
        """`zeebe:taskDefinition`; None (and a finding) without a type."""
        kind = self.values.given(holder, "type", "Jobtypen (type)")
        retries = self.values.given(holder, "retries", "Antallet af forsøg (retries)") or "3"
        if kind is None:
            if not (holder.get("type") or "").strip():
                self.findings.error(
                    holder, "Jobtypen (type) mangler i zeebe:taskDefinition. Skriv, hvilket arbejde der skal udføres."
                )
            return None
        if isinstance(kind, str) and kind.startswith("forloeb:") and kind not in EFFECT_JOBS:
            known = ", ".join(sorted(EFFECT_JOBS))
            self.findings.error(holder, f"Jobtypen {kind} findes ikke. Forløbs egne jobtyper er: {known}.")
        if isinstance(retries, str) and not retries.isdecimal():
            self.findings.error(holder, f"Antallet af forsøg (retries) skal være et helt tal, ikke '{retries}'.")
        if node.extension("jobPriorityDefinition") is not None:
            self.findings.warn(
                node, "Jobbets prioritet (jobPriorityDefinition) bruges ikke; job tages i den rækkefølge, de opstår."
            )
        return JobWork(type=kind, retries=retries)

    def script(self, holder: Node) -> ScriptWork | None:
        text, result = holder.get("expression") or "", holder.get("resultVariable") or ""
        formula = self.values.formula(holder, text, "Scriptets udtryk (expression)")
        name = self.values.name(holder, result, "Scriptets resultat (resultVariable)")
        return None if formula is None or name is None else ScriptWork(expression=formula, result=name)

    def decision(self, holder: Node) -> DecisionWork | None:
        wanted = self.resource(holder, "decisionId", "Beslutningens id (decisionId)")
        name = self.values.name(holder, holder.get("resultVariable") or "", "Beslutningens resultat (resultVariable)")
        return None if wanted is None or name is None else DecisionWork(decision=wanted, result=name)

    def call(self, node: Node) -> CallWork | None:
        holder = node.extension("calledElement")
        if holder is None:
            self.findings.error(
                node, "Kaldeaktiviteten mangler <zeebe:calledElement processId=…>. Angiv, hvilken proces der kaldes."
            )
            return None
        wanted = self.resource(holder, "processId", "Den kaldte proces' id (processId)")
        if wanted is None:
            return None
        return CallWork(
            process=wanted,
            all_down=self.values.flag(holder, "propagateAllParentVariables", True),
            all_up=self.values.flag(holder, "propagateAllChildVariables", True),
        )

    # -- loops

    def loop(self, node: Node) -> Loop | Repeat | None:
        """Its loop or multi-instance marker; None when there is none (or it cannot be read, which is a finding)."""
        outer = node.first("multiInstanceLoopCharacteristics")
        if outer is None:
            standard = node.first("standardLoopCharacteristics")
            return None if standard is None else self._repeat(standard)
        holder = outer.extension("loopCharacteristics")
        if holder is None:
            self.findings.error(
                outer,
                "Flere instanser mangler <zeebe:loopCharacteristics inputCollection=…>. Angiv listen, der gennemløbes.",
            )
            return None
        collection = self.values.formula(holder, holder.get("inputCollection") or "", "Samlingen (inputCollection)")
        element = (holder.get("inputElement") or "").strip()
        output, output_element = self.output_pair(holder)
        completion = self.completion(outer)
        if collection is None:
            return None
        return Loop(
            sequential=self.values.flag(outer, "isSequential", False),
            collection=collection,
            element=self.values.name(holder, element, "Elementets navn (inputElement)") if element else None,
            output=output,
            output_element=output_element,
            completion=completion,
        )

    def _repeat(self, node: Node) -> Repeat | None:
        holder = node.first("loopCondition")
        condition = None
        if holder is not None:
            condition = self.values.formula(holder, holder.text, "Løkkens betingelse (loopCondition)")
        text = (node.get("loopMaximum") or "").strip()
        if text and not (text.isdecimal() and int(text)):
            self.findings.error(
                node, f"Løkkens største antal (loopMaximum) skal være et helt tal fra 1, ikke '{text}'."
            )
            return None
        if holder is None and not text:
            self.findings.error(
                node, "Løkken har ingen ende. Skriv en betingelse (loopCondition) eller et største antal (loopMaximum)."
            )
            return None
        return Repeat(
            condition=condition,
            test_before=self.values.flag(node, "testBefore", False),
            maximum=int(text) if text else None,
        )

    def quantity(self, node: Node, attribute: str) -> int:
        """`startQuantity` or `completionQuantity`; what is no count is a finding of the rules."""
        text = (node.get(attribute) or "1").strip()
        return max(int(text), 1) if text.isdecimal() else 1

    def output_pair(self, holder: Node) -> tuple[str | None, Formula | None]:
        """`outputCollection` and `outputElement`: both or none."""
        collection, element = (
            (holder.get("outputCollection") or "").strip(),
            (holder.get("outputElement") or "").strip(),
        )
        if bool(collection) != bool(element):
            self.findings.error(
                holder, "outputCollection og outputElement skal enten begge udfyldes eller begge være tomme."
            )
            return None, None
        if not collection:
            return None, None
        name = self.values.name(holder, collection, "Resultatlisten (outputCollection)")
        formula = self.values.formula(holder, element, "Resultatets udtryk (outputElement)")
        return (name, formula) if name is not None and formula is not None else (None, None)

    def completion(self, node: Node) -> Formula | None:
        holder = node.first("completionCondition")
        return (
            None
            if holder is None
            else self.values.formula(holder, holder.text, "Slutbetingelsen (completionCondition)")
        )
