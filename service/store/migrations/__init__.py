"""The schema's history, run by Alembic. `upgrade` brings a database to the program's schema and never further back.

Alembic is only loaded where there is something to do: a program that starts on its own schema needs none of it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Connection, inspect, text

from service.domain.errors import SetupFault
from service.store.database import build_engine
from service.store.sealing import Sealer

_HERE = Path(__file__).parent
_UPGRADE_LOCK = 7_305_217_190_460_113
_NAMES = re.compile(r'^(revision|down_revision) = (?:"(\w+)"|None)', re.MULTILINE)
_TABLE = "alembic_version"


@lru_cache(maxsize=1)
def expected_revision() -> str:
    """The newest revision this program knows."""
    (head,) = _revisions().keys() - set(_revisions().values())
    return head


def current_revision(connection: Connection) -> str | None:
    """The database's revision; None when it has no schema yet."""
    if not inspect(connection).has_table(_TABLE):
        return None
    found: str | None = connection.execute(text(f"SELECT version_num FROM {_TABLE}")).scalar()  # noqa: S608
    return found


def stamp(connection: Connection) -> None:
    """Say that this database, which has no revision yet, has the newest schema."""
    width = (
        f"CREATE TABLE {_TABLE} (version_num VARCHAR(32) NOT NULL, CONSTRAINT {_TABLE}_pkc PRIMARY KEY (version_num))"
    )
    connection.execute(text(width))
    connection.execute(text(f"INSERT INTO {_TABLE} VALUES (:head)"), {"head": expected_revision()})  # noqa: S608


def upgrade(url: str, sealer: Sealer | None = None) -> None:
    """Bring the database's schema up to the program's, in one transaction. Doing it again does nothing.

    Raises `SetupFault` when the database is newer than the program, or holds in clear what is sealed nowadays and there is
    no `sealer` to do it.
    """
    engine = build_engine(url)
    try:
        with engine.connect() as connection:
            if current_revision(connection) == expected_revision():
                return
        with engine.execution_options(writes=True).begin() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text(f"SELECT pg_advisory_xact_lock({_UPGRADE_LOCK})"))
            found = current_revision(connection)
            if found is not None and found not in _revisions():
                raise SetupFault(why=newer(found))
            run(connection, "head", sealer)
    finally:
        engine.dispose()


def run(connection: Connection, to: str, sealer: Sealer | None) -> None:
    """Run the revisions up to this one."""
    from alembic import command  # noqa: PLC0415 - see above
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_HERE))
    config.attributes.update(connection=connection, sealer=sealer)
    command.upgrade(config, to)


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
    if found not in _revisions():
        return newer(found)
    return f"Databasens skema ({found}) er ældre end programmet ({expected_revision()}). Kør: forloeb db upgrade"


@lru_cache(maxsize=1)
def _revisions() -> Mapping[str, str]:
    """Revision → the one before it ("" for the first), as the files say."""
    found = {}
    for file in (_HERE / "versions").glob("*.py"):
        said = dict(_NAMES.findall(file.read_text("utf-8")))
        found[said["revision"]] = said["down_revision"]
    return found
