"""The schema's history: a migrated database is what a fresh one is, twice is once, and a newer one is left alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, create_engine, text

from service.domain.errors import SetupFault
from service.store import Sealer, open_store, upgrade
from service.store.database import parse
from service.store.migrations import expected_revision
from service.store.tables import metadata
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
    from service.store import migrations

    monkeypatch.setattr(migrations, "expected_revision", lambda: "9999")
    with pytest.raises(SetupFault, match=r"ældre end programmet.*db upgrade"):
        open_store(url, sealer=sealer)
    assert expected_revision() != "9999"


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
