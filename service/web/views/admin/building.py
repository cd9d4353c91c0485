"""Forms of the administration pages are built here rather than drawn, and then read, checked and shown like every form."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from flask import request

from service.domain.errors import BadInput
from service.domain.form_model import Component, Field, Format, Kind, Option, Rows, Rules, Schema
from service.domain.forms import Form
from service.feel import parse_expression
from service.web.here import day
from service.web.translations import gettext as _


def form(id_: str, *components: Component | None) -> Form:
    return Form(Schema(id_, "", tuple(part for part in components if part is not None)))


def field(
    key: str,
    label: str,
    kind: Kind = Kind.TEXT,
    *,
    required: bool = False,
    help_: str = "",
    options: Iterable[Option] = (),
    format_: Format = Format.PLAIN,
    unless: str = "",
    longest: int | None = None,
) -> Field:
    """`unless`: a FEEL condition that hides it. `longest`: characters; nobody is told before there are too many."""
    return Field(
        id=key,
        key=key,
        kind=kind,
        label=label,
        description=help_,
        rules=Rules(
            required=required,
            pattern=rf"^[\s\S]{{0,{longest}}}$" if longest else None,
            pattern_message=_("{felt} må højst have {n} tegn.").format(felt=label, n=longest),
        ),
        format=format_,
        options=tuple(options),
        hide=parse_expression(unless) if unless else None,
    )


def select(
    key: str, label: str, choices: Iterable[tuple[str, str]], *, required: bool = False, help_: str = ""
) -> Field:
    """`choices`: (value, what people read)."""
    options = [Option(words, value) for value, words in choices]
    return field(key, label, Kind.SELECT, required=required, help_=help_, options=options)


def yes_no(key: str, label: str, *, required: bool = False, help_: str = "") -> Field:
    options = [Option(_("Ja"), True), Option(_("Nej"), False)]
    return field(key, label, Kind.RADIO, required=required, help_=help_, options=options)


def rows(path: str, label: str, *columns: Field) -> Rows:
    return Rows(id=path, path=path, label=label, components=columns, default_rows=0, table=True)


def reason(*, unless: str = "") -> Field:
    return field(
        "begrundelse", _("Hvorfor?"), required=True, help_=_("Står i historikken."), unless=unless, longest=500
    )


def listed(values: object, key: str) -> Sequence[str]:
    """What one column of a list of rows holds, empty rows left out."""
    found = values if isinstance(values, list) else []
    return [str(row[key]) for row in found if isinstance(row, dict) and row.get(key)]


def asked_day() -> tuple[date | None, str]:
    """The day that `dag` of the address asks for (None: today), and what is wrong with it."""
    text = request.args.get("dag", "").strip()
    try:
        return (day(text, _("Dagen")) if text else None), ""
    except BadInput as fault:
        return None, str(fault)
