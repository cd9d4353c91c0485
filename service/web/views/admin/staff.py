"""Administration: staff and their accounts."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.domain.access import Membership
from service.domain.errors import FormInvalid
from service.domain.form_model import Format, Kind
from service.domain.forms import Form
from service.domain.json import Json
from service.usecases import staff
from service.usecases.staff import StaffEntry, StaffPage, StaffQuery
from service.web.here import person, platform, words
from service.web.translations import gettext as _
from service.web.views.admin.building import field, form, listed, reason, rows, select
from service.web.views.admin.editing import Answer, Edit, Stored, edited

pages = Blueprint("admin_staff", __name__)
EVERYWHERE = "*"
"""Stands in the choice of a unit for a role that holds in all."""


@pages.get("/admin/medarbejdere")
def everybody() -> str:
    """Search by name, unit and role."""
    page = request.args.get("side", "")
    query = StaffQuery(
        words=words(request.args.get("q", "")),
        unit=request.args.get("enhed", ""),
        role=request.args.get("rolle", ""),
        closed=request.args.get("vis") == "lukkede",
        page=max(int(page), 1) if page.isdecimal() and len(page) < 6 else 1,
    )
    found = staff.listed(platform(), person(), query)
    return render_template("admin/medarbejdere.html", page=found, wanted=query, most=staff.PAGE)


@pages.route("/admin/medarbejdere/ny", methods=["GET", "POST"], defaults={"username": None})
@pages.route("/admin/medarbejdere/<username>", methods=["GET", "POST"])
def somebody(username: str | None) -> Answer:
    page = staff.look(platform(), person(), username)

    def save(values: dict[str, Json], seen: str) -> str | Response:
        entry = _entry(values)
        password = staff.save(platform(), person(), username, entry, seen)
        if password is not None:
            return _told(entry.username, entry.name, password)
        flash(_("Medarbejderen er gemt."), "success")
        return redirect(url_for("admin_staff.everybody"))

    def show(edit: Edit) -> str:
        return render_template("admin/medarbejder.html", page=page, edit=edit)

    return edited(_form(page), _stored(page), save, show)


@pages.post("/admin/medarbejdere/<username>/adgangskode")
def password(username: str) -> str | Response:
    """A new password, shown once."""
    try:
        made = staff.reset_password(platform(), person(), username, request.form.get("begrundelse", ""))
    except FormInvalid as fault:
        return _refused(username, fault)
    account = staff.look(platform(), person(), username).account
    return _told(username, account.person.name if account else username, made)


@pages.post("/admin/medarbejdere/<username>/luk")
def close(username: str) -> Response:
    return _set_active(username, False, _("Kontoen er lukket."))


@pages.post("/admin/medarbejdere/<username>/aabn")
def reopen(username: str) -> Response:
    return _set_active(username, True, _("Kontoen er åben igen."))


def _set_active(username: str, active: bool, done: str) -> Response:
    try:
        staff.set_active(platform(), person(), username, active, request.form.get("begrundelse", ""))
    except FormInvalid as fault:
        return _refused(username, fault)
    flash(done, "success")
    return redirect(url_for("admin_staff.somebody", username=username))


def _refused(username: str, fault: FormInvalid) -> Response:
    flash(" ".join(fault.errors.values()), "error")
    return redirect(url_for("admin_staff.somebody", username=username))


def _told(username: str, name: str, made: str) -> str:
    return render_template("admin/adgangskode.html", username=username, name=name, password=made)


def _form(page: StaffPage) -> Form:
    new = page.account is None
    units = [(unit.id, unit.name) for unit in page.units]
    known = dict(page.roles)
    if page.account:
        known |= {role: role for role in page.account.person.roles if role not in known}
    competence_help = _("Én på hver linje.")
    if page.competences:
        competence_help += " " + _("I brug: {typer}.").format(typer=", ".join(page.competences[:20]))
    return form(
        "medarbejder",
        field("brugernavn", _("Brugernavn"), required=True, help_=_("Kan ikke ændres. Fx mona.berg.")) if new else None,
        field("navn", _("Navn"), required=True, longest=200),
        field("titel", _("Titel"), longest=100),
        field("mail", _("E-mail"), format_=Format.EMAIL),
        field("telefon", _("Telefon"), format_=Format.PHONE),
        rows(
            "roller",
            _("Rolle"),
            select("rolle", _("Rolle"), known.items(), required=True),
            select("enhed", _("Enhed"), [(EVERYWHERE, _("Alle enheder")), *units], required=True),
        ),
        rows("leder_af", _("Enhed, som medarbejderen leder"), select("enhed", _("Enhed"), units)),
        field("kompetencer", _("Kompetencer"), Kind.LONG_TEXT, help_=competence_help, longest=1000),
        None if new else reason(),
    )


def _stored(page: StaffPage) -> Stored:
    if page.account is None:
        return Stored({})
    account, who = page.account, page.account.person
    values = {
        "navn": who.name,
        "titel": account.title,
        "mail": account.mail,
        "telefon": account.phone,
        "roller": [{"rolle": m.role, "enhed": m.unit or EVERYWHERE} for m in sorted(who.memberships)],
        "leder_af": [{"enhed": unit} for unit in sorted(who.leads)],
        "kompetencer": "\n".join(account.competences),
    }
    return Stored(values, page.mark)


def _entry(values: dict[str, Json]) -> StaffEntry:
    def text(name: str) -> str:
        return str(values.get(name) or "").strip()

    given = values.get("roller")
    roles = [row for row in given if isinstance(row, dict)] if isinstance(given, list) else []
    return StaffEntry(
        username=text("brugernavn").lower(),
        name=text("navn"),
        title=text("titel"),
        mail=text("mail"),
        phone=text("telefon"),
        roles=[Membership(str(row["rolle"]), str(row["enhed"]).removeprefix(EVERYWHERE)) for row in roles],
        leads=listed(values.get("leder_af"), "enhed"),
        competences=[line.strip() for line in text("kompetencer").splitlines() if line.strip()],
        reason=text("begrundelse"),
    )
