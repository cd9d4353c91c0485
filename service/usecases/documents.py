"""Documents of a case: kept in versions, attached by people, and all of them in one list."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from service.domain.access import Person
from service.domain.alphabet import alphabetical
from service.domain.attachments import TYPES, Limits, plain_name, sniff
from service.domain.cases import Case, CaseRecord, Document
from service.domain.errors import BadInput, Forbidden, NotFound
from service.domain.form_model import Field
from service.domain.form_places import FormContext, environment_of
from service.domain.handling import NewDocument
from service.domain.procedures import AttachmentKind, Manifest
from service.domain.storage import UnitOfWork
from service.usecases import access
from service.usecases.access import CaseAccess
from service.usecases.advance import Advance
from service.usecases.platform import Platform
from service.usecases.steps import elements_of

LONGEST_TITLE = 150
FORM_KIND = "skema"
"""The kind under which submitted forms stand in the list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """One line of the list: a document or a submitted form, in its newest version."""

    title: str
    kind: str
    kind_title: str
    version: int
    at: datetime
    by: str
    address: str
    """Where it is shown."""
    download: str = ""
    size: int | None = None
    key: int | None = None
    """Of a document of which a new version may be uploaded."""
    earlier: Sequence[Paper] = ()
    """Newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePapers:
    case: Case
    access: CaseAccess
    papers: Sequence[Paper]
    """Newest first."""
    kinds: Sequence[tuple[str, str]]
    """(kind, title) of all that she may see, for the filter."""
    attachable: Mapping[str, AttachmentKind]
    """What she may attach."""


def keep(advance: Advance, owner: int, new: NewDocument) -> Document:
    """Store a document of a case (or of a root instance without one): a new version where kind and title are known."""
    earlier = [d for d in advance.uow.cases.documents(owner) if (d.kind, d.title) == (new.kind, new.title)]
    document = Document(
        case_key=owner,
        key=advance.platform.keys.next(),
        title=new.title,
        kind=new.kind,
        media_type=new.media_type,
        file_name=new.file_name,
        size=len(new.content),
        sha256=hashlib.sha256(new.content).hexdigest(),
        version=1 + max((d.version for d in earlier), default=0),
        made_at=advance.now,
        made_by=advance.actor.username,
    )
    advance.uow.cases.add_document(document, new.content)
    return document


def attachable(advance: Advance, case: Case, granted: CaseAccess) -> dict[str, AttachmentKind]:
    """The kinds of files that she may attach: not to a case that she only opened with a reason, and to a closed one only
    who manages it.
    """
    if granted.opening is not None or (case.closed_at is not None and not granted.manage):
        return {}
    return {
        kind: info
        for kind, info in advance.catalog.manifest(case.folder).bilag.items()
        if (advance.actor.has(*info.roller) and granted.sees(f"dokument:{kind}") if info.roller else granted.whole)
    }


def look(platform: Platform, person: Person, number: str, kind: str = "") -> CasePapers:
    """Everything written on the case that she may see, of one kind or all. The reading is logged."""

    def work(uow: UnitOfWork) -> CasePapers:
        advance = Advance(platform, uow, person)
        case = _case(uow, number)
        granted = access.require_case(advance, case)
        access.note_reading(advance, case, granted, "dokumenter")
        may_attach = attachable(advance, case, granted)
        names = {a.person.username: a.person.name for a in uow.people.all()} | {"system": "Systemet"}
        papers = _papers(advance, case, granted, names, may_attach)
        return CasePapers(
            case=access.shown_case(case, granted),
            access=granted,
            papers=[p for p in papers if kind in ("", p.kind)],
            kinds=sorted({(p.kind, p.kind_title) for p in papers}, key=lambda pair: alphabetical(pair[1])),
            attachable=may_attach,
        )

    return platform.store.transact(work)


def _papers(
    advance: Advance, case: Case, granted: CaseAccess, names: Mapping[str, str], may_attach: Mapping[str, object]
) -> list[Paper]:
    uow, manifest = advance.uow, advance.catalog.manifest(case.folder)
    documents = [d for d in uow.cases.documents(case.key) if granted.sees(f"dokument:{d.kind}")]
    records = [r for r in uow.cases.records(case.key) if granted.sees_record(advance.actor, r, advance.now)]
    instance = uow.instances.get(case.instance_key) if case.instance_key else None
    elements = elements_of(uow, advance.catalog, instance) if instance else {}

    def of_document(d: Document) -> Paper:
        return Paper(
            title=d.title,
            kind=d.kind,
            kind_title=kind_title(manifest, d.kind),
            version=d.version,
            at=d.made_at,
            by=names.get(d.made_by, d.made_by),
            address=f"/dokumenter/{d.key}/vis",
            download=f"/dokumenter/{d.key}?hent=1",
            size=d.size,
            key=d.key if d.kind in may_attach else None,
        )

    def of_record(r: CaseRecord) -> Paper:
        form = advance.catalog.form(r.form_key)
        element = elements.get(r.element_id)
        return Paper(
            title=(form.title if form else "") or (element.name if element else "") or "Skema",
            kind=FORM_KIND,
            kind_title="Skema",
            version=r.version,
            at=r.submitted_at,
            by=names.get(r.submitted_by, r.submitted_by),
            address=f"/sager/{case.number}/skemaer/{r.form_id}/{r.version}",
            download=f"/sager/{case.number}/skemaer/{r.form_id}/{r.version}.pdf",
        )

    found = [
        *_newest(((d.kind, d.title), of_document(d)) for d in documents),
        *_newest(((r.form_id, ""), of_record(r)) for r in records),
    ]
    return sorted(found, key=lambda paper: paper.at, reverse=True)


def _newest(papers: Iterable[tuple[tuple[str, str], Paper]]) -> list[Paper]:
    """One per key, with its earlier versions."""
    grouped: dict[tuple[str, str], list[Paper]] = {}
    for key, paper in papers:
        grouped.setdefault(key, []).append(paper)
    ordered = (sorted(group, key=lambda paper: paper.version, reverse=True) for group in grouped.values())
    return [replace(first, earlier=tuple(rest)) for first, *rest in ordered]


def kind_title(manifest: Manifest, kind: str) -> str:
    """What people call a kind of document."""
    known = manifest.bilag.get(kind)
    return known.titel if known else kind.replace("_", " ").replace("-", " ").capitalize()


def upload(
    platform: Platform,
    person: Person,
    where: str | int,
    *,
    kind: str,
    title: str,
    file_name: str,
    content: bytes,
    limits: Limits,
    replaces: int | None = None,
) -> Document:
    """Attach a file to the case with this number, or to that of the task with this key; with `replaces` as a new version of
    that document. Raises BadInput, Forbidden, NotFound.
    """
    type_ = recognised(content, limits)

    def work(uow: UnitOfWork) -> Document:
        advance = Advance(platform, uow, person)
        case = _case(uow, where) if isinstance(where, str) else _case_of_task(uow, where)
        allowed = attachable(advance, case, access.require_case(advance, case))
        known = next((d for d in uow.cases.documents(case.key) if d.key == replaces), None) if replaces else None
        if replaces and known is None:
            raise NotFound(what="dokumentet, du ville erstatte")
        chosen = known.kind if known else kind
        if chosen not in allowed:
            raise Forbidden(what="din rolle kan ikke vedhæfte den slags dokumenter på sagen")
        name = plain_name(file_name, type_)
        words = known.title if known else " ".join(title.split())[:LONGEST_TITLE] or name.rpartition(".")[0]
        new = NewDocument(title=words, kind=chosen, media_type=TYPES[type_][0], content=content, file_name=name)
        return keep(advance, case.key, new)

    return platform.store.transact(work)


def title_of(part: Field, context: FormContext) -> str:
    """What a form's file is called as a document, where the form says it."""
    if part.document_title is None:
        return ""
    environment, variables = environment_of(context)
    said = part.document_title.evaluate(variables, environment)
    return " ".join(said.split())[:LONGEST_TITLE] if isinstance(said, str) else ""


