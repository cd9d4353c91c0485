"""Who else has to do with a case: those attached, those who opened it with a reason, marks of the citizen, and who took part."""

import sqlalchemy as sa
from alembic import op

from service.store.columns import Instant
from service.store.migrations.storage import keep_as_is

revision = "0012"
down_revision = "0011"

DONE = sa.text("completed_by IS NOT NULL")
MARKED = sa.text("marking IS NOT NULL AND closed_at IS NULL")


def upgrade() -> None:
    op.add_column("case", sa.Column("marking", sa.LargeBinary(), nullable=True))
    op.create_index("ix_case_marked", "case", ["citizen_key", "key"], sqlite_where=MARKED, postgresql_where=MARKED)
    op.create_index(
        "ix_user_task_completer", "user_task", ["completed_by", "owner_key"], sqlite_where=DONE, postgresql_where=DONE
    )
    op.create_table(
        "case_party",
        sa.Column("case_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("who", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("case_key", "role", "who", name=op.f("pk_case_party")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_party_who", "case_party", ["who", "role", "case_key"])
    op.create_table(
        "case_opening",
        sa.Column("case_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("until", Instant(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("case_key", "key", name=op.f("pk_case_opening")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_case_opening_username", "case_opening", ["username", "key"])
    keep_as_is("case", "marking")
    keep_as_is("case_opening", "reason")
