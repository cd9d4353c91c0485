"""Statements that are compiled once per database and then handed straight to its driver.

SQLAlchemy writes them; running one through it costs several times what the database needs for it, so what every step
runs goes past it. Values are converted by the same column types.
"""

from __future__ import annotations

import json
import re
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    BindParameter,
    Boolean,
    ClauseElement,
    ColumnElement,
    Dialect,
    Insert,
    Table,
    Text,
    Update,
    bindparam,
    text,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.types import TypeEngine

from service.store.columns import Convert, Converting

FOR_WORKERS = frozenset({"dispatch", "job", "timer"})
"""Tables whose new and changed rows workers may have to act on."""


class Prepared:
    """A statement with a fixed text. `among` is its way to say IN."""

    __slots__ = ("_by_dialect", "for_workers", "statement")

    def __init__(self, statement: ClauseElement) -> None:
        self.statement = statement
        self.for_workers = isinstance(statement, Insert | Update) and str(statement.table) in FOR_WORKERS
        self._by_dialect: dict[str, Compiled] = {}

    def on(self, dialect: Dialect) -> Compiled:
        compiled = self._by_dialect.get(dialect.name)
        if compiled is None:
            compiled = self._by_dialect[dialect.name] = Compiled(self._spelled(dialect.name), dialect)
        return compiled

    def _spelled(self, dialect_name: str) -> ClauseElement:
        return self.statement


class Upsert(Prepared):
    """An INSERT with ON CONFLICT, which each database's own INSERT construct spells."""

    __slots__ = ("_build", "_table")

    def __init__(self, table: Table, build: Callable[[Any], ClauseElement]) -> None:
        super().__init__(build(sqlite.insert(table)))
        self._table, self._build = table, build

    def _spelled(self, dialect_name: str) -> ClauseElement:
        return self.statement if dialect_name == "sqlite" else self._build(postgresql.insert(self._table))


class Written(Prepared):
    """A statement given as text. `types` are of the parameters that need one; `IN :name` takes a list (`ListOf`)."""

    __slots__ = ("_columns", "_sql", "_types")

    def __init__(
        self, sql: str, columns: Sequence[ColumnElement[Any]] = (), types: Mapping[str, TypeEngine[Any]] | None = None
    ) -> None:
        super().__init__(text(sql))
        self._sql, self._columns, self._types = sql, columns, types or {}

    def _spelled(self, dialect_name: str) -> ClauseElement:
        sql = self._sql
        for name, kind in self._types.items():
            if isinstance(kind, ListOf):
                array, json_ = f"= ANY(:{name})", f"IN (SELECT value FROM json_each(:{name}))"  # noqa: S608
                sql = re.sub(rf"\bIN :{name}\b", array if dialect_name == "postgresql" else json_, sql)
        typed = text(sql).bindparams(*(bindparam(name, type_=kind) for name, kind in self._types.items()))
        return typed.columns(*self._columns) if self._columns else typed


class Compiled:
    """The text for one database, how parameters go in and how rows come out."""

    __slots__ = ("_inputs", "_row_class", "_row_converters", "sql")

    def __init__(self, statement: ClauseElement, dialect: Dialect) -> None:
        compiled = statement.compile(dialect=dialect)
        assert isinstance(compiled, SQLCompiler)
        self.sql = str(compiled)
        names = compiled.positiontup or ()
        binds = [compiled.binds[name] for name in names]
        self._inputs = [
            (name, None if bind.required else bind.value, _into(bind.type, dialect))
            for name, bind in zip(names, binds, strict=True)
        ]
        columns = getattr(statement, "exported_columns", ())
        converting = ((at, _out_of(column.type, dialect)) for at, column in enumerate(columns))
        self._row_converters = [(at, convert) for at, convert in converting if convert is not None]
        self._row_class: Any = None

    def parameters(self, given: Mapping[str, Any] | None) -> list[Any]:
        """In the statement's order. What `given` does not name is the statement's own constant, or NULL."""
        get = (given or {}).get
        return [
            get(name, constant) if convert is None else convert(get(name, constant))
            for name, constant, convert in self._inputs
        ]

    def rows(self, cursor: Any) -> list[Any]:
        """All rows, columns by name."""
        found = cursor.fetchall()
        if self._row_class is None:
            self._row_class = _row_class([column[0] for column in cursor.description], self._row_converters)
        make: Callable[[Sequence[Any]], Any] = self._row_class.of
        return [make(row) for row in found]


def _row_class(names: Sequence[str], changed: Sequence[tuple[int, Convert]]) -> Any:
    plain: Any = namedtuple("Row", tuple(names), rename=True)  # type: ignore[misc]

    class Row(plain):
        __slots__ = ()

        @property
        def _mapping(self) -> Mapping[str, Any]:
            mapping: Mapping[str, Any] = self._asdict()
            return mapping

        @classmethod
        def of(cls, values: Iterable[Any]) -> Any:
            if not changed:
                return cls._make(values)
            converted = list(values)
            for at, convert in changed:
                converted[at] = convert(converted[at])
            return cls._make(converted)

    return Row


def _into(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.into(dialect.name) if isinstance(kind, Converting) else None


def _out_of(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    if isinstance(kind, Converting):
        return kind.out_of(dialect.name)
    if isinstance(kind, Boolean) and dialect.name == "sqlite":
        return lambda value: None if value is None else bool(value)
    return None


class ListOf(Converting):
    """A list of keys or words as one parameter: an array on PostgreSQL, JSON on SQLite."""

    cache_ok = True

    def __init__(self, item: TypeEngine[Any]) -> None:
        super().__init__()
        self.item = item

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        kind: TypeEngine[Any] = ARRAY(self.item) if dialect.name == "postgresql" else Text()
        return dialect.type_descriptor(kind)

    def into(self, dialect_name: str) -> Convert | None:
        return list if dialect_name == "postgresql" else _to_json_list

    def out_of(self, dialect_name: str) -> Convert | None:
        return None


def _to_json_list(items: Iterable[Any]) -> str:
    return json.dumps(list(items))


class Among(ColumnElement[bool]):
    inherit_cache = False
    type = Boolean()
    _is_implicitly_boolean = True

    def __init__(self, column: ColumnElement[Any], items: BindParameter[Any]) -> None:
        self.column, self.items = column, items


def among(column: ColumnElement[Any], name: str) -> ColumnElement[bool]:
    """`column IN :name`, the list as one parameter, so that the text does not depend on how many there are."""
    item = column.type if isinstance(column.type, Text) else BigInteger()
    return Among(column, bindparam(name, type_=ListOf(item)))


@compiles(Among, "sqlite")
def _among_sqlite(element: Among, compiler: SQLCompiler, **how: Any) -> str:
    column, items = compiler.process(element.column, **how), compiler.process(element.items, **how)
    return f"{column} IN (SELECT value FROM json_each({items}))"  # noqa: S608 - compiled, not given


@compiles(Among, "postgresql")
def _among_postgresql(element: Among, compiler: SQLCompiler, **how: Any) -> str:
    column, items = compiler.process(element.column, **how), compiler.process(element.items, **how)
    return f"{column} = ANY({items})"
