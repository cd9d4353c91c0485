"""Looking up cases."""

from __future__ import annotations

from service.domain.errors import NotFound
from service.domain.handling import HandlerRefused, HandlerResult, JobContext, handler


@handler("sag-opslag", results=("aktiv_sag",))
def find_case(job: JobContext, *, cpr: str, sagstype: str) -> HandlerResult:
    """Finder borgerens åbne sag af en bestemt type.

    Resultatet `aktiv_sag` er `{nummer, venter_paa}`, hvor `venter_paa` er navnene på de beskeder, sagens forløb venter
    på nu; er der ingen åben sag, er det null. Der læses kun.
    """
    found = job.desk.find_open_case(sagstype, cpr)
    case = {"nummer": found[0], "venter_paa": list(found[1])} if found else None
    return HandlerResult(variables={"aktiv_sag": case})


@handler("sag-liste", results=("raekker",))
def rows_of_list(job: JobContext, *, liste: str) -> HandlerResult:
    """Henter det, der står på en af sagens lister lige nu, fx samtykker i kraft.

    `liste` er listens navn under »lister« i procedure.yaml. Resultatet `raekker` er dens rækker. Der læses kun.
    """
    try:
        return HandlerResult(variables={"raekker": [dict(row) for row in job.desk.case_list(liste)]})
    except NotFound as fault:
        raise HandlerRefused(f"Listen {liste} kan ikke hentes: {fault}") from fault


@handler("sagsnummer-opslag", results=("fundet_sag",))
def find_numbered_case(job: JobContext, *, nummer: str | None = None, cpr: str | None = None) -> HandlerResult:
    """Finder en sag efter dens nummer, for eksempel en tidligere henvisning.

    Resultatet `fundet_sag` er `{nummer, sagstype, aaben, afslutningsaarsag, samme_borger}`. `samme_borger` fortæller, om sagen
    er om borgeren med CPR-nummeret; den er null, når en af dem ikke er kendt. Uden nummer, eller når sagen ikke findes, er
    `fundet_sag` null. Der læses kun.
    """
    found = job.desk.find_case(nummer, cpr) if nummer else None
    return HandlerResult(variables={"fundet_sag": dict(found) if found else None})
