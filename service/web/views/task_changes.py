"""Ret opgaven, and Forlæng fristen: forms that keep what was typed and say what is wrong at its field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from service.domain.errors import FormInvalid, TaskMovedOn
from service.domain.form_model import Field, Kind, Option, Rules
from service.domain.form_places import FormContext
from service.domain.forms import Form
from service.domain.json import Json, Variables
from service.usecases import extensions, task_changes
from service.usecases.task_changes import Changeable
from service.web.here import person, platform
from service.web.translations import gettext as _
from service.web.views.admin.building import field, form, reason
from service.web.views.admin.editing import Answer, Edit, Stored, edited, filled

pages = Blueprint("task_changes", __name__)
FIELDS = {
    "dueDate": "frist",
    "followUpDate": "opfoelgning",
    "priority": "prioritet",
    "candidateGroups": "grupper",
    "candidateUsers": "kolleger",
}
"""What may be otherwise → its field on the page."""


@pages.route("/opgaver/<int:key>/ret", methods=["GET", "POST"])
def change(key: int) -> Answer:
    """Say anew when a task is due, how urgent it is and whom it is for, with a reason."""
    try:
        page = task_changes.look(platform(), person(), key)
    except TaskMovedOn:
        flash(_("Opgaven er allerede løst eller ikke længere aktuel. Intet er ændret."), "warning")
        return redirect(url_for("tasks.inbox"))
    drawn, stored = _form(page), _stored(page)

    def save(values: dict[str, Json], seen: str) -> Response:
        changes = _changes(drawn, stored, values)
        try:
            changed = task_changes.change(
                platform(), person(), key, changes, str(values.get("begrundelse") or ""), seen=seen
            )
        except FormInvalid as fault:
            raise FormInvalid({FIELDS.get(name, "begrundelse"): why for name, why in fault.errors.items()}) from fault
        flash(
            _("Opgaven er rettet.") if changed else _("Der var ikke noget at rette."), "success" if changed else "info"
        )
        return redirect(url_for("tasks.task", key=key))

    def show(edit: Edit) -> str:
        return render_template("pages/ret-opgave.html", page=page, edit=edit)

    return edited(drawn, stored, save, show)


@pages.route("/sager/<number>/frister/<deadline_id>", methods=["GET", "POST"])
def extend(number: str, deadline_id: str) -> Answer:
    """A manager extends a deadline, with a reason."""
    deadline = extensions.look(platform(), person(), number, deadline_id)
    drawn = form("forlaengelse", field("til", _("Ny frist"), Kind.DATE, required=True), reason())

    def save(values: dict[str, Json], seen: str) -> Response:
        until, why = date.fromisoformat(str(values["til"])), str(values["begrundelse"])
        extensions.extend(platform(), person(), number, deadline_id, until, why)
        flash(_("Fristen er forlænget."), "success")
        return redirect(url_for("cases.case", number=number, _anchor="frister"))

    def show(edit: Edit) -> str:
        return render_template("pages/forlaeng-frist.html", number=number, deadline=deadline, edit=edit)

    return edited(drawn, Stored({}), save, show)


def _form(page: Changeable) -> Form:
    priority = field("prioritet", _("Prioritet"), Kind.NUMBER, required=True, help_=_("0 til 100. De fleste har 50."))
    own = (
        _("Fristen er sagens. Når du flytter den, bliver den forlænget med din begrundelse.")
        if page.due_of_case
        else ""
    )
    return form(
        "opgaven",
        field("frist", _("Frist"), Kind.DATE_TIME, help_=own) if page.may_move_due else None,
        field("opfoelgning", _("Opfølgning"), Kind.DATE_TIME, help_=_("Hvornår opgaven skal ses på igen.")),
        replace(priority, rules=Rules(required=True, minimum=0, maximum=100, decimals=0)),
        _ticks("grupper", _("Hvem kan tage den"), page.groups),
        _ticks("kolleger", _("Kolleger"), page.colleagues, _("De kan tage den ud over grupperne.")),
        reason(),
    )


def _ticks(key: str, label: str, choices: Mapping[str, str], help_: str = "") -> Field:
    options = [Option(words, value) for value, words in choices.items()]
    return field(key, label, Kind.CHECKLIST, options=options, help_=help_)


def _stored(page: Changeable) -> Stored:
    return Stored({name: page.attributes[attribute] for attribute, name in FIELDS.items()}, page.mark)


def _changes(drawn: Form, stored: Stored, values: Variables) -> dict[str, Json]:
    """What she has changed; what the form would give back untouched keeps."""
    context = FormContext(now=platform().clock.now())
    untouched = drawn.parse(filled(drawn, stored.values, context).raw, context).values
    changed = {attribute: values[name] for attribute, name in FIELDS.items() if name in values}
    return {
        attribute: ("" if value is None else value)
        for attribute, value in changed.items()
        if value != untouched[FIELDS[attribute]]
    }
