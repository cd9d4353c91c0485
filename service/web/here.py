"""What a request knows: the platform it serves, and who is asking."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import cast

from flask import current_app, g, request

from service.domain.access import Person
from service.domain.attachments import Limits
from service.domain.errors import BadInput
from service.domain.form_text import Unreadable, read_date
from service.usecases.platform import Platform

EXTENSION = "forloeb"


def platform() -> Platform:
    return cast(Platform, current_app.extensions[EXTENSION])


def attachment_limits() -> Limits:
    """What files people may attach here."""
    return cast(Limits, current_app.config["ATTACHMENTS"])


def person() -> Person:
    """Who is logged in; the door has let nobody else through."""
    return cast(Person, g.person)


def typed() -> Mapping[str, Sequence[str]]:
    """The form fields of the request without our own (those that begin with an underscore, but for row buttons)."""
    own = {"_csrf", "_handling"}
    return {name: texts for name, texts in request.form.lists() if name not in own}


def words(text: str) -> tuple[str, ...]:
    """Search words: what stands between spaces, at most six."""
    return tuple(text.split()[:6])


def one_of(said: str, usual: str, *others: str) -> str:
    """What an address says, if it is one of these; else the usual one, for addresses are also typed and mangled."""
    return said if said in others else usual


def day(text: str, what: str) -> date:
    """A day as people type it (or an address has it). Raises BadInput with a sentence that begins with what it is."""
    try:
        return read_date(text.strip())
    except Unreadable as fault:
        raise BadInput(why=f"{what} {fault}") from fault
