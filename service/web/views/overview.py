"""Overblik."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from io import BytesIO

from flask import Blueprint, abort, g, render_template, request, send_file
from werkzeug.wrappers import Response

from service.domain.clock import LOCAL_ZONE
from service.domain.errors import BadInput
from service.domain.tables import to_csv, to_xlsx
from service.usecases import overview
from service.web.here import person, platform
from service.web.rendering import overview as drawing
from service.web.translations import gettext as _

pages = Blueprint("overview", __name__)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/overblik")
def overblik() -> str | tuple[str, int]:
    """How it stands now, and the figures of a period. A period that is none is told beside the fields."""
    fault, status = "", 200
    try:
        view = overview.look(platform(), person(), _wanted(request.args))
    except BadInput as refusal:
        fault, status = str(refusal), refusal.status
        view = overview.look(platform(), person(), overview.Wanted(report=request.args.get("rapport") or None))
    page = {
        "standing": list(drawing.standing(view)),
        "figures": list(drawing.figures(view)),
        "tiles": drawing.tiles(view),
        "parts": _parts(view.wanted),
        "periods": _periods(),
    }
    return render_template("pages/overblik.html", view=view, fault=fault, **page), status


@pages.get("/overblik/<table>.<ending>")
def export(table: str, ending: str) -> Response:
    """One table, or all of them, as CSV or as a spreadsheet."""
    view = overview.look(platform(), person(), _wanted(request.args))
    tables = [drawn.data for drawn in drawing.drawn(view) if table in (drawn.id, "alle")]
    if not tables or ending not in ("csv", "xlsx"):
        abort(404)
    title = _("Overblik") if table == "alle" else tables[0].title
    content = to_csv(tables) if ending == "csv" else to_xlsx(tables, title, g.now)
    file_name = f"overblik-{table}-{view.period.last}.{ending}"
    answer = send_file(
        BytesIO(content), "text/csv" if ending == "csv" else XLSX, as_attachment=True, download_name=file_name
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _wanted(asked: Mapping[str, str]) -> overview.Wanted:
    return overview.Wanted(
        report=asked.get("rapport") or None,
        first=_day(asked.get("fra")),
        last=_day(asked.get("til")),
        unit=asked.get("enhed") or None,
        public=asked.get("udgave") == "offentlig",
    )


def _day(text: str | None) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as fault:
        raise BadInput(why=_("»{dag}« er ikke en dato. Skriv den som åååå-mm-dd.").format(dag=text)) from fault


def _parts(wanted: overview.Wanted) -> dict[str, str]:
    """What she asked for, as parts of an address."""
    given = {
        "rapport": wanted.report,
        "enhed": wanted.unit,
        "fra": wanted.first.isoformat() if wanted.first else "",
        "til": wanted.last.isoformat() if wanted.last else "",
        "udgave": "offentlig" if wanted.public else "",
    }
    return {name: value for name, value in given.items() if value}


def _periods() -> list[tuple[str, str, str]]:
    """(words, first day, last day) of periods that people ask for."""
    today = g.now.astimezone(LOCAL_ZONE).date()
    month = today.replace(day=1)
    before = (month - timedelta(days=1)).replace(day=1)
    return [
        (_("I år"), date(today.year, 1, 1).isoformat(), today.isoformat()),
        (_("Denne måned"), month.isoformat(), today.isoformat()),
        (_("Sidste måned"), before.isoformat(), (month - timedelta(days=1)).isoformat()),
        (_("Sidste år"), date(today.year - 1, 1, 1).isoformat(), date(today.year - 1, 12, 31).isoformat()),
    ]
