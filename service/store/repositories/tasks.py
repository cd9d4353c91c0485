"""User tasks and drafts of their forms."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import bindparam, desc, func, select, text, union_all, update

from service.domain.cases import Draft
from service.domain.errors import NotFound, TaskMovedOn
from service.domain.waits import TaskStatus, UserTask
from service.store.repositories.closing import facts_of
from service.store.repositories.held import case_of
from service.store.repositories.instances import SqlInstances
from service.store.session import Record, Session
from service.store.statements import Prepared, Upsert, among
from service.store.tables import data_key, draft, instance, task_candidate, user_task
from service.store.vault import Vault, place

_TASK = select(user_task, data_key.c.version.label("key_version"), data_key.c.wrapped).select_from(
    user_task.outerjoin(data_key, data_key.c.owner_key == user_task.c.owner_key)
)
_BY_KEY = Prepared(_TASK.where(user_task.c.key == bindparam("key")))
_OWNER_OF_ROOT = (
    select(instance.c.owner_key)
    .where(instance.c.root_key == bindparam("root"), instance.c.key == bindparam("root"))
    .scalar_subquery()
)
_OPEN = Prepared(
    _TASK.where(
        user_task.c.owner_key == _OWNER_OF_ROOT,
        user_task.c.instance_key == bindparam("root"),
        text("status = 'CREATED'"),
    ).order_by(user_task.c.key)
)
_OPEN_FOR = Prepared(
    _TASK.where(user_task.c.owner_key == bindparam("owner"), text("status = 'CREATED'")).order_by(user_task.c.key)
)
_FINISHED = Prepared(
    _TASK.where(user_task.c.instance_key == bindparam("root"), text("status <> 'CREATED'"))
    .order_by(desc(user_task.c.completed_at), desc(user_task.c.key))
    .limit(bindparam("n"))
)
_ONE = (user_task.c.instance_key == bindparam("b_root")) & (user_task.c.key == bindparam("b_key"))
_ASSIGN = Prepared(
    update(user_task)
    .where(_ONE, text("status = 'CREATED'"))
    .values(
        assignee=bindparam("b_assignee"), waiting_assignee=bindparam("b_assignee"), waiting_group=bindparam("b_group")
    )
)
_IS_CANDIDATE = (task_candidate.c.instance_key == bindparam("b_root")) & (
    task_candidate.c.task_key == bindparam("b_key")
)
_OPEN_CANDIDATES = Prepared(
    update(task_candidate).where(_IS_CANDIDATE).values(waiting_principal=task_candidate.c.principal)
)
_HIDE_CANDIDATES = Prepared(update(task_candidate).where(_IS_CANDIDATE).values(waiting_principal=None))
_OF_OWNER = select(user_task.c.key).where(user_task.c.owner_key == bindparam("owner"))
_TOOK_PART = Prepared(
    union_all(
        _OF_OWNER.where(user_task.c.assignee == bindparam("who"), text("status = 'CREATED'")),
        _OF_OWNER.where(user_task.c.completed_by == bindparam("who"), text("completed_by IS NOT NULL")),
    ).limit(1)
)
_WHERE_TASK = Prepared(
    select(user_task.c.instance_key, user_task.c.owner_key, user_task.c.status).where(
        user_task.c.key == bindparam("key")
    )
)
_SAVE_DRAFT = Upsert(
    draft,
    lambda insert: insert.on_conflict_do_update(
        index_elements=["instance_key", "task_key", "username"],
        set_={"saved_at": insert.excluded.saved_at, "fields": insert.excluded.fields},
    ),
)
_HAS_DRAFTS = Prepared(update(user_task).where(_ONE, text("status = 'CREATED'")).values(drafts=True))
_OVERDUE = Prepared(
    select(user_task.c.waiting_unit, func.count())
    .where(user_task.c.waiting_unit.is_not(None), user_task.c.due < bindparam("now"), user_task.c.held == 0)
    .group_by(user_task.c.waiting_unit)
)
_DRAFT = Prepared(
    select(draft, user_task.c.owner_key)
    .select_from(
        draft.join(
            user_task, (user_task.c.instance_key == draft.c.instance_key) & (user_task.c.key == draft.c.task_key)
        )
    )
    .where(user_task.c.key == bindparam("key"), draft.c.username == bindparam("username"))
)
_COUNTS = Prepared(
    select(user_task.c.waiting_assignee, func.count())
    .where(among(user_task.c.waiting_assignee, "usernames"))
    .group_by(user_task.c.waiting_assignee)
)


class SqlTasks:
    def __init__(self, session: Session, vault: Vault, instances: SqlInstances) -> None:
        self._session, self._vault, self._instances = session, vault, instances

    def get(self, key: int) -> UserTask | None:
        row = self._session.first(_BY_KEY, {"key": key})
        return None if row is None else self._task(row)

    def lock(self, key: int) -> UserTask | None:
        if self._instances.hold_of_task(key) is None:
            return None
        row = self._session.first(_BY_KEY, {"key": key})
        assert row is not None, "a task is never deleted"
        self._instances.steps.known_tasks[key] = facts_of(row)
        return self._task(row)

    def assign(self, task: UserTask, assignee: str | None) -> None:
        one = {"b_root": task.instance_key, "b_key": task.key}
        group = task.candidate_groups[0] if task.candidate_groups and assignee is None else None
        if self._session.count(_ASSIGN, one | {"b_assignee": assignee, "b_group": group}) == 0:
            raise TaskMovedOn
        if len(task.candidate_groups) > 1 or task.candidate_users:
            self._session.write(_OPEN_CANDIDATES if assignee is None else _HIDE_CANDIDATES, one)

    def change(self, task: UserTask) -> None:
        held = self._instances.hold(task.instance_key)
        if held is None:
            raise NotFound(what=f"opgave {task.key}")
        self._instances.steps.change_task(held, task)

    def open_of(self, instance_key: int) -> Sequence[UserTask]:
        return [self._task(row) for row in self._session.rows(_OPEN, {"root": instance_key})]

    def open_for(self, owner_key: int) -> Sequence[UserTask]:
        return [self._task(row) for row in self._session.rows(_OPEN_FOR, {"owner": owner_key})]

    def finished_of(self, instance_key: int, limit: int = 200) -> Sequence[UserTask]:
        return [self._task(row) for row in self._session.rows(_FINISHED, {"root": instance_key, "n": limit})]

    def took_part(self, owner_key: int, username: str) -> bool:
        return self._session.first(_TOOK_PART, {"owner": owner_key, "who": username}) is not None

    def save_draft(self, draft: Draft) -> None:
        """Locks the task's instance: a task that is being completed leaves no draft behind."""
        if self._instances.hold_of_task(draft.task_key) is None:
            raise NotFound(what=f"opgave {draft.task_key}")
        task = self._session.first(_WHERE_TASK, {"key": draft.task_key})
        if task is None or task.status != TaskStatus.CREATED.value:
            raise TaskMovedOn
        self._instances.steps.known_tasks.pop(draft.task_key, None)
        self._session.write(_HAS_DRAFTS, {"b_root": task.instance_key, "b_key": draft.task_key})
        where = _draft_place(draft.task_key, draft.username)
        row = {
            "instance_key": task.instance_key,
            "task_key": draft.task_key,
            "username": draft.username,
            "saved_at": draft.saved_at,
            "fields": self._vault.seal_json(task.owner_key, where, dict(draft.fields)),
        }
        self._session.write(_SAVE_DRAFT, row)

    def draft(self, task_key: int, username: str) -> Draft | None:
        row = self._session.first(_DRAFT, {"key": task_key, "username": username})
        if row is None:
            return None
        fields = self._vault.open_json(row.owner_key, _draft_place(task_key, username), row.fields)
        return Draft(task_key=task_key, username=username, saved_at=row.saved_at, fields=fields or {})

    def open_counts(self, usernames: Sequence[str]) -> Mapping[str, int]:
        found = {row[0]: row[1] for row in self._session.rows(_COUNTS, {"usernames": list(usernames)})}
        return {username: found.get(username, 0) for username in usernames}

    def overdue_per_unit(self, now: datetime) -> Mapping[str, int]:
        return {row[0]: row[1] for row in self._session.rows(_OVERDUE, {"now": now})}

    def _task(self, row: Record) -> UserTask:
        self._vault.learn(row.owner_key, row.key_version, row.wrapped)
        where = place("user_task.prefill", row.instance_key, row.key)
        return UserTask(
            instance_key=row.instance_key,
            key=row.key,
            element_id=row.element_id,
            name=row.name,
            element_instance_key=row.element_instance_key,
            process_id=row.process_id,
            definition_key=row.definition_key,
            called_key=row.called_key,
            case_key=case_of(row),
            status=TaskStatus(row.status),
            created_at=row.created_at,
            form_id=row.form_id,
            form_key=row.form_key,
            external_form=row.external_form,
            assignee=row.assignee,
            candidate_groups=tuple(row.candidate_groups),
            candidate_users=tuple(row.candidate_users),
            due=row.due,
            follow_up=row.follow_up,
            priority=row.priority,
            deadline_id=row.deadline_id,
            suspended=row.held != 0,
            headers=row.headers,
            prefill=self._vault.open_json(row.owner_key, where, row.prefill) or {},
            completed_at=row.completed_at,
            completed_by=row.completed_by,
        )


def _draft_place(task_key: int, username: str) -> bytes:
    return place("draft.fields", task_key, username)
