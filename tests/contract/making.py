"""Things for the store to keep: versions, instances, waits and steps, with sensible fields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from service.domain.cases import Case, Citizen
from service.domain.clock import ManualClock
from service.domain.deadlines import Calendar
from service.domain.definitions import ResourceKind, Version
from service.domain.facts import ElementChange, ElementState
from service.domain.instances import Instance, InstanceStatus, Step
from service.domain.keys import KeyMaker
from service.domain.storage import HistoryEntry, Unit
from service.domain.waits import (
    Closed,
    CloseReason,
    DeadlineBinding,
    JobWait,
    SubscriptionWait,
    TimerWait,
    UserTaskWait,
    WaitKind,
)
from service.store import SqlStore, SqlUnitOfWork

T = TypeVar("T")
START = datetime(2026, 3, 2, 8, 0, 0, 123456, tzinfo=UTC)
"""A Monday morning."""
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
_KEYS = KeyMaker(ManualClock(START), node=7)


def key() -> int:
    return _KEYS.next()


def entry(kind: str = "TaskCompleted", *, at: datetime = START, actor: str = "mette", **details: Any) -> HistoryEntry:
    return HistoryEntry(number=0, at=at, actor=actor, kind=kind, details=details)


def version(
    kind: ResourceKind = ResourceKind.PROCESS, id_: str = "ansoegning", number: int = 1, **fields: Any
) -> Version:
    given = {
        "key": key(),
        "kind": kind,
        "id": id_,
        "name": id_.title(),
        "version": number,
        "version_tag": None,
        "deployment_key": key(),
        "deployed_at": START,
        "folder": "mappe",
        "file": f"{id_}.bpmn",
        "sha256": "0" * 64,
        "content": b"<xml/>",
    }
    return Version(**given | fields)


def deploy(store: SqlStore, *versions: Version, at: datetime = START) -> None:
    """Each as a deployment of its own."""
    for one in versions:
        store.transact(
            lambda uow, one=one: uow.definitions.add(
                [one], deployment_key=one.deployment_key, at=at, by="ejer", comment="første"
            )
        )


def unit(id_: str = "nord", **fields: Any) -> Unit:
    return Unit(id=id_, name=id_.title(), **fields)


def citizen(name: str = "Ida Test Jensen", cpr: str | None = "0101019998", **fields: Any) -> Citizen:
    return Citizen(key=key(), cpr=cpr, name=name, **fields)


def case(number: str = "2026-000123", **fields: Any) -> Case:
    given = {"kind": "soegning", "folder": "mappe", "status": "Modtaget", "opened_at": START}
    return Case(key=key(), number=number, **given | fields)


def user_task(name: str = "Vurder ansøgning", **fields: Any) -> UserTaskWait:
    own = key()
    given = {"element_id": "vurder", "element_instance_key": own, "process_id": "ansoegning"}
    return UserTaskWait(key=own, element_name=name, **given | fields)


def job(type_: str = "brev", **fields: Any) -> JobWait:
    own = key()
    given = {
        "element_id": "send",
        "element_name": "Send brev",
        "element_instance_key": own,
        "process_id": "ansoegning",
    }
    return JobWait(key=own, type=type_, **given | fields)


def timer(due: datetime | None = START + DAY, **fields: Any) -> TimerWait:
    own = key()
    given = {
        "element_id": "frist",
        "element_name": "Frist",
        "element_instance_key": own,
        "process_id": "ansoegning",
    }
    return TimerWait(key=own, due=due, **given | fields)


def message(name: str = "svar", correlation_key: str | None = "A-1", **fields: Any) -> SubscriptionWait:
    own = key()
    given = {
        "kind": WaitKind.MESSAGE,
        "element_id": "vent",
        "element_name": "Vent på svar",
        "element_instance_key": own,
        "process_id": "ansoegning",
    }
    return SubscriptionWait(key=own, name=name, correlation_key=correlation_key, **given | fields)


def signal(name: str = "alarm", **fields: Any) -> SubscriptionWait:
    return message(name, None, kind=WaitKind.SIGNAL, **fields)


def binding(id_: str = "svarfrist", due: datetime | None = START + DAY, *, days: int | None = None) -> DeadlineBinding:
    counts = () if days is None else (Calendar(version=3).count(START, days),)
    return DeadlineBinding(id=id_, name="Svarfrist", due=counts[0].due if counts else due, counts=counts)


def step(state: bytes = b"state", status: InstanceStatus = InstanceStatus.ACTIVE, **fields: Any) -> Step:
    return Step(state=state, status=status, **{k: tuple(v) for k, v in fields.items()})


def closed(*waits: Any, reason: CloseReason = CloseReason.COMPLETED) -> tuple[Closed, ...]:
    return tuple(Closed(kind_of(wait), wait.key, reason) for wait in waits)


def kind_of(wait: Any) -> WaitKind:
    match wait:
        case UserTaskWait():
            return WaitKind.USER_TASK
        case JobWait():
            return WaitKind.JOB
        case TimerWait():
            return WaitKind.TIMER
        case _:
            kind: WaitKind = wait.kind
            return kind


def element(
    element_id: str = "vurder",
    *,
    type_: str = "userTask",
    scope: int = 0,
    started: bool = True,
    state: ElementState = ElementState.ACTIVE,
    own: int | None = None,
    called: int | None = None,
    process_id: str = "ansoegning",
) -> ElementChange:
    return ElementChange(own or key(), element_id, type_, process_id, scope, called, started, state)


def begin(
    uow: SqlUnitOfWork,
    first: Step,
    *,
    case_key: int | None = None,
    definition: Version | None = None,
    message: tuple[str, str] | None = None,
    at: datetime = START,
) -> Instance:
    """A new instance with its first step."""
    begun = uow.instances.begin(
        key(),
        process_id=definition.id if definition else "ansoegning",
        definition_key=definition.key if definition else 1,
        definition_version=definition.version if definition else 1,
        folder="mappe",
        case_key=case_key,
        started_by_message=message,
        at=at,
    )
    return uow.instances.apply(begun, first, entry("Start", at=at))


def started(store: SqlStore, *waits: Any, **how: Any) -> Instance:
    """An instance that waits for these."""
    return store.transact(lambda uow: begin(uow, step(opened=waits), **how))


def move(store: SqlStore, instance_key: int, next_step: Step, line: HistoryEntry | None = None) -> Instance:
    def work(uow: SqlUnitOfWork) -> Instance:
        locked = uow.instances.lock(instance_key)
        assert locked is not None
        return uow.instances.apply(locked, next_step, line or entry())

    return store.transact(work)


def add_one(uow: SqlUnitOfWork, instance_key: int) -> None:
    """A step that makes the state one byte longer."""
    locked = uow.instances.lock(instance_key)
    assert locked is not None
    uow.instances.apply(locked, step((locked.state or b"") + b"+"), entry())


def open_case(store: SqlStore, one: Case, about: Citizen | None = None) -> Case:
    """Keep the case (and the citizen it is about)."""

    def work(uow: SqlUnitOfWork) -> Case:
        kept = one
        if about is not None:
            uow.citizens.put(about)
            kept = replace(one, citizen_key=about.key)
        uow.cases.open(kept)
        return kept

    return store.transact(work)


def reading(store: SqlStore, work: Callable[[SqlUnitOfWork], T]) -> T:
    return store.read(work)
