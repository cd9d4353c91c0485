"""Opgaver and Opgave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.domain.errors import BadInput, FormInvalid, Stale, TaskMovedOn, WrongState
from service.domain.forms import ADD_ROW, CHOOSE_FILE, FORGET_FILE, REMOVE_ROW
from service.domain.json import Json
from service.usecases import inbox as inboxes
from service.usecases import task_assignment, tasks
from service.web import slips
from service.web.here import attachment_limits, person, platform, typed, words
from service.web.rendering.forms import draft_answer
from service.web.security import own_path
from service.web.translations import gettext as _
from service.web.translations import ngettext

pages = Blueprint("tasks", __name__)


@pages.get("/opgaver")
def inbox() -> str:
    """Her tasks and her groups' unassigned ones, soonest deadline first."""
    return _listed(request.args)


def _listed(asked: Mapping[str, str], refused: Sequence[task_assignment.NotAssigned] = ()) -> str:
    wanted = _filter(asked)
    inbox = inboxes.look(platform(), person(), wanted)
    return render_template("pages/opgaver.html", inbox=inbox, wanted=wanted, refused=refused)


def _filter(asked: Mapping[str, str]) -> inboxes.Filter:
    return inboxes.Filter(
        show=asked.get("vis", "alle"),
        process_id=asked.get("procedure") or None,
        unit=asked.get("enhed") or None,
        overdue=asked.get("frist") == "overskredet",
        soon=asked.get("frist") == "snart",
        element_id=asked.get("trin") or None,
        assignee=asked.get("hos") or None,
        words=words(asked.get("q", "")),
        after=asked.get("efter") or None,
    )


@pages.post("/opgaver/filtre")
def save_filter() -> Response:
    """Keep the filter she looks through now under a name."""
    wanted = _filter(request.form)
    try:
        inboxes.save_filter(platform(), person(), request.form.get("navn", ""), wanted)
    except BadInput as fault:
        flash(str(fault), "error")
    else:
        flash(_("Filteret er gemt."), "success")
    return redirect(f"{url_for('tasks.inbox')}?{urlencode(wanted.parts)}")


@pages.post("/opgaver/filtre/slet")
def drop_filter() -> Response:
    inboxes.drop_filter(platform(), person(), request.form.get("navn", ""))
    flash(_("Filteret er slettet."), "success")
    return redirect(url_for("tasks.inbox"))


@pages.post("/opgaver/tildel")
def assign_many() -> str | Response:
    """Assign the ticked tasks to one colleague. What cannot be is told task by task, above the list she came from."""
    keys = [int(k) for k in request.form.getlist("opgave") if k.isdecimal()]
    came = own_path(request.form.get("tilbage", "")) or url_for("tasks.inbox")
    colleague = request.form.get("til", "")
    if not keys or not colleague:
        flash(_("Sæt kryds ved opgaverne, og vælg en kollega."), "warning")
        return redirect(came)
    done, refused = task_assignment.assign_all(platform(), person(), keys, colleague)
    if done:
        flash(ngettext("{n} opgave er tildelt.", "{n} opgaver er tildelt.", done), "success")
    return _listed(dict(parse_qsl(urlsplit(came).query)), refused) if refused else redirect(came)


@pages.get("/opgaver/<int:key>")
def task(key: int) -> str:
    """One task with its form."""
    return render_template("pages/opgave.html", page=tasks.look(platform(), person(), key), fault=None)


