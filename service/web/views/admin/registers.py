"""Administration: registers and their rows."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.domain.errors import FormInvalid
from service.domain.form_model import Component, Kind, Option, Section
from service.domain.forms import Form
from service.domain.json import Json
from service.domain.registers import FieldType, RegisterField
from service.usecases import registers
from service.usecases.register_entries import Entry
from service.usecases.registers import RowPage
from service.web.here import person, platform
from service.web.translations import gettext as _
from service.web.views.admin.building import asked_day, field, form, reason, yes_no
from service.web.views.admin.editing import Answer, Edit, Stored, edited

pages = Blueprint("admin_registers", __name__)


@pages.get("/admin/registre")
def listed() -> str:
    """The registers she keeps."""
    return render_template("admin/registre.html", registers=registers.listed(platform(), person()))


@pages.get("/admin/registre/<register_id>")
def register(register_id: str) -> tuple[str, int]:
    """One register; `dag` asks what was (or will be) valid on another day than today."""
    day, fault = asked_day()
    page = registers.look(platform(), person(), register_id, day)
    everything = request.args.get("vis") == "alle"
    today = registers.today(platform())
    shown = render_template("admin/register.html", page=page, everything=everything, today=today, fault=fault)
    return shown, 400 if fault else 200


@pages.route("/admin/registre/<register_id>/ny", methods=["GET", "POST"])
def new(register_id: str) -> Answer:
    page = registers.look_at_row(platform(), person(), register_id, None)

    def save(values: dict[str, Json], seen: str) -> Response:
        registers.save(platform(), person(), register_id, _entry(page, values))
        flash(_("Rækken er tilføjet."), "success")
        return redirect(url_for("admin_registers.register", register_id=register_id))

    return edited(_form(page), Stored({}), save, lambda edit: _shown(page, edit))


@pages.route("/admin/registre/<register_id>/<int:key>", methods=["GET", "POST"])
def row(register_id: str, key: int) -> Answer:
    """One row. The address of an older version leads to the one that stands."""
    page = registers.look_at_row(platform(), person(), register_id, key)
    assert page.row is not None
    if request.method == "GET" and page.row.key != key:
        return redirect(url_for("admin_registers.row", register_id=register_id, key=page.row.key))

    def save(values: dict[str, Json], seen: str) -> Response:
        based_on = int(seen) if seen.isdecimal() else key
        registers.save(platform(), person(), register_id, _entry(page, values), based_on)
        flash(_("Ændringen er gemt. Den gamle udgave står i historikken."), "success")
        return redirect(url_for("admin_registers.register", register_id=register_id))

    return edited(_form(page), _stored(page), save, lambda edit: _shown(page, edit))


@pages.post("/admin/registre/<register_id>/<int:key>/fjern")
def remove(register_id: str, key: int) -> Response:
    """Take out a row that was a mistake."""
    try:
        registers.remove(platform(), person(), register_id, key, request.form.get("begrundelse", ""))
    except FormInvalid as fault:
        flash(" ".join(fault.errors.values()), "error")
        return redirect(url_for("admin_registers.row", register_id=register_id, key=key))
    flash(_("Rækken er fjernet. Den står stadig i historikken."), "success")
    return redirect(url_for("admin_registers.register", register_id=register_id))


def _shown(page: RowPage, edit: Edit) -> str:
    return render_template("admin/registerraekke.html", page=page, edit=edit)


def _stored(page: RowPage) -> Stored:
    row = page.row
    assert row is not None
    period = {"gyldig_fra": row.valid_from, "gyldig_til": row.valid_to}
    dates = {name: day.isoformat() if day else None for name, day in period.items()}
    known = {name: value for name, value in row.values.items() if name in page.kind.felter}
    return Stored({**known, **dates, "aendring": "ret"}, str(row.key))


def _entry(page: RowPage, values: dict[str, Json]) -> Entry:
    def text(name: str) -> str:
        return str(values.get(name) or "")

    split = text("aendring") == "fra"
    return Entry(
        values={name: values.get(name) for name in page.kind.felter},
        valid_from=text("gyldig_fra"),
        valid_to=text("gyldig_til"),
        reason=text("begrundelse"),
        from_date=text("fra_dato") if split else None,
    )


def _form(page: RowPage) -> Form:
    """The register's own fields, when they hold, and (for a row that stands already) what kind of change it is."""
    own = [_field(name, kind, page) for name, kind in page.kind.felter.items()]
    if page.row is None:
        return form("raekke", *own, _dates())
    ways = [
        Option(_("Oplysningen var forkert eller manglede"), "ret"),
        Option(_("Noget er blevet anderledes fra en bestemt dag"), "fra"),
    ]
    return form(
        "raekke",
        *own,
        field("aendring", _("Hvad er det for en ændring?"), Kind.RADIO, required=True, options=ways),
        field("fra_dato", _("Det nye gælder fra"), Kind.DATE, required=True, unless='aendring != "fra"'),
        _dates(unless='aendring = "fra"'),
        reason(),
    )


def _dates(unless: str = "") -> Component:
    first = field("gyldig_fra", _("Første dag"), Kind.DATE, help_=_("Tom: fra altid."), unless=unless)
    last = field("gyldig_til", _("Sidste dag"), Kind.DATE, help_=_("Tom: indtil videre."))
    return Section(id="gaelder", label=_("Hvornår gælder rækken?"), components=(first, last))


KINDS = {
    FieldType.TEXT: Kind.TEXT,
    FieldType.LONG_TEXT: Kind.LONG_TEXT,
    FieldType.NUMBER: Kind.NUMBER,
    FieldType.DATE: Kind.DATE,
}


def _field(name: str, kind: RegisterField, page: RowPage) -> Component:
    required, help_ = kind.skal_udfyldes, kind.hjaelp
    if kind.type is FieldType.YES_NO:
        return yes_no(name, kind.titel, required=required, help_=help_)
    options = page.choices[name]
    return field(name, kind.titel, KINDS.get(kind.type, Kind.SELECT), required=required, help_=help_, options=options)
