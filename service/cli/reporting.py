"""`report`: the figures of the status report."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

import click
import orjson

from service import config
from service.app import App
from service.domain.clock import LOCAL_ZONE
from service.domain.figures import Figures, Period
from service.domain.storage import UnitOfWork
from service.domain.tables import DataTable
from service.testing.replay import replay
from service.usecases import reports

COMMANDS: list[click.Command] = []
DAY = click.DateTime(formats=["%Y-%m-%d"])


@click.group()
def report() -> None:
    """Status reports."""


@report.command()
@click.option("--from", "first", type=DAY, help="First day (default: 1 January of the cut-off's year).")
@click.option("--to", "last", type=DAY, help="Cut-off day, included (default: today).")
@click.option("--report", "report_id", help="Which report of the manifests; needed when there are several.")
@click.option("--public", "for_public", is_flag=True, help="Leave small numbers out, as for publication.")
@click.option("--json", "as_json", is_flag=True)
@click.option(
    "--demo-2014", "demo", is_flag=True, help="Replay the courses of 2014 and count those, not the installation's."
)
@click.option(
    "--root",
    type=click.Path(exists=True, path_type=Path),
    default=config.ROOT,
    help="Folder with processes/ and forms/, for the replay.",
)
def figures(
    first: datetime | None,
    last: datetime | None,
    report_id: str | None,
    for_public: bool,
    as_json: bool,
    demo: bool,
    root: Path,
) -> None:
    """Cases created, closed and open per month, and by source of the enquiry, counted from the cases there are."""
    if demo:
        files = sorted(root.glob("processes/*/demo-2014.yaml"))
        if len(files) != 1:
            raise click.ClickException(
                f"Der skal ligge én demo-2014.yaml under {root / 'processes'}; der er {len(files)}."
            )
        if first or last or report_id:
            raise click.ClickException(
                "--demo-2014 har sin egen periode og rapport; lad --from, --to og --report være."
            )
        found = replay(root, files[0])
    else:
        found = _installed(first.date() if first else None, last.date() if last else None, report_id)
    if for_public:
        found = reports.public(found)
    if as_json:
        click.echo(orjson.dumps(reports.as_json(found), option=orjson.OPT_INDENT_2).decode())
        return
    told: set[str] = set()
    for table in reports.tables(found):
        _print(table, told)


def _installed(first: date | None, last: date | None, report_id: str | None) -> Figures:
    with App(config.load()) as app:
        now = app.platform.clock.now()
        until = last or now.astimezone(LOCAL_ZONE).date()
        period = Period(first or date(until.year, 1, 1), until)

        def work(uow: UnitOfWork) -> Figures:
            catalog = app.platform.catalogs.view(uow.definitions)
            known = sorted(id_ for manifest in catalog.manifests.values() for id_ in manifest.figurer)
            if report_id is None and len(known) != 1:
                raise click.ClickException(
                    f"Vælg en rapport med --report: {', '.join(known) or 'ingen er sat i drift'}"
                )
            return reports.compute(uow, reports.whole(catalog, report_id or known[0]), period, now)

        return app.platform.read(work)


def _print(table: DataTable, told: set[str]) -> None:
    """The table with its columns under each other; a note that was told before is not told again."""
    rows = [table.columns, *table.all_rows]
    right = [i > 0 and all(_is_number(row[i]) for row in table.all_rows) for i in range(len(table.columns))]
    widths = [max(len(_text(row[i])) for row in rows) for i in range(len(table.columns))]
    click.echo(f"{table.title}")
    for row in rows:
        cells = [
            _text(cell).rjust(width) if to_right else _text(cell).ljust(width)
            for cell, width, to_right in zip(row, widths, right, strict=True)
        ]
        click.echo("  ".join(cells).rstrip())
    for note in table.notes:
        if note not in told:
            click.echo(note)
            told.add(note)
    click.echo()


def _is_number(cell: object) -> bool:
    return not isinstance(cell, str) or cell in {"", reports.OUT} or cell.removesuffix(" %").isdigit()


def _text(cell: object) -> str:
    return "" if cell is None else str(cell)


COMMANDS += [report]
