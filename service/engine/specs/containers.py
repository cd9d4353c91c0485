"""Elements with an inside of their own: sub-processes, called processes, ad-hoc sub-processes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from SpiffWorkflow.bpmn.specs.mixins import SubWorkflowTaskMixin
from SpiffWorkflow.task import Task

from service.domain.instances import CalledInstance, InstanceStatus
from service.domain.json import Variables
from service.domain.waits import IncidentType
from service.engine import undoing
from service.engine.ending import begin_to_end, end_all, end_others
from service.engine.incidents import Incident
from service.engine.model import AdHoc as AdHocModel
from service.engine.model import CallWork
from service.engine.model import SubProcess as SubProcessModel

from .activities import Activity
from .base import Node, Phase, ScopeSpec, Token
from .workflow import Home, Inside, NestedWorkflow, runtime_of

if TYPE_CHECKING:
    from service.engine.runtime import Runtime

MAX_CALL_DEPTH = 50


class Container(SubWorkflowTaskMixin, Activity):
    """An activity with a nested workflow. SpiffWorkflow's `SubWorkflowTask` cancels it along with the activity."""

    inside: ScopeSpec

    def __init__(self, scope: ScopeSpec, element: Any, inside: ScopeSpec | None = None) -> None:
        super().__init__(scope, element, inside)
        if inside is not None:
            self.inside = inside

    _update_hook = Activity._update_hook

    def execute(self, runtime: Runtime, task: Task) -> bool | None:
        """As any activity; but one that is opened to be undone only runs its handlers."""
        data = task.internal_data
        if "undoing" not in data:
            return super().execute(runtime, task)
        if data["at"] != Phase.ACTIVATING:
            return True
        data["at"] = Phase.WAITING
        undoing.undo_inside(runtime, task, self.inner_spec(runtime, task))
        return None

    def inner_spec(self, runtime: Runtime, task: Task) -> ScopeSpec:
        """The scope inside this instance, also of one that was loaded."""
        return self.inside

    def inner_home(self, runtime: Runtime, task: Task) -> Home | None:
        """The process instance it opens; None when it stays in the one around it."""
        return None

    def start_workflow(self, task: Task, *entries: Token) -> NestedWorkflow:
        """Open the inside with these tokens."""
        runtime = runtime_of(task)
        workflow = runtime.nest(task)
        workflow.entries = entries
        runtime.root_task(workflow).run()
        return workflow

    def _on_subworkflow_completed(self, workflow: NestedWorkflow, task: Task) -> None:
        """The inside is done: what it gave is mapped when this task runs again."""
        runtime = runtime_of(task)
        runtime.finish(task, {} if workflow.undoing else self.gathered(runtime, task, workflow))

    def gathered(self, runtime: Runtime, task: Task, workflow: NestedWorkflow) -> Variables:
        """The result when the inside is done."""
        return {}

    def end(self, runtime: Runtime, task: Task) -> bool:
        """Nothing in it goes on; it ends with the last that is asked first."""
        workflow = runtime.top.subprocesses.get(task.id)
        if workflow is not None and end_all(runtime, workflow.live()):
            begin_to_end(runtime, task)
            return False
        return super().end(runtime, task)

    def _on_cancel(self, task: Task) -> None:
        SubWorkflowTaskMixin._on_cancel(self, task)
        runtime_of(task).forget_inside(task)
        Activity._on_cancel(self, task)


class SubProcess(Container):
    element: SubProcessModel

    def work(self, runtime: Runtime, task: Task) -> None:
        assert self.inside.none_start is not None
        start = self.inside.task_specs[self.inside.none_start]
        data = task.internal_data
        entry = {"payload": data.pop("payload", {}), **({"local": True} if data.pop("local", False) else {})}
        self.start_workflow(task, Token(start, entry))


