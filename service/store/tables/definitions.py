"""Deployments, versions and the start events that wait for messages and signals."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, Table, Text, UniqueConstraint

from service.store.columns import instant, key, ref, text
from service.store.tables.base import CLUSTERED, metadata

deployment = Table("deployment", metadata, key("key"), instant("at"), text("by_user"), text("comment"), **CLUSTERED)

definition = Table(
    "definition",
    metadata,
    key("key"),
    text("kind"),
    text("id"),
    Column("version", Integer, nullable=False),
    text("name"),
    text("version_tag", optional=True),
    Column("deployment_key", ForeignKey("deployment.key"), nullable=False),
    instant("deployed_at"),
    text("folder"),
    text("file"),
    text("sha256"),
    Column("content", LargeBinary, nullable=False),
    UniqueConstraint("kind", "id", "version"),
    Index("ix_definition_deployment_key", "deployment_key"),
)

start_subscription = Table(
    "start_subscription",
    metadata,
    Column("process_id", Text, primary_key=True),
    Column("element_id", Text, primary_key=True),
    ref("definition_key"),
    text("kind"),
    text("name"),
    Index("ix_start_subscription_name", "name", "kind"),
    **CLUSTERED,
)
