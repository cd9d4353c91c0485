"""How pages speak of what the program calls by keys: history, incidents, states, kinds of steps. No page shows a key."""

from __future__ import annotations

from collections.abc import Mapping

from service.domain.cases import Case, DispatchStatus
from service.domain.definitions import ElementInfo
from service.domain.instances import InstanceStatus
from service.domain.procedures import Manifest
from service.domain.storage import HistoryEntry
from service.domain.waits import IncidentType, JobStatus, ListenerEvent, Subscription, WaitKind
from service.web.translations import gettext as _

ELEMENTS: Mapping[str, str] = {
    "userTask": "Opgave",
    "manualTask": "Manuelt trin",
    "task": "Trin",
    "serviceTask": "Automatisk trin",
    "sendTask": "Automatisk udsendelse",
    "scriptTask": "Beregning",
    "businessRuleTask": "Beslutning",
    "receiveTask": "Venter på besked",
    "callActivity": "Delforløb",
    "subProcess": "Delforløb",
    "adHocSubProcess": "Fri fase",
    "transaction": "Delforløb",
    "startEvent": "Start",
    "endEvent": "Slut",
    "intermediateCatchEvent": "Venter",
    "intermediateThrowEvent": "Hændelse undervejs",
    "boundaryEvent": "Hændelse ved trinnet",
    "eventSubProcess": "Delforløb ved en hændelse",
}
INCIDENTS: Mapping[IncidentType, tuple[str, str]] = {
    IncidentType.JOB_NO_RETRIES: (
        "Et automatisk trin lykkes ikke",
        "Læs, hvad der står i fejlen. Er grunden væk (for eksempel et system, der var nede), så prøv igen.",
    ),
    IncidentType.TASK_LISTENER_NO_RETRIES: (
        "En kontrol af en opgave lykkes ikke",
        "Opgaven kan ikke oprettes, tildeles eller fuldføres, før kontrollen svarer. Læs fejlen, og prøv igen, når grunden er væk.",
    ),
    IncidentType.CONDITION_ERROR: (
        "Ingen vej passer",
        "Diagrammet har ingen vej for det svar, der er givet. Ret svaret på sagen, eller bed procesejeren se på diagrammet.",
    ),
    IncidentType.EXTRACT_VALUE_ERROR: (
        "En oplysning mangler eller har forkert form",
        "Se, hvilken oplysning trinnet bruger. Når den er på plads, så prøv igen.",
    ),
    IncidentType.IO_MAPPING_ERROR: (
        "Oplysninger kan ikke føres videre",
        "Bed procesejeren se på trinnet i diagrammet, og prøv igen, når det er rettet.",
    ),
    IncidentType.CALLED_ELEMENT_ERROR: (
        "Et delforløb findes ikke",
        "Bed procesejeren sætte delforløbet i drift, og prøv så igen.",
    ),
    IncidentType.CALLED_DECISION_ERROR: (
        "En beslutning findes ikke",
        "Bed procesejeren sætte beslutningen i drift, og prøv så igen.",
    ),
    IncidentType.DECISION_EVALUATION_ERROR: (
        "En beslutning kan ikke afgøres",
        "Se, om en oplysning mangler. Ellers skal procesejeren se på beslutningstabellen.",
    ),
    IncidentType.FORM_NOT_FOUND: (
        "Et skema findes ikke",
        "Bed procesejeren sætte skemaet i drift, og prøv så igen.",
    ),
    IncidentType.UNHANDLED_ERROR_EVENT: (
        "En fejl er ikke ventet i diagrammet",
        "Bed procesejeren tegne, hvad der skal ske ved denne fejl, og prøv så igen.",
    ),
    IncidentType.DISPATCH_FAILED: (
        "Et brev eller en besked er måske ikke sendt",
        "Undersøg hos modtageren, om det er kommet frem. Send igen, hvis det ikke er.",
    ),
    IncidentType.EFFECT_FAILED: (
        "En følge af trinnet kunne ikke gennemføres",
        "Læs, hvad der står i fejlen. Når grunden er væk, så prøv igen.",
    ),
    IncidentType.ENDLESS_LOOP: (
        "Forløbet kører i ring",
        "Bed procesejeren se, om løkken i diagrammet har en ende. Har den det, så prøv igen, og den fortsætter.",
    ),
}
"""What went wrong, and what to try."""

