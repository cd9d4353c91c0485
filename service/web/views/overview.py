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
from service.usecases import overview, waiting
from service.web.here import day, person, platform
from service.web.rendering import overview as drawing
from service.web.rendering.times import say_date
from service.web.translations import gettext as _

pages = Blueprint("overview", __name__)
DAYS = ("fra", "til")
"""Parts of the address that are days."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@pages.get("/overblik")
def overblik() -> str | tuple[str, int]:
    """How it stands now, and the figures of a period. A period that is none is told beside the fields."""
    faults = _faults(request.args)
    usual = {name: text for name, text in request.args.items() if name not in DAYS}
    try:
        view = overview.look(platform(), person(), _wanted(usual if faults else request.args))
    except BadInput as refusal:
        faults = {"til": str(refusal)}
        view = overview.look(platform(), person(), _wanted(usual))
    asked = {name: request.args.get(name, "") for name in DAYS} if faults else {}
    page = {
        "days": {"fra": say_date(view.period.first), "til": say_date(view.period.last)} | asked,
        "standing": list(drawing.standing(view)),
        "figures": list(drawing.figures(view)),
        "tiles": drawing.tiles(view),
        "parts": _parts(view.wanted),
        "periods": _periods(),
    }
    return render_template("pages/overblik.html", view=view, faults=faults, **page), 400 if faults else 200


@pages.get("/overblik/venter")
def where_cases_wait() -> str:
    """The diagram of one process with how many wait at each step, and for how long."""
    page = waiting.look(platform(), person(), request.args.get("procedure") or None)
    return render_template("pages/venter.html", page=page)


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


def _faults(asked: Mapping[str, str]) -> dict[str, str]:
    """What is wrong with the days that were typed."""
    found = {}
    for name in DAYS:
        try:
            _day(asked, name)
        except BadInput as refusal:
            found[name] = str(refusal)
    return found


def _day(asked: Mapping[str, str], name: str) -> date | None:
    text = asked.get(name, "").strip()
    return day(text, _("Første dag") if name == "fra" else _("Skæringsdagen")) if text else None


def _wanted(asked: Mapping[str, str]) -> overview.Wanted:
    """Raises BadInput for a day that is none."""
    return overview.Wanted(
        report=asked.get("rapport") or None,
        first=_day(asked, "fra"),
        last=_day(asked, "til"),
        unit=asked.get("enhed") or None,
        public=asked.get("udgave") == "offentlig",
    )


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
