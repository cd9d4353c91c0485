"""Checks across files: what a diagram names must exist – forms, decisions, called processes, handlers, roles, statuses."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from service.domain.access import PLATFORM_ROLES
from service.domain.definitions import ElementInfo, Finding, ProcessModel
from service.domain.forms import Form
from service.domain.handling import HandlerInfo
from service.domain.procedures import CaseList, Manifest
from service.feel import FeelSyntaxError, parse_expression
from service.usecases import access_checks, figure_checks, register_checks, rule_checks
from service.usecases.bundle import Bundle, Resource, folder_of

BUILT_IN_JOBS = frozenset(
    {
        "forloeb:besked",
        "forloeb:frist.pause",
        "forloeb:frist.genoptag",
        "forloeb:frist.forlaeng",
        "forloeb:annuller-forsendelser",
    }
)


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What is deployed already, and what this installation serves."""

    processes: frozenset[str]
    decisions: frozenset[str]
    forms: frozenset[str]
    templates: frozenset[str]
    manifests: Mapping[str, Manifest]
    handlers: Mapping[str, HandlerInfo]


def check_across(bundle: Bundle, deployed: CheckContext) -> None:
    """Add to the bundle's findings what its files say about each other. Unknown job types and roles are warnings:
    somebody else may serve them; `forloeb check --strict` makes them errors.
    """
    known = _Known(bundle, deployed)
    for resource, model in bundle.processes.values():
        manifest = known.manifests.get(folder_of(resource.path))
        for element in model.elements.values():
            for message, error in _element_faults(element, model, known, manifest):
                bundle.findings.append(Finding(resource.path, element.id, None, message, error))
    for resource, manifest in bundle.manifests.values():
        bundle.findings.extend(_manifest_faults(resource, manifest, known))
        beside = {
            id_: model
            for id_, (file, model) in bundle.processes.items()
            if folder_of(file.path) == folder_of(resource.path)
        }
        bundle.findings.extend(access_checks.manifest_faults(resource, manifest, beside, frozenset(known.forms)))
        bundle.findings.extend(register_checks.manifest_faults(resource, manifest, known.manifests))
        bundle.findings.extend(figure_checks.manifest_faults(resource, manifest, known.models, known.processes))
    for resource, form in bundle.forms.values():
        for id_ in form.schema.guidance:
            if id_ not in known.forms:
                bundle.findings.append(
                    Finding(
                        resource.path,
                        None,
                        None,
                        f"Vejledningen {id_} findes ikke. Læg filen forms/<mappe>/{id_}.form ved.",
                    )
                )
    bundle.findings.extend(rule_checks.faults(bundle, known.decisions))
    register_checks.read_first_rows(bundle, known.manifests)
    bundle.findings.extend(register_checks.use_faults(bundle, known.manifests))


class _Known:
    """The union of the bundle and what is deployed."""

    def __init__(self, bundle: Bundle, deployed: CheckContext) -> None:
        self.processes = deployed.processes | bundle.processes.keys()
        self.models = {id_: model for id_, (_, model) in bundle.processes.items()}
        self.decisions = deployed.decisions | bundle.decisions.keys()
        self.forms = deployed.forms | bundle.forms.keys()
        self.form_models: dict[str, Form] = {id_: form for id_, (_, form) in bundle.forms.items()}
        self.templates = deployed.templates | bundle.templates.keys()
        self.manifests = {**deployed.manifests, **{f: m for f, (_, m) in bundle.manifests.items()}}
        self.handlers = deployed.handlers


def _element_faults(
    element: ElementInfo, model: ProcessModel, known: _Known, manifest: Manifest | None
) -> Iterator[tuple[str, bool]]:
    if element.form_id and not element.form_id.startswith("=") and element.form_id not in known.forms:
        yield f"Formularen {element.form_id} findes ikke. Læg filen forms/<mappe>/{element.form_id}.form ved.", True
    if element.decision_id and not element.decision_id.startswith("=") and element.decision_id not in known.decisions:
        yield f"Beslutningen {element.decision_id} findes ikke. Læg filen {element.decision_id}.dmn ved.", True
    called = element.called_process
    if called and not called.startswith("=") and called not in known.processes:
        yield f"Den kaldte proces {called} er ikke sat i drift. Forløbet standser her, til den er det.", False
    if element.job_type and not element.job_type.startswith("="):
        yield from _job_faults(element, known)
    for _, job_type in element.listeners:
        if not job_type.startswith("=") and job_type not in known.handlers:
            yield f"Ingen handler her svarer lytteren {job_type}. Opgaven venter her, til nogen gør.", False
    if manifest is not None:
        for group in element.candidate_groups:
            role = group.partition("@")[0]
            if role not in manifest.roller and role not in PLATFORM_ROLES:
                yield f"Rollen {role} står ikke i manifestets »roller«.", False
        statuses = {s for kind in manifest.sagstyper.values() for s in kind.statusser}
        if element.status and statuses and element.status not in statuses:
            yield f"Status »{element.status}« står ikke i manifestets »statusser«.", True


