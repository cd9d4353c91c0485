"""Tasks: what people, workers, scripts and decisions do."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from service.domain.errors import DecisionEvaluationFailed
from service.domain.json import Variables
from service.domain.task_attributes import PRIORITIES
from service.domain.waits import DeadlineBinding, IncidentType, JobWait, UserTaskWait, WaitKind
from service.engine.effects import EFFECT_JOBS, effect_of
from service.engine.expressions import demand_instant
from service.engine.incidents import Incident
from service.engine.model import Activity as ActivityModel
from service.engine.model import DecisionWork, Event, JobWork, ReceiveWork, Resource, ScriptWork, UserWork
from service.engine.model import Task as TaskModel
from service.engine.nesting import bounded
from service.engine.subscriptions import deadline, note, subscribe

from .base import Node, ScopeSpec
from .conditions import holds, no_way

if TYPE_CHECKING:
    from service.engine.runtime import Runtime
    from service.engine.scopes import Chain

    from .events import Boundary


class Activity(Node):
    """Anything with mappings and events on its edge. Passes through when nothing else is said."""

    element: ActivityModel
    edge: tuple[Boundary, ...] = ()
    """The specs of its boundary events. Set by the compiler; the instances of a multi-instance activity have none."""

    def __init__(self, scope: ScopeSpec, element: ActivityModel, *more: Any) -> None:
        super().__init__(scope, element, *more)
        self.conditional = any(flow.condition is not None for flow in element.outgoing)
        self.copies = element.completion_quantity

    @property
    def gathers(self) -> bool:
        return self.element.start_quantity > 1

    def _update_hook(self, task: Task) -> bool:
        """Begin, or wait until as many tokens have come as it needs."""
        needed = self.element.start_quantity
        if needed == 1:
            return True
        task._set_state(TaskState.WAITING)
        others = [
            other for other in task.workflow.tasks.values() if other.task_spec is self and other._state == task._state
        ]
        if len(others) < needed:
            return False
        for other in [other for other in others if other is not task][: needed - 1]:
            other.cancel()
        return True

    def activate(self, runtime: Runtime, task: Task) -> Variables | None:
        self.prepare(runtime, task)
        runtime.attach(task, self.edge)
        if runtime.is_interrupted(task):
            return None
        try:
            return self.work(runtime, task)
        except Incident:
            runtime.detach_all(task)
            raise

    def prepare(self, runtime: Runtime, task: Task) -> None:
        """What comes before anything else. May raise `Incident`."""
        runtime.map_inputs(task)

    def choose(self, runtime: Runtime, task: Task) -> list[str]:
        """Every flow without a condition or whose condition holds; the default flow when no condition does."""
        default, visible = self.element.default, runtime.visible(task)
        free = [flow.id or "" for flow in self.flows if flow.condition is None and flow.id != default]
        held = [
            flow.id or ""
            for flow in self.flows
            if flow.condition is not None and flow.id != default and holds(flow, runtime, visible)
        ]
        if not held and default is not None:
            held = [default]
        if not (free or held):
            raise no_way("pilene fra trinnet", "trinnet")
        return free + held

    def work(self, runtime: Runtime, task: Task) -> Variables | None:
        """The activity's own work: its result, or None when that comes later. May raise `Incident`."""
        return {}


class TaskNode(Activity):
    element: TaskModel


class UserTask(TaskNode):
    def work(self, runtime: Runtime, task: Task) -> None:
        self.open(runtime, task, self.wait(runtime, task))

    def open(self, runtime: Runtime, task: Task, wait: UserTaskWait) -> None:
        """It stands in people's inboxes from now on."""
        due = wait.due.isoformat() if wait.due is not None else None
        note(task, WaitKind.USER_TASK, due=due, since=runtime.now.isoformat())
        if wait.deadline is not None:
            runtime.bind(task, wait.deadline)
        runtime.ledger.open(wait)

    def complete(self, runtime: Runtime, task: Task, variables: Variables, by: str | None) -> None:
        """Somebody has done it. Raises `WrongState` when that cannot be now."""
        runtime.finish(task, variables)

    def wait(self, runtime: Runtime, task: Task) -> UserTaskWait:
        """The task as the diagram says it is now. May raise `Incident`."""
        work = self.element.work
        assert isinstance(work, UserWork)
        visible, ask = runtime.visible(task), runtime.evaluator
        form_id, form_key = self._form(runtime, task, work.form)
        due, binding = user_due(runtime, task, runtime.now)
        return UserTaskWait(
            **runtime.wait_base(task, task.id),
            form_id=form_id,
            form_key=form_key,
            external_form=ask.text_or_none(work.external_form, visible, "Henvisningen til formularen"),
            assignee=ask.text_or_none(work.assignee, visible, "Den ansvarlige"),
            candidate_groups=ask.texts(work.candidate_groups, visible, "Grupperne"),
            candidate_users=ask.texts(work.candidate_users, visible, "Brugerne"),
            due=due,
            deadline=binding,
            follow_up=ask.instant(work.follow_up, visible, "Opfølgningsdatoen"),
            priority=self._priority(runtime, task, work),
            headers=self.element.headers,
            prefill=runtime.scopes.local(task.id),
        )

    def _form(self, runtime: Runtime, task: Task, form: Resource | None) -> tuple[str | None, int | None]:
        if form is None:
            return None, None
        form_id = runtime.evaluator.text(form.id, runtime.visible(task), "Formularens id")
        found = runtime.catalog.find_form(
            form_id, form.binding, version_tag=form.version_tag, deployment_key=task.workflow.home.deployment_key
        )
        if found is None:
            raise Incident(
                IncidentType.FORM_NOT_FOUND,
                f"Formularen '{form_id}' er ikke sat i drift. Sæt den i drift, og prøv igen.",
            )
        return form_id, found.key

    def _priority(self, runtime: Runtime, task: Task, work: UserWork) -> int:
        if work.priority is None:
            return 50
        priority = runtime.evaluator.whole(work.priority, runtime.visible(task), "Prioriteten")
        if priority not in PRIORITIES:
            raise runtime.evaluator.wrong("Prioriteten", work.priority, priority, "et helt tal fra 0 til 100")
        return priority


