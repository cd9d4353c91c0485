"""The store on both databases: every test of this folder runs on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.store import Sealer, SqlStore, open_store, upgrade
from tests.postgres import Server, server


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with server(upgrade) as running:
        yield running


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sqlite") / "template.db"
    upgrade(f"sqlite:///{path}")
    return path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with the schema."""
    if request.param == "sqlite":
        template: Path = request.getfixturevalue("sqlite_template")
        path = tmp_path / "store.db"
        path.write_bytes(template.read_bytes())
        yield f"sqlite:///{path}"
    else:
        running: Server = request.getfixturevalue("postgres")
        with running.database() as fresh:
            yield fresh


@pytest.fixture
def sealer() -> Sealer:
    return Sealer.fresh()


@pytest.fixture
def store(url: str, sealer: Sealer) -> Iterator[SqlStore]:
    opened = open_store(url, sealer=sealer)
    yield opened
    opened.close()