def _job_faults(element: ElementInfo, known: _Known) -> Iterator[tuple[str, bool]]:
    job_type = element.job_type or ""
    if job_type in BUILT_IN_JOBS:
        return
    info = known.handlers.get(job_type)
    if info is None:
        served = ", ".join(sorted(known.handlers)) or "ingen"
        yield f"Ingen handler her udfører jobtypen {job_type}. Kendte: {served}.", False
        return
    names = {p.name for p in info.parameters}
    given = {i.partition(".")[0] for i in element.inputs}
    missing = sorted(p.name for p in info.parameters if p.required and p.name not in given)
    unknown = sorted(given - names) if not info.takes_any else []
    if missing:
        yield f"Handleren {job_type} mangler {', '.join(missing)}. Tilføj som input på elementet.", True
    if unknown:
        yield f"Handleren {job_type} kender ikke {', '.join(unknown)}. Den tager: {', '.join(sorted(names))}.", True


def _manifest_faults(resource: Resource, manifest: Manifest, known: _Known) -> Iterator[Finding]:
    def fault(where: str, message: str, *, error: bool = True) -> Finding:
        return Finding(resource.path, where, None, message, error)

    roles = manifest.roller.keys() | PLATFORM_ROLES
    for kind_id, kind in manifest.sagstyper.items():
        if kind.proces not in known.processes:
            yield fault(f"sagstyper.{kind_id}", f"Processen {kind.proces} findes ikke.")
    for kind_id, rights in manifest.rettigheder.items():
        if kind_id not in manifest.sagstyper:
            yield fault(f"rettigheder.{kind_id}", f"Der er ingen sagstype {kind_id}.")
        for role in sorted(rights.keys() - roles):
            yield fault(f"rettigheder.{kind_id}.{role}", f"Rollen {role} står ikke under »roller«.")
    if manifest.henvendelse is not None:
        model = known.models.get(manifest.henvendelse.proces)
        if manifest.henvendelse.proces not in known.processes:
            yield fault("henvendelse", f"Processen {manifest.henvendelse.proces} findes ikke.")
        elif model is not None and manifest.henvendelse.opgave not in model.elements:
            yield fault("henvendelse", f"Opgaven {manifest.henvendelse.opgave} findes ikke i processen.")
        elif model is not None:
            form_id = model.elements[manifest.henvendelse.opgave].form_id
            if (form := known.form_models.get(form_id or "")) and form.schema.has_files:
                yield fault(
                    "henvendelse", f"Formularen {form_id} har et filfelt. Der er ingen sag at lægge filen på endnu."
                )
    for name, event in manifest.haendelser.items():
        if event.formular and event.formular not in known.forms:
            yield fault(f"haendelser.{name}", f"Formularen {event.formular} findes ikke.")
        if (form := known.form_models.get(event.formular or "")) and form.schema.has_files:
            yield fault(
                f"haendelser.{name}", f"Formularen {event.formular} har et filfelt. Det kan kun stå på en opgave."
            )
        for role in sorted(set(event.roller) - roles):
            yield fault(f"haendelser.{name}", f"Rollen {role} står ikke under »roller«.")
    activities = {e.id for m in known.models.values() for e in m.elements.values() if e.startable}
    for element_id, activity in manifest.aktiviteter.items():
        if known.models and element_id not in activities:
            yield fault(f"aktiviteter.{element_id}", f"Der er ingen ad hoc-aktivitet {element_id}.", error=False)
        for role in sorted(set(activity.roller) - roles):
            yield fault(f"aktiviteter.{element_id}", f"Rollen {role} står ikke under »roller«.")
    for id_, found in manifest.lister.items():
        yield from (fault(f"lister.{id_}", message) for message in _list_faults(found, manifest, known))
    for form_id, use in manifest.formularer.items():
        if form_id not in known.forms:
            yield fault(f"formularer.{form_id}", f"Formularen {form_id} findes ikke.")
            continue
        form = known.form_models.get(form_id)
        if form is not None:
            parts = (use.borger, use.kontakt)
            fields = {v for part in parts if part for v in part.model_dump(exclude_none=True).values()}
            for name in sorted((fields | ({use.notat} if use.notat else set())) - form.names):
                yield fault(f"formularer.{form_id}", f"Formularen {form_id} har ikke feltet {name}.")
        if use.resume is not None:
            try:
                parse_expression(use.resume.strip().removeprefix("="))
            except FeelSyntaxError as wrong:
                yield fault(f"formularer.{form_id}.resume", f"Udtrykket kan ikke læses: {wrong}")


def _list_faults(found: CaseList, manifest: Manifest, known: _Known) -> Iterator[str]:
    if found.skema not in known.forms:
        yield f"Formularen {found.skema} findes ikke."
    for text in (found.raekker, *found.kolonner.values()):
        try:
            parse_expression(text.strip().removeprefix("="))
        except FeelSyntaxError as wrong:
            yield f"Udtrykket kan ikke læses: {wrong}"
    event = manifest.haendelser.get(found.haendelse or "")
    if found.haendelse is not None and event is None:
        yield f"Hændelsen {found.haendelse} står ikke under »haendelser«."
    form = known.form_models.get((event.formular if event else None) or "")
    if found.felt is not None and form is not None and found.felt not in form.names:
        yield f"Formularen {form.id} har ikke feltet {found.felt}."
