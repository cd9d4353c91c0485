"""PostgreSQL below psycopg's cursors: prepared statements that travel together in libpq's pipeline.

A cursor spends several times what the database does on each statement: it looks up how to convert every value, rewrites
the text, and decides anew whether to prepare it. The store's statements are few and fixed, so here each is prepared once
per connection, and values are converted by what they are.
"""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import psycopg
from psycopg.adapt import PyFormat, Transformer
from psycopg.errors import error_from_result
from psycopg.pq import ConnStatus, ExecStatus, Format
from sqlalchemy import Dialect
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg

_TEXT, _BINARY = Format.TEXT, Format.BINARY
SPELLING: Dialect = PGDialect_psycopg(paramstyle="numeric_dollar")  # type: ignore[no-untyped-call]
"""How SQLAlchemy must spell a statement for a wire."""


class Answer:
    """What a statement answers, once it is asked for: like a cursor."""

    __slots__ = ("_wire", "result")

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.result: Any = None

    def fetchall(self) -> list[tuple[Any, ...]]:
        return self._wire.rows(self._received())

    @property
    def rowcount(self) -> int:
        touched: int | None = self._received().command_tuples
        return touched or 0

    @property
    def description(self) -> list[tuple[str]]:
        result = self._received()
        return [(result.fname(i).decode(),) for i in range(result.nfields)]

    def _received(self) -> Any:
        if self.result is None:
            self._wire.sync()
        return self.result


class Wire:
    """One connection in pipeline mode, which nobody else uses from now on. For one thread at a time.

    Statements are sent with `$1` for their parameters. What fails is raised when an answer is asked for, or by `sync`;
    the server then does nothing more until the transaction is rolled back.
    """

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._connection, self._libpq = connection, connection.pgconn
        self._libpq.enter_pipeline_mode()
        self._adapters = Transformer(connection)
        self._names: dict[str, bytes] = {}
        """Text → name of the statement that was prepared from it."""
        self._numbered = 0
        self._unproven: list[str] = []
        """Texts whose preparation the server has not confirmed yet."""
        self._waiting: deque[Answer | None] = deque()
        """Answers to come, in the order of sending (None: of a preparation)."""
        self._arrivals = select.poll()
        self._arrivals.register(self._libpq.socket, select.POLLIN)

    def execute(self, sql: str, parameters: Sequence[Any] = ()) -> Answer:
        name = self._names.get(sql) or self._prepare(sql)
        values, formats = self._dumped(parameters)
        self._libpq.send_query_prepared(name, values, formats, result_format=_BINARY)
        answer = Answer(self)
        self._waiting.append(answer)
        return answer

    def executemany(self, sql: str, several: Iterable[Sequence[Any]]) -> None:
        for parameters in several:
            self.execute(sql, parameters)

    def cursor(self) -> Wire:
        return self

    def sync(self) -> None:
        """Wait for everything sent so far. Raises the first fault as psycopg would."""
        try:
            fault = self._receive()
        except BaseException:  # interrupted: nobody knows any more which answer would come next
            self._connection.close()
            raise
        unproven, self._unproven = self._unproven, []
        if fault is not None:
            for sql in unproven:
                self._names.pop(sql, None)
            raise fault

    def _receive(self) -> psycopg.Error | None:
        """The first fault among the answers to what was sent."""
        fault: psycopg.Error | None = None
        self._libpq.pipeline_sync()
        while (result := self._next()) is None or result.status != ExecStatus.PIPELINE_SYNC:
            if self._libpq.status == ConnStatus.BAD:
                return error_from_result(result) if result else psycopg.OperationalError("the connection is lost")
            if result is None:  # the end of one statement's results
                continue
            answer = self._waiting.popleft()
            if answer is not None:
                answer.result = result
            if result.status == ExecStatus.FATAL_ERROR and fault is None:
                fault = error_from_result(result)
        return fault

    def rows(self, result: Any) -> list[tuple[Any, ...]]:
        self._adapters.set_pgresult(result)
        found: list[tuple[Any, ...]] = self._adapters.load_rows(0, result.ntuples, tuple)
        return found

    def _prepare(self, sql: str) -> bytes:
        self._numbered += 1  # a name is never used again: one that failed may exist or not
        name = self._names[sql] = b"s%d" % self._numbered
        self._unproven.append(sql)
        self._libpq.send_prepare(name, sql.encode())
        self._waiting.append(None)
        return name

    def _next(self) -> Any:
        """The next result, or the None after a statement's results. Other threads run while it is on its way."""
        libpq, arrivals = self._libpq, self._arrivals
        while libpq.is_busy():
            unsent = libpq.flush()
            arrivals.modify(libpq.socket, select.POLLIN | (select.POLLOUT if unsent else 0))
            arrivals.poll()
            libpq.consume_input()
        return libpq.get_result()

    def _dumped(self, parameters: Sequence[Any]) -> tuple[list[bytes | None], list[Format]]:
        values: list[bytes | None] = []
        formats: list[Format] = []
        for value in parameters:
            kind, form = type(value), _TEXT
            if value is None:
                values.append(None)
            elif kind is int:
                values.append(b"%d" % value)
            elif kind is str:
                values.append(value.encode())
                form = _BINARY  # with its length: a NUL is refused by the server, not the end
            elif kind is bool:
                values.append(b"t" if value else b"f")
            elif kind is bytes:
                values.append(value)
                form = _BINARY
            elif kind is datetime:
                values.append(value.isoformat().encode())
            else:
                values.append(bytes(self._adapters.get_dumper(value, PyFormat.TEXT).dump(value) or b""))
            formats.append(form)
        return values, formats
