"""An index that tells how long the steps of a unit take."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"

DONE = sa.text("completed_at IS NOT NULL")


def upgrade() -> None:
    op.create_index(
        "ix_user_task_done",
        "user_task",
        ["unit", "completed_at", "process_id", "element_id", "created_at", "status"],
        sqlite_where=DONE,
        postgresql_where=DONE,
    )
