"""What resting instances wait for: user tasks with their inbox indexes, jobs, timers, subscriptions, buffered messages."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, SmallInteger, Table, Text

from service.store.columns import Due, Plain, instant, key, ref, sealed, text
from service.store.tables.base import CLUSTERED, metadata, partial

SUSPENDED, PAUSED = 1, 2
"""Bits of `held`: the instance is suspended; the deadline is paused (i bero)."""


user_task = Table(
    "user_task",
    metadata,
    key("instance_key"),
    key("key"),
    text("element_id"),
    text("name"),
    ref("element_instance_key"),
    text("process_id"),
    ref("definition_key"),
    ref("called_key", optional=True),
    ref("owner_key"),
    text("status"),
    instant("created_at"),
    text("form_id", optional=True),
    ref("form_key", optional=True),
    text("external_form", optional=True),
    text("assignee", optional=True),
    text("unit", optional=True),
    Column("unit_of_case", Boolean, nullable=False),  # the unit came from the case and follows it
    # what the inbox looks for, None once the task is closed: so that its indexes alone answer
    text("waiting_assignee", optional=True),
    text("waiting_group", optional=True),  # the first candidate group, while nobody is assigned
    text("waiting_unit", optional=True),
    Column("candidate_groups", Plain, nullable=False),
    Column("candidate_users", Plain, nullable=False),
    Column("candidates", Boolean, nullable=False),  # further candidates are rows of task_candidate
    Column("drafts", Boolean, nullable=False),  # has rows in draft
    Column("due", Due, nullable=False),
    instant("follow_up", optional=True),
    Column("priority", Integer, nullable=False),
    text("deadline_id", optional=True),
    Column("held", SmallInteger, nullable=False),
    Column("headers", Plain, nullable=False),
    sealed("prefill"),
    instant("completed_at", optional=True),
    text("completed_by", optional=True),
    Index("ix_user_task_key", "key"),
    # the inbox: one branch per principal, each sorted by its index
    partial("ix_user_task_group", "waiting_group", "due", "key", where="waiting_group IS NOT NULL"),
    partial(
        "ix_user_task_group_process", "waiting_group", "process_id", "due", "key", where="waiting_group IS NOT NULL"
    ),
    partial("ix_user_task_group_unit", "waiting_group", "unit", "due", "key", where="waiting_group IS NOT NULL"),
    partial(
        "ix_user_task_assignee",
        "waiting_assignee",
        "due",
        "key",
        "process_id",
        "unit",
        where="waiting_assignee IS NOT NULL",
    ),
    partial("ix_user_task_unit", "waiting_unit", "due", "key", "process_id", "held", where="waiting_unit IS NOT NULL"),
    # how long steps take: what a unit has completed lately
    partial(
        "ix_user_task_done",
        "unit",
        "completed_at",
        "process_id",
        "element_id",
        "created_at",
        "status",
        where="completed_at IS NOT NULL",
    ),
    # open tasks of a case or an instance
    partial("ix_user_task_owner", "owner_key", "instance_key", where="status = 'CREATED'"),
    # cases that somebody took part in
    partial("ix_user_task_completer", "completed_by", "owner_key", where="completed_by IS NOT NULL"),
    **CLUSTERED,
)

task_candidate = Table(
    "task_candidate",
    metadata,
    key("instance_key"),
    key("task_key"),
    Column("principal", Text, primary_key=True),  # "g:" and a group, or "u:" and a username
    text("process_id"),
    text("unit", optional=True),
    Column("due", Due, nullable=False),
    text("waiting_principal", optional=True),  # the principal, while nobody is assigned; closing deletes the row
    partial(
        "ix_task_candidate_principal", "waiting_principal", "due", "task_key", where="waiting_principal IS NOT NULL"
    ),
    partial(
        "ix_task_candidate_process",
        "waiting_principal",
        "process_id",
        "due",
        "task_key",
        where="waiting_principal IS NOT NULL",
    ),
    partial("ix_task_candidate_unit", "unit", "due", "task_key", where="unit IS NOT NULL"),
    **CLUSTERED,
)

task_name = Table(
    "task_name",
    metadata,
    Column("name", Text, primary_key=True),  # every name a user task ever had: few, drawn in diagrams
    **CLUSTERED,
)

draft = Table(
    "draft",
    metadata,
    key("instance_key"),
    key("task_key"),
    Column("username", Text, primary_key=True),
    instant("saved_at"),
    sealed("fields"),
    **CLUSTERED,
)

job = Table(
    "job",
    metadata,
    key("instance_key"),
    key("key"),
    text("type"),
    text("element_id"),
    text("element_name"),
    ref("element_instance_key"),
    text("process_id"),
    ref("called_key", optional=True),
    ref("owner_key"),
    text("folder"),
    text("status"),
    Column("held", SmallInteger, nullable=False),
    Column("retries", Integer, nullable=False),
    Column("attempts", Integer, nullable=False),
    instant("next_at"),  # when it may be claimed: its schedule, or the end of the lease while claimed
    text("lease_token", optional=True),
    instant("lease_until", optional=True),
    Column("headers", Plain, nullable=False),
    sealed("variables"),
    sealed("result"),
    sealed("error"),
    text("listener", optional=True),  # what a user task's listener is asked before; None for an element's own job
    Index("ix_job_key", "key"),
    partial("ix_job_next", "next_at", where="status = 'open' AND held = 0"),
    partial("ix_job_type_next", "type", "next_at", where="status = 'open' AND held = 0"),
    **CLUSTERED,
)

timer = Table(
    "timer",
    metadata,
    key("instance_key"),
    key("key"),
    text("use_for"),
    Column("due", Due, nullable=False),
    Column("next_at", Due, nullable=False),  # when it may be claimed: its due instant, or the end of the lease
    ref("wait_key"),
    ref("owner_key"),
    text("deadline_id", optional=True),
    Column("held", SmallInteger, nullable=False),
    Column("attempts", Integer, nullable=False),
    text("lease_token", optional=True),
    partial("ix_timer_next", "next_at", where="held = 0"),
    partial("ix_timer_deadline", "owner_key", "deadline_id", where="deadline_id IS NOT NULL"),
    **CLUSTERED,
)

subscription = Table(
    "subscription",
    metadata,
    key("instance_key"),
    key("key"),
    text("kind"),
    text("name"),
    Column("lookup", LargeBinary, nullable=False),  # blind index of kind, name and correlation key
    sealed("correlation_key"),
    ref("owner_key"),
    text("process_id"),
    text("element_id"),
    text("element_name"),
    ref("called_key", optional=True),
    Index("ix_subscription_lookup", "lookup", "key"),
    **CLUSTERED,
)

message = Table(
    "message",
    metadata,
    key("key"),
    text("name"),
    Column("lookup", LargeBinary, nullable=False),  # blind index of name and correlation key
    Column("id_lookup", LargeBinary),  # blind index of name, correlation key and message id
    sealed("correlation_key"),
    sealed("variables"),
    instant("expires_at"),
    Index("ix_message_lookup", "lookup", "key"),
    partial("uq_message_id", "id_lookup", where="id_lookup IS NOT NULL", unique=True),
    Index("ix_message_expires", "expires_at"),
    **CLUSTERED,
)

message_delivery = Table(
    "message_delivery",
    metadata,
    key("message_key"),
    Column("process_id", Text, primary_key=True),
    **CLUSTERED,
)
