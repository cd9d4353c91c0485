"""Incidents while they happen: raised where something fails, caught around the element that it freezes."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from service.domain.waits import IncidentType
from service.feel import kind, translate_all

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


def wrong_value(what: str, source: str, value: Any, wanted: str, why: Iterable[str] = ()) -> Incident:
    """EXTRACT_VALUE_ERROR: an expression gave something of the wrong type. The value itself is not told: incidents are
    read by people who may not see a case's content. `why` are the warnings of the evaluation, English.
    """
    reasons = "; ".join(translate_all(why))
    return Incident(
        IncidentType.EXTRACT_VALUE_ERROR,
        f"{what} gav {KINDS.get(kind(value), 'noget andet')}, men skal give {wanted}"
        f"{f' ({reasons})' if reasons else ''}. Udtrykket er {source}. Ret variablerne, og prøv igen.",
    )
