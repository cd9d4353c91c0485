"""Let the index of open cases per unit and worker answer alone, those at rest included."""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"

OPEN = sa.text("closed_at IS NULL")


def upgrade() -> None:
    op.drop_index("ix_case_load", table_name="case")
    op.create_index(
        "ix_case_load",
        "case",
        ["kind", "unit", "worker", "opened_at", "paused_at", "closed_at"],
        sqlite_where=OPEN,
        postgresql_where=OPEN,
    )
