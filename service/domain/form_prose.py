"""The texts between the fields of a form that nobody is filling in: one that was stored, or one on paper with nothing in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from service.domain.deadlines import Calendar
from service.domain.form_model import Component, Field, Prose, Rows, Section
from service.domain.form_places import places
from service.domain.house_feel import CalendarEnvironment
from service.domain.json import Variables
from service.feel import Expression


def settle_prose(components: Sequence[Component], values: Variables) -> tuple[dict[str, str], set[str]]:
    """(place → markdown of texts that are expressions, places of the texts that are left out).

    Only the answers are known then. A condition that asks about anything else hides its text; a text that cannot be
    made without anything else is left out.
    """
    environment = CalendarEnvironment(datetime(1970, 1, 1, tzinfo=UTC), Calendar())
    parts = [part for component in components for part in component.walk()]
    names = {
        part.key if isinstance(part, Field) else part.path for part in parts if isinstance(part, Field | Rows | Section)
    }
    texts, hidden = dict[str, str](), set[str]()
    for part, place, inside in places(components, "", values):
        if not isinstance(part, Prose):
            continue
        scope = {**dict.fromkeys(filter(None, names)), **values, **inside}
        shown = part.hide is None or (part.hide.names <= names and part.hide.evaluate(scope, environment) is not True)
        if shown and isinstance(part.text, Expression):
            said = part.text.evaluate(scope, environment)
            shown = isinstance(said, str)
            texts[place] = said if isinstance(said, str) else ""
        if not shown:
            hidden.add(place)
    return texts, hidden