class Call(Container):
    """Runs another process as part of this instance; its version is resolved once and pinned."""

    def work(self, runtime: Runtime, task: Task) -> None:
        work = self.element.work  # type: ignore[attr-defined]
        assert isinstance(work, CallWork)
        visible = runtime.visible(task)
        process_id = runtime.evaluator.text(work.process.id, visible, "Den kaldte proces' id")
        outer: Home = task.workflow.home
        found = runtime.catalog.find_process(
            process_id, work.process.binding, version_tag=work.process.version_tag, deployment_key=outer.deployment_key
        )
        if found is None:
            raise Incident(
                IncidentType.CALLED_ELEMENT_ERROR,
                f"Processen '{process_id}' er ikke sat i drift. Sæt den i drift, og prøv igen.",
            )
        version, model = found
        inside = runtime.program_of(model).root
        if inside.none_start is None:
            raise Incident(
                IncidentType.CALLED_ELEMENT_ERROR,
                f"Processen '{process_id}' har ingen almindelig starthændelse og kan ikke kaldes. Tegn en, og prøv igen.",
            )
        if outer.depth >= MAX_CALL_DEPTH:
            raise Incident(
                IncidentType.CALLED_ELEMENT_ERROR,
                f"Processer kalder hinanden i mere end {MAX_CALL_DEPTH} led. Ret '{process_id}', så kaldene ender.",
            )
        key = runtime.keys.next()
        task.internal_data["called"] = {"key": key, "definition": version.key}
        variables = visible.all() if work.all_down else runtime.scopes.local(task.id)
        runtime.scopes.put(key, variables)
        runtime.ledger.call_began(self._called(task, key, version.key, started=True))
        self.start_workflow(task, Token(inside.task_specs[inside.none_start]))

    def inner_spec(self, runtime: Runtime, task: Task) -> ScopeSpec:
        return runtime.program(task.internal_data["called"]["definition"]).root

    def inner_home(self, runtime: Runtime, task: Task) -> Home:
        called, outer = task.internal_data["called"], task.workflow.home
        version = runtime.version(called["definition"])
        return Home(called["key"], called["key"], version.id, version.key, version.deployment_key, outer.depth + 1)

    def gathered(self, runtime: Runtime, task: Task, workflow: NestedWorkflow) -> Variables:
        work = self.element.work  # type: ignore[attr-defined]
        self._end(runtime, task, InstanceStatus.COMPLETED)
        return runtime.scopes.local(workflow.home.key) if work.all_up or self.element.outputs else {}

    def _on_cancel(self, task: Task) -> None:
        runtime = runtime_of(task)
        super()._on_cancel(task)
        self._end(runtime, task, InstanceStatus.TERMINATED)

    def _end(self, runtime: Runtime, task: Task, status: InstanceStatus) -> None:
        called = task.internal_data.pop("called", None)
        if called is not None:
            runtime.ledger.call_ended(self._called(task, called["key"], called["definition"]), status)

    @staticmethod
    def _called(task: Task, key: int, definition_key: int, *, started: bool = False) -> CalledInstance:
        return CalledInstance(key, definition_key, task.workflow.home.key, task.id, started, None)


