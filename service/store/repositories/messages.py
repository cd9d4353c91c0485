"""Message and signal subscriptions, starts, and messages kept for later."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, delete, func, select

from service.domain.json import Variables
from service.domain.storage import BufferedMessage
from service.domain.waits import StartSubscription, Subscription, WaitKind
from service.store.codec import pack, unpack
from service.store.repositories.opening import subscription_lookup
from service.store.session import Record, Session
from service.store.statements import Prepared, Upsert, among
from service.store.tables import message, message_delivery, start_subscription, subscription
from service.store.vault import Vault, place

_WAITING = Prepared(
    select(subscription).where(subscription.c.lookup == bindparam("lookup")).order_by(subscription.c.key)
)
_STARTS = Prepared(
    select(start_subscription)
    .where(start_subscription.c.name == bindparam("name"), start_subscription.c.kind == bindparam("kind"))
    .order_by(start_subscription.c.process_id, start_subscription.c.element_id)
)
_AWAITED = Prepared(
    select(subscription)
    .where(subscription.c.instance_key == bindparam("root"), subscription.c.kind == WaitKind.MESSAGE.value)
    .order_by(subscription.c.key)
)
_BUFFER = Upsert(
    message,
    lambda insert: insert.on_conflict_do_nothing(
        index_elements=["id_lookup"], index_where=message.c.id_lookup.is_not(None)
    ).returning(message.c.key),
)
_BUFFERED = Prepared(
    select(message)
    .where(message.c.lookup == bindparam("lookup"), message.c.expires_at > bindparam("now"))
    .order_by(message.c.key)
)
_DELIVERIES = Prepared(select(message_delivery).where(among(message_delivery.c.message_key, "keys")))
_DELIVERED = Upsert(message_delivery, lambda insert: insert.on_conflict_do_nothing())
_EXPIRED = Prepared(delete(message).where(message.c.expires_at <= bindparam("now")).returning(message.c.key))
_DROP_DELIVERIES = Prepared(delete(message_delivery).where(among(message_delivery.c.message_key, "keys")))
_MEETING = Prepared(select(func.pg_advisory_xact_lock(bindparam("number"))))


class SqlMessages:
    def __init__(self, session: Session, vault: Vault) -> None:
        self._session, self._vault = session, vault

    def waiting(self, name: str, correlation_key: str | None, kind: WaitKind) -> Sequence[Subscription]:
        lookup = subscription_lookup(self._vault, kind, name, correlation_key)
        self._meet([lookup])
        return [_subscription(row) for row in self._session.rows(_WAITING, {"lookup": lookup})]

    def starts(self, name: str, kind: WaitKind) -> Sequence[StartSubscription]:
        rows = self._session.rows(_STARTS, {"name": name, "kind": kind.value})
        return [
            StartSubscription(
                definition_key=row.definition_key,
                process_id=row.process_id,
                element_id=row.element_id,
                kind=WaitKind(row.kind),
                name=row.name,
            )
            for row in rows
        ]

    def awaited_by(self, instance_key: int) -> Sequence[Subscription]:
        return [_subscription(row) for row in self._session.rows(_AWAITED, {"root": instance_key})]

    def buffer(
        self,
        key: int,
        name: str,
        correlation_key: str,
        variables: Variables,
        *,
        message_id: str | None,
        expires_at: datetime,
    ) -> bool:
        lookup = subscription_lookup(self._vault, WaitKind.MESSAGE, name, correlation_key)
        self._meet([lookup])
        sealer, house = self._vault.sealer, self._vault.sealer.house
        row = {
            "key": key,
            "name": name,
            "lookup": lookup,
            "id_lookup": sealer.index("message id", name, correlation_key, message_id) if message_id else None,
            "correlation_key": house.seal(place("message.correlation_key", key), correlation_key.encode()),
            "variables": house.seal(place("message.variables", key), pack(dict(variables))),
            "expires_at": expires_at,
        }
        return bool(self._session.write_returning(_BUFFER, row))

    def buffered(self, wanted: Sequence[tuple[str, str]], now: datetime) -> Sequence[BufferedMessage]:
        if not wanted:
            return []
        lookups = sorted({subscription_lookup(self._vault, WaitKind.MESSAGE, *pair) for pair in wanted})
        self._meet(lookups)
        found = [self._session.rows(_BUFFERED, {"lookup": lookup, "now": now}) for lookup in lookups]
        rows = sorted((row for some in found for row in some), key=lambda row: row.key)
        reached: dict[int, set[str]] = {row.key: set() for row in rows}
        if rows:
            for delivery in self._session.rows(_DELIVERIES, {"keys": list(reached)}):
                reached[delivery.message_key].add(delivery.process_id)
        return [self._buffered(row, frozenset(reached[row.key])) for row in rows]

    def delivered(self, key: int, process_id: str) -> None:
        self._session.write(_DELIVERED, {"message_key": key, "process_id": process_id})

    def drop_expired(self, now: datetime) -> int:
        keys = [row.key for row in self._session.write_returning(_EXPIRED, {"now": now})]
        if keys:
            self._session.write(_DROP_DELIVERIES, {"keys": keys})
        return len(keys)

    def _meet(self, lookups: Sequence[bytes]) -> None:
        """On PostgreSQL, whoever publishes and whoever begins to wait for one message take turns until they commit.

        Otherwise one could look for the other before either is visible, and the message would be lost on both. SQLite
        has one writer at a time anyway.
        """
        if self._session.postgresql and self._session.writable:
            for lookup in lookups:
                number = int.from_bytes(lookup[:8], "big", signed=True)
                self._session.value(_MEETING, {"number": number})

    def _buffered(self, row: Record, delivered_to: frozenset[str]) -> BufferedMessage:
        house = self._vault.sealer.house
        return BufferedMessage(
            key=row.key,
            name=row.name,
            correlation_key=house.open(place("message.correlation_key", row.key), row.correlation_key).decode(),
            variables=unpack(house.open(place("message.variables", row.key), row.variables)),
            expires_at=row.expires_at,
            delivered_to=delivered_to,
        )


def _subscription(row: Record) -> Subscription:
    return Subscription(
        instance_key=row.instance_key,
        key=row.key,
        kind=WaitKind(row.kind),
        name=row.name,
        process_id=row.process_id,
        element_id=row.element_id,
        element_name=row.element_name,
        called_key=row.called_key,
    )
