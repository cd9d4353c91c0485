"""A site for tests: the real foundation and templates around made-up people, with a style guide of every part."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from flask import Blueprint, Flask, flash, redirect, render_template, request
from jinja2 import ChoiceLoader, FileSystemLoader
from werkzeug.wrappers import Response

from service.domain.access import Person
from service.web import permissions, security
from service.web.foundation import House, lay_foundation
from service.web.permissions import Capability
from service.web.rendering.forms import draft_answer
from tests.web.samples import NOW, PEOPLE, make_context, make_form

TEMPLATES = Path(__file__).parent / "templates"
EVERYBODY = frozenset({Capability.EVERYBODY})
FORM = make_form()
GUIDE = (
    "/stilguide",
    "/stilguide/skema",
    "/stilguide/skema/kladde",
    "/stilguide/fejl/<int:status>",
    "/ind/<username>",
)


def make_site(person: Person | None = None, *, rows: Mapping[str, frozenset[Capability]] | None = None) -> Flask:
    """The site. With a person it is she who is always logged in."""
    app = Flask("service.web", static_folder=None)
    house = House(
        now=lambda: NOW,
        find_person=PEOPLE.get,
        unread_notices=lambda somebody: 3,
        secret_key=b"a key for tests only, of 32 bytes",
        demo=True,
    )
    own = dict.fromkeys(
        (
            "/stilguide",
            "/stilguide/skema",
            "/stilguide/skema/kladde",
            "/stilguide/fejl/<int:status>",
            "/ind/<username>",
        ),
        EVERYBODY,
    )
    lay_foundation(app, house, {**permissions.ROUTES, **own, **(rows or {})})
    loader = app.jinja_env.loader
    assert loader is not None
    app.jinja_env.loader = ChoiceLoader([FileSystemLoader(TEMPLATES), loader])
    app.register_blueprint(_guide(person))
    return app


def guide_page() -> str:
    """The style guide."""
    return render_template("stilguide.html")


def _guide(person: Person | None) -> Blueprint:
    pages = Blueprint("guide", __name__)

    @pages.before_app_request
    def stay_signed_in() -> None:
        if person is not None and security.signed_in(NOW) is None:
            security.begin_session(person, NOW)

    for number, address in enumerate(("/opgaver", "/sager", "/procedurer", "/hjaelp")):
        pages.add_url_rule(address, f"page{number}", guide_page)

    @pages.get("/ind/<username>")
    def enter(username: str) -> Response:
        security.begin_session(PEOPLE[username], NOW)
        return redirect("/stilguide")

    pages.add_url_rule("/stilguide", "guide", guide_page)

    @pages.route("/stilguide/skema", methods=["GET", "POST"])
    def form() -> str | Response | tuple[str, int]:
        context = make_context()
        if request.method == "GET":
            shown = FORM.fresh(context)
            return render_template("skema.html", form=FORM, shown=shown)
        fields = request.form.to_dict(flat=False)
        changed = FORM.change_rows(fields, context)
        if changed is not None:
            return render_template("skema.html", form=FORM, shown=changed)
        shown = FORM.parse(fields, context)
        if not shown.ok:
            return render_template("skema.html", form=FORM, shown=shown), 400
        flash("Skemaet er sendt.", "success")
        return render_template("skema-laest.html", form=FORM, shown=FORM.read_back(shown.values, context.choices))

    @pages.post("/stilguide/skema/kladde")
    def draft() -> dict[str, object]:
        shown = FORM.parse(request.form.to_dict(flat=False), make_context())
        return draft_answer(FORM, shown, "Kladden er gemt kl. 9.00.")

    @pages.get("/stilguide/fejl/<int:status>")
    def fault(status: int) -> str:
        if status == 500:
            raise RuntimeError("a fault for tests")
        from flask import abort

        abort(status)

    return pages
