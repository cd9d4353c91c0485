"""Registers that an organisation keeps, with every version of their rows; closed units; who changed what about units and staff."""

import sqlalchemy as sa
from alembic import op

from service.store.columns import Instant, Plain

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.create_table(
        "register_row",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("values", Plain(), nullable=False, quote=True),
        sa.Column("valid_from", sa.Text(), nullable=True),
        sa.Column("valid_to", sa.Text(), nullable=True),
        sa.Column("changed_at", Instant(), nullable=False),
        sa.Column("changed_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("replaced_at", Instant(), nullable=True),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_register_row")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_register_row_register", "register_row", ["register", "id"])
    op.create_index(
        "ix_register_row_standing",
        "register_row",
        ["register"],
        sqlite_where=sa.text("replaced_at IS NULL"),
        postgresql_where=sa.text("replaced_at IS NULL"),
    )
    op.add_column("unit", sa.Column("closed_at", Instant(), nullable=True))
    op.create_table(
        "change",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("details", Plain(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_change")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_change_kind_subject", "change", ["kind", "subject"])
