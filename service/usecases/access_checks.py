"""Checks of what a manifest says about access: roles, parts, conditions, marks and authority tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from service.domain.access import PLATFORM_ROLES, Reach
from service.domain.definitions import Finding, ProcessModel
from service.domain.procedures import PARTS, Manifest, Right
from service.feel import FeelSyntaxError, parse_expression
from service.usecases.bundle import Resource

CLOSE = frozenset({Reach.NONE, Reach.OWN, Reach.ATTACHED})
"""Reaches that external roles may have."""


def manifest_faults(
    resource: Resource, manifest: Manifest, models: Mapping[str, ProcessModel], forms: frozenset[str]
) -> Iterator[Finding]:
    """`models` are the diagrams that are known to stand beside the manifest."""
    for where, message, error in (
        *_field_faults(manifest),
        *_right_faults(manifest, forms),
        *_authority_faults(manifest, models),
    ):
        yield Finding(resource.path, where, None, message, error)


Fault = tuple[str, str, bool]


def _field_faults(manifest: Manifest) -> Iterator[Fault]:
    for kind_id, kind in manifest.sagstyper.items():
        where = f"sagstyper.{kind_id}.felter"
        given = kind.felter.model_dump(exclude_none=True)
        attached: dict[str, str] = given.pop("tilknyttede", {})
        for name, text in [*given.items(), *((f"tilknyttede.{role}", text) for role, text in attached.items())]:
            yield from _expression_faults(f"{where}.{name}", text)
        for role in sorted(attached.keys() - manifest.roller.keys()):
            yield f"{where}.tilknyttede.{role}", f"Rollen {role} står ikke under »roller«.", True
        for role in sorted(set(kind.markering_fjernes_af) - manifest.roller.keys() - PLATFORM_ROLES):
            yield f"sagstyper.{kind_id}.markering_fjernes_af", f"Rollen {role} står ikke under »roller«.", True
        if kind.felter.markering_efter and not kind.markering_fjernes_af:
            yield where, "Skriv under »markering_fjernes_af«, hvem der kan fjerne det mærke, der bliver stående.", True


def _right_faults(manifest: Manifest, forms: frozenset[str]) -> Iterator[Fault]:
    for kind_id, rights in manifest.rettigheder.items():
        kind = manifest.sagstyper.get(kind_id)
        for role, right in rights.items():
            where = f"rettigheder.{kind_id}.{role}"
            if Reach.ATTACHED in right.laes and kind is not None and role not in kind.felter.tilknyttede:
                yield where, f"Tilføj felter.tilknyttede.{role} på sagstypen: ellers er ingen tilknyttet.", True
            yield from _part_faults(where, right, forms)
            info = manifest.roller.get(role)
            if info is not None and info.ekstern:
                yield from _external_faults(where, right)


def _part_faults(where: str, right: Right, forms: frozenset[str]) -> Iterator[Fault]:
    for part in right.dele or ():
        kind, _, name = part.partition(":")
        if kind == "skema":
            if name not in forms:
                yield where, f"Formularen {name} i »dele« findes ikke.", True
        elif not (kind == "dokument" and name) and part not in PARTS:
            known = ", ".join(sorted(PARTS))
            yield where, f"»{part}« er ikke en del af en sag. Skriv {known}, skema:<id> eller dokument:<slags>.", True
    for part, condition in right.kun.items():
        if part not in (right.dele or ()) or not part.startswith("skema:"):
            yield f"{where}.kun", f"»{part}« skal være et skema, der også står under »dele«.", True
        yield from _expression_faults(f"{where}.kun.{part}", condition)


def _external_faults(where: str, right: Right) -> Iterator[Fault]:
    if not CLOSE.issuperset(right.laes):
        yield where, "En ekstern rolle kan kun læse »egne« eller »tilknyttet«.", True
    if right.dele is None and right.laes != (Reach.NONE,):
        yield where, "Nævn under »dele«, hvad den eksterne rolle må se: hele sagen må den aldrig.", True
    if right.styr or right.noedadgang:
        yield where, "En ekstern rolle kan hverken styre sager eller få nødadgang.", True


def _authority_faults(manifest: Manifest, models: Mapping[str, ProcessModel]) -> Iterator[Fault]:
    elements = {e.id: e for model in models.values() for e in model.elements.values() if e.type == "userTask"}
    for element_id, roles in manifest.myndighed.items():
        where = f"myndighed.{element_id}"
        element = elements.get(element_id)
        if models and element is None:
            yield where, f"Der er ingen brugeropgave {element_id} i procedurens diagrammer.", True
        for role in roles:
            info = manifest.roller.get(role)
            if info is None and role not in PLATFORM_ROLES:
                yield where, f"Rollen {role} står ikke under »roller«.", True
            elif info is not None and not info.myndighed:
                yield where, f"Rollen {role} har ikke myndighed og kan ikke løse en myndighedsopgave.", True
        groups = element.candidate_groups if element else ()
        given = {group.partition("@")[0] for group in groups if not group.startswith("=")}
        for role in sorted(given - set(roles)):
            yield (
                where,
                f"Opgaven tilbydes rollen {role}, som ikke må løse den. Ret diagrammet eller »myndighed«.",
                True,
            )


def _expression_faults(where: str, text: str) -> Iterator[Fault]:
    try:
        parse_expression(text.strip().removeprefix("="))
    except FeelSyntaxError as fault:
        yield where, f"Udtrykket kan ikke læses: {fault}", True
