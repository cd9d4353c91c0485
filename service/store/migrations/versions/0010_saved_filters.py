"""Filters of the inbox that somebody saved."""

import sqlalchemy as sa
from alembic import op

from service.store.columns import Plain

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.create_table(
        "saved_filter",
        sa.Column("account_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("query", Plain(), nullable=False),
        sa.ForeignKeyConstraint(["account_key"], ["account.key"], name=op.f("fk_saved_filter_account_key")),
        sa.PrimaryKeyConstraint("account_key", "name", name=op.f("pk_saved_filter")),
        sqlite_with_rowid=False,
    )