HISTORY: Mapping[str, str] = {
    "Start": "Forløbet begyndte",
    "TaskCompleted": "»{trin}« blev fuldført",
    "JobCompleted": "»{trin}« blev udført automatisk",
    "ErrorThrown": "»{trin}« meldte en fejl, som diagrammet tager hånd om",
    "TimerFired": "Tiden gik ved »{trin}«",
    "Correlated": "»{besked}« blev meldt",
    "IncidentResolved": "»{trin}« blev prøvet igen",
    "ElementsActivated": "Aktiviteten »{trin}« blev startet",
    "VariablesSet": "Oplysninger blev rettet",
    "DeadlinesReviewed": "Fristerne blev beregnet igen",
    "Cancelled": "Forløbet blev annulleret",
    "changed": "»{trin}« blev rettet{hvad}",
    "Migrated": "Forløbet blev flyttet til en anden version",
    "assigned": "»{trin}« blev tildelt {til}",
    "released": "»{trin}« blev givet tilbage til gruppen",
    "suspended": "Forløbet blev sat på hold",
    "resumed": "Forløbet blev genoptaget",
    "deadline extended": "En frist blev forlænget til {til}",
}
WANTED: Mapping[str, str] = {
    "TaskCompleted": "»{trin}« blev sendt ind til kontrol",
    "assigned": "»{trin}« skal tildeles {til}",
    "released": "»{trin}« skal gives tilbage til gruppen",
    "changed": "»{trin}« skal rettes{hvad}",
}
"""The same of what listeners are asked about first."""
CHANGED: Mapping[str, str] = {
    "dueDate": "Frist",
    "followUpDate": "Opfølgning",
    "priority": "Prioritet",
    "candidateGroups": "Hvem kan tage den",
    "candidateUsers": "Kolleger",
}
"""What of a task was changed."""
INSTANCE_STATES: Mapping[InstanceStatus, str] = {
    InstanceStatus.ACTIVE: "I gang",
    InstanceStatus.COMPLETED: "Afsluttet",
    InstanceStatus.TERMINATED: "Annulleret",
}
DISPATCH_STATES: Mapping[DispatchStatus, tuple[str, str]] = {
    DispatchStatus.WAITING: ("Venter på at blive sendt", "plain"),
    DispatchStatus.SENDING: ("Sendes nu", "info"),
    DispatchStatus.SENT: ("Sendt", "success"),
    DispatchStatus.WITHDRAWN: ("Trukket tilbage", "plain"),
    DispatchStatus.FAILED: ("Ikke sendt", "error"),
    DispatchStatus.UNCERTAIN: ("Måske ikke sendt", "warning"),
}
"""Words and the look of their badge."""
CHANNELS: Mapping[str, str] = {
    "sikker-post": "Sikker post",
    "digital-post": "Digital Post",
    "brev": "Brev",
    "kvittering": "Kvittering",
}
JOB_STATES: Mapping[JobStatus, str] = {
    JobStatus.OPEN: "Venter på at blive udført",
    JobStatus.SENDING: "Venter på, at noget bliver sendt",
    JobStatus.FAILED: "Gik i stå",
}
ASKED: Mapping[ListenerEvent, str] = {
    ListenerEvent.ASSIGNING: "Tildelingen bliver kontrolleret. Når svaret er der, kan opgaven bruges igen.",
    ListenerEvent.UPDATING: "Rettelsen af opgaven bliver kontrolleret. Når svaret er der, kan opgaven bruges igen.",
    ListenerEvent.COMPLETING: "Opgaven er sendt ind og bliver kontrolleret. Bliver den ikke godkendt, kommer den tilbage.",
}
"""What is said of a task whose listeners are asked."""
WAITS: Mapping[WaitKind, str] = {
    WaitKind.USER_TASK: "opgave",
    WaitKind.JOB: "automatisk trin",
    WaitKind.TIMER: "tidspunkt",
    WaitKind.MESSAGE: "besked",
    WaitKind.SIGNAL: "signal",
}


def element_words(element: ElementInfo) -> str:
    """`Opgave: Kontakt borger`."""
    return (
        f"{_(ELEMENTS.get(element.type, 'Trin'))}: {element.name}"
        if element.name
        else _(ELEMENTS.get(element.type, "Trin"))
    )


def name_of(elements: Mapping[str, ElementInfo], element_id: str) -> str:
    """What an element is called; where it has no name, what the sub-process around it is called, or its kind."""
    element = elements.get(element_id)
    if element is None:
        return _("et trin")
    around = elements.get(element.parent_id or "")
    return element.name or (around.name if around else "") or _(ELEMENTS.get(element.type, "et trin"))


