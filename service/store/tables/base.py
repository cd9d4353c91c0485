"""The metadata with its naming of constraints, and how tables are stored."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Index, MetaData, Table, event, text
from sqlalchemy.sql.expression import TextClause

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


@event.listens_for(metadata, "after_create")
def _store_sealed_as_is(target: MetaData, connection: Connection, tables: list[Table] | None = None, **_: Any) -> None:
    """PostgreSQL would try in vain to compress ciphertext."""
    if connection.dialect.name == "postgresql":
        for table in tables or []:
            for column in table.columns:
                if column.info.get("sealed"):
                    change = f'ALTER TABLE "{table.name}" ALTER COLUMN {column.name} SET STORAGE EXTERNAL'
                    connection.execute(text(change))


CLUSTERED: dict[str, Any] = {"sqlite_with_rowid": False}
"""Rows of one owner lie together on SQLite: the table is its primary key's tree."""


def partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index over the rows for which `where` holds (the same words on both databases)."""
    condition: TextClause = text(where)
    return Index(name, *columns, unique=unique, sqlite_where=condition, postgresql_where=condition)
