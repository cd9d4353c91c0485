"""Forms on paper: the same layout empty and filled, on a page and as a PDF (A4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from html import escape

from flask import Response, current_app, render_template

from service.domain.errors import WrongState
from service.domain.form_model import CHOICES, Component, Field, Kind, Option, Prose, Rows, Section
from service.domain.form_places import Submission, place_of
from service.domain.forms import Form
from service.domain.handling import HandlerRefused
from service.domain.pdf import make_pdf
from service.domain.storage import Account
from service.web.assets import Assets
from service.web.rendering.forms import FormView
from service.web.translations import gettext as _

BLANK_ROWS = {True: 4, False: 2}
"""Lines of a list on an empty form, as a table and as boxes; what the form itself puts there counts."""
MOST_BOXES = 12
"""Options that are written out with boxes to tick; more are a line to write on."""
HALF_A_LINE = 42
"""Characters of options, their boxes included, that fit beside another field."""
BOX = 3
"""Characters that a box takes."""
MANY_COLUMNS = 3
"""From so many on, the columns of a table get the width they need."""
OPEN, TICKED = "☐", "☒"


@dataclass(frozen=True, slots=True)
class About:
    """What stands at the head and foot of every sheet."""

    lines: Sequence[str] = ()
    """Under the title: whom it is about, the case, and which version it is."""
    citizen: str = ""
    case: str = ""
    version: str = ""
    contact: Account | None = None
    """Whom the reader can ask."""

    @property
    def head(self) -> str:
        return " · ".join(filter(None, (self.citizen, self.case)))


@dataclass(slots=True)
class PaperView(FormView):
    """One form as it stands on paper."""

    empty: bool = False
    """Nothing is filled in."""
    writable: bool = False
    """What is not answered is a line to write on by hand."""
    lines: int = 3
    """For a long answer."""

    @property
    def title(self) -> str:
        return self.form.schema.print.title or self.form.title

    def label(self, part: Field | Section | Rows) -> str:
        """What is asked, as it is put on paper."""
        return part.paper_label or part.label

    def paper_rows(self, part: Rows, place: str) -> Sequence[str]:
        """Row numbers; on an empty form some to write on."""
        found = list(self.rows(place))
        return [*found, *(f"+{n}" for n in range(BLANK_ROWS[part.paper_table] - len(found)))] if self.empty else found

    def stands(self, part: Component) -> bool:
        """Whether this is for paper at all."""
        return part.on_blank if self.empty else part.on_paper

    def paper_columns(self, part: Rows, place: str) -> Sequence[Component]:
        return [c for c in (part.components if self.empty else self.columns(part, place)) if self.stands(c)]

    def width(self, part: Component, among: Sequence[Component]) -> str:
        """Class of a table's column: what needs little room leaves it to what is written."""
        if not isinstance(part, Field) or len(among) < MANY_COLUMNS:
            return ""
        if part.kind is Kind.NUMBER or part.kind is Kind.CHECKBOX:
            return "tiny"
        if part.kind is Kind.RADIO and self.inline(part, ""):
            return "boxes"
        return {Kind.LONG_TEXT: "wide", Kind.DATE: "small", Kind.TIME: "small"}.get(part.kind, "")

    def ticked(self, part: Field, place: str) -> Sequence[tuple[str, str]] | None:
        """(box, label) of options to tick; None where there is something to write."""
        if part.kind is Kind.CHECKBOX:
            return [(TICKED if self.chosen(place) else OPEN, _("Ja"))]
        options = part.options if part.kind in CHOICES else ()
        if not options or len(options) > MOST_BOXES:
            return None
        chosen = self.chosen(place)
        return [(TICKED if option.text in chosen else OPEN, option.label) for option in options]

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
            if place in self.hidden or not self.stands(part):
                continue
            if isinstance(part, Section):
                if self.says(part.components, f"{place}." if part.path else prefix):
                    return True
            elif isinstance(part, Field | Rows | Prose):
                return True
        return False

    def is_long(self, part: Field) -> bool:
        return part.kind is Kind.LONG_TEXT

    def takes_a_line(self, part: Field) -> bool:
        """Whether a field needs the whole width: much to write, or many or long options to tick."""
        options = part.options if part.kind in CHOICES and len(part.options) <= MOST_BOXES else ()
        return self.is_long(part) or sum(len(option.label) + BOX for option in options) > HALF_A_LINE


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


def pdf(view: PaperView, about: About) -> Response:
    """The form as a PDF to open or save. Raises WrongState when PDF cannot be made here."""
    style = Assets().text("paper")
    body = render_template("form/paper.html", view=view, about=about, municipality=municipality())
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
    return PaperView(form, shown, readonly=True, empty=True, writable=True)


def draft_view(form: Form, shown: Submission) -> PaperView:
    """As far as it is filled in; the rest can be written by hand."""
    return PaperView(form, shown, readonly=True, writable=True)


def filled_view(form: Form, shown: Submission) -> PaperView:
    return PaperView(form, shown, readonly=True)


def municipality() -> str:
    """The name at the head of every form on paper."""
    name: str = current_app.config["MUNICIPALITY"]
    return name
