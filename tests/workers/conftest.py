"""Databases for the workers: most tests run in memory, those about leases on a SQLite file and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from service.store import upgrade
from tests.postgres import Server, server
from tests.workers.house import House


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    with server(upgrade) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A fresh database with the schema."""
    if request.param == "sqlite":
        address = f"sqlite:///{tmp_path / 'house.sqlite3'}"
        upgrade(address)
        yield address
    else:
        running: Server = request.getfixturevalue("postgres")
        with running.database() as fresh:
            yield fresh


@pytest.fixture
def house() -> Iterator[House]:
    with House() as opened:
        yield opened
