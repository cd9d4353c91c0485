"""Messages and signals from outside."""

from __future__ import annotations

from service.domain.access import Person
from service.domain.json import Variables
from service.usecases.advance import Advance, Published
from service.usecases.platform import Platform


def publish(
    platform: Platform,
    person: Person,
    name: str,
    correlation_key: str,
    variables: Variables,
    *,
    ttl_ms: int = 0,
    message_id: str | None = None,
) -> Published:
    """Publish a message. `ttl_ms` > 0 keeps it for those who come to wait later; `message_id` makes a repeat harmless."""
    return platform.transact(
        lambda uow: Advance(platform, uow, person).publish(
            name, correlation_key, variables, ttl_ms=ttl_ms, message_id=message_id
        )
    )


def signal(platform: Platform, person: Person, name: str, variables: Variables) -> int:
    return platform.transact(lambda uow: Advance(platform, uow, person).signal(name, variables))
