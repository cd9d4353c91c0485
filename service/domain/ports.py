"""Ports: what the verbs need from the machinery. `service/app.py` plugs the machinery in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from service.domain.definitions import Catalog, Finding, ProcessModel, StartEvent
from service.domain.instances import ScopeView, Step, Stimulus


class Keys(Protocol):
    def next(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What a BPMN file holds: its executable processes, and what the check wants to say short of refusing it."""

    models: tuple[ProcessModel, ...]
    warnings: tuple[Finding, ...]


class Engine(Protocol):
    """Runs processes. No input or output, no clock, no randomness; safe to use from many threads at once."""

    def read(self, content: bytes, file: str) -> Reading:
        """The processes in a BPMN file.

        Raises `DeploymentRefused` with every finding it can tell at once: file, element, line and how to mend it.
        """
        ...

    def advance(self, catalog: Catalog, state: bytes | None, stimulus: Stimulus, now: datetime, keys: Keys) -> Step:
        """Move one instance by one stimulus until it rests again. `state` is None exactly for `Start`.

        Raises `TaskMovedOn` when the stimulus names a wait that is gone (nothing has changed then), `NotFound` for an
        unknown definition, scope or activity, `BadInput` for variables nested too deeply to be stored, and `EngineFailed`
        for a state that cannot be read – never anything else. Faults in expressions, and what would run for ever without a
        wait, become incidents in the step.
        """
        ...

    def view(self, catalog: Catalog, state: bytes) -> Sequence[ScopeView]:
        """All scopes of a state with their own variables, outermost first, for reading."""
        ...

    def next_timer_start(
        self, start: StartEvent, previous: datetime | None, now: datetime, since: datetime | None = None
    ) -> datetime | None:
        """When a timer start event is due next, in UTC; None when never again.

        `previous` is the beat that has just fired, None to arm the event for the first time (that may give a past
        instant, which fires at once). After a stop the next beat lies after `now`: those missed are not made up for.
        `since` is when it was armed first; a cycle with a count and no start of its own (`R3/PT10H`) needs it.
        Raises `EngineFailed` when the timer's expression gives no time now.
        """
        ...
