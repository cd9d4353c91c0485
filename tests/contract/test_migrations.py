"""The schema's history: a migrated database is what a fresh one is, twice is once, and a newer one is left alone."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, create_engine, text

from service.domain.errors import SetupFault
from service.store import Sealer, migrations, open_store, upgrade
from service.store.columns import micros
from service.store.database import build_engine, parse
from service.store.migrations import expected_revision
from service.store.tables import metadata
from tests.contract.making import START
from tests.contract.test_secrecy import database_text
from tests.postgres import Server

Schema = dict[str, object]


@pytest.fixture(params=["sqlite", "postgresql"])
def two_empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[str, str]]:
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'a.db'}", f"sqlite:///{tmp_path / 'b.db'}"
        return
    server: Server = request.getfixturevalue("postgres")
    with server.empty() as one, server.empty() as other:
        yield one, other


def test_fresh_equals_migrated(two_empty: tuple[str, str]) -> None:
    fresh, migrated = two_empty
    engine = create_engine(parse(fresh))
    with engine.begin() as connection:
        metadata.create_all(connection)
    engine.dispose()
    upgrade(migrated)
    found, expected = schema(migrated), schema(fresh)
    assert found.keys() == expected.keys()
    for name, wanted in expected.items():
        assert found[name] == wanted, name


def test_the_files_are_read_as_alembic_reads_them() -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    scripts = ScriptDirectory.from_config(config)
    assert expected_revision() == scripts.get_current_head()
    assert migrations._revisions() == {s.revision: s.down_revision or "" for s in scripts.walk_revisions()}


def test_a_database_of_this_program_starts_without_alembic(tmp_path: Path) -> None:
    """It is a tenth of what a small office's process weighs."""
    url = f"sqlite:///{tmp_path / 'store.db'}"
    upgrade(url)
    code = (
        "import sys; from service.store import Sealer, open_store, upgrade; "
        "upgrade(sys.argv[1]); open_store(sys.argv[1], sealer=Sealer.fresh()).close(); "
        "open_store(':memory:', sealer=Sealer.fresh()).close(); assert 'alembic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code, url], check=True)


def test_upgrading_twice_does_nothing(url: str) -> None:
    before = schema(url)
    upgrade(url)
    assert schema(url) == before


def test_a_newer_database_is_refused(url: str, sealer: Sealer) -> None:
    engine = create_engine(parse(url))
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    engine.dispose()
    for act in (lambda: upgrade(url), lambda: open_store(url, sealer=sealer)):
        with pytest.raises(SetupFault, match="nyere end programmet"):
            act()


def test_an_older_database_is_to_be_upgraded(url: str, sealer: Sealer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrations, "expected_revision", lambda: "9999")
    with pytest.raises(SetupFault, match=r"ældre end programmet.*db upgrade"):
        open_store(url, sealer=sealer)
    assert expected_revision() != "9999"


def test_reasons_kept_in_clear_are_sealed(two_empty: tuple[str, str], sealer: Sealer) -> None:
    url, _ = two_empty
    with as_it_was(url, "0014") as connection:
        for owner, erased in ((7, False), (8, True)):
            made, wrapped = sealer.new_data_key(owner)
            key = {"owner": owner, "version": made.version, "wrapped": None if erased else wrapped}
            connection.execute(text("INSERT INTO data_key VALUES (:owner, :version, :wrapped, NULL)"), key)
        for number, case, reason in ((1, 7, "Hemmelighedsfuld"), (2, 7, ""), (3, 8, "Hemmelighedsfuld"), (4, None, "")):
            row = {"key": number, "case": case, "reason": reason, "at": stored_instant(connection)}
            line = "INSERT INTO access_log VALUES (:key, :at, 'mette', 'sag', :case, NULL, :reason)"
            connection.execute(text(line), row)
    with pytest.raises(SetupFault, match="kræver hovednøglen"):
        upgrade(url)
    upgrade(url, sealer)
    store = open_store(url, sealer=sealer)
    assert store.read(lambda uow: [line[3] for line in uow.access_log.of_case(7)]) == ["", "Hemmelighedsfuld"]
    assert store.read(lambda uow: [line[3] for line in uow.access_log.of_case(8)]) == [""]
    store.close()
    assert b"Hemmelighedsfuld" not in database_text(url)
    assert b"mette" in database_text(url)


@contextmanager
def as_it_was(url: str, revision: str) -> Iterator[Connection]:
    """A database with the schema of long ago."""
    engine = build_engine(url)
    with engine.execution_options(writes=True).begin() as connection:
        migrations.run(connection, revision, None)
        yield connection
    engine.dispose()


def stored_instant(connection: Connection) -> object:
    return START if connection.dialect.name == "postgresql" else micros(START)


def schema(url: str) -> Schema:
    """Everything a database says about its schema, in comparable words."""
    engine = create_engine(parse(url))
    with engine.connect() as connection:
        found = _sqlite(connection) if engine.dialect.name == "sqlite" else _postgresql(connection)
    engine.dispose()
    return {name: about for name, about in found.items() if "alembic" not in name}


def _sqlite(connection: Connection) -> Schema:
    found: Schema = {}
    for kind, name, sql in connection.execute(text("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL")):
        words = re.sub(r"\s+", " ", sql).strip()
        if kind == "table":  # the order of constraints says nothing
            found[f"{name} columns"] = list(map(tuple, connection.execute(text(f'PRAGMA table_xinfo("{name}")'))))
            found[name] = sorted(
                re.split(r", (?=CONSTRAINT|PRIMARY|UNIQUE|FOREIGN|CHECK)|(?= \) ?WITHOUT)| \)$", words), key=str
            )
        else:
            found[name] = words
    return found


def _postgresql(connection: Connection) -> Schema:
    columns = (
        "SELECT c.relname || '.' || a.attname, row(a.attnum, format_type(a.atttypid, a.atttypmod), a.attnotnull, "
        "a.attstorage, pg_get_expr(d.adbin, d.adrelid))::text "
        "FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid AND c.relkind = 'r' "
        "LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum "
        "WHERE a.attnum > 0 AND c.relnamespace = 'public'::regnamespace"
    )
    tables = (
        "SELECT relname, reloptions::text FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
    )
    indexes = "SELECT indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
    constraints = (
        "SELECT conrelid::regclass || ' ' || conname, pg_get_constraintdef(oid) FROM pg_constraint "
        "WHERE connamespace = 'public'::regnamespace"
    )
    found: Schema = {}
    for statement in (columns, tables, indexes, constraints):
        found |= {row[0]: row[1] for row in connection.execute(text(statement))}
    return found
