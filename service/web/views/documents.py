"""Documents: one, all of a case, and attaching files."""

from __future__ import annotations

from io import BytesIO

from flask import Blueprint, flash, make_response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response

from service.domain.attachments import IMAGES, PDF, SHOWN, TEXT
from service.usecases import cases, documents, tasks
from service.web import slips
from service.web.here import attachment_limits, person, platform
from service.web.security import CONTENT_POLICY, write_policy
from service.web.slips import Slip
from service.web.translations import gettext as _

pages = Blueprint("documents", __name__)


@pages.get("/sager/<number>/dokumenter")
def listed(number: str) -> str:
    """Everything written on a case."""
    return _shown(number)


def _shown(number: str, slip: Slip = slips.NONE) -> str:
    kind = request.args.get("slags", "")
    page = documents.look(platform(), person(), number, kind)
    return render_template("pages/dokumenter.html", page=page, chosen=kind, limits=attachment_limits(), slip=slip)


@pages.post("/sager/<number>/dokumenter")
def attach(number: str) -> str | Response | tuple[str, int]:
    """Attach a file, or a new version of one. A file that is refused must be chosen again; what was typed stays."""
    try:
        _attach(number)
    except slips.REFUSALS as fault:
        return _shown(number, slips.slip("bilag", fault)), fault.status
    return redirect(url_for("documents.listed", number=number))


@pages.post("/opgaver/<int:key>/bilag")
def attach_to_task(key: int) -> Response | tuple[str, int]:
    """Attach a file to the case of a task that she is working on."""
    try:
        _attach(key)
    except slips.REFUSALS as fault:
        page = tasks.look(platform(), person(), key)
        return render_template(
            "pages/opgave.html", page=page, fault=None, slip=slips.slip("bilag", fault)
        ), fault.status
    return redirect(url_for("tasks.task", key=key))


def _attach(where: str | int) -> None:
    sent, replaces = request.files.get("fil"), request.form.get("erstatter", "")
    kept = documents.upload(
        platform(),
        person(),
        where,
        kind=request.form.get("slags", ""),
        title=request.form.get("titel", ""),
        file_name=(sent.filename if sent else None) or "",
        content=sent.read() if sent else b"",
        limits=attachment_limits(),
        replaces=int(replaces) if replaces.isdecimal() else None,
    )
    flash(_("»{titel}« er vedhæftet som version {n}.").format(titel=kept.title, n=kept.version), "success")


@pages.get("/dokumenter/<int:key>/vis")
def shown(key: int) -> Response:
    """A document on a page of ours, with its versions."""
    page = documents.preview(platform(), person(), key)
    media = page.document.media_type
    shows = "pdf" if media == PDF else "image" if media in IMAGES else "text" if media == TEXT else ""
    text = cases.document(platform(), person(), key)[1].decode("utf-8", "replace") if shows == "text" else ""
    answer = make_response(render_template("pages/dokument.html", page=page, shows=shows, text=text))
    answer.headers["Content-Security-Policy"] = write_policy(frames=True)
    return answer


@pages.get("/dokumenter/<int:key>")
def document(key: int) -> Response:
    """A document's content, shown where that is safe; it can run nothing and reach nothing."""
    found, content = cases.document(platform(), person(), key)
    attach = found.media_type not in SHOWN or "hent" in request.args
    answer = send_file(BytesIO(content), found.media_type, as_attachment=attach, download_name=found.file_name)
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Content-Security-Policy"] = CONTENT_POLICY["pdf" if found.media_type == PDF else "other"]
    answer.headers["X-Frame-Options"] = "SAMEORIGIN"
    return answer
