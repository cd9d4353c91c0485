"""Jobs of user tasks' listeners."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    op.add_column("job", sa.Column("listener", sa.Text(), nullable=True))
