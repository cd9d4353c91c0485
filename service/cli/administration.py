"""`db upgrade`, `user …`, `audit verify`, `doctor`."""

from __future__ import annotations

import sys

import click

from service import config
from service.app import App, diagnose
from service.domain.errors import SetupFault
from service.usecases import history, people

COMMANDS: list[click.Command] = []


@click.group()
def db() -> None:
    """The database."""


@db.command()
def upgrade() -> None:
    """Bring the schema to this program's version; a newer schema is refused."""
    with App(config.load(), upgrade=True):
        click.echo("Databasen er ajour.")


@click.group()
def user() -> None:
    """Accounts."""


@user.command("add")
@click.argument("username")
@click.option("--name", required=True)
@click.option("--role", "roles", multiple=True, help="rolle or rolle@enhed; may be given several times.")
@click.password_option()
def add_user(username: str, name: str, roles: tuple[str, ...], password: str) -> None:
    """Make an account."""
    with App(config.load()) as app:
        people.add(app.platform, username, name, list(roles), password)
    click.echo(f"Brugeren {username} er oprettet.")


@user.command("password")
@click.argument("username")
@click.password_option()
def password(username: str, password: str) -> None:
    """Set a new password."""
    with App(config.load()) as app:
        people.set_password(app.platform, username, password)
    click.echo("Adgangskoden er sat.")


@user.command("close")
@click.argument("username")
def close(username: str) -> None:
    """Close an account; what it did stays."""
    with App(config.load()) as app:
        people.set_active(app.platform, username, active=False)
    click.echo(f"Brugeren {username} er lukket.")


@user.command("list")
def list_users() -> None:
    """List accounts with their roles."""
    with App(config.load()) as app:
        for account in app.platform.read(lambda uow: uow.people.all()):
            roles = ", ".join(sorted(map(str, account.person.memberships)))
            click.echo(
                f"{account.person.username:20} {account.person.name:30} {'' if account.active else '(lukket) '}{roles}"
            )


@click.group()
def audit() -> None:
    """The history."""


@audit.command()
def verify() -> None:
    """Check the hash chain of every instance's history."""
    with App(config.load()) as app:
        checked, broken = history.verify_all(app.platform)
    for key, number in broken:
        click.echo(f"brudt: forløb {key}, linje {number}")
    click.echo(f"{checked} forløb kontrolleret, {len(broken)} brudte")
    sys.exit(1 if broken else 0)


@click.command()
def doctor() -> None:
    """Say what is wrong with this installation, and how to mend it."""
    try:
        with App(config.load()) as app:
            findings = diagnose(app)
    except SetupFault as fault:
        findings = [(False, str(fault))]
    for good, line in findings:
        click.echo(f"{'ok  ' if good else 'FEJL'} {line}")
    sys.exit(0 if all(good for good, _ in findings) else 1)


COMMANDS += [db, user, audit, doctor]
