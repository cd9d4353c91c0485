"""What is deployed: versions of processes, decisions, forms, procedure manifests and the calendar, and a view of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from service.domain.deadlines import Calendar
from service.domain.registers import Registers


class ResourceKind(StrEnum):
    PROCESS = "process"
    DECISION = "decision"
    FORM = "form"
    PROCEDURE = "procedure"
    """A manifest, `processes/<mappe>/procedure.yaml`."""
    TEMPLATE = "template"
    """`processes/<mappe>/skabeloner/<id>.html`: the text of a letter or document."""
    CALENDAR = "calendar"
    """`processes/kalender.yaml`: the configured closing days."""


class Binding(StrEnum):
    LATEST = "latest"
    DEPLOYMENT = "deployment"
    VERSION_TAG = "versionTag"


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One deployed version of a process, decision, form, manifest or calendar. Immutable.

    `content` is the file's bytes; a file with several processes or decisions is stored once per id.
    """

    key: int
    kind: ResourceKind
    id: str
    name: str
    version: int
    version_tag: str | None
    deployment_key: int
    deployed_at: datetime
    folder: str
    """The procedure folder the file came from (`processes/<mappe>` or `forms/<mappe>` → `<mappe>`), "" when alone."""
    file: str
    sha256: str
    content: bytes


@dataclass(frozen=True, slots=True)
class ElementInfo:
    """One element of a process as people need to know it."""

    id: str
    name: str
    type: str
    """The BPMN element name: `userTask`, `boundaryEvent` …"""
    parent_id: str | None
    """The sub-process around it; None directly in the process."""
    lane: str | None = None
    documentation: str = ""
    """`bpmn:documentation`: the instructions shown with a task."""
    properties: Mapping[str, str] = field(default_factory=dict)
    """`zeebe:properties`."""
    form_id: str | None = None
    message_name: str | None = None
    """For message catch events and receive tasks: the message's name as drawn (an expression keeps its `=`)."""
    job_type: str | None = None
    inputs: tuple[str, ...] = ()
    """Targets of its input mappings: the parameters a job gets."""
    decision_id: str | None = None
    called_process: str | None = None
    called_binding: Binding = Binding.LATEST
    candidate_groups: tuple[str, ...] = ()
    """Static candidate groups only."""
    status: str | None = None
    deadline_id: str | None = None
    listeners: tuple[tuple[str, str], ...] = ()
    """A user task's listeners: event (`creating` …) and job type of each, as drawn."""
    startable: bool = False
    """An activity directly in an ad-hoc sub-process that nothing leads to: it can be activated by hand."""


@dataclass(frozen=True, slots=True)
class StartEvent:
    """A way into the process from outside."""

    element_id: str
    kind: str
    """`none`, `message`, `timer` or `signal`."""
    name: str = ""
    """Message or signal name, evaluated."""
    correlation_key: str | None = None
    """Correlation key expression as drawn, for display: the publisher gives the key itself."""
    timer: str = ""
    """`timeDate` or `timeCycle` text."""
    timer_form: str = ""
    form_id: str | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something the check found in a file. `error` False means a warning."""

    file: str
    element_id: str | None
    line: int | None
    message: str
    """Danish, and says how to mend it."""
    error: bool = True


@dataclass(frozen=True, slots=True)
class ProcessModel:
    """A process as read from XML. `program` is the engine's own compiled form, opaque to everybody else, read only."""

    id: str
    name: str
    version_tag: str | None
    elements: Mapping[str, ElementInfo]
    starts: tuple[StartEvent, ...]
    program: object
    expressions: tuple[str, ...] = ()


class Catalog(Protocol):
    """An immutable view of what is deployed, as the engine needs it.

    Each method answers None when there is no such thing. Two calls with the same arguments give the same answer.
    """

    @property
    def calendar(self) -> Calendar: ...

    @property
    def registers(self) -> Registers: ...

    def process(self, key: int) -> tuple[Version, ProcessModel] | None:
        """The pinned version with this key, also when it is old."""
        ...

    def find_process(
        self,
        process_id: str,
        binding: Binding = Binding.LATEST,
        *,
        version_tag: str | None = None,
        deployment_key: int = 0,
    ) -> tuple[Version, ProcessModel] | None: ...

    def find_form(
        self,
        form_id: str,
        binding: Binding = Binding.LATEST,
        *,
        version_tag: str | None = None,
        deployment_key: int = 0,
    ) -> Version | None: ...

    def find_decision(
        self,
        decision_id: str,
        binding: Binding = Binding.LATEST,
        *,
        version_tag: str | None = None,
        deployment_key: int = 0,
    ) -> DecisionRunner | None:
        """Something that evaluates the decision, its required decisions included."""
        ...


class DecisionRunner(Protocol):
    @property
    def key(self) -> int:
        """Of the decision's deployed version."""
        ...

    def evaluate(self, variables: Mapping[str, object], now: datetime) -> object:
        """The decision's result as a JSON value.

        Raises `service.domain.errors.DecisionEvaluationFailed` with a Danish reason.
        """
        ...
