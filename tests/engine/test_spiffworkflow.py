"""What the engine leans on in SpiffWorkflow 3.2.0: one test for each private method and habit.

A newer version that breaks one of these says so here, before a process goes astray.
"""

from __future__ import annotations

from importlib.metadata import version
from inspect import signature
from typing import Any

from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.specs.bpmn_process_spec import BpmnProcessSpec
from SpiffWorkflow.bpmn.specs.mixins import ExclusiveGatewayMixin, SubWorkflowTaskMixin
from SpiffWorkflow.bpmn.util.subworkflow import BpmnSubWorkflow
from SpiffWorkflow.operators import Operator
from SpiffWorkflow.specs.base import TaskSpec
from SpiffWorkflow.specs.MultiChoice import MultiChoice
from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState
from SpiffWorkflow.workflow import Workflow

from service.engine.specs.base import NodeMixin


class Recorder(NodeMixin, TaskSpec):
    """A spec that writes down which hooks are called."""

    def __init__(self, wf_spec: Any, name: str, log: list[str], answer: bool | None = True) -> None:
        super().__init__(wf_spec, name)
        self.log, self.answer = log, answer

    def _update_hook(self, task: Task) -> bool:
        self.log.append(f"{self.name} update")
        return True

    def test(self) -> None:
        self.log.append(f"{self.name} test")

    def _on_ready_hook(self, task: Task) -> None:
        self.log.append(f"{self.name} ready")

    def _run_hook(self, task: Task) -> bool | None:
        self.log.append(f"{self.name} run")
        return self.answer

    def _on_complete_hook(self, task: Task) -> None:
        self.log.append(f"{self.name} complete")

    def _on_cancel(self, task: Task) -> None:
        self.log.append(f"{self.name} cancel")


class Listening(BpmnWorkflow):  # type: ignore[misc]
    def __init__(self, spec: Any, log: list[str]) -> None:
        self.log = log
        super().__init__(spec, deserializing=True)

    def _task_completed_notify(self, task: Task) -> None:
        self.log.append(f"notified of {task.task_spec.name}")


def world() -> tuple[Listening, list[str], Task]:
    log: list[str] = []
    workflow = Listening(BpmnProcessSpec("p"), log)
    root = Task(workflow, Recorder(workflow.spec, "root", log), state=TaskState.COMPLETED, id=-1)
    workflow.task_tree = root
    return workflow, log, root


def test_the_version_is_the_one_this_was_written_for() -> None:
    assert version("SpiffWorkflow") == "3.2.0"


def test_a_workflow_can_be_built_empty_and_filled_with_tasks_of_any_id() -> None:
    workflow, _, root = world()
    task = Task(workflow, root.task_spec, parent=root, state=TaskState.FUTURE, id=7)
    assert workflow.tasks == {-1: root, 7: task}
    assert (root._children, task._parent, root.children, task.parent) == ([7], -1, [task], root)
    assert (task.data, task.internal_data) == ({}, {})


def test_update_makes_ready_through_test_and_the_ready_hook() -> None:
    workflow, log, root = world()
    task = Task(workflow, Recorder(workflow.spec, "a", log), parent=root, state=TaskState.FUTURE, id=7)
    task.task_spec._update(task)
    assert (log, task._state) == (["a update", "a test", "a ready"], TaskState.READY)


def test_run_completes_on_true_and_starts_on_none() -> None:
    workflow, log, root = world()
    task = Task(workflow, Recorder(workflow.spec, "a", log), parent=root, state=TaskState.READY, id=7)
    waiting = Task(workflow, Recorder(workflow.spec, "b", log, None), parent=root, state=TaskState.READY, id=8)
    task.run()
    waiting.run()
    assert (task._state, waiting._state) == (TaskState.COMPLETED, TaskState.STARTED)
    assert log == ["a run", "a complete", "notified of a", "b run"]


