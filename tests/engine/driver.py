"""Runs instances in tests: a catalog in memory, a clock moved by hand, and two ways to hold an instance between stimuli.

`Run(..., reload=True)` goes through `SpiffEngine.advance`: dump and load around every stimulus. `reload=False` keeps the
runtime alive and never prunes it. Whatever a test says must hold both ways.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from service.domain.deadlines import Calendar
from service.domain.definitions import Binding, DecisionRunner, ProcessModel, ResourceKind, Version
from service.domain.errors import DecisionEvaluationFailed, TaskMovedOn
from service.domain.instances import (
    Cancelled,
    Correlated,
    DeadlinesReviewed,
    ElementsActivated,
    ErrorThrown,
    IncidentResolved,
    InstanceStatus,
    JobCompleted,
    Start,
    Step,
    Stimulus,
    TaskCompleted,
    TimerFired,
    VariablesSet,
)
from service.domain.registers import NO_REGISTERS, Registers
from service.domain.waits import IncidentOpened, JobWait, SubscriptionWait, TimerWait, UserTaskWait, Wait, WaitKind
from service.engine import SpiffEngine
from service.engine.advance import answer, begin, move
from service.engine.expressions import Evaluator
from service.engine.ledger import Ledger
from service.engine.runtime import Runtime

CHANGING = ("assignee", "candidate_groups", "candidate_users", "follow_up", "priority")
T0 = datetime(2026, 3, 2, 8, tzinfo=UTC)
"""A Monday."""
ENGINE = SpiffEngine()


class CountingKeys:
    def __init__(self) -> None:
        self._numbers = count(1)

    def next(self) -> int:
        return next(self._numbers)


class Runner:
    """A decision that is a Python function; None from it is a failure."""

    def __init__(self, key: int, function: Any) -> None:
        self.key, self.function = key, function

    def evaluate(self, variables: Mapping[str, object], now: datetime) -> object:
        result = self.function(variables)
        if result is None:
            raise DecisionEvaluationFailed(decision=str(self.key), why="ingen regel passer")
        return result


class MemoryCatalog:
    """What is deployed, in memory. Every deployed file is a deployment of its own."""

    def __init__(self, calendar: Calendar | None = None) -> None:
        self._calendar = calendar or Calendar()
        self._keys = count(1001)
        self._processes: dict[int, tuple[Version, ProcessModel]] = {}
        self._forms: dict[str, Version] = {}
        self._decisions: dict[str, DecisionRunner] = {}

    @property
    def calendar(self) -> Calendar:
        return self._calendar

    @calendar.setter
    def calendar(self, calendar: Calendar) -> None:
        self._calendar = calendar

    @property
    def registers(self) -> Registers:
        return NO_REGISTERS

    def deploy(self, content: bytes, file: str = "test.bpmn") -> list[int]:
        """Keys of the new versions."""
        deployment, keys = next(self._keys), []
        for model in ENGINE.read(content, file).models:
            key = next(self._keys)
            number = sum(v.id == model.id for v, _ in self._processes.values()) + 1
            version = self._version(key, ResourceKind.PROCESS, model.id, number, model.version_tag, deployment)
            self._processes[key] = (version, model)
            keys.append(key)
        return keys

    def add_form(self, form_id: str) -> int:
        version = self._version(next(self._keys), ResourceKind.FORM, form_id, 1, None, 0)
        self._forms[form_id] = version
        return version.key

    def add_decision(self, decision_id: str, function: Any) -> None:
        self._decisions[decision_id] = Runner(next(self._keys), function)

    @staticmethod
    def _version(key: int, kind: ResourceKind, id_: str, number: int, tag: str | None, deployment: int) -> Version:
        return Version(
            key=key,
            kind=kind,
            id=id_,
            name=id_,
            version=number,
            version_tag=tag,
            deployment_key=deployment,
            deployed_at=T0,
            folder="",
            file="test",
            sha256="",
            content=b"",
        )

    def process(self, key: int) -> tuple[Version, ProcessModel] | None:
        return self._processes.get(key)

    def find_process(
        self,
        process_id: str,
        binding: Binding = Binding.LATEST,
        *,
        version_tag: str | None = None,
        deployment_key: int = 0,
    ) -> tuple[Version, ProcessModel] | None:
        fitting = [
            found
            for found in self._processes.values()
            if found[0].id == process_id
            and (binding is not Binding.VERSION_TAG or found[0].version_tag == version_tag)
            and (binding is not Binding.DEPLOYMENT or found[0].deployment_key == deployment_key)
        ]
        return fitting[-1] if fitting else None

    def find_form(
        self,
        form_id: str,
        binding: Binding = Binding.LATEST,
        *,
        version_tag: str | None = None,
        deployment_key: int = 0,
    ) -> Version | None:
        return self._forms.get(form_id)

    def find_decision(
        self,
        decision_id: str,
        binding: Binding = Binding.LATEST,
        *,
        version_tag: str | None = None,
        deployment_key: int = 0,
    ) -> DecisionRunner | None:
        return self._decisions.get(decision_id)


class Run:
    """One instance, and what is open in it according to its steps alone."""

    def __init__(
        self,
        content: bytes | MemoryCatalog,
        variables: Mapping[str, Any] | None = None,
        *,
        reload: bool,
        process: str = "P",
        start: str | None = None,
        payload: Mapping[str, Any] | None = None,
        now: datetime = T0,
    ) -> None:
        if isinstance(content, MemoryCatalog):
            self.catalog = content
        else:
            self.catalog = MemoryCatalog()
            self.catalog.deploy(content)
        self.reload, self.now, self.keys = reload, now, CountingKeys()
        self.key = self.keys.next()
        self.waits: dict[int, Wait] = {}
        self.incidents: dict[int, IncidentOpened] = {}
        self.history: list[Step] = []
        self.state = b""
        self.runtime: Runtime
        found = self.catalog.find_process(process)
        assert found is not None
        self.begin(Start(found[0].key, self.key, variables or {}, start, payload or {}))

    # -- stimuli

    def begin(self, stimulus: Start) -> None:
        if self.reload:
            self._note(ENGINE.advance(self.catalog, None, stimulus, self.now, self.keys))
        else:
            self.runtime = begin(self.catalog, stimulus, self.now, self.keys)
            self._note(answer(self.runtime, b""))

    def apply(self, stimulus: Stimulus) -> Run:
        if self.reload:
            self._note(ENGINE.advance(self.catalog, self.state, stimulus, self.now, self.keys))
            return self
        runtime = self.runtime
        runtime.ledger, runtime.now = Ledger(), self.now
        runtime.evaluator = Evaluator(self.now, self.catalog.calendar)
        runtime.scopes.changed, runtime.scopes.changed_at_root = set(), set()
        move(runtime, stimulus)
        self._note(answer(runtime, b""))
        return self

    def _note(self, step: Step) -> None:
        self.state = step.state
        self.history.append(step)
        for closed in step.closed:
            wait = self.waits.pop(closed.key)
            assert _kind(wait) == closed.kind
        for wait in step.opened:
            assert wait.key not in self.waits
            self.waits[wait.key] = wait
        for change in step.due_changes:
            wait = self.waits[change.key]
            assert _kind(wait) == change.kind
            assert isinstance(wait, TimerWait | UserTaskWait)
            self.waits[change.key] = type(wait)(
                **{
                    **{f: getattr(wait, f) for f in wait.__dataclass_fields__},
                    "due": change.due,
                    "deadline": change.deadline,
                }
            )
        for changed in step.task_changes:
            wait = self.waits[changed.key]
            assert isinstance(wait, UserTaskWait)
            now = {name: getattr(changed, name) for name in CHANGING}
            self.waits[changed.key] = replace(wait, **now)
        for key in step.incidents_gone:
            del self.incidents[key]
        for incident in step.incidents:
            self.incidents[incident.element_instance_key] = incident
        if step.status is not InstanceStatus.ACTIVE:
            assert not self.waits, "nothing waits in an instance that is over"
            assert not self.incidents

    def do(self, element: str, index: int = 0, /, **variables: Any) -> Run:
        """Complete a user task or a job."""
        wait = self.wait(element, index)
        if isinstance(wait, UserTaskWait):
            return self.apply(TaskCompleted(wait.key, variables))
        assert isinstance(wait, JobWait)
        return self.apply(JobCompleted(wait.key, variables))

    def fail(self, element: str, code: str, index: int = 0, /, **variables: Any) -> Run:
        """A job throws an error."""
        return self.apply(ErrorThrown(self.wait(element, index).key, code, "uheld", variables))

    def message(self, name: str, key: str | None = "k", /, **variables: Any) -> bool:
        """Publish to at most one subscription; whether there was one."""
        for wait in self.waits.values():
            if (
                isinstance(wait, SubscriptionWait)
                and wait.kind is WaitKind.MESSAGE
                and (wait.name, wait.correlation_key) == (name, key)
            ):
                self.apply(Correlated(wait.key, variables))
                return True
        return False

    def signal(self, name: str = "sg", /, **variables: Any) -> int:
        """Broadcast; how many were reached."""
        hit = [
            w
            for w in self.waits.values()
            if isinstance(w, SubscriptionWait) and w.kind is WaitKind.SIGNAL and w.name == name
        ]
        reached = 0
        for wait in hit:
            if wait.key in self.waits:
                self.apply(Correlated(wait.key, variables))
                reached += 1
        return reached

    def to(self, now: datetime | None = None, **length: float) -> int:
        """Move the clock (to that time, or that far from T0) and fire what is due; how many fired."""
        self.now = now if now is not None else T0 + timedelta(**length)
        fired = 0
        while True:
            due = [
                w for w in self.waits.values() if isinstance(w, TimerWait) and w.due is not None and w.due <= self.now
            ]
            if not due:
                return fired
            self.apply(TimerFired(min(due, key=lambda w: (w.due or T0, w.key)).key))
            fired += 1

    def retry(self, element: str) -> Run:
        """Resolve the incident at this element."""
        key = next(k for k, incident in self.incidents.items() if incident.element_id == element)
        return self.apply(IncidentResolved(key))

    def set(self, scope: int | None = None, /, *, local_: bool = False, **variables: Any) -> Run:
        return self.apply(VariablesSet(scope or self.key, variables, local_))

    def activate(self, element: str, *elements: str | tuple[str, Mapping[str, Any]]) -> Run:
        """Start activities of an ad-hoc sub-process."""
        pairs = tuple((e, {}) if isinstance(e, str) else e for e in elements)
        return self.apply(ElementsActivated(self.element(element), pairs))

    def review(self, *ids: str) -> Run:
        return self.apply(DeadlinesReviewed(frozenset(ids) if ids else None))

    def cancel(self) -> Run:
        return self.apply(Cancelled())

    # -- looking

    @property
    def step(self) -> Step:
        return self.history[-1]

    @property
    def open(self) -> list[str]:
        """Element ids of user tasks, jobs, and whatever waits in the flow, sorted."""
        return sorted(w.element_id for w in self.waits.values())

    @property
    def tasks(self) -> list[str]:
        """Element ids of open user tasks and jobs, sorted."""
        return sorted(w.element_id for w in self.waits.values() if isinstance(w, UserTaskWait | JobWait))

    @property
    def frozen(self) -> list[tuple[str, str]]:
        """Element id and type of each incident."""
        return sorted((i.element_id, str(i.type)) for i in self.incidents.values())

    @property
    def done(self) -> bool:
        return self.step.status is InstanceStatus.COMPLETED

    @property
    def variables(self) -> dict[str, Any]:
        return dict(self.step.variables)

    def wait(self, element: str, index: int = 0) -> Any:
        return [w for w in self.waits.values() if w.element_id == element][index]

    def element(self, element_id: str, index: int = 0) -> int:
        """Key of an active element instance."""
        return self._active(element_id)[index]

    def _active(self, element_id: str) -> list[int]:
        alive: dict[int, None] = {}
        for step in self.history:
            for change in step.elements:
                if change.element_id == element_id:
                    alive.pop(change.key, None)
                    if change.state == "ACTIVE":
                        alive[change.key] = None
        return list(alive)

    def trail(self) -> list[str]:
        """Ids of the elements that completed, in order of completion within each step; bodies left out."""
        return [
            c.element_id
            for step in self.history
            for c in step.elements
            if c.state == "COMPLETED" and c.type != "multiInstanceBody"
        ]

    def visible(self, key: int) -> dict[str, Any]:
        """What an expression in that scope sees."""
        views = {view.key: view for view in self.views()}
        found: dict[str, Any] = {}
        at: int | None = key
        while at is not None:
            found = {**views[at].variables, **found}
            if at == views[at].called_key:
                break
            at = views[at].parent_key
        return found

    def views(self) -> Sequence[Any]:
        if self.reload:
            return ENGINE.view(self.catalog, self.state)
        from service.engine.advance import _view

        return _view(self.runtime)


def _kind(wait: Wait) -> WaitKind:
    if isinstance(wait, SubscriptionWait):
        return wait.kind
    return {UserTaskWait: WaitKind.USER_TASK, JobWait: WaitKind.JOB, TimerWait: WaitKind.TIMER}[type(wait)]


__all__ = ["ENGINE", "T0", "CountingKeys", "MemoryCatalog", "Run", "TaskMovedOn"]
