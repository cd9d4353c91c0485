"""Rows of registers, each version a row of its own: what people entered about organisations, never about citizens, in clear."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Index, Table

from service.store.columns import Plain, instant, key, text
from service.store.tables.base import CLUSTERED, metadata, partial

register_row = Table(
    "register_row",
    metadata,
    key("key"),
    text("register"),
    text("id"),
    Column("values", Plain, nullable=False, quote=True),  # a word of SQL
    text("valid_from", optional=True),  # dates as ISO texts
    text("valid_to", optional=True),
    instant("changed_at"),
    text("changed_by"),
    text("reason"),
    instant("replaced_at", optional=True),
    Column("removed", Boolean, nullable=False),
    Index("ix_register_row_register", "register", "id"),  # the history of a register, or of one row
    partial("ix_register_row_standing", "register", where="replaced_at IS NULL"),  # what a catalogue loads
    **CLUSTERED,
)
