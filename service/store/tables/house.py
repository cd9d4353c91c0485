"""What the store keeps for itself: data keys, counters, search words, and facts about the database."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, LargeBinary, Table

from service.store.columns import instant, key, sealed, text
from service.store.tables.base import CLUSTERED, metadata

data_key = Table(
    "data_key",
    metadata,
    key("owner_key"),
    Column("version", Integer, nullable=False),
    sealed("wrapped"),  # None once the key has been erased: what it sealed can never be read again
    instant("erased_at", optional=True),
    **CLUSTERED,
)

counter = Table(
    "counter",
    metadata,
    Column("name", text("name").type, primary_key=True),
    Column("value", BigInteger, nullable=False),
    **CLUSTERED,
)

search_token = Table(
    "search_token",
    metadata,
    key("case_key"),
    Column("token", LargeBinary, primary_key=True),
    Index("ix_search_token_token", "token", "case_key"),  # which cases have this word
    **CLUSTERED,
)

house = Table(
    "house",
    metadata,
    Column("name", text("name").type, primary_key=True),
    Column("value", LargeBinary, nullable=False),
    **CLUSTERED,
)
