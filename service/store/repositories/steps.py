"""Storing a step: everything one move of an instance changed, in a bounded number of statements."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import BindParameter, bindparam, insert, select, text, update

from service.domain.errors import NotFound
from service.domain.facts import ElementChange, ElementState
from service.domain.instances import CalledInstance, Instance, InstanceStatus, Step
from service.domain.ports import Keys
from service.domain.storage import HistoryEntry
from service.domain.waits import (
    DeadlineBinding,
    DueChanged,
    IncidentOpened,
    TimerWait,
    UserTask,
    UserTaskWait,
    WaitKind,
)
from service.store.faults import Overtaken
from service.store.repositories.closing import DROP_CANDIDATES, Closer, TaskFacts
from service.store.repositories.deadlines import SqlDeadlines
from service.store.repositories.definitions import Brief, DefinitionFacts
from service.store.repositories.held import Held
from service.store.repositories.opening import Opened, Opener
from service.store.session import Session
from service.store.statements import Prepared, Upsert
from service.store.tables import (
    element_instance,
    flow_taken,
    history,
    incident,
    instance,
    job,
    subscription,
    task_candidate,
    task_name,
    timer,
    user_task,
)
from service.store.vault import Vault, place

_MOVE = Prepared(
    update(instance)
    .where(
        instance.c.root_key == bindparam("b_root"),
        instance.c.key == bindparam("b_root"),
        instance.c.version == bindparam("b_version"),
    )
    .values(
        {
            name: bindparam(name)
            for name in ("state", "status", "ended_at", "version", "end_event", "history_number", "history_hash")
        }
    )
)
_MOVE_CHAIN = (
    update(instance)
    .where(instance.c.root_key == bindparam("b_root"), instance.c.key == bindparam("b_root"))
    .values(history_number=bindparam("history_number"), history_hash=bindparam("history_hash"))
)
_END_CALLED = Prepared(
    update(instance)
    .where(instance.c.root_key == bindparam("b_root"), instance.c.key == bindparam("b_key"))
    .values(status=bindparam("b_status"), ended_at=bindparam("b_at"))
)
_END_ELEMENT = Prepared(
    update(element_instance)
    .where(element_instance.c.instance_key == bindparam("b_root"), element_instance.c.key == bindparam("b_key"))
    .values(state=bindparam("b_state"), ended_at=bindparam("b_at"))
)
INSERT_INSTANCE = Prepared(insert(instance))
APPEND = Prepared(insert(history))
INSERT_INCIDENT = Prepared(insert(incident))
_INSERT_ELEMENT = Prepared(insert(element_instance))
_INSERT_TASK = Prepared(insert(user_task))
_INSERT_CANDIDATE = Prepared(insert(task_candidate))
_INSERT_JOB = Prepared(insert(job))
_INSERT_TIMER = Prepared(insert(timer))
_INSERT_SUBSCRIPTION = Prepared(insert(subscription))
_TAKE_FLOW = Upsert(flow_taken, lambda insert: insert.on_conflict_do_nothing())
_NAME_TASK = Upsert(task_name, lambda insert: insert.on_conflict_do_nothing())
_CALLED_DEFINITION = Prepared(
    select(instance.c.key, instance.c.definition_key).where(
        instance.c.root_key == bindparam("root"), text("key <> root_key")
    )
)
_ROOT: BindParameter[Any] = bindparam("b_root")
_WAIT: BindParameter[Any] = bindparam("b_key")
_MOVE_TASK = Prepared(
    update(user_task).where(user_task.c.instance_key == _ROOT, user_task.c.key == _WAIT).values(due=bindparam("b_due"))
)
_CHANGE_TASK = Prepared(
    update(user_task)
    .where(user_task.c.instance_key == _ROOT, user_task.c.key == _WAIT, text("status = 'CREATED'"))
    .values(
        {
            name: bindparam(f"b_{name}")
            for name in (
                "assignee",
                "unit",
                "unit_of_case",
                "waiting_assignee",
                "waiting_group",
                "waiting_unit",
                "candidate_groups",
                "candidate_users",
                "candidates",
                "follow_up",
                "priority",
            )
        }
    )
)
_DUE_OF_TASK = Prepared(
    select(user_task.c.due).where(user_task.c.instance_key == bindparam("root"), user_task.c.key == bindparam("key"))
)
_MOVE_CANDIDATES = Prepared(
    update(task_candidate)
    .where(task_candidate.c.instance_key == _ROOT, task_candidate.c.task_key == _WAIT)
    .values(due=bindparam("b_due"))
)
_MOVE_TIMER = Prepared(
    update(timer)
    .where(timer.c.instance_key == _ROOT, timer.c.key == _WAIT)
    .values(due=bindparam("b_due"), next_at=bindparam("b_due"), lease_token=None, attempts=0)
)


class StepWriter:
    move_chain = Prepared(_MOVE_CHAIN)

    def __init__(self, session: Session, vault: Vault, keys: Keys, facts: DefinitionFacts) -> None:
        self._session, self._vault, self._keys, self._facts = session, vault, keys, facts
        self._deadlines = SqlDeadlines(session, vault)
        self.known_tasks: dict[int, TaskFacts] = {}
        """Open tasks that this unit of work has read under their instance's lock."""

    def write(self, held: Held, version: int, step: Step, entry: HistoryEntry) -> Instance:
        """Raises `Overtaken` when the instance no longer stands at `version`."""
        if held.instance.version != version:
            raise Overtaken
        closer = Closer(self._session, self._deadlines, held, entry, self.known_tasks)
        if step.closed:
            closer.close(step.closed)
        self._call(held, step.called, entry)
        opened = self._open(held, step, entry)
        self._move(held, step, entry)
        self._insert(opened)
        self._elements(held, step.elements, entry)
        if step.flows:
            flows = dict.fromkeys((f.process_id, f.flow_id) for f in step.flows)
            rows = [{"instance_key": held.key, "process_id": p, "flow_id": f} for p, f in flows]
            self._session.write(_TAKE_FLOW, rows)
        if gone := [*step.incidents_gone, *(i.element_instance_key for i in step.incidents)]:
            closer.resolve_incidents_of(gone)
        if step.incidents:
            self._session.write(INSERT_INCIDENT, [self._incident(held, i, entry) for i in step.incidents])
        return held.instance

    def insert_instance(self, held: Held) -> None:
        """The row of a begun instance as it stands now."""
        it, row = held.instance, held.begun or {}
        row |= {
            "root_key": it.key,
            "key": it.key,
            "process_id": it.process_id,
            "definition_key": it.definition_key,
            "definition_version": it.definition_version,
            "status": it.status.value,
            "started_at": it.started_at,
            "ended_at": it.ended_at,
            "suspended": it.suspended,
            "version": it.version,
            "end_event": it.end_event,
            "history_number": held.number,
            "history_hash": held.chain,
            "state": self._sealed_state(held, it.state),
        }
        held.begun = None
        self._session.write(INSERT_INSTANCE, row)

    def _move(self, held: Held, step: Step, entry: HistoryEntry) -> None:
        before = held.instance
        ended = step.status is not InstanceStatus.ACTIVE
        held.instance = replace(
            before,
            state=step.state,
            status=step.status,
            ended_at=entry.at if ended else None,
            version=before.version + 1,
            end_event=_end_event(before, step) or before.end_event,
        )
        line = held.next_entry(self._vault, entry)
        if held.begun is not None:
            self.insert_instance(held)
        else:
            values = {
                "b_root": held.key,
                "b_version": before.version,
                "state": self._sealed_state(held, step.state),
                "status": step.status.value,
                "ended_at": held.instance.ended_at,
                "version": held.instance.version,
                "end_event": held.instance.end_event,
                "history_number": held.number,
                "history_hash": held.chain,
            }
            self._session.write(_MOVE, values)
        self._session.write(APPEND, line)

    def _sealed_state(self, held: Held, state: bytes | None) -> bytes | None:
        return None if state is None else self._vault.seal(held.owner_key, place("instance.state", held.key), state)

    def _open(self, held: Held, step: Step, entry: HistoryEntry) -> Opened:
        bindings: list[DeadlineBinding] = [
            w.deadline for w in step.opened if isinstance(w, UserTaskWait | TimerWait) and w.deadline
        ]
        bindings += [change.deadline for change in step.due_changes if change.deadline]
        deadlines = self._deadlines.settle(held.owner_key, bindings, entry.at) if bindings else {}
        for change in step.due_changes:
            if change.deadline is None:  # what is bound has moved with its deadline
                self._move_due(held, change)
        opener = Opener(held, self._vault, entry.at, deadlines, lambda called: self._definition_of(held, called))
        for wait in step.task_changes:
            self._change_task(held, opener, wait)
        return opener.rows(step.opened)

    def change_task(self, held: Held, task: UserTask) -> None:
        """Outside a step: a task without listeners. Only what `UserTaskWait` says of whom it is for, when and how urgent."""
        wait = UserTaskWait(
            key=task.key,
            element_id=task.element_id,
            element_name=task.name,
            element_instance_key=task.element_instance_key,
            process_id=task.process_id,
            called_key=task.called_key,
            assignee=task.assignee,
            candidate_groups=task.candidate_groups,
            candidate_users=task.candidate_users,
            follow_up=task.follow_up,
            priority=task.priority,
        )
        if task.deadline_id is None:
            self._move_due(held, DueChanged(WaitKind.USER_TASK, task.key, task.due))
        opener = Opener(held, self._vault, task.created_at, {}, lambda called: self._definition_of(held, called))
        self._change_task(held, opener, wait)

    def _change_task(self, held: Held, opener: Opener, wait: UserTaskWait) -> None:
        where = {"root": held.key, "key": wait.key}
        row, candidates = opener.changed_task(wait, self._session.value(_DUE_OF_TASK, where))
        self._session.write(_CHANGE_TASK, row)
        self._session.write(DROP_CANDIDATES, {"b_root": held.key, "b_keys": [wait.key]})
        if candidates:
            self._session.write(_INSERT_CANDIDATE, candidates)
        self.known_tasks.pop(wait.key, None)

    def _move_due(self, held: Held, change: DueChanged) -> None:
        where = {"b_root": held.key, "b_key": change.key, "b_due": change.due}
        if change.kind is WaitKind.TIMER:
            self._session.write(_MOVE_TIMER, where)
            return
        self._session.write(_MOVE_TASK, where)
        self._session.write(_MOVE_CANDIDATES, where)

    def _insert(self, opened: Opened) -> None:
        for statement, rows in (
            (_INSERT_TASK, opened.user_tasks),
            (_INSERT_CANDIDATE, opened.candidates),
            (_INSERT_JOB, opened.jobs),
            (_INSERT_TIMER, opened.timers),
            (_INSERT_SUBSCRIPTION, opened.subscriptions),
        ):
            if rows:
                self._session.write(statement, rows)
        if names := [name for row in opened.user_tasks if (name := row["name"]) not in self._facts.task_names]:
            self._session.write(_NAME_TASK, [{"name": name} for name in dict.fromkeys(names)])
            self._session.after_commit.append(lambda: self._facts.task_names.update(names))

    def _elements(self, held: Held, changes: Sequence[ElementChange], entry: HistoryEntry) -> None:
        begun, ended = [], []
        for change in changes:
            over = change.state is not ElementState.ACTIVE
            if change.started:
                begun.append(
                    {
                        "instance_key": held.key,
                        "key": change.key,
                        "element_id": change.element_id,
                        "type": change.type,
                        "process_id": change.process_id,
                        "definition_key": self._definition_of(held, change.called_key).key,
                        "scope_key": change.scope_key,
                        "called_key": change.called_key,
                        "started_at": entry.at,
                        "ended_at": entry.at if over else None,
                        "state": change.state.value,
                    }
                )
            elif over:
                ended.append({"b_root": held.key, "b_key": change.key, "b_state": change.state.value, "b_at": entry.at})
        if begun:
            self._session.write(_INSERT_ELEMENT, begun)
        if ended:
            self._session.write(_END_ELEMENT, ended)

    def _call(self, held: Held, called: Sequence[CalledInstance], entry: HistoryEntry) -> None:
        begun, ended = [], []
        for call in called:
            held.called[call.key] = call.definition_key
            if call.started:
                begun.append(self._called_row(held, call, entry))
            elif call.ended is not None:
                ended.append({"b_root": held.key, "b_key": call.key, "b_status": call.ended.value, "b_at": entry.at})
        if begun:
            self._session.write(INSERT_INSTANCE, begun)
        if ended:
            self._session.write(_END_CALLED, ended)

    def _called_row(self, held: Held, call: CalledInstance, entry: HistoryEntry) -> dict[str, Any]:
        brief = self._brief(call.definition_key)
        return {
            "root_key": held.key,
            "key": call.key,
            "process_id": brief.process_id,
            "definition_key": brief.key,
            "definition_version": brief.version,
            "folder": brief.folder,
            "status": (call.ended or InstanceStatus.ACTIVE).value,
            "started_at": entry.at,
            "ended_at": entry.at if call.ended else None,
            "suspended": held.instance.suspended,
            "owner_key": held.owner_key,
            "unit": held.unit,
            "parent_key": call.parent_key,
            "parent_element_instance_key": call.parent_element_instance_key,
            "version": 1,
            "history_number": 0,
        }

    def _incident(self, held: Held, opened: IncidentOpened, entry: HistoryEntry) -> dict[str, Any]:
        key = self._keys.next()
        return incident_row(
            self._vault,
            instance_key=held.key,
            key=key,
            owner_key=held.owner_key,
            unit=held.unit,
            type=opened.type.value,
            message=opened.message,
            element_id=opened.element_id,
            element_name=opened.element_name,
            element_instance_key=opened.element_instance_key,
            process_id=opened.process_id,
            called_key=opened.called_key,
            job_key=None,
            dispatch_key=None,
            opened_at=entry.at,
        )

    def _definition_of(self, held: Held, called_key: int | None) -> Brief:
        it = held.instance
        if called_key is None or called_key == held.key:
            return Brief(it.definition_key, it.process_id, it.definition_version, held.folder)
        if called_key not in held.called:
            held.called.update((row[0], row[1]) for row in self._session.rows(_CALLED_DEFINITION, {"root": held.key}))
        if called_key not in held.called:
            raise NotFound(what=f"kaldt forløb {called_key}")
        return self._brief(held.called[called_key])

    def _brief(self, definition_key: int) -> Brief:
        brief = self._facts.brief(self._session, definition_key)
        if brief is None:
            raise NotFound(what=f"procesversion {definition_key}")
        return brief


def incident_row(vault: Vault, *, message: str, **fields: Any) -> dict[str, Any]:
    where = place("incident.message", fields["instance_key"], fields["key"])
    return fields | {
        "message": vault.seal_text(fields["owner_key"], where, message),
        "message_index": vault.sealer.index("incident", message),
    }


def _end_event(it: Instance, step: Step) -> str | None:
    """The end event of the process itself that was reached last in this step; of an event sub-process in it, when the
    instance ended there.
    """
    ends = [
        c for c in step.elements if c.type == "endEvent" and c.state is ElementState.COMPLETED and c.called_key is None
    ]
    own = [c for c in ends if c.scope_key == it.key]
    if not own and step.status is InstanceStatus.COMPLETED:
        own = ends
    return own[-1].element_id if own else None
