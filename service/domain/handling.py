"""What a handler (a Python function behind a service task) is given and gives back.

A handler is a plain typed function registered with `@handler("job-type")` in a module under `handlers/`. Its keyword
parameters are the element's input mappings by name; their annotations are checked at deploy. It runs outside any
transaction, possibly more than once for the same job: whatever it does to the outside must be safe to repeat under the
same `idempotency_key`. What it returns is stored in one transaction together with the instance's next step.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from service.domain.json import Json, Variables
from service.domain.tables import DataTable


class Channel(StrEnum):
    SECURE_MAIL = "sikker-post"
    DIGITAL_POST = "digital-post"
    LETTER = "brev"
    ACKNOWLEDGEMENT = "kvittering"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDocument:
    """A document for the case. `kind` is what rights and lists speak of (`aftale`, `brev` …)."""

    title: str
    kind: str
    media_type: str
    content: bytes
    file_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDispatch:
    """Something to send. The job is completed when it has been delivered (`await_delivery`), else at once."""

    channel: Channel
    recipient: str
    """Mail address, or the recipient's name and postal address for a letter."""
    subject: str
    body: str
    attachments: tuple[NewDocument, ...] = ()
    await_delivery: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlerResult:
    variables: Variables = field(default_factory=dict)
    documents: tuple[NewDocument, ...] = ()
    dispatches: tuple[NewDispatch, ...] = ()
    """Attachments are stored as documents of the case too, once."""
    notes: tuple[str, ...] = ()
    corrections: Variables = field(default_factory=dict)
    """Of a listener: `assignee`, `candidateGroups`, `candidateUsers`, `dueDate`, `followUpDate`, `priority` of its task; None
    keeps, "" or [] clears.
    """
    denied: str | None = None
    """Of a listener: why the task may not be assigned, changed or completed now."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """What a handler may read of the case it works for."""

    number: str
    kind: str
    kind_title: str
    status: str
    unit: str | None
    unit_name: str | None
    unit_mailbox: str | None
    worker: str | None
    worker_name: str | None
    citizen: Mapping[str, Json]
    """`cpr`, `navn`, `adresse`, `telefon`, `mail`, `kommune`, `beskyttet`, `fritaget_digital_post`, `doed` …"""
    records: Mapping[str, Mapping[str, Json]]
    """Form id → its newest submission."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedFigures:
    """A status report as counted: as JSON, and as tables for those inside the house and for the public."""

    told: Mapping[str, Json]
    tables: Sequence[DataTable]
    public_tables: Sequence[DataTable]


class Desk(Protocol):
    """What a handler may ask the house for. Reading only; each call is a short read of its own."""

    def case(self) -> CaseFile | None:
        """The job's case, None when the instance has none."""
        ...

    def case_list(self, list_id: str) -> Sequence[Mapping[str, Json]]:
        """The rows now of a list of the job's case (manifest `lister`). Raises NotFound, which says in Danish what is wrong."""
        ...

    def find_open_case(self, kind: str, cpr: str) -> tuple[str, Sequence[str]] | None:
        """Number of the citizen's open case of this kind, and the names of messages its instance waits for now."""
        ...

    def find_case(self, number: str, cpr: str | None) -> Mapping[str, Json] | None:
        """The case with this number: `nummer`, `sagstype`, `aaben`, `afslutningsaarsag`, and `samme_borger`: whether it is
        about the citizen with this CPR (null when either is unknown)."""
        ...

    def find_citizen(self, cpr: str) -> Mapping[str, Json] | None: ...

    def unit(self, unit_id: str) -> Mapping[str, Json] | None:
        """`id`, `navn`, `sikker_postkasse` …"""
        ...

    def person(self, username: str) -> Mapping[str, Json] | None:
        """`brugernavn`, `navn`, `mail`, `telefon`, `titel`."""
        ...

    def figures(self, report: str, first: date, last: date) -> CountedFigures:
        """A report of some manifest's `figurer` over all units, counted now for a period with its cut-off day.

        Raises NotFound and BadInput, which say in Danish what is wrong.
        """
        ...

    def render(self, template_id: str, values: Mapping[str, Any]) -> str:
        """A text template (`processes/<mappe>/skabeloner/<id>.html`) as HTML, filled in, in a sandbox.

        The procedure of the job's case comes first, then the one the job's diagram lies with: a process that others call
        may send their letters, and its own.
        Besides `values` it sees `sag`, `borger`, `skema` (records by form id), `enhed`, `medarbejder` and `i_dag`.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class JobContext:
    """The job at hand."""

    job_type: str
    element_id: str
    element_name: str
    idempotency_key: str
    """Stable over retries: `instance:element:activation`."""
    now: datetime
    attempt: int
    headers: Mapping[str, str]
    desk: Desk


class BpmnError(Exception):
    """A handler raises it to throw a BPMN error that the diagram may catch."""

    def __init__(self, code: str, message: str = "", variables: Variables | None = None) -> None:
        super().__init__(message or code)
        self.code, self.variables = code, dict(variables or {})


class HandlerRefused(Exception):
    """A handler raises it for a fault that no retry will mend; it becomes an incident at once with this Danish message."""


Handler = Callable[..., HandlerResult | Variables | None]
HandlerT = TypeVar("HandlerT", bound=Handler)

REGISTRATION = "__forloeb_handler__"
"""Attribute under which `@handler` notes its `Registration` on the function."""


@dataclass(frozen=True, slots=True)
class Registration:
    job_type: str
    results: tuple[str, ...] = ()
    careful: bool = False


def handler(job_type: str, *, results: tuple[str, ...] = (), careful: bool = False) -> Callable[[HandlerT], HandlerT]:
    """Make a function the handler of a job type: `(job: JobContext, *, emne: str, …)`, with a Danish docstring.

    The docstring's first line is shown to process owners. `results` names the variables it promises; `careful` says that
    a try of which nobody knows how it ended is shown to a person instead of being repeated.
    """

    def register(function: HandlerT) -> HandlerT:
        setattr(function, REGISTRATION, Registration(job_type, results, careful))
        return function

    return register


@dataclass(frozen=True, slots=True)
class Parameter:
    name: str
    required: bool
    annotation: str
    """As written in the handler: `str`, `list[str] | None` …"""


@dataclass(frozen=True, slots=True)
class HandlerInfo:
    """A registered handler. `results` are the variables it promises to give."""

    job_type: str
    summary: str
    parameters: tuple[Parameter, ...]
    results: tuple[str, ...]
    function: Handler
    takes_any: bool = False
    """It accepts parameters beyond those named."""
    careful: bool = False
    """Never run again by itself when it is uncertain whether an earlier try had its effect."""
