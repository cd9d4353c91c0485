"""Seal why somebody read a case: until now the access log kept it in clear."""

import sqlalchemy as sa
from alembic import op

from service.domain.errors import SetupFault
from service.store.columns import Instant
from service.store.migrations.storage import keep_as_is

revision = "0015"
down_revision = "0014"

CASE = sa.text("case_key IS NOT NULL")
CITIZEN = sa.text("citizen_key IS NOT NULL")
GIVEN = sa.text(
    "SELECT a.key, a.reason, a.case_key, d.version, d.wrapped FROM access_log a"
    " LEFT JOIN data_key d ON d.owner_key = a.case_key WHERE a.reason <> ''"
)


def upgrade() -> None:
    given = list(op.get_bind().execute(GIVEN))
    if op.get_bind().dialect.name == "postgresql":
        op.execute("ALTER TABLE access_log ALTER COLUMN reason DROP NOT NULL")
        op.execute("ALTER TABLE access_log ALTER COLUMN reason TYPE bytea USING NULL")
    else:
        _rebuild()
    keep_as_is("access_log", "reason")
    if given:
        _seal(given)


def _rebuild() -> None:
    """SQLite cannot change a column. What stood in clear is overwritten, not only let go."""
    op.execute("PRAGMA secure_delete=ON")
    for index in ("case", "citizen", "username"):
        op.drop_index(f"ix_access_log_{index}", table_name="access_log")
    op.rename_table("access_log", "access_log_in_clear")
    op.create_table(
        "access_log",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("case_key", sa.BigInteger(), nullable=True),
        sa.Column("citizen_key", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_access_log")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_access_log_case", "access_log", ["case_key", "key"], sqlite_where=CASE)
    op.create_index("ix_access_log_citizen", "access_log", ["citizen_key", "key"], sqlite_where=CITIZEN)
    op.create_index("ix_access_log_username", "access_log", ["username", "key"])
    op.execute(
        "INSERT INTO access_log (key, at, username, what, case_key, citizen_key)"
        " SELECT key, at, username, what, case_key, citizen_key FROM access_log_in_clear ORDER BY key"
    )
    op.drop_table("access_log_in_clear")
    op.execute("PRAGMA secure_delete=FAST")


def _seal(given: list[sa.Row[tuple[object, ...]]]) -> None:
    """What was written of a case that is erased by now stays away."""
    sealer = op.get_context().config.attributes["sealer"]  # type: ignore[union-attr]
    if sealer is None:
        raise SetupFault(why="Begrundelserne i adgangsloggen skal krypteres, og det kræver hovednøglen.")
    kept = [
        {
            "row": row.key,
            "reason": sealer.unwrap(row.case_key, row.version, row.wrapped).seal(
                f"access_log.reason:{row.key}".encode(), row.reason.encode()
            ),
        }
        for row in given
        if row.wrapped is not None
    ]
    if kept:
        op.get_bind().execute(sa.text("UPDATE access_log SET reason = :reason WHERE key = :row"), kept)
