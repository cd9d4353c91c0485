"""Cases, citizens and what is kept with them."""

import sqlalchemy as sa
from alembic import op

from service.store.columns import Due, Instant, Plain
from service.store.migrations.storage import keep_as_is

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("what", sa.Text(), nullable=False),
        sa.Column("case_key", sa.BigInteger(), nullable=True),
        sa.Column("citizen_key", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_access_log")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_access_log_case",
        "access_log",
        ["case_key", "key"],
        unique=False,
        sqlite_where=sa.text("case_key IS NOT NULL"),
        postgresql_where=sa.text("case_key IS NOT NULL"),
    )
    op.create_index(
        "ix_access_log_citizen",
        "access_log",
        ["citizen_key", "key"],
        unique=False,
        sqlite_where=sa.text("citizen_key IS NOT NULL"),
        postgresql_where=sa.text("citizen_key IS NOT NULL"),
    )
    op.create_index("ix_access_log_username", "access_log", ["username", "key"], unique=False)
    op.create_table(
        "citizen",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("cpr_lookup", sa.LargeBinary(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_citizen")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "uq_citizen_cpr_lookup",
        "citizen",
        ["cpr_lookup"],
        unique=True,
        sqlite_where=sa.text("cpr_lookup IS NOT NULL"),
        postgresql_where=sa.text("cpr_lookup IS NOT NULL"),
    )
    op.create_table(
        "deadline",
        sa.Column("owner_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("due", Due(), nullable=False),
        sa.Column("computed", Instant(), nullable=True),
        sa.Column("counts", Plain(), nullable=False),
        sa.Column("set_at", Instant(), nullable=False),
        sa.Column("paused_at", Instant(), nullable=True),
        sa.Column("extended_until", Instant(), nullable=True),
        sa.Column("extended_by", sa.Text(), nullable=True),
        sa.Column("extension_reason", sa.LargeBinary(), nullable=True),
        sa.Column("met_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("owner_key", "id", name=op.f("pk_deadline")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "dispatch",
        sa.Column("owner_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("instance_key", sa.BigInteger(), nullable=False),
        sa.Column("job_key", sa.BigInteger(), nullable=True),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("created_at", Instant(), nullable=False),
        sa.Column("sent_at", Instant(), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_at", Instant(), nullable=False),
        sa.Column("lease_token", sa.Text(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("last_error", sa.LargeBinary(), nullable=True),
        sa.Column("receipt", sa.LargeBinary(), nullable=True),
        sa.Column("document_keys", Plain(), nullable=False),
        sa.Column("content_sha256", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("owner_key", "key", name=op.f("pk_dispatch")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_dispatch_job",
        "dispatch",
        ["job_key"],
        unique=False,
        sqlite_where=sa.text("job_key IS NOT NULL"),
        postgresql_where=sa.text("job_key IS NOT NULL"),
    )
    op.create_index("ix_dispatch_key", "dispatch", ["key"], unique=False)
    op.create_index(
        "ix_dispatch_next",
        "dispatch",
        ["next_at"],
        unique=False,
        sqlite_where=sa.text("status IN ('venter', 'sendes')"),
        postgresql_where=sa.text("status IN ('venter', 'sendes')"),
    )
    op.create_table(
        "document",
        sa.Column("case_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("title", sa.LargeBinary(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("media_type", sa.Text(), nullable=False),
        sa.Column("file_name", sa.LargeBinary(), nullable=True),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("made_at", Instant(), nullable=False),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("case_key", "key", name=op.f("pk_document")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_document_key", "document", ["key"], unique=False)
    op.create_table(
        "notice",
        sa.Column("username", sa.Text(), nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("case_key", sa.BigInteger(), nullable=True),
        sa.Column("task_key", sa.BigInteger(), nullable=True),
        sa.Column("read_at", Instant(), nullable=True),
        sa.PrimaryKeyConstraint("username", "key", name=op.f("pk_notice")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        "ix_notice_unread",
        "notice",
        ["username", "key"],
        unique=False,
        sqlite_where=sa.text("read_at IS NULL"),
        postgresql_where=sa.text("read_at IS NULL"),
    )
    op.create_table(
        "case",
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("folder", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("opened_at", Instant(), nullable=False),
        sa.Column("closed_at", Instant(), nullable=True),
        sa.Column("closing_reason", sa.Text(), nullable=True),
        sa.Column("closing_detail", sa.LargeBinary(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("worker", sa.Text(), nullable=True),
        sa.Column("citizen_key", sa.BigInteger(), nullable=True),
        sa.Column("instance_key", sa.BigInteger(), nullable=True),
        sa.Column("rule_set", sa.Text(), nullable=True),
        sa.Column("source", sa.Text(), nullable=True),
        sa.Column("hours_used", sa.Float(), nullable=True),
        sa.Column("hours_budget", sa.Float(), nullable=True),
        sa.Column("sort_date", Due(), nullable=False),
        sa.Column("paused_at", Instant(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["citizen_key"], ["citizen.key"], name=op.f("fk_case_citizen_key")),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_case")),
        sa.UniqueConstraint("number", name=op.f("uq_case_number")),
        sqlite_with_rowid=False,
    )
    op.create_index(op.f("ix_case_citizen_key"), "case", ["citizen_key"], unique=False)
    op.create_index(
        "ix_case_open",
        "case",
        ["key", "closed_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_case_open_sort",
        "case",
        ["sort_date", "key", "closed_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_case_paused",
        "case",
        ["key", "paused_at"],
        unique=False,
        sqlite_where=sa.text("paused_at IS NOT NULL"),
        postgresql_where=sa.text("paused_at IS NOT NULL"),
    )
    op.create_index(
        "ix_case_status",
        "case",
        ["status", "key", "closed_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_case_unit", "case", ["unit", "key"], unique=False)
    op.create_index(
        "ix_case_unit_open",
        "case",
        ["unit", "key", "closed_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_case_unit_sort",
        "case",
        ["unit", "sort_date", "key", "closed_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index("ix_case_worker", "case", ["worker", "key"], unique=False)
    op.create_index(
        "ix_case_worker_open",
        "case",
        ["worker", "key", "closed_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_index(
        "ix_case_worker_sort",
        "case",
        ["worker", "sort_date", "key", "closed_at"],
        unique=False,
        sqlite_where=sa.text("closed_at IS NULL"),
        postgresql_where=sa.text("closed_at IS NULL"),
    )
    op.create_table(
        "case_record",
        sa.Column("case_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("form_key", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("element_id", sa.Text(), nullable=False),
        sa.Column("submitted_at", Instant(), nullable=False),
        sa.Column("submitted_by", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_key"], ["case.key"], name=op.f("fk_case_record_case_key")),
        sa.PrimaryKeyConstraint("case_key", "key", name=op.f("pk_case_record")),
        sa.UniqueConstraint("case_key", "form_id", "version", name=op.f("uq_case_record_case_key_form_id_version")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "contact",
        sa.Column("case_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_key"], ["case.key"], name=op.f("fk_contact_case_key")),
        sa.PrimaryKeyConstraint("case_key", "key", name=op.f("pk_contact")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "note",
        sa.Column("case_key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", Instant(), nullable=False),
        sa.Column("by_user", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.ForeignKeyConstraint(["case_key"], ["case.key"], name=op.f("fk_note_case_key")),
        sa.PrimaryKeyConstraint("case_key", "key", name=op.f("pk_note")),
        sqlite_with_rowid=False,
    )
    keep_as_is("citizen", "content")
    keep_as_is("deadline", "extension_reason")
    keep_as_is("dispatch", "content", "last_error", "receipt")
    keep_as_is("document", "title", "file_name", "content")
    keep_as_is("case", "closing_detail")
    keep_as_is("case_record", "content")
    keep_as_is("contact", "content")
    keep_as_is("note", "content")
