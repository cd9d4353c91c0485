"""What of an open user task may be otherwise: whom it is for, its dates, its priority, as JSON with the names of the dialect.

People's changes and listeners' corrections are the same thing: None keeps what stands, "" or [] clears it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from service.domain.json import Json
from service.domain.waits import UserTask, UserTaskWait

PRIORITIES = range(101)
"""What a user task's priority may be."""


def attributes_of(task: UserTask | UserTaskWait) -> dict[str, Json]:
    """As it stands. Instants are ISO 8601 in UTC."""
    return {
        "assignee": task.assignee,
        "candidateGroups": list(task.candidate_groups),
        "candidateUsers": list(task.candidate_users),
        "dueDate": _text_of(task.due),
        "followUpDate": _text_of(task.follow_up),
        "priority": task.priority,
    }


def fields_of(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """The same as fields of a task."""
    return {
        "assignee": attributes["assignee"],
        "candidate_groups": tuple(attributes["candidateGroups"]),
        "candidate_users": tuple(attributes["candidateUsers"]),
        "due": _instant(attributes["dueDate"]),
        "follow_up": _instant(attributes["followUpDate"]),
        "priority": attributes["priority"],
    }


def read_changes(changes: Mapping[str, Json]) -> tuple[dict[str, Json], dict[str, str]]:
    """The changes as they will stand, without those that keep; and what is wrong with them: name → Danish sentence."""
    wish: dict[str, Json] = {}
    faults: dict[str, str] = {}
    for name, value in changes.items():
        if name not in _READ:
            faults[name] = f"Det kan ikke ændres på en opgave. Ret {', '.join(_READ)}."
        elif value is not None:
            try:
                wish[name] = _READ[name](value)
            except ValueError as fault:
                faults[name] = str(fault)
    return wish, faults


def _text_of(instant: datetime | None) -> str | None:
    return None if instant is None else instant.isoformat()


def _instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)


def _text(value: Json) -> Json:
    if not isinstance(value, str):
        raise ValueError("Skriv et brugernavn, eller lad det være tomt for at fjerne det.")
    return value.strip() or None


def _texts(value: Json) -> Json:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ValueError("Skriv en liste af tekster, eller lad den være tom for at fjerne dem.")
    found = [item.strip() for item in value if isinstance(item, str) and item.strip()]
    return list(dict.fromkeys(found))


def _moment(value: Json) -> Json:
    if value == "":
        return None
    try:
        instant = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise ValueError("Skriv dato, klokkeslæt og tidszone, fx 2026-01-31T12:00:00+01:00.")
    return instant.astimezone(UTC).isoformat()


def _priority(value: Json) -> Json:
    if isinstance(value, bool) or not isinstance(value, int) or value not in PRIORITIES:
        raise ValueError("Prioriteten skal være et helt tal fra 0 til 100.")
    return value


_READ: Mapping[str, Callable[[Json], Json]] = {
    "assignee": _text,
    "candidateGroups": _texts,
    "candidateUsers": _texts,
    "dueDate": _moment,
    "followUpDate": _moment,
    "priority": _priority,
}
