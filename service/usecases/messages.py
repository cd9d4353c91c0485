"""Messages and signals from outside, and events that caseworkers report on a case."""

from __future__ import annotations

from service.domain.access import Person
from service.domain.errors import Forbidden, NotFound, WrongState
from service.domain.json import Variables
from service.domain.storage import UnitOfWork
from service.usecases import access
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


def reportable(advance: Advance, person: Person, case_key: int) -> list[str]:
    """Names of the manifest's events that she may report on the case now: something in its instance waits for them."""
    case = advance.uow.cases.get(case_key)
    if case is None or case.instance_key is None:
        return []
    events = advance.catalog.manifest(case.folder).haendelser
    awaited = {s.name for s in advance.uow.messages.awaited_by(case.instance_key)}
    return [name for name, event in events.items() if name in awaited and person.has(*event.roller)]


def report(platform: Platform, person: Person, case_key: int, name: str, variables: Variables) -> None:
    """Report an event on a case. Raises Forbidden, NotFound, and WrongState when nothing waits for it any more."""

    def work(uow: UnitOfWork) -> None:
        report_in(Advance(platform, uow, person), case_key, name, variables)

    platform.transact(work)


def report_in(advance: Advance, case_key: int, name: str, variables: Variables) -> None:
    case = advance.uow.cases.get(case_key)
    if case is None:
        raise NotFound(what="sagen")
    access.require_case(advance.uow, advance.catalog, advance.actor, case)
    event = advance.catalog.manifest(case.folder).haendelser.get(name)
    if event is None or not advance.actor.has(*event.roller):
        raise Forbidden(what="din rolle kan ikke melde denne hændelse")
    if not advance.publish(name, case.number, variables).taken:
        raise WrongState(why=f"forløbet venter ikke længere på »{event.titel}«")
