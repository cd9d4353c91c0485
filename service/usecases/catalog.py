"""What is deployed, kept in memory: compiled once per version, renewed when somebody deploys."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from service.dmn import DecisionFailed, DecisionModel, read_decisions
from service.domain.alphabet import alphabetical
from service.domain.deadlines import Calendar
from service.domain.definitions import Binding, Catalog, Finding, ProcessModel, ResourceKind, Version
from service.domain.errors import DecisionEvaluationFailed, SetupFault
from service.domain.forms import Form, read_form
from service.domain.house_feel import CalendarEnvironment
from service.domain.ports import Engine
from service.domain.procedures import CaseKind, FormUse, Manifest, read_calendar, read_manifest
from service.domain.registers import NO_REGISTERS, Registers
from service.domain.storage import Definitions
from service.feel import to_json


@dataclass(frozen=True, slots=True)
class Decision:
    """A deployed decision that the engine can ask."""

    key: int
    id: str
    model: DecisionModel
    calendar: Calendar
    registers: Registers

    def evaluate(self, variables: Mapping[str, object], now: datetime) -> object:
        try:
            environment = CalendarEnvironment(now, self.calendar, registers=self.registers)
            return to_json(self.model.decisions[self.id].evaluate(variables, environment).value)
        except DecisionFailed as fault:
            raise DecisionEvaluationFailed(decision=self.id, why=fault.reason_da) from fault


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The newest version of everything, at one stamp."""

    stamp: int
    latest: Mapping[tuple[ResourceKind, str], Version]
    calendar: Calendar
    manifests: Mapping[str, Manifest]
    """Folder → manifest."""
    case_kinds: Mapping[str, tuple[str, str, CaseKind]] = field(default_factory=dict)
    """Process id → (folder, kind id, kind)."""
    registers: Registers = NO_REGISTERS


@dataclass
class _Compiled:
    processes: dict[int, tuple[Version, ProcessModel]] = field(default_factory=dict)
    decisions: dict[int, DecisionModel] = field(default_factory=dict)
    forms: dict[int, Form] = field(default_factory=dict)