def recognised(content: bytes, limits: Limits) -> str:
    """The type of a file that may be taken. Raises BadInput for any other."""
    if not content:
        raise BadInput(why="Vælg en fil. Den, du sendte, er tom.")
    if len(content) > limits.most_bytes:
        raise BadInput(why=f"Filen fylder for meget. Den må højst fylde {limits.megabytes} MB.")
    type_ = sniff(content)
    if type_ is None or type_ not in limits.types:
        raise BadInput(why=f"Filen er ikke af en slags, der kan vedhæftes. Vedhæft en af disse: {limits.said()}.")
    return type_


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    document: Document
    case: Case
    kind_title: str
    by: str
    versions: Sequence[Document]
    """All of them, newest first."""


def preview(platform: Platform, person: Person, key: int) -> Preview:
    """What stands around a document that is shown; the content is fetched (and logged) apart."""

    def work(uow: UnitOfWork) -> Preview:
        advance = Advance(platform, uow, person)
        found = uow.cases.document(key)
        case = uow.cases.get(found[0].case_key) if found else None
        if found is None or case is None:
            raise NotFound(what="dokumentet")
        document = found[0]
        granted = access.require_case(advance, case)
        if not granted.sees(f"dokument:{document.kind}"):
            raise Forbidden(what="din rolle kan ikke se dette dokument")
        same = (document.kind, document.title)
        account = uow.people.account(document.made_by)
        return Preview(
            document=document,
            case=access.shown_case(case, granted),
            kind_title=kind_title(advance.catalog.manifest(case.folder), document.kind),
            by=account.person.name if account else "Systemet",
            versions=[d for d in uow.cases.documents(case.key) if (d.kind, d.title) == same],
        )

    return platform.read(work)


def _case_of_task(uow: UnitOfWork, key: int) -> Case:
    task = uow.tasks.get(key)
    case = uow.cases.get(task.case_key) if task and task.case_key else None
    if case is None:
        raise NotFound(what="opgavens sag")
    return case


def _case(uow: UnitOfWork, number: str) -> Case:
    case = uow.cases.by_number(number)
    if case is None:
        raise NotFound(what=f"sag {number}")
    return case
