"""Notes in a case's journal."""

from __future__ import annotations

from service.domain.handling import HandlerRefused, HandlerResult, JobContext, handler


@handler("journalnotat")
def write_note(job: JobContext, *, tekst: str) -> HandlerResult:
    """Skriver et notat i sagens journal."""
    if job.desk.case() is None:
        raise HandlerRefused("Notatet kan ikke skrives, for forløbet har ingen sag.")
    if not tekst.strip():
        raise HandlerRefused("Notatet er tomt. Skriv en tekst i elementets input, og prøv igen.")
    return HandlerResult(notes=(tekst.strip(),))
