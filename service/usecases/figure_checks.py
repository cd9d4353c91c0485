"""Checks of figures at deploy: what a manifest counts must be there to count."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set

from service.domain.access import PLATFORM_ROLES
from service.domain.definitions import Finding, ProcessModel
from service.domain.procedures import OPENING, AgainstMeasure, FigurePlan, Manifest
from service.usecases.bundle import Resource

Fault = tuple[str, str, bool]
"""(where in the plan, message, whether it is an error)."""


def manifest_faults(
    resource: Resource, manifest: Manifest, models: Mapping[str, ProcessModel], processes: Set[str]
) -> Iterator[Finding]:
    """What is wrong with the figures of a manifest. `models`: the diagrams deployed with it, `processes`: all there are."""
    for report_id, plan in manifest.figurer.items():
        for where, message, error in (
            *_plan_faults(plan, manifest),
            *_milestone_faults(plan, models),
            *_measure_faults(plan, models, processes),
        ):
            yield Finding(resource.path, f"figurer.{report_id}{where}", None, message, error)


def _plan_faults(plan: FigurePlan, manifest: Manifest) -> Iterator[Fault]:
    if plan.sagstype not in manifest.sagstyper:
        yield "", f"Der er ingen sagstype {plan.sagstype} i dette manifest.", True
    for role in sorted(set(plan.roller) - manifest.roller.keys() - PLATFORM_ROLES):
        yield "", f"Rollen {role} står ikke under »roller«.", True


def _milestone_faults(plan: FigurePlan, models: Mapping[str, ProcessModel]) -> Iterator[Fault]:
    elements = {element for model in models.values() for element in model.elements}
    if OPENING in plan.milepaele:
        yield f".milepaele.{OPENING}", f"Alle sager har milepælen {OPENING}. Vælg et andet navn.", True
    for id_, milestone in plan.milepaele.items():
        if models and milestone.element not in elements:
            yield f".milepaele.{id_}", f"Elementet {milestone.element} findes ikke i noget diagram.", False


def _measure_faults(plan: FigurePlan, models: Mapping[str, ProcessModel], processes: Set[str]) -> Iterator[Fault]:
    names = plan.milepaele.keys() | {OPENING}
    for number, measure in enumerate(plan.maal, 1):
        where = f".maal.{number}"
        named = {getattr(measure, field, OPENING) for field in ("af", "med", "fra", "til", "milepael")}
        for name in sorted(named - names):
            yield where, f"Der er ingen milepæl {name}. Kendte: {', '.join(sorted(names))}.", True
        if not isinstance(measure, AgainstMeasure):
            continue
        if measure.proces not in processes:
            yield where, f"Processen {measure.proces} findes ikke.", True
        model = models.get(measure.proces)
        for end in sorted(set(measure.slut) - model.elements.keys()) if model else ():
            yield where, f"Slutningen {end} findes ikke i processen {measure.proces}.", True
