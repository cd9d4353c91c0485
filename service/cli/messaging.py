"""`publish`: hand a message to waiting courses, or start those that begin with one."""

from __future__ import annotations

import click

from service import config
from service.app import App
from service.cli.language import json_object
from service.domain.access import SYSTEM
from service.domain.clock import LOCAL_ZONE
from service.feel import add_duration, parse_duration
from service.usecases import messages

COMMANDS: list[click.Command] = []


@click.command()
@click.argument("name")
@click.option("--key", "correlation_key", default="", help="Correlation key, such as a case number.")
@click.option("--variables", default="{}", help="What the message brings, as a JSON object.")
@click.option("--ttl", default="PT0S", help="How long to keep it for those who come to wait later (ISO 8601).")
@click.option("--id", "message_id", help="The message's own id: a repeat with the same id is ignored while it is kept.")
def publish(name: str, correlation_key: str, variables: str, ttl: str, message_id: str | None) -> None:
    """Publish a message. Prints what became of it."""
    with App(config.load()) as app:
        now = app.platform.clock.now()
        try:
            expires_at = add_duration(now, parse_duration(ttl), LOCAL_ZONE)
        except ValueError as fault:
            raise click.ClickException(f"--ttl skal være en varighed som PT1H, ikke {ttl!r}") from fault
        published = messages.publish(
            app.platform,
            SYSTEM,
            name,
            correlation_key,
            json_object("--variables", variables),
            ttl_ms=int((expires_at - now).total_seconds() * 1000),
            message_id=message_id,
        )
    if published.duplicate:
        click.echo("Beskeden er modtaget før; intet er sket.")
    else:
        kept = ", gemt til senere" if published.buffered else ""
        click.echo(f"{len(published.reached)} forløb nået, {len(published.started)} startet{kept}")


COMMANDS += [publish]
