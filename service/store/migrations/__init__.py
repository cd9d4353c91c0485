"""The schema's history, run by Alembic. `upgrade` brings a database to the program's schema and never further back."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text

from service.domain.errors import SetupFault
from service.store.database import build_engine
from service.store.sealing import Sealer

_HERE = Path(__file__).parent
_UPGRADE_LOCK = 7_305_217_190_460_113


@lru_cache(maxsize=1)
def expected_revision() -> str:
    """The newest revision this program knows."""
    head = _scripts().get_current_head()
    assert head is not None
    return head


def current_revision(connection: Connection) -> str | None:
    """The database's revision; None when it has no schema yet."""
    return MigrationContext.configure(connection).get_current_revision()


def stamp(connection: Connection) -> None:
    """Say that this database has the newest schema."""
    MigrationContext.configure(connection).stamp(_scripts(), expected_revision())


def upgrade(url: str, sealer: Sealer | None = None) -> None:
    """Bring the database's schema up to the program's, in one transaction. Doing it again does nothing.

    Raises `SetupFault` when the database is newer than the program, or holds in clear what is sealed nowadays and there is
    no `sealer` to do it.
    """
    engine = build_engine(url)
    try:
        with engine.execution_options(writes=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})"))
            found = current_revision(connection)
            known = {script.revision for script in _scripts().walk_revisions()}
            if found is not None and found not in known:
                raise SetupFault(why=newer(found))
            config = Config()
            config.set_main_option("script_location", str(_HERE))
            config.attributes.update(connection=connection, sealer=sealer)
            command.upgrade(config, "head")
    finally:
        engine.dispose()


def newer(found: str) -> str:
    return (
        f"Databasens skema ({found}) er nyere end programmet ({expected_revision()}). "
        "Installer den udgave af programmet, der hører til, eller en nyere."
    )


def revision_fault(found: str | None) -> str | None:
    """Why a database with this revision cannot be used, in Danish; None when it can."""
    if found == expected_revision():
        return None
    if found is None:
        return "Databasen er tom. Gør den klar med: forloeb db upgrade"
    if found not in {script.revision for script in _scripts().walk_revisions()}:
        return newer(found)
    return f"Databasens skema ({found}) er ældre end programmet ({expected_revision()}). Kør: forloeb db upgrade"


@lru_cache(maxsize=1)
def _scripts() -> ScriptDirectory:
    return ScriptDirectory(str(_HERE))
