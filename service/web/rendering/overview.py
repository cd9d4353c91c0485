"""The tables of Overblik: every number with the way to the list behind it, and the same tables to take along."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from service.domain.figures import Column, Distribution
from service.domain.tables import Cell as Plain
from service.domain.tables import DataTable
from service.domain.workload import TaskCount, added_up
from service.usecases import reports
from service.usecases.inbox import NOBODY
from service.usecases.overview import Overview, Standing, StepRow, StepTimes
from service.web.rendering.times import say_length
from service.web.translations import gettext as _


@dataclass(frozen=True, slots=True)
class Cell:
    """`text` is shown, `value` is taken along. `bar` draws a share of a hundred beside it."""

    text: str
    value: Plain = None
    link: str = ""
    bar: int | None = None
    number: bool = False


@dataclass(frozen=True, slots=True)
class Drawn:
    """A table as the page shows it. `exported` is what is taken along; None: the same as is shown."""

    id: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    exported: DataTable | None = None
    empty: str = ""
    """Said instead of a table without rows."""

    @property
    def data(self) -> DataTable:
        if self.exported is not None:
            return self.exported
        plain = tuple(tuple(_plain(cell) for cell in row) for row in self.rows)
        total = None if self.total is None else tuple(_plain(cell) for cell in self.total)
        return DataTable(self.title, self.columns, plain, total)


def _plain(cell: Cell) -> Plain:
    return cell.value if cell.value is not None else cell.text


def _name(text: str, link: str = "") -> Cell:
    return Cell(text, link=link)


def _number(count: int | None, link: str = "", bar: int | None = None) -> Cell:
    if count is None:
        return Cell(reports.OUT, number=True)
    return Cell(f"{count:,}".replace(",", "."), count, link if count else "", bar, number=True)


def drawn(view: Overview) -> list[Drawn]:
    """Every table of the page, in its order."""
    return [*standing(view), *figures(view)]


# -- now ----------------------------------------------------------------------------------------------------------------


def standing(view: Overview) -> Iterator[Drawn]:
    """Units, steps and workers, for those who lead."""
    if view.standing is None:
        return
    unit = view.wanted.unit or ""
    yield Drawn(
        "enheder",
        _("Enheder"),
        (_("Enhed"), _("Åbne sager"), _("I bero"), *_task_columns()),
        tuple(
            (
                _name(row.name),
                _number(row.cases, _cases(enhed=row.unit)),
                _number(row.paused, _cases(vis="bero", enhed=row.unit)),
                *_task_cells(row.tasks, enhed=row.unit),
            )
            for row in view.standing.units
        ),
        total=_whole(view.standing, unit) if len(view.standing.units) > 1 else None,
        empty=_("Du leder ingen enhed."),
    )
    yield _steps(view.standing.steps, unit)
    yield Drawn(
        "medarbejdere",
        _("Medarbejdere"),
        (_("Medarbejder"), _("Åbne sager"), _("I bero"), *_task_columns()),
        tuple(
            (
                _name(row.name or _("Ikke tildelt")),
                _number(row.cases, _cases(enhed=unit, ansvarlig=row.username or NOBODY)),
                _number(row.paused, _cases(vis="bero", enhed=unit, ansvarlig=row.username or NOBODY)),
                *_task_cells(row.tasks, hos=row.username or NOBODY, enhed=unit),
            )
            for row in view.standing.workers
        ),
        empty=_("Ingen har sager eller opgaver lige nu."),
    )


def _whole(standing: Standing, unit: str) -> tuple[Cell, ...]:
    """All units together."""
    counts = added_up((row.tasks for row in standing.units if row.tasks), lambda count: "")
    return (
        _name(_("I alt")),
        _number(sum(row.cases for row in standing.units), _cases(enhed=unit)),
        _number(sum(row.paused for row in standing.units), _cases(vis="bero", enhed=unit)),
        *_task_cells(counts.get(""), enhed=unit),
    )


def _steps(steps: Sequence[StepRow], unit: str) -> Drawn:
    """Taken along, times are hours, so that spreadsheets can reckon with them."""
    title, half, nine = _("Trin, hvor opgaver venter"), _("Halvdelen er løst inden for"), _("Ni ud af ti inden for")
    taken = tuple(
        (
            *(row.name, row.process),
            *((row.tasks.open, row.tasks.overdue, row.tasks.soon) if row.tasks else (0, 0, 0)),
            *((row.times.number, _hours(row.times.median), _hours(row.times.ninth)) if row.times else (0, None, None)),
        )
        for row in steps
    )
    done, hours = _("Løst i perioden"), _("{maal} (timer)")
    columns = (_("Trin"), _("Procedure"), *_task_columns(), done, hours.format(maal=half), hours.format(maal=nine))
    return Drawn(
        "trin",
        title,
        (_("Trin"), *_task_columns(), half, nine),
        tuple(
            (
                _name(f"{row.name} ({row.process})"),
                *_task_cells(row.tasks, enhed=unit, procedure=row.process_id, trin=row.element_id),
                *_time_cells(row.times),
            )
            for row in steps
        ),
        exported=DataTable(title, columns, taken),
        empty=_("Ingen opgaver venter, og ingen er løst i perioden."),
    )


def _hours(length: timedelta) -> float:
    return round(length.total_seconds() / 3600, 1)


def _task_columns() -> tuple[str, str, str]:
    return _("Åbne opgaver"), _("Overskredet"), _("Frist nærmer sig")


def _task_cells(tasks: TaskCount | None, **where: str) -> tuple[Cell, Cell, Cell]:
    if tasks is None:
        return _number(0), _number(0), _number(0)
    return (
        _number(tasks.open, _tasks(where)),
        _number(tasks.overdue, _tasks({**where, "frist": "overskredet"})),
        _number(tasks.soon, _tasks({**where, "frist": "snart"})),
    )


def _time_cells(times: StepTimes | None) -> tuple[Cell, Cell]:
    if times is None:
        return Cell("–", number=True), Cell("–", number=True)
    return Cell(say_length(times.median), number=True), Cell(say_length(times.ninth), number=True)


def _tasks(where: dict[str, str]) -> str:
    return f"/opgaver?{_query({'vis': 'enhed', **where})}"


def _cases(**where: str) -> str:
    return f"/sager?{_query(where)}"


def _query(where: dict[str, str]) -> str:
    return urlencode({name: value for name, value in where.items() if value})


# -- figures --------------------------------------------------------------------------------------------------------------


def figures(view: Overview) -> Iterator[Drawn]:
    """The status report's tables: on the page the months stand below each other."""
    if view.figures is None or view.report is None:
        return
    told, taken = view.figures, reports.tables(view.figures)
    movement, columns = told.movement, view.period.columns()
    highest = max((n or 0 for n in (*movement.created, *movement.closed)), default=0)
    rows = []
    for column, came, went, still in zip(columns, movement.created, movement.closed, movement.open, strict=True):
        rows.append(
            (
                _name(column.label),
                _number(came, _opened(view, column), _share(came, highest)),
                _number(went, _closed(view, column), _share(went, highest)),
                _number(
                    still, _open_at(view, column.last), _share(still, max((n or 0 for n in movement.open), default=0))
                ),
            )
        )
    whole = Column("", view.period.first, view.period.last)
    total = (
        _name(_("I alt")),
        _number(movement.total_created, _opened(view, whole)),
        _number(movement.total_closed, _closed(view, whole)),
        Cell(""),
    )
    yield Drawn(
        "bevaegelse",
        told.movement_title,
        (_("Måned"), _("Oprettet"), _("Afsluttet"), _("Åbne")),
        tuple(rows),
        total,
        taken[0],
    )
    yield _distributed(view, "kilder", told.sources_title, _("Kilde"), told.sources, taken[1], "oprettet", "kilde")
    yield _distributed(
        view, "aarsager", _("Afsluttede sager efter årsag"), _("Årsag"), told.reasons, taken[2], "afsluttet", "aarsag"
    )
    yield Drawn(
        "noegletal",
        _("Nøgletal"),
        (_("Mål"), _("Tal"), _("Grundlag")),
        (
            (
                _name(_("I bero på skæringsdagen (tæller med som åbne)")),
                _number(told.suspended, _paused(view)),
                Cell(""),
            ),
            (_name(_("Gange, en sag er sat i bero i perioden")), _number(told.suspensions), Cell("")),
            (
                _name(_("Gange, en sag er genåbnet i perioden (tæller med som oprettede)")),
                _number(movement.reopened),
                Cell(""),
            ),
            *((_name(m.name), Cell(m.value, number=True), Cell(m.note)) for m in told.measures),
        ),
    )


