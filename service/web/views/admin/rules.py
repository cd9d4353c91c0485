"""Administration: rules by date – parameters, and the versions of a law."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.errors import DeploymentRefused, FormInvalid
from service.domain.form_model import Component, Kind, Option
from service.domain.forms import Form
from service.domain.json import Json
from service.usecases import registers, rule_tables, rule_values
from service.usecases.rule_tables import Cell, RuleEntry, RuleRowPage
from service.usecases.rule_values import ValueKind
from service.web.here import person, platform
from service.web.translations import gettext as _
from service.web.views.admin.building import asked_day, field, form, reason, yes_no
from service.web.views.admin.editing import Answer, Edit, Stored, edited

pages = Blueprint("admin_rules", __name__)
LONG = 80
"""Characters of a text that gets more than one line."""


@pages.get("/admin/regler")
def listed() -> str:
    """The tables that the procedures in operation name."""
    return render_template("admin/regler.html", cards=rule_tables.listed(platform(), person()))


@pages.get("/admin/regler/<decision_id>")
def table(decision_id: str) -> tuple[str, int]:
    """One table; `dag` asks what holds on another day than today."""
    day, fault = asked_day()
    page = rule_tables.look(platform(), person(), decision_id, day)
    words = {"said": rule_values.said, "name_of": rule_tables.name_of}
    shown = render_template("admin/regeltabel.html", page=page, today=registers.today(platform()), fault=fault, **words)
    return shown, 400 if fault else 200


@pages.get("/admin/regler/<decision_id>.dmn")
def file(decision_id: str) -> Response:
    """The file in operation, to keep beside the procedure."""
    name, content = rule_tables.current(platform(), person(), decision_id)
    answer = Response(content, mimetype="application/xml")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@pages.route("/admin/regler/<decision_id>/<row_id>", methods=["GET", "POST"])
def row(decision_id: str, row_id: str) -> Answer:
    """One version of a parameter or of a law: correct it, or say what holds from a day."""
    page = rule_tables.look_at_row(platform(), person(), decision_id, row_id)

    def save(values: dict[str, Json], seen: str) -> AnyResponse:
        try:
            version = rule_tables.save(platform(), person(), decision_id, row_id, _entry(values), seen)
        except DeploymentRefused as refusal:
            raise FormInvalid({"begrundelse": " ".join(f.message for f in refusal.findings)}) from refusal
        flash(_("Reglerne er gemt og i drift som version {n}.").format(n=version), "success")
        return redirect(url_for("admin_rules.table", decision_id=decision_id))

    def show(edit: Edit) -> str:
        words = {"said": rule_values.said, "name": rule_tables.name_of(page.table, page.row)}
        return render_template("admin/regel.html", page=page, edit=edit, **words)

    return edited(
        _form(page),
        _stored(page),
        save,
        show,
        preview=lambda values: rule_tables.preview(platform(), person(), decision_id, row_id, _entry(values)),
    )


def _form(page: RuleRowPage) -> Form:
    ways = [
        Option(_("Der kommer en ny værdi fra en bestemt dag"), "fra"),
        Option(_("Værdien var forkert hele tiden"), "ret"),
    ]
    return form(
        "regel",
        *(_field(cell) for cell in page.cells),
        field(
            "bemaerkning",
            _("Bemærkning"),
            Kind.LONG_TEXT,
            help_=_("Hvad værdien er, og hvor den kommer fra."),
            longest=1000,
        ),
        field("aendring", _("Hvad er det for en ændring?"), Kind.RADIO, required=True, options=ways),
        field("fra_dato", _("Det nye gælder fra"), Kind.DATE, required=True, unless='aendring != "fra"'),
        reason(),
    )


def _field(cell: Cell) -> Component:
    label = cell.column.label
    match cell.kind:
        case ValueKind.YES_NO:
            return yes_no(cell.name, label)
        case ValueKind.NUMBER:
            return field(cell.name, label, Kind.NUMBER)
        case ValueKind.LIST:
            return field(cell.name, label, Kind.LONG_TEXT, help_=_("Én på hver linje."))
        case ValueKind.FEEL:
            help_ = _('Skrives i FEEL: tekst i "anførselstegn", tal med punktum, true eller false.')
            return field(cell.name, label, help_=help_)
    return field(cell.name, label, Kind.LONG_TEXT if len(str(cell.content or "")) > LONG else Kind.TEXT)


def _stored(page: RuleRowPage) -> Stored:
    values = {cell.name: cell.content for cell in page.cells}
    return Stored({**values, "bemaerkning": page.row.note}, page.mark)


def _entry(values: dict[str, Json]) -> RuleEntry:
    split = values.get("aendring") == "fra"
    return RuleEntry(
        values=values,
        note=str(values.get("bemaerkning") or "").strip(),
        reason=str(values.get("begrundelse") or ""),
        from_date=str(values.get("fra_dato") or "") if split else None,
    )
