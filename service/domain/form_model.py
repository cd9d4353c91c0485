"""What a form consists of: components in a tree, as read from a form-js schema. Pure data, shared between requests."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import cached_property

from service.feel import Expression


class Kind(StrEnum):
    """Kinds of fields. A `taglist` is read as a checklist: both are several choices among options."""

    TEXT = "textfield"
    LONG_TEXT = "textarea"
    NUMBER = "number"
    DATE = "date"
    TIME = "time"
    DATE_TIME = "datetime"
    SELECT = "select"
    RADIO = "radio"
    CHECKBOX = "checkbox"
    CHECKLIST = "checklist"
    FILE = "filepicker"


CHOICES = frozenset({Kind.SELECT, Kind.RADIO, Kind.CHECKLIST})
"""Kinds whose value comes from a list of options."""


class Format(StrEnum):
    """What a text field holds beyond text."""

    PLAIN = ""
    EMAIL = "email"
    PHONE = "phone"
    CPR = "cpr"
    CASE_NUMBER = "sagsnummer"


@dataclass(frozen=True, slots=True)
class Option:
    """One choice: what people read, and the value that is stored."""

    label: str
    value: str | int | float | bool

    @property
    def text(self) -> str:
        """The value as a browser sends it."""
        return str(self.value).lower() if isinstance(self.value, bool) else str(self.value)


@dataclass(frozen=True, slots=True)
class Rules:
    """What a value must be. `minimum` and `maximum` bound numbers, the lengths bound texts (characters)."""

    required: bool = False
    minimum: float | None = None
    maximum: float | None = None
    min_length: int | None = None
    max_length: int | None = None
    pattern: str | None = None
    pattern_message: str | None = None
    decimals: int | None = None
    """Decimal places a number may have; None: any."""
    no_past_dates: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Component:
    """Anything in a form. `hide` true hides it (and all inside); what is hidden is not submitted.

    `row` names the line of the form's grid that it shares with others, `columns` (1-16) how wide it is there.
    """

    id: str
    hide: Expression | None = None
    row: str | None = None
    columns: int | None = None
    on_screen: bool = True
    on_paper: bool = True
    on_blank: bool = True
    """Also on paper with nothing filled in."""

    def walk(self) -> Iterator[Component]:
        """Itself and everything inside, in reading order."""
        yield self


@dataclass(frozen=True, slots=True, kw_only=True)
class Prose(Component):
    """Text between fields: markdown, or an expression that gives it."""

    text: str | Expression


@dataclass(frozen=True, slots=True, kw_only=True)
class Separator(Component):
    """A line between two parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field(Component):
    """Something to fill in. `path` of a value is the keys of the parts around it and its own `key`."""

    kind: Kind
    key: str
    label: str
    description: str = ""
    rules: Rules = Rules()
    format: Format = Format.PLAIN
    options: tuple[Option, ...] = ()
    option_expression: Expression | None = None
    option_source: str | None = None
    """Name of a list that the use case looks up (`kilde`): `enheder`, `medarbejdere:<rolle>@enhed` …"""
    default: object = None
    prefill: Expression | None = None
    check: Expression | None = None
    """`kontrol`: null or true is good; a text is what is wrong, and blocks."""
    warning: Expression | None = None
    """`advarsel`: a text is shown and does not block."""
    readonly: bool = False
    """Shown and submitted, but its value is always the prefilled one."""
    disabled: bool = False
    """Shown with its prefilled value, never submitted."""
    prefix: str = ""
    suffix: str = ""
    accepts: frozenset[str] = frozenset()
    """Of a file: the types (of `attachments.TYPES`) it may have; none named: all that the house takes."""
    document_kind: str = ""
    """Of a file: the kind of document (`art`) it becomes on the case."""
    document_title: Expression | None = None
    """Of a file: the document's title (`titel`), from what the form knows; else the field's label and the file's name."""
    paper_label: str = ""
    """What is asked on paper, where it is put another way there ("" : the label)."""

    @property
    def fixed(self) -> bool:
        """Whether people cannot change it."""
        return self.readonly or self.disabled


@dataclass(frozen=True, slots=True, kw_only=True)
class Section(Component):
    """Components that belong together under a heading. With a `path` their values make an object of that name."""

    label: str
    path: str | None = None
    components: tuple[Component, ...]
    matrix: bool = False
    """Criteria with the same answers, shown close together."""
    paper_label: str = ""
    prefill: Expression | None = None
    check: Expression | None = None
    warning: Expression | None = None

    def walk(self) -> Iterator[Component]:
        yield self
        for part in self.components:
            yield from part.walk()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows(Component):
    """A list whose rows all have the same components. Its value is a list of objects."""

    label: str
    path: str
    components: tuple[Component, ...]
    default_rows: int = 1
    may_change: bool = True
    """Whether people may add and remove rows."""
    table: bool = False
    paper_table: bool = False
    """A table on paper, whatever it is on a page."""
    paper_label: str = ""
    prefill: Expression | None = None
    check: Expression | None = None
    warning: Expression | None = None

    def walk(self) -> Iterator[Component]:
        yield self
        for part in self.components:
            yield from part.walk()


@dataclass(frozen=True, slots=True)
class Print:
    """What stands on paper beside the fields, in plain language; empty: that part is left out."""

    title: str = ""
    intro: str = ""
    """What it is and what it is for (markdown)."""
    next_steps: tuple[str, ...] = ()
    """What happens now."""
    contact: str = ""
    """What the case's worker is called to the reader: "Din sagsbehandler"; her name, phone and mail follow."""
    complaint: str = ""
    """What the reader can do who disagrees (markdown)."""
    signatures: tuple[str, ...] = ()
    """A line for each who signs."""


@dataclass(frozen=True)
class Schema:
    """A form as drawn."""

    id: str
    title: str
    components: tuple[Component, ...]
    print: Print = Print()
    guidance: tuple[str, ...] = ()
    """Ids of the forms that stand beside this one as guidance."""

    def walk(self) -> Iterator[Component]:
        """Every component, in reading order."""
        for part in self.components:
            yield from part.walk()

    @cached_property
    def reads(self) -> frozenset[str]:
        """Every name that an expression of the form reads: fields, and facts of its surroundings."""
        values = (getattr(part, f.name) for part in self.walk() for f in fields(part))
        return frozenset(name for value in values if isinstance(value, Expression) for name in value.names)

    @cached_property
    def conditional(self) -> bool:
        """Whether any part may be hidden."""
        return any(part.hide is not None for part in self.walk())

    @cached_property
    def has_live(self) -> bool:
        """Whether anything on a page may change while somebody types."""
        return self.conditional or any(
            part.warning is not None for part in self.walk() if isinstance(part, (Field, Section, Rows))
        )

    @cached_property
    def has_files(self) -> bool:
        """Whether there are files to choose."""
        return any(isinstance(part, Field) and part.kind is Kind.FILE for part in self.walk())

    @cached_property
    def has_fixed(self) -> bool:
        """Whether there are fields that people cannot change."""
        return any(isinstance(part, Field) and part.fixed for part in self.walk())
