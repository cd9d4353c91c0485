"""`demo`, `serve`, `work`."""

from __future__ import annotations

from pathlib import Path

import click

from service import config
from service.app import App, give_back
from service.testing import demo as demonstration

COMMANDS: list[click.Command] = []


@click.command()
@click.option("--port", type=int, help="Port (default 8080, or FORLOEB_PORT).")
@click.option(
    "--data", type=click.Path(path_type=Path), help="Folder for everything it keeps (default var, or FORLOEB_DATA)."
)
def demo(port: int | None, data: Path | None) -> None:
    """Serve with the procedures in this checkout, synthetic people and some courses under way."""
    settings = config.load(port=port, data=data, demo=True)
    with App(settings, upgrade=True) as app:
        for line in demonstration.prepare(app.platform, app.sealer, settings):
            click.echo(line)
        give_back()
        app.serve()


@click.command()
@click.option("--port", type=int, help="Port (default 8080, or FORLOEB_PORT).")
@click.option("--host", help="Address to listen on (default 127.0.0.1).")
def serve(port: int | None, host: str | None) -> None:
    """Serve pages, with timers and workers in the same process."""
    with App(config.load(port=port, host=host), upgrade=True) as app:
        app.serve()


@click.command()
def work() -> None:
    """Run timers, jobs and dispatches only; pages are served by other processes on the same database."""
    with App(config.load()) as app:
        app.work()


COMMANDS += [demo, serve, work]
