"""`deploy`, `check`, `scenario`, `trace`."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import click
import orjson

from service import config
from service.app import App
from service.domain.access import SYSTEM
from service.domain.definitions import Finding
from service.testing import check_alone, load_scenarios, run_all
from service.testing import trace as traced
from service.testing.files import resources
from service.usecases import deployments

COMMANDS: list[click.Command] = []
PATHS = click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))


@click.command()
@PATHS
@click.option("--comment", default="", help="Why, for those who read the versions later.")
def deploy(paths: tuple[Path, ...], comment: str) -> None:
    """Put files or folders into operation: diagrams, decisions, forms, manifests, templates."""
    with App(config.load()) as app:
        done = deployments.deploy(app.platform, SYSTEM, resources(paths), comment)
    for finding in done.warnings:
        click.echo(_line(finding), err=True)
    for version in done.versions:
        click.echo(f"{version.kind} {version.id}: version {version.version}")
    for register, rows in done.rows.items():
        click.echo(f"register {register}: {rows} rækker indlæst")
    for version in done.unchanged:
        click.echo(f"{version.kind} {version.id}: uændret, version {version.version}")


@click.command()
@PATHS
@click.option("--strict", is_flag=True, help="Warnings count as faults.")
def check(paths: tuple[Path, ...], strict: bool) -> None:
    """Check files as `deploy` would, against each other alone; nothing is stored."""
    findings = check_alone(resources(paths))
    if strict:
        findings = [replace(f, error=True) for f in findings]
    for finding in findings:
        click.echo(_line(finding))
    faults = sum(f.error for f in findings)
    click.echo(f"{faults} fejl, {len(findings) - faults} advarsler")
    sys.exit(1 if faults else 0)


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option(
    "--root",
    type=click.Path(exists=True, path_type=Path),
    default=config.ROOT,
    help="Folder with processes/ and forms/.",
)
def scenario(paths: tuple[Path, ...], root: Path) -> None:
    """Run scenarios (all under processes/ when no path is given)."""
    passed = failed = 0
    for outcome in run_all(root, load_scenarios(root, list(paths))):
        click.echo(f"{'ok  ' if outcome.passed else 'FEJL'} {outcome.scenario.ref}")
        for failure in outcome.failures:
            click.echo(f"       {failure}")
        passed, failed = passed + outcome.passed, failed + (not outcome.passed)
    click.echo(f"{passed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


@click.command()
@click.option("--json", "as_json", is_flag=True)
@click.option(
    "--root",
    type=click.Path(exists=True, path_type=Path),
    default=config.ROOT,
    help="Folder with processes/ and forms/.",
)
def trace(as_json: bool, root: Path) -> None:
    """Which scenarios prove which requirement, and why some cannot be proven by a machine."""
    table = traced(root, run_all(root, load_scenarios(root)))
    if as_json:
        click.echo(orjson.dumps(table, option=orjson.OPT_INDENT_2).decode())
        return
    for id_, row in table.items():
        click.echo(f"{id_:8} {', '.join(row['scenarios']) or row['reason'] or 'MANGLER'}")
    proven = sum(bool(r["scenarios"]) for r in table.values())
    excused = sum(not r["scenarios"] and bool(r["reason"]) for r in table.values())
    click.echo(f"{proven} bevist, {excused} undtaget med grund, {len(table) - proven - excused} mangler")


def _line(finding: Finding) -> str:
    line = f":{finding.line}" if finding.line else ""
    element = f" [{finding.element_id}]" if finding.element_id else ""
    return f"{'fejl' if finding.error else 'advarsel'}: {finding.file}{line}{element}: {finding.message}"


COMMANDS += [deploy, check, scenario, trace]
