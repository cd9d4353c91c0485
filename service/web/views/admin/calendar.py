"""Administration: closing days."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.domain.form_model import Kind
from service.domain.forms import Form
from service.domain.json import Json
from service.usecases import closing_days
from service.usecases.closing_days import CalendarEntry, CalendarPage
from service.web.here import person, platform
from service.web.translations import gettext as _
from service.web.translations import ngettext
from service.web.views.admin.building import field, form, reason, rows, yes_no
from service.web.views.admin.editing import Answer, Edit, Stored, edited

pages = Blueprint("admin_calendar", __name__)


@pages.route("/admin/kalender", methods=["GET", "POST"])
def calendar() -> Answer:
    page = closing_days.look(platform(), person())

    def save(values: dict[str, Json], seen: str) -> AnyResponse:
        entry = _entry(values)
        moved = closing_days.preview(platform(), person(), entry)
        closing_days.save(platform(), person(), entry, int(seen) if seen.isdecimal() else 0)
        count = moved.earlier + moved.later
        told = ngettext("{n} åben frist regnes om nu.", "{n} åbne frister regnes om nu.", count)
        flash(f"{_('Lukkedagene er gemt.')} {told if count else _('Ingen åbne frister flytter sig.')}", "success")
        return redirect(url_for("admin_calendar.calendar"))

    def show(edit: Edit) -> str:
        return render_template("admin/kalender.html", page=page, edit=edit)

    return edited(
        _form(),
        _stored(page),
        save,
        show,
        preview=lambda values: closing_days.preview(platform(), person(), _entry(values)),
    )


@pages.get("/admin/kalender.yaml")
def file() -> Response:
    """The calendar in operation, as a file to keep beside the procedures."""
    content = closing_days.current(platform(), person())
    answer = Response(content, mimetype="application/yaml")
    answer.headers["Content-Disposition"] = 'attachment; filename="kalender.yaml"'
    return answer


def _form() -> Form:
    why = _("Hvorfor holder vi lukket?")
    return form(
        "kalender",
        rows(
            "faste",
            _("Fast lukkedag"),
            field("dag", _("Dag (dd-mm)"), required=True, longest=5),
            field("hvorfor", why, required=True, longest=100),
        ),
        rows(
            "enkelte",
            _("Enkelt lukkedag"),
            field("dato", _("Dato"), Kind.DATE, required=True),
            field("hvorfor", why, required=True, longest=100),
        ),
        yes_no(
            "loerdag",
            _("Tæller lørdag som hverdag?"),
            required=True,
            help_=_("Kun hvor en regel siger hverdage. Arbejdsdage er aldrig lørdage."),
        ),
        reason(),
    )


def _stored(page: CalendarPage) -> Stored:
    yearly = sorted(page.calendar.yearly_closing_days.items())
    single = sorted(page.calendar.closing_days.items())
    values = {
        "faste": [{"dag": f"{day:02}-{month:02}", "hvorfor": why} for (month, day), why in yearly],
        "enkelte": [{"dato": day.isoformat(), "hvorfor": why} for day, why in single],
        "loerdag": page.calendar.saturday_is_hverdag,
    }
    return Stored(values, str(page.version))


def _entry(values: dict[str, Json]) -> CalendarEntry:
    return CalendarEntry(
        yearly=_pairs(values.get("faste"), "dag"),
        single=_pairs(values.get("enkelte"), "dato"),
        saturday=values.get("loerdag") is True,
        reason=str(values.get("begrundelse") or ""),
    )


def _pairs(found: Json, name: str) -> list[tuple[str, str]]:
    given = found if isinstance(found, list) else []
    return [(str(row[name]), str(row["hvorfor"])) for row in given if isinstance(row, dict)]
