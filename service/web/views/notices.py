"""The bell."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from service.usecases import bell
from service.web.here import person, platform

pages = Blueprint("notices", __name__)


@pages.get("/notitser")
def listed() -> str:
    """Her notices, unread first."""
    return render_template("pages/notitser.html", notices=bell.listed(platform(), person()))


@pages.post("/notitser/laest")
def mark_read() -> Response:
    key = request.form.get("notits", "")
    bell.mark_read(platform(), person(), int(key) if key.isdecimal() else None)
    return redirect(url_for("notices.listed"))


@pages.get("/notitser/<int:key>")
def follow(key: int) -> Response:
    """Mark one as read and go to what it is about."""
    notice = bell.follow(platform(), person(), key)
    if notice.task_key is not None:
        return redirect(url_for("tasks.task", key=notice.task_key))
    if notice.case_number is not None:
        return redirect(url_for("cases.case", number=notice.case_number))
    return redirect(url_for("notices.listed"))
