"""Incidents while they happen: raised where something fails, caught around the element that it freezes."""

from __future__ import annotations

from typing import Any

from service.domain.waits import IncidentType
from service.feel import kind

KINDS = {
    "null": "ingenting (null)",
    "number": "et tal",
    "string": "en tekst",
    "boolean": "sand/falsk",
    "list": "en liste",
    "context": "et objekt",
    "date": "en dato",
    "time": "et klokkeslæt",
    "date and time": "et tidspunkt",
    "days and time duration": "en varighed",
    "years and months duration": "en varighed",
    "range": "et interval",
    "function": "en funktion",
}


class Incident(Exception):
    """One element cannot go on. `message` is Danish and says how to mend it."""

    def __init__(self, type_: IncidentType, message: str) -> None:
        super().__init__(message)
        self.type = type_
        self.message = message


def wrong_value(what: str, source: str, value: Any, wanted: str) -> Incident:
    """EXTRACT_VALUE_ERROR: an expression gave something of the wrong type."""
    found = KINDS.get(kind(value), "noget andet")
    shown = f" ({value})" if isinstance(value, str | bool) or found == "et tal" else ""
    return Incident(
        IncidentType.EXTRACT_VALUE_ERROR,
        f"{what} gav {found}{shown}, men skal give {wanted}. Udtrykket er {source}. Ret variablerne, og prøv igen.",
    )
