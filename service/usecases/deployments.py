"""Deploy: read safely, check across files, store as new versions, move the starts. All or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from service.domain.access import SYSTEM, Person
from service.domain.definitions import Finding, ResourceKind, StartEvent, Version
from service.domain.errors import DeploymentRefused, EntryChanged
from service.domain.storage import UnitOfWork
from service.domain.waits import StartSubscription, TimerUse, WaitKind
from service.usecases import changes, registers, reminders
from service.usecases.bundle import Bundle, Resource, folder_of, read_bundle
from service.usecases.checks import CheckContext, check_across
from service.usecases.platform import Platform


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deployment made. `versions` are those new or changed; `unchanged` those whose content was there already."""

    key: int
    versions: tuple[Version, ...]
    unchanged: tuple[Version, ...]
    warnings: tuple[Finding, ...]
    rows: Mapping[str, int] = field(default_factory=dict)
    """Register that had never had any → how many rows it was given."""


def check(platform: Platform, resources: Sequence[Resource]) -> list[Finding]:
    """Everything the checks say about these files, together with what is deployed already. Nothing is stored."""
    return platform.read(lambda uow: _checked(platform, uow, resources).findings)


def _checked(platform: Platform, uow: UnitOfWork, resources: Sequence[Resource]) -> Bundle:
    bundle = read_bundle(platform.engine, resources)
    catalog = platform.catalogs.view(uow.definitions)
    latest = catalog.latest
    check_across(
        bundle,
        CheckContext(
            processes=frozenset(i for k, i in latest if k is ResourceKind.PROCESS),
            decisions=frozenset(i for k, i in latest if k is ResourceKind.DECISION),
            forms=frozenset(i for k, i in latest if k is ResourceKind.FORM),
            templates=frozenset(i for k, i in latest if k is ResourceKind.TEMPLATE),
            manifests=catalog.manifests,
            handlers=platform.handlers,
        ),
    )
    return bundle


def deploy(
    platform: Platform,
    person: Person,
    resources: Sequence[Resource],
    comment: str = "",
    *,
    based_on: Mapping[tuple[ResourceKind, str], int] | None = None,
) -> Deployed:
    """Put these files into operation in one transaction.

    Same content as the newest version keeps that version. Message, signal and timer starts move to the new versions;
    running instances stay on theirs. Registers that never had a row get their first ones. A new calendar has the open
    deadlines computed again.
    Raises DeploymentRefused with every finding, and EntryChanged when a version in `based_on` is not the newest any more;
    nothing is stored then.
    """

    def work(uow: UnitOfWork) -> Deployed:
        bundle = _checked(platform, uow, resources)
        if bundle.refused:
            raise DeploymentRefused([f for f in bundle.findings if f.error])
        now, key = platform.clock.now(), platform.keys.next()
        latest = platform.catalogs.view(uow.definitions).latest
        for what, seen in (based_on or {}).items():
            _require_newest(uow, latest.get(what), seen)
        new: list[Version] = []
        unchanged: list[Version] = []
        for version in _versions(platform, bundle, latest, key, now):
            (unchanged if version.deployment_key != key else new).append(version)
        if new:
            uow.definitions.add(new, deployment_key=key, at=now, by=person.username, comment=comment)
            _move_starts(platform, uow, bundle, [v for v in new if v.kind is ResourceKind.PROCESS], latest, now)
        if any(v.kind is ResourceKind.PROCEDURE for v in new):
            reminders.begin_weekly(platform, uow)
        if any(v.kind is ResourceKind.CALENDAR for v in new):
            for instance_key in uow.deadlines.open_owners():
                uow.timers.schedule(instance_key, platform.keys.next(), TimerUse.REVIEW, now, wait_key=0)
        rows = registers.begin(platform, uow, person, bundle.first_rows)
        warnings = tuple(f for f in bundle.findings if not f.error) + tuple(_undone(uow, person, new, latest))
        return Deployed(key, tuple(new), tuple(unchanged), warnings, rows)

    return platform.transact(work)


def newer_than_changes(platform: Platform, resources: Sequence[Resource]) -> list[Resource]:
    """These files without those that would only take back what somebody has changed in the program since they were deployed."""

    def work(uow: UnitOfWork) -> list[Resource]:
        latest = platform.catalogs.view(uow.definitions).latest.values()
        changed = {v.file: v for v in latest if _deployer(uow, v) != SYSTEM.username}
        return [r for r in resources if r.path not in changed or not _was(uow, changed[r.path], r)]

    return platform.read(work)


def _was(uow: UnitOfWork, newest: Version, resource: Resource) -> bool:
    """Whether an older version of this is just that file."""
    digest = hashlib.sha256(resource.content).hexdigest()
    return any(v.sha256 == digest for v in uow.definitions.versions(newest.kind, newest.id) if v.key != newest.key)


