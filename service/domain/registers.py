"""Registers: lists that an organisation keeps beside its cases – departments, providers, agreements, handout versions.

A manifest says which columns a register has; its rows are data with dates. One thing keeps its `id` for ever (forms store
it); what is true of it may change from a date, so an id may have several rows whose periods do not overlap. Every change
is a new version of a row; the old one stays for the history. Registers hold no citizens.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from service.domain.alphabet import alphabetical
from service.domain.form_model import Option
from service.domain.json import Json

OF_EVERY_ROW = frozenset({"id", "gyldig_fra", "gyldig_til"})
"""Names that every row has beside its fields."""
OF_EVERY_CHANGE = frozenset({"aendring", "fra_dato", "begrundelse"})
"""Names that the page asks for beside them."""

FieldKey = Annotated[str, StringConstraints(pattern=r"^[a-zæøå][a-zæøå0-9_]*$", max_length=40)]
RegisterId = Annotated[str, StringConstraints(pattern=r"^[a-zæøå][a-zæøå0-9-]*$", max_length=60)]


class FieldType(StrEnum):
    """What a column holds: texts, a choice written in the manifest, a username, a unit's id, a row of another register."""

    TEXT = "tekst"
    LONG_TEXT = "lang_tekst"
    NUMBER = "tal"
    DATE = "dato"
    YES_NO = "ja_nej"
    CHOICE = "valg"
    PERSON = "person"
    UNIT = "enhed"
    ROW = "række"


class RegisterField(BaseModel):
    """A column of a register."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    titel: str
    type: FieldType = FieldType.TEXT
    hjaelp: str = ""
    skal_udfyldes: bool = False
    valg: dict[str, str] = {}
    """Value → what people read; for `valg`."""
    fra_register: str | None = None
    """The register whose rows may be chosen; for `række`."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.type is FieldType.CHOICE) is not bool(self.valg):
            raise ValueError("»valg« skal stå ved felter af typen valg, og kun ved dem")
        if (self.type is FieldType.ROW) is not bool(self.fra_register):
            raise ValueError("»fra_register« skal stå ved felter af typen række, og kun ved dem")
        return self


Say = Callable[[RegisterField, Json], str]
"""A value of a field as people read it."""


class Register(BaseModel):
    """A register, as its manifest defines it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    titel: str
    hjaelp: str = ""
    felter: dict[FieldKey, RegisterField]
    vises: tuple[str, ...] = ()
    """Fields that make a row's name in lists and choices; the first field when none is named."""
    vedligeholdes_af: tuple[str, ...] = ()
    """Roles that may change the rows, beside system administrators."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if not self.felter:
            raise ValueError("et register skal have mindst ét felt")
        if taken := sorted((OF_EVERY_ROW | OF_EVERY_CHANGE) & self.felter.keys()):
            raise ValueError(f"{', '.join(taken)} har alle rækker allerede; giv feltet et andet navn")
        if unknown := sorted(set(self.vises) - self.felter.keys()):
            raise ValueError(f"»vises« nævner {', '.join(unknown)}, som ikke står under »felter«")
        return self

    def name_of(self, row: RegisterRow, said: Say | None = None) -> str:
        """How people call the row; `said` says its values, where others than the register itself know how."""
        say = said or _said
        shown = self.vises or tuple(self.felter)[:1]
        return " · ".join(text for key in shown if (text := say(self.felter[key], row.values.get(key)))) or row.id


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One version of one row. It stands until `replaced_at`; `removed` says that it was a mistake and never counts."""

    key: int
    register: str
    id: str
    values: Mapping[str, Json]
    valid_from: date | None = None
    """First day; None: since ever."""
    valid_to: date | None = None
    """Last day; None: until further notice."""
    changed_at: datetime
    changed_by: str
    reason: str
    replaced_at: datetime | None = None
    removed: bool = False

    def valid_on(self, day: date) -> bool:
        return (
            not self.removed
            and (self.valid_from is None or self.valid_from <= day)
            and (self.valid_to is None or day <= self.valid_to)
        )

    def overlaps(self, other: RegisterRow) -> bool:
        """Whether some day lies in both periods."""
        first, last = date.min, date.max
        return (self.valid_from or first) <= (other.valid_to or last) and (other.valid_from or first) <= (
            self.valid_to or last
        )


