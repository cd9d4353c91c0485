"""Figures of a status report: counted once, and kept as they were counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from handlers.pdf import file_name, pdf_document
from service.domain.errors import BadInput, NotFound
from service.domain.handling import HandlerRefused, HandlerResult, JobContext, NewDocument, handler
from service.domain.tables import Cell, DataTable, to_csv, to_xlsx

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
KIND, PUBLIC_KIND = "statusrapport", "statusrapport-offentlig"


@handler("figurer", results=("figurer", "oversigt", "oversigt_offentlig"))
def count_figures(job: JobContext, *, rapport: str, fra: date, til: date) -> HandlerResult:
    """Tæller en statusrapports tal af sagerne, som de står nu.

    `rapport` er navnet under »figurer« i en procedures manifest, `fra` periodens første dag og `til` skæringsdagen, som
    tæller med. Resultatet `figurer` er tallene, med tabellerne i en intern og en offentlig udgave; `oversigt` og
    `oversigt_offentlig` er de samme tabeller som tekst til skemaer. Der læses kun.
    """
    try:
        counted = job.desk.figures(rapport, fra, til)
    except (BadInput, NotFound) as fault:
        raise HandlerRefused(str(fault)) from fault
    figures = {
        **counted.told,
        "opgjort": job.now.isoformat(),
        "tabeller": [as_words(table) for table in counted.tables],
        "tabeller_offentlige": [as_words(table) for table in counted.public_tables],
    }
    return HandlerResult(
        variables={
            "figurer": figures,
            "oversigt": as_markdown(counted.tables),
            "oversigt_offentlig": as_markdown(counted.public_tables),
        }
    )


@handler("figurer-filer", results=("dokument",))
def keep_figures(
    job: JobContext,
    *,
    figurer: dict[str, Any],
    titel: str,
    skabelon: str | None = None,
    felter: dict[str, Any] | None = None,
) -> HandlerResult:
    """Gemmer en statusrapports tal på sagen som CSV, regneark og PDF, i en intern og en offentlig udgave.

    `figurer` er resultatet fra jobtypen `figurer`; tallene tælles ikke igen. `skabelon` er PDF'ens tekst, som i `felter`
    også får `tal`, `tabeller` og `offentlig`; uden skabelon laves ingen PDF. Den interne udgave gemmes under arten
    `statusrapport`, den offentlige under `statusrapport-offentlig`.
    """
    if job.desk.case() is None:
        raise HandlerRefused("Rapporten kan ikke gemmes, for forløbet har ingen sag.")
    counted_at = datetime.fromisoformat(figurer["opgjort"])
    documents: list[NewDocument] = []
    for kind, name, words in (
        (KIND, titel, figurer["tabeller"]),
        (PUBLIC_KIND, f"{titel}, offentlig", figurer["tabeller_offentlige"]),
    ):
        tables = [from_words(table) for table in words]
        documents.append(_file(name, kind, "text/csv", "csv", to_csv(tables)))
        documents.append(_file(name, kind, XLSX, "xlsx", to_xlsx(tables, name, counted_at)))
        if skabelon:
            shown = {"tal": figurer, "tabeller": words, "offentlig": kind == PUBLIC_KIND}
            html = job.desk.render(skabelon, {"felter": {**(felter or {}), **shown}})
            documents.append(pdf_document(html, name, kind))
    return HandlerResult(documents=tuple(documents))


def _file(title: str, kind: str, media_type: str, ending: str, content: bytes) -> NewDocument:
    name = file_name(title).removesuffix("pdf") + ending
    return NewDocument(title=f"{title} ({ending})", kind=kind, media_type=media_type, content=content, file_name=name)


def as_words(table: DataTable) -> dict[str, Any]:
    """The table under the Danish names that diagrams and templates use."""
    return {
        "titel": table.title,
        "kolonner": list(table.columns),
        "raekker": [list(row) for row in table.rows],
        "total": None if table.total is None else list(table.total),
        "noter": list(table.notes),
    }


def from_words(words: Mapping[str, Any]) -> DataTable:
    total = words["total"]
    return DataTable(
        title=words["titel"],
        columns=tuple(words["kolonner"]),
        rows=tuple(tuple(row) for row in words["raekker"]),
        total=None if total is None else tuple(total),
        notes=tuple(words["noter"]),
    )


def as_markdown(tables: Sequence[DataTable]) -> str:
    """The tables as Markdown, each note once."""
    parts: list[str] = []
    told: list[str] = []
    for table in tables:
        parts.append(f"### {table.title}\n\n{_row(table.columns)}\n{'|---' * len(table.columns)}|")
        parts[-1] = "\n".join([parts[-1], *(_row(row) for row in table.all_rows)])
        told.extend(note for note in table.notes if note not in told)
    return "\n\n".join([*parts, *told])


def _row(cells: Sequence[Cell]) -> str:
    return "|" + "|".join(str("" if cell is None else cell).replace("|", "/") or " " for cell in cells) + "|"
