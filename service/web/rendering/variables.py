"""The data of a course as people read it: called what its forms call it, with Danish dates, numbers and choices."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from service.domain.clock import LOCAL_ZONE
from service.domain.form_model import Field, Format, Rows, Section
from service.domain.form_text import write_number
from service.domain.forms import Form
from service.domain.json import Json, Variables
from service.usecases.monitor import InstancePage
from service.web.rendering.times import say_clock, say_date
from service.web.rendering.words import name_of, spelled
from service.web.translations import gettext as _
from service.web.translations import ngettext

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_INSTANT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}.*")
_LENGTH = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?")


@dataclass(frozen=True, slots=True)
class Fact:
    """One variable. `name` is the diagram's. It has a text, facts inside, or several of these (`parts`)."""

    label: str
    name: str
    text: str = ""
    inside: Sequence[Fact] = ()
    parts: Sequence[Sequence[Fact]] = ()


@dataclass(frozen=True, slots=True)
class ScopeFacts:
    title: str
    facts: Sequence[Fact]


class Vocabulary:
    """What the forms of a course call its variables, and what their choices mean."""

    def __init__(self, forms: Iterable[Form], names: Mapping[str, str]) -> None:
        self._names = names
        self._fields: dict[str, Field] = {}
        self._labels: dict[str, str] = {}
        for form in forms:
            for part in form.schema.walk():
                if isinstance(part, Field):
                    self._fields.setdefault(part.key, part)
                    self._labels.setdefault(part.key, part.label)
                elif isinstance(part, Rows | Section) and part.path and part.label:
                    self._labels.setdefault(part.path, part.label)

    def facts(self, variables: Variables) -> list[Fact]:
        return [self._fact(name, value) for name, value in variables.items()]

    def _fact(self, name: str, value: Json) -> Fact:
        label = self._labels.get(name) or spelled(name)
        if isinstance(value, Mapping):
            return Fact(label, name, inside=self.facts(value)) if value else Fact(label, name, "–")
        if isinstance(value, list | tuple) and any(isinstance(part, Mapping) for part in value):
            return Fact(label, name, parts=[self.facts(part) for part in value if isinstance(part, Mapping)])
        return Fact(label, name, self._said(name, value))

    def _said(self, name: str, value: Json) -> str:
        field = self._fields.get(name)
        if isinstance(value, list | tuple):
            return ", ".join(self._said(name, part) for part in value) or "–"
        chosen = next((o.label for o in field.options if o.value == value), None) if field else None
        if chosen is not None:
            return chosen
        if isinstance(value, str):
            cpr = field is not None and field.format is Format.CPR
            return f"{value[:6]}-{value[6:]}" if cpr and len(value) == 10 else self._names.get(value) or say_text(value)
        return say_value(value)


def scopes_of(page: InstancePage) -> Iterator[ScopeFacts]:
    """Every scope of an instance's page that has data, called after its step."""
    called = {version.id: version.name for version, _model in page.diagrams}
    words = Vocabulary(page.forms, {**page.unit_names, **page.names})
    for scope in page.scopes:
        if scope.variables:
            whole = _("Hele forløbet") if scope.parent_key is None else called.get(scope.element_id)
            yield ScopeFacts(whole or name_of(page.elements, scope.element_id), words.facts(scope.variables))


def say_value(value: Json) -> str:
    """Yes and no, and numbers as Danes write them; `–` for nothing."""
    if isinstance(value, bool):
        return _("Ja") if value else _("Nej")
    if isinstance(value, int | float):
        return write_number(value)
    return "–" if value is None else str(value)


def say_text(text: str) -> str:
    """A text that is a date, an instant or a length as people say it; any other as it is."""
    try:
        if _DATE.fullmatch(text):
            return say_date(date.fromisoformat(text))
        if _INSTANT.fullmatch(text):
            moment = datetime.fromisoformat(text)
            local = moment.astimezone(LOCAL_ZONE) if moment.tzinfo else moment.replace(tzinfo=LOCAL_ZONE)
            return f"{say_date(local)} {say_clock(local)}"
    except ValueError:
        return text
    return _say_length(text) or text or "–"


def _say_length(text: str) -> str:
    found = _LENGTH.fullmatch(text)
    if found is None:
        return ""
    years, months, days, hours, minutes = (int(part or 0) for part in found.groups())
    said = (
        (years, ngettext("{n} år", "{n} år", years)),
        (months, ngettext("{n} måned", "{n} måneder", months)),
        (days, ngettext("{n} dag", "{n} dage", days)),
        (hours, ngettext("{n} time", "{n} timer", hours)),
        (minutes, ngettext("{n} minut", "{n} minutter", minutes)),
    )
    return ", ".join(words for number, words in said if number)
