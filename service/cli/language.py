"""`feel`, `dmn`, `tck`: the expression language and decisions, tried from the shell."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
import orjson

from service.dmn import DecisionFailed, DmnRefused
from service.dmn.files import load
from service.dmn.tck import report_lines
from service.domain.clock import SystemClock
from service.domain.deadlines import Calendar
from service.domain.house_feel import CalendarEnvironment
from service.feel import FeelSyntaxError, parse_expression, to_json, translate_all

COMMANDS: list[click.Command] = []


@click.command(context_settings={"ignore_unknown_options": True})  # an expression may begin with a minus
@click.argument("expression")
@click.option("--context", default="{}", help="Variables as a JSON object.")
def feel(expression: str, context: str) -> None:
    """Evaluate a FEEL expression and print its value as JSON."""
    environment = CalendarEnvironment(SystemClock().now(), Calendar())
    variables = json_object("--context", context)
    try:
        parsed = parse_expression(expression.removeprefix("="), frozenset(variables), frozenset(keys_of(variables)))
        value = parsed.evaluate(variables, environment)
    except FeelSyntaxError as fault:
        raise click.ClickException(fault.message_da) from fault
    show(value, environment.warnings)


@click.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--decision",
    help="Id or name of the decision, decision service or knowledge model; a file's only decision needs none.",
)
@click.option("--context", default="{}", help="Variables as a JSON object.")
def dmn(file: Path, decision: str | None, context: str) -> None:
    """Evaluate a decision of a DMN file and print its result as JSON."""
    try:
        model = load(file)
    except DmnRefused as refusal:
        raise click.ClickException(str(refusal)) from refusal
    known = ", ".join(sorted(model.decisions)) + "".join(f", {name}" for name in sorted(model.invocables))
    if decision is None:
        if len(model.decisions) != 1:
            raise click.ClickException(f"Vælg en beslutning med --decision. Kendte: {known}")
        decision = next(iter(model.decisions))
    environment = CalendarEnvironment(SystemClock().now(), Calendar())
    variables = json_object("--context", context)
    try:
        if decision in model.invocables:
            show(model.call(decision, variables, environment), environment.warnings)
            return
        result = model.by_id_or_name(decision).evaluate(variables, environment)
    except DecisionFailed as fault:
        missing = f" Kendte: {known}" if fault.decision_id == decision and decision not in model.decisions else ""
        raise click.ClickException(f"{fault.reason_da}{missing and '.'}{missing}") from fault
    show(result.value, result.warnings)


@click.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
def tck(folder: Path) -> None:
    """Run DMN conformance cases (folders with a .dmn and test-case XML files); cases not passed are told with their reason."""
    last = ""
    for line in report_lines(folder):
        click.echo(line)
        last = line
    if last.startswith("0 passed, 0 failed"):
        raise click.ClickException(
            f"Der er ingen prøver i {folder} (mapper med en .dmn og filer, der hedder *-test-*.xml)"
        )
    sys.exit(0 if last.endswith(" 0 failed") else 1)


def show(value: object, warnings: Iterable[str]) -> None:
    """Print a value as JSON, and the warnings beside it. Raises ClickException for what is no JSON, such as a function."""
    for warning in translate_all(warnings):
        click.echo(f"advarsel: {warning}", err=True)
    try:
        click.echo(orjson.dumps(to_json(value)).decode())
    except ValueError as fault:
        raise click.ClickException(translate_all([str(fault)])[0]) from fault


def keys_of(value: object) -> Iterator[str]:
    """The keys inside a JSON value, at any depth."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key
            yield from keys_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner)


def json_object(option: str, text: str) -> dict[str, object]:
    """What an option gives as JSON. Raises ClickException when it is not an object."""
    try:
        value = orjson.loads(text)
    except orjson.JSONDecodeError as fault:
        raise click.ClickException(f"{option} er ikke gyldig JSON: {fault}") from fault
    if not isinstance(value, dict):
        raise click.ClickException(f"{option} skal være et JSON-objekt, fx '{{\"alder\": 30}}'")
    return value


COMMANDS += [feel, dmn, tck]
