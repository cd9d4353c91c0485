"""Instanser."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.domain.views import InstanceQuery
from service.usecases import instances, monitor
from service.web.here import one_of, person, platform
from service.web.translations import gettext as _

pages = Blueprint("instances", __name__)


@pages.get("/instanser")
def listed() -> str:
    """Instances she may follow."""
    version = request.args.get("version", "")
    wanted = InstanceQuery(
        process_id=request.args.get("procedure") or None,
        version=int(version) if version.isdecimal() else None,
        state=one_of(
            request.args.get("vis", ""), "aktive", "hændelser", "suspenderede", "afsluttede", "annullerede", "alle"
        ),
        element_id=request.args.get("trin") or None,
        case_number=request.args.get("sag", "").strip() or None,
        after=request.args.get("efter") or None,
    )
    return render_template("pages/instanser.html", page=monitor.listed(platform(), person(), wanted), wanted=wanted)


@pages.get("/instanser/<int:key>")
def instance(key: int) -> str:
    """One instance: diagram with tokens, history, waits, incidents."""
    return render_template("pages/instans.html", page=monitor.look(platform(), person(), key))


@pages.post("/instanser/<int:key>/suspender")
def suspend(key: int) -> Response:
    instances.suspend(platform(), person(), key, request.form.get("begrundelse", ""))
    flash(_("Forløbet er sat på hold."), "success")
    return redirect(url_for("instances.instance", key=key))


@pages.post("/instanser/<int:key>/genoptag")
def resume(key: int) -> Response:
    instances.resume(platform(), person(), key, request.form.get("begrundelse", ""))
    flash(_("Forløbet er genoptaget."), "success")
    return redirect(url_for("instances.instance", key=key))


@pages.post("/instanser/<int:key>/annuller")
def cancel(key: int) -> Response:
    instances.cancel(platform(), person(), key, request.form.get("begrundelse", ""))
    flash(_("Forløbet er annulleret."), "success")
    return redirect(url_for("instances.instance", key=key))
