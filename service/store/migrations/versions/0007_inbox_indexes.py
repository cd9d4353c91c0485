"""Let the indexes of assignees and units answer alone, filters included."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.drop_index("ix_user_task_assignee", table_name="user_task")
    op.create_index(
        "ix_user_task_assignee",
        "user_task",
        ["waiting_assignee", "due", "key", "process_id", "unit"],
        sqlite_where=sa.text("waiting_assignee IS NOT NULL"),
        postgresql_where=sa.text("waiting_assignee IS NOT NULL"),
    )
    op.drop_index("ix_user_task_unit", table_name="user_task")
    op.create_index(
        "ix_user_task_unit",
        "user_task",
        ["waiting_unit", "due", "key", "process_id", "held"],
        sqlite_where=sa.text("waiting_unit IS NOT NULL"),
        postgresql_where=sa.text("waiting_unit IS NOT NULL"),
    )
