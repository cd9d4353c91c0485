"""One instance in memory while a step is made: its workflows, scopes and clock, the run queue and the ledger.

It sits in SpiffWorkflow's script-engine slot, so that every task spec reaches it. Everything that begins, waits, fires or
ends passes through here and is written down; what an element means is said by its spec.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from service.domain.definitions import Catalog, ProcessModel, Version
from service.domain.errors import NotFound
from service.domain.facts import ElementChange, ElementState, FlowTaken, StatusSet
from service.domain.instances import InstanceStatus
from service.domain.json import Json, Variables
from service.domain.ports import Keys
from service.domain.waits import Closed, CloseReason, DeadlineBinding, IncidentOpened, IncidentType, WaitKind

from .compiler import Program
from .conditions import interrupts, look_again
from .expressions import Evaluator
from .incidents import Incident
from .ledger import Ledger
from .model import Flow
from .pruning import prune
from .routing import Throw, deliver
from .scopes import Chain, Scopes, Visible
from .specs.base import Phase, Token
from .specs.workflow import Home, Inside, NestedWorkflow, QuietTask, RootWorkflow
from .subscriptions import KINDS
from .undoing import handler_ended, remember

if TYPE_CHECKING:
    from .specs.events import EventNode

MAX_RUNS = 100_000
"""Elements one step may run before what comes next is taken for a loop without a wait."""
PRUNE_EVERY = 200


class Runtime:
    def __init__(
        self, catalog: Catalog, now: datetime, keys: Keys, root: int, values: dict[int, dict[str, Json]]
    ) -> None:
        self.catalog = catalog
        self.now = now
        self.keys = keys
        self.evaluator = Evaluator(now, catalog.calendar, catalog.registers)
        self.scopes = Scopes(root, values)
        self.ledger = Ledger()
        self.status = InstanceStatus.ACTIVE
        self.index: dict[Any, Task] = {}
        """Every task by id, of all workflows; ids are keys."""
        self.bound: dict[int, None] = {}
        """Waits bound to a deadline (an ordered set)."""
        self.conditions: dict[int, None] = {}
        """Waits for a condition (an ordered set)."""
        self.ending = False
        """Whether the instance was ended from outside and waits for those who are asked first."""
        self.undo: list[Any] = []
        """What the root process has completed that can be undone."""
        self.thrown: deque[Throw] = deque()
        self._ready: deque[Task] = deque()
        self._throwing: deque[Task] = deque()
        """Ready too, but after all others."""
        self._at_rest = False
        self.top: RootWorkflow

    # -- definitions

    def version(self, definition_key: int) -> Version:
        return self._process(definition_key)[0]

    def program(self, definition_key: int) -> Program:
        return self.program_of(self._process(definition_key)[1])

    @staticmethod
    def program_of(model: ProcessModel) -> Program:
        assert isinstance(model.program, Program)
        return model.program

    def _process(self, definition_key: int) -> tuple[Version, ProcessModel]:
        found = self.catalog.process(definition_key)
        if found is None:
            raise NotFound(what=f"processen med nøgle {definition_key}")
        return found

    # -- workflows and tokens

    def open_root(self, definition_key: int) -> RootWorkflow:
        """An empty root workflow of that definition."""
        version = self.version(definition_key)
        home = Home(self.scopes.root, None, version.id, version.key, version.deployment_key)
        self.top = RootWorkflow(self.program(definition_key).root, self, home)
        return self.top

    def nest(self, container: Task) -> NestedWorkflow:
        """The workflow inside a container, without tasks yet."""
        spec = container.task_spec
        workflow = NestedWorkflow(spec.inner_spec(self, container), container, spec.inner_home(self, container))
        self.top.subprocesses[container.id] = workflow
        return workflow

    def root_task(self, workflow: Inside, state: int = TaskState.READY) -> Task:
        """The root of a workflow's task tree. Its id is the scope's key, negated: it is no element instance."""
        task = QuietTask(workflow, workflow.spec.start, state=state, id=-workflow.chain[0])
        workflow.task_tree = task  # type: ignore[attr-defined]
        self.index[task.id] = task
        return task

    def place(self, workflow: Inside, token: Token, parent: Task | None = None) -> Task:
        """A new task that holds a token; it is not looked at before its `_update`."""
        root = workflow.task_tree  # type: ignore[attr-defined]
        task = QuietTask(workflow, token.spec, parent=parent or root, state=TaskState.FUTURE, id=self.keys.next())
        task.internal_data.update(token.data)
        self.index[task.id] = task
        self.scopes.put(task.id, token.variables)
        return task

    def spawn(self, workflow: Inside, token: Token) -> Task:
        """Place a token and let it arrive."""
        task = self.place(workflow, token)
        task.task_spec._update(task)
        return task

    def take(self, task: Task, flow: Flow) -> None:
        """A token goes along a flow."""
        self.note_flow(task.workflow, flow)
        spec = task.workflow.spec.task_specs[flow.target]
        self.place(task.workflow, Token(spec, {"via": flow.id} if spec.counts_tokens else {}), parent=task)

    def note_flow(self, workflow: Inside, flow: Flow) -> None:
        if flow.id is not None:
            self.ledger.flows.append(FlowTaken(flow.id, workflow.home.process_id, workflow.home.called_key))

    # -- the run queue

    def queue(self, task: Task) -> None:
        self._ready.append(task)

    def requeue(self, task: Task) -> None:
        """Let a task that waited (or was frozen) run again."""
        task._set_state(TaskState.READY)
        self._ready.append(task)

    def settle(self) -> None:
        """Run until the instance rests. What would run for ever is frozen."""
        runs = 0
        self._react()
        while self._ready or self._throwing or self._joins_go_on():
            task = (self._ready or self._throwing).popleft()
            if task._state != TaskState.READY:  # cancelled while it stood in the queue
                continue
            if task.task_spec.lets_others_begin and self._ready:
                self._throwing.append(task)
                continue
            if runs >= MAX_RUNS and "at" in task.internal_data:
                self._stop(task)
                continue
            runs += 1
            task.run()
            self._react()
            if runs % PRUNE_EVERY == 0:
                prune(self)

    @property
    def rests(self) -> bool:
        """Whether no token is under way any more."""
        return self._at_rest and not self._ready

    def _joins_go_on(self) -> bool:
        """Whether a join that has waited for the others to rest need not wait any more."""
        self._at_rest = True
        for workflow in (self.top, *self.top.subprocesses.values()):
            if not workflow.completed and not self._ready:
                workflow.update_waiting_tasks()
        self._at_rest = False
        return bool(self._ready)

    def _stop(self, task: Task) -> None:
        """Too much has run already: the element waits for somebody to look."""
        task._set_state(TaskState.STARTED)
        told = f"Der er udført {MAX_RUNS} trin i træk uden at vente på noget, så '{task.task_spec.element.id}' er sat i stå. "
        told += "Er det en løkke uden ende, så ret diagrammet eller variablerne. Ellers prøv igen, så fortsætter den."
        self.freeze(task, Incident(IncidentType.ENDLESS_LOOP, told))

    def _react(self) -> None:
        """Let conditions see what was written, and bring what was thrown to who waits for it."""
        while True:
            if self.conditions and self.scopes.written:
                look_again(self)
            if not self.thrown:
                return
            deliver(self, self.thrown.popleft())

    # -- an element's life

    def arrive(self, task: Task) -> None:
        """A token has come to an element: it begins."""
        data = task.internal_data
        data.pop("via", None)
        data.setdefault("at", Phase.ACTIVATING)
        self._note_change(task, ElementState.ACTIVE, started=True)
        self._set_status(task)
        self._ready.append(task)

    def _set_status(self, task: Task) -> None:
        spec = task.task_spec
        if spec.element.status is not None:
            self.ledger.effects.append(
                StatusSet(element_id=spec.name, element_instance_key=task.id, status=spec.element.status)
            )

    def _take_up_status(self, ended: Task) -> None:
        """A status that lasted is over: that of the element begun last, of those that still go on, counts again."""
        going_on = [
            task
            for task in self.index.values()
            if task is not ended
            and task._state & TaskState.NOT_FINISHED_MASK
            and "at" in task.internal_data
            and task.task_spec.element.status is not None
        ]
        if going_on:
            self._set_status(max(going_on, key=lambda task: task.id))

    def completed(self, task: Task) -> None:
        """The element is done; its tokens go on."""
        if task.task_spec.undoable:
            remember(self, task)
        self._put_away(task, CloseReason.COMPLETED)
        if task.task_spec.element.status_lasts:
            self._take_up_status(task)
        self._note_change(task, ElementState.COMPLETED)

    def terminated(self, task: Task) -> None:
        """The element was cancelled; a wait or token that never began an element leaves no trace of one."""
        self._put_away(task, CloseReason.TERMINATED)
        if "at" in task.internal_data:
            self._note_change(task, ElementState.TERMINATED)

    def _put_away(self, task: Task, reason: CloseReason) -> None:
        self.close_waits(task, reason)
        self.thaw(task)
        self.detach_all(task)
        self.scopes.drop(task.id)
        if "for" in task.internal_data:
            handler_ended(self, task.internal_data["for"])

    def _note_change(self, task: Task, state: ElementState, *, started: bool = False) -> None:
        """Write down that an element began or ended; one that does both within the step appears once."""
        workflow, spec = task.workflow, task.task_spec
        home: Home = workflow.home
        before = self.ledger.elements.get(task.id)
        self.ledger.elements[task.id] = ElementChange(
            key=task.id,
            element_id=spec.element.id,
            type=spec.type,
            process_id=home.process_id,
            scope_key=workflow.chain[0],
            called_key=home.called_key,
            started=started or (before is not None and before.started),
            state=state,
        )

    def scope_completed(self, workflow: Inside) -> None:
        """No token is left in a scope."""
        for task in workflow.live():
            task.cancel()
        if isinstance(workflow, NestedWorkflow):
            container = workflow.container
            container.task_spec._on_subworkflow_completed(workflow, container)
            self.forget_inside(container)
        else:
            self.status = InstanceStatus.COMPLETED

    def forget_inside(self, container: Task) -> None:
        """A container's nested workflow is over."""
        workflow = self.top.subprocesses.pop(container.id, None)
        if workflow is not None:
            for task_id in workflow.tasks:
                self.index.pop(task_id, None)
            if workflow.home is not container.workflow.home:
                self.scopes.drop(workflow.home.key)

    # -- variables

    @staticmethod
    def chain(task: Task) -> Chain:
        """Scopes an element sees, its own first."""
        return (task.id, *task.workflow.chain)

    def visible(self, task: Task) -> Visible:
        return self.scopes.visible(self.chain(task))

    def map_inputs(self, task: Task) -> None:
        inputs = task.task_spec.element.inputs
        if inputs:
            self.scopes.map_inputs(self.chain(task), inputs, self.evaluator)

    def map_outputs(self, task: Task, result: Variables) -> None:
        outputs = task.task_spec.element.outputs
        if not outputs and task.internal_data.get("local"):
            return
        if outputs or result:
            self.scopes.map_outputs(self.chain(task), outputs, result, self.evaluator)

    # -- waits

    def wait_base(self, task: Task, element_instance_key: int) -> dict[str, Any]:
        """What every wait row says of its element."""
        spec, home = task.task_spec, task.workflow.home
        return {
            "key": task.id,
            "element_id": spec.element.id,
            "element_name": spec.element.name,
            "element_instance_key": element_instance_key,
            "process_id": home.process_id,
            "called_key": home.called_key,
        }

    def bind(self, task: Task, binding: DeadlineBinding) -> None:
        """Its due instant is bound to a deadline and evaluated anew when its variables change."""
        task.internal_data["wait"]["bound"] = binding.id
        self.bound[task.id] = None

    def close_waits(self, task: Task, reason: CloseReason) -> None:
        """Whatever this task itself waits for is over."""
        wait = task.internal_data.pop("wait", None)
        if wait is not None and wait["k"] in KINDS:
            kept = task.internal_data.pop("kept", {})
            self.ledger.close(Closed(WaitKind(wait["k"]), task.id, reason, **kept))
        self.bound.pop(task.id, None)
        self.conditions.pop(task.id, None)

    def watch(self, task: Task) -> None:
        """It waits for a condition: what is written from now on is noted, to look at the condition again."""
        self.conditions[task.id] = None
        if self.scopes.written is None:
            self.scopes.written = {}

    def finish(self, task: Task, result: Variables) -> None:
        """What the element waited for has come: it completes when it runs next."""
        self.close_waits(task, CloseReason.COMPLETED)
        task.internal_data["result"] = dict(result)
        task.internal_data["at"] = Phase.COMPLETING
        self.requeue(task)

    # -- events on the edge of an element

    def attach(self, host: Task, specs: Iterable[EventNode]) -> None:
        """Open waits on behalf of the host. Raises `Incident` and leaves none open when one cannot be."""
        for spec in specs:
            task = self.place(host.workflow, Token(spec, {"host": host.id}))
            task._set_state(TaskState.STARTED)
            host.internal_data.setdefault("edge", []).append(task.id)
            try:
                spec.attach(self, task, host)
            except Incident:
                self.detach_all(host)
                raise

    def attached(self, host: Task) -> list[Task]:
        return [self.index[task_id] for task_id in host.internal_data.get("edge", ())]

    def is_interrupted(self, host: Task) -> bool:
        """Whether a condition on the edge of the element holds already, so that it ends before its work begins."""
        return any(thrown.kind == "condition" and interrupts(self, thrown.task, host) for thrown in self.thrown)

    def detach(self, host: Task, task: Task) -> None:
        """The wait is no longer the host's; it is not closed by this."""
        host.internal_data["edge"].remove(task.id)

    def detach_all(self, host: Task) -> None:
        """Close the host's waits."""
        for task_id in host.internal_data.pop("edge", ()):
            self.index[task_id].cancel()

    def win(self, task: Task, payload: Variables) -> None:
        """A wait after an event-based gateway is the first to happen: it holds the token from now on, the others close."""
        gateway = self.index[task.internal_data.pop("host")]
        self.detach(gateway, task)
        gateway.internal_data["fired"] = task.task_spec.name
        gateway.complete()
        self.become_event(task, payload)

    def drop_wait(self, task: Task) -> None:
        """A wait that has happened for the last time."""
        self.close_waits(task, CloseReason.COMPLETED)
        task.cancel()

    def become_event(self, task: Task, payload: Variables, *, local: bool = False) -> None:
        """A wait on an edge turns into the event's own element instance, which completes when it runs."""
        self.close_waits(task, CloseReason.COMPLETED)
        task.internal_data = {"at": Phase.COMPLETING, "result": dict(payload), **({"local": True} if local else {})}
        task._set_state(TaskState.READY)
        self.arrive(task)

    # -- incidents

    def freeze(self, task: Task, incident: Incident) -> None:
        """The element stands still until the incident is resolved."""
        task.internal_data["incident"] = str(incident.type)
        base = self.wait_base(task, task.id)
        del base["key"]
        self.ledger.freeze(IncidentOpened(type=incident.type, message=incident.message, **base))

    def thaw(self, task: Task) -> None:
        if task.internal_data.pop("incident", None) is not None:
            self.ledger.thaw(task.id)
