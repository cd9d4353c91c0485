"""Let a mark of the citizen outlive its case: the index of marks holds those of closed cases too."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"

MARKED = sa.text("marking IS NOT NULL")


def upgrade() -> None:
    op.drop_index("ix_case_marked", table_name="case")
    op.create_index("ix_case_marked", "case", ["citizen_key", "key"], sqlite_where=MARKED, postgresql_where=MARKED)
