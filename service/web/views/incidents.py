"""Hændelser."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.usecases import incidents, monitor
from service.web.here import person, platform
from service.web.security import own_path

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
        flash(f"{done} {'hændelse' if done == 1 else 'hændelser'} prøves igen.", "success")
    if refused:
        flash(f"{refused} kunne ikke prøves igen; de er løst eller væk.", "warning")
    return redirect(own_path(request.form.get("tilbage", "")) or url_for("incidents.listed"))