class Catalogs:
    """Hands out the catalogue as it stands in a unit of work. Versions are immutable, so what is compiled stays."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._compiled = _Compiled()
        self._snapshot: Snapshot | None = None
        self._lock = threading.Lock()

    def copy(self) -> Catalogs:
        """One for a copy of the same store: knows all that this one knows, and goes on by itself."""
        made, known = Catalogs(self._engine), self._compiled
        made._compiled = _Compiled(dict(known.processes), dict(known.decisions), dict(known.forms))
        made._snapshot = self._snapshot
        return made

    def view(self, definitions: Definitions) -> DeployedCatalog:
        """The catalogue now: one cheap look-up unless something was deployed since."""
        stamp = definitions.stamp()
        snapshot = self._snapshot
        if snapshot is None or snapshot.stamp != stamp:
            with self._lock:
                snapshot = _snapshot(stamp, definitions)
                if stamp >= 0:  # else it is of a change that may yet come to nothing
                    self._snapshot = snapshot
        return DeployedCatalog(snapshot, definitions, self._engine, self._compiled)


class DeployedCatalog(Catalog):
    """A view of what is deployed, bound to one unit of work (through which versions no longer in use are fetched)."""

    def __init__(self, snapshot: Snapshot, definitions: Definitions, engine: Engine, compiled: _Compiled) -> None:
        self._snapshot, self._definitions, self._engine, self._compiled = snapshot, definitions, engine, compiled

    @property
    def calendar(self) -> Calendar:
        return self._snapshot.calendar

    @property
    def registers(self) -> Registers:
        return self._snapshot.registers

    @property
    def manifests(self) -> Mapping[str, Manifest]:
        return self._snapshot.manifests

    @property
    def latest(self) -> Mapping[tuple[ResourceKind, str], Version]:
        return self._snapshot.latest

    def manifest(self, folder: str) -> Manifest:
        """The procedure's manifest; an empty one where a diagram was deployed without."""
        return self._snapshot.manifests.get(folder) or Manifest(titel=folder or "Uden procedure")

    def case_kind_of(self, process_id: str) -> tuple[str, str, CaseKind] | None:
        """(folder, kind id, kind) of the cases that instances of this process create."""
        return self._snapshot.case_kinds.get(process_id)

    def case_kind(self, kind: str) -> tuple[str, CaseKind] | None:
        """(folder, kind)."""
        for folder, manifest in self._snapshot.manifests.items():
            if kind in manifest.sagstyper:
                return folder, manifest.sagstyper[kind]
        return None

    def process_names(self) -> list[tuple[str, str]]:
        """(process id, name) of everything deployed, by name."""
        found = [(v.id, v.name) for (kind, _), v in self.latest.items() if kind is ResourceKind.PROCESS]
        return sorted(found, key=lambda pair: alphabetical(pair[1]))

    def process(self, key: int) -> tuple[Version, ProcessModel] | None:
        found = self._compiled.processes.get(key)
        if found is None:
            version = self._definitions.get(key)
            if version is None or version.kind is not ResourceKind.PROCESS:
                return None
            reading = self._engine.read(version.content, version.file)
            found = version, next(m for m in reading.models if m.id == version.id)
            self._compiled.processes[key] = found
        return found

    def find_process(
        self,
        process_id: str,
        binding: Binding = Binding.LATEST,
        *,
        version_tag: str | None = None,
        deployment_key: int = 0,
    ) -> tuple[Version, ProcessModel] | None:
        version = self._find(ResourceKind.PROCESS, process_id, binding, version_tag, deployment_key)
        return self.process(version.key) if version else None

    def find_form(
        self,
        form_id: str,
        binding: Binding = Binding.LATEST,
        *,
        version_tag: str | None = None,
        deployment_key: int = 0,
    ) -> Version | None:
        return self._find(ResourceKind.FORM, form_id, binding, version_tag, deployment_key)

    def form(self, key: int) -> Form | None:
        """The form version with this key, ready to render and validate."""
        found = self._compiled.forms.get(key)
        if found is None:
            version = self._definitions.get(key)
            if version is None or version.kind is not ResourceKind.FORM:
                return None
            reading = read_form(version.content, version.file)
            if not isinstance(reading, Form):
                raise SetupFault(
                    why=f"Formularen {version.id} version {version.version} kan ikke læses: {_first(reading)}"
                )
            found = reading
            self._compiled.forms[key] = found
        return found

    def find_decision(
        self,
        decision_id: str,
        binding: Binding = Binding.LATEST,
        *,
        version_tag: str | None = None,
        deployment_key: int = 0,
    ) -> Decision | None:
        version = self._find(ResourceKind.DECISION, decision_id, binding, version_tag, deployment_key)
        if version is None:
            return None
        model = self._compiled.decisions.get(version.key)
        if model is None:
            model = self._compiled.decisions[version.key] = read_decisions(version.content, version.file)
        return Decision(version.key, version.id, model, self.calendar, self.registers)

    def template(self, template_id: str, *folders: str) -> Version | None:
        """The template of this id in the first of these folders that has one."""
        found = (self._snapshot.latest.get((ResourceKind.TEMPLATE, f"{folder}/{template_id}")) for folder in folders)
        return next((version for version in found if version), None)

    def form_use(self, form_id: str, *folders: str) -> FormUse:
        """What submitting a form registers: as the first of these procedures says, else the one the form lies with."""
        version = self._snapshot.latest.get((ResourceKind.FORM, form_id))
        for folder in (*folders, version.folder if version else ""):
            use = self.manifest(folder).formularer.get(form_id)
            if use is not None:
                return use
        return FormUse()

    def _find(
        self, kind: ResourceKind, id_: str, binding: Binding, version_tag: str | None, deployment_key: int
    ) -> Version | None:
        if binding is Binding.LATEST:
            return self._snapshot.latest.get((kind, id_))
        if binding is Binding.VERSION_TAG:
            return self._definitions.find(kind, id_, version_tag=version_tag)
        return self._definitions.find(kind, id_, deployment_key=deployment_key)


def _snapshot(stamp: int, definitions: Definitions) -> Snapshot:
    latest = {(v.kind, v.id): v for v in definitions.latest()}
    manifests: dict[str, Manifest] = {}
    calendar = Calendar()
    for (kind, id_), version in latest.items():
        if kind is ResourceKind.PROCEDURE:
            manifest = read_manifest(version.content, version.file)
            if not isinstance(manifest, Manifest):
                raise SetupFault(why=f"Manifestet for {id_} kan ikke læses: {_first(manifest)}")
            manifests[id_] = manifest
        elif kind is ResourceKind.CALENDAR:
            read = read_calendar(version.content, version.file, version.version)
            if not isinstance(read, Calendar):
                raise SetupFault(why=f"Kalenderen kan ikke læses: {_first(read)}")
            calendar = read
    kinds = {
        kind.proces: (folder, kind_id, kind)
        for folder, manifest in manifests.items()
        for kind_id, kind in manifest.sagstyper.items()
    }
    registers = {
        id_: (folder, kind) for folder, manifest in manifests.items() for id_, kind in manifest.registre.items()
    }
    rows = definitions.register_rows() if registers else ()
    return Snapshot(stamp, latest, calendar, manifests, kinds, Registers(registers, rows))


def _first(findings: list[Finding]) -> str:
    return findings[0].message if findings else ""