class Registers:
    """What every register holds now: definitions and the rows that stand. Immutable; safe to share between threads."""

    def __init__(
        self, kinds: Mapping[str, tuple[str, Register]] | None = None, rows: Iterable[RegisterRow] = ()
    ) -> None:
        """`kinds`: register id → (folder of its manifest, definition)."""
        self.kinds: Mapping[str, tuple[str, Register]] = kinds or {}
        self._rows: dict[str, list[RegisterRow]] = {id_: [] for id_ in self.kinds}
        for row in rows:
            if row.register in self._rows:
                self._rows[row.register].append(row)
        self._ordered: dict[str, list[RegisterRow]] = {}
        self._contexts: dict[tuple[str, date], list[dict[str, Any]]] = {}

    def __contains__(self, register_id: object) -> bool:
        return register_id in self.kinds

    def rows(self, register_id: str) -> Sequence[RegisterRow]:
        """All that stand, removed ones included; by name, then by date."""
        if register_id not in self._ordered:
            rows = self._rows[register_id]
            by_name = sorted(rows, key=lambda r: (alphabetical(self.name_of(r)), r.id, r.valid_from or date.min))
            self._ordered[register_id] = by_name
        return self._ordered[register_id]

    def on(self, register_id: str, day: date) -> list[RegisterRow]:
        """Those valid on that day, by name."""
        return [row for row in self.rows(register_id) if row.valid_on(day)]

    def options(self, register_id: str, day: date) -> list[Option]:
        """Choices of a form: the row's name, and its id as the value."""
        return [Option(self.name_of(row), row.id) for row in self.on(register_id, day)]

    def names(self, register_id: str, day: date) -> Mapping[str, str]:
        """Id → what the row was called that day; of ids without a row that day, what it was called last."""
        return {row.id: self.name_of(row) for row in self._as_of(register_id, day)}

    def name_of(self, row: RegisterRow) -> str:
        """How people call the row, rows of other registers that it names by theirs."""
        return self.kinds[row.register][1].name_of(row, self.said)

    def _as_of(self, register_id: str, day: date) -> list[RegisterRow]:
        """All rows; of one id, the one that says how it was that day comes last."""
        return sorted(self._rows[register_id], key=lambda r: (r.valid_on(day), r.valid_from or date.min))

    def contexts(self, register_id: str, day: date) -> list[dict[str, Any]]:
        """The rows valid on that day as FEEL contexts: `id`, `gyldig_fra`, `gyldig_til` and every field, null where empty."""
        found = self._contexts.get((register_id, day))
        if found is None:
            _, kind = self.kinds[register_id]
            found = [_context(kind, row) for row in self.on(register_id, day)]
            if len(self._contexts) > MOST_KEPT:
                self._contexts.clear()
            self._contexts[register_id, day] = found
        return found

    def said(self, field: RegisterField, value: Json) -> str:
        """A value as people read it."""
        if value is not None and field.fra_register is not None and field.fra_register in self.kinds:
            named = [row for row in self._as_of(field.fra_register, date.max) if row.id == value]
            return self.kinds[field.fra_register][1].name_of(named[-1]) if named else _said(field, value)
        return _said(field, value)


MOST_KEPT = 64
"""Days times registers whose contexts are remembered."""

NO_REGISTERS = Registers()


def _context(kind: Register, row: RegisterRow) -> dict[str, Any]:
    fields = {key: _feel(field, row.values.get(key)) for key, field in kind.felter.items()}
    return {"id": row.id, **fields, "gyldig_fra": row.valid_from, "gyldig_til": row.valid_to}


def _feel(field: RegisterField, value: Json) -> Any:
    """A stored value as FEEL knows it; null when it is of another kind (the manifest has changed since)."""
    try:
        return _FEEL[field.type](value) if field.type in _FEEL else value if isinstance(value, str) else None
    except (TypeError, ValueError):
        return None


_FEEL: Mapping[FieldType, Callable[[Any], Any]] = {
    FieldType.NUMBER: lambda value: Decimal(str(value)) if isinstance(value, int | float) else None,
    FieldType.DATE: lambda value: date.fromisoformat(value) if value else None,
    FieldType.YES_NO: lambda value: value if isinstance(value, bool) else None,
}


def _said(field: RegisterField, value: Json) -> str:
    if value is None or value == "":
        return ""
    match field.type:
        case FieldType.YES_NO:
            return "ja" if value else "nej"
        case FieldType.CHOICE:
            return field.valg.get(str(value), str(value))
        case FieldType.DATE:
            try:
                return f"{date.fromisoformat(str(value)):%d-%m-%Y}"
            except ValueError:
                return str(value)
        case FieldType.NUMBER:
            return str(value).replace(".", ",")
    return str(value)


class Wrong(ValueError):
    """What is wrong with one value, in Danish."""


def read_value(field: RegisterField, given: object) -> Json:
    """A value as typed or as it stands in a file, ready to store; None when empty. Raises Wrong.

    That a person, a unit or a row exists is for the caller to check.
    """
    if given is None or (isinstance(given, str) and not given.strip()):
        if field.skal_udfyldes:
            raise Wrong("Feltet skal udfyldes.")
        return None
    text = str(given).strip()
    match field.type:
        case FieldType.YES_NO:
            if isinstance(given, bool) or text in ("ja", "nej"):
                return given is True or text == "ja"
            raise Wrong("Svar ja eller nej.")
        case FieldType.NUMBER:
            return _number(text)
        case FieldType.DATE:
            return read_date(text).isoformat()
        case FieldType.CHOICE if text not in field.valg:
            raise Wrong(f"Vælg en af mulighederne: {', '.join(field.valg)}.")
    if len(text) > LONGEST:
        raise Wrong(f"Teksten er for lang. Skriv højst {LONGEST} tegn.")
    return text


LONGEST = 4000
"""Characters of one value."""


def _number(text: str) -> int | float:
    try:
        number = Decimal(text.replace(",", "."))
    except ArithmeticError:
        raise Wrong("Skriv et tal, fx 12 eller 7,5.") from None
    if not number.is_finite():
        raise Wrong("Skriv et tal, fx 12 eller 7,5.")
    return int(number) if number == number.to_integral_value() else float(number)


def read_date(text: str) -> date:
    """`ÅÅÅÅ-MM-DD` or `DD-MM-ÅÅÅÅ`. Raises Wrong."""
    for form in ("%Y-%m-%d", "%d-%m-%Y"):
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - only its date is used
        except ValueError:
            continue
    raise Wrong("Skriv en dato som DD-MM-ÅÅÅÅ.")
