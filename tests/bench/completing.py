"""Completing a task, beside the least a database needs to do the same durably."""

from __future__ import annotations

import os
from collections.abc import Iterator

from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    bindparam,
    delete,
    insert,
    select,
    update,
)

from service.app import App
from service.config import Settings
from service.domain.access import Person
from service.store.database import build_engine
from service.testing import demo
from service.usecases import people, procedures, tasks
from tests.bench.ground import HERE, Ground, milliseconds
from tests.bench.result import Result, of, one

ANSWER = {"navn": ["Anna Test Borger"], "antal": ["21"], "note": [""]}
STATE_BYTES, DETAIL_BYTES = 700, 120
"""Sizes of what a two-form instance stores."""

_metadata = MetaData()
_instance = Table(
    "floor_instance",
    _metadata,
    Column("key", BigInteger, primary_key=True),
    Column("version", Integer),
    Column("state", LargeBinary),
)
_task = Table(
    "floor_task",
    _metadata,
    Column("instance_key", BigInteger, primary_key=True),
    Column("key", BigInteger, primary_key=True),
    Column("grp", Text),
    Column("due", BigInteger),
    Index("ix_floor_task", "grp", "due", "key"),
)
_history = Table(
    "floor_history",
    _metadata,
    Column("instance_key", BigInteger, primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("details", LargeBinary),
)
_LOCK = select(_instance.c.version, _instance.c.state).where(_instance.c.key == bindparam("k")).with_for_update()
_MOVE = (
    update(_instance)
    .where(_instance.c.key == bindparam("k"), _instance.c.version == bindparam("v"))
    .values(version=bindparam("next"), state=bindparam("state"))
)
_CLOSE = delete(_task).where(_task.c.instance_key == bindparam("k"), _task.c.key == bindparam("t"))


def measure(ground: Ground) -> Iterator[Result]:
    """The ratio of two medians whose measurements took turns, so that both met the same machine."""
    for database, suffix in (("sqlite", ""), ("postgresql", ".postgresql")):
        name = f"task.complete.floor_ratio{suffix}"
        if not ground.wants(name):
            continue
        data, url = ground.folder / f"complete-{database}", ground.url(database)
        settings = Settings(data=data, procedures=HERE / "two_form", demo=True, database_url=url)
        with App(settings, upgrade=True) as app:
            whole, floor = _take_turns(app, settings, ground.scale.rounds, ground.scale.warm_up)
        least = of(f"task.complete.floor_ms{suffix}", floor, "ms")
        most = of(f"task.complete.ms{suffix}", whole, "ms", least.median)
        yield one(name, most.median / least.median, "×", 1.0)
        yield most
        yield least


def _take_turns(app: App, settings: Settings, rounds: int, warm_up: int) -> tuple[list[float], list[float]]:
    list(demo.prepare(app.platform, app.sealer, settings))
    sara = people.person(app.platform, "sara")
    assert sara is not None
    floor_url = settings.database_url or f"sqlite:///{settings.data / 'floor.sqlite3'}"
    engine = build_engine(floor_url)
    try:
        _metadata.create_all(engine)
        _fill(engine, rounds + warm_up)
        whole, floor = [], []
        for number, key in enumerate(_open_tasks(app, sara, rounds + warm_up)):
            whole.append(milliseconds(lambda key=key: tasks.complete(app.platform, sara, key, ANSWER)))  # type: ignore[misc]
            floor.append(milliseconds(lambda number=number: _complete(engine, number)))  # type: ignore[misc]
        return whole[warm_up:], floor[warm_up:]
    finally:
        engine.dispose()


def _open_tasks(app: App, person: Person, count: int) -> Iterator[int]:
    for _ in range(count):
        upcoming = procedures.start(app.platform, person, "two-form")
        assert upcoming is not None
        assert upcoming.task_key is not None
        yield upcoming.task_key


def _fill(engine: Engine, count: int) -> None:
    with engine.execution_options(writes=True).connect() as connection, connection.begin():
        state = os.urandom(STATE_BYTES)
        connection.execute(insert(_instance), [{"key": n, "version": 1, "state": state} for n in range(count)])
        connection.execute(
            insert(_task), [{"instance_key": n, "key": n, "grp": "sagsbehandler", "due": n} for n in range(count)]
        )


def _complete(engine: Engine, number: int) -> None:
    """Lock and read, versioned state write, one task for another, a line of history, commit."""
    with engine.execution_options(writes=True).connect() as connection, connection.begin():
        _swap(connection, number)


def _swap(connection: Connection, number: int) -> None:
    version, _ = connection.execute(_LOCK, {"k": number}).one()
    moved = {"k": number, "v": version, "next": version + 1, "state": os.urandom(STATE_BYTES)}
    assert connection.execute(_MOVE, moved).rowcount == 1
    connection.execute(_CLOSE, {"k": number, "t": number})
    connection.execute(
        insert(_task), {"instance_key": number, "key": number + 10_000_000, "grp": "sagsbehandler", "due": number}
    )
    connection.execute(insert(_history), {"instance_key": number, "number": 1, "details": os.urandom(DETAIL_BYTES)})
