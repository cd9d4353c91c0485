"""Advance: the only way an instance moves.

One `Advance` lives in one unit of work. It asks the engine for a step, stores it, carries out the step's effects, lets the
case follow, and goes on with whatever that set off in other instances (messages, signals) until nothing is left to do:
all of it in the same transaction.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from service.domain.access import Person
from service.domain.cases import Case, DispatchStatus
from service.domain.definitions import Version
from service.domain.errors import BadInput, NotFound, TaskMovedOn, WrongState
from service.domain.facts import (
    DeadlineExtended,
    DeadlinesPaused,
    DeadlinesResumed,
    DispatchesWithdrawn,
    Effect,
    MessagePublished,
    SignalThrown,
    StatusSet,
)
from service.domain.instances import (
    Correlated,
    Instance,
    InstanceStatus,
    Start,
    Step,
    Stimulus,
)
from service.domain.json import Json, Variables
from service.domain.storage import HistoryEntry, UnitOfWork
from service.domain.waits import (
    CloseReason,
    IncidentType,
    SubscriptionWait,
    WaitKind,
)
from service.usecases import casefile, deadlines, notices, reminders, submissions
from service.usecases.platform import Platform

CHAIN_LIMIT = 1000
"""The most steps one unit of work may take: more means that processes start each other without end."""


@dataclass(frozen=True, slots=True)
class Published:
    """What became of a message."""

    reached: tuple[int, ...] = ()
    """Root instances that took it."""
    started: tuple[int, ...] = ()
    buffered: bool = False
    duplicate: bool = False

    @property
    def taken(self) -> bool:
        return bool(self.reached or self.started)


class Advance:
    def __init__(self, platform: Platform, uow: UnitOfWork, actor: Person) -> None:
        self.platform, self.uow, self.actor = platform, uow, actor
        self.now: datetime = platform.clock.now()
        self.catalog = platform.catalogs.view(uow.definitions)
        self._queue: deque[Callable[[], object]] = deque()
        self._steps = 0
        self.moved: dict[int, Instance] = {}
        """Root instances that have moved so far, by key, in the order in which they first did."""

    # -- verbs ----------------------------------------------------------------------------------------------------------

    def start(
        self,
        definition_key: int,
        variables: Variables,
        *,
        start_event: str | None = None,
        payload: Variables | None = None,
        started_by_message: tuple[str, str] | None = None,
    ) -> Instance:
        """A new instance, moved until it rests; with a case of its own where the manifest says so (and no `sag` is given)."""
        instance = self._begin(definition_key, variables, start_event, payload or {}, started_by_message)
        self._settle()
        return instance

    def move(self, instance_key: int, stimulus: Stimulus, details: Mapping[str, Json] | None = None) -> Instance:
        """Move an instance and everything that follows from it. `details` go into its history.

        Raises NotFound, TaskMovedOn (nothing changed), EngineFailed.
        """
        instance = self._move(instance_key, stimulus, details or {})
        self._settle()
        return instance

    def publish(
        self, name: str, correlation_key: str, variables: Variables, *, ttl_ms: int = 0, message_id: str | None = None
    ) -> Published:
        """A message: at most one waiting subscription per process id takes it, and message starts; else it is buffered."""
        published = self._publish(name, correlation_key, variables, ttl_ms, message_id)
        self._settle()
        return published

    def signal(self, name: str, variables: Variables) -> int:
        """A signal: everybody who waits for it now takes it. Gives how many did."""
        reached = self._signal(name, variables)
        self._settle()
        return reached

    # -- steps ----------------------------------------------------------------------------------------------------------

    def _settle(self) -> None:
        while self._queue:
            self._queue.popleft()()

    def _begin(
        self,
        definition_key: int,
        variables: Variables,
        start_event: str | None,
        payload: Variables,
        started_by_message: tuple[str, str] | None,
    ) -> Instance:
        found = self.catalog.process(definition_key)
        if found is None:
            raise NotFound(what="proceduren")
        version, _ = found
        key = self.platform.keys.next()
        first = dict(variables)
        case = self._case_for(version, first | dict(payload), key)
        if case is not None:
            first["sag"] = {"nummer": case.number}
        instance = self.uow.instances.begin(
            key,
            process_id=version.id,
            definition_key=version.key,
            definition_version=version.version,
            folder=version.folder,
            case_key=case.key if case else None,
            started_by_message=started_by_message,
            at=self.now,
        )
        stimulus = Start(version.key, key, first, start_event, payload)
        return self._step(instance, stimulus, {"proces": version.id, "version": version.version})

    def _case_for(self, version: Version, variables: Variables, instance_key: int) -> Case | None:
        """The case of a new instance: the one it was given, or a new one of the kind that its process creates."""
        given = variables.get("sag")
        if isinstance(given, Mapping) and given.get("nummer"):
            case = self.uow.cases.by_number(str(given["nummer"]))
            if case is None:
                raise BadInput(why=f"Der findes ingen sag med nummer {given['nummer']}.")
            return casefile.continued(self, case, version, instance_key)
        kind = self.catalog.case_kind_of(version.id)
        return casefile.opened(self, kind, variables, instance_key) if kind else None

    def _move(self, instance_key: int, stimulus: Stimulus, details: Mapping[str, Json]) -> Instance:
        instance = self.uow.instances.lock(instance_key)
        if instance is None:
            raise NotFound(what="forløbet")
        if instance.status is not InstanceStatus.ACTIVE:
            raise TaskMovedOn
        return self._step(instance, stimulus, details)

    def _step(self, instance: Instance, stimulus: Stimulus, details: Mapping[str, Json]) -> Instance:
        self._steps += 1
        if self._steps > CHAIN_LIMIT:
            raise WrongState(why="forløbene sætter hinanden i gang uden ende; se efter en besked, der sendes i ring")
        step = self.platform.engine.advance(self.catalog, instance.state, stimulus, self.now, self.platform.keys)
        entry = HistoryEntry(
            number=0, at=self.now, actor=self.actor.username, kind=type(stimulus).__name__, details=_told(details, step)
        )
        after = self.uow.instances.apply(instance, step, entry)
        self.moved[after.key] = after
        self._follow(after, step)
        return after

    def _follow(self, instance: Instance, step: Step) -> None:
        """What a stored step sets off."""
        submissions.follow(self, step)
        casefile.follow(self, instance, step)
        for effect in step.effects:
            self._carry_out(instance, effect)
        reminders.follow(self, instance, step)
        self._take_buffered(instance, step)
        for closed in step.closed:
            if closed.kind is WaitKind.JOB and closed.reason is CloseReason.TERMINATED:
                self._withdraw(self.uow.dispatches.of_job(closed.key))

    def _carry_out(self, instance: Instance, effect: Effect) -> None:
        try:
            match effect:
                case StatusSet():
                    pass  # the case follows statuses in `casefile.follow`
                case MessagePublished():
                    self._queue.append(lambda: self._publish_from(instance, effect))
                case SignalThrown():
                    self._queue.append(lambda: self._signal(effect.name, effect.variables, besides=instance.key))
                case DeadlinesPaused() | DeadlinesResumed() | DeadlineExtended():
                    deadlines.carry_out(self, instance, effect)
                case DispatchesWithdrawn():
                    self._withdraw(self.uow.dispatches.of_case(instance.case_key or instance.key))
        except BadInput as fault:
            self._incident(instance, effect, str(fault))

    def _incident(self, instance: Instance, effect: Effect, message: str) -> None:
        self.uow.incidents.open(
            key=self.platform.keys.next(),
            instance_key=instance.key,
            type_=IncidentType.EFFECT_FAILED,
            message=message,
            element_id=effect.element_id,
            element_name=effect.element_id,
            element_instance_key=effect.element_instance_key,
            process_id=instance.process_id,
            case_key=instance.case_key,
            at=self.now,
        )

    def _withdraw(self, dispatches: object) -> None:
        for dispatch in dispatches:  # type: ignore[attr-defined]
            if dispatch.status is DispatchStatus.WAITING:
                self.uow.dispatches.mark(dispatch, None, DispatchStatus.WITHDRAWN, at=self.now)

    # -- messages and signals -------------------------------------------------------------------------------------------

    def _publish_from(self, instance: Instance, effect: MessagePublished) -> None:
        published = self._publish(effect.name, effect.correlation_key, effect.variables, effect.time_to_live_ms, None)
        if not (published.taken or published.buffered):
            notices.unclaimed_message(self, instance, effect.name)

    def _publish(
        self, name: str, correlation_key: str, variables: Variables, ttl_ms: int, message_id: str | None
    ) -> Published:
        key = self.platform.keys.next()
        if ttl_ms > 0:
            expires_at = self.now + timedelta(milliseconds=ttl_ms)
            kept = self.uow.messages.buffer(
                key, name, correlation_key, variables, message_id=message_id, expires_at=expires_at
            )
            if not kept:
                return Published(duplicate=True)
        reached: dict[str, int] = {}
        for subscription in self.uow.messages.waiting(name, correlation_key, WaitKind.MESSAGE):
            if subscription.process_id not in reached and self._deliver(
                subscription.instance_key, Correlated(subscription.key, variables), name
            ):
                reached[subscription.process_id] = subscription.instance_key
        started: dict[str, int] = {}
        for start in self.uow.messages.starts(name, WaitKind.MESSAGE):
            if start.process_id in reached:
                continue
            if correlation_key and self.uow.instances.active_started_by(start.process_id, name, correlation_key):
                continue
            instance = self._begin(start.definition_key, {}, start.element_id, variables, (name, correlation_key))
            started[start.process_id] = instance.key
        if ttl_ms > 0:
            for process_id in (*reached, *started):
                self.uow.messages.delivered(key, process_id)
        return Published(tuple(reached.values()), tuple(started.values()), buffered=ttl_ms > 0)

    def _deliver(self, instance_key: int, stimulus: Stimulus, name: str) -> bool:
        try:
            self._move(instance_key, stimulus, {"besked": name})
        except TaskMovedOn:
            return False
        return True

    def _signal(self, name: str, variables: Variables, *, besides: int | None = None) -> int:
        """`besides`: the instance that threw it; its own waits have had it within the step."""
        waiting = self.uow.messages.waiting(name, None, WaitKind.SIGNAL)
        others = [s for s in waiting if s.instance_key != besides]
        reached = sum(self._deliver(s.instance_key, Correlated(s.key, variables), name) for s in others)
        for start in self.uow.messages.starts(name, WaitKind.SIGNAL):
            self._begin(start.definition_key, {}, start.element_id, variables, None)
            reached += 1
        return reached

    def _take_buffered(self, instance: Instance, step: Step) -> None:
        """Messages that were published before somebody waited for them."""
        opened = [
            w
            for w in step.opened
            if isinstance(w, SubscriptionWait) and w.kind is WaitKind.MESSAGE and w.correlation_key is not None
        ]
        if not opened:
            return
        wanted = [(w.name, w.correlation_key or "") for w in opened]
        for message in self.uow.messages.buffered(wanted, self.now):
            for wait in opened:
                if (wait.name, wait.correlation_key) == (message.name, message.correlation_key) and (
                    wait.process_id not in message.delivered_to
                ):
                    self.uow.messages.delivered(message.key, wait.process_id)
                    self._queue.append(
                        lambda wait=wait, message=message: self._deliver(  # type: ignore[misc]
                            instance.key, Correlated(wait.key, message.variables), message.name
                        )
                    )
                    opened.remove(wait)
                    break


def _told(details: Mapping[str, Json], step: Step) -> dict[str, Json]:
    """What history keeps of a step: who did what to which element, and the variables it wrote."""
    told: dict[str, Json] = dict(details)
    told["elementer"] = [[e.element_id, e.type, "begyndt" if e.started else "", e.state.value] for e in step.elements]
    if step.changed:
        told["variabler"] = {name: step.variables.get(name) for name in sorted(step.changed)}
    if step.incidents:
        told["hændelser"] = [[i.element_id, i.type.value, i.message] for i in step.incidents]
    return told
