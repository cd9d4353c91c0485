"""Files to deploy, as read: what each holds, before anything is checked across files or stored."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any

from service.dmn import DmnRefused, read_decisions
from service.domain.definitions import Finding, ProcessModel
from service.domain.errors import DeploymentRefused
from service.domain.forms import Form, read_form
from service.domain.ports import Engine
from service.domain.procedures import Manifest, read_calendar, read_manifest
from service.domain.register_files import FirstRow, RowsByRegister, read_file
from service.domain.templating import fault_in

LARGEST = 5_000_000
"""Bytes of one file."""


@dataclass(frozen=True, slots=True)
class Resource:
    """A file to deploy. `path` decides its folder: `processes/<mappe>/…` or `forms/<mappe>/…`; a bare name has none."""

    path: str
    content: bytes


@dataclass(slots=True)
class Bundle:
    """Files as read: what each holds, before anything is stored."""

    processes: dict[str, tuple[Resource, ProcessModel]] = field(default_factory=dict)
    decisions: dict[str, tuple[Resource, str]] = field(default_factory=dict)
    """Decision id → (file, name)."""
    forms: dict[str, tuple[Resource, Form]] = field(default_factory=dict)
    manifests: dict[str, tuple[Resource, Manifest]] = field(default_factory=dict)
    templates: dict[str, Resource] = field(default_factory=dict)
    """`<mappe>/<id>` → file."""
    registers: dict[str, tuple[Resource, RowsByRegister]] = field(default_factory=dict)
    """Folder → (file, the first rows of its registers as they stand in it)."""
    first_rows: dict[str, list[FirstRow]] = field(default_factory=dict)
    """Register id → its first rows, once they are held against the manifests."""
    calendar: Resource | None = None
    findings: list[Finding] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        return any(f.error for f in self.findings)


def folder_of(path: str) -> str:
    """`processes/<mappe>/…` and `forms/<mappe>/…` → `<mappe>`; "" elsewhere."""
    parts = PurePosixPath(path).parts
    for root in ("processes", "forms"):
        if root in parts[:-1]:
            rest = parts[parts.index(root) + 1 : -1]
            return rest[0] if rest else ""
    return ""


def read_bundle(engine: Engine, resources: Iterable[Resource]) -> Bundle:
    """Read every file; faults are collected as findings, nothing is raised."""
    bundle = Bundle()
    for resource in resources:
        if len(resource.content) > LARGEST:
            bundle.findings.append(Finding(resource.path, None, None, "Filen er større end 5 MB."))
            continue
        _read(engine, bundle, resource)
    return bundle


def _read(engine: Engine, bundle: Bundle, resource: Resource) -> None:
    path, name = resource.path, PurePosixPath(resource.path).name
    match PurePosixPath(name).suffix:
        case ".bpmn":
            try:
                reading = engine.read(resource.content, path)
            except DeploymentRefused as refusal:
                bundle.findings.extend(refusal.findings)
                return
            bundle.findings.extend(reading.warnings)
            for model in reading.models:
                _put(bundle, bundle.processes, model.id, (resource, model), "processen")
        case ".dmn":
            try:
                read = read_decisions(resource.content, path)
            except DmnRefused as refusal:
                bundle.findings.extend(_dmn_findings(refusal, path))
                return
            bundle.findings.extend(Finding(path, n.element_id, n.line, n.message, error=False) for n in read.notes)
            for decision in read.decisions.values():
                _put(bundle, bundle.decisions, decision.id, (resource, decision.name or decision.id), "beslutningen")
        case ".form":
            form = read_form(resource.content, path)
            if isinstance(form, Form):
                _put(bundle, bundle.forms, form.id, (resource, form), "formularen")
            else:
                bundle.findings.extend(form)
        case ".html" if "skabeloner" in PurePosixPath(path).parts:
            template = f"{folder_of(path)}/{PurePosixPath(name).stem}"
            if fault := fault_in(resource.content):
                bundle.findings.append(Finding(path, None, *fault))
            _put(bundle, bundle.templates, template, resource, "skabelonen")
        case ".yaml" if name == "procedure.yaml":
            manifest = read_manifest(resource.content, path)
            if isinstance(manifest, Manifest):
                _put(bundle, bundle.manifests, folder_of(path), (resource, manifest), "manifestet")
            else:
                bundle.findings.extend(manifest)
        case ".yaml" if name == "registre.yaml":
            rows = read_file(resource.content, path)
            if isinstance(rows, list):
                bundle.findings.extend(rows)
            else:
                _put(bundle, bundle.registers, folder_of(path), (resource, rows), "registrene")
        case ".yaml" if name == "kalender.yaml":
            calendar = read_calendar(resource.content, path, 0)
            if isinstance(calendar, list):
                bundle.findings.extend(calendar)
            bundle.calendar = resource
        case _:
            known = "*.bpmn, *.dmn, *.form, procedure.yaml, registre.yaml, kalender.yaml, skabeloner/*.html"
            bundle.findings.append(Finding(path, None, None, f"Filen kan ikke sættes i drift. Kendte filer: {known}."))


def _put(bundle: Bundle, into: dict[str, Any], id_: str, value: Any, what: str) -> None:
    if id_ in into:
        path = (value[0] if isinstance(value, tuple) else value).path
        bundle.findings.append(Finding(path, id_, None, f"Flere filer indeholder {what} {id_}. Behold én af dem."))
        return
    into[id_] = value


def _dmn_findings(refusal: DmnRefused, path: str) -> list[Finding]:
    return [Finding(path, f.element_id, f.line, f.message) for f in refusal.faults]
