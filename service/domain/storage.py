"""The store's port: what the verbs may ask of it inside one unit of work.

Promises that hold everywhere: `transact` is one database transaction with one commit; everything in it happens or
nothing does. Personal and case content is encrypted before it leaves the process (ARCHITECTURE, Secrets and people).
Instants are aware UTC with microseconds. Lists are ordered as each method says. Nothing here calls the clock.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from service.domain.access import Person
from service.domain.cases import (
    Case,
    CaseRecord,
    Citizen,
    Contact,
    Dispatch,
    DispatchStatus,
    Document,
    Draft,
    Note,
    Notice,
    Opening,
)
from service.domain.deadlines import Count, Deadline
from service.domain.definitions import ResourceKind, Version
from service.domain.figures import CaseCounts
from service.domain.instances import Instance, Step
from service.domain.json import Json, Variables
from service.domain.registers import RegisterRow
from service.domain.views import Queries
from service.domain.waits import (
    Incident,
    IncidentType,
    Job,
    StartSubscription,
    Subscription,
    Timer,
    TimerUse,
    UserTask,
    WaitKind,
)
from service.domain.workload import Workload

T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One line of an instance's history: who moved it with what, when, and what that did.

    Entries of one instance are numbered 1, 2, 3 … and chained: each carries a hash over its ciphertext and the hash before.
    """

    number: int
    at: datetime
    actor: str
    kind: str
    """The stimulus (`TaskCompleted` …) or the act (`assigned`, `suspended`, `deadline extended` …)."""
    details: Mapping[str, Json]


