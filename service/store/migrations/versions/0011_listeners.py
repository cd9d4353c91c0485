"""Jobs of user tasks' listeners."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("job", sa.Column("listener", sa.Text(), nullable=True))
