"""Listeners of a user task, as people meet them: whether they are asked now, what they said no to, and who is told."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from service.domain.instances import TaskChanged
from service.domain.json import Json, Variables
from service.domain.storage import HistoryEntry
from service.domain.waits import Job, ListenerEvent, UserTask
from service.usecases import notices, submissions

if TYPE_CHECKING:
    from service.usecases.advance import Advance

ABOUT = "opgave"
"""In the details of a history entry: the key of the task that was to be completed, assigned or changed, or was asked about."""
ASKED = "spurgt"
"""In the same place: whether listeners are asked before it happens."""
DENIED = "afvist"
"""In the same place: why a listener said no."""


def has(advance: Advance, task: UserTask, event: ListenerEvent | None = None) -> bool:
    """Whether the task has listeners (of this event): the engine then must be told of whatever is to happen to it."""
    found = advance.catalog.process(task.definition_key)
    element = found[1].elements.get(task.element_id) if found else None
    return element is not None and any(event is None or kind == event.value for kind, _ in element.listeners)


def about(task: UserTask, *, asked: bool = False) -> dict[str, Json]:
    """What history says of an act on this task; `asked`: its listeners first say what they will."""
    told: dict[str, Json] = {"element": task.element_id, "navn": task.name, ABOUT: str(task.key)}
    return {**told, ASKED: True} if asked else told


def told(advance: Advance, task: UserTask, change: TaskChanged, details: Mapping[str, Json]) -> bool:
    """Whether the task has listeners: then the engine has been told of the change, and asks those of its event first."""
    if not has(advance, task):
        return False
    asked = about(task, asked=has(advance, task, change.event))
    advance.move(task.instance_key, change, {**asked, **details})
    return True


def note(advance: Advance, task: UserTask, kind: str, details: Mapping[str, Json]) -> None:
    """Write down an act on a task without listeners."""
    entry = HistoryEntry(
        number=0, at=advance.now, actor=advance.actor.username, kind=kind, details={**about(task), **details}
    )
    advance.uow.history.append(task.instance_key, entry)


def answered(job: Job, denied: str | None) -> dict[str, Json]:
    """What history says of a listener's answer."""
    said = {"lytter": job.listener.value} if job.listener is not None else {}
    return {**said, ABOUT: str(job.element_instance_key), DENIED: denied or ""}


def added(advance: Advance, job: Job) -> Variables:
    """What goes with the answers of a task that this listener may let be completed."""
    task = advance.uow.tasks.get(job.element_instance_key) if job.listener is ListenerEvent.COMPLETING else None
    return submissions.number_ahead(advance, task) if task else {}


def state(advance: Advance, task: UserTask) -> tuple[ListenerEvent | None, str]:
    """What its listeners are asked now, if anything; and why they said no to what was last to happen, if they did."""
    if not has(advance, task):
        return None, ""
    for job in advance.uow.jobs.of(task.instance_key):
        if job.listener is not None and job.element_instance_key == task.key:
            return job.listener, ""
    last = _last(advance, task, lambda entry: True)
    return None, str(last.details.get(DENIED) or "") if last else ""


def tell_denied(advance: Advance, job: Job) -> None:
    """Whoever wanted what a listener has denied learns it."""
    task = advance.uow.tasks.get(job.element_instance_key)
    wanted = _last(advance, task, lambda entry: DENIED not in entry.details) if task else None
    if task is not None and wanted is not None:
        notices.denied(advance, task, wanted.actor)


def _last(advance: Advance, task: UserTask, fits: Callable[[HistoryEntry], bool]) -> HistoryEntry | None:
    lines = advance.uow.history.of(task.instance_key)
    return next((entry for entry in lines if entry.details.get(ABOUT) == str(task.key) and fits(entry)), None)