class AdHoc(Container):
    """Its activities begin one by one: those the collection names, and those that people activate."""

    element: AdHocModel

    def work(self, runtime: Runtime, task: Task) -> None:
        names = self._active(runtime, task)
        if self.element.output is not None:
            runtime.scopes.put(task.id, {self.element.output: []})
        if self.element.sequential:
            task.internal_data["queue"] = [[name, {}] for name in names[1:]]
            names = names[:1]
        self.start_workflow(task, *(Token(self.inside.task_specs[name]) for name in names))

    def add(self, runtime: Runtime, task: Task, workflow: Inside, name: str, variables: Variables) -> None:
        """One more of its activities is to be done: at once, or when those before it are, where only one is done at a time."""
        if self.element.sequential and not workflow.is_empty():
            task.internal_data["queue"].append([name, dict(variables)])
        else:
            runtime.spawn(workflow, Token(self.inside.task_specs[name], variables=variables))

    def _active(self, runtime: Runtime, task: Task) -> list[str]:
        formula = self.element.active
        if formula is None:
            return []
        names = runtime.evaluator.raw(formula, runtime.visible(task))
        what = "Listen af aktive elementer (activeElementsCollection)"
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise runtime.evaluator.wrong(what, formula, names, "en liste af elementers id'er")
        unknown = [name for name in names if self.startable(name) is None]
        if unknown:
            raise Incident(
                IncidentType.EXTRACT_VALUE_ERROR,
                f"{what} nævner {', '.join(unknown)}, som ikke kan startes i '{self.name}'. Ret listen, og prøv igen.",
            )
        return names

    def startable(self, name: str) -> Node | None:
        """The activity of that id, when it can be activated: nothing in the sub-process leads to it."""
        spec = self.inside.task_specs.get(name)
        free = isinstance(spec, Activity) and not spec.element.incoming
        free = free and not spec.element.for_compensation and not getattr(spec.element, "event_start", None)
        return spec if free else None

    def gathered(self, runtime: Runtime, task: Task, workflow: NestedWorkflow) -> Variables:
        for note in ("met", "queue"):
            task.internal_data.pop(note, None)
        return {}

    def write_result(self, runtime: Runtime, task: Task, result: Variables) -> None:
        name = self.element.output
        if name is not None:
            runtime.scopes.propagate(task.workflow.chain, {name: runtime.scopes.local(task.id).get(name)})
        super().write_result(runtime, task, result)


class AdHocSpec(ScopeSpec):
    """The inside of an ad-hoc sub-process."""

    def before_leave(self, runtime: Runtime, task: Task) -> None:
        """After each activity, and at the end of each path: collect the output, see whether it is enough."""
        spec, container = task.task_spec, task.workflow.container
        if task.workflow.undoing or "handler" in task.internal_data:
            return
        element: AdHocModel = container.task_spec.element
        ends_path = not spec.flows
        if not ends_path and not isinstance(spec, Activity):
            return
        if ends_path:
            self._collect(runtime, task, container, element)
        if element.completion is None or container.internal_data.get("met"):
            return
        if self._met(runtime, container, element):
            container.internal_data["met"] = True
            container.internal_data.pop("queue", None)
            if element.cancel_remaining:
                end_others(runtime, task)
                task.internal_data["last"] = True

    @staticmethod
    def _collect(runtime: Runtime, task: Task, container: Task, element: AdHocModel) -> None:
        """Append to the output collection, once also when the completion condition fails and is tried again."""
        if element.output_element is None or element.output is None or task.internal_data.get("collected"):
            return
        value = runtime.evaluator.json(
            element.output_element, runtime.visible(task), "Resultatets udtryk (outputElement)"
        )
        runtime.scopes.put(container.id, {element.output: [*runtime.scopes.local(container.id)[element.output], value]})
        task.internal_data["collected"] = True

    @staticmethod
    def _met(runtime: Runtime, container: Task, element: AdHocModel) -> bool:
        """Whether the completion condition holds; null counts as no."""
        assert element.completion is not None
        visible = runtime.visible(container)
        if runtime.evaluator.raw(element.completion, visible) is None:
            return False
        return runtime.evaluator.boolean(element.completion, visible, "Slutbetingelsen (completionCondition)")

    def may_end(self, workflow: Inside, task: Task) -> bool:
        container = workflow.container  # type: ignore[attr-defined]
        if task.task_spec is self.start:
            return False
        queue = container.internal_data.get("queue")
        if queue and workflow.is_empty():
            name, variables = queue.pop(0)
            runtime_of(task).spawn(workflow, Token(self.task_specs[name], variables=variables))
            return False
        enough = container.task_spec.element.completion is None or container.internal_data.get("met", False)
        return bool(enough or workflow.undoing) and super().may_end(workflow, task)
