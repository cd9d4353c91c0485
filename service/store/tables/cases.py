"""Cases, citizens and everything kept with a case."""

from __future__ import annotations

from sqlalchemy import (
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
)

from service.store.columns import Due, Instant, Plain, instant, key, ref, sealed, text
from service.store.tables.base import CLUSTERED, metadata, partial

citizen = Table(
    "citizen",
    metadata,
    key("key"),
    Column("cpr_lookup", LargeBinary),
    sealed("content"),
    Column("version", Integer, nullable=False),
    partial("uq_citizen_cpr_lookup", "cpr_lookup", where="cpr_lookup IS NOT NULL", unique=True),
    **CLUSTERED,
)

case = Table(
    "case",
    metadata,
    key("key"),
    Column("number", Text, nullable=False, unique=True),
    text("kind"),
    text("folder"),
    text("status"),
    instant("opened_at"),
    instant("closed_at", optional=True),
    text("closing_reason", optional=True),
    sealed("closing_detail"),
    text("unit", optional=True),
    text("worker", optional=True),
    Column("citizen_key", ForeignKey("citizen.key"), index=True),
    ref("instance_key", optional=True),
    text("rule_set", optional=True),
    text("source", optional=True),
    Column("hours_used", Float),
    Column("hours_budget", Float),
    Column("sort_date", Due, nullable=False),
    instant("paused_at", optional=True),
    Column("version", Integer, nullable=False),
    sealed("marking"),
    # lists, newest first or by date: by unit, by worker, all. The columns of a condition stand last in its index, so
    # that SQLite need not look at the row to know that it holds.
    Index("ix_case_unit", "unit", "key"),
    partial("ix_case_unit_open", "unit", "key", "closed_at", where="closed_at IS NULL"),
    partial("ix_case_unit_sort", "unit", "sort_date", "key", "closed_at", where="closed_at IS NULL"),
    Index("ix_case_worker", "worker", "key"),
    partial("ix_case_worker_open", "worker", "key", "closed_at", where="closed_at IS NULL"),
    partial("ix_case_worker_sort", "worker", "sort_date", "key", "closed_at", where="closed_at IS NULL"),
    partial("ix_case_open", "key", "closed_at", where="closed_at IS NULL"),
    partial("ix_case_open_sort", "sort_date", "key", "closed_at", where="closed_at IS NULL"),
    partial("ix_case_status", "status", "key", "closed_at", where="closed_at IS NULL"),
    partial("ix_case_paused", "key", "paused_at", where="paused_at IS NOT NULL"),
    # marks of a citizen
    partial("ix_case_marked", "citizen_key", "key", where="marking IS NOT NULL"),
    # figures: how many were opened and closed in a span, by source and reason
    Index("ix_case_opened", "kind", "opened_at", "unit", "source"),
    partial("ix_case_closed", "kind", "closed_at", "unit", "closing_reason", where="closed_at IS NOT NULL"),
    # load: who has how many of them now
    partial("ix_case_load", "kind", "unit", "worker", "opened_at", "paused_at", "closed_at", where="closed_at IS NULL"),
    **CLUSTERED,
)

milestone = Table(
    "milestone",
    metadata,
    key("case_key"),
    Column("id", Text, primary_key=True),
    instant("at"),
    Column("days", Integer, nullable=False),  # calendar days since the case was opened
    **CLUSTERED,
)

suspension = Table(
    "suspension",
    metadata,
    key("case_key"),
    Column("began_at", Instant, primary_key=True),
    instant("ended_at", optional=True),
    Index("ix_suspension_began", "began_at"),
    partial("ix_suspension_open", "case_key", "ended_at", where="ended_at IS NULL"),
    **CLUSTERED,
)

reopening = Table(
    "reopening",
    metadata,
    key("case_key"),
    Column("closed_at", Instant, primary_key=True),  # with this reason, until it was reopened
    instant("reopened_at"),
    text("closing_reason", optional=True),
    Index("ix_reopening_closed", "closed_at", "reopened_at"),
    Index("ix_reopening_reopened", "reopened_at"),
    **CLUSTERED,
)

