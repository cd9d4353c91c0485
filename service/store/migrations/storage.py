"""What revisions say about how PostgreSQL stores columns."""

from __future__ import annotations

from alembic import op


def keep_as_is(table: str, *columns: str) -> None:
    """These columns hold ciphertext: PostgreSQL would try in vain to compress it."""
    if op.get_bind().dialect.name == "postgresql":
        for column in columns:
            op.execute(f'ALTER TABLE "{table}" ALTER COLUMN {column} SET STORAGE EXTERNAL')
