"""A report as tables and as JSON."""

from __future__ import annotations

from datetime import date

from service.domain.clock import LOCAL_ZONE
from service.domain.figures import Distribution, Figures
from service.domain.json import Json
from service.domain.tables import Cell, DataTable

OUT = "·"
"""Stands for a number that may not be told."""
LEFT_OUT = f"{OUT} = tallet er udeladt, fordi det er så lille, at det kunne pege på en person, eller fordi det ville røbe et andet."


def tables(figures: Figures) -> list[DataTable]:
    """Figure 1, figure 2, closing reasons with suspensions, and the derived measures."""
    movement, notes = figures.movement, (*_about(figures), *((LEFT_OUT,) if figures.public else ()))
    first = DataTable(
        title=figures.movement_title,
        columns=("Sager", *movement.columns, "I alt"),
        rows=(
            ("Oprettet", *map(_cell, movement.created), _cell(movement.total_created)),
            ("Afsluttet", *map(_cell, movement.closed), _cell(movement.total_closed)),
            ("Åbne", *map(_cell, movement.open), ""),
        ),
        notes=(_before(figures), *notes),
    )
    rest: tuple[tuple[Cell, ...], ...] = (
        ("I bero på skæringsdagen (tæller med som åbne)", _cell(figures.suspended)),
        ("Gange, en sag er sat i bero i perioden", _cell(figures.suspensions)),
        ("Gange, en sag er genåbnet i perioden (tæller med som oprettede)", _cell(movement.reopened)),
    )
    return [
        first,
        _distributed(figures.sources_title, "Kilde", figures.sources, notes),
        _distributed("Afsluttede sager efter årsag", "Årsag", figures.reasons, notes),
        DataTable("Sager i bero og genåbnede sager", ("Sager", "Antal"), rest, notes=notes),
        DataTable(
            title="Nøgletal",
            columns=("Mål", "Tal", "Grundlag"),
            rows=tuple((m.name, m.value, m.note) for m in figures.measures),
            notes=notes,
        ),
    ]


def _distributed(title: str, what: str, distribution: Distribution, notes: tuple[str, ...]) -> DataTable:
    rows = tuple((row.name, _cell(row.count), _percent(row.share)) for row in distribution.rows)
    whole = None if distribution.total is None else 100 if distribution.total else 0
    total = ("I alt", _cell(distribution.total), _percent(whole))
    return DataTable(title, (what, "Antal", "Andel"), rows, total, notes)


def _cell(count: int | None) -> Cell:
    return OUT if count is None else count


def _percent(share: int | None) -> str:
    return OUT if share is None else f"{share} %"


def _about(figures: Figures) -> tuple[str, ...]:
    units = "alle enheder" if figures.units is None else ", ".join(figures.units)
    made = f"{figures.computed_at.astimezone(LOCAL_ZONE):%d-%m-%Y kl. %H.%M}"
    period = f"{danish(figures.period.first)} til og med {danish(figures.period.last)}"
    return (f"{figures.title}. Perioden {period}, {units}. Opgjort {made}.",)


def _before(figures: Figures) -> str:
    return f"Åbne ved periodens begyndelse: {_cell(figures.movement.before)}."


def danish(day: date) -> str:
    return f"{day:%d-%m-%Y}"


def as_json(figures: Figures) -> dict[str, Json]:
    """`figure1` and `figure2` as other programs read them, with the rest beside them."""
    movement = figures.movement
    return {
        "report": figures.report,
        "title": figures.title,
        "period": {"from": figures.period.first.isoformat(), "to": figures.period.last.isoformat()},
        "units": None if figures.units is None else list(figures.units),
        "public": figures.public,
        "figure1": {
            "months": list(movement.columns),
            "created": list(movement.created),
            "closed": list(movement.closed),
            "open": list(movement.open),
            "open_before": movement.before,
            "total_created": movement.total_created,
            "total_closed": movement.total_closed,
            "reopened": movement.reopened,
        },
        "figure2": [{"source": r.name, "count": r.count, "share": r.share} for r in figures.sources.rows],
        "figure2_total": figures.sources.total,
        "closing_reasons": [{"reason": r.name, "count": r.count, "share": r.share} for r in figures.reasons.rows],
        "suspended": figures.suspended,
        "suspensions": figures.suspensions,
        "measures": [{"name": m.name, "value": m.value, "basis": m.note} for m in figures.measures],
    }
