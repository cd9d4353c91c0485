"""Forms: what is asked, what was typed, and what it means.

`read_form` gives a `Form` once per version; it is immutable and shared by all requests. Its methods give a `Submission`:
the texts as typed (`raw`, which nothing ever drops while they are shown to their author), their values, and what is wrong.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from functools import cached_property, lru_cache

from service.domain.definitions import Finding
from service.domain.errors import SetupFault
from service.domain.form_examination import examine
from service.domain.form_filling import Prefill, Writer, normalise
from service.domain.form_model import CHOICES, Component, Field, Kind, Option, Rows, Schema, Section
from service.domain.form_places import (
    ADD_ROW,
    CHOOSE_FILE,
    FORGET_FILE,
    MOST_ROWS,
    REMOVE_ROW,
    FormContext,
    Raw,
    Submission,
    mapping,
    names_of,
    place_of,
    places,
    rows_at,
)
from service.domain.form_prose import settle_prose
from service.domain.form_reading import read_schema
from service.domain.json import Json, Variables

__all__ = [
    "ADD_ROW",
    "CHOOSE_FILE",
    "FORGET_FILE",
    "REMOVE_ROW",
    "Form",
    "FormContext",
    "Option",
    "Raw",
    "Submission",
    "deployed_form",
    "read_form",
]


class Form:
    """One version of a form. Safe to share between threads."""

    def __init__(self, schema: Schema) -> None:
        self.schema = schema

    @property
    def id(self) -> str:
        return self.schema.id

    @property
    def title(self) -> str:
        return self.schema.title

    @cached_property
    def sources(self) -> frozenset[str]:
        """Option sources that `FormContext.choices` must hold."""
        return frozenset(f.option_source for f in self.schema.walk() if isinstance(f, Field) and f.option_source)

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the values that a submission gives, at the top."""
        return frozenset(names_of(self.schema.components))

    def said(self, name: str, value: Json) -> str:
        """A value as people read it: of a choice written in the form its label, else the value itself; "" for null."""
        if value is None:
            return ""
        fields = (f for f in self.schema.walk() if isinstance(f, Field) and f.key == name)
        labels = (o.label for f in fields for o in f.options if o.value == value)
        return next(labels, str(value))

    @property
    def reads(self) -> frozenset[str]:
        """Every name that an expression of the form reads. Facts of its surroundings that are not among them may be left out."""
        return self.schema.reads

    # -- what users do --------------------------------------------------------------------------------------------------

    def fresh(self, context: FormContext, draft: Raw | None = None) -> Submission:
        """The form as its author first sees it: the draft if there is one, else prefilled. No errors yet."""
        prefilled = Prefill(context)
        if draft is None:
            prefilled.fill(self.schema.components, "", mapping(context.facts.get("opgave")))
            shown = examine(self.schema, prefilled.raw, context)
        else:
            shown = examine(self.schema, self._normal(draft, context), context)
        return replace(shown, errors={}, warnings={**prefilled.warnings, **shown.warnings})

    def parse(self, fields: Raw, context: FormContext) -> Submission:
        """What a browser sent, read and checked."""
        return examine(self.schema, self._normal(fields, context), context)

    def check(self, values: Variables, context: FormContext) -> Submission:
        """JSON values (from a program or a scenario), checked by the same rules as a page's.

        Unknown names and values of the wrong kind are errors; values of hidden fields are dropped.
        """
        writer = Writer()
        writer.write(self.schema.components, "", values)
        submission = examine(self.schema, self._normal(writer.raw, context), context)
        return replace(submission, errors={**writer.errors, **submission.errors})

    def typed_over(self, shown: Submission, values: Variables) -> Raw:
        """What a browser would send in which these values were typed over what is shown, hidden parts included."""
        writer = Writer()
        writer.write(self.schema.components, "", values)
        return {**shown.raw, **{name: t for name, t in writer.raw.items() if name.partition(".")[0] in values}}

    def change_rows(self, fields: Raw, context: FormContext) -> Submission | None:
        """The form after a press on an "add row" or "remove row" button, without errors; None if none was pressed."""
        raw = {name: list(texts) for name, texts in fields.items()}
        added, removed = raw.pop(ADD_ROW, []), raw.pop(REMOVE_ROW, [])
        if not added and not removed:
            return None
        for place in removed:
            path, _, row = place.rpartition(".")
            raw[path] = [number for number in raw.get(path, []) if number != row]
            raw = {name: texts for name, texts in raw.items() if not name.startswith(f"{place}.")}
        for place in added:
            rows = rows_at(self.schema.components, place)
            if rows is None or not rows.may_change or len(raw.get(place, [])) >= MOST_ROWS:
                continue
            number = 1 + max((int(n) for n in raw.get(place, []) if n.isdecimal()), default=-1)
            number = max(number, len(self._initial(context).get(place, ())))
            prefilled = Prefill(context)
            prefilled.fill(rows.components, f"{place}.{number}.", {})
            raw = {**raw, **prefilled.raw, place: [*raw.get(place, []), str(number)]}
        return replace(self.parse(raw, context), errors={})

    def read_back(self, values: Variables, choices: Mapping[str, Sequence[Option]] | None = None) -> Submission:
        """A stored submission, for reading: parts without a value in it are hidden, and sections of nothing else.

        A choice whose option is no longer known shows its value.
        """
        writer = Writer()
        writer.write(self.schema.components, "", values)
        hidden, offered = set[str](), dict[str, tuple[Option, ...]]()
        for part, place, inside in places(self.schema.components, "", values):
            if (isinstance(part, Field) and part.key not in inside) or (
                isinstance(part, Rows) and part.path not in inside
            ):
                hidden.add(place)
            elif isinstance(part, Field) and part.kind in CHOICES and not part.options:
                known = {o.text: o for o in (choices or {}).get(part.option_source or "", ())}
                offered[place] = tuple(known.get(t) or Option(t, t) for t in writer.raw.get(place, ()))
        hidden.update(_empty_sections(self.schema.components, "", hidden))
        texts, silent = settle_prose(self.schema.components, values)
        return Submission(
            raw=writer.raw, values=dict(values), hidden=frozenset(hidden | silent), choices=offered, texts=texts
        )

    def blank(self, context: FormContext) -> Submission:
        """The form with nothing in it, to fill in by hand: every field is there, also those that only some need.

        What it says by itself, whoever it is about, stands in it: the rows of its lists and the texts nobody can change.
        """
        lists = [part for part in self.schema.components if isinstance(part, Rows)]
        paths = tuple(f"{rows.path}." for rows in lists)
        choices = tuple(
            f".{f.key}" for rows in lists for f in rows.walk() if isinstance(f, Field) and f.kind in CHOICES
        )
        fixed = {f.key for f in self.schema.walk() if isinstance(f, Field) and f.readonly and f.kind is Kind.LONG_TEXT}
        said = self._initial(context).items()
        raw = {n: t for n, t in said if n in fixed or (f"{n}.".startswith(paths) and not n.endswith(choices))}
        texts, silent = settle_prose(self.schema.components, {})
        return Submission(raw=raw, hidden=frozenset(silent), texts=texts)

    # -- how ------------------------------------------------------------------------------------------------------------

    def _initial(self, context: FormContext) -> Raw:
        prefilled = Prefill(context)
        prefilled.fill(self.schema.components, "", mapping(context.facts.get("opgave")))
        return prefilled.raw

    def _normal(self, fields: Raw, context: FormContext) -> Raw:
        """Only the names that the form has, rows numbered, fixed fields with their prefilled texts."""
        initial = self._initial(context) if self.schema.has_fixed else {}
        raw: dict[str, list[str]] = {}
        normalise(self.schema.components, "", fields, initial, raw, context)
        return raw


def read_form(content: bytes, file: str) -> Form | list[Finding]:
    """The form in a file, or every fault in it as a Danish finding that says how to mend it."""
    schema = read_schema(content, file)
    return schema if isinstance(schema, list) else Form(schema)


@lru_cache(maxsize=512)
def deployed_form(content: bytes) -> Form:
    """The form of a deployed version, compiled once. Raises `SetupFault` if it cannot be read (it was checked at deploy)."""
    form = read_form(content, "formular")
    if isinstance(form, list):
        raise SetupFault(why=f"Skemaet kan ikke læses: {form[0].message}")
    return form


def _empty_sections(components: Sequence[Component], prefix: str, hidden: Set[str]) -> Iterator[str]:
    """Places of the sections in which everything to read is hidden."""
    for part in components:
        if isinstance(part, Section):
            place = place_of(part, prefix)
            inner = f"{place}." if part.path else prefix
            below = set(_empty_sections(part.components, inner, hidden))
            yield from below
            answers = [c for c in part.components if isinstance(c, Field | Rows | Section)]
            if answers and all(place_of(c, inner) in (hidden | below) for c in answers):
                yield place
