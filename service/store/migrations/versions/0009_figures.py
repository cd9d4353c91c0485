"""What figures count: milestones and suspensions of cases, and indexes over when cases were opened and closed."""

import sqlalchemy as sa
from alembic import op

from service.store.columns import Instant

revision = "0009"
down_revision = "0008"

CLOSED = sa.text("closed_at IS NOT NULL")
ENDED = sa.text("parent_key IS NULL AND end_event IS NOT NULL")
OPEN = sa.text("closed_at IS NULL")
STILL = sa.text("ended_at IS NULL")


def upgrade() -> None:
    op.create_table(
        "milestone",
        sa.Column("case_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("case_key", "id", name=op.f("pk_milestone")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "suspension",
        sa.Column("case_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("began_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("case_key", "began_at", name=op.f("pk_suspension")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_suspension_began", "suspension", ["began_at"])
    op.create_index(
        "ix_suspension_open", "suspension", ["case_key", "ended_at"], sqlite_where=STILL, postgresql_where=STILL
    )
    op.create_index("ix_case_opened", "case", ["kind", "opened_at", "unit", "source"])
    op.create_index(
        "ix_case_closed",
        "case",
        ["kind", "closed_at", "unit", "closing_reason"],
        sqlite_where=CLOSED,
        postgresql_where=CLOSED,
    )
    op.create_index(
        "ix_case_load",
        "case",
        ["kind", "worker", "unit", "opened_at", "closed_at"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
    op.create_index(
        "ix_instance_ended",
        "instance",
        ["process_id", "started_at", "end_event"],
        sqlite_where=ENDED,
        postgresql_where=ENDED,
    )
    # cases that were at rest when this began to be counted
    op.execute(
        'INSERT INTO suspension (case_key, began_at) SELECT key, paused_at FROM "case" WHERE paused_at IS NOT NULL'
    )