def user_due(runtime: Runtime, task: Task, since: datetime) -> tuple[datetime | None, DeadlineBinding | None]:
    """A user task's due date, as of `since` where a deadline is bound. Raises `Incident`."""
    work = task.task_spec.element.work
    if work.due is None:
        return None, None
    value, counts = runtime.evaluator.explained(work.due, runtime.visible(task), since)
    due = demand_instant(value, "Fristen (dueDate)")
    return due, deadline(runtime, task, due, counts)


class Receive(TaskNode):
    """Waits for a message, in the flow or after an event-based gateway."""

    def work(self, runtime: Runtime, task: Task) -> Variables | None:
        if "payload" in task.internal_data:  # the process began with it
            return task.internal_data.pop("payload")  # type: ignore[no-any-return]
        self._open(runtime, task, runtime.chain(task))
        return None

    def attach(self, runtime: Runtime, task: Task, host: Task) -> None:
        """Begin to wait for the gateway `host`."""
        self._open(runtime, task, task.workflow.chain)

    def _open(self, runtime: Runtime, task: Task, chain: Chain) -> None:
        assert isinstance(self.element.work, ReceiveWork)
        subscribe(runtime, task, self.element.work.message, chain, task.id)

    def fire(self, runtime: Runtime, task: Task, payload: Variables, *, local: bool = False) -> None:
        if "host" in task.internal_data:
            runtime.win(task, payload)
        else:
            runtime.finish(task, payload)


class Script(TaskNode):
    def work(self, runtime: Runtime, task: Task) -> Variables:
        work = self.element.work
        assert isinstance(work, ScriptWork)
        return {work.result: runtime.evaluator.json(work.expression, runtime.visible(task), "Scriptet")}


class Decision(TaskNode):
    """Evaluates a decision, which sees all visible variables."""

    def work(self, runtime: Runtime, task: Task) -> Variables:
        work = self.element.work
        assert isinstance(work, DecisionWork)
        visible = runtime.visible(task)
        decision_id = runtime.evaluator.text(work.decision.id, visible, "Beslutningens id")
        found = runtime.catalog.find_decision(
            decision_id,
            work.decision.binding,
            version_tag=work.decision.version_tag,
            deployment_key=task.workflow.home.deployment_key,
        )
        if found is None:
            raise Incident(
                IncidentType.CALLED_DECISION_ERROR,
                f"Beslutningen '{decision_id}' er ikke sat i drift. Sæt den i drift, og prøv igen.",
            )
        try:
            return {work.result: bounded(found.evaluate(visible.all(), runtime.now), "Beslutningens resultat")}
        except DecisionEvaluationFailed as fault:
            raise Incident(
                IncidentType.DECISION_EVALUATION_ERROR, f"{fault} Ret tabellen eller variablerne, og prøv igen."
            ) from None


class JobWorkMixin:
    """Opens a job; job types of our own are carried out inside the step instead."""

    def open_job(self, runtime: Runtime, task: Task, job: JobWork, headers: Variables) -> Variables | None:
        visible = runtime.visible(task)
        kind = runtime.evaluator.text(job.type, visible, "Jobtypen")
        retries = runtime.evaluator.whole(job.retries, visible, "Antallet af forsøg")
        local = runtime.scopes.local(task.id)
        if kind in EFFECT_JOBS:
            runtime.ledger.effects.append(effect_of(kind, task.task_spec.element.id, task.id, local))
            return {}
        if kind.startswith("forloeb:"):
            raise runtime.evaluator.wrong(
                "Jobtypen", job.type, kind, f"en af {', '.join(sorted(EFFECT_JOBS))} eller en type uden forloeb:"
            )
        note(task, WaitKind.JOB)
        runtime.ledger.open(
            JobWait(**runtime.wait_base(task, task.id), type=kind, retries=retries, headers=headers, variables=local)
        )
        return None


class Job(JobWorkMixin, TaskNode):
    def work(self, runtime: Runtime, task: Task) -> Variables | None:
        assert isinstance(self.element.work, JobWork)
        return self.open_job(runtime, task, self.element.work, self.element.headers)


class MessageJob(JobWorkMixin, Node):
    """A message throw or end event: a job like any other."""

    element: Event

    def activate(self, runtime: Runtime, task: Task) -> Variables | None:
        runtime.map_inputs(task)
        assert self.element.job is not None
        return self.open_job(runtime, task, self.element.job, self.element.headers)
