"""Secure mail to other authorities and to the house's own units."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from handlers.pdf import pdf_document
from handlers.recipients import mail_address, one_line
from service.domain.handling import Channel, Desk, HandlerRefused, HandlerResult, JobContext, NewDispatch, handler


@dataclass(frozen=True, slots=True)
class Attachment:
    skabelon: str
    titel: str
    art: str


@handler("sikker-post")
def send_secure_mail(
    job: JobContext,
    *,
    emne: str,
    skabelon: str,
    til: str | None = None,
    til_enhed: str | None = None,
    vedhaeft: list[Attachment] | None = None,
    felter: dict[str, Any] | None = None,
) -> HandlerResult:
    """Sender sikker post til en mailadresse eller til en enheds sikre postkasse.

    Angiv enten `til` (mailadresse) eller `til_enhed` (enhedens id). `skabelon` er brevets tekst, `vedhaeft` en liste af
    `{skabelon, titel, art}`, der hver bliver til en vedhæftet PDF og et dokument på sagen. Elementet er færdigt, når
    posten er afleveret.
    """
    values = {"felter": felter or {}}
    mail = NewDispatch(
        channel=Channel.SECURE_MAIL,
        recipient=_recipient(job.desk, til, til_enhed),
        subject=one_line(emne),
        body=job.desk.render(skabelon, values),
        attachments=tuple(pdf_document(job.desk.render(a.skabelon, values), a.titel, a.art) for a in vedhaeft or ()),
    )
    return HandlerResult(dispatches=(mail,))


def _recipient(desk: Desk, address: str | None, unit_id: str | None) -> str:
    if bool(address) == bool(unit_id):
        raise HandlerRefused("Angiv enten til (mailadresse) eller til_enhed (enhedens id) som input – én af dem.")
    if address:
        return mail_address(address)
    unit = desk.unit(str(unit_id))
    if unit is None:
        raise HandlerRefused(f"Enheden »{unit_id}« findes ikke. Ret elementets input, eller opret enheden.")
    if not unit["sikker_postkasse"]:
        raise HandlerRefused(f"Enheden »{unit['navn']}« har ingen sikker postkasse. Registrér den, og prøv igen.")
    return mail_address(str(unit["sikker_postkasse"]))
