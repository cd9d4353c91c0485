"""Editing with a form: shown as it stands, checked, saved; and when somebody else was faster, nothing typed is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask import request
from werkzeug.wrappers import Response

from service.domain.errors import EntryChanged, FormInvalid, WrongState
from service.domain.form_model import Field
from service.domain.form_places import FormContext, Submission, places, row_numbers
from service.domain.forms import Form
from service.domain.json import Json, Variables
from service.web.here import platform, typed
from service.web.rendering.forms import FormView

VERSION = "_udgave"
"""The hidden field that says which version somebody saw."""
PREVIEW = "se"
"""The button (`_handling`) that asks what saving would do."""
Answer = str | Response | tuple[str, int]


@dataclass(frozen=True, slots=True)
class Edit:
    """A form on a page. `differs`: what stands otherwise since somebody else changed it, (label, what stands now)."""

    form: Form
    shown: Submission
    version: str
    fault: str = ""
    differs: Sequence[tuple[str, str]] = ()
    preview: Any = None
    """What saving would do, when somebody asked to see that first."""


@dataclass(frozen=True, slots=True)
class Stored:
    """What stands: its values as the form has them, and the version they are of."""

    values: Variables
    version: str = ""


def edited(
    form: Form,
    stored: Stored,
    save: Callable[[dict[str, Json], str], Answer],
    show: Callable[[Edit], str],
    *,
    preview: Callable[[dict[str, Json]], Any] | None = None,
) -> Answer:
    """Show the form, or save what was sent: `save(values, version seen)`; `preview` tells what saving would do.

    When somebody else has changed it meanwhile, what stands now is told, and she may save hers on top, knowingly.
    """
    context = FormContext(now=platform().clock.now())
    if request.method == "GET":
        return show(Edit(form, filled(form, stored.values, context), stored.version))
    fields, seen = typed(), request.form.get(VERSION, "")
    if (changed := form.change_rows(fields, context)) is not None:
        return show(Edit(form, changed, seen))
    sent = form.parse(fields, context)
    asks = preview is not None and request.form.get("_handling") == PREVIEW
    if asks:  # the reason may come later
        sent = replace(sent, errors={place: text for place, text in sent.errors.items() if place != "begrundelse"})
    if not sent.ok:
        return show(Edit(form, sent, seen)), 400
    try:
        if preview is not None and asks:
            return show(Edit(form, sent, seen, preview=preview(sent.values)))
        return save(sent.values, seen)
    except FormInvalid as fault:
        return show(Edit(form, replace(sent, errors=_placed(fault.errors, sent)), seen)), 400
    except WrongState as fault:
        return show(Edit(form, sent, seen, str(fault))), fault.status
    except EntryChanged as fault:
        differs = _differences(form, sent, filled(form, stored.values, context))
        return show(Edit(form, sent, stored.version, str(fault), differs)), fault.status


def _placed(errors: dict[str, str], sent: Submission) -> dict[str, str]:
    """Errors that name a row by its place among the rows, under the number that the row has on the page."""
    placed = {}
    for place, text in errors.items():
        path, _, rest = place.partition(".")
        number, dot, name = rest.partition(".")
        numbers = row_numbers(sent.raw, path) if number.isdecimal() else []
        there = int(number) < len(numbers) if numbers else False
        placed[f"{path}.{numbers[int(number)]}{dot}{name}" if there else place] = text
    return placed


def filled(form: Form, values: Variables, context: FormContext) -> Submission:
    """The form with these values in it, without a word about what is wrong."""
    return replace(form.check(values, context), errors={}, warnings={})


def _differences(form: Form, mine: Submission, theirs: Submission) -> list[tuple[str, str]]:
    views = FormView(form, mine), FormView(form, theirs)
    found = []
    for part, place, _ in places(form.schema.components, "", theirs.values):
        if isinstance(part, Field) and place not in ("begrundelse", "aendring", "fra_dato"):
            said, stands = (view.written(part, place) for view in views)
            if said != stands:
                found.append((part.label, stands or "–"))
    return found
