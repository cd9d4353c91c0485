"""Puts values into a form: what it begins with, JSON values as texts, and what a browser sent in the form's own order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from service.domain.clock import LOCAL_ZONE
from service.domain.form_checks import called
from service.domain.form_model import Component, Field, Kind, Rows, Section
from service.domain.form_places import (
    FormContext,
    Raw,
    environment_of,
    listing,
    mapping,
    names_of,
    place_of,
    row_numbers,
    text_names,
)
from service.domain.form_text import WrongType, write, write_number
from service.domain.json import Json, Variables
from service.feel import Expression


def normalise(
    components: Sequence[Component],
    prefix: str,
    fields: Raw,
    initial: Raw,
    raw: dict[str, list[str]],
    context: FormContext,
) -> None:
    for part in components:
        place = place_of(part, prefix)
        if isinstance(part, Field):
            source = initial if part.fixed else fields
            for name in text_names(part, place):
                raw[name] = [text.replace("\r\n", "\n") for text in source.get(name, ())]
        elif isinstance(part, Section):
            normalise(part.components, f"{place}." if part.path else prefix, fields, initial, raw, context)
        elif isinstance(part, Rows):
            numbers = row_numbers(fields, place) if part.may_change else list(initial.get(place, fields.get(place, ())))
            raw[place] = numbers
            for number in numbers:
                inner = f"{place}.{number}."
                known: Raw = initial
                if number not in initial.get(place, ()) and any(isinstance(p, Field) and p.fixed for p in part.walk()):
                    added = Prefill(context)
                    added.fill(part.components, inner, {})
                    known = added.raw
                normalise(part.components, inner, fields, known, raw, context)


class Writer:
    """JSON values as the texts that mean them."""

    def __init__(self) -> None:
        self.raw: dict[str, list[str]] = {}
        self.errors: dict[str, str] = {}

    def write(self, components: Sequence[Component], prefix: str, values: Variables) -> None:
        self._refuse_unknown(components, prefix, values)
        self._write(components, prefix, values)

    def _refuse_unknown(self, components: Sequence[Component], prefix: str, values: Variables) -> None:
        for name in values.keys() - set(names_of(components)):
            self.errors[prefix + name] = f"Skemaet har intet felt med navnet {prefix + name}."

    def _write(self, components: Sequence[Component], prefix: str, values: Variables) -> None:
        for part in components:
            place = place_of(part, prefix)
            match part:
                case Field():
                    self.put(part, place, values.get(part.key))
                case Section(path=None):
                    self._write(part.components, prefix, values)
                case Section(path=str() as path):
                    inner = values.get(path)
                    if inner is not None and not isinstance(inner, Mapping):
                        self.errors[place] = f"{called(part.label)} skal være et objekt."
                    self.write(part.components, f"{place}.", mapping(inner))
                case Rows():
                    rows = values.get(part.path)
                    good = isinstance(rows, (list, tuple)) and all(isinstance(row, Mapping) for row in rows)
                    if rows is not None and not good:
                        self.errors[place] = f"{called(part.label)} skal være en liste af objekter."
                        rows = []
                    self.raw[place] = [str(number) for number in range(len(rows or ()))]
                    for number, row in enumerate(rows or ()):
                        self.write(part.components, f"{place}.{number}.", row)

    def put(self, part: Field, place: str, value: Json) -> None:
        """The texts of one field."""
        try:
            texts = write(part, value)
        except WrongType as expected:
            self.errors[place] = f"{called(part.label)} skal være {expected}."
            texts = []
        put_texts(self.raw, part, place, texts)


def put_texts(raw: dict[str, list[str]], part: Field, place: str, texts: Sequence[str]) -> None:
    """Store a field's texts under its names."""
    if part.kind is Kind.DATE_TIME:
        day, _, clock = (texts[0] if texts else "").partition(" ")
        raw[f"{place}.dato"], raw[f"{place}.tid"] = [day], [clock]
    else:
        raw[place] = list(texts)


class Prefill:
    """The texts a form begins with: what the task gives under the same name, else `fra`, else the default."""

    def __init__(self, context: FormContext) -> None:
        self.raw: dict[str, list[str]] = {}
        self.warnings: dict[str, str] = {}
        self._environment, self._variables = environment_of(context)

    def fill(self, components: Sequence[Component], prefix: str, given: Variables) -> None:
        for part in components:
            place = place_of(part, prefix)
            match part:
                case Field():
                    self._put(part, place, self._begin(part.key, part.prefill, part.default, given))
                case Section(path=None):
                    self.fill(part.components, prefix, given)
                case Section(path=str() as path):
                    inner = self._begin(path, part.prefill, None, given)
                    self.fill(part.components, f"{place}.", mapping(inner))
                case Rows():
                    begun = self._begin(part.path, part.prefill, None, given)
                    rows = listing(begun) if begun is not None else [{}] * part.default_rows
                    self.raw[place] = [str(number) for number in range(len(rows))]
                    for number, row in enumerate(rows):
                        self.fill(part.components, f"{place}.{number}.", mapping(row))

    def _begin(self, name: str, prefill: Expression | None, default: object, given: Variables) -> Json:
        value = given.get(name)
        if value is None and prefill is not None:
            value = prefill.evaluate(self._variables, self._environment)
        return default if value is None else value

    def _put(self, part: Field, place: str, value: Any) -> None:
        try:
            texts = write(part, value)
        except WrongType as expected:
            texts = [_as_text(value)] if part.kind not in (Kind.CHECKBOX, Kind.CHECKLIST) else []
            if isinstance(value, (list, Mapping)) or not texts:
                texts = []
                self.warnings[place] = (
                    f"{called(part.label)} kunne ikke udfyldes på forhånd: værdien er ikke {expected}."
                )
        put_texts(self.raw, part, place, texts)


def _as_text(value: Any) -> str:
    """A scalar of another kind as people write it."""
    if isinstance(value, bool):
        return "ja" if value else "nej"
    if isinstance(value, datetime):
        return f"{value.astimezone(LOCAL_ZONE):%d-%m-%Y %H:%M}"
    if isinstance(value, date):
        return f"{value:%d-%m-%Y}"
    try:
        return write_number(value)
    except (TypeError, ValueError, ArithmeticError):
        return str(value)
