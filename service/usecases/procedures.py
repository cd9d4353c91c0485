"""Procedurer: what is deployed, in which versions, and how many instances run on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from service.domain.access import PLATFORM_ROLES, Person
from service.domain.alphabet import alphabetical
from service.domain.definitions import ProcessModel, ResourceKind, Version
from service.domain.errors import Forbidden, NotFound
from service.domain.procedures import Manifest
from service.domain.storage import UnitOfWork
from service.usecases import access, tasks
from service.usecases.advance import Advance
from service.usecases.catalog import DeployedCatalog
from service.usecases.platform import Platform
from service.usecases.tasks import Upcoming


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcedureGroup:
    """A procedure folder: its manifest and what lies in it, by kind."""

    folder: str
    manifest: Manifest
    processes: Sequence[tuple[Version, int]]
    """(newest version, active instances over all versions)."""
    decisions: Sequence[Version]
    forms: Sequence[Version]
    templates: Sequence[Version]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessPage:
    version: Version
    model: ProcessModel
    folder: str
    manifest: Manifest
    versions: Sequence[tuple[Version, str, str, int]]
    """(version, deployed by, comment, active instances), newest first."""
    counts: Mapping[str, int]
    """Element id → active element instances of this version."""
    forms: Sequence[Version]
    decisions: Sequence[Version]
    may_start: bool
    newest: bool


def listed(platform: Platform) -> Sequence[ProcedureGroup]:
    def work(uow: UnitOfWork) -> Sequence[ProcedureGroup]:
        catalog = platform.catalogs.view(uow.definitions)
        running = uow.queries.instance_counts()
        folders = sorted({v.folder for (kind, _), v in catalog.latest.items() if kind is not ResourceKind.CALENDAR})

        def of(folder: str, kind: ResourceKind) -> list[Version]:
            found = [v for (k, _), v in catalog.latest.items() if k is kind and v.folder == folder]
            return sorted(found, key=lambda v: alphabetical(v.name))

        groups = [
            ProcedureGroup(
                folder=folder,
                manifest=catalog.manifest(folder),
                processes=[(v, sum(running.get(v.id, {}).values())) for v in of(folder, ResourceKind.PROCESS)],
                decisions=of(folder, ResourceKind.DECISION),
                forms=of(folder, ResourceKind.FORM),
                templates=of(folder, ResourceKind.TEMPLATE),
            )
            for folder in folders
        ]
        return sorted(groups, key=lambda group: alphabetical(group.manifest.titel))

    return platform.read(work)


def look(platform: Platform, person: Person, process_id: str, number: int | None = None) -> ProcessPage:
    """One process in its newest version, or in that one."""

    def work(uow: UnitOfWork) -> ProcessPage:
        catalog = platform.catalogs.view(uow.definitions)
        versions = uow.definitions.versions(ResourceKind.PROCESS, process_id)
        chosen = next((v for v in versions if number in (None, v.version)), None)
        found = catalog.process(chosen.key) if chosen else None
        if found is None:
            raise NotFound(what=f"proceduren {process_id}")
        version, model = found
        running = uow.queries.instance_counts().get(process_id, {})
        forms = {e.form_id for e in model.elements.values() if e.form_id}
        decisions = {e.decision_id for e in model.elements.values() if e.decision_id}
        return ProcessPage(
            version=version,
            model=model,
            folder=version.folder,
            manifest=catalog.manifest(version.folder),
            versions=[(v, *_deployment(uow, v), running.get(v.version, 0)) for v in versions],
            counts=uow.queries.element_counts(process_id, version.version),
            forms=[v for (k, i), v in catalog.latest.items() if k is ResourceKind.FORM and i in forms],
            decisions=[v for (k, i), v in catalog.latest.items() if k is ResourceKind.DECISION and i in decisions],
            may_start=_may_start(catalog, person, version, model),
            newest=version.version == versions[0].version,
        )

    return platform.read(work)


def diagram(platform: Platform, process_id: str, number: int) -> bytes:
    """The diagram file as deployed."""

    def work(uow: UnitOfWork) -> bytes:
        for version in uow.definitions.versions(ResourceKind.PROCESS, process_id):
            if version.version == number:
                return version.content
        raise NotFound(what=f"{process_id} version {number}")

    return platform.read(work)


def start(platform: Platform, person: Person, process_id: str) -> Upcoming | None:
    """Start an instance by hand; where she may go on. Raises Forbidden unless she may create the kind of case it makes."""

    def work(uow: UnitOfWork) -> Upcoming | None:
        advance = Advance(platform, uow, person)
        found = advance.catalog.find_process(process_id)
        if found is None:
            raise NotFound(what=f"proceduren {process_id}")
        if not _may_start(advance.catalog, person, *found):
            raise Forbidden(what="din rolle kan ikke starte dette forløb")
        advance.start(found[0].key, {})
        return tasks.upcoming(advance)

    return platform.transact(work)


def _deployment(uow: UnitOfWork, version: Version) -> tuple[str, str]:
    found = uow.definitions.deployment(version.deployment_key)
    return (found[1], found[2]) if found else ("", "")


def _may_start(catalog: DeployedCatalog, person: Person, version: Version, model: ProcessModel) -> bool:
    """Only processes with a none start, by those who may create its kind of case. A process that makes no case is started
    by those whose enquiry it takes; where no manifest speaks of it, by process owners trying it out.
    """
    if not any(s.kind == "none" for s in model.starts):
        return False
    kind = catalog.case_kind_of(version.id)
    if kind is not None:
        return access.may_create(catalog, person, kind[1])
    return version.folder not in catalog.manifests and not person.roles.isdisjoint(PLATFORM_ROLES)
