"""Cases and what belongs to them: citizen, records, contacts, notes, documents, dispatches, notices, drafts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from service.domain.handling import Channel
from service.domain.json import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """A case (sag). `status`, `unit`, `worker` … follow the running instance (manifest `felter`, `<forloeb:status>`)."""

    key: int
    number: str
    kind: str
    folder: str
    """The procedure folder whose manifest describes its kind."""
    status: str
    opened_at: datetime
    closed_at: datetime | None = None
    closing_reason: str | None = None
    closing_detail: str | None = None
    unit: str | None = None
    worker: str | None = None
    """Username of the case's worker."""
    citizen_key: int | None = None
    instance_key: int | None = None
    """The root instance that runs (or ran last) for the case."""
    rule_set: str | None = None
    source: str | None = None
    hours_used: float | None = None
    hours_budget: float | None = None
    sort_date: datetime | None = None
    paused_at: datetime | None = None
    """Since when the case's deadlines are paused (i bero)."""
    marking: str | None = None
    """What every page about the citizen shows while the case is open (manifest `felter.markering`)."""
    version: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Citizen:
    """A citizen. `cpr` is shown only where needed, and reading it is logged."""

    key: int
    cpr: str | None
    name: str
    address: str = ""
    phone: str = ""
    mail: str = ""
    municipality: str = ""
    protected: bool = False
    exempt_from_digital_post: bool = False
    interpreter_language: str = ""
    died_at: str | None = None
    version: int = 1

    def words(self) -> Mapping[str, Json]:
        """The citizen under the Danish names that forms, templates and diagrams use."""
        return {
            "cpr": self.cpr,
            "navn": self.name,
            "adresse": self.address,
            "telefon": self.phone,
            "mail": self.mail,
            "kommune": self.municipality,
            "beskyttet": self.protected,
            "fritaget_digital_post": self.exempt_from_digital_post,
            "tolkesprog": self.interpreter_language,
            "doed": self.died_at,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """A case that somebody may read for a while because she gave a reason: break-glass access (nødadgang), or an audit."""

    case_key: int
    key: int
    username: str
    at: datetime
    until: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseRecord:
    """One submission of a form: never changed, a correction is a new version of the same form on the case."""

    case_key: int
    key: int
    form_id: str
    form_key: int
    version: int
    """1, 2, 3 … per case and form."""
    element_id: str
    submitted_at: datetime
    submitted_by: str
    values: Mapping[str, Json]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """A contact with the citizen, or an attempt."""

    case_key: int
    key: int
    at: datetime
    by: str
    type: str = ""
    with_whom: str = ""
    result: str = ""
    minutes: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    case_key: int
    key: int
    at: datetime
    by: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document of a case; the content is fetched apart."""

    case_key: int
    key: int
    title: str
    kind: str
    media_type: str
    file_name: str
    size: int
    sha256: str
    version: int
    """1, 2, 3 … per case, kind and title."""
    made_at: datetime
    made_by: str


class DispatchStatus(StrEnum):
    WAITING = "venter"
    SENDING = "sendes"
    SENT = "sendt"
    WITHDRAWN = "tilbagekaldt"
    FAILED = "fejlet"
    UNCERTAIN = "uvis"
    """Sending began and nobody knows whether it went out: a person decides."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """Something to send: a row of the outbox. Inside Forløb it exists once; outside it is delivered at least once."""

    owner_key: int
    """The case's key, or the root instance's without a case."""
    key: int
    instance_key: int
    job_key: int | None
    """The job that is completed when the dispatch has been delivered."""
    channel: Channel
    idempotency_key: str
    status: DispatchStatus
    created_at: datetime
    sent_at: datetime | None = None
    attempts: int = 0
    last_error: str = ""
    recipient: str = ""
    subject: str = ""
    body: str = ""
    document_keys: tuple[int, ...] = ()
    content_sha256: str = ""
    receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """A line behind somebody's bell. Text without personal data; the link leads to the rest."""

    key: int
    username: str
    at: datetime
    kind: str
    text: str
    case_key: int | None = None
    task_key: int | None = None
    read_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What somebody has typed in a form so far, as raw field strings."""

    task_key: int
    username: str
    saved_at: datetime
    fields: Mapping[str, list[str]] = field(default_factory=dict)
