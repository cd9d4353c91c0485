"""Forms on paper: the same layout empty and filled, on a page and as a PDF (A4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from html import escape

from flask import Response, current_app, render_template

from service.domain.errors import WrongState
from service.domain.form_model import CHOICES, Component, Field, Kind, Option, Rows, Section
from service.domain.form_places import Submission, place_of
from service.domain.forms import Form
from service.domain.handling import HandlerRefused
from service.domain.pdf import make_pdf
from service.web.assets import Assets
from service.web.rendering.forms import FormView
from service.web.translations import gettext as _

BLANK_ROWS = 4
"""Lines of a list on an empty form."""
MOST_BOXES = 12
"""Options that are written out with boxes to tick; more are a line to write on."""


@dataclass(slots=True)
class PaperView(FormView):
    """One form as it stands on paper."""

    empty: bool = False
    boxes: tuple[str, str] = field(default=("☐", "☒"))

    @property
    def title(self) -> str:
        return self.form.schema.print.title or self.form.title

    def paper_rows(self, part: Rows, place: str) -> Sequence[str]:
        """Row numbers; on an empty form some to write on."""
        return [str(n) for n in range(BLANK_ROWS if part.table else 2)] if self.empty else self.rows(place)

    def ticked(self, part: Field, place: str) -> Sequence[tuple[str, str]] | None:
        """(box, label) of options to tick; None where there is something to write."""
        if part.kind is Kind.CHECKBOX:
            return [(self.boxes[bool(self.chosen(place))], _("Ja"))]
        options = part.options if part.kind in CHOICES else ()
        if not options or len(options) > MOST_BOXES:
            return None
        chosen = self.chosen(place)
        return [(self.boxes[option.text in chosen], option.label) for option in options]

    def answers(self, part: Section) -> Sequence[Option] | None:
        """The answers that all fields of a matrix share; None where it is not one."""
        fields = [p for p in part.components if isinstance(p, Field)]
        if not part.matrix or len(fields) != len(part.components) or not fields:
            return None
        shared = fields[0].options
        return shared if shared and all(f.options == shared for f in fields) else None

    def says(self, components: Sequence[Component], prefix: str) -> bool:
        """Whether anything of these parts is shown: a section of which nothing is known has no heading either."""
        for part in components:
            place = place_of(part, prefix)
            if place in self.hidden:
                continue
            if isinstance(part, Section):
                if self.says(part.components, f"{place}." if part.path else prefix):
                    return True
            elif isinstance(part, (Field, Rows)):
                return True
        return False

    def is_long(self, part: Field) -> bool:
        return part.kind is Kind.LONG_TEXT


def changes(before: FormView, after: FormView) -> list[tuple[str, str, str]]:
    """(question, answer before, answer now) of everything that has changed, in the order of the form."""
    old, new = dict(_answers(before)), dict(_answers(after))
    ordered = list(dict.fromkeys([*new, *old]))
    pairs = ((place, old.get(place), new.get(place)) for place in ordered)
    return [
        ((now or then or ("", ""))[0], then[1] if then else "", now[1] if now else "")
        for __, then, now in pairs
        if (then[1] if then else "") != (now[1] if now else "")
    ]


def _answers(view: FormView) -> Iterator[tuple[str, tuple[str, str]]]:
    """(place, (question, answer)) of every field."""
    yield from _inside(view, view.components, "", "")


def _inside(
    view: FormView, components: Sequence[Component], prefix: str, where: str
) -> Iterator[tuple[str, tuple[str, str]]]:
    for part in components:
        place = place_of(part, prefix)
        match part:
            case Field():
                answered = place not in view.hidden
                label = f"{where}{part.label}"
                yield place, (label, view.written(part, place) if answered else "")
            case Section():
                yield from _inside(view, part.components, f"{place}." if part.path else prefix, where)
            case Rows():
                for number, row in enumerate(view.rows(place), 1):
                    yield from _inside(view, part.components, f"{place}.{row}.", f"{part.label} {number}: ")


def pdf(view: PaperView, lines: Sequence[str]) -> Response:
    """The form as a PDF to open or save. `lines` stand under the title. Raises WrongState when PDF cannot be made here."""
    style = Assets().text("paper")
    body = render_template("form/paper.html", view=view, lines=lines, municipality=municipality())
    html = (
        f'<!doctype html><html lang="da"><head><meta charset="utf-8"><title>{escape(view.title)}</title>'
        f"<style>{style}</style></head><body>{body}</body></html>"
    )
    try:
        content = make_pdf(html, view.title)
    except HandlerRefused as fault:
        raise WrongState(why=str(fault)) from fault
    answer = Response(content, mimetype="application/pdf")
    name = "".join(c if c.isalnum() or c in " -" else "" for c in view.title).strip() or "skema"
    answer.headers.set("Content-Disposition", "inline", filename=f"{name}.pdf")
    answer.headers["Cache-Control"] = "no-store"
    return answer


def empty_view(form: Form, shown: Submission) -> PaperView:
    return PaperView(form, shown, readonly=True, empty=True)


def filled_view(form: Form, shown: Submission) -> PaperView:
    return PaperView(form, shown, readonly=True)


def municipality() -> str:
    """The name at the head of every form on paper."""
    name: str = current_app.config["MUNICIPALITY"]
    return name
