"""Rows of registers as people read them, and what may be chosen in their fields."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from service.domain.access import SYSTEM
from service.domain.alphabet import alphabetical
from service.domain.form_model import Option
from service.domain.json import Json
from service.domain.registers import (
    FieldType,
    Register,
    RegisterField,
    RegisterRow,
    Registers,
)
from service.domain.storage import UnitOfWork


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with its values as people read them."""

    row: RegisterRow
    name: str
    said: Mapping[str, str]
    valid: bool
    """On the day asked for."""
    by: str
    """The name of whoever wrote it."""


_PERSON = RegisterField(titel="", type=FieldType.PERSON)


@dataclass
class Names:
    """Says values as people read them; looks up each person and unit once."""

    uow: UnitOfWork
    registers: Registers
    known: dict[tuple[FieldType, str], str] = field(default_factory=dict)

    def shown(self, kind: Register, row: RegisterRow, day: date) -> ShownRow:
        said = {name: self._said(f, row.values.get(name)) for name, f in kind.felter.items()}
        return ShownRow(row, kind.name_of(row, self._said), said, row.valid_on(day), self.person(row.changed_by))

    def choices(self, field_: RegisterField, chosen: Json, day: date) -> list[Option]:
        """What may be chosen now, and what is chosen already even where it may not any more."""
        offered = _choices(self.uow, self.registers, field_, day)
        if not isinstance(chosen, str) or any(option.value == chosen for option in offered):
            return offered
        return [*offered, Option(self._said(field_, chosen), chosen)]

    def person(self, username: str) -> str:
        return "Systemet" if username == SYSTEM.username else self._said(_PERSON, username)

    def _said(self, field_: RegisterField, value: Json) -> str:
        if value is None or field_.type not in (FieldType.PERSON, FieldType.UNIT):
            return self.registers.said(field_, value)
        at = field_.type, str(value)
        if at not in self.known:
            account = self.uow.people.account(at[1]) if field_.type is FieldType.PERSON else None
            unit = self.uow.people.unit(at[1]) if field_.type is FieldType.UNIT else None
            self.known[at] = account.person.name if account else unit.name if unit else at[1]
        return self.known[at]


def _choices(uow: UnitOfWork, registers: Registers, field_: RegisterField, day: date) -> list[Option]:
    match field_.type:
        case FieldType.CHOICE:
            return [Option(said, value) for value, said in field_.valg.items()]
        case FieldType.PERSON:
            people = [a for a in uow.people.all() if a.active]
            return sorted(
                (Option(a.person.name, a.person.username) for a in people), key=lambda o: alphabetical(o.label)
            )
        case FieldType.UNIT:
            return [Option(unit.name, unit.id) for unit in uow.people.units() if unit.closed_at is None]
        case FieldType.ROW:
            assert field_.fra_register is not None
            return registers.options(field_.fra_register, day)
    return []
