"""Instanser."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.domain.access import Person
from service.domain.instances import Instance, InstanceStatus
from service.domain.views import InstanceQuery
from service.usecases import instances, monitor
from service.usecases.platform import Platform
from service.web import slips
from service.web.here import one_of, person, platform
from service.web.slips import Slip
from service.web.translations import gettext as _

pages = Blueprint("instances", __name__)
Answer = str | Response | tuple[str, int]


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
    return _shown(key)


def _shown(key: int, slip: Slip = slips.NONE) -> str:
    return render_template("pages/instans.html", page=monitor.look(platform(), person(), key), slip=slip)


@pages.post("/instanser/<int:key>/suspender")
def suspend(key: int) -> Answer:
    return _acted(key, "suspender", instances.suspend, _("Forløbet er sat på hold."))


@pages.post("/instanser/<int:key>/genoptag")
def resume(key: int) -> Answer:
    return _acted(key, "genoptag", instances.resume, _("Forløbet er genoptaget."))


@pages.post("/instanser/<int:key>/annuller")
def cancel(key: int) -> Answer:
    """Now, or when the listeners of its tasks have answered."""
    cancelling = partial(instances.cancel, at_once="straks" in request.form)
    later = _("Forløbet bliver annulleret, når dets kontroller har svaret.")
    return _acted(key, "annuller", cancelling, _("Forløbet er annulleret."), later)


def _acted(
    key: int, form: str, act: Callable[[Platform, Person, int, str], Instance | None], done: str, later: str = ""
) -> Answer:
    """Do it with the reason given. A reason that is missing is asked for at its field, and nothing typed is lost.

    `later` is told instead of `done` when what was to end goes on for a while.
    """
    try:
        after = act(platform(), person(), key, request.form.get("begrundelse", ""))
    except slips.REFUSALS as fault:
        return _shown(key, slips.slip(form, fault)), fault.status
    waits = after is not None and after.status is InstanceStatus.ACTIVE
    flash(later if waits else done, "success")
    return redirect(url_for("instances.instance", key=key))
