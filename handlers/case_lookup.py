"""Looking up cases."""

from __future__ import annotations

from service.domain.handling import HandlerResult, JobContext, handler


@handler("sag-opslag", results=("aktiv_sag",))
def find_case(job: JobContext, *, cpr: str, sagstype: str) -> HandlerResult:
    """Finder borgerens åbne sag af en bestemt type.

    Resultatet `aktiv_sag` er `{nummer, venter_paa}`, hvor `venter_paa` er navnene på de beskeder, sagens forløb venter
    på nu; er der ingen åben sag, er det null. Der læses kun.
    """
    found = job.desk.find_open_case(sagstype, cpr)
    case = {"nummer": found[0], "venter_paa": list(found[1])} if found else None
    return HandlerResult(variables={"aktiv_sag": case})
