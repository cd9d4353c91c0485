"""Procedurer."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from service.usecases import procedures
from service.web import slips
from service.web.here import person, platform
from service.web.translations import gettext as _
from service.web.views.tasks import onward

pages = Blueprint("procedures", __name__)


@pages.get("/procedurer")
def listed() -> str:
    """Every procedure with its diagrams, versions and running instances."""
    return render_template("pages/procedurer.html", page=procedures.listed(platform()))


@pages.get("/procedurer/<process_id>")
def procedure(process_id: str) -> str:
    """One process: diagram, versions, forms, decisions."""
    version = request.args.get("version", "")
    page = procedures.look(platform(), person(), process_id, int(version) if version.isdecimal() else None)
    return render_template("pages/procedure.html", page=page)


@pages.get("/procedurer/<process_id>/<int:version>.bpmn")
def diagram(process_id: str, version: int) -> Response:
    """The diagram as deployed. It never changes, so browsers may keep it."""
    answer = Response(procedures.diagram(platform(), process_id, version), mimetype="application/xml")
    answer.headers["Cache-Control"] = "private, max-age=31536000, immutable"
    return answer


@pages.post("/procedurer/<process_id>/start")
def start(process_id: str) -> AnyResponse:
    """Start an instance by hand; the rights are those of the kind of case it makes."""
    try:
        upcoming = procedures.start(platform(), person(), process_id)
    except slips.REFUSALS as fault:
        return slips.back_to(url_for("procedures.procedure", process_id=process_id), fault)
    flash(_("Forløbet er startet."), "success")
    return redirect(onward(upcoming))
