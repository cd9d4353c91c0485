"""Process instances: start, suspend, resume, cancel, start ad-hoc activities, look inside."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from service.domain.access import Person
from service.domain.cases import Case
from service.domain.definitions import ProcessModel
from service.domain.errors import BadInput, Forbidden, NotFound, WrongState
from service.domain.facts import ElementState
from service.domain.instances import Cancelled, ElementsActivated, Instance, InstanceStatus
from service.domain.json import Variables
from service.domain.storage import HistoryEntry, UnitOfWork
from service.usecases import access
from service.usecases.advance import Advance
from service.usecases.platform import Platform


def start(
    platform: Platform, person: Person, process_id: str, variables: Variables, *, version_key: int | None = None
) -> Instance:
    """A new instance of the newest version (or of that one), from its none start event. Raises NotFound, WrongState."""

    def work(uow: UnitOfWork) -> Instance:
        advance = Advance(platform, uow, person)
        found = advance.catalog.process(version_key) if version_key else advance.catalog.find_process(process_id)
        if found is None:
            raise NotFound(what=f"proceduren {process_id}")
        version, model = found
        if not any(s.kind == "none" for s in model.starts):
            raise WrongState(why=f"{version.name} kan kun startes af en besked, et signal eller et tidspunkt")
        return advance.start(version.key, variables)

    return platform.transact(work)


def cancel(platform: Platform, person: Person, instance_key: int, reason: str, *, at_once: bool = False) -> Instance:
    """End an instance from outside; everything open in it is terminated. A reason is required.

    It goes on as long as listeners of its user tasks are asked (`canceling`), unless it is to end `at_once`.
    """

    def work(uow: UnitOfWork) -> Instance:
        advance = Advance(platform, uow, person)
        _required_root(advance, instance_key)
        after = advance.move(instance_key, Cancelled(at_once), {"begrundelse": _reason(reason)})
        if after.status is InstanceStatus.ACTIVE and after.suspended:  # only listeners are left, and they must be asked
            uow.instances.set_suspended(after, False, _held_entry(advance, reason, suspended=False))
        return after

    return platform.transact(work)


def suspend(platform: Platform, person: Person, instance_key: int, reason: str) -> None:
    """Hold an instance: its timers and jobs wait and its tasks cannot be completed. Messages are still received."""
    _set_suspended(platform, person, instance_key, reason, suspended=True)


def resume(platform: Platform, person: Person, instance_key: int, reason: str = "") -> None:
    """End the hold; timers past their time fire now."""
    _set_suspended(platform, person, instance_key, reason or "genoptaget", suspended=False)


def activate(platform: Platform, person: Person, container_key: int, instance_key: int, element_id: str) -> Instance:
    """Start an activity of an open ad-hoc sub-process. Her role must be among those the manifest names for it."""

    def work(uow: UnitOfWork) -> Instance:
        advance = Advance(platform, uow, person)
        if not may_activate(advance, instance_key, element_id):
            raise Forbidden(what="din rolle kan ikke starte denne aktivitet")
        instance = uow.instances.get(instance_key)
        if instance is not None and instance.suspended:
            raise WrongState(why="forløbet er sat på hold")
        stimulus = ElementsActivated(container_key, ((element_id, {}),))
        return advance.move(instance_key, stimulus, {"aktivitet": element_id})

    return platform.transact(work)


def may_activate(advance: Advance, instance_key: int, element_id: str) -> bool:
    """Whether the manifest lets one of her roles start the activity, and the case is hers to read."""
    instance = advance.uow.instances.get(instance_key)
    if instance is None:
        raise NotFound(what="forløbet")
    found = advance.catalog.process(instance.definition_key)
    manifest = advance.catalog.manifest(found[0].folder if found else "")
    activity = manifest.aktiviteter.get(element_id)
    if activity is None or not advance.actor.has(*activity.roller):
        return False
    case = advance.uow.cases.get(instance.case_key) if instance.case_key else None
    return case is None or access.case_access(advance, case) is not None


@dataclass(frozen=True, slots=True)
class Startable:
    """An ad-hoc activity that may be started now."""

    container_key: int
    element_id: str
    name: str
    help: str


def startable(advance: Advance, instance_key: int) -> list[Startable]:
    """The ad-hoc activities that she may start now, in the order in which they are drawn."""
    instance = advance.uow.instances.get(instance_key)
    if instance is None or instance.status is not InstanceStatus.ACTIVE or instance.suspended:
        return []
    models: dict[str, ProcessModel] = {}
    answer = []
    for row in advance.uow.queries.elements(instance_key, active_only=True):
        if row.type != "adHocSubProcess" or row.state is not ElementState.ACTIVE:
            continue
        model = models.setdefault(row.process_id, _model(advance, instance, row.process_id))
        for element in model.elements.values():
            drawn_here = element.startable and element.parent_id == row.element_id
            if drawn_here and may_activate(advance, instance_key, element.id):
                answer.append(Startable(row.key, element.id, element.name, element.documentation))
    return answer


def _model(advance: Advance, instance: Instance, process_id: str) -> ProcessModel:
    found = advance.catalog.process(instance.definition_key)
    if found is None or found[0].id != process_id:
        found = advance.catalog.find_process(process_id)
    if found is None:
        raise NotFound(what=f"proceduren {process_id}")
    return found[1]


def _set_suspended(platform: Platform, person: Person, instance_key: int, reason: str, *, suspended: bool) -> None:
    def work(uow: UnitOfWork) -> None:
        advance = Advance(platform, uow, person)
        instance, _ = _required_root(advance, instance_key)
        if instance.suspended is suspended:
            raise WrongState(why="forløbet er allerede sat på hold" if suspended else "forløbet er ikke sat på hold")
        uow.instances.set_suspended(instance, suspended, _held_entry(advance, reason, suspended=suspended))

    platform.transact(work)


def _held_entry(advance: Advance, reason: str, *, suspended: bool) -> HistoryEntry:
    return HistoryEntry(
        number=0,
        at=advance.now,
        actor=advance.actor.username,
        kind="suspended" if suspended else "resumed",
        details={"begrundelse": _reason(reason)},
    )


def _required_root(advance: Advance, instance_key: int) -> tuple[Instance, Case | None]:
    """The active root instance, locked, that she may manage."""
    instance = advance.uow.instances.lock(instance_key)
    if instance is None:
        raise NotFound(what="forløbet")
    if instance.key != instance_key:
        raise WrongState(why="et kaldt forløb kan ikke styres alene; brug det forløb, der kaldte det")
    if instance.status is not InstanceStatus.ACTIVE:
        raise WrongState(why="forløbet er afsluttet")
    case = advance.uow.cases.get(instance.case_key) if instance.case_key else None
    access.require_manage(advance, case)
    return instance, case


def _reason(text: str) -> str:
    if not text.strip():
        raise BadInput(why="Skriv en begrundelse. Den står i historikken.")
    return text.strip()


def variables_of(platform: Platform, instance_key: int) -> Mapping[int, Mapping[str, object]]:
    """Variables per scope key of a root instance, for those who may see them."""

    def work(uow: UnitOfWork) -> Mapping[int, Mapping[str, object]]:
        state = uow.instances.state(instance_key)
        if state is None:
            raise NotFound(what="forløbet")
        catalog = platform.catalogs.view(uow.definitions)
        return {s.key: s.variables for s in platform.engine.view(catalog, state)}

    return platform.read(work)
