"""Rules of compensation and transactions that hold between elements of the model."""

from __future__ import annotations

from service.engine.model import (
    Activity,
    AdHoc,
    CancelTrigger,
    CompensateTrigger,
    Event,
    ManyTriggers,
    Process,
    Scope,
    SubProcess,
)

from .xml import Findings


def check_undoing(process: Process, findings: Findings) -> None:
    """What is to be undone can be, from where it is asked for; a cancelled transaction has a way out."""
    undoing = process.scope.undoing
    if undoing is not None and undoing.event_start is not None:
        findings.at(
            undoing.event_start.id,
            undoing.event_start.line,
            "En proces kan ikke selv kompenseres, så denne hændelsesdelproces begynder aldrig. Læg den i en delproces.",
        )
    _scope(process.scope, (), findings)


def _scope(scope: Scope, around: tuple[Scope, ...], findings: Findings) -> None:
    """`around`: the scopes whose completed activities can be undone from here as well."""
    visible = (scope, *around)
    for element in scope.elements.values():
        if isinstance(element, Event):
            _event(element, visible, findings)
        if isinstance(element, SubProcess | AdHoc):
            _scope(element.scope, visible if getattr(element, "event_start", None) else (), findings)
        if isinstance(element, SubProcess) and element.type == "transaction":
            _transaction(element, findings)
    extra = [s for s in scope.event_sub_processes if s.event_start is not None and s.event_start.compensates][1:]
    for second in extra:
        findings.at(
            second.id, second.line, f"'{scope.id}' kan kun kompenseres på én måde. Behold én hændelsesdelproces."
        )


def _event(event: Event, visible: tuple[Scope, ...], findings: Findings) -> None:
    triggers = event.trigger.triggers if isinstance(event.trigger, ManyTriggers) else (event.trigger,)
    for trigger in triggers:
        if not isinstance(trigger, CompensateTrigger) or trigger.activity is None:
            continue
        found = next((s.elements[trigger.activity] for s in visible if trigger.activity in s.elements), None)
        if not isinstance(found, Activity):
            findings.at(
                event.id,
                event.line,
                f"'{trigger.activity}' (activityRef) er ikke en aktivitet i samme (del)proces. Vælg en, der er.",
            )
        elif not _undoable(found):
            findings.at(
                event.id,
                event.line,
                f"'{trigger.activity}' kan ikke kompenseres. Sæt en kompensationshændelse på den, eller vælg en anden.",
            )


def _undoable(activity: Activity) -> bool:
    if activity.handler is not None:
        return True
    if not isinstance(activity, SubProcess | AdHoc):
        return False
    inner = activity.scope
    return inner.undoing is not None or any(
        isinstance(e, Activity) and not e.for_compensation and _undoable(e) for e in inner.elements.values()
    )


def _transaction(transaction: SubProcess, findings: Findings) -> None:
    cancels = any(isinstance(e, Event) and _cancels(e) for e in transaction.scope.elements.values())
    caught = any(isinstance(event.trigger, CancelTrigger) for event in transaction.boundary)
    if cancels and not caught:
        findings.at(
            transaction.id,
            transaction.line,
            "Transaktionen kan annulleres, men har ingen vej ud. Sæt en annulleringshændelse på kanten af den.",
        )


def _cancels(event: Event) -> bool:
    triggers = event.trigger.triggers if isinstance(event.trigger, ManyTriggers) else (event.trigger,)
    return any(isinstance(trigger, CancelTrigger) for trigger in triggers)