def _distributed(
    view: Overview, id_: str, title: str, what: str, counted: Distribution, taken: DataTable, when: str, by: str
) -> Drawn:
    span = f"{view.period.first}..{view.period.last}"
    rows = tuple(
        (
            _name(row.name),
            _number(row.count, _behind(view, **{when: span, by: row.id or NOBODY})),
            Cell(reports.OUT if row.share is None else f"{row.share} %", row.share, bar=row.share, number=True),
        )
        for row in counted.rows
    )
    total = (_name(_("I alt")), _number(counted.total, _behind(view, **{when: span})), Cell("100 %", 100, number=True))
    empty = _("Ingen sager i perioden.")
    return Drawn(id_, title, (what, _("Antal"), _("Andel")), rows, total if rows else None, taken, empty)


def _share(count: int | None, highest: int) -> int | None:
    return round(100 * count / highest) if count and highest else None


def _opened(view: Overview, column: Column) -> str:
    return _behind(view, begyndt=f"{column.first}..{column.last}")


def _closed(view: Overview, column: Column) -> str:
    return _behind(view, afsluttet=f"{column.first}..{column.last}")


def _open_at(view: Overview, day: date) -> str:
    return _behind(view, aaben=day.isoformat())


def _paused(view: Overview) -> str:
    """Only those at rest now can be listed."""
    return _behind(view, vis="bero") if view.period.last == view.today else ""


def _behind(view: Overview, **where: str) -> str:
    """The list of cases behind a number; none for those who may not see them, nor where numbers are left out."""
    if view.report is None or not view.lists_cases or view.wanted.public:
        return ""
    return _cases(**{"vis": "alle", "type": view.report.plan.sagstype, "enhed": view.wanted.unit or "", **where})


def tiles(view: Overview) -> Sequence[tuple[str, Cell]]:
    """What stands on top: open, new, closed and suspended."""
    if view.figures is None:
        return ()
    movement, whole = view.figures.movement, Column("", view.period.first, view.period.last)
    return (
        (_("Åbne sager"), _number(movement.open[-1], _open_at(view, view.period.last))),
        (_("Nye i perioden"), _number(movement.total_created, _opened(view, whole))),
        (_("Afsluttet i perioden"), _number(movement.total_closed, _closed(view, whole))),
        (_("I bero"), _number(view.figures.suspended, _paused(view))),
    )