@pages.post("/opgaver/<int:key>")
def submit(key: int) -> str | Response | tuple[str, int]:
    """Complete it, save a draft, or add and remove rows: whatever was pressed. Nothing typed is ever lost."""
    fields, refused = _with_files(key)
    if refused:
        return _asked_again(key, fields, refused), 400
    if not {ADD_ROW, REMOVE_ROW, FORGET_FILE}.isdisjoint(fields):
        return _asked_again(key, fields)
    if request.form.get("_handling") == "kladde":
        tasks.save_draft(platform(), person(), key, fields)
        flash(_("Kladden er gemt. Kun du kan se den."), "success")
        return redirect(url_for("tasks.task", key=key))
    try:
        done = tasks.complete(platform(), person(), key, fields)
    except FormInvalid:
        return _asked_again(key, fields), 400
    except (TaskMovedOn, Stale, WrongState) as fault:
        return _refused(key, fields, fault)
    if done.asked:
        flash(_("Opgaven »{navn}« bliver kontrolleret og er så fuldført.").format(navn=done.task.name), "info")
    else:
        flash(_("Opgaven »{navn}« er fuldført.").format(navn=done.task.name), "success")
    return redirect(onward(done.upcoming))


def _with_files(key: int) -> tuple[Mapping[str, Sequence[str]], Mapping[str, str]]:
    """What was typed, with the documents that its files have become; and why files were refused, by their fields."""
    fields, refused = dict(typed()), dict[str, str]()
    for place in fields.get(FORGET_FILE, ()):
        fields[place] = []
    for name, file in request.files.items():
        if file.filename and name.startswith(CHOOSE_FILE):
            place = name.removeprefix(CHOOSE_FILE)
            try:
                taken = tasks.take_file(
                    platform(), person(), key, place, file.filename, file.read(), attachment_limits()
                )
            except BadInput as fault:
                refused[place] = str(fault)
            else:
                fields[place] = [taken]
    return fields, refused


def _asked_again(key: int, fields: Mapping[str, Sequence[str]], refused: Mapping[str, str] | None = None) -> str:
    page = tasks.look(platform(), person(), key, fields, refused)
    return render_template("pages/opgave.html", page=page, fault=None)


def _refused(key: int, fields: object, fault: TaskMovedOn | Stale | WrongState) -> tuple[str, int]:
    """Somebody was faster, or the course is on hold: say so kindly and keep what was typed on the page."""
    shown = tasks.look_closed(platform(), person(), key, typed())
    return render_template("pages/opgave.html", page=shown, fault=str(fault)), fault.status


def onward(upcoming: tasks.Upcoming | None) -> str:
    """What comes next: her next task, else the case, else her inbox."""
    if upcoming is not None and upcoming.task_key is not None:
        return url_for("tasks.task", key=upcoming.task_key)
    if upcoming is not None:
        return url_for("cases.case", number=upcoming.case_number)
    return url_for("tasks.inbox")


@pages.post("/opgaver/<int:key>/kladde")
def draft(key: int) -> tuple[Json, int]:
    """Saved while typing; told back is what the form's conditions give now."""
    saved = tasks.save_draft(platform(), person(), key, typed())
    return (draft_answer(*saved), 200) if saved else ({}, 200)


@pages.post("/opgaver/<int:key>/tag")
def take(key: int) -> Response:
    try:
        task_assignment.take(platform(), person(), key)
    except slips.REFUSALS as fault:
        return slips.back_to(url_for("tasks.inbox"), fault)
    flash(_("Opgaven er din."), "success")
    return redirect(url_for("tasks.task", key=key))


@pages.post("/opgaver/<int:key>/frigiv")
def release(key: int) -> Response:
    try:
        task_assignment.release(platform(), person(), key)
    except slips.REFUSALS as fault:
        return slips.back_to(url_for("tasks.inbox"), fault)
    flash(_("Opgaven er givet tilbage til gruppen."), "success")
    return redirect(url_for("tasks.inbox"))


@pages.post("/opgaver/<int:key>/tildel")
def assign(key: int) -> Response:
    try:
        task_assignment.assign(platform(), person(), key, request.form.get("til", ""))
    except BadInput as fault:
        return slips.back_to(url_for("tasks.task", key=key), fault)
    except slips.REFUSALS as fault:
        return slips.back_to(url_for("tasks.inbox"), fault)
    flash(_("Opgaven er tildelt."), "success")
    return redirect(url_for("tasks.inbox"))
