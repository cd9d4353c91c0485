"""User tasks with listeners: before such a task is created, assigned, changed, completed or cancelled, jobs are asked one by
one.

They may correct the task, or deny what was to happen (not its creation or cancelling). Until the last has answered the task
stays as it is, and nobody can do anything else with it; but cancelling takes the place of whatever was about to happen.
`internal_data["stands"]` is the task as people see it, `["doing"]` what is about to happen: `event`, `next` listener, `wish`
(what will stand), `job`, and for a completion `result` and `by`.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task

from service.domain.errors import BadInput, WrongState
from service.domain.instances import JobCompleted
from service.domain.json import Json, Variables
from service.domain.task_attributes import attributes_of, fields_of, read_changes
from service.domain.waits import CloseReason, JobWait, ListenerEvent, UserTaskWait, WaitKind
from service.engine.ending import begin_to_end, ended
from service.engine.incidents import Incident
from service.engine.model import UserWork
from service.engine.subscriptions import note

from .activities import UserTask
from .base import Node, Phase

if TYPE_CHECKING:
    from service.engine.runtime import Runtime

HEADER = "io.camunda.zeebe:"


class Listener(Node):
    """The wait for one listener's job, on the edge of its task."""

    def attach(self, runtime: Runtime, task: Task, host: Task) -> None:
        data = host.internal_data
        kind, retries = data["doing"]["job"]
        due = {"dueDate": data["wait"]["due"]} if "wait" in data else {}  # what is bound moves by itself
        stands = data["stands"] | due | data["doing"]["wish"]
        told = stands | {"changedAttributes": sorted(data["doing"]["wish"]), "userTaskKey": str(host.id)}
        headers = {
            HEADER + name: value if isinstance(value, str) else json.dumps(value) for name, value in told.items()
        }
        note(task, WaitKind.JOB)
        job = JobWait(
            **runtime.wait_base(task, host.id),
            type=kind,
            retries=retries,
            headers={**self.element.headers, **headers},  # type: ignore[attr-defined]
            variables={**runtime.scopes.local(host.id), **data["doing"].get("result", {})},
            listener=ListenerEvent(data["doing"]["event"]),
        )
        runtime.ledger.open(job)


