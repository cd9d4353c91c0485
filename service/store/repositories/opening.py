"""Waits that a step opened, as rows. Pure but for sealing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.domain.access import split_group
from service.domain.deadlines import Deadline
from service.domain.waits import (
    DeadlineBinding,
    JobStatus,
    JobWait,
    SubscriptionWait,
    TaskStatus,
    TimerUse,
    TimerWait,
    UserTaskWait,
    Wait,
    WaitKind,
)
from service.store.repositories.definitions import Brief
from service.store.repositories.held import Held
from service.store.tables.waits import PAUSED, SUSPENDED
from service.store.vault import Vault, place

Rows = list[dict[str, Any]]


@dataclass(slots=True)
class Opened:
    """Rows per table, in the order of opening."""

    user_tasks: Rows = field(default_factory=list)
    candidates: Rows = field(default_factory=list)
    jobs: Rows = field(default_factory=list)
    timers: Rows = field(default_factory=list)
    subscriptions: Rows = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Opener:
    """Makes rows for one instance at one moment."""

    held: Held
    vault: Vault
    at: datetime
    deadlines: Mapping[str, Deadline]
    definition_of: Callable[[int | None], Brief]
    """The definition in which an element with this called key lies."""

    def rows(self, waits: Sequence[Wait]) -> Opened:
        opened = Opened()
        for wait in waits:
            match wait:
                case UserTaskWait():
                    opened.user_tasks.append(self._user_task(wait))
                    opened.candidates.extend(self._candidates(wait))
                case JobWait():
                    opened.jobs.append(self._job(wait))
                case TimerWait():
                    opened.timers.append(self._timer(wait))
                case SubscriptionWait():
                    opened.subscriptions.append(self._subscription(wait))
        return opened

    def _common(self, wait: Wait) -> dict[str, Any]:
        return {
            "instance_key": self.held.key,
            "key": wait.key,
            "element_id": wait.element_id,
            "process_id": wait.process_id,
            "called_key": wait.called_key,
            "owner_key": self.held.owner_key,
        }

    def changed_task(self, wait: UserTaskWait, due: datetime | None) -> tuple[dict[str, Any], Rows]:
        """What changes of an open task's row, and its candidates anew; `due` as the row has it."""
        row = {f"b_{name}": value for name, value in self._for_whom(wait).items()}
        row |= {"b_root": self.held.key, "b_key": wait.key, "b_follow_up": wait.follow_up, "b_priority": wait.priority}
        return row, [candidate | {"due": due} for candidate in self._candidates(wait)]

    def _for_whom(self, wait: UserTaskWait) -> dict[str, Any]:
        unit, of_case = self._unit(wait)
        return {
            "assignee": wait.assignee,
            "unit": unit,
            "unit_of_case": of_case,
            "waiting_assignee": wait.assignee,
            "waiting_group": wait.candidate_groups[0] if wait.candidate_groups and wait.assignee is None else None,
            "waiting_unit": unit,
            "candidate_groups": list(wait.candidate_groups),
            "candidate_users": list(wait.candidate_users),
            "candidates": len(wait.candidate_groups) > 1 or bool(wait.candidate_users),
        }

    def _user_task(self, wait: UserTaskWait) -> dict[str, Any]:
        deadline = wait.deadline
        return (
            self._common(wait)
            | self._for_whom(wait)
            | {
                "name": wait.element_name,
                "element_instance_key": wait.element_instance_key,
                "definition_key": self.definition_of(wait.called_key).key,
                "status": TaskStatus.CREATED.value,
                "created_at": self.at,
                "form_id": wait.form_id,
                "form_key": wait.form_key,
                "external_form": wait.external_form,
                "drafts": False,
                "due": self.deadlines[deadline.id].due if deadline else wait.due,
                "follow_up": wait.follow_up,
                "priority": wait.priority,
                "deadline_id": deadline.id if deadline else None,
                "held": self._held_bits(deadline),
                "headers": dict(wait.headers),
                "prefill": self._sealed("user_task.prefill", wait.key, wait.prefill),
            }
        )

    def _candidates(self, wait: UserTaskWait) -> Rows:
        unit, _ = self._unit(wait)
        due = self.deadlines[wait.deadline.id].due if wait.deadline else wait.due
        principals = {f"g:{group}": split_group(group).unit or unit for group in wait.candidate_groups[1:]}
        principals |= {f"u:{user}": unit for user in wait.candidate_users}
        return [
            {
                "instance_key": self.held.key,
                "task_key": wait.key,
                "principal": principal,
                "process_id": wait.process_id,
                "unit": its_unit,
                "due": due,
                "waiting_principal": principal if wait.assignee is None else None,
            }
            for principal, its_unit in principals.items()
        ]

    def _unit(self, wait: UserTaskWait) -> tuple[str | None, bool]:
        """The unit of its groups, else the case's (which it then follows)."""
        for group in wait.candidate_groups:
            if unit := split_group(group).unit:
                return unit, False
        return self.held.unit, True

    def _job(self, wait: JobWait) -> dict[str, Any]:
        return self._common(wait) | {
            "type": wait.type,
            "element_name": wait.element_name,
            "element_instance_key": wait.element_instance_key,
            "folder": self.definition_of(wait.called_key).folder,
            "status": JobStatus.OPEN.value,
            "held": self._held_bits(None),
            "retries": wait.retries,
            "attempts": 0,
            "next_at": self.at,
            "headers": dict(wait.headers),
            "variables": self._sealed("job.variables", wait.key, wait.variables),
            "listener": wait.listener.value if wait.listener else None,
        }

    def _timer(self, wait: TimerWait) -> dict[str, Any]:
        deadline = wait.deadline
        due = self.deadlines[deadline.id].due if deadline else wait.due
        return {
            "instance_key": self.held.key,
            "key": wait.key,
            "use_for": TimerUse.PROCESS.value,
            "due": due,
            "next_at": due,
            "wait_key": wait.key,
            "owner_key": self.held.owner_key,
            "deadline_id": deadline.id if deadline else None,
            "held": self._held_bits(deadline),
            "attempts": 0,
        }

    def _subscription(self, wait: SubscriptionWait) -> dict[str, Any]:
        where = place("subscription.correlation_key", self.held.key, wait.key)
        return self._common(wait) | {
            "kind": wait.kind.value,
            "name": wait.name,
            "lookup": subscription_lookup(self.vault, wait.kind, wait.name, wait.correlation_key),
            "correlation_key": self.vault.seal_text(self.held.owner_key, where, wait.correlation_key or ""),
            "element_name": wait.element_name,
        }

    def _held_bits(self, deadline: DeadlineBinding | None) -> int:
        paused = deadline is not None and self.deadlines[deadline.id].paused_at is not None
        return (SUSPENDED if self.held.instance.suspended else 0) | (PAUSED if paused else 0)

    def _sealed(self, column: str, key: int, value: Mapping[str, Any]) -> bytes | None:
        if not value:
            return None
        return self.vault.seal_json(self.held.owner_key, place(column, self.held.key, key), dict(value))


def subscription_lookup(vault: Vault, kind: WaitKind, name: str, correlation_key: str | None) -> bytes:
    return vault.sealer.index("subscription", kind.value, name, correlation_key or "")
