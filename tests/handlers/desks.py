"""A desk with papers on it that no store is behind."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any

from service.domain.errors import NotFound
from service.domain.handling import CaseFile, CountedFigures, HandlerRefused, JobContext
from service.domain.json import Json
from service.domain.tables import DataTable

NOW = datetime(2014, 9, 1, 7, 0, tzinfo=UTC)

CITIZEN: Mapping[str, Json] = {
    "cpr": "0101809999",
    "navn": "Karla Test Nielsen",
    "adresse": "Prøvevej 12, 2. tv, 8000 Aarhus C",
    "telefon": "12345678",
    "mail": "",
    "kommune": "751",
    "beskyttet": False,
    "fritaget_digital_post": False,
    "tolkesprog": "",
    "doed": None,
}


def case_file(**citizen: Json) -> CaseFile:
    return CaseFile(
        number="2014-000001",
        kind="forsoeg",
        kind_title="Forsøg",
        status="Oprettet",
        unit="nord",
        unit_name="Enhed Nord",
        unit_mailbox="nord@kommune.example",
        worker=None,
        worker_name=None,
        citizen={**CITIZEN, **citizen},
        records={},
    )


@dataclass
class PaperDesk:
    """Renders a template as its id and its fields, so that tests see what was asked for."""

    file: CaseFile | None = field(default_factory=case_file)
    citizens: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    units: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    open_cases: Mapping[tuple[str, str], tuple[str, Sequence[str]]] = field(default_factory=dict)
    lists: Mapping[str, Sequence[Mapping[str, Json]]] = field(default_factory=dict)
    numbered: Mapping[str, Mapping[str, Json]] = field(default_factory=dict)
    rendered: list[tuple[str, Mapping[str, Any]]] = field(default_factory=list)

    def case(self) -> CaseFile | None:
        return self.file

    def case_list(self, list_id: str) -> Sequence[Mapping[str, Json]]:
        if list_id not in self.lists:
            raise NotFound(what=f"listen {list_id}")
        return self.lists[list_id]

    def find_open_case(self, kind: str, cpr: str) -> tuple[str, Sequence[str]] | None:
        return self.open_cases.get((kind, cpr))

    def find_case(self, number: str, cpr: str | None) -> Mapping[str, Json] | None:
        found = self.numbered.get(number)
        return {**found, "samme_borger": found["cpr"] == cpr} if found else None

    def find_citizen(self, cpr: str) -> Mapping[str, Json] | None:
        return self.citizens.get(cpr)

    def unit(self, unit_id: str) -> Mapping[str, Json] | None:
        return self.units.get(unit_id)

    def person(self, username: str) -> Mapping[str, Json] | None:
        return None

    def figures(self, report: str, first: date, last: date) -> CountedFigures:
        if report != "sager":
            raise NotFound(what=f"statusrapporten {report}")
        told = {"title": "Status", "period": {"from": first.isoformat(), "to": last.isoformat()}}
        whole = DataTable("Sager", ("", "Apr"), (("Oprettet", 7), ("Afsluttet", 2)), ("I alt", 9), ("Opgjort i dag.",))
        small = DataTable(
            "Sager", ("", "Apr"), (("Oprettet", "·"), ("Afsluttet", "·")), ("I alt", 9), ("Opgjort i dag.",)
        )
        return CountedFigures(told=told, tables=[whole, whole], public_tables=[small])

    def render(self, template_id: str, values: Mapping[str, Any]) -> str:
        if template_id == "findes-ikke":
            raise HandlerRefused("Skabelonen »findes-ikke« findes ikke.")
        self.rendered.append((template_id, values))
        return f"<h1>{template_id}</h1><p>Tekst med æ, ø og å.</p>"


def job_on(desk: PaperDesk, job_type: str = "forsøg") -> JobContext:
    return JobContext(
        job_type=job_type,
        element_id="st_forsoeg",
        element_name="Forsøg",
        idempotency_key="1:st_forsoeg:2",
        now=NOW,
        attempt=1,
        headers={},
        desk=desk,
    )
