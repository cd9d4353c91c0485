"""Process instances and their course."""

import sqlalchemy as sa
from alembic import op

from service.store.columns import Instant
from service.store.migrations.storage import keep_as_is

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    op.create_table(
        "element_instance",
        sa.Column("instance_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("definition_key", sa.BigInteger(), nullable=False),
        sa.Column("scope_key", sa.BigInteger(), nullable=False),
        sa.Column("called_key", sa.BigInteger(), nullable=True),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("instance_key", "key", name=op.f("pk_element_instance")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_element_active",
        "element_instance",
        ["definition_key", "element_id", "instance_key"],
        unique=False,
        sqlite_where=sa.text("state = 'ACTIVE'"),
        postgresql_where=sa.text("state = 'ACTIVE'"),
    )
    op.create_table(
        "flow_taken",
        sa.Column("instance_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("flow_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("instance_key", "process_id", "flow_id", name=op.f("pk_flow_taken")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "history",
        sa.Column("instance_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("details", sa.LargeBinary(), nullable=True),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("instance_key", "number", name=op.f("pk_history")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "incident",
        sa.Column("instance_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("message", sa.LargeBinary(), nullable=True),
        sa.Column("message_index", sa.LargeBinary(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("element_name", sa.Text(), nullable=False),
        sa.Column("element_instance_key", sa.BigInteger(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("called_key", sa.BigInteger(), nullable=True),
        sa.Column("owner_key", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("job_key", sa.BigInteger(), nullable=True),
        sa.Column("dispatch_key", sa.BigInteger(), nullable=True),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("resolved_at", Instant(), nullable=True),
        sa.Column("resolved_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("instance_key", "key", name=op.f("pk_incident")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_incident_group",
        "incident",
        ["process_id", "element_id", "type", "message_index", "key"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_index("ix_incident_key", "incident", ["key"], unique=False)
    op.create_index(
        "ix_incident_open",
        "incident",
        ["instance_key", "key"],
        unique=False,
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "instance",
        sa.Column("root_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("definition_key", sa.BigInteger(), nullable=False),
        sa.Column("definition_version", sa.Integer(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("started_at", Instant(), nullable=False),
        sa.Column("ended_at", Instant(), nullable=True),
        sa.Column("suspended", sa.Boolean(), nullable=False),
        sa.Column("owner_key", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("parent_key", sa.BigInteger(), nullable=True),
        sa.Column("parent_element_instance_key", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("end_event", sa.Text(), nullable=True),
        sa.Column("started_lookup", sa.LargeBinary(), nullable=True),
        sa.Column("history_number", sa.Integer(), nullable=False),
        sa.Column("history_hash", sa.LargeBinary(), nullable=True),
        sa.Column("state", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("root_key", "key", name=op.f("pk_instance")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_instance_called",
        "instance",
        ["key"],
        unique=False,
        sqlite_where=sa.text("key <> root_key"),
        postgresql_where=sa.text("key <> root_key"),
    )
    op.create_index(
        "ix_instance_owner",
        "instance",
        ["owner_key"],
        unique=False,
        sqlite_where=sa.text("owner_key <> root_key"),
        postgresql_where=sa.text("owner_key <> root_key"),
    )
    op.create_index("ix_instance_process", "instance", ["process_id", "status", "key", "suspended"], unique=False)
    op.create_index(
        "ix_instance_process_version",
        "instance",
        ["process_id", "definition_version", "status", "key", "suspended"],
        unique=False,
    )
    op.create_index(
        "ix_instance_status",
        "instance",
        ["status", "key", "suspended", "parent_key"],
        unique=False,
        sqlite_where=sa.text("parent_key IS NULL"),
        postgresql_where=sa.text("parent_key IS NULL"),
    )
    op.create_index(
        "ix_instance_suspended",
        "instance",
        ["key", "suspended", "parent_key"],
        unique=False,
        sqlite_where=sa.text("parent_key IS NULL AND suspended"),
        postgresql_where=sa.text("parent_key IS NULL AND suspended"),
    )
    op.create_index(
        "ix_instance_unit",
        "instance",
        ["unit", "status", "key", "suspended", "parent_key"],
        unique=False,
        sqlite_where=sa.text("parent_key IS NULL AND unit IS NOT NULL"),
        postgresql_where=sa.text("parent_key IS NULL AND unit IS NOT NULL"),
    )
    op.create_index(
        "ix_instance_version",
        "instance",
        ["process_id", "definition_version", "ended_at", "parent_key"],
        unique=False,
        sqlite_where=sa.text("parent_key IS NULL AND ended_at IS NULL"),
        postgresql_where=sa.text("parent_key IS NULL AND ended_at IS NULL"),
    )
    op.create_index(
        "uq_instance_started",
        "instance",
        ["started_lookup"],
        unique=True,
        sqlite_where=sa.text("started_lookup IS NOT NULL AND status = 'ACTIVE'"),
        postgresql_where=sa.text("started_lookup IS NOT NULL AND status = 'ACTIVE'"),
    )
    keep_as_is("history", "details")
    keep_as_is("incident", "message")
    keep_as_is("instance", "state")