class Store(Protocol):
    def transact(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` in one transaction that may write, and commit once.

        The whole of `work` is run again, a bounded number of times, when another transaction got in between (stale
        version, serialization failure, deadlock, busy database): it must have no effects of its own outside the unit
        of work. Raises `Stale` when the tries are spent; whatever `work` raises rolls everything back.
        """
        ...

    def read(self, work: Callable[[UnitOfWork], T]) -> T:
        """Run `work` on a consistent snapshot; writing in it is a programming error and raises."""
        ...

    def ping(self) -> None:
        """Raises `SetupFault` when the database does not answer or its schema is not the program's."""
        ...


class UnitOfWork(Protocol):
    @property
    def definitions(self) -> Definitions: ...
    @property
    def instances(self) -> Instances: ...
    @property
    def tasks(self) -> Tasks: ...
    @property
    def jobs(self) -> Jobs: ...
    @property
    def timers(self) -> Timers: ...
    @property
    def messages(self) -> Messages: ...
    @property
    def incidents(self) -> Incidents: ...
    @property
    def deadlines(self) -> Deadlines: ...
    @property
    def history(self) -> History: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def parties(self) -> Parties: ...
    @property
    def milestones(self) -> Milestones: ...
    @property
    def counts(self) -> CaseCounts: ...
    @property
    def workload(self) -> Workload: ...
    @property
    def citizens(self) -> Citizens: ...
    @property
    def dispatches(self) -> Dispatches: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def people(self) -> People: ...
    @property
    def registers(self) -> RegisterRows: ...
    @property
    def access_log(self) -> AccessLog: ...
    @property
    def queries(self) -> Queries: ...
    @property
    def for_workers(self) -> bool:
        """Whether it has written what workers may have to do: a job, a timer or a dispatch."""
        ...


class Definitions(Protocol):
    def stamp(self) -> int:
        """Grows with every deployment and every change of a register; one cheap look-up, so that nobody keeps an old catalogue.

        Below zero where this unit of work has raised it: what it sees may yet come to nothing, and must not be kept.
        """
        ...

    def add(self, versions: Sequence[Version], *, deployment_key: int, at: datetime, by: str, comment: str) -> None:
        """Store new versions as one deployment; (kind, id, version) is unique. Also raises the stamp."""
        ...

    def latest(self) -> Sequence[Version]:
        """The newest version of every kind and id."""
        ...

    def get(self, key: int) -> Version | None: ...

    def versions(self, kind: ResourceKind, id_: str) -> Sequence[Version]:
        """All versions, newest first."""
        ...

    def find(
        self, kind: ResourceKind, id_: str, *, version_tag: str | None = None, deployment_key: int | None = None
    ) -> Version | None:
        """The newest with this tag, or the one of this deployment."""
        ...

    def deployment(self, key: int) -> tuple[datetime, str, str] | None:
        """(when, by whom, comment)."""
        ...

    def register_rows(self) -> Sequence[RegisterRow]:
        """Every row of every register that is not replaced, oldest first."""
        ...

    def replace_starts(self, process_ids: Sequence[str], starts: Sequence[StartSubscription]) -> None:
        """Message and signal starts of these processes are now exactly `starts`."""
        ...


class RegisterRows(Protocol):
    def lock(self) -> None:
        """Nobody else changes a register until this unit of work ends. Also raises the stamp of `Definitions`."""
        ...

    def add(self, row: RegisterRow) -> None: ...

    def replace(self, key: int, at: datetime) -> None:
        """This version does not stand any more. Raises `Stale` when it did not already."""
        ...

    def get(self, key: int) -> RegisterRow | None: ...

    def history(self, register: str, id_: str) -> Sequence[RegisterRow]:
        """Every version of the rows with this id, newest first."""
        ...

    def is_empty(self, register: str) -> bool:
        """Whether it never had a row."""
        ...


class Instances(Protocol):
    def begin(
        self,
        key: int,
        *,
        process_id: str,
        definition_key: int,
        definition_version: int,
        folder: str,
        case_key: int | None,
        started_by_message: tuple[str, str] | None,
        at: datetime,
    ) -> Instance:
        """A new root instance without a state yet: `apply` gives it the first. `started_by_message` is (name, correlation key)."""
        ...

    def lock(self, key: int) -> Instance | None:
        """The root instance with its state, locked (or version-checked at `apply`) until the end of the unit of work.

        `key` may name a called instance: its root is given. Asking twice in one unit of work gives the row as it stands
        after what was applied in between.
        """
        ...

    def get(self, key: int) -> Instance | None:
        """The row alone, without state and lock; called instances as themselves."""
        ...

    def state(self, key: int) -> bytes | None:
        """A root instance's state, for reading."""
        ...

    def apply(self, instance: Instance, step: Step, entry: HistoryEntry) -> Instance:
        """Store everything of a step but its effects: state, status, waits opened and closed, due changes, incidents,
        element instances, called instances, and one history entry (its `number` is set here). Raises `Stale` when the
        version has moved. Timers bound to a paused deadline are stored held. Candidate groups, search words and deadline
        rows (`<forloeb:frist>` bindings) go with their waits: one key is one deadline of the case, and every open wait
        bound to it is due when it is. Completing a bound task meets its deadline. A step costs a bounded number of
        statements, whatever came before.
        """
        ...

    def set_suspended(self, instance: Instance, suspended: bool, entry: HistoryEntry) -> Instance:
        """Set the flag on the instance, its tasks, its timers and its jobs in one go."""
        ...

    def active_started_by(self, process_id: str, message: str, correlation_key: str) -> bool:
        """Whether an active root instance of the process was started by that message and key."""
        ...

    def active_with_version_below(self, process_id: str) -> Mapping[int, int]:
        """Active root instances per definition version of this process."""
        ...


class Tasks(Protocol):
    def get(self, key: int) -> UserTask | None: ...

    def lock(self, key: int) -> UserTask | None:
        """The task with its instance locked first, so that two people cannot both change it."""
        ...

    def assign(self, task: UserTask, assignee: str | None) -> None: ...
    def change(self, task: UserTask) -> None:
        """Store of an open task whom it is for, its dates and its priority. A due date bound to a deadline stays as it is."""
        ...

    def open_of(self, instance_key: int) -> Sequence[UserTask]:
        """Open tasks of a root instance, oldest first."""
        ...

    def open_for(self, owner_key: int) -> Sequence[UserTask]:
        """Open tasks of a case, whatever runs for it, oldest first."""
        ...

    def finished_of(self, instance_key: int, limit: int = 200) -> Sequence[UserTask]:
        """Completed and cancelled, newest first."""
        ...

    def took_part(self, owner_key: int, username: str) -> bool:
        """Whether somebody has an open task of a case (or of a root instance without one), or completed one."""
        ...

    def save_draft(self, draft: Draft) -> None: ...
    def draft(self, task_key: int, username: str) -> Draft | None: ...
    def open_counts(self, usernames: Sequence[str]) -> Mapping[str, int]:
        """Open tasks per assignee."""
        ...

    def overdue_per_unit(self, now: datetime) -> Mapping[str, int]:
        """Open tasks past their due instant per unit; those held do not count."""
        ...


class Jobs(Protocol):
    def claim(self, now: datetime, *, until: datetime, limit: int, types: Sequence[str] | None = None) -> Sequence[Job]:
        """Claim open, unsuspended jobs that are due (`next_at` ≤ now) and not leased, oldest `next_at` first.

        Each claim bears a fresh lease token and counts one attempt. Two claimers never get the same job.
        """
        ...

    def held(self, job: Job) -> Job | None:
        """The job with its instance locked, if this lease token still holds; None when it was lost or the job is gone."""
        ...

    def renew(self, jobs: Sequence[Job], until: datetime) -> None:
        """Let the leases of claimed jobs last until then; a lease that somebody else has by now is left alone."""
        ...

    def get(self, key: int) -> Job | None: ...
    def of(self, instance_key: int) -> Sequence[Job]: ...
    def asked_about(self, instance_keys: Sequence[int]) -> frozenset[int]:
        """Keys of the user tasks of these root instances whose listeners have a job to answer."""
        ...

    def retry_later(self, job: Job, *, retries: int, next_at: datetime, error: str) -> None:
        """Back to the pool with fewer retries."""
        ...

    def fail(self, job: Job, error: str) -> None:
        """Retries spent: status FAILED."""
        ...

    def sending(self, job: Job, variables: Variables) -> None:
        """The handler is done; its result waits in the job until its dispatches are delivered."""
        ...

    def result(self, job_key: int) -> Variables | None:
        """The stored result of a job in status SENDING."""
        ...

    def revive(self, key: int, *, retries: int, at: datetime) -> None:
        """Open again after an incident, as if never tried."""
        ...

    def next_due(self, now: datetime, types: Sequence[str] | None = None) -> datetime | None:
        """When the next open job (of these types) may be claimed; leased jobs count at the end of their lease."""
        ...


class Timers(Protocol):
    def claim(self, now: datetime, *, until: datetime, limit: int) -> Sequence[Timer]:
        """Claim due timers that are neither held (suspended, deadline paused) nor leased, soonest first."""
        ...

    def held(self, timer: Timer) -> bool:
        """Whether this lease token still holds (locks the timer's row)."""
        ...

    def release(self, timer: Timer, *, retry_at: datetime | None = None) -> None:
        """Give the claim back; with `retry_at` the timer is tried again then."""
        ...

    def drop(self, timer: Timer) -> None:
        """Delete it, unless a step has armed it anew since it was claimed (or the lease was lost)."""
        ...

    def schedule(
        self,
        instance_key: int,
        key: int,
        use: TimerUse,
        due: datetime,
        *,
        wait_key: int,
        deadline_id: str | None = None,
    ) -> None:
        """A timer that no step opened. A reminder replaces the one its task has of the same use, and goes when its task closes.
        Process timers come with `Instances.apply`.
        """
        ...

    def drop_reminders(self, instance_key: int, wait_key: int) -> None:
        """Drop the reminders of a user task."""
        ...

    def drop_starts(self, process_id_keys: Sequence[int]) -> None:
        """Drop start timers of these definitions."""
        ...

    def next_due(self) -> datetime | None:
        """The soonest due instant that is not held; leased ones count at the end of their lease."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class BufferedMessage:
    key: int
    name: str
    correlation_key: str
    variables: Variables
    expires_at: datetime
    delivered_to: frozenset[str]
    """Process ids it has already reached."""


class Messages(Protocol):
    def waiting(self, name: str, correlation_key: str | None, kind: WaitKind) -> Sequence[Subscription]:
        """Open subscriptions, oldest first. For signals the key is None."""
        ...

    def starts(self, name: str, kind: WaitKind) -> Sequence[StartSubscription]: ...

    def awaited_by(self, instance_key: int) -> Sequence[Subscription]:
        """Open message subscriptions of a root instance."""
        ...

    def buffer(
        self,
        key: int,
        name: str,
        correlation_key: str,
        variables: Variables,
        *,
        message_id: str | None,
        expires_at: datetime,
    ) -> bool:
        """Keep a message for later. False when one with this name, key and id is buffered already (nothing is stored)."""
        ...

    def buffered(self, wanted: Sequence[tuple[str, str]], now: datetime) -> Sequence[BufferedMessage]:
        """Buffered messages for any of these (name, correlation key), unexpired, oldest first. One look-up."""
        ...

    def delivered(self, key: int, process_id: str) -> None: ...
    def drop_expired(self, now: datetime) -> int: ...


class Incidents(Protocol):
    def open(
        self,
        *,
        key: int,
        instance_key: int,
        type_: IncidentType,
        message: str,
        element_id: str,
        element_name: str,
        element_instance_key: int,
        process_id: str,
        case_key: int | None,
        job_key: int | None = None,
        dispatch_key: int | None = None,
        at: datetime,
    ) -> None: ...

    def get(self, key: int) -> Incident | None: ...
    def resolve(self, key: int, by: str, at: datetime) -> None: ...
    def open_of(self, instance_key: int) -> Sequence[Incident]: ...


class Deadlines(Protocol):
    def of(self, owner_key: int) -> Sequence[Deadline]:
        """All deadlines of a case (or instance), soonest first, those without an instant last."""
        ...

    def get(self, owner_key: int, id_: str) -> Deadline | None: ...

    def put(self, deadline: Deadline) -> None:
        """Store the row and re-arm everything bound to it: open tasks' due dates, timers (held while paused), reminders."""
        ...

    def awaited(self, owner_key: int) -> frozenset[str]:
        """Ids of those that an open task or an armed timer is bound to."""
        ...

    def open_counts(self) -> Sequence[Sequence[Count]]:
        """The counts of every open deadline that is counted in days, awaited, and neither extended nor paused."""
        ...

    def open_owners(self) -> Sequence[int]:
        """Root instance keys that have open bound waits, for a review after a change of calendar."""
        ...


class History(Protocol):
    def append(self, instance_key: int, entry: HistoryEntry) -> None:
        """An act that is not a step (assigned, read with reason …)."""
        ...

    def of(self, instance_key: int, *, before: int | None = None, limit: int = 100) -> Sequence[HistoryEntry]:
        """Newest first."""
        ...

    def verify(self, instance_key: int) -> int | None:
        """The number of the first entry whose chain is broken; None when all is well."""
        ...


class Cases(Protocol):
    def open(self, case: Case) -> None: ...
    def next_number(self, series: str) -> int:
        """1, 2, 3 … per series, without gaps among committed cases."""
        ...

    def get(self, key: int) -> Case | None: ...
    def by_number(self, number: str) -> Case | None: ...
    def save(self, case: Case) -> None:
        """Raises `Stale` when somebody else saved in between."""
        ...

    def erase(self, key: int, at: datetime) -> None:
        """Delete the case's data key, search words, drafts and documents for ever.

        What was sealed reads as empty (records without values, notes without text), states as None; ids, times,
        statuses and the history's chain stay. Nothing new can be stored about the case.
        """
        ...

    def open_for_citizen(self, citizen_key: int, kind: str | None = None) -> Sequence[Case]: ...
    def all_for_citizen(self, citizen_key: int) -> Sequence[Case]: ...
    def marks(self, citizen_keys: Collection[int]) -> Mapping[int, Sequence[str]]:
        """Marks of these citizens, from their cases, oldest first."""
        ...

    def add_record(self, record: CaseRecord) -> None: ...
    def records(self, case_key: int, form_id: str | None = None) -> Sequence[CaseRecord]:
        """Newest first."""
        ...

    def next_record_version(self, case_key: int, form_id: str) -> int: ...
    def add_contact(self, contact: Contact) -> None: ...
    def contacts(self, case_key: int) -> Sequence[Contact]:
        """Newest first."""
        ...

    def add_note(self, note: Note) -> None: ...
    def notes(self, case_key: int) -> Sequence[Note]: ...
    def add_document(self, document: Document, content: bytes) -> None: ...
    def documents(self, case_key: int) -> Sequence[Document]: ...
    def document(self, key: int) -> tuple[Document, bytes] | None: ...


class Milestones(Protocol):
    """What figures need to know of a case besides its row. It stays when the case is erased."""

    def reached(self, case_key: int, ids: Iterable[str], at: datetime, days: int) -> None:
        """The case has reached these milestones, `days` calendar days after it was opened. Only the first time counts."""
        ...

    def suspended(self, case_key: int, at: datetime) -> None: ...
    def resumed(self, case_key: int, at: datetime) -> None:
        """Ends the case's suspension, if it has one."""
        ...

    def reopened(self, case_key: int, closed_at: datetime, reason: str | None, at: datetime) -> None:
        """The case, which was closed then for this reason, is open again from `at` on."""
        ...


class Parties(Protocol):
    """Who else has to do with a case: those attached in a role, and those who opened it with a reason."""

    def attach(self, case_key: int, role: str, who: Collection[str]) -> None:
        """Exactly these are attached in this role now: usernames and `rolle@enhed`."""
        ...

    def is_attached(self, case_key: int, role: str, who: Collection[str]) -> bool:
        """Whether one of these is attached in this role."""
        ...

    def let_in(self, opening: Opening) -> None: ...
    def openings(self, case_key: int) -> Sequence[Opening]:
        """Newest first."""
        ...

    def openings_of(self, username: str, limit: int = 50) -> Sequence[Opening]:
        """Newest first."""
        ...


class Citizens(Protocol):
    def by_cpr(self, cpr: str) -> Citizen | None:
        """Through the keyed blind index; CPR as ten digits."""
        ...

    def get(self, key: int) -> Citizen | None: ...
    def put(self, citizen: Citizen) -> None:
        """Insert or update (with its search words). Raises `Stale` when somebody else saved in between."""
        ...

    def erase(self, key: int, at: datetime) -> None:
        """Delete the citizen's data key, blind index and name words for ever; her cases stay, without her name."""
        ...


class Dispatches(Protocol):
    def add(self, dispatch: Dispatch, at: datetime) -> None: ...
    def claim(self, now: datetime, *, until: datetime, limit: int) -> Sequence[tuple[Dispatch, str]]:
        """Claim waiting dispatches that are due: (dispatch, lease token). Those whose lease ran out while SENDING too."""
        ...

    def mark(
        self,
        dispatch: Dispatch,
        lease_token: str | None,
        status: DispatchStatus,
        *,
        at: datetime,
        next_at: datetime | None = None,
        error: str = "",
        receipt: str = "",
    ) -> bool:
        """Set the status; False (and nothing done) when the lease was lost."""
        ...

    def get(self, key: int) -> Dispatch | None: ...
    def of_case(self, owner_key: int) -> Sequence[Dispatch]:
        """Newest first."""
        ...

    def of_job(self, job_key: int) -> Sequence[Dispatch]: ...
    def next_due(self) -> datetime | None: ...


class Notices(Protocol):
    def add(self, notice: Notice) -> None: ...
    def of(self, username: str, limit: int = 50) -> Sequence[Notice]:
        """Unread first, then newest first."""
        ...

    def unread(self, username: str) -> int: ...
    def mark_read(self, username: str, at: datetime, key: int | None = None) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    id: str
    name: str
    type: str = ""
    mailbox: str = ""
    phone: str = ""
    closed_at: datetime | None = None
    """Since when it takes no new cases; forms do not offer it any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """A person with what logging in needs; `active` False means she cannot log in any more."""

    person: Person
    password_hash: str
    mail: str = ""
    phone: str = ""
    title: str = ""
    competences: tuple[str, ...] = ()
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Who changed what about a unit (`enhed`) or an account (`medarbejder`), and why."""

    key: int
    at: datetime
    by_user: str
    kind: str
    subject: str
    """The unit's id or the username."""
    reason: str
    details: Mapping[str, Sequence[str]]
    """What → (before, after), as people read it."""


class People(Protocol):
    def lock(self) -> None:
        """Nobody else who asks for this changes people or units until this unit of work ends."""
        ...

    def account(self, username: str) -> Account | None: ...
    def by_key(self, key: int) -> Account | None: ...
    def put(self, account: Account) -> None: ...
    def all(self) -> Sequence[Account]: ...
    def with_role(self, role: str, unit: str | None = None) -> Sequence[Account]:
        """Active people with this role (in this unit), by name."""
        ...

    def leaders_of(self, unit: str) -> Sequence[Account]: ...
    def units(self) -> Sequence[Unit]: ...
    def unit(self, id_: str) -> Unit | None: ...
    def put_unit(self, unit: Unit) -> None: ...
    def note(self, change: Change) -> None: ...
    def changes(self, kind: str, subject: str) -> Sequence[Change]:
        """Newest first."""
        ...

    def filters(self, account_key: int) -> Mapping[str, Mapping[str, str]]:
        """Filters of the inbox that she saved: name → parts of the address, by name. Nothing personal stands in them."""
        ...

    def save_filter(self, account_key: int, name: str, query: Mapping[str, str]) -> None:
        """Insert or replace the one with this name."""
        ...

    def drop_filter(self, account_key: int, name: str) -> None: ...


class AccessLog(Protocol):
    def read(
        self, *, at: datetime, username: str, what: str, case_key: int | None, citizen_key: int | None, reason: str = ""
    ) -> None:
        """Somebody read a page with a citizen's data. `what` names the page, without personal data.

        Only reading a case takes a reason: it is sealed with the case's key.
        """
        ...

    def of_case(self, case_key: int, limit: int = 200) -> Sequence[tuple[datetime, str, str, str]]:
        """(when, who, what, reason), newest first."""
        ...
