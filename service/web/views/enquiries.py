"""Ny henvendelse."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.domain.errors import FormInvalid
from service.usecases import enquiries
from service.web import slips
from service.web.here import person, platform, typed
from service.web.translations import gettext as _
from service.web.views.tasks import onward

pages = Blueprint("enquiries", __name__)


@pages.get("/henvendelse")
def choose() -> str | Response:
    """Which kind; straight to the form when she may start only one."""
    offered = enquiries.choices(platform(), person())
    if len(offered) == 1:
        return redirect(url_for("enquiries.enquiry", folder=offered[0][0]))
    return render_template("pages/henvendelse-vaelg.html", offered=offered)


@pages.route("/henvendelse/<folder>", methods=["GET", "POST"])
def enquiry(folder: str) -> str | Response | tuple[str, int]:
    """The form; submitting it starts the intake and completes its first task."""
    if request.method == "GET":
        return render_template("pages/henvendelse.html", page=enquiries.look(platform(), person(), folder))
    fields = typed()
    if "_tilfoej" in fields or "_fjern" in fields:
        return render_template("pages/henvendelse.html", page=enquiries.look(platform(), person(), folder, fields))
    try:
        upcoming = enquiries.submit(platform(), person(), folder, fields)
    except FormInvalid as fault:
        shown = enquiries.look(platform(), person(), folder, fields)
        return render_template("pages/henvendelse.html", page=shown), fault.status
    except slips.REFUSALS as fault:
        shown = enquiries.look(platform(), person(), folder, fields)
        return render_template("pages/henvendelse.html", page=shown, fault=str(fault)), fault.status
    flash(_("Henvendelsen er registreret."), "success")
    if upcoming is None:
        flash(_("Den næste opgave kommer på listen om et øjeblik; genindlæs siden, hvis den ikke er der."), "info")
    return redirect(onward(upcoming))
