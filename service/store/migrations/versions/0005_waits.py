"""What instances wait for."""

import sqlalchemy as sa
from alembic import op

from service.store.columns import Due, Instant, Plain
from service.store.migrations.storage import keep_as_is

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.create_table(
        "draft",
        sa.Column("instance_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("saved_at", Instant(), nullable=False),
        sa.Column("fields", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("instance_key", "task_key", "username", name=op.f("pk_draft")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "job",
        sa.Column("instance_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("element_name", sa.Text(), nullable=False),
        sa.Column("element_instance_key", sa.BigInteger(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("called_key", sa.BigInteger(), nullable=True),
        sa.Column("owner_key", sa.BigInteger(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("held", sa.SmallInteger(), nullable=False),
        sa.Column("retries", sa.Integer(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("lease_until", Instant(), nullable=True),
        sa.Column("headers", Plain(), nullable=False),
        sa.Column("variables", sa.LargeBinary(), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("error", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("instance_key", "key", name=op.f("pk_job")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_job_key", "job", ["key"], unique=False)
    op.create_index(
        "ix_job_next",
        "job",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("status = 'open' AND held = 0"),
        postgresql_where=sa.text("status = 'open' AND held = 0"),
    )
    op.create_index(
        "ix_job_type_next",
        "job",
        ["type", "next_at"],
        unique=False,
        sqlite_where=sa.text("status = 'open' AND held = 0"),
        postgresql_where=sa.text("status = 'open' AND held = 0"),
    )
    op.create_table(
        "message",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("id_lookup", sa.LargeBinary(), nullable=True),
        sa.Column("correlation_key", sa.LargeBinary(), nullable=True),
        sa.Column("variables", sa.LargeBinary(), nullable=True),
        sa.Column("expires_at", Instant(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_message")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_message_expires", "message", ["expires_at"], unique=False)
    op.create_index("ix_message_lookup", "message", ["lookup", "key"], unique=False)
    op.create_index(
        "uq_message_id",
        "message",
        ["id_lookup"],
        unique=True,
        sqlite_where=sa.text("id_lookup IS NOT NULL"),
        postgresql_where=sa.text("id_lookup IS NOT NULL"),
    )
    op.create_table(
        "message_delivery",
        sa.Column("message_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("message_key", "process_id", name=op.f("pk_message_delivery")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "subscription",
        sa.Column("instance_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("lookup", sa.LargeBinary(), nullable=False),
        sa.Column("correlation_key", sa.LargeBinary(), nullable=True),
        sa.Column("owner_key", sa.BigInteger(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("element_name", sa.Text(), nullable=False),
        sa.Column("called_key", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("instance_key", "key", name=op.f("pk_subscription")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_subscription_lookup", "subscription", ["lookup", "key"], unique=False)
    op.create_table(
        "task_candidate",
        sa.Column("instance_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("task_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("principal", sa.Text(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("due", Due(), nullable=False),
        sa.Column("waiting_principal", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("instance_key", "task_key", "principal", name=op.f("pk_task_candidate")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_task_candidate_principal",
        "task_candidate",
        ["waiting_principal", "due", "task_key"],
        unique=False,
        sqlite_where=sa.text("waiting_principal IS NOT NULL"),
        postgresql_where=sa.text("waiting_principal IS NOT NULL"),
    )
    op.create_index(
        "ix_task_candidate_process",
        "task_candidate",
        ["waiting_principal", "process_id", "due", "task_key"],
        unique=False,
        sqlite_where=sa.text("waiting_principal IS NOT NULL"),
        postgresql_where=sa.text("waiting_principal IS NOT NULL"),
    )
    op.create_index(
        "ix_task_candidate_unit",
        "task_candidate",
        ["unit", "due", "task_key"],
        unique=False,
        sqlite_where=sa.text("unit IS NOT NULL"),
        postgresql_where=sa.text("unit IS NOT NULL"),
    )
    op.create_table(
        "task_name",
        sa.Column("name", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_task_name")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "timer",
        sa.Column("instance_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("use_for", sa.Text(), nullable=False),
        sa.Column("due", Due(), nullable=False),
        sa.Column("next_at", Due(), nullable=False),
        sa.Column("wait_key", sa.BigInteger(), nullable=False),
        sa.Column("owner_key", sa.BigInteger(), nullable=False),
        sa.Column("deadline_id", sa.Text(), nullable=True),
        sa.Column("held", sa.SmallInteger(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("instance_key", "key", name=op.f("pk_timer")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_timer_deadline",
        "timer",
        ["owner_key", "deadline_id"],
        unique=False,
        sqlite_where=sa.text("deadline_id IS NOT NULL"),
        postgresql_where=sa.text("deadline_id IS NOT NULL"),
    )
    op.create_index(
        "ix_timer_next",
        "timer",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("held = 0"),
        postgresql_where=sa.text("held = 0"),
    )
    op.create_table(
        "user_task",
        sa.Column("instance_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("element_instance_key", sa.BigInteger(), nullable=False),
        sa.Column("process_id", sa.Text(), nullable=False),
        sa.Column("definition_key", sa.BigInteger(), nullable=False),
        sa.Column("called_key", sa.BigInteger(), nullable=True),
        sa.Column("owner_key", sa.BigInteger(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("form_id", sa.Text(), nullable=True),
        sa.Column("form_key", sa.BigInteger(), nullable=True),
        sa.Column("external_form", sa.Text(), nullable=True),
        sa.Column("assignee", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("unit_of_case", sa.Boolean(), nullable=False),
        sa.Column("waiting_assignee", sa.Text(), nullable=True),
        sa.Column("waiting_group", sa.Text(), nullable=True),
        sa.Column("waiting_unit", sa.Text(), nullable=True),
        sa.Column("candidate_groups", Plain(), nullable=False),
        sa.Column("candidate_users", Plain(), nullable=False),
        sa.Column("candidates", sa.Boolean(), nullable=False),
        sa.Column("drafts", sa.Boolean(), nullable=False),
        sa.Column("due", Due(), nullable=False),
        sa.Column("follow_up", Instant(), nullable=True),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("deadline_id", sa.Text(), nullable=True),
        sa.Column("held", sa.SmallInteger(), nullable=False),
        sa.Column("headers", Plain(), nullable=False),
        sa.Column("prefill", sa.LargeBinary(), nullable=True),
        sa.Column("completed_at", Instant(), nullable=True),
        sa.Column("completed_by", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("instance_key", "key", name=op.f("pk_user_task")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_user_task_assignee",
        "user_task",
        ["waiting_assignee", "due", "key"],
        unique=False,
        sqlite_where=sa.text("waiting_assignee IS NOT NULL"),
        postgresql_where=sa.text("waiting_assignee IS NOT NULL"),
    )
    op.create_index(
        "ix_user_task_group",
        "user_task",
        ["waiting_group", "due", "key"],
        unique=False,
        sqlite_where=sa.text("waiting_group IS NOT NULL"),
        postgresql_where=sa.text("waiting_group IS NOT NULL"),
    )
    op.create_index(
        "ix_user_task_group_process",
        "user_task",
        ["waiting_group", "process_id", "due", "key"],
        unique=False,
        sqlite_where=sa.text("waiting_group IS NOT NULL"),
        postgresql_where=sa.text("waiting_group IS NOT NULL"),
    )
    op.create_index(
        "ix_user_task_group_unit",
        "user_task",
        ["waiting_group", "unit", "due", "key"],
        unique=False,
        sqlite_where=sa.text("waiting_group IS NOT NULL"),
        postgresql_where=sa.text("waiting_group IS NOT NULL"),
    )
    op.create_index("ix_user_task_key", "user_task", ["key"], unique=False)
    op.create_index(
        "ix_user_task_owner",
        "user_task",
        ["owner_key", "instance_key"],
        unique=False,
        sqlite_where=sa.text("status = 'CREATED'"),
        postgresql_where=sa.text("status = 'CREATED'"),
    )
    op.create_index(
        "ix_user_task_unit",
        "user_task",
        ["waiting_unit", "due", "key"],
        unique=False,
        sqlite_where=sa.text("waiting_unit IS NOT NULL"),
        postgresql_where=sa.text("waiting_unit IS NOT NULL"),
    )
    keep_as_is("draft", "fields")
    keep_as_is("job", "variables", "result", "error")
    keep_as_is("message", "correlation_key", "variables")
    keep_as_is("subscription", "correlation_key")
    keep_as_is("user_task", "prefill")
