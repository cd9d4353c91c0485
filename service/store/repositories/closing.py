"""Waits that a step closed: rows deleted, tasks marked, and what hung on them cleared away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import BindParameter, bindparam, delete, text, update

from service.domain.storage import HistoryEntry
from service.domain.waits import Closed, CloseReason, JobStatus, TaskStatus, WaitKind
from service.store.repositories.deadlines import SqlDeadlines
from service.store.repositories.held import Held
from service.store.session import Record, Session
from service.store.statements import Prepared, among
from service.store.tables import draft, incident, job, subscription, task_candidate, timer, user_task


@dataclass(frozen=True, slots=True)
class TaskFacts:
    """What hangs on an open task."""

    candidates: bool
    drafts: bool
    reminders: bool
    deadline_id: str | None


_ROOT: BindParameter[Any] = bindparam("b_root")
_CLOSE = (
    update(user_task)
    .where(user_task.c.instance_key == _ROOT, among(user_task.c.key, "b_keys"), text("status = 'CREATED'"))
    .values(
        status=bindparam("b_status"),
        completed_at=bindparam("b_at"),
        completed_by=bindparam("b_by"),
        waiting_assignee=None,
        waiting_group=None,
        waiting_unit=None,
    )
)
_CLOSE_KNOWN = Prepared(_CLOSE)
_CLOSE_TASKS = Prepared(
    _CLOSE.returning(
        user_task.c.key, user_task.c.candidates, user_task.c.drafts, user_task.c.deadline_id, user_task.c.due
    )
)
DROP_CANDIDATES = Prepared(
    delete(task_candidate).where(task_candidate.c.instance_key == _ROOT, among(task_candidate.c.task_key, "b_keys"))
)
_DROP_DRAFTS = Prepared(delete(draft).where(draft.c.instance_key == _ROOT, among(draft.c.task_key, "b_keys")))
_DROP_JOBS = Prepared(
    delete(job).where(job.c.instance_key == _ROOT, among(job.c.key, "b_keys")).returning(job.c.key, job.c.status)
)
_DROP_TIMERS = Prepared(delete(timer).where(timer.c.instance_key == _ROOT, among(timer.c.wait_key, "b_keys")))
_DROP_SUBSCRIPTIONS = Prepared(
    delete(subscription).where(subscription.c.instance_key == _ROOT, among(subscription.c.key, "b_keys"))
)
_RESOLVE = (
    update(incident)
    .where(incident.c.instance_key == _ROOT, text("resolved_at IS NULL"))
    .values(resolved_at=bindparam("b_at"), resolved_by=bindparam("b_by"))
)
_RESOLVE_OF_JOBS = Prepared(_RESOLVE.where(among(incident.c.job_key, "b_keys")))
_RESOLVE_OF_ELEMENTS = Prepared(_RESOLVE.where(among(incident.c.element_instance_key, "b_keys")))


_STATUS = {CloseReason.COMPLETED: TaskStatus.COMPLETED, CloseReason.TERMINATED: TaskStatus.CANCELED}


class Closer:
    """Closes waits of one instance at one moment."""

    def __init__(
        self,
        session: Session,
        deadlines: SqlDeadlines,
        held: Held,
        entry: HistoryEntry,
        known: Mapping[int, TaskFacts],
    ) -> None:
        """`known`: tasks that this unit of work has read under the instance's lock."""
        self._session, self._deadlines, self._held, self._entry = session, deadlines, held, entry
        self._known = known
        self._stamp = {"b_root": held.key, "b_at": entry.at, "b_by": entry.actor}

    def close(self, closed: Sequence[Closed]) -> None:
        """Completed tasks note who did it: the entry's actor, unless the engine says who."""
        by_kind: dict[WaitKind, list[int]] = {}
        for c in closed:
            by_kind.setdefault(c.kind, []).append(c.key)
        waits = [*by_kind.get(WaitKind.TIMER, []), *self._close_tasks(closed)]
        if waits:
            self._drop(_DROP_TIMERS, waits)
        if jobs := by_kind.get(WaitKind.JOB):
            self._drop_jobs(jobs)
        if subscriptions := [*by_kind.get(WaitKind.MESSAGE, []), *by_kind.get(WaitKind.SIGNAL, [])]:
            self._drop(_DROP_SUBSCRIPTIONS, subscriptions)

    def resolve_incidents_of(self, element_instance_keys: Sequence[int]) -> None:
        self._session.write(_RESOLVE_OF_ELEMENTS, self._stamp | {"b_keys": list(element_instance_keys)})

    def _close_tasks(self, closed: Sequence[Closed]) -> list[int]:
        """Gives the keys of those that may have reminders."""
        reminded: list[int] = []
        alike: dict[tuple[CloseReason, str | None], list[int]] = {}
        for c in closed:
            if c.kind is WaitKind.USER_TASK:
                by = (c.by or self._entry.actor) if c.reason is CloseReason.COMPLETED else None
                alike.setdefault((c.reason, by), []).append(c.key)
        for (reason, by), keys in alike.items():
            stamp = {
                "b_root": self._held.key,
                "b_keys": keys,
                "b_status": _STATUS[reason].value,
                "b_at": self._entry.at,
                "b_by": by,
            }
            facts = self._mark_closed(keys, stamp)
            if with_candidates := [key for key, fact in facts.items() if fact.candidates]:
                self._drop(DROP_CANDIDATES, with_candidates)
            if with_drafts := [key for key, fact in facts.items() if fact.drafts]:
                self._drop(_DROP_DRAFTS, with_drafts)
            if reason is CloseReason.COMPLETED:
                ids = [fact.deadline_id for fact in facts.values() if fact.deadline_id is not None]
                self._deadlines.met(self._held.owner_key, ids, self._entry.at)
            reminded += [key for key, fact in facts.items() if fact.reminders]
        return reminded

    def _mark_closed(self, keys: Sequence[int], stamp: Mapping[str, object]) -> Mapping[int, TaskFacts]:
        if all(key in self._known for key in keys):
            self._session.write(_CLOSE_KNOWN, stamp)
            return {key: self._known[key] for key in keys}
        return {row.key: facts_of(row) for row in self._session.write_returning(_CLOSE_TASKS, stamp)}

    def _drop_jobs(self, keys: Sequence[int]) -> None:
        rows = self._session.write_returning(_DROP_JOBS, {"b_root": self._held.key, "b_keys": keys})
        if failed := [row.key for row in rows if row.status == JobStatus.FAILED.value]:
            self._session.write(_RESOLVE_OF_JOBS, self._stamp | {"b_keys": failed})

    def _drop(self, statement: Prepared, keys: Sequence[int]) -> None:
        self._session.write(statement, {"b_root": self._held.key, "b_keys": list(keys)})


def facts_of(row: Record) -> TaskFacts:
    reminders = row.due is not None or row.deadline_id is not None
    return TaskFacts(row.candidates, row.drafts, reminders, row.deadline_id)
