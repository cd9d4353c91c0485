"""What a scenario follows: its world, the case and instance it speaks of, and what was seen since the last assertion."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from service.domain.access import Person
from service.domain.cases import Case, Dispatch
from service.domain.errors import BadInput, ForloebError
from service.domain.instances import Instance
from service.domain.storage import UnitOfWork
from service.domain.views import InstanceQuery, InstanceRow
from service.domain.waits import UserTask
from service.testing.world import World

T = TypeVar("T")


class Course:
    """The instance is the one started last, or the one that a case belongs to once there is a case."""

    def __init__(self, world: World, given: Mapping[str, Any], own: set[int] | None = None) -> None:
        """`own` are the root instances it speaks of; None: all in the world."""
        self.world, self.given, self.own = world, given, own
        self.refusal: ForloebError | None = None
        """The last act was refused with this; the next assertion must say so."""
        self.roots: list[int] = []
        self.case_number: str | None = None
        self._sent_before = 0

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        return self.world.platform.read(work)

    # -- people ---------------------------------------------------------------------------------------------------------

    def person(self, body: Mapping[str, Any]) -> Person:
        """Whoever the act names with `som`; `givet.som` is the default."""
        username = body.get("som") or self.given.get("som")
        if not username:
            raise BadInput(why="skriv hvem der handler: som: <brugernavn>")
        return self.world.person(str(username))

    def open_case(self, given: Mapping[str, Any]) -> None:
        """`givet.sag`: a case that no course belongs to yet, for processes that others call with one."""
        self.case_number = self.world.open_case(
            kind=str(given["type"]),
            citizen=given.get("borger") or {},
            unit=given.get("enhed"),
            worker=given.get("ansvarlig"),
        )

    # -- what it is about -------------------------------------------------------------------------------------------------

    def note_instance(self, key: int) -> None:
        if key not in self.roots:
            self.roots.append(key)

    @property
    def instances(self) -> list[int]:
        """Root instances it speaks of, oldest first: those it started and those they started."""
        return sorted(row.key for row in self._rows())

    def _rows(self) -> list[InstanceRow]:
        rows = self.read(lambda uow: uow.queries.instances(InstanceQuery(state="alle", limit=1000))).rows
        return [row for row in rows if self.own is None or row.key in self.own]

    def instance(self) -> Instance:
        """The instance the scenario speaks of: the newest case's, the one it started on a given case, else the newest."""
        case = self.find_case()
        started = self.roots[-1:] if case and case.instance_key is None else self.instances
        key = case.instance_key if case and case.instance_key else max(started, default=0)
        found = self.read(lambda uow: uow.instances.get(key))
        if found is None:
            raise BadInput(why="der er ikke startet noget forløb endnu")
        return found

    def find_case(self) -> Case | None:
        """The case named by `case_number`, else that of the newest instance with one."""
        rows = self._rows()

        def work(uow: UnitOfWork) -> Case | None:
            if self.case_number:
                return uow.cases.by_number(self.case_number)
            keys = sorted((r.key, r.case_key) for r in rows if r.case_key is not None)
            return uow.cases.get(keys[-1][1]) if keys and keys[-1][1] else None

        return self.read(work)

    def case(self) -> Case:
        found = self.find_case()
        if found is None:
            raise BadInput(why="der er ingen sag endnu")
        return found

    def open_tasks(self) -> list[UserTask]:
        """Open tasks of every instance in the world, by element id."""

        keys = self.instances

        def work(uow: UnitOfWork) -> list[UserTask]:
            return [t for key in keys for t in uow.tasks.open_of(key)]

        return sorted(self.read(work), key=lambda t: (t.element_id, t.key))

    def task(self, element_id: str) -> UserTask:
        """The one open task with this element id (the oldest of several)."""
        tasks = [t for t in self.open_tasks() if t.element_id == element_id]
        if not tasks:
            now_open = ", ".join(t.element_id for t in self.open_tasks()) or "ingen"
            raise BadInput(why=f"opgaven {element_id} er ikke åben. Åbne nu: {now_open}")
        return tasks[0]

    # -- what was seen ----------------------------------------------------------------------------------------------------

    def sent_since(self) -> list[Dispatch]:
        """Dispatches delivered since the last assertion."""
        return [dispatch for dispatch, _ in self.world.sent.delivered[self._sent_before :]]

    def mark(self) -> None:
        """An assertion has looked: what was sent before is old."""
        self._sent_before = len(self.world.sent.delivered)
        self.refusal = None

    def require_no_refusal(self) -> None:
        if self.refusal is not None:
            errors = getattr(self.refusal, "errors", None)
            raise AssertionError(f"det foregående trin blev afvist: {self.refusal} {errors or ''}".strip())
