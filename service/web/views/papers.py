"""Forms as they print: empty, as far as they are filled in, and as submitted."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, render_template
from werkzeug.wrappers import Response

from service.domain.cases import Case, Citizen
from service.domain.errors import NotFound
from service.domain.storage import Account
from service.usecases import papers, tasks
from service.web.here import person, platform
from service.web.rendering import paper
from service.web.rendering.times import say_date, say_exactly
from service.web.translations import gettext as _

pages = Blueprint("papers", __name__)


@pages.get("/sager/<number>/skemaer/<form_id>/<int:version>")
def record(number: str, form_id: str, version: int) -> str:
    """One submitted form, with its versions and what this one changed."""
    page = papers.look(platform(), person(), number, form_id, version)
    view = paper.filled_view(page.filled.form, page.filled.shown)
    before = paper.filled_view(page.before.form, page.before.shown) if page.before else None
    return _page(
        view,
        _about(page),
        pdf=f"/sager/{number}/skemaer/{form_id}/{version}.pdf",
        back=(f"/sager/{number}", _("Sag {nummer}").format(nummer=number)),
        page=page,
        changed=paper.changes(before, view) if before else [],
    )


@pages.get("/sager/<number>/skemaer/<form_id>/<int:version>.pdf")
def record_pdf(number: str, form_id: str, version: int) -> Response:
    page = papers.look(platform(), person(), number, form_id, version)
    return paper.pdf(paper.filled_view(page.filled.form, page.filled.shown), _about(page))


def _about(page: papers.RecordPage) -> paper.About:
    record = page.filled.record
    version = _("Version {n}").format(n=record.version)
    who = page.names.get(record.submitted_by, record.submitted_by)
    made = _("udfyldt {hvornaar} af {hvem}").format(hvornaar=say_exactly(record.submitted_at), hvem=who)
    return _on(page.citizen, page.case, version, f"{version}, {say_date(record.submitted_at)}", made, page.worker)


def _on(
    citizen: Citizen | None, case: Case | None, version: str, foot: str, made: str, contact: Account | None
) -> paper.About:
    """Whom and what the paper is about, as far as the reader may see it."""
    name = citizen.name if citizen else ""
    cpr = f"{citizen.cpr[:6]}-{citizen.cpr[6:]}" if citizen and citizen.cpr else ""
    number = _("Sag {nummer}").format(nummer=case.number) if case else ""
    lines = [line for line in (name, cpr, number, version, made) if line]
    return paper.About(lines, citizen=name, case=number, version=foot, contact=contact)


@pages.get("/opgaver/<int:key>/udskriv")
def task(key: int) -> str:
    """The form of a task as it is filled in now, her draft included."""
    view, about = _of_task(key)
    return _page(view, about, pdf=f"/opgaver/{key}/udskriv.pdf", back=(f"/opgaver/{key}", _("Opgaven")))


@pages.get("/opgaver/<int:key>/udskriv.pdf")
def task_pdf(key: int) -> Response:
    return paper.pdf(*_of_task(key))


def _of_task(key: int) -> tuple[paper.PaperView, paper.About]:
    found = tasks.look(platform(), person(), key)
    if found.form is None or found.shown is None:
        raise NotFound(what="opgavens skema")
    worker, status = papers.contact(platform(), found.case), _("Ikke sendt endnu")
    about = _on(found.citizen, found.case, "", f"{status}, {say_date(platform().clock.now())}", status, worker)
    return paper.draft_view(found.form, found.shown), about


@pages.get("/skemaer/<form_id>")
def empty(form_id: str) -> str:
    """A form with nothing in it, to fill in by hand."""
    view = paper.empty_view(*papers.empty(platform(), form_id))
    return _page(view, paper.About(), pdf=f"/skemaer/{form_id}.pdf", back=("/procedurer", _("Procedurer")))


@pages.get("/skemaer/<form_id>.pdf")
def empty_pdf(form_id: str) -> Response:
    return paper.pdf(paper.empty_view(*papers.empty(platform(), form_id)), paper.About())


def _page(
    view: paper.PaperView,
    about: paper.About,
    *,
    pdf: str,
    back: tuple[str, str],
    page: papers.RecordPage | None = None,
    changed: Sequence[tuple[str, str, str]] = (),
) -> str:
    return render_template(
        "pages/papir.html",
        view=view,
        about=about,
        municipality=paper.municipality(),
        pdf=pdf,
        back=back,
        page=page,
        changed=changed,
    )
