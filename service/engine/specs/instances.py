"""Activities that run more than once at their place: multi-instance and loops."""

from __future__ import annotations

from typing import TYPE_CHECKING

from SpiffWorkflow.task import Task

from service.domain.json import Json, Variables
from service.engine.ending import end_others
from service.engine.model import Loop, Repeat

from .base import ScopeSpec, Token
from .containers import Container
from .workflow import NestedWorkflow

if TYPE_CHECKING:
    from service.engine.runtime import Runtime


class Body(Container):
    """What stands around the instances of one activity: its inside holds a token for each, so that cancelling it cancels
    them. Mappings belong to the instances; the body has the events on its edge and the flows.
    """

    @property
    def type(self) -> str:
        return "multiInstanceBody"

    def prepare(self, runtime: Runtime, task: Task) -> None:
        pass


class MultiInstance(Body):
    """One instance per item of a collection."""

    @property
    def loop(self) -> Loop:
        assert isinstance(self.element.loop, Loop)
        return self.element.loop

    def work(self, runtime: Runtime, task: Task) -> Variables | None:
        loop = self.loop
        items = runtime.evaluator.raw(loop.collection, runtime.visible(task))
        if not isinstance(items, list):
            raise runtime.evaluator.wrong("Samlingen (inputCollection)", loop.collection, items, "en liste")
        values: list[Json] = runtime.evaluator.json(
            loop.collection, runtime.visible(task), "Samlingen (inputCollection)"
        )
        if loop.output is not None:
            runtime.scopes.put(task.id, {loop.output: [None] * len(values)})
        if not values:
            return self._outcome(runtime, task)
        task.internal_data["loop"] = {"items": values, "next": 0, "done": 0}
        first = 1 if loop.sequential else len(values)
        self.start_workflow(task, *(self.instance(task) for _ in range(first)))
        return None

    def instance(self, task: Task) -> Token:
        """The next instance: its item and number are local to it."""
        state, loop = task.internal_data["loop"], self.loop
        index = state["next"]
        state["next"] += 1
        variables: dict[str, Json] = {} if loop.output_local is None else {loop.output_local: None}
        if loop.element is not None:
            variables[loop.element] = state["items"][index]
        variables["loopCounter"] = index + 1
        return Token(self.inside.task_specs[self.name], {"index": index}, variables)

    def gathered(self, runtime: Runtime, task: Task, workflow: NestedWorkflow) -> Variables:
        task.internal_data.pop("loop", None)
        return self._outcome(runtime, task)

    def _outcome(self, runtime: Runtime, task: Task) -> Variables:
        name = self.loop.output
        return {} if name is None else {name: runtime.scopes.local(task.id).get(name)}

    def write_result(self, runtime: Runtime, task: Task, result: Variables) -> None:
        """The collected output goes to the scope around the body; mappings were the instances' own."""
        runtime.scopes.propagate(task.workflow.chain, result)


class InstancesSpec(ScopeSpec):
    """The inside of a multi-instance body."""

    def before_leave(self, runtime: Runtime, task: Task) -> None:
        """An instance is done: collect its output, see whether the rest is needed, begin the next."""
        if task.workflow.undoing or "handler" in task.internal_data:
            return
        body = task.workflow.container
        spec, state = body.task_spec, body.internal_data["loop"]
        loop: Loop = spec.loop
        if loop.output_element is not None and loop.output is not None:
            value = runtime.evaluator.json(
                loop.output_element, runtime.visible(task), "Resultatets udtryk (outputElement)"
            )
            collected = list(runtime.scopes.local(body.id)[loop.output])
            collected[task.internal_data["index"]] = value
            runtime.scopes.put(body.id, {loop.output: collected})
        done = state["done"] + 1
        if loop.completion is not None:
            counts = {
                "numberOfInstances": len(state["items"]),
                "numberOfCompletedInstances": done,
                "numberOfActiveInstances": state["next"] - done,
                "numberOfTerminatedInstances": 0,
            }
            visible = runtime.scopes.visible(runtime.chain(task), counts)
            if runtime.evaluator.boolean(loop.completion, visible, "Slutbetingelsen (completionCondition)"):
                state["done"] = done
                end_others(runtime, task)
                return
        state["done"] = done
        if loop.sequential and state["next"] < len(state["items"]):
            runtime.spawn(task.workflow, spec.instance(body))


class Rounds(Body):
    """A loop: one instance after another, as long as its condition holds. `loopCounter` is the round's number."""

    def work(self, runtime: Runtime, task: Task) -> Variables | None:
        if self.loop.test_before and not self.goes_on(runtime, task, 0):
            return {}
        self.start_workflow(task, self.round(1))
        return None

    @property
    def loop(self) -> Repeat:
        assert isinstance(self.element.loop, Repeat)
        return self.element.loop

    def round(self, number: int) -> Token:
        return Token(self.inside.task_specs[self.name], {"index": number}, {"loopCounter": number})

    def goes_on(self, runtime: Runtime, task: Task, done: int) -> bool:
        """Whether there is another round after so many. `task` is the round just done, or the body before the first."""
        loop = self.loop
        if loop.maximum is not None and done >= loop.maximum:
            return False
        if loop.condition is None:
            return True
        visible = runtime.scopes.visible(runtime.chain(task), {"loopCounter": done})
        return runtime.evaluator.boolean(loop.condition, visible, "Løkkens betingelse (loopCondition)")


class RoundsSpec(ScopeSpec):
    """The inside of a loop."""

    def before_leave(self, runtime: Runtime, task: Task) -> None:
        if task.workflow.undoing or "handler" in task.internal_data:
            return
        body: Rounds = task.workflow.container.task_spec
        done = task.internal_data["index"]
        if body.goes_on(runtime, task, done):
            runtime.spawn(task.workflow, body.round(done + 1))
