"""The `forloeb` command."""

from __future__ import annotations

import logging
import sys

import click

from service.cli import administration, files, language, messaging, reporting, serving
from service.config import BadSetting
from service.domain.errors import ForloebError
from service.workers import logs


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="forloeb", prog_name="forloeb")
def cli() -> None:
    """Forløb: BPMN process orchestration for municipal casework."""
    logs.configure(logging.WARNING)  # what a command prints is its own; only `serve` and its like tell of their work


for module in (serving, files, language, messaging, reporting, administration):
    for command in module.COMMANDS:
        cli.add_command(command)


def main() -> None:
    """Run the command; what a person can mend is printed as one message, without a traceback."""
    try:
        cli()
    except (ForloebError, BadSetting) as fault:
        click.echo(str(fault), err=True)
        sys.exit(2)
