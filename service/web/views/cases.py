"""Sager and Sag."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.domain.errors import BadInput, Forbidden, FormInvalid, NotFound
from service.domain.figures import Period
from service.domain.views import CaseQuery
from service.usecases import cases, marks, openings
from service.usecases.inbox import NOBODY
from service.web import slips
from service.web.here import day, one_of, person, platform, typed, words
from service.web.rendering.times import say_date
from service.web.slips import Slip
from service.web.translations import gettext as _

pages = Blueprint("cases", __name__)
Answer = str | Response | tuple[str, int]


@pages.get("/sager")
def listed() -> str:
    """Cases she may see."""
    text = request.args.get("q", "").strip()
    digits = "".join(c for c in text if c.isdigit())
    wanted = CaseQuery(
        **_narrowed(request.args),
        state=one_of(request.args.get("vis", ""), "åbne", "bero", "lukkede", "alle"),
        status=request.args.get("status") or None,
        order=request.args.get("orden", "nyeste"),
        cpr=digits if len(digits) == 10 else None,
        words=() if len(digits) == 10 else words(text),
        after=request.args.get("efter") or None,
    )
    page = cases.listed(platform(), person(), wanted)
    parts = {name: request.args[name] for name in NARROWING if request.args.get(name)}
    narrowed = _said(parts, cases.names_behind(platform(), wanted)) if parts else []
    return render_template("pages/sager.html", page=page, wanted=wanted, parts=parts, narrowed=narrowed)


NARROWING = ("type", "enhed", "oprettet", "afsluttet", "begyndt", "aaben", "kilde", "aarsag", "ansvarlig")
"""Parts of the address that narrow the list to the cases behind a number of Overblik."""


def _narrowed(asked: Mapping[str, str]) -> dict[str, Any]:
    """What of a query those parts are."""
    given = {name: asked[name] for name in NARROWING if asked.get(name)}
    found: dict[str, Any] = {}
    for name, field in (("oprettet", "opened"), ("begyndt", "begun"), ("afsluttet", "closed")):
        if name in given:
            first, _dots, last = given[name].partition("..")
            period = Period(day(first, _("Datoen")), day(last or first, _("Datoen")))
            found[field] = (period.begin, period.end)
    if "aaben" in given:
        at = day(given["aaben"], _("Datoen"))
        found["open_at"] = Period(at, at).end
    if "type" in given:
        found["kinds"] = frozenset({given["type"]})
    if "enhed" in given:
        found["unit"] = given["enhed"]
    found |= {"source": given["kilde"]} if "kilde" in given else {}
    for name, field in (("aarsag", "reason"), ("ansvarlig", "of_worker")):
        if name in given:
            found[field] = "" if given[name] == NOBODY else given[name]
    return found


def _said(parts: Mapping[str, str], names: Mapping[str, str]) -> list[str]:
    """The parts in words."""
    said = {
        "type": _("Sagstype: {navn}"),
        "enhed": _("Enhed: {navn}"),
        "oprettet": _("Oprettet {navn}"),
        "begyndt": _("Oprettet eller genåbnet {navn}"),
        "afsluttet": _("Afsluttet {navn}"),
        "aaben": _("Åben ved udgangen af {navn}"),
        "kilde": _("Kilde: {navn}"),
        "aarsag": _("Afslutningsårsag: {navn}"),
        "ansvarlig": _("Ansvarlig: {navn}"),
    }
    days = {
        name: " – ".join(say_date(day(text, _("Datoen"))) for text in parts[name].split(".."))
        for name in ("oprettet", "begyndt", "afsluttet", "aaben")
        if name in parts
    }
    return [said[name].format(navn=days.get(name) or names.get(name) or _("ingen")) for name in parts]


@pages.post("/sager")
def search() -> str:
    """The same list by what must not stand in an address (a CPR number)."""
    text = request.form.get("q", "").strip()
    digits = "".join(c for c in text if c.isdigit())
    personal = len(digits) == 10
    wanted = CaseQuery(state="alle", cpr=digits if personal else None, words=() if personal else words(text))
    page = cases.listed(platform(), person(), wanted)
    return render_template("pages/sager.html", page=page, wanted=wanted, parts={}, narrowed=[])


@pages.get("/sager/<number>")
def case(number: str) -> str | tuple[str, int]:
    """One case. Where a reason would open it, she is asked for one."""
    try:
        return _shown(number)
    except Forbidden as fault:
        if not openings.may_open(platform(), person(), number):
            raise
        return _ask_why(number, refused=True), fault.status


def _shown(number: str, slip: Slip = slips.NONE) -> str:
    return render_template("pages/sag.html", page=cases.look(platform(), person(), number), slip=slip)


@pages.route("/noedadgang", methods=["GET", "POST"])
def opening() -> str | Response | tuple[str, int]:
    """Open a case with a written reason, for a while: break-glass access, and audits. A slip keeps what she typed."""
    if request.method == "GET":
        return _ask_why(request.args.get("sag", ""))
    what, reason = request.form.get("sag", ""), request.form.get("begrundelse", "")
    try:
        numbers = openings.open_with_reason(platform(), person(), what, reason)
    except NotFound as fault:
        wrong = {"sag": _("Der er ingen sag med det nummer. Se efter, om det er skrevet rigtigt.")}
        return _ask_why(what, reason, wrong), fault.status
    except BadInput as fault:
        return _ask_why(what, reason, {"begrundelse": str(fault)}), fault.status
    flash(_("Sagen er åbnet. Begrundelsen står i adgangsloggen."), "success")
    if len(numbers) > 1:
        return redirect(url_for("cases.opening"))
    return redirect(url_for("cases.case", number=numbers[0]))


def _ask_why(what: str, reason: str = "", wrong: Mapping[str, str] | None = None, *, refused: bool = False) -> str:
    shown = openings.look(platform(), person())
    return render_template(
        "pages/noedadgang.html", page=shown, asked=what, reason=reason, wrong=wrong or {}, refused=refused
    )


@pages.post("/sager/<number>/notat")
def note(number: str) -> Answer:
    try:
        cases.add_note(platform(), person(), number, request.form.get("tekst", ""))
    except slips.REFUSALS as fault:
        return _shown(number, slips.slip("notat", fault)), fault.status
    flash(_("Notatet er gemt."), "success")
    return redirect(url_for("cases.case", number=number, _anchor="notater"))


@pages.route("/sager/<number>/haendelser/<name>", methods=["GET", "POST"])
def event(number: str, name: str) -> str | Response | tuple[str, int]:
    """Report an event: its form, and what was typed in it."""
    if request.method == "GET":
        chosen = {field: [text] for field, text in request.args.items()}
        shown = cases.look_event(platform(), person(), number, name, chosen=chosen)
        return render_template("pages/haendelse-meld.html", page=shown)
    fields = typed()
    if "_tilfoej" in fields or "_fjern" in fields:
        shown = cases.look_event(platform(), person(), number, name, fields)
        return render_template("pages/haendelse-meld.html", page=shown)
    try:
        cases.report(platform(), person(), number, name, fields)
    except FormInvalid as fault:
        shown = cases.look_event(platform(), person(), number, name, fields)
        return render_template("pages/haendelse-meld.html", page=shown), fault.status
    flash(_("Hændelsen er meldt, og forløbet er gået videre."), "success")
    return redirect(url_for("cases.case", number=number))


@pages.post("/sager/<number>/aktiviteter")
def activity(number: str) -> Response:
    """Start an ad-hoc activity and go to its task."""
    element_id = request.form.get("aktivitet", "")
    try:
        task_key = cases.start_activity(platform(), person(), number, element_id)
    except slips.REFUSALS as fault:
        return slips.back_to(url_for("cases.case", number=number), fault)
    if task_key is not None:
        return redirect(url_for("tasks.task", key=task_key))
    flash(_("Aktiviteten er startet."), "success")
    return redirect(url_for("cases.case", number=number))


@pages.post("/sager/<number>/genaabn")
def reopen(number: str) -> Answer:
    try:
        cases.reopen(platform(), person(), number, request.form.get("begrundelse", ""))
    except slips.REFUSALS as fault:
        return _shown(number, slips.slip("genaabn", fault)), fault.status
    flash(_("Sagen er genåbnet, og proceduren begynder forfra på den."), "success")
    return redirect(url_for("cases.case", number=number))


@pages.post("/sager/<number>/maerke")
def remove_mark(number: str) -> Answer:
    """Take away a mark of the citizen that the closed case has left."""
    try:
        marks.remove(platform(), person(), number, request.form.get("begrundelse", ""))
    except slips.REFUSALS as fault:
        return _shown(number, slips.slip("maerke", fault)), fault.status
    flash(_("Mærket er fjernet fra borgeren."), "success")
    return redirect(url_for("cases.case", number=number))


@pages.get("/sager/<number>/adgang")
def accesses(number: str) -> str:
    """Who has read the case."""
    rows, opened = cases.accesses(platform(), person(), number), openings.of_case(platform(), person(), number)
    return render_template("pages/adgang.html", rows=rows, openings=opened, number=number)
