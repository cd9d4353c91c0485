"""Hændelser."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.usecases import incidents, monitor
from service.web.here import person, platform
from service.web.security import own_path
from service.web.translations import gettext as _
from service.web.translations import ngettext

pages = Blueprint("incidents", __name__)


@pages.get("/haendelser")
def listed() -> str:
    """Open incidents, grouped by what went wrong where."""
    return render_template("pages/haendelser.html", groups=monitor.incidents(platform(), person()))


@pages.post("/haendelser/proev-igen")
def retry() -> Response:
    """Retry one or all of a group."""
    keys = [int(k) for k in request.form.getlist("haendelse") if k.isdecimal()]
    done, refused = incidents.retry_all(platform(), person(), keys)
    if done:
        flash(ngettext("{n} hændelse prøves igen.", "{n} hændelser prøves igen.", done), "success")
    if refused:
        flash(_("{n} kunne ikke prøves igen; de er løst eller væk.").format(n=refused), "warning")
    return redirect(own_path(request.form.get("tilbage", "")) or url_for("incidents.listed"))
