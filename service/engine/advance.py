"""The engine: read files, move instances by stimuli, show their variables. Pure; see `service.domain.ports.Engine`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from service.domain.definitions import Catalog, ProcessModel, StartEvent
from service.domain.errors import BadInput, NotFound, TaskMovedOn
from service.domain.instances import (
    Cancelled,
    Correlated,
    DeadlinesReviewed,
    ElementsActivated,
    ErrorThrown,
    IncidentResolved,
    InstanceStatus,
    JobCompleted,
    ScopeView,
    Start,
    Step,
    Stimulus,
    TaskChanged,
    TaskCompleted,
    TimerFired,
    VariablesSet,
)
from service.domain.ports import Keys, Reading
from service.domain.waits import WaitKind

from . import starts
from .compiler import compile_process
from .conditions import look_at
from .ending import end_instance
from .nesting import MAX_NESTING, too_deep
from .reader import read_file
from .rebinding import rebind, rebind_changed, review
from .routing import Throw, deliver
from .runtime import Runtime
from .specs.base import Token
from .specs.containers import AdHoc
from .specs.gateways import EventGateway
from .specs.listeners import ListenedTask, Listener
from .specs.workflow import NestedWorkflow
from .state import dump, load
from .subscriptions import CONDITION


class SpiffEngine:
    """`service.domain.ports.Engine` on SpiffWorkflow."""

    def read(self, content: bytes, file: str) -> Reading:
        found, warnings = read_file(content, file)
        models = tuple(
            ProcessModel(
                id=read.process.id,
                name=read.process.name,
                version_tag=read.process.version_tag,
                elements=read.elements,
                starts=read.starts,
                program=compile_process(read.process),
                expressions=read.expressions,
            )
            for read in found
        )
        return Reading(models, warnings)

    def advance(self, catalog: Catalog, state: bytes | None, stimulus: Stimulus, now: datetime, keys: Keys) -> Step:
        if isinstance(stimulus, Start):
            assert state is None
            runtime = begin(catalog, stimulus, now, keys)
        else:
            assert state is not None
            runtime = load(catalog, state, now, keys)
            move(runtime, stimulus)
        return answer(runtime, dump(runtime))

    def view(self, catalog: Catalog, state: bytes) -> Sequence[ScopeView]:
        return _view(load(catalog, state, datetime.min.replace(tzinfo=UTC), _NoKeys()))

    def next_timer_start(
        self, start: StartEvent, previous: datetime | None, now: datetime, since: datetime | None = None
    ) -> datetime | None:
        return starts.next_timer_start(start, previous, now, since)


class _NoKeys:
    """Looking makes no keys."""

    def next(self) -> int:
        raise AssertionError("looking at a state makes no element instances")


# -- stimuli ------------------------------------------------------------------------------------------------------------


def move(runtime: Runtime, stimulus: Stimulus) -> None:
    """Apply one stimulus to an instance that rests, until it rests again."""
    if runtime.status is not InstanceStatus.ACTIVE:
        raise TaskMovedOn()
    _check_nesting(stimulus)
    _APPLY[type(stimulus)](runtime, stimulus)
    _rest(runtime)


def _check_nesting(stimulus: Stimulus) -> None:
    brought = [getattr(stimulus, "variables", {}), getattr(stimulus, "payload", {})]
    brought += [variables for _, variables in getattr(stimulus, "elements", ())]
    for variables in brought:
        for name, value in variables.items():
            if too_deep(value):
                raise BadInput(why=f"Variablen '{name}' er indlejret i mere end {MAX_NESTING} lag og kan ikke gemmes.")


def _rest(runtime: Runtime) -> None:
    runtime.settle()
    rebind_changed(runtime)


def begin(catalog: Catalog, stimulus: Start, now: datetime, keys: Keys) -> Runtime:
    """A new instance, moved until it rests."""
    _check_nesting(stimulus)
    runtime = Runtime(catalog, now, keys, stimulus.instance_key, {})
    top = runtime.open_root(stimulus.definition_key)
    program = runtime.program(stimulus.definition_key)
    start = stimulus.start_event if stimulus.start_event is not None else program.root.none_start
    if start is None:
        raise NotFound(what=f"en almindelig starthændelse i processen '{top.home.process_id}'")
    if start not in program.ways_in:
        raise NotFound(what=f"starthændelsen '{start}' i processen '{top.home.process_id}'")
    runtime.scopes.put(runtime.scopes.root, stimulus.variables)
    spec, payload = program.root.task_specs[program.ways_in[start]], dict(stimulus.payload)
    began = {"began": start} if isinstance(spec, EventGateway) else {}
    top.entries = (Token(spec, {"payload": payload, **began}),)
    runtime.root_task(top).run()
    _rest(runtime)
    return runtime


def _waiting(runtime: Runtime, key: int, *kinds: WaitKind) -> Task:
    """The open wait with this key. Raises `TaskMovedOn` when it is gone."""
    task = runtime.index.get(key)
    wait = task.internal_data.get("wait") if task is not None else None
    if task is None or wait is None or wait["k"] not in kinds:
        raise TaskMovedOn()
    return task


def _task_completed(runtime: Runtime, stimulus: TaskCompleted) -> None:
    task = _waiting(runtime, stimulus.key, WaitKind.USER_TASK)
    task.task_spec.complete(runtime, task, stimulus.variables, stimulus.by)


def _task_changed(runtime: Runtime, stimulus: TaskChanged) -> None:
    task = _waiting(runtime, stimulus.key, WaitKind.USER_TASK)
    if not isinstance(task.task_spec, ListenedTask):
        raise BadInput(why="Opgaven har ingen lyttere og ændres uden om forløbet.")
    task.task_spec.change(runtime, task, stimulus.event, stimulus.changes)


def _job_completed(runtime: Runtime, stimulus: JobCompleted) -> None:
    task = _waiting(runtime, stimulus.key, WaitKind.JOB)
    if isinstance(task.task_spec, Listener):
        host = runtime.index[task.internal_data["host"]]
        host.task_spec.answered(runtime, host, task, stimulus)
    elif stimulus.corrections or stimulus.denied is not None:
        raise BadInput(why="Kun en lytter på en opgave kan rette eller afvise. Lad corrections og denied være tomme.")
    else:
        runtime.finish(task, stimulus.variables)


def _error_thrown(runtime: Runtime, stimulus: ErrorThrown) -> None:
    task = _waiting(runtime, stimulus.key, WaitKind.JOB)
    if isinstance(task.task_spec, Listener):
        raise BadInput(why="En lytter kan ikke kaste en fejl. Den kan afvise, eller jobbet kan fejle.")
    deliver(runtime, Throw("error", task, stimulus.code, stimulus.message, stimulus.variables))


def _timer_fired(runtime: Runtime, stimulus: TimerFired) -> None:
    task = _waiting(runtime, stimulus.key, WaitKind.TIMER)
    wait = task.internal_data["wait"]
    early = wait["due"] is None or datetime.fromisoformat(wait["due"]) > runtime.now
    if early and not wait.get("bound"):  # a bound timer's deadline row may have been moved by people; it decides
        raise TaskMovedOn()
    task.task_spec.fire(runtime, task, {})


def _correlated(runtime: Runtime, stimulus: Correlated) -> None:
    task = _waiting(runtime, stimulus.key, WaitKind.MESSAGE, WaitKind.SIGNAL)
    task.task_spec.fire(runtime, task, stimulus.variables)


def _incident_resolved(runtime: Runtime, stimulus: IncidentResolved) -> None:
    task = runtime.index.get(stimulus.element_instance_key)
    if task is None or "incident" not in task.internal_data:
        raise TaskMovedOn()
    wait = task.internal_data.get("wait")
    if wait is None or "doing" in task.internal_data:
        task.task_spec.retry(runtime, task)
    elif wait.get("bound"):
        rebind(runtime, task, always=False)
    elif wait["k"] == CONDITION:
        look_at(runtime, task)
    else:  # a job whose error nobody caught is open still: it can be taken again
        runtime.thaw(task)


def _elements_activated(runtime: Runtime, stimulus: ElementsActivated) -> None:
    container = runtime.index.get(stimulus.element_instance_key)
    workflow = runtime.top.subprocesses.get(stimulus.element_instance_key)
    if container is None or workflow is None or not isinstance(container.task_spec, AdHoc):
        raise NotFound(what=f"ad hoc-delprocessen med nøgle {stimulus.element_instance_key}")
    if "met" in container.internal_data or "ending" in container.internal_data:
        raise TaskMovedOn()
    for name, _ in stimulus.elements:
        if container.task_spec.startable(name) is None:
            raise NotFound(what=f"aktiviteten '{name}', som kan startes i '{container.task_spec.name}'")
    for name, variables in stimulus.elements:
        container.task_spec.add(runtime, container, workflow, name, variables)


def _variables_set(runtime: Runtime, stimulus: VariablesSet) -> None:
    chain = _chain_of(runtime, stimulus.scope_key)
    if stimulus.local:
        runtime.scopes.put(chain[0], stimulus.variables)
    else:
        runtime.scopes.propagate(chain, stimulus.variables)


def _chain_of(runtime: Runtime, key: int) -> tuple[int, ...]:
    task = runtime.index.get(key)
    if task is not None and key > 0 and task._state & TaskState.NOT_FINISHED_MASK and "at" in task.internal_data:
        return runtime.chain(task)
    for workflow in (runtime.top, *runtime.top.subprocesses.values()):
        if workflow.home.key == key:
            return (key,)
    raise NotFound(what=f"variabelområdet med nøgle {key}")


def _deadlines_reviewed(runtime: Runtime, stimulus: DeadlinesReviewed) -> None:
    review(runtime, stimulus.deadline_ids)


def _cancelled(runtime: Runtime, stimulus: Cancelled) -> None:
    end_instance(runtime, at_once=stimulus.at_once)


_APPLY: dict[type, Callable[[Runtime, Any], None]] = {
    TaskCompleted: _task_completed,
    TaskChanged: _task_changed,
    JobCompleted: _job_completed,
    ErrorThrown: _error_thrown,
    TimerFired: _timer_fired,
    Correlated: _correlated,
    IncidentResolved: _incident_resolved,
    ElementsActivated: _elements_activated,
    VariablesSet: _variables_set,
    DeadlinesReviewed: _deadlines_reviewed,
    Cancelled: _cancelled,
}


# -- answers ------------------------------------------------------------------------------------------------------------


def answer(runtime: Runtime, state: bytes) -> Step:
    """What the ledger of this step says."""
    ledger, scopes = runtime.ledger, runtime.scopes
    return Step(
        state=state,
        status=runtime.status,
        opened=tuple(ledger.opened.values()),
        closed=tuple(ledger.closed.values()),
        due_changes=tuple(ledger.due.values()),
        task_changes=tuple(ledger.tasks.values()),
        incidents=tuple(ledger.incidents.values()),
        incidents_gone=tuple(ledger.gone),
        elements=tuple(ledger.elements.values()),
        flows=tuple(ledger.flows),
        effects=tuple(ledger.effects),
        called=tuple(ledger.called.values()),
        variables=scopes.local(scopes.root),
        changed=frozenset(scopes.changed_at_root),
    )


def _view(runtime: Runtime) -> list[ScopeView]:
    top = runtime.top
    found = [ScopeView(top.home.key, top.home.process_id, None, None, runtime.scopes.local(top.home.key))]
    _view_inside(runtime, top, found)
    return found


def _view_inside(runtime: Runtime, workflow: Any, found: list[ScopeView]) -> None:
    for task in workflow.live():
        if "at" not in task.internal_data:
            continue
        home = workflow.home
        found.append(
            ScopeView(task.id, task.task_spec.name, workflow.chain[0], home.called_key, runtime.scopes.local(task.id))
        )
        inside: NestedWorkflow | None = runtime.top.subprocesses.get(task.id)
        if inside is None:
            continue
        if inside.home is not home:
            called = inside.home
            found.append(
                ScopeView(called.key, called.process_id, task.id, called.called_key, runtime.scopes.local(called.key))
            )
        _view_inside(runtime, inside, found)
