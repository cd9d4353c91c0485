"""Who a letter or a mail goes to; and the refusals that keep one from going to nobody, or to the dead."""

from __future__ import annotations

import re
from collections.abc import Mapping

from service.domain.handling import Desk, HandlerRefused
from service.domain.json import Json


def living_citizen(desk: Desk) -> Mapping[str, Json]:
    """The citizen of the job's case. Raises HandlerRefused when there is none, or she is dead."""
    case = desk.case()
    if case is None:
        raise HandlerRefused("Der er ingen at sende til, for forløbet har ingen sag.")
    if not case.citizen.get("navn"):
        raise HandlerRefused("Sagen har ingen borger med navn. Registrér borgeren på sagen, og prøv igen.")
    if case.citizen.get("doed"):
        raise HandlerRefused("Borgeren er registreret som død. Der sendes ikke breve til døde.")
    return case.citizen


def postal_address(citizen: Mapping[str, Json]) -> str:
    """Name and address in lines. Raises HandlerRefused without an address."""
    lines = [line.strip() for line in re.split(r"[,\n]", str(citizen.get("adresse") or "")) if line.strip()]
    if not lines:
        raise HandlerRefused("Borgeren har ingen adresse. Registrér adressen på sagen, og prøv igen.")
    return "\n".join([str(citizen["navn"]), *lines])


def mail_address(text: str) -> str:
    """The address, trimmed. Raises HandlerRefused when it does not look like one."""
    address = text.strip()
    if not re.fullmatch(r"[^@\s<>,;\"]+@[^@\s<>,;\"]+\.[^@\s<>,;\".]+", address):
        raise HandlerRefused("Modtageren er ikke en mailadresse (navn@eksempel.dk). Ret den, og prøv igen.")
    return address


def one_line(text: str) -> str:
    """A subject in one line. Raises HandlerRefused when nothing is left."""
    subject = " ".join(text.split())
    if not subject:
        raise HandlerRefused("Emnet er tomt. Skriv et emne i elementets input, og prøv igen.")
    return subject
