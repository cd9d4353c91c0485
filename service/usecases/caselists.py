"""Lists of a case (manifest `lister`): what stands on it side by side, computed from its forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.domain.cases import Case, CaseRecord
from service.domain.clock import LOCAL_ZONE
from service.domain.errors import NotFound
from service.domain.house_feel import CalendarEnvironment
from service.domain.json import Json
from service.domain.procedures import CaseList
from service.domain.storage import UnitOfWork
from service.feel import parse_expression, to_json
from service.usecases.catalog import DeployedCatalog

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class ShownRow:
    number: Json
    cells: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownList:
    """A list on the case's page."""

    title: str
    columns: Sequence[str]
    rows: Sequence[ShownRow]
    nothing: str
    """What is said when there are no rows."""
    event: str | None
    """Message name of the event that is offered at each row, when she may report it now."""
    action: str = ""
    """What its button says."""
    field: str | None = None


def of_case(catalog: DeployedCatalog, folder: str) -> Mapping[str, CaseList]:
    """Id → list: those of the case's procedure, and of the procedures that work in other procedures' cases."""
    others = (m.lister for m in catalog.manifests.values() if not m.sagstyper)
    return {id_: found for lists in (*others, catalog.manifest(folder).lister) for id_, found in lists.items()}


def rows(catalog: DeployedCatalog, wanted: CaseList, records: Sequence[CaseRecord], now: datetime) -> list[Row]:
    """The rows of a list now, from these records of the case."""
    forms: dict[str, list[dict[str, Json]]] = {}
    for record in sorted(records, key=lambda r: (r.form_id, r.version)):
        told = {"nr": record.version, "indsendt": record.submitted_at.isoformat(), "indsendt_af": record.submitted_by}
        forms.setdefault(record.form_id, []).append({**record.values, **told})
    found = _value(catalog, wanted.raekker, {"skemaer": forms}, now)
    return [row for row in found if isinstance(row, dict)] if isinstance(found, list) else []


def rows_of(uow: UnitOfWork, catalog: DeployedCatalog, case: Case, id_: str, now: datetime) -> list[Row]:
    """The rows of the case's list with this id. Raises NotFound."""
    wanted = of_case(catalog, case.folder).get(id_)
    if wanted is None:
        raise NotFound(what=f"listen {id_}")
    return rows(catalog, wanted, uow.cases.records(case.key), now)


def shown(
    catalog: DeployedCatalog, folder: str, records: Sequence[CaseRecord], events: Mapping[str, str], now: datetime
) -> list[ShownList]:
    """The lists as its page shows them, from the records that somebody may see; `events`: name → title of what she may report."""
    there = {record.form_id for record in records}
    lists = (found for found in of_case(catalog, folder).values() if found.paa_siden and found.skema in there)
    return [_shown(catalog, found, rows(catalog, found, records, now), events, now) for found in lists]


def _shown(
    catalog: DeployedCatalog, wanted: CaseList, found: Sequence[Row], events: Mapping[str, str], now: datetime
) -> ShownList:
    def cell(text: str, row: Row) -> str:
        said = _value(catalog, text, row, now)
        return "" if said is None else ", ".join(map(str, said)) if isinstance(said, list) else str(said)

    return ShownList(
        title=wanted.titel,
        columns=tuple(wanted.kolonner),
        rows=[ShownRow(row.get("nr"), [cell(text, row) for text in wanted.kolonner.values()]) for row in found],
        nothing=wanted.tom,
        event=wanted.haendelse if wanted.haendelse in events else None,
        action=wanted.handling or events.get(wanted.haendelse or "", ""),
        field=wanted.felt,
    )


def _value(catalog: DeployedCatalog, text: str, known: Row, now: datetime) -> Any:
    environment = CalendarEnvironment(now, catalog.calendar, registers=catalog.registers)
    said = parse_expression(text.strip().removeprefix("=")).evaluate(
        {**known, "i_dag": now.astimezone(LOCAL_ZONE).date()}, environment
    )
    return to_json(said)
