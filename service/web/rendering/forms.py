"""A form on a page: what the templates under `templates/form/` ask for, worked out once per request.

`FormView` is made per request around the shared `Form` and one `Submission`. Places are paths as in field names; ids on the
page are `felt-` and the place with dashes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from markupsafe import Markup

from service.domain.form_model import CHOICES, Component, Field, Format, Kind, Option, Prose, Rows, Section, Separator
from service.domain.form_places import Submission, place_of, row_numbers, typed
from service.domain.form_text import CHECKED
from service.domain.forms import ADD_ROW, CHOOSE_FILE, FORGET_FILE, REMOVE_ROW, Form
from service.domain.json import Json
from service.web.here import attachment_limits
from service.web.rendering.live import live_parts
from service.web.translations import gettext as _
from service.web.translations import ngettext

PART_MACROS: Mapping[type[Component], str] = {
    Field: "field",
    Section: "section",
    Rows: "rows",
    Prose: "prose",
    Separator: "separator",
}
SHORT_CHOICES = 4
"""A radio group of so few, short options may stand on one line."""
SHORT_LABEL = 14
"""Characters."""


@dataclass(frozen=True, slots=True)
class Spot:
    """One field at one place."""

    part: Field
    place: str
    id: str
    hint: str
    error: str
    warning: str
    attributes: Markup
    """ARIA attributes of its control: ids and constants only."""
    described: Markup
    """Only what describes it: for a group around several controls."""

    @property
    def required(self) -> bool:
        return self.part.rules.required and not self.part.fixed

    @property
    def control(self) -> Markup:
        """Width, type and keyboard of a one-line text control."""
        return CONTROLS.get(self.part.format, CONTROLS.get(self.part.kind, PLAIN_CONTROL))


GROUPED: Mapping[Format, tuple[str, Sequence[int]]] = {Format.CPR: ("-", (6, 4)), Format.PHONE: (" ", (2, 2, 2, 2))}
"""Numbers that are read in groups: what stands between them, and their lengths."""
PLAIN_CONTROL = Markup('class="form-input" type="text"')
CONTROLS: Mapping[Format | Kind, Markup] = {
    Format.EMAIL: Markup('class="form-input" type="email"'),
    Format.PHONE: Markup('class="form-input middle" type="tel"'),
    Format.CPR: Markup('class="form-input short" type="text" inputmode="numeric"'),
    Format.CASE_NUMBER: Markup('class="form-input middle" type="text"'),
    Kind.NUMBER: Markup('class="form-input short" type="text" inputmode="decimal"'),
    Kind.TIME: Markup('class="form-input short" type="text" inputmode="numeric"'),
}


@dataclass(slots=True)
class FormView:
    """One form as one page shows it."""

    form: Form
    submission: Submission
    action: str = ""
    """Where the form is sent; empty: the page's own address."""
    draft_url: str = ""
    live: Sequence[Json] = ()
    """Conditions for the browser, from `live_parts`."""
    all_live: bool = True
    readonly: bool = False
    heading_level: int = 1
    """Of the heading above the form; its own begin below."""
    errors: Mapping[str, str] = field(init=False)
    warnings: Mapping[str, str] = field(init=False)
    hidden: frozenset[str] = field(init=False)
    add_row: str = ADD_ROW
    remove_row: str = REMOVE_ROW
    choose_file: str = CHOOSE_FILE
    forget_file: str = FORGET_FILE
    checked: str = CHECKED

    def __post_init__(self) -> None:
        self.errors, self.warnings = self.submission.errors, self.submission.warnings
        self.hidden = self.submission.hidden

    @property
    def encoding(self) -> str:
        """How the form is sent."""
        return "multipart/form-data" if self.form.schema.has_files else ""

    def file(self, place: str) -> tuple[str, str] | None:
        """(key, name) of the document that the file at this place has become."""
        key, _, name = self.text(place).partition(" ")
        return (key, name) if name else None

    def endings(self, part: Field) -> str:
        """The files a browser offers first: `.pdf,.png`."""
        return ",".join(f".{type_}" for type_ in sorted(attachment_limits().narrowed(part.accepts).types))

    @property
    def components(self) -> tuple[Component, ...]:
        return self.form.schema.components

    def macro(self, part: Component) -> str:
        """Name of the macro that draws this part."""
        return PART_MACROS[type(part)]

    def place(self, part: Component, prefix: str) -> str:
        return place_of(part, prefix)

    def dom_id(self, place: str) -> str:
        """The id on the page."""
        return "felt-" + place.replace(".", "-").replace("~", "_")

    def hint(self, part: Field) -> str:
        """The help text, with the way to write a date and the longest length where there is one."""
        parts = [part.description]
        if part.kind in (Kind.DATE, Kind.DATE_TIME) and not part.fixed:
            parts.append(_("Skriv dd-mm-åååå."))
        if part.kind is Kind.FILE:
            taken = attachment_limits().narrowed(part.accepts)
            parts.append(_("Højst {n} MB. Det kan være: {typer}.").format(n=taken.megabytes, typer=taken.said()))
        if part.rules.max_length is not None and not part.fixed:
            parts.append(ngettext("Højst {n} tegn.", "Højst {n} tegn.", part.rules.max_length))
        return " ".join(filter(None, parts))

    def spot(self, part: Field, place: str) -> Spot:
        """One field at one place, ready to be drawn."""
        base, hint, error = self.dom_id(place), self.hint(part), self.errors.get(place)
        ids = [
            f"{base}-{what}" for what, there in (("hint", hint), ("error", error), ("warning", part.warning)) if there
        ]
        described = attributes = f' aria-describedby="{" ".join(ids)}"' if ids else ""
        if error:
            attributes += ' aria-invalid="true"'
        if part.rules.required:
            attributes += ' aria-required="true"'
        warning = self.warnings.get(place, "")
        return Spot(part, place, base, hint, error or "", warning, Markup(attributes), Markup(described))  # noqa: S704

    def text(self, name: str) -> str:
        """The first text under a field name, as typed."""
        return next(iter(self.submission.raw.get(name, ())), "")

    def chosen(self, place: str) -> frozenset[str]:
        """The texts under a choice's name."""
        return frozenset(self.submission.raw.get(place, ()))

    def options(self, part: Field, place: str) -> Sequence[Option]:
        return self.submission.choices.get(place, part.options)

    def inline(self, part: Field, place: str) -> bool:
        """Whether the options are few and short enough to stand on one line."""
        options = self.options(part, place)
        return len(options) <= SHORT_CHOICES and all(len(option.label) <= SHORT_LABEL for option in options)

    def rows(self, place: str) -> Sequence[str]:
        """Row numbers of a list."""
        return row_numbers(self.submission.raw, place)

    def columns(self, part: Rows, place: str) -> Sequence[Component]:
        """The columns of a list shown as a table: without those that are hidden in each of its rows."""
        rows = [f"{place}.{number}." for number in self.rows(place)]
        return [c for c in part.components if not rows or any(self.place(c, row) not in self.hidden for row in rows)]

    def markdown(self, part: Prose, place: str) -> str:
        """The text of a text part."""
        return part.text if isinstance(part.text, str) else self.submission.texts.get(place, "")

    def written(self, part: Field, place: str) -> str:
        """What was answered, as people read it; empty when nothing was."""
        texts = typed(part, place, self.submission.raw)
        if part.kind is Kind.CHECKBOX:
            return "Ja" if texts else "Nej"
        if part.kind is Kind.FILE:
            return " ".join(texts).partition(" ")[2]
        if part.kind in CHOICES:
            labels = {option.text: option.label for option in self.options(part, place)}
            return ", ".join(labels.get(text, text) for text in texts)
        said = (texts or [""])[0]
        if part.kind in (Kind.TIME, Kind.DATE_TIME):
            said = said.replace(" ", " kl. ").replace(":", ".")
        elif part.format in GROUPED and said.isdecimal() and len(said) == sum(GROUPED[part.format][1]):
            said = _grouped(said, *GROUPED[part.format])
        return f"{part.prefix} {said} {part.suffix}".strip() if said else ""

    def problems(self) -> list[tuple[str, str]]:
        """(id to go to, sentence) of every error, in the order of the form."""
        targets = dict(self._targets(self.components, ""))
        return [(targets.get(place, self.dom_id(place)), sentence) for place, sentence in self.errors.items()]

    def _targets(self, components: Sequence[Component], prefix: str) -> Sequence[tuple[str, str]]:
        found: list[tuple[str, str]] = []
        for part in components:
            place = place_of(part, prefix)
            match part:
                case Field():
                    found.append((place, self.first_id(part, place)))
                case Section():
                    found += self._targets(part.components, f"{place}." if part.path else prefix)
                case Rows():
                    for number in self.rows(place):
                        found += self._targets(part.components, f"{place}.{number}.")
        return found

    def first_id(self, part: Field, place: str) -> str:
        """The id of the field's first control."""
        base = self.dom_id(place)
        if part.kind in (Kind.RADIO, Kind.CHECKLIST):
            return f"{base}-1" if self.options(part, place) else base
        return f"{base}-dato" if part.kind is Kind.DATE_TIME else base