class ListenedTask(UserTask):
    listener: Listener
    """Set by the compiler."""

    def work(self, runtime: Runtime, task: Task) -> None:
        task.internal_data["stands"] = attributes_of(self.wait(runtime, task))
        task.internal_data["doing"] = {"event": ListenerEvent.CREATING, "next": 0, "wish": {}}
        self._go_on(runtime, task)

    def complete(self, runtime: Runtime, task: Task, variables: Variables, by: str | None) -> None:
        more = {"result": dict(variables), "by": by}
        self._begin(runtime, task, ListenerEvent.COMPLETING, {}, more)

    def change(self, runtime: Runtime, task: Task, event: ListenerEvent, changes: Variables) -> None:
        """Somebody wants it to be otherwise. Raises `BadInput`, `WrongState`."""
        self._begin(runtime, task, event, self._checked(changes), {})

    def end(self, runtime: Runtime, task: Task) -> bool:
        """Whoever interrupts it waits until the listeners of that have answered."""
        data = task.internal_data
        if "ending" in data:
            return False
        begun = "stands" in data and data["at"] in {Phase.ACTIVATING, Phase.WAITING}
        if not begun or not self._asked(ListenerEvent.CANCELING):
            return super().end(runtime, task)
        begin_to_end(runtime, task)
        data |= {"at": Phase.WAITING, "doing": {"event": ListenerEvent.CANCELING, "next": 0, "wish": {}}}
        self._try(runtime, task)
        return False

    def answered(self, runtime: Runtime, task: Task, job: Task, answer: JobCompleted) -> None:
        """A listener has answered. Raises `BadInput` for an answer that cannot be; the job stands then."""
        doing = task.internal_data["doing"]
        if answer.variables:
            raise BadInput(
                why="En lytter kan ikke sætte variabler. Ret opgaven (corrections), eller lad svaret være tomt."
            )
        certain = doing["event"] in {ListenerEvent.CREATING, ListenerEvent.CANCELING}
        if answer.denied is not None and (certain or answer.corrections):
            raise BadInput(
                why="En lytter kan ikke afvise, at en opgave oprettes eller afbrydes, og ikke både afvise og rette."
            )
        wish = self._checked(answer.corrections)
        runtime.close_waits(job, CloseReason.COMPLETED)
        runtime.detach(task, job)
        job.cancel()
        if answer.denied is None:
            doing["wish"] |= wish
            doing["next"] += 1
            if "result" in doing:
                doing["result"] |= answer.added
        elif "wait" in task.internal_data:
            del task.internal_data["doing"]
            return
        else:  # whoever it was drawn for does not get it
            doing |= {"next": len(self._asked(doing["event"])), "wish": {"assignee": None}}
        self._try(runtime, task)

    def retry(self, runtime: Runtime, task: Task) -> None:
        if task.internal_data["at"] != Phase.WAITING:
            super().retry(runtime, task)
            return
        runtime.thaw(task)
        self._try(runtime, task)

    # -- what is about to happen

    def _begin(
        self, runtime: Runtime, task: Task, event: ListenerEvent, wish: dict[str, Json], more: dict[str, Any]
    ) -> None:
        if "doing" in task.internal_data:
            raise WrongState(why="opgaven er ved at blive ændret eller fuldført; vent, til det er sket")
        task.internal_data["doing"] = {"event": event, "next": 0, "wish": wish, **more}
        self._try(runtime, task)

    def _try(self, runtime: Runtime, task: Task) -> None:
        try:
            self._go_on(runtime, task)
        except Incident as incident:
            runtime.freeze(task, incident)

    def _go_on(self, runtime: Runtime, task: Task) -> None:
        """Ask the next listener, or let it happen."""
        doing = task.internal_data["doing"]
        asked = self._asked(doing["event"])
        if doing["next"] == len(asked):
            self._happen(runtime, task)
            return
        listener, visible = asked[doing["next"]], runtime.visible(task)
        kind = runtime.evaluator.text(listener.type, visible, "Lytterens jobtype")
        doing["job"] = [kind, runtime.evaluator.whole(listener.retries, visible, "Antallet af forsøg")]
        runtime.attach(task, [self.listener])

    def _asked(self, event: str) -> list[Any]:
        work = self.element.work
        assert isinstance(work, UserWork)
        return [listener for listener in work.listeners if listener.event == event]

    def _happen(self, runtime: Runtime, task: Task) -> None:
        data = task.internal_data
        doing, before = data["doing"], data["stands"]
        data["stands"] = stands = before | doing["wish"]
        if doing["event"] == ListenerEvent.CANCELING:
            ended(runtime, task)
            return
        if "wait" not in data:
            if doing["event"] == ListenerEvent.CREATING and stands["assignee"] is not None:
                data["doing"] = {"event": ListenerEvent.ASSIGNING, "next": 0, "wish": {}}
                self._go_on(runtime, task)
                return
            self.open(runtime, task, self._corrected(self.wait(runtime, task), stands))
        elif stands != before:
            self._tell(runtime, task, before, stands)
        del data["doing"]
        if doing["event"] == ListenerEvent.COMPLETING:
            if doing["next"]:  # somebody else's act lets it happen
                data["kept"] = {"by": doing["by"], "values": doing["result"]}
            runtime.finish(task, doing["result"])

    def _corrected(self, wait: UserTaskWait, stands: Mapping[str, Json]) -> UserTaskWait:
        fields = fields_of(stands)
        return replace(wait, **(fields if wait.deadline is None else fields | {"due": wait.due}))

    def _tell(self, runtime: Runtime, task: Task, before: Mapping[str, Json], stands: Mapping[str, Json]) -> None:
        changed = UserTaskWait(**runtime.wait_base(task, task.id), **fields_of(stands))
        if stands["dueDate"] != before["dueDate"]:
            task.internal_data["wait"]["due"] = stands["dueDate"]
            runtime.ledger.change_due(WaitKind.USER_TASK, task.id, changed.due, None)
        runtime.ledger.change_task(changed)

    def _checked(self, changes: Variables) -> dict[str, Json]:
        """Corrections as they will stand; those that are None keep what stands."""
        if changes.get("dueDate") is not None and self.element.deadline_id is not None:
            raise BadInput(why="Opgavens frist følger sagens frist (forloeb:frist) og kan ikke rettes her.")
        wish, faults = read_changes(changes)
        if faults:
            raise BadInput(why=" ".join(f"{name}: {fault}" for name, fault in faults.items()))
        return wish
