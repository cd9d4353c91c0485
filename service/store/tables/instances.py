"""Process instances and what is remembered of their course."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, Text

from service.store.columns import instant, key, ref, sealed, text
from service.store.tables.base import CLUSTERED, metadata, partial

ROOT = "parent_key IS NULL"
"""Root instances: those nobody called."""

instance = Table(
    "instance",
    metadata,
    key("root_key"),
    key("key"),  # the root key itself, or that of a called instance
    text("process_id"),
    ref("definition_key"),
    Column("definition_version", Integer, nullable=False),
    text("folder"),
    text("status"),
    instant("started_at"),
    instant("ended_at", optional=True),
    Column("suspended", Boolean, nullable=False),
    ref("owner_key"),  # the case, or the root instance itself: whose data key seals what belongs to it
    text("unit", optional=True),  # the case's
    ref("parent_key", optional=True),  # of a called instance: the instance that called it
    ref("parent_element_instance_key", optional=True),
    Column("version", Integer, nullable=False),
    text("end_event", optional=True),
    Column("started_lookup", LargeBinary),  # blind index of process, message and correlation key that started it
    Column("history_number", Integer, nullable=False),
    Column("history_hash", LargeBinary),
    sealed("state"),
    # a called instance by its key alone
    partial("ix_instance_called", "key", where="key <> root_key"),
    # a case's instances
    partial("ix_instance_owner", "owner_key", where="owner_key <> root_key"),
    # one active instance per process, message and correlation key
    partial(
        "uq_instance_started",
        "started_lookup",
        where="started_lookup IS NOT NULL AND status = 'ACTIVE'",
        unique=True,
    ),
    # lists, newest first: of root instances by status and unit, of any instance by process
    partial("ix_instance_status", "status", "key", "suspended", "parent_key", where=ROOT),
    partial(
        "ix_instance_unit", "unit", "status", "key", "suspended", "parent_key", where=f"{ROOT} AND unit IS NOT NULL"
    ),
    partial("ix_instance_suspended", "key", "suspended", "parent_key", where=f"{ROOT} AND suspended"),
    Index("ix_instance_process", "process_id", "status", "key", "suspended"),
    Index("ix_instance_process_version", "process_id", "definition_version", "status", "key", "suspended"),
    # how many ended where, of those begun in a span
    partial("ix_instance_ended", "process_id", "started_at", "end_event", where=f"{ROOT} AND end_event IS NOT NULL"),
    # how many root instances run per version
    partial(
        "ix_instance_version",
        "process_id",
        "definition_version",
        "ended_at",
        "parent_key",
        where=f"{ROOT} AND ended_at IS NULL",
    ),
    **CLUSTERED,
)

element_instance = Table(
    "element_instance",
    metadata,
    key("instance_key"),
    key("key"),
    text("element_id"),
    text("type"),
    text("process_id"),
    ref("definition_key"),
    ref("scope_key"),
    ref("called_key", optional=True),
    instant("started_at"),
    instant("ended_at", optional=True),
    text("state"),
    # how many tokens stand where, and which instances have one there
    partial("ix_element_active", "definition_key", "element_id", "instance_key", where="state = 'ACTIVE'"),
    **CLUSTERED,
)

flow_taken = Table(
    "flow_taken",
    metadata,
    key("instance_key"),
    Column("process_id", Text, primary_key=True),
    Column("flow_id", Text, primary_key=True),
    **CLUSTERED,
)

history = Table(
    "history",
    metadata,
    key("instance_key"),
    Column("number", Integer, primary_key=True, autoincrement=False),
    instant("at"),
    text("actor"),
    text("kind"),
    sealed("details"),
    Column("hash", LargeBinary, nullable=False),
    **CLUSTERED,
)

incident = Table(
    "incident",
    metadata,
    key("instance_key"),
    key("key"),
    text("type"),
    sealed("message"),
    Column("message_index", LargeBinary, nullable=False),  # equal messages are grouped without being read
    text("element_id"),
    text("element_name"),
    ref("element_instance_key"),
    text("process_id"),
    ref("called_key", optional=True),
    ref("owner_key"),
    text("unit", optional=True),
    ref("job_key", optional=True),
    ref("dispatch_key", optional=True),
    instant("opened_at"),
    instant("resolved_at", optional=True),
    text("resolved_by", optional=True),
    Index("ix_incident_key", "key"),
    partial("ix_incident_open", "instance_key", "key", where="resolved_at IS NULL"),
    partial(
        "ix_incident_group",
        "process_id",
        "element_id",
        "type",
        "message_index",
        "key",
        where="resolved_at IS NULL",
    ),
    **CLUSTERED,
)
