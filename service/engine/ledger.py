"""What a step does, written down while it happens; what cancels out within the step leaves no trace."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from service.domain.facts import Effect, ElementChange, FlowTaken
from service.domain.instances import CalledInstance, InstanceStatus
from service.domain.waits import (
    Closed,
    DeadlineBinding,
    DueChanged,
    IncidentOpened,
    TimerWait,
    UserTaskWait,
    Wait,
    WaitKind,
)


@dataclass(slots=True)
class Ledger:
    opened: dict[int, Wait] = field(default_factory=dict)
    closed: dict[int, Closed] = field(default_factory=dict)
    due: dict[int, DueChanged] = field(default_factory=dict)
    incidents: dict[int, IncidentOpened] = field(default_factory=dict)
    gone: dict[int, None] = field(default_factory=dict)
    """Element instance keys of incidents from before that stand no longer (an ordered set)."""
    elements: dict[int, ElementChange] = field(default_factory=dict)
    flows: list[FlowTaken] = field(default_factory=list)
    tasks: dict[int, UserTaskWait] = field(default_factory=dict)
    """Open user tasks that were assigned or changed."""
    effects: list[Effect] = field(default_factory=list)
    called: dict[int, CalledInstance] = field(default_factory=dict)

    # -- waits

    def open(self, wait: Wait) -> None:
        self.opened[wait.key] = wait

    def close(self, closed: Closed) -> None:
        key = closed.key
        self.due.pop(key, None)
        self.tasks.pop(key, None)
        if self.opened.pop(key, None) is None:
            self.closed[key] = closed

    def change_task(self, wait: UserTaskWait) -> None:
        """An open task is somebody else's, or for others, or more urgent."""
        self.tasks[wait.key] = wait

    def change_due(self, kind: WaitKind, key: int, due: datetime | None, deadline: DeadlineBinding | None) -> None:
        new = self.opened.get(key)
        if isinstance(new, UserTaskWait | TimerWait):
            self.opened[key] = replace(new, due=due, deadline=deadline)
        else:
            self.due[key] = DueChanged(kind, key, due, deadline)

    # -- incidents

    def freeze(self, incident: IncidentOpened) -> None:
        """An incident stands; it replaces an earlier one of the same element."""
        self.gone.pop(incident.element_instance_key, None)
        self.incidents[incident.element_instance_key] = incident

    def thaw(self, key: int) -> None:
        if self.incidents.pop(key, None) is None:
            self.gone[key] = None

    # -- called instances

    def call_began(self, called: CalledInstance) -> None:
        self.called[called.key] = called

    def call_ended(self, called: CalledInstance, status: InstanceStatus) -> None:
        before = self.called.get(called.key)
        self.called[called.key] = replace(called, started=before is not None and before.started, ended=status)
