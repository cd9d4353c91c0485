"""Small forms on a page that were refused: the page comes again with what was typed, and says at the form what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import flash, redirect, request
from werkzeug.wrappers import Response

from service.domain.errors import BadInput, ForloebError, Stale, TaskMovedOn, WrongState

REFUSALS = (BadInput, Stale, TaskMovedOn, WrongState)
"""What a page tells at the form. Whoever may not, or asks for what is not there, gets a page of its own."""


@dataclass(frozen=True, slots=True)
class Slip:
    """`form` names the form of the page."""

    form: str = ""
    fault: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)

    def of(self, form: str) -> str:
        """What is wrong with this form; "" for nothing."""
        return self.fault if form == self.form else ""

    def typed(self, form: str, name: str) -> str:
        return self.fields.get(name, "") if form == self.form else ""


NONE = Slip()


def slip(form: str, fault: ForloebError) -> Slip:
    """What the request sent in this form, and why it was refused."""
    return Slip(form, str(fault), request.form.to_dict())


def back_to(address: str, fault: ForloebError) -> Response:
    """For buttons: there is nothing typed that could be lost. The page says why it came to nothing."""
    flash(str(fault), "error")
    return redirect(address)
