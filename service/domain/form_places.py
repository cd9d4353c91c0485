"""What a form may know, what comes out of it, and where in it each thing lies.

Names of fields on a page: the path of a value with dots (`maal.0.tekst`); an instant has two, `<path>.dato` and
`<path>.tid`; a list also has one `<path>` per row with the row's number, so that a row of unticked boxes is seen.
Row numbers stay while a page lives, also when rows between them are removed; values come in the order of the rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import Calendar
from service.domain.errors import FormInvalid
from service.domain.form_model import Component, Field, Kind, Option, Rows, Section
from service.domain.house_feel import CalendarEnvironment
from service.domain.json import Json, Variables
from service.domain.registers import NO_REGISTERS, Registers
from service.feel import Environment

Raw = Mapping[str, Sequence[str]]
"""Field name → the texts sent under it."""

ADD_ROW, REMOVE_ROW = "_tilfoej", "_fjern"
"""Names of the buttons that add a row to a list (value: its path) and remove one (value: the row's path)."""
CHOOSE_FILE, FORGET_FILE = "_fil.", "_glemfil"
"""What the name of a file's control begins with (its path follows), and the button that lets a chosen file go (value: its path)."""
MOST_ROWS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class FormContext:
    """What a form may know beyond what is typed in it."""

    now: datetime
    facts: Variables = field(default_factory=dict)
    """`sag`, `borger`, `enhed`, `ansvarlig`, `skema` (form id → values) and `opgave` (the task's input mappings)."""
    choices: Mapping[str, Sequence[Option]] = field(default_factory=dict)
    """Options of each source that `Form.sources` names."""
    calendar: Calendar = field(default_factory=Calendar)
    """What working days are counted on."""
    registers: Registers = NO_REGISTERS
    """What `register(…)` looks up."""
    files: frozenset[str] = frozenset()
    """Keys of the case's documents, which the form's files have become."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """A form with something in it. Paths are as in field names; those of groups without a path are `~<id>`."""

    raw: Raw
    """What was typed, as it was typed: show this again, and store it as draft."""
    values: dict[str, Json] = field(default_factory=dict)
    """JSON values of what is visible; null for what is empty or wrong."""
    errors: dict[str, str] = field(default_factory=dict)
    """Path → Danish sentence, in the order of the form."""
    warnings: dict[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    """Paths that a condition hides; what lies inside a hidden part is not listed."""
    choices: Mapping[str, tuple[Option, ...]] = field(default_factory=dict)
    """Path → the options offered, for every choice whose options are not written in the form."""
    texts: Mapping[str, str] = field(default_factory=dict)
    """Path → markdown of the text parts that are expressions."""
    context: FormContext | None = field(default=None, repr=False, compare=False)
    """What the form knew when it was examined; None for a stored submission."""

    @property
    def ok(self) -> bool:
        return not self.errors

    def require_ok(self) -> dict[str, Json]:
        """The values. Raises `FormInvalid` with every error when there are any."""
        if self.errors:
            raise FormInvalid(self.errors)
        return self.values


def place_of(part: Component, prefix: str) -> str:
    """The path of a component: of its value where it has one, else of itself."""
    match part:
        case Field():
            return prefix + part.key
        case Rows():
            return prefix + part.path
        case Section(path=str() as path):
            return prefix + path
    return f"{prefix}~{part.id}"


def text_names(part: Field, place: str) -> tuple[str, ...]:
    """The names under which a field's texts are sent."""
    return (f"{place}.dato", f"{place}.tid") if part.kind is Kind.DATE_TIME else (place,)


def row_numbers(raw: Raw, place: str) -> list[str]:
    """The rows of a list, in order."""
    return list(dict.fromkeys(n for n in raw.get(place, ()) if re.fullmatch(r"\d{1,4}", n)))[: MOST_ROWS + 1]


def typed(part: Field, place: str, raw: Raw) -> list[str]:
    """The texts of a field, empty ones left out; date and time of an instant joined by a space."""
    if part.kind is Kind.DATE_TIME:
        joined = " ".join("".join(raw.get(name, ())).strip() for name in text_names(part, place))
        return [joined] if joined.strip() else []
    return [text for text in raw.get(place, ()) if text.strip()]


def names_of(components: Sequence[Component]) -> Iterator[str]:
    for part in components:
        if isinstance(part, Field):
            yield part.key
        elif isinstance(part, Rows):
            yield part.path
        elif isinstance(part, Section):
            yield from (part.path,) if part.path else names_of(part.components)


def places(
    components: Sequence[Component], prefix: str, values: Variables
) -> Iterator[tuple[Component, str, Variables]]:
    """Every component with its place, and the object its value lies in."""
    for part in components:
        place = place_of(part, prefix)
        yield part, place, values
        if isinstance(part, Section):
            inner = mapping(values.get(part.path)) if part.path else values
            yield from places(part.components, f"{place}." if part.path else prefix, inner)
        elif isinstance(part, Rows):
            for number, row in enumerate(listing(values.get(part.path))):
                yield from places(part.components, f"{place}.{number}.", mapping(row))


def field_at(components: Sequence[Component], place: str, prefix: str = "") -> Field | None:
    """The field at this path, in any row of the lists around it."""
    for part in components:
        here = place_of(part, prefix)
        if isinstance(part, Field) and here == place:
            return part
        inner = f"{here}." if isinstance(part, Section) and part.path else prefix
        if isinstance(part, Rows) and (row := re.match(rf"{re.escape(here)}\.\d+\.", place)):
            inner = row[0]
        if isinstance(part, (Section, Rows)) and (found := field_at(part.components, place, inner)):
            return found
    return None


def rows_at(components: Sequence[Component], place: str, prefix: str = "") -> Rows | None:
    """The list at this path; row numbers in it are skipped."""
    for part in components:
        here = place_of(part, prefix)
        if isinstance(part, Rows):
            if here == place:
                return part
            if found := re.match(rf"{re.escape(here)}\.\d+\.", place):
                return rows_at(part.components, place, found[0])
        elif isinstance(part, Section) and (
            found_rows := rows_at(part.components, place, f"{here}." if part.path else prefix)
        ):
            return found_rows
    return None


def mapping(value: object) -> Variables:
    return value if isinstance(value, Mapping) else {}


def listing(value: object) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else ()


def environment_of(context: FormContext) -> tuple[Environment, dict[str, Any]]:
    """Where expressions run, and the variables that every one of them sees."""
    local = context.now.astimezone(LOCAL_ZONE)
    environment = CalendarEnvironment(context.now, context.calendar, registers=context.registers)
    return environment, {**context.facts, "i_dag": local.date(), "nu": local}
