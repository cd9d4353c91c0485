"""Whatever steps come, what the tables say is what a plain model says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from service.domain.deadlines import Deadline
from service.domain.facts import ElementChange, ElementState
from service.domain.instances import Instance, InstanceStatus
from service.domain.waits import CloseReason, DeadlineBinding, DueChanged, TaskStatus, WaitKind
from service.store import SqlStore
from service.store.columns import NEVER
from tests.contract import making as m

dues = st.none() | st.integers(0, 9).map(lambda n: m.START + n * m.HOUR)
bindings = st.none() | st.tuples(st.sampled_from("xy"), dues)
LATE = m.START + 30 * m.DAY


@dataclass
class Open:
    """An open wait of the model. `due` holds when it is bound to no deadline."""

    wait: Any
    due: datetime | None = None
    deadline: str | None = None

    def due_now(self, deadlines: Mapping[str, Deadline]) -> datetime | None:
        return deadlines[self.deadline].due if self.deadline else self.due


@dataclass
class Model:
    instance: Instance
    open: dict[int, Open] = field(default_factory=dict)
    finished: dict[int, TaskStatus] = field(default_factory=dict)
    deadlines: dict[str, Deadline] = field(default_factory=dict)
    elements: dict[int, ElementState] = field(default_factory=dict)
    steps: int = 1
    suspended: bool = False


class Steps(RuleBasedStateMachine):
    store: SqlStore

    @initialize(in_case=st.booleans())
    def begin(self, in_case: bool) -> None:
        case = m.open_case(self.store, m.case(str(m.key()))) if in_case else None
        self.model = Model(m.started(self.store, case_key=case.key if case else None))
        self.owner = case.key if case else self.model.instance.key
        self.now = m.START

    @precondition(lambda self: self.model.instance.status is InstanceStatus.ACTIVE)
    @rule(data=st.data())
    def step(self, data: st.DataObject) -> None:
        model, self.now = self.model, self.now + m.MINUTE
        gone = data.draw(st.lists(st.sampled_from(sorted(model.open)), unique=True, max_size=3)) if model.open else []
        reason = data.draw(st.sampled_from(list(CloseReason)))
        closes = [c for key in gone for c in m.closed(model.open[key].wait, reason=reason)]
        for key in gone:
            self._close(key, reason)
        opens = [self._open(data) for _ in range(data.draw(st.integers(0, 3)))]
        changes = [c for c in (self._change(data, key) for key in sorted(model.open)) if c is not None]
        elements = self._elements(data)
        status = data.draw(st.sampled_from([InstanceStatus.ACTIVE] * 9 + [InstanceStatus.COMPLETED]))
        state = f"{model.steps}".encode()
        one = m.step(state, status, opened=opens, closed=closes, due_changes=changes, elements=elements)
        model.instance = m.move(self.store, model.instance.key, one, m.entry(at=self.now))
        for opened in opens:
            self._opened(opened)
        model.steps += 1

    @precondition(lambda self: self.model.instance.status is InstanceStatus.ACTIVE)
    @rule()
    def suspend_or_resume(self) -> None:
        self.model.suspended = not self.model.suspended
        line = m.entry("suspended" if self.model.suspended else "resumed", at=self.now)
        self.model.instance = self.store.transact(
            lambda uow: uow.instances.set_suspended(self.model.instance, self.model.suspended, line)
        )
        self.model.steps += 1

    @rule(id_=st.sampled_from("xy"), act=st.sampled_from(("pause", "resume", "extend", "free")))
    def change_deadline(self, id_: str, act: str) -> None:
        before = self.model.deadlines.get(id_)
        if before is None:
            return
        after = {
            "pause": replace(before, paused_at=self.now),
            "resume": replace(before, paused_at=None),
            "extend": replace(before, due=LATE, extended_until=LATE, extended_by="leder", extension_reason="Sygdom"),
            "free": replace(before, extended_until=None, extended_by=None, extension_reason=None),
        }[act]
        self.store.transact(lambda uow: uow.deadlines.put(after))
        self.model.deadlines[id_] = after

    def _bind(self, bound: tuple[str, datetime | None]) -> DeadlineBinding:
        binding = m.binding(*bound)
        stored = self.model.deadlines.get(binding.id)
        if stored is None:
            stored = Deadline(
                owner_key=self.owner,
                id=binding.id,
                name=binding.name,
                due=binding.due,
                computed=binding.due,
                set_at=self.now,
            )
        elif stored.paused_at or stored.extended_until:
            stored = replace(stored, computed=binding.due)
        elif stored.due != binding.due:
            stored = replace(stored, due=binding.due, computed=binding.due, set_at=self.now, met_at=None)
        else:
            stored = replace(stored, computed=binding.due)
        self.model.deadlines[binding.id] = stored
        return binding

    def _open(self, data: st.DataObject) -> Any:
        kind, due, bound = (
            data.draw(st.sampled_from(("task", "job", "timer", "message"))),
            data.draw(dues),
            data.draw(bindings),
        )
        if kind == "task":
            groups = data.draw(st.lists(st.sampled_from(("a", "b@nord")), unique=True))
            return m.user_task(candidate_groups=tuple(groups), due=due, deadline=self._bind(bound) if bound else None)
        if kind == "timer":
            return m.timer(due, deadline=self._bind(bound) if bound else None)
        return m.job() if kind == "job" else m.message()

    def _opened(self, wait: Any) -> None:
        deadline = getattr(wait, "deadline", None)
        self.model.open[wait.key] = Open(wait, getattr(wait, "due", None), deadline.id if deadline else None)

    def _change(self, data: st.DataObject, key: int) -> DueChanged | None:
        one = self.model.open[key]
        kind = m.kind_of(one.wait)
        if kind not in {WaitKind.TIMER, WaitKind.USER_TASK} or not data.draw(st.booleans()):
            return None
        due = data.draw(dues)
        if one.deadline is None:
            one.due = due
            return DueChanged(kind, key, due)
        return DueChanged(kind, key, due, self._bind((one.deadline, due)))

    def _close(self, key: int, reason: CloseReason) -> None:
        one = self.model.open.pop(key)
        if m.kind_of(one.wait) is not WaitKind.USER_TASK:
            return
        done = reason is CloseReason.COMPLETED
        self.model.finished[key] = TaskStatus.COMPLETED if done else TaskStatus.CANCELED
        if done and one.deadline and self.model.deadlines[one.deadline].met_at is None:
            self.model.deadlines[one.deadline] = replace(self.model.deadlines[one.deadline], met_at=self.now)

    def _elements(self, data: st.DataObject) -> list[ElementChange]:
        changes = [
            m.element(state=data.draw(st.sampled_from(list(ElementState)))) for _ in range(data.draw(st.integers(0, 2)))
        ]
        active = [key for key, state in self.model.elements.items() if state is ElementState.ACTIVE]
        if active and data.draw(st.booleans()):
            changes.append(m.element(own=active[0], started=False, state=ElementState.COMPLETED))
        self.model.elements.update((change.key, change.state) for change in changes)
        return changes

    @invariant()
    def the_tables_say_the_same(self) -> None:
        model, key = self.model, self.model.instance.key
        paused = {id_ for id_, deadline in model.deadlines.items() if deadline.paused_at}
        held = lambda one: model.suspended or one.deadline in paused  # noqa: E731
        of = lambda kind: {k: one for k, one in model.open.items() if m.kind_of(one.wait) is kind}  # noqa: E731

        locked = self.store.transact(lambda uow: uow.instances.lock(key))
        assert locked == model.instance
        tasks = self.store.read(lambda uow: uow.tasks.open_of(key))
        wanted = of(WaitKind.USER_TASK)
        assert {t.key: (t.due, t.deadline_id, t.suspended) for t in tasks} == {
            k: (one.due_now(model.deadlines), one.deadline, held(one)) for k, one in wanted.items()
        }
        finished = self.store.read(lambda uow: uow.tasks.finished_of(key))
        assert {t.key: t.status for t in finished} == model.finished
        assert {j.key for j in self.store.read(lambda uow: uow.jobs.of(key))} == set(of(WaitKind.JOB))
        waiting = self.store.read(lambda uow: uow.messages.awaited_by(key))
        assert {s.key for s in waiting} == set(of(WaitKind.MESSAGE))
        assert {d.id: d for d in self.store.read(lambda uow: uow.deadlines.of(self.owner))} == model.deadlines
        rows = self.store.read(lambda uow: uow.queries.elements(key))
        assert {r.key: r.state for r in rows} == model.elements
        assert self.store.read(lambda uow: uow.history.verify(key)) is None
        assert len(self.store.read(lambda uow: uow.history.of(key))) == model.steps

        claimed = self.store.transact(lambda uow: uow.timers.claim(NEVER - m.DAY, until=NEVER - m.DAY, limit=99))
        mine = {t.key: t.due for t in claimed if t.instance_key == key}
        for timer in claimed:
            self.store.transact(lambda uow, t=timer: uow.timers.release(t))
        armed = {k: one.due_now(model.deadlines) for k, one in of(WaitKind.TIMER).items() if not held(one)}
        assert mine == {k: due for k, due in armed.items() if due is not None}


def test_random_steps(store: SqlStore) -> None:
    class Machine(Steps):
        pass

    Machine.store = store
    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Machine,
        settings=settings(
            max_examples=20, stateful_step_count=12, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
