"""Digital Post to citizens."""

from __future__ import annotations

from typing import Any

from handlers.pdf import pdf_document
from handlers.recipients import living_citizen, one_line
from service.domain.handling import BpmnError, Channel, HandlerResult, JobContext, NewDispatch, handler

REFUSED = "DIGITAL_POST_AFVIST"


@handler("digital-post")
def send_digital_post(
    job: JobContext, *, skabelon: str, emne: str, felter: dict[str, Any] | None = None
) -> HandlerResult:
    """Sender Digital Post til sagens borger.

    Brevet gemmes på sagen som dokument af arten `brev`, og elementet er færdigt, når posten er afleveret. Kan borgeren
    ikke få Digital Post (fritaget eller uden CPR-nummer), kastes fejlen `DIGITAL_POST_AFVIST`, som diagrammet kan gribe
    og sende et papirbrev. Til en borger, der er død, sendes intet: en hændelse åbnes.
    """
    citizen = living_citizen(job.desk)
    if citizen.get("fritaget_digital_post") or not citizen.get("cpr"):
        raise BpmnError(REFUSED, "Borgeren kan ikke få Digital Post. Send et brev på papir.")
    subject = one_line(emne)
    html = job.desk.render(skabelon, {"felter": felter or {}})
    post = NewDispatch(
        channel=Channel.DIGITAL_POST,
        recipient=str(citizen["navn"]),
        subject=subject,
        body="",
        attachments=(pdf_document(html, subject, "brev"),),
    )
    return HandlerResult(dispatches=(post,))
