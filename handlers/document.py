"""Documents of a case."""

from __future__ import annotations

from typing import Any

from handlers.pdf import pdf_document
from service.domain.handling import HandlerRefused, HandlerResult, JobContext, handler


@handler("dokument", results=("dokument",))
def make_document(
    job: JobContext, *, skabelon: str, titel: str, art: str, felter: dict[str, Any] | None = None
) -> HandlerResult:
    """Laver et dokument (PDF) ud fra en skabelon og lægger det på sagen.

    Intet sendes. `art` er dokumentets art, som rettigheder og lister går efter; `felter` kan bruges i skabelonen.
    Resultatet `dokument` er `{titel, art, filnavn}`.
    """
    if job.desk.case() is None:
        raise HandlerRefused("Dokumentet kan ikke gemmes, for forløbet har ingen sag.")
    document = pdf_document(job.desk.render(skabelon, {"felter": felter or {}}), titel, art)
    made = {"titel": document.title, "art": document.kind, "filnavn": document.file_name}
    return HandlerResult(variables={"dokument": made}, documents=(document,))
