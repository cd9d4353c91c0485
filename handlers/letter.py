"""Letters on paper."""

from __future__ import annotations

from typing import Any

from handlers.pdf import pdf_document
from handlers.recipients import living_citizen, one_line, postal_address
from service.domain.handling import Channel, HandlerResult, JobContext, NewDispatch, handler


@handler("brev")
def send_letter(job: JobContext, *, skabelon: str, emne: str, felter: dict[str, Any] | None = None) -> HandlerResult:
    """Sender et brev på papir til sagens borger.

    Navn og adresse sættes over teksten. Brevet gemmes på sagen som dokument af arten `brev`, og elementet er færdigt,
    når brevet er afleveret. Uden adresse, og til en borger, der er død, sendes intet: en hændelse åbnes.
    """
    address = postal_address(living_citizen(job.desk))
    subject = one_line(emne)
    html = job.desk.render(skabelon, {"felter": felter or {}})
    letter = NewDispatch(
        channel=Channel.LETTER,
        recipient=address,
        subject=subject,
        body="",
        attachments=(pdf_document(html, subject, "brev", address=address),),
    )
    return HandlerResult(dispatches=(letter,))
