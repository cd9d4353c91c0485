"""A database with a great many open tasks and pending timers: some really executed, the others copies of their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Column, Table, text

from service.app import App
from service.config import Settings
from service.domain.access import Person
from service.domain.waits import TimerUse
from service.store import tables as t
from service.store.database import build_engine
from service.testing import demo
from service.usecases import people, procedures, tasks
from tests.bench.ground import HERE, Ground

PROCEDURES = HERE / "crowd"
SHIFTED: Mapping[Table, tuple[str, ...]] = {
    t.data_key: ("owner_key",),
    t.case: ("key", "instance_key"),
    t.instance: ("root_key", "key", "owner_key"),
    t.element_instance: ("instance_key", "key", "scope_key"),
    t.user_task: ("instance_key", "key", "element_instance_key", "owner_key"),
    t.timer: ("instance_key", "key", "wait_key", "owner_key"),
}
"""What a copy has rows of, and which keys in them are its own. Its citizen is the one of the original."""
CHOSEN: Mapping[Table, str] = {
    t.user_task: "status = 'CREATED'",
    t.timer: f"use_for = '{TimerUse.REMINDER_OVERDUE.value}'",  # one of three: as many timers as tasks
}
LATER = frozenset({t.user_task.c.due, t.timer.c.due, t.timer.c.next_at})
"""Instants that differ from copy to copy, by a second."""
COPIES_PER_COMMIT = 20


@dataclass
class Crowd:
    """One database; it only grows."""

    settings: Settings
    person: Person
    """She may take every task."""
    executed: int
    low: int
    high: int
    """The keys of the executed instances lie between."""
    copies: int = 0

    @property
    def size(self) -> int:
        """Open tasks, and as many timers that are due in a month."""
        return self.executed * (1 + self.copies)

    def grow(self, size: int) -> None:
        """Copy until there are at least so many."""
        wanted = -(-size // self.executed) - 1
        engine = build_engine(self.settings.url)
        postgresql = engine.dialect.name == "postgresql"
        statements = [text(_copy(table, postgresql=postgresql)) for table in SHIFTED]
        numbers = range(wanted, self.copies, -1)  # from the lowest keys up: the tables' trees grow at one end
        try:
            with engine.execution_options(writes=True).connect() as connection:
                for at in range(0, len(numbers), COPIES_PER_COMMIT):
                    with connection.begin():
                        for number in numbers[at : at + COPIES_PER_COMMIT]:
                            span = {"low": self.low, "high": self.high, "shift": number * (self.high - self.low + 1)}
                            for statement in statements:
                                connection.execute(statement, span | {"number": number})
                if postgresql:
                    with connection.begin():
                        connection.execute(text("ANALYZE"))  # it would do so itself before long
        finally:
            engine.dispose()
        self.copies = max(wanted, self.copies)


def make(ground: Ground, database: str) -> Crowd:
    """A crowd of the executed instances alone."""
    data = ground.folder / f"crowd-{database}"
    settings = Settings(data=data, procedures=PROCEDURES, demo=True, database_url=ground.url(database))
    with App(settings, upgrade=True) as app:
        list(demo.prepare(app.platform, app.sealer, settings))
        sara = people.person(app.platform, "sara")
        assert sara is not None
        low = app.platform.keys.next()
        for number in range(ground.scale.executed):
            _execute(app, sara, number)
        return Crowd(settings, sara, ground.scale.executed, low, app.platform.keys.next())


def _execute(app: App, person: Person, number: int) -> None:
    """One case with a citizen, up to an open task with a deadline and its reminders."""
    upcoming = procedures.start(app.platform, person, "crowd-task")
    assert upcoming is not None
    assert upcoming.task_key is not None
    answer = {"cpr": [f"0101{number % 100:02}{number:04}"], "navn": [f"Borger Test Nummer{number}"]}
    tasks.complete(app.platform, person, upcoming.task_key, answer)


def _copy(table: Table, *, postgresql: bool) -> str:
    """Copy the rows of the executed instances, with their keys moved down by `:shift`."""
    shifted = SHIFTED[table]
    second = "interval '1 second'" if postgresql else "1000000"

    def value(column: Column[object]) -> str:
        quoted = f'"{column.name}"'
        if column.name in shifted:
            return f"{quoted} - :shift"
        if column in LATER:
            return f"{quoted} + :number * {second}"
        if column is t.case.c.number:
            return f"{quoted} || '-' || CAST(:number AS TEXT)"
        return quoted

    names = ", ".join(f'"{c.name}"' for c in table.columns)
    values = ", ".join(value(c) for c in table.columns)
    condition = f'"{shifted[0]}" BETWEEN :low AND :high' + (f" AND {CHOSEN[table]}" if table in CHOSEN else "")
    return f'INSERT INTO "{table.name}" ({names}) SELECT {values} FROM "{table.name}" WHERE {condition}'
