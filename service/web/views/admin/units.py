"""Administration: units."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from service.domain.form_model import Format
from service.domain.forms import Form
from service.domain.json import Json
from service.usecases import units
from service.usecases.units import UnitEntry, UnitPage
from service.web.here import person, platform
from service.web.translations import gettext as _
from service.web.views.admin.building import field, form, listed, reason, rows, select, yes_no
from service.web.views.admin.editing import Answer, Edit, Stored, edited

pages = Blueprint("admin_units", __name__)


@pages.get("/admin/enheder")
def all_units() -> str:
    """Every unit, closed ones last."""
    return render_template("admin/enheder.html", rows=units.listed(platform(), person()))


@pages.route("/admin/enheder/ny", methods=["GET", "POST"], defaults={"unit_id": None})
@pages.route("/admin/enheder/<unit_id>", methods=["GET", "POST"])
def unit(unit_id: str | None) -> Answer:
    page = units.look(platform(), person(), unit_id)

    def save(values: dict[str, Json], seen: str) -> Response:
        units.save(platform(), person(), unit_id, _entry(values), seen)
        flash(_("Enheden er gemt."), "success")
        return redirect(url_for("admin_units.all_units"))

    def show(edit: Edit) -> str:
        return render_template("admin/enhed.html", page=page, edit=edit)

    return edited(_form(page), _stored(page), save, show)


def _form(page: UnitPage) -> Form:
    id_help = _("Bruges i tegninger og skemaer og kan ikke ændres. Fx enhed-nord.")
    type_help = _("Skemaer kan vise enheder af én type.")
    if page.types:
        type_help += " " + _("I brug: {typer}.").format(typer=", ".join(page.types))
    return form(
        "enhed",
        field("id", _("Id"), required=True, help_=id_help) if page.unit is None else None,
        field("navn", _("Navn"), required=True, longest=200),
        field("type", _("Type"), help_=type_help, longest=60),
        field("postkasse", _("Sikker postkasse"), format_=Format.EMAIL),
        field("telefon", _("Telefon"), format_=Format.PHONE),
        rows("ledere", _("Leder"), select("leder", _("Leder"), page.people)),
        yes_no(
            "lukket", _("Er enheden lukket?"), help_=_("En lukket enhed kan ikke vælges i skemaer. Dens sager bliver.")
        )
        if page.unit
        else None,
        reason() if page.unit else None,
    )


def _stored(page: UnitPage) -> Stored:
    found = page.unit
    if found is None:
        return Stored({})
    values = {
        "navn": found.name,
        "type": found.type,
        "postkasse": found.mailbox,
        "telefon": found.phone,
        "ledere": [{"leder": username} for username in page.leaders],
        "lukket": found.closed_at is not None,
    }
    return Stored(values, page.mark)


def _entry(values: dict[str, Json]) -> UnitEntry:
    def text(name: str) -> str:
        return str(values.get(name) or "").strip()

    return UnitEntry(
        id=text("id"),
        name=text("navn"),
        type=text("type"),
        mailbox=text("postkasse"),
        phone=text("telefon"),
        leaders=listed(values.get("ledere"), "leder"),
        closed=values.get("lukket") is True,
        reason=text("begrundelse"),
    )