def _grouped(digits: str, between: str, lengths: Sequence[int]) -> str:
    left = iter(digits)
    return between.join("".join(islice(left, length)) for length in lengths)


def view_of(form: Form, submission: Submission, **settings: Any) -> FormView:
    """A form to fill in; its conditions run in the browser too."""
    live: tuple[list[Json], bool] = ([], True)
    if submission.context is not None and form.schema.has_live:
        live = live_parts(form.schema, submission.context)
    return FormView(form, submission, live=live[0], all_live=live[1], **settings)


def record_view(form: Form, submission: Submission, **settings: Any) -> FormView:
    """A stored submission, for reading (from `Form.read_back`)."""
    return FormView(form, submission, readonly=True, **settings)


def draft_answer(form: Form, submission: Submission, message: str | None = None) -> dict[str, Json]:
    """What the draft script in the browser is told: a line to show (None: its own), and what conditions give."""
    places = list(_conditional(form.schema.components, "", submission))
    return {
        "message": message,
        "hidden": [place for place in places if place in submission.hidden],
        "shown": [place for place in places if place not in submission.hidden],
        "warnings": {place: submission.warnings.get(place, "") for place in _warned(form, submission)},
    }


def _conditional(components: Sequence[Component], prefix: str, submission: Submission) -> Iterator[str]:
    """Places of the parts that a condition may hide."""
    for part, place in _walk(components, prefix, submission):
        if part.hide is not None:
            yield place


def _warned(form: Form, submission: Submission) -> Iterator[str]:
    for part, place in _walk(form.schema.components, "", submission):
        if isinstance(part, (Field, Section, Rows)) and part.warning is not None:
            yield place


def _walk(components: Sequence[Component], prefix: str, submission: Submission) -> Iterator[tuple[Component, str]]:
    for part in components:
        place = place_of(part, prefix)
        yield part, place
        if isinstance(part, Section):
            yield from _walk(part.components, f"{place}." if part.path else prefix, submission)
        elif isinstance(part, Rows):
            for number in row_numbers(submission.raw, place):
                yield from _walk(part.components, f"{place}.{number}.", submission)