def _require_newest(uow: UnitOfWork, newest: Version | None, seen: int) -> None:
    if newest is not None and newest.version != seen:
        raise EntryChanged(who=changes.name_of(uow, _deployer(uow, newest)))


def _undone(
    uow: UnitOfWork, person: Person, new: Sequence[Version], latest: Mapping[tuple[ResourceKind, str], Version]
) -> Iterable[Finding]:
    """Files that replace what somebody changed in the program: their makers may not know of it."""
    for version in {version.file: version for version in new}.values():
        before = latest.get((version.kind, version.id))
        by = _deployer(uow, before) if before is not None and person.username == SYSTEM.username else SYSTEM.username
        if before is not None and by != SYSTEM.username:
            message = (
                f"Version {before.version} af {version.id} blev ændret i programmet {before.deployed_at:%d-%m-%Y} af "
                f"{changes.name_of(uow, by)}. Filen her er nu version {version.version} og gælder i stedet. Skal ændringen "
                "blive, så hent filen på siden Administration, og sæt den i drift."
            )
            yield Finding(version.file, version.id, None, message, error=False)


def _deployer(uow: UnitOfWork, version: Version) -> str:
    deployment = uow.definitions.deployment(version.deployment_key)
    return deployment[1] if deployment else SYSTEM.username


def _versions(
    platform: Platform,
    bundle: Bundle,
    latest: Mapping[tuple[ResourceKind, str], Version],
    deployment_key: int,
    now: datetime,
) -> Iterable[Version]:
    def made(kind: ResourceKind, id_: str, name: str, resource: Resource, tag: str | None = None) -> Version:
        digest = hashlib.sha256(resource.content).hexdigest()
        before = latest.get((kind, id_))
        if before is not None and before.sha256 == digest:
            return before
        return Version(
            key=platform.keys.next(),
            kind=kind,
            id=id_,
            name=name,
            version=before.version + 1 if before else 1,
            version_tag=tag,
            deployment_key=deployment_key,
            deployed_at=now,
            folder=folder_of(resource.path),
            file=resource.path,
            sha256=digest,
            content=resource.content,
        )

    for folder, (resource, manifest) in bundle.manifests.items():
        yield made(ResourceKind.PROCEDURE, folder, manifest.titel, resource)
    if bundle.calendar is not None:
        yield made(ResourceKind.CALENDAR, "kalender", "Kalender", bundle.calendar)
    for id_, (resource, name) in bundle.decisions.items():
        yield made(ResourceKind.DECISION, id_, name, resource)
    for id_, (resource, form) in bundle.forms.items():
        yield made(ResourceKind.FORM, id_, form.title or id_, resource)
    for id_, resource in bundle.templates.items():
        yield made(ResourceKind.TEMPLATE, id_, id_, resource)
    for id_, (resource, model) in bundle.processes.items():
        yield made(ResourceKind.PROCESS, id_, model.name or id_, resource, model.version_tag)


def restart_clock(platform: Platform, uow: UnitOfWork, folder: str) -> None:
    """Timer starts of this folder's processes count from now; those of others are dropped. For trying things out."""
    catalog, now = platform.catalogs.view(uow.definitions), platform.clock.now()
    versions = [v for (kind, _), v in catalog.latest.items() if kind is ResourceKind.PROCESS]
    uow.timers.drop_starts([v.key for v in versions])
    for version in versions:
        found = catalog.process(version.key) if version.folder == folder else None
        for number, start in enumerate(s for s in found[1].starts if s.kind == "timer") if found else ():
            _schedule(platform, uow, version, number, start, now)


KINDS = {"message": WaitKind.MESSAGE, "signal": WaitKind.SIGNAL}


def _move_starts(
    platform: Platform,
    uow: UnitOfWork,
    bundle: Bundle,
    processes: Sequence[Version],
    latest: Mapping[tuple[ResourceKind, str], Version],
    now: datetime,
) -> None:
    """The newest version alone listens to messages, signals and the clock."""
    subscriptions = []
    for version in processes:
        starts = bundle.processes[version.id][1].starts
        for start in starts:
            if start.kind in KINDS:
                subscriptions.append(
                    StartSubscription(
                        definition_key=version.key,
                        process_id=version.id,
                        element_id=start.element_id,
                        kind=KINDS[start.kind],
                        name=start.name,
                    )
                )
        before = latest.get((ResourceKind.PROCESS, version.id))
        if before is not None:
            uow.timers.drop_starts([before.key])
        for number, start in enumerate(s for s in starts if s.kind == "timer"):
            _schedule(platform, uow, version, number, start, now)
    uow.definitions.replace_starts([v.id for v in processes], subscriptions)


def _schedule(
    platform: Platform, uow: UnitOfWork, version: Version, number: int, start: StartEvent, now: datetime
) -> None:
    due = platform.engine.next_timer_start(start, None, now)
    if due is not None:
        uow.timers.schedule(version.key, platform.keys.next(), TimerUse.START, due, wait_key=number)
