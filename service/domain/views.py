"""Read models: rows as pages list them, and the questions that lists ask. Answered by the store in one or two look-ups."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Generic, Protocol, TypeVar

from service.domain.facts import ElementState
from service.domain.instances import InstanceStatus
from service.domain.waits import Incident, IncidentType

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxQuery:
    """Open tasks for a person: hers (`assignee`) and unassigned ones of her groups, soonest deadline first (none last)."""

    username: str
    groups: frozenset[str]
    led_units: frozenset[str] = frozenset()
    show: str = "alle"
    """`alle`, `mine`, `ikke_tildelt`, `enhed` (also colleagues' tasks in units she leads)."""
    process_id: str | None = None
    unit: str | None = None
    overdue_before: datetime | None = None
    """Only tasks due before this instant; those on hold are not late."""
    due_from: datetime | None = None
    """Only tasks due from this instant on, and before `overdue_before`."""
    element_id: str | None = None
    of_assignee: str | None = None
    """Only tasks that this user has; "" for those that nobody has."""
    words: tuple[str, ...] = ()
    """Case-insensitive prefixes of words in the citizen's name, the case number or the task's name; all must match."""
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxRow:
    key: int
    instance_key: int
    element_id: str
    name: str
    process_id: str
    case_key: int | None
    case_number: str | None
    case_kind: str | None
    citizen_name: str | None
    citizen_protected: bool
    assignee: str | None
    group: str | None
    unit: str | None
    due: datetime | None
    created_at: datetime
    priority: int
    suspended: bool
    citizen_key: int | None = None
    marks: tuple[str, ...] = ()
    """Marks of the citizen (manifest `felter.markering`), for those who may see them."""
    asked: bool = False
    """Its listeners are asked: nothing can be done with it until they have answered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Generic[Row]):
    """One page of a list. `next` is given back as `after` to go on; None at the end. `total` is capped at 1,000."""

    rows: Sequence[Row]
    next: str | None
    total: int
    total_capped: bool = False


class How(StrEnum):
    """Why a case is on somebody's list."""

    ALL = "alle"
    UNIT = "enhed"
    INTAKE = "indgang"
    """It has no unit yet."""
    WORKER = "ansvarlig"
    TOOK_PART = "deltager"
    """Somebody has an open task of it, or completed one."""
    ATTACHED = "tilknyttet"


@dataclass(frozen=True, slots=True)
class Way:
    """Cases of some kinds (None: of all) that are seen for one reason. `who` is the unit, the username, or (attached) the
    username or group; `role` is the role in which it is attached."""

    how: How
    who: str = ""
    role: str = ""
    kinds: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseQuery:
    """Cases that one of the ways leads to, filtered."""

    ways: tuple[Way, ...] = ()
    unit: str | None = None
    kinds: frozenset[str] | None = None
    status: str | None = None
    state: str = "åbne"
    """`åbne`, `lukkede`, `bero`, `alle`."""
    opened: tuple[datetime, datetime] | None = None
    """Only cases opened from the first instant on, before the second."""
    begun: tuple[datetime, datetime] | None = None
    """Only cases opened or reopened then."""
    closed: tuple[datetime, datetime] | None = None
    """Only cases closed then, also those that have been reopened since; `reason` is then that of this closing."""
    open_at: datetime | None = None
    """Only cases that were open then."""
    source: str | None = None
    no_source: str = ""
    """What a case without a source counts as."""
    reason: str | None = None
    """Closing reason; "" for none."""
    of_worker: str | None = None
    """Only cases of this worker; "" for nobody's."""
    words: tuple[str, ...] = ()
    cpr: str | None = None
    order: str = "nyeste"
    """`nyeste`, `sortdato` (soonest first)."""
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRow:
    key: int
    number: str
    kind: str
    status: str
    unit: str | None
    worker: str | None
    citizen_name: str | None
    citizen_protected: bool
    citizen_died: bool
    opened_at: datetime
    closed_at: datetime | None
    paused_at: datetime | None
    next_due: datetime | None
    sort_date: datetime | None
    open_tasks: int
    open_incidents: int
    citizen_key: int | None = None
    marks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceQuery:
    process_id: str | None = None
    version: int | None = None
    state: str = "aktive"
    """`aktive`, `suspenderede`, `hændelser`, `afsluttede`, `annullerede`, `alle`."""
    element_id: str | None = None
    """Only instances with an active element of this id."""
    case_number: str | None = None
    units: frozenset[str] | None = None
    """None: every unit (and none)."""
    case_content: bool = True
    """False leaves case numbers out (operators)."""
    after: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class InstanceRow:
    key: int
    process_id: str
    definition_key: int
    version: int
    status: InstanceStatus
    suspended: bool
    started_at: datetime
    ended_at: datetime | None
    case_key: int | None
    case_number: str | None
    unit: str | None
    open_tasks: int
    open_incidents: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ElementRow:
    """One element instance, for the diagram and the step-by-step list."""

    key: int
    element_id: str
    type: str
    process_id: str
    called_key: int | None
    scope_key: int
    started_at: datetime
    ended_at: datetime | None
    state: ElementState


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentGroup:
    """Incidents of one kind at one element: how many, since when."""

    process_id: str
    element_id: str
    element_name: str
    type: IncidentType
    message: str
    count: int
    since: datetime
    incidents: Sequence[Incident]
    """The newest ones, at most 50."""


class Queries(Protocol):
    """Lists for pages. Each is answered in a bounded time whatever the tables hold."""

    def inbox(self, query: InboxQuery) -> Page[InboxRow]: ...
    def cases(self, query: CaseQuery) -> Page[CaseRow]: ...
    def instances(self, query: InstanceQuery) -> Page[InstanceRow]: ...
    def elements(self, instance_key: int, *, active_only: bool = False, limit: int = 1000) -> Sequence[ElementRow]:
        """Element instances of a root instance, newest first."""
        ...

    def element_counts(self, process_id: str, version: int | None = None) -> Mapping[str, int]:
        """Active element instances per element id, over active instances."""
        ...

    def flows(self, instance_key: int) -> Mapping[str, frozenset[str]]:
        """Sequence flows ever taken, per process id."""
        ...

    def children(self, instance_key: int) -> Sequence[InstanceRow]:
        """Called instances of a root instance, oldest first."""
        ...

    def incidents(self, units: frozenset[str] | None = None) -> Sequence[IncidentGroup]: ...
    def instance_counts(self) -> Mapping[str, Mapping[int, int]]:
        """Active root instances per process id and version."""
        ...