case_party = Table(
    "case_party",
    metadata,
    key("case_key"),
    Column("role", Text, primary_key=True),
    Column("who", Text, primary_key=True),  # a username, or `rolle@enhed`
    # lists of those attached, newest first
    Index("ix_case_party_who", "who", "role", "case_key"),
    **CLUSTERED,
)

case_opening = Table(
    "case_opening",
    metadata,
    key("case_key"),
    key("key"),
    text("username"),
    instant("at"),
    instant("until"),
    sealed("reason"),
    Index("ix_case_opening_username", "username", "key"),
    **CLUSTERED,
)

deadline = Table(
    "deadline",
    metadata,
    key("owner_key"),
    Column("id", Text, primary_key=True),
    text("name"),
    Column("due", Due, nullable=False),
    instant("computed", optional=True),
    Column("counts", Plain, nullable=False),
    instant("set_at"),
    instant("paused_at", optional=True),
    instant("extended_until", optional=True),
    text("extended_by", optional=True),
    sealed("extension_reason"),
    instant("met_at", optional=True),
    **CLUSTERED,
)

case_record = Table(
    "case_record",
    metadata,
    Column("case_key", ForeignKey("case.key"), primary_key=True, autoincrement=False),
    key("key"),
    text("form_id"),
    ref("form_key"),
    Column("version", Integer, nullable=False),
    text("element_id"),
    instant("submitted_at"),
    text("submitted_by"),
    sealed("content"),
    UniqueConstraint("case_key", "form_id", "version"),
    **CLUSTERED,
)

contact = Table(
    "contact",
    metadata,
    Column("case_key", ForeignKey("case.key"), primary_key=True, autoincrement=False),
    key("key"),
    instant("at"),
    text("by_user"),
    Column("minutes", Integer),
    sealed("content"),
    **CLUSTERED,
)

note = Table(
    "note",
    metadata,
    Column("case_key", ForeignKey("case.key"), primary_key=True, autoincrement=False),
    key("key"),
    instant("at"),
    text("by_user"),
    sealed("content"),
    **CLUSTERED,
)

document = Table(
    "document",
    metadata,
    key("case_key"),  # or the root instance's, when it has no case
    key("key"),
    sealed("title"),
    text("kind"),
    text("media_type"),
    sealed("file_name"),
    Column("size", Integer, nullable=False),
    text("sha256"),
    Column("version", Integer, nullable=False),
    instant("made_at"),
    text("made_by"),
    sealed("content"),
    Index("ix_document_key", "key"),
    **CLUSTERED,
)

dispatch = Table(
    "dispatch",
    metadata,
    key("owner_key"),
    key("key"),
    ref("instance_key"),
    ref("job_key", optional=True),
    text("channel"),
    text("idempotency_key"),
    text("status"),
    instant("created_at"),
    instant("sent_at", optional=True),
    Column("attempts", Integer, nullable=False),
    instant("next_at"),
    text("lease_token", optional=True),
    sealed("content"),  # recipient, subject, body
    sealed("last_error"),
    sealed("receipt"),
    Column("document_keys", Plain, nullable=False),
    text("content_sha256"),
    Index("ix_dispatch_key", "key"),
    partial("ix_dispatch_next", "next_at", where="status IN ('venter', 'sendes')"),
    partial("ix_dispatch_job", "job_key", where="job_key IS NOT NULL"),
    **CLUSTERED,
)

notice = Table(
    "notice",
    metadata,
    Column("username", Text, primary_key=True),
    key("key"),
    instant("at"),
    text("kind"),
    text("text"),  # names a task, an event, a colleague or a case number; `usecases.notices` words all of them
    ref("case_key", optional=True),
    ref("task_key", optional=True),
    instant("read_at", optional=True),
    partial("ix_notice_unread", "username", "key", where="read_at IS NULL"),
    **CLUSTERED,
)

access_log = Table(
    "access_log",
    metadata,
    key("key"),
    instant("at"),
    text("username"),
    text("what"),
    ref("case_key", optional=True),
    ref("citizen_key", optional=True),
    sealed("reason"),
    partial("ix_access_log_case", "case_key", "key", where="case_key IS NOT NULL"),
    partial("ix_access_log_citizen", "citizen_key", "key", where="citizen_key IS NOT NULL"),
    Index("ix_access_log_username", "username", "key"),
    **CLUSTERED,
)
