"""Log in and out, and the way to the page one starts on."""

from __future__ import annotations

from flask import Blueprint, g, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from service.usecases import people
from service.web import security
from service.web.here import platform
from service.web.permissions import Capability

pages = Blueprint("session", __name__)


@pages.get("/")
def home() -> Response:
    """Where she starts: tasks for those who do casework, else what her role is for."""
    granted = g.granted
    if Capability.CASEWORK in granted:
        return redirect(url_for("tasks.inbox"))
    if Capability.OPERATE in granted:
        return redirect(url_for("incidents.listed"))
    if Capability.ADMINISTER in granted:
        return redirect(url_for("admin.front"))
    return redirect(url_for("procedures.listed"))


@pages.route("/log-ind", methods=["GET", "POST"])
def log_in() -> str | Response | tuple[str, int]:
    """The log-in form. `næste` (a path here) is where she goes afterwards."""
    onward = security.own_path(request.values.get("naeste", ""))
    if request.method == "GET":
        return redirect(onward or "/") if g.person else render_template("pages/log-ind.html", onward=onward, fault=None)
    username = request.form.get("brugernavn", "").strip().lower()
    wait = security.throttle.wait(username, request.remote_addr or "", platform().clock.now())
    if wait:
        fault = f"For mange forsøg. Vent {wait} sekunder, og prøv igen."
        return render_template("pages/log-ind.html", onward=onward, fault=fault, username=username), 429
    try:
        found = people.log_in(platform(), username, request.form.get("adgangskode", ""))
    except people.WrongLogin as wrong:
        security.throttle.failed(username, request.remote_addr or "", platform().clock.now())
        return render_template("pages/log-ind.html", onward=onward, fault=str(wrong), username=username), 401
    security.throttle.succeeded(username, request.remote_addr or "")
    security.begin_session(found, platform().clock.now())
    return redirect(onward or "/")


@pages.post("/log-ud")
def log_out() -> Response:
    session.clear()
    return redirect(url_for("session.log_in"))
