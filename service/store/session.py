"""The one door through which statements leave: a session over the connection of one transaction."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Dialect

from service.store.statements import Prepared

Record = Any
"""A row of a result: columns by name, `_mapping` as a dict."""

Parameters = Mapping[str, Any]


class Session:
    """Runs prepared statements on the driver itself.

    Writing where only reading was promised raises RuntimeError. On PostgreSQL (`wire.Wire`) statements travel together until
    somebody asks for a result.
    """

    __slots__ = ("_dialect", "_driver", "after_commit", "catalogue_changed", "for_workers", "postgresql", "writable")

    def __init__(self, driver: Any, dialect: Dialect, *, writable: bool) -> None:
        self._driver, self._dialect = driver, dialect
        self.writable = writable
        self.postgresql = dialect.name == "postgresql"
        self.after_commit: list[Callable[[], None]] = []
        self.for_workers = False
        """Whether anything was written that workers may have to do."""
        self.catalogue_changed = False
        """Whether what a catalogue shows was changed in this transaction."""

    def rows(self, statement: Prepared, parameters: Parameters | None = None) -> Sequence[Record]:
        compiled = statement.on(self._dialect)
        return compiled.rows(self._driver.execute(compiled.sql, compiled.parameters(parameters)))

    def first(self, statement: Prepared, parameters: Parameters | None = None) -> Record | None:
        rows = self.rows(statement, parameters)
        return rows[0] if rows else None

    def value(self, statement: Prepared, parameters: Parameters | None = None) -> Any:
        """The first column of the first row; None without one."""
        rows = self.rows(statement, parameters)
        return rows[0][0] if rows else None

    def write(self, statement: Prepared, parameters: Parameters | Sequence[Parameters] | None = None) -> None:
        """Run it, once per parameter set."""
        self._writes(statement)
        compiled = statement.on(self._dialect)
        if parameters is None or isinstance(parameters, Mapping):
            self._driver.execute(compiled.sql, compiled.parameters(parameters))
        elif len(parameters) == 1:
            self._driver.execute(compiled.sql, compiled.parameters(parameters[0]))
        else:
            self._driver.cursor().executemany(compiled.sql, [compiled.parameters(p) for p in parameters])

    def count(self, statement: Prepared, parameters: Parameters | None = None) -> int:
        """Run it once and wait for it: the number of rows it touched."""
        self._writes(statement)
        compiled = statement.on(self._dialect)
        touched: int = self._driver.execute(compiled.sql, compiled.parameters(parameters)).rowcount
        return touched

    def write_returning(self, statement: Prepared, parameters: Parameters | None = None) -> Sequence[Record]:
        self._writes(statement)
        return self.rows(statement, parameters)

    def _writes(self, statement: Prepared) -> None:
        self.must_write()
        self.for_workers |= statement.for_workers

    def must_write(self) -> None:
        """Raises RuntimeError in a unit of work that only reads."""
        if not self.writable:
            raise RuntimeError("this unit of work only reads; use transact() to write")
