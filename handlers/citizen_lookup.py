"""Looking up citizens in the house's own register."""

from __future__ import annotations

import re
from collections.abc import Mapping

from service.domain.handling import HandlerResult, JobContext, handler
from service.domain.json import Json


@handler("borger-opslag", results=("borger",))
def find_citizen(job: JobContext, *, cpr: str | None = None) -> HandlerResult:
    """Slår en borger op i eget register: den med CPR-nummeret, eller sagens borger, når `cpr` er tomt.

    Resultatet `borger` er `{kendt, navn, adresse, postnummer, telefon, kommune, beskyttet, fritaget_digital_post, doed}`.
    Er borgeren ikke i registret, er `kendt` falsk og resten null. Der læses kun.
    """
    found: Mapping[str, Json] | None
    if cpr:
        found = job.desk.find_citizen(cpr)
    else:
        case = job.desk.case()
        found = case.citizen if case else None
    return HandlerResult(variables={"borger": _told(found or {})})


def _told(citizen: Mapping[str, Json]) -> dict[str, Json]:
    names = ("navn", "adresse", "telefon", "kommune", "beskyttet", "fritaget_digital_post")
    return {
        "kendt": bool(citizen),
        **{name: citizen.get(name) for name in names},
        "postnummer": _postcode(str(citizen.get("adresse") or "")),
        "doed": bool(citizen.get("doed")) if citizen else None,
    }


def _postcode(address: str) -> str | None:
    """The last four digits before a town: `Prøvevej 12, 8000 Aarhus C` → `8000`."""
    found = re.findall(r"(?<!\d)(\d{4})\s+[^\W\d]", address)
    return found[-1] if found else None