def test_completion_updates_the_children_its_hook_has_made() -> None:
    workflow, log, root = world()
    child = Recorder(workflow.spec, "b", log)

    class Making(Recorder):
        def _on_complete_hook(self, task: Task) -> None:
            Task(workflow, child, parent=task, state=TaskState.FUTURE, id=8)

    task = Task(workflow, Making(workflow.spec, "a", log), parent=root, state=TaskState.STARTED, id=7)
    task.complete()
    assert log == ["b update", "b test", "b ready", "notified of a"]


def test_set_state_may_go_backwards() -> None:
    workflow, _, root = world()
    task = Task(workflow, root.task_spec, parent=root, state=TaskState.STARTED, id=7)
    task._set_state(TaskState.READY)
    assert task._state == TaskState.READY


def test_cancel_goes_through_finished_tasks_to_their_children() -> None:
    workflow, log, root = world()
    done = Task(workflow, Recorder(workflow.spec, "a", log), parent=root, state=TaskState.COMPLETED, id=7)
    open_ = Task(workflow, Recorder(workflow.spec, "b", log), parent=done, state=TaskState.STARTED, id=8)
    BpmnWorkflow.cancel(workflow)
    assert (log, open_._state, done._state) == (["b cancel"], TaskState.CANCELLED, TaskState.COMPLETED)
    assert workflow.completed


def test_workflows_look_tasks_up_by_methods_that_may_be_replaced() -> None:
    for method in ("update_waiting_tasks", "_task_completed_notify", "_mark_complete"):
        assert callable(getattr(Workflow, method))
    assert list(signature(Workflow._mark_complete).parameters) == ["self", "task"]
    assert list(signature(BpmnSubWorkflow.__init__).parameters) == [
        "self",
        "spec",
        "parent_task_id",
        "top_workflow",
        "kwargs",
    ]
    assert list(signature(BpmnWorkflow.__init__).parameters) == [
        "self",
        "spec",
        "subprocess_specs",
        "script_engine",
        "kwargs",
    ]


def test_the_script_engine_may_be_anything() -> None:
    thing: Any = object()
    assert BpmnWorkflow(BpmnProcessSpec("p"), script_engine=thing, deserializing=True).script_engine is thing


def test_a_sub_workflow_task_cancels_its_inside() -> None:
    workflow, log, root = world()
    spec = Recorder(workflow.spec, "outer", log)
    outer = Task(workflow, spec, parent=root, state=TaskState.STARTED, id=7)
    inside = BpmnSubWorkflow(BpmnProcessSpec("q"), 7, workflow, deserializing=True)
    inner_root = Task(inside, Recorder(inside.spec, "r", log), state=TaskState.COMPLETED, id=-7)
    inside.task_tree = inner_root
    Task(inside, Recorder(inside.spec, "in", log), parent=inner_root, state=TaskState.STARTED, id=8)
    workflow.subprocesses[7] = inside
    SubWorkflowTaskMixin._on_cancel(spec, outer)
    assert (log, inside.completed, inside.depth) == (["in cancel"], True, 1)


def test_a_process_spec_may_be_emptied() -> None:
    spec = BpmnProcessSpec("p")
    spec.task_specs.clear()
    Recorder(spec, "Start", [])
    Recorder(spec, "End", [])
    assert set(spec.task_specs) == {"Start", "End"}


def test_choices_keep_conditions_with_names_in_order() -> None:
    spec = BpmnProcessSpec("p")

    class Gate(ExclusiveGatewayMixin):  # type: ignore[misc]
        pass

    gate, a, b = Gate(spec, "g"), Recorder(spec, "a", []), Recorder(spec, "b", [])
    condition = Operator("x")
    gate.connect_if(condition, a)
    gate.connect(b)
    assert gate.cond_task_specs == [(condition, "a"), (None, "b")]
    assert (gate._outputs, a._inputs, b._inputs) == (["a", "b"], ["g"], ["g"])
    assert isinstance(gate, MultiChoice)
