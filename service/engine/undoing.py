"""Compensation: what has completed is remembered in its scope, and undone when somebody asks for it.

The memory is a list of entries, oldest first: `[id, count, inner, variables]`. `count` is how often the same has completed,
so a loop does not make it longer; an entry stands where the last of them did. `inner` and `variables` are the memory and
the local variables of a completed sub-process without a handler of its own; None for what has one. A sub-process is undone
inside: by its compensation event sub-process, else by the handlers of what it had completed.

Handlers begin in the reverse order of completion and do not wait for each other.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from SpiffWorkflow.task import Task
from SpiffWorkflow.util.task import TaskState

from .specs.base import ScopeSpec, Token
from .specs.workflow import Inside, NestedWorkflow

if TYPE_CHECKING:
    from .runtime import Runtime

Entry = list[Any]


def memory(runtime: Runtime, workflow: Inside) -> list[Entry]:
    """What has completed in this scope and can be undone; kept with the scope."""
    if isinstance(workflow, NestedWorkflow):
        found: list[Entry] = workflow.container.internal_data.setdefault("undo", [])
        return found
    return runtime.undo


def remember(runtime: Runtime, task: Task) -> None:
    """An activity that can be undone has completed."""
    data, spec = task.internal_data, task.task_spec
    if "undoing" in data or "handler" in data:
        return
    entry: Entry = [spec.name, 1, None, None]
    if spec.undone_by is None:
        inner = data.get("undo", [])
        if not inner and spec.inside.undone_by is None:
            return
        entry[2:] = [inner, runtime.scopes.local(task.id)]
    entries = memory(runtime, task.workflow)
    for number, other in enumerate(entries):
        if other[0] == entry[0] and other[2:] == entry[2:]:
            entry[1] += other[1]
            del entries[number]
            break
    entries.append(entry)


def undo(runtime: Runtime, thrower: Task, activity: str | None, *, awaited: bool) -> int:
    """Begin to undo what `thrower` can see, or that one activity; how many handlers began.

    When `awaited`, the thrower's spec is told (`undone`) when the last of them has ended.
    """
    data = {"for": thrower.id} if awaited else {}
    began = 0
    for workflow in _visible(thrower.workflow):
        entries = memory(runtime, workflow)
        chosen = [entry for entry in entries if activity in {None, entry[0]}]
        entries[:] = [entry for entry in entries if entry not in chosen]
        for token in handlers(workflow.spec, chosen, data):
            _begin(runtime, workflow, token)
            began += 1
    if awaited and began:
        thrower.internal_data["awaits"] = began
    return began


def _visible(workflow: Inside) -> Iterator[Inside]:
    """The scope, and those around it as long as they are left through event sub-processes."""
    yield workflow
    while isinstance(workflow, NestedWorkflow) and getattr(workflow.container.task_spec.element, "event_start", None):
        workflow = workflow.container.workflow
        yield workflow


def handlers(spec: ScopeSpec, entries: list[Entry], data: dict[str, Any]) -> Iterator[Token]:
    """Tokens that undo these entries in that scope, the latest first."""
    for name, count, inner, variables in reversed(entries):
        node = spec.task_specs[name]
        for _ in range(count):
            if inner is None:
                yield Token(node.undone_by, {**data, "handler": True})
            else:
                yield Token(node, {**data, "undoing": True, "undo": list(inner), "last": True}, variables)


def undo_inside(runtime: Runtime, container: Task, spec: ScopeSpec) -> None:
    """Begin to undo a completed sub-process from within; nothing else in it begins."""
    workflow = runtime.nest(container)
    runtime.root_task(workflow, TaskState.COMPLETED)
    if spec.undone_by is not None:
        _begin(runtime, workflow, Token(spec.undone_by, {"handler": True}))
        return
    entries = container.internal_data["undo"]
    container.internal_data["undo"] = []
    for token in handlers(spec, entries, {}):
        _begin(runtime, workflow, token)


def _begin(runtime: Runtime, workflow: Inside, token: Token) -> None:
    """A sub-process opens at once, so that what is in it stands in the run queue before what was done earlier."""
    task = runtime.spawn(workflow, token)
    if "undoing" in token.data:
        task.run()


def handler_ended(runtime: Runtime, key: int) -> None:
    """A handler that the thrower with this key waits for has completed or was terminated."""
    thrower = runtime.index.get(key)
    if thrower is None or thrower._state != TaskState.STARTED:
        return
    thrower.internal_data["awaits"] -= 1
    if thrower.internal_data["awaits"] == 0:
        thrower.task_spec.undone(runtime, thrower)
