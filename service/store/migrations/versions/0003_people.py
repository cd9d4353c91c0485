"""Accounts and units."""

import sqlalchemy as sa
from alembic import op

from service.store.columns import Plain

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.create_table(
        "account",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column("mail", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("competences", Plain(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "unit",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("mailbox", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "leads",
        sa.Column("account_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_key"], ["account.key"], name=op.f("fk_leads_account_key")),
        sa.PrimaryKeyConstraint("account_key", "unit", name=op.f("pk_leads")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_leads_unit", "leads", ["unit"], unique=False)
    op.create_table(
        "membership",
        sa.Column("account_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["account_key"], ["account.key"], name=op.f("fk_membership_account_key")),
        sa.PrimaryKeyConstraint("account_key", "role", "unit", name=op.f("pk_membership")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_membership_role", "membership", ["role", "unit"], unique=False)
