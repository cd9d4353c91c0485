"""`processes/<mappe>/registre.yaml`: the rows that registers begin with, loaded when a register has never had any.

Register id → list of rows, each with `id`, the register's fields, and perhaps `gyldig_fra` and `gyldig_til`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import yaml

from service.domain.definitions import Finding
from service.domain.json import Json
from service.domain.registers import OF_EVERY_ROW, Register, RegisterRow, Wrong, read_date, read_value
from service.domain.yaml_text import read_yaml

RowsByRegister = Mapping[str, list[dict[str, Any]]]


@dataclass(frozen=True, slots=True)
class FirstRow:
    """A row as it stands in the file, read."""

    id: str
    values: Mapping[str, Json]
    valid_from: date | None
    valid_to: date | None

    def stored(self, register: str, *, key: int, at: datetime, by: str, reason: str) -> RegisterRow:
        return RegisterRow(
            key=key,
            register=register,
            id=self.id,
            values=self.values,
            valid_from=self.valid_from,
            valid_to=self.valid_to,
            changed_at=at,
            changed_by=by,
            reason=reason,
        )


def read_file(content: bytes, file: str) -> RowsByRegister | list[Finding]:
    """The file's rows, not yet held against any register."""
    try:
        data = read_yaml(content) or {}
    except yaml.YAMLError as fault:
        mark = getattr(fault, "problem_mark", None)
        return [Finding(file, None, mark.line + 1 if mark else None, f"Filen er ikke gyldig YAML: {fault}")]
    if not isinstance(data, Mapping):
        return [Finding(file, None, None, "Filen skal have et navn på et register for hver liste af rækker.")]
    wrong = [
        Finding(file, str(id_), None, "Skriv registerets rækker som en liste; hver række begynder med »- id: …«.")
        for id_, rows in data.items()
        if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows)
    ]
    return wrong or {str(id_): [dict(row) for row in rows] for id_, rows in data.items()}


def read_rows(
    rows: RowsByRegister, kinds: Mapping[str, Register], file: str
) -> tuple[dict[str, list[FirstRow]], list[Finding]]:
    """Every register's first rows, and what is wrong with them. `kinds` are the registers of the folder's manifest."""
    read: dict[str, list[FirstRow]] = {}
    findings: list[Finding] = []
    for id_, entries in rows.items():
        kind = kinds.get(id_)
        if kind is None:
            findings.append(Finding(file, id_, None, f"Registeret {id_} står ikke under »registre« i procedure.yaml."))
            continue
        read[id_] = []
        for number, entry in enumerate(entries, 1):
            row, faults = _row(kind, entry)
            where = f"{id_}, række {number}"
            findings.extend(Finding(file, where, None, text) for text in faults)
            if row is not None:
                read[id_].append(row)
        findings.extend(Finding(file, id_, None, text) for text in _clashes(read[id_]))
    findings.extend(_lost(read, kinds, file))
    return read, findings


def _row(kind: Register, entry: Mapping[str, Any]) -> tuple[FirstRow | None, list[str]]:
    faults = [
        f"Feltet {name} findes ikke i registeret." for name in sorted(entry.keys() - kind.felter.keys() - OF_EVERY_ROW)
    ]
    id_ = str(entry.get("id") or "").strip()
    if not id_:
        faults.append("Rækken mangler »id«, det navn, som skemaer gemmer.")
    values: dict[str, Json] = {}
    for key, field in kind.felter.items():
        try:
            values[key] = read_value(field, entry.get(key))
        except Wrong as fault:
            faults.append(f"{key}: {fault}")
    period: list[date | None] = []
    for name in ("gyldig_fra", "gyldig_til"):
        try:
            period.append(read_date(str(entry[name])) if entry.get(name) else None)
        except Wrong as fault:
            faults.append(f"{name}: {fault}")
            period.append(None)
    first, last = period
    if first and last and last < first:
        faults.append("»gyldig_til« ligger før »gyldig_fra«.")
    return (None, faults) if faults else (FirstRow(id_, values, first, last), [])


def _clashes(rows: list[FirstRow]) -> Iterator[str]:
    at = datetime(2000, 1, 1, tzinfo=UTC)
    seen: dict[str, list[RegisterRow]] = {}
    for row in rows:
        stored = row.stored("", key=0, at=at, by="", reason="")
        if any(stored.overlaps(other) for other in seen.setdefault(row.id, [])):
            yield f"Rækken {row.id} står flere gange med datoer, der overlapper. Lad den ene slutte, før den næste begynder."
        seen[row.id].append(stored)


def _lost(read: Mapping[str, list[FirstRow]], kinds: Mapping[str, Register], file: str) -> Iterator[Finding]:
    """References to rows that the file should have and has not."""
    for id_, rows in read.items():
        for key, field in kinds[id_].felter.items():
            if field.fra_register is not None and field.fra_register in read:
                there = {row.id for row in read[field.fra_register]}
                for value in sorted({str(r.values[key]) for r in rows if r.values[key] is not None} - there):
                    yield Finding(
                        file, id_, None, f"{key}: der er ingen række {value} i registeret {field.fra_register}."
                    )
