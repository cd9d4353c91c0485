"""Accounts, their roles in units, and the units."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Table, Text

from service.store.columns import Plain, instant, key, text
from service.store.tables.base import CLUSTERED, metadata

account = Table(
    "account",
    metadata,
    key("key"),
    Column("username", Text, nullable=False, unique=True),
    text("name"),
    text("password_hash"),
    text("mail"),
    text("phone"),
    text("title"),
    Column("competences", Plain, nullable=False),
    Column("active", Boolean, nullable=False),
    **CLUSTERED,
)

membership = Table(
    "membership",
    metadata,
    Column("account_key", ForeignKey("account.key"), primary_key=True, autoincrement=False),
    Column("role", Text, primary_key=True),
    Column("unit", Text, primary_key=True),  # "" everywhere
    Index("ix_membership_role", "role", "unit"),
    **CLUSTERED,
)

leads = Table(
    "leads",
    metadata,
    Column("account_key", ForeignKey("account.key"), primary_key=True, autoincrement=False),
    Column("unit", Text, primary_key=True),
    Index("ix_leads_unit", "unit"),
    **CLUSTERED,
)

saved_filter = Table(
    "saved_filter",
    metadata,
    Column("account_key", ForeignKey("account.key"), primary_key=True, autoincrement=False),
    Column("name", Text, primary_key=True),
    Column("query", Plain, nullable=False),  # never search words
    **CLUSTERED,
)

unit = Table(
    "unit",
    metadata,
    Column("id", Text, primary_key=True),
    text("name"),
    text("type"),
    text("mailbox"),
    text("phone"),
    instant("closed_at", optional=True),
    **CLUSTERED,
)

change = Table(
    "change",
    metadata,
    key("key"),
    instant("at"),
    text("by_user"),
    text("kind"),
    text("subject"),
    text("reason"),  # why somebody changed a unit, a rule, a register: never about citizens
    Column("details", Plain, nullable=False),  # field → [before, after]; about units and staff, never citizens
    Index("ix_change_kind_subject", "kind", "subject"),
    **CLUSTERED,
)
