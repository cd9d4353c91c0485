"""The door to this package: read a file, find a decision, evaluate it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.feel import Environment, call_whole, lift

from .errors import DecisionFailed, Fault
from .evaluation import DecisionResult, Place, Run
from .model import DecisionDef, KnowledgeDef, Model, ModelReader, ServiceDef


@dataclass(frozen=True, slots=True)
class Decision:
    """A decision of a model. `name` is its title, `variable` the name of its result.

    `requires` are the ids of the decisions, inputs and knowledge it needs directly.
    """

    id: str
    name: str
    variable: str
    requires: tuple[str, ...]
    model: Model
    definition: DecisionDef

    def evaluate(self, variables: Mapping[str, Any], env: Environment | None = None) -> DecisionResult:
        """The result for JSON (or FEEL) variables; expressions see all of them, required results on top.

        Only what a decision requires is visible to it of the file's own elements; other variables all are.
        A table where no rule matches gives null, for every hit policy (COLLECT with COUNT gives 0).
        Raises DecisionFailed when UNIQUE or ANY is violated, or a value is not among a column's allowed values, or too many
        decisions require each other in a row.
        """
        try:
            return Run(env if env is not None else Environment()).decide(Place(self.model, variables), self.definition)
        except RecursionError:
            raise DecisionFailed(
                "too many decisions require each other", "for mange beslutninger kræver hinanden på række", self.id
            ) from None


@dataclass(frozen=True, slots=True)
class DecisionModel:
    """A file's decisions by id. `notes` are things in it that are allowed and probably not meant, in Danish."""

    name: str
    namespace: str
    file_name: str
    decisions: Mapping[str, Decision]
    model: Model

    @property
    def notes(self) -> tuple[Fault, ...]:
        return tuple(self.model.notes)

    @property
    def invocables(self) -> frozenset[str]:
        """Ids and names of decision services and business knowledge models."""
        found = (e for e in self.model.elements.values() if isinstance(e, (ServiceDef, KnowledgeDef)))
        return frozenset(key for element in found for key in (element.id, element.name))

    def by_id_or_name(self, key: str) -> Decision:
        """The decision with this id, else with this name or variable; raises DecisionFailed when there is none."""
        found = self.decisions.get(key) or next(
            (d for d in self.decisions.values() if key in {d.name, d.variable}), None
        )
        if found is None:
            raise DecisionFailed(f"there is no decision '{key}'", f"der er ingen beslutning '{key}'", key)
        return found

    def call(self, key: str, variables: Mapping[str, Any], env: Environment | None = None) -> Any:
        """Call a decision service or business knowledge model by id or name, its parameters taken from the variables."""
        env = env if env is not None else Environment()
        place, run = Place(self.model, variables), Run(env)
        for element in self.model.elements.values():
            if key not in {element.id, element.name}:
                continue
            if isinstance(element, ServiceDef):
                function = run.service(place, element)
            elif isinstance(element, KnowledgeDef):
                function = run.function(place, element)
            else:
                continue
            return call_whole(function, [lift(variables.get(param)) for param in function.params], env)
        raise DecisionFailed(f"there is no service '{key}'", f"der er ingen beslutningstjeneste '{key}'", key)


def read_decisions(
    xml: bytes, name: str, imports: Mapping[str, DecisionModel] | None = None, *, strict: bool = True
) -> DecisionModel:
    """A DMN file (1.1–1.6). `imports` are the models it may import, by namespace.

    Raises DmnRefused with everything that is wrong in it: no DTD, entities or network, bounded size and depth, every
    expression parses, every reference leads somewhere, no circular requirements. Unless `strict`, only what is no such
    file is refused: expressions that cannot be read are null, and the faults stand among the notes.
    """
    known = {namespace: imported.model for namespace, imported in (imports or {}).items()}
    model = ModelReader(xml, name, known, strict=strict).read()
    decisions = {
        element.id: Decision(
            element.id, element.title, element.name, tuple(need.id for need in element.needs), model, element
        )
        for element in model.elements.values()
        if isinstance(element, DecisionDef)
    }
    return DecisionModel(model.name, model.namespace, name, decisions, model)
