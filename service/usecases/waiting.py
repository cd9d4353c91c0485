"""Where cases wait: the courses of her units at each step of one process, and for how long they have stood there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from service.domain.access import Person
from service.domain.definitions import ProcessModel, Version
from service.domain.errors import Forbidden, NotFound
from service.domain.storage import UnitOfWork
from service.usecases.catalog import DeployedCatalog
from service.usecases.platform import Platform
from service.usecases.reports.computing import led_units

AROUND = frozenset({"subProcess", "adHocSubProcess", "transaction", "eventSubProcess", "boundaryEvent", "startEvent"})
"""Elements that only stand around or beside the step where a course waits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingStep:
    element_id: str
    courses: int
    median: timedelta
    """Half of them have waited no longer than this."""
    ninth: timedelta
    """Nine in ten have waited no longer than this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingPage:
    version: Version
    model: ProcessModel
    names: Sequence[tuple[str, str]]
    """(process id, name) of those she may choose among."""
    steps: Sequence[WaitingStep]
    """Most courses first."""


def look(platform: Platform, person: Person, process_id: str | None) -> WaitingPage:
    """One process; None: the first that her units have cases of. Raises Forbidden for those who lead no unit, NotFound."""

    def work(uow: UnitOfWork) -> WaitingPage:
        catalog, now = platform.catalogs.view(uow.definitions), platform.clock.now()
        units = sorted(led_units(person))
        if not units:
            raise Forbidden(what="hvor sagerne venter, er for ledere")
        found = catalog.find_process(process_id or _usual(uow, catalog, units))
        if found is None:
            raise NotFound(what="proceduren")
        version, model = found
        steps = [
            WaitingStep(
                element_id=at.element_id,
                courses=at.courses,
                median=now - at.median,
                ninth=now - at.ninth,
            )
            for at in uow.workload.waiting(version.id, units)
            if at.element_id not in model.elements or model.elements[at.element_id].type not in AROUND
        ]
        return WaitingPage(
            version=version,
            model=model,
            names=catalog.process_names(),
            steps=sorted(steps, key=lambda step: (-step.courses, -step.median, step.element_id)),
        )

    return platform.read(work)


def _usual(uow: UnitOfWork, catalog: DeployedCatalog, units: Sequence[str]) -> str:
    """The process of the kind of case that the units have most of."""
    kinds = sorted(kind for manifest in catalog.manifests.values() for kind in manifest.sagstyper)
    counts = {kind: sum(c.open for c in uow.workload.cases([kind], units)) for kind in kinds}
    found = catalog.case_kind(max(kinds, key=lambda kind: counts[kind])) if kinds else None
    return found[1].proces if found else ""
