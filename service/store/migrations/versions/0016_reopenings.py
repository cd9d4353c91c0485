"""When cases were closed that have been reopened since: what the figures of the past count."""

import sqlalchemy as sa
from alembic import op

from service.store.columns import Instant

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    op.create_table(
        "reopening",
        sa.Column("case_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("closed_at", Instant(), nullable=False),
        sa.Column("reopened_at", Instant(), nullable=False),
        sa.Column("closing_reason", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("case_key", "closed_at", name=op.f("pk_reopening")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_reopening_closed", "reopening", ["closed_at", "reopened_at"])
    op.create_index("ix_reopening_reopened", "reopening", ["reopened_at"])