def spelled(name: str) -> str:
    """A name as diagrams and rules have it, as words: `sidste_kontakt` → `Sidste kontakt`."""
    words = name.replace("_", " ").strip() or name
    return words[:1].upper() + words[1:]


def history_words(
    entry: HistoryEntry, elements: Mapping[str, ElementInfo], names: Mapping[str, str], manifest: Manifest
) -> str:
    """One line of a history as a sentence."""
    details = entry.details
    step = str(details.get("navn") or "") or name_of(elements, _step_of(entry))
    event = manifest.haendelser.get(str(details.get("besked")))
    to = str(details.get("til") or "")
    kind = _act(entry)
    sentence = _(WANTED[kind] if details.get("spurgt") else HISTORY.get(kind, "Forløbet gik videre"))
    if entry.kind == "Correlated" and event is None:
        sentence = _("En besked blev modtaget")
    denied = str(details.get("afvist", ""))
    if "lytter" in details:
        sentence = _("»{trin}« blev afvist: {grund}") if denied else _("»{trin}« blev kontrolleret")
    changed = details.get("ændret")
    named = [_(CHANGED[name]).lower() for name in changed if name in CHANGED] if isinstance(changed, dict) else []
    what = f" ({', '.join(named)})" if named else ""
    told = {"trin": step, "besked": event.titel if event else "", "til": names.get(to, to), "grund": denied}
    return sentence.format(**told, hvad=what)


def _act(entry: HistoryEntry) -> str:
    """What was done; a task with listeners is assigned, given back and changed by the same stimulus."""
    if entry.kind != "TaskChanged":
        return entry.kind
    if "til" not in entry.details:
        return "changed"
    return "assigned" if entry.details["til"] else "released"


def _step_of(entry: HistoryEntry) -> str:
    """The element that a line is about: named in it, or the event that was first to end in the step."""
    named = entry.details.get("element") or entry.details.get("aktivitet")
    if named:
        return str(named)
    moved = entry.details.get("elementer")
    rows = [row for row in moved if isinstance(row, list)] if isinstance(moved, list) else []
    return next((str(row[0]) for row in rows if str(row[1]).endswith("Event") and row[3] == "COMPLETED"), "")


def awaited_words(wait: Subscription, elements: Mapping[str, ElementInfo], manifest: Manifest) -> str:
    """What a course waits for from outside."""
    event = manifest.haendelser.get(wait.name)
    return event.titel if event else name_of(elements, wait.element_id)


def incident_words(kind: IncidentType) -> str:
    """What went wrong."""
    return _(INCIDENTS[kind][0])


def incident_advice(kind: IncidentType) -> str:
    """What to try."""
    return _(INCIDENTS[kind][1])


def instance_state(status: InstanceStatus, suspended: bool) -> str:
    return _("Sat på hold") if suspended and status is InstanceStatus.ACTIVE else _(INSTANCE_STATES[status])


def dispatch_state(status: DispatchStatus) -> tuple[str, str]:
    words, look = DISPATCH_STATES[status]
    return _(words), look


def channel_words(channel: str) -> str:
    return _(CHANNELS.get(channel, channel))


def asked_words(event: ListenerEvent) -> str:
    return _(ASKED[event])


def job_state(status: JobStatus) -> str:
    return _(JOB_STATES[status])


READINGS: Mapping[str, str] = {
    "opgave": "En opgave på sagen",
    "sag": "Sagens side",
    "instans": "Forløbets side",
    "skema": "Et skema",
    "dokument": "Et dokument",
    "dokumenter": "Listen over dokumenter",
    "nødadgang": "Åbnede sagen med nødadgang",
    "begrundelse": "Åbnede sagen med en begrundelse",
}
"""First word of what the access log says was read."""


def reading_words(what: str) -> str:
    """What was read, without keys."""
    kind = what.partition(" ")[0]
    return _(READINGS[kind]) if kind in READINGS else _("En oplysning på sagen")


def case_state(case: Case) -> tuple[str, str, str]:
    """Whether a case is open, on hold or closed: words, look and icon of the badge."""
    if case.closed_at is not None:
        return _("Afsluttet"), "plain", "check"
    if case.paused_at is not None:
        return _("I bero"), "warning", "hourglass"
    return _("Åben"), "success", "success"
