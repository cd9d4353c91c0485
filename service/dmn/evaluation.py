"""Evaluating decisions: what they require first, each once, then their own expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.feel import Environment, FeelFunction, FeelType, lift
from service.feel.types import coerce

from .errors import DecisionFailed
from .model import DecisionDef, InputData, KnowledgeDef, Model, Need, ServiceDef

MISSING: Any = object()


class Scope(Mapping[str, Any]):
    """The caller's variables with the results of required elements on top; reads like a mapping."""

    __slots__ = ("above", "below")

    def __init__(self, below: Mapping[str, Any]) -> None:
        self.below = below
        self.above: dict[str, Any] = {}

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name."""
        found = self.above.get(name, MISSING)
        return self.below.get(name, default) if found is MISSING else found

    def __getitem__(self, name: str) -> Any:
        found = self.get(name, MISSING)
        if found is MISSING:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self.above or name in self.below

    def __iter__(self) -> Iterator[str]:
        return iter({**dict.fromkeys(self.below), **self.above})

    def __len__(self) -> int:
        return len(set(self.below) | set(self.above))


@dataclass(slots=True)
class DecisionResult:
    """What a decision gave: a FEEL value, the matched rules of its tables, warnings, and the required decisions' results."""

    value: Any
    matched_rules: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    required: dict[str, DecisionResult] = field(default_factory=dict)


class Run:
    """One evaluation: results are kept by element, so that a decision two others need is made once."""

    def __init__(self, variables: Mapping[str, Any], env: Environment) -> None:
        self.variables = variables
        self.env = env
        self.results: dict[tuple[str, str], DecisionResult] = {}
        self.given: dict[tuple[str, str], Any] = {}

    def decide(self, model: Model, decision: DecisionDef) -> DecisionResult:
        """The result of a decision, from the first time it was asked for."""
        key = (model.namespace, decision.id)
        known = self.results.get(key)
        if known is not None:
            return known
        if key in self.given:
            return DecisionResult(self.given[key])
        if decision.expression is None:
            return self._given_from_outside(model, decision)
        required: dict[str, DecisionResult] = {}
        scope = self._scope(model, decision.needs, required)
        env, types = self.env, self.env.types
        seen = len(env.warnings)
        trace, env.trace = env.trace, []
        env.types = model.types
        try:
            value = decision.expression.evaluate(scope, env)
        except DecisionFailed as failure:
            if failure.decision_id:
                raise
            raise DecisionFailed(failure.reason, failure.reason_da, decision.id) from None
        finally:
            made, env.trace, env.types = env.trace, trace, types
        rules = tuple(rule for _, matched in made for rule in matched)
        result = DecisionResult(value, rules, tuple(env.warnings[seen:]), required)
        self.results[key] = result
        return result

    def _given_from_outside(self, model: Model, decision: DecisionDef) -> DecisionResult:
        """A decision without logic is made by people: the variables must hold it."""
        if decision.name not in self.variables:
            raise DecisionFailed(
                "the decision has no expression and no variable holds it",
                f"beslutningen har hverken udtryk eller tabel, og der er ingen variabel '{decision.name}'",
                decision.id,
            )
        return DecisionResult(self._fit(lift(self.variables[decision.name]), decision.type, decision.name, model))

    def _fit(self, value: Any, wanted: FeelType | None, name: str, model: Model) -> Any:
        if wanted is None:
            return value
        good, fitted = coerce(value, wanted, model.types)
        if not good:
            self.env.warn(f"the input '{name}' is no {wanted}")
        return fitted

    def _scope(self, model: Model, needs: tuple[Need, ...], required: dict[str, DecisionResult]) -> Scope:
        scope = Scope(self.variables)
        for need in needs:
            found = model.find(need)
            if found is None:
                raise DecisionFailed(f"'{need.id}' does not exist", f"'{need.id}' findes ikke", need.id)
            home, element = found
            if isinstance(element, DecisionDef):
                result = self.decide(home, element)
                required[element.id] = result
                value = result.value
            elif isinstance(element, InputData):
                value = self._input(home, element)
            elif isinstance(element, KnowledgeDef):
                value = self.function(home, element)
            else:
                value = self.service(home, element)
            _place(scope, model, need, element.name, value)
        return scope

    def _input(self, model: Model, element: InputData) -> Any:
        key = (model.namespace, element.id)
        if key in self.given:
            return self.given[key]
        return self._fit(lift(self.variables.get(element.name)), element.type, element.name, model)

    # -- functions ---------------------------------------------------------------------------------------------------

    def function(self, model: Model, element: KnowledgeDef) -> FeelFunction:
        """A business knowledge model as function; what it requires is looked up when it is called, so it may call itself."""
        types = element.expression.tree
        params = getattr(types, "params", ())
        kinds = getattr(types, "types", (None,) * len(params))

        def call(args: list[Any], env: Environment) -> Any:
            scope = self._scope_for_knowledge(model, element)
            outer, env.types = env.types, model.types
            try:
                made = element.expression.within(scope, env)
                value = made.call(args, env) if isinstance(made, FeelFunction) else None
            finally:
                env.types = outer
            return _fitted(value, element, model, env)

        return FeelFunction(params, call, element.name, kinds)

    def _scope_for_knowledge(self, model: Model, element: KnowledgeDef) -> Scope:
        scope = self._scope(model, element.needs, {})
        scope.below = {}
        scope.above.setdefault(element.name, self.function(model, element))
        return scope

    def service(self, model: Model, element: ServiceDef) -> FeelFunction:
        """A decision service as function of its input decisions and input data."""
        inputs = [*element.input_data, *element.input_decisions]
        names, kinds = [], []
        for need in inputs:
            found = model.find(need)
            names.append(found[1].name if found is not None else need.id)
            kinds.append(getattr(found[1], "type", None) if found is not None else None)

        def call(args: list[Any], env: Environment) -> Any:
            values = []
            for name, wanted, arg in zip(names, kinds, args, strict=True):
                good, value = (True, arg) if wanted is None else coerce(arg, wanted, model.types)
                if not good:
                    env.warn(f"the argument '{name}' of '{element.name}' is no {wanted}")
                    return None
                values.append(value)
            return self.run_service(model, element, dict(zip(inputs, values, strict=True)))

        return FeelFunction(names, call, element.name, kinds)

    def run_service(self, model: Model, element: ServiceDef, given: Mapping[Need, Any]) -> Any:
        """The output of a decision service: one value, or a context when it has several output decisions."""
        inner = Run(self.variables, self.env)
        for need, value in given.items():
            inner.given[(need.namespace or model.namespace, need.id)] = value
        outputs: dict[str, Any] = {}
        for need in element.outputs:
            found = model.find(need)
            if found is None or not isinstance(found[1], DecisionDef):
                raise DecisionFailed(f"'{need.id}' is no decision", f"'{need.id}' er ingen beslutning", element.id)
            outputs[found[1].name] = inner.decide(*found).value  # type: ignore[arg-type] # checked in the line above
        value = next(iter(outputs.values())) if len(outputs) == 1 else outputs
        return _fitted(value, element, model, self.env)


def _fitted(value: Any, element: KnowledgeDef | ServiceDef, model: Model, env: Environment) -> Any:
    """A function's result as its variable declares it (a function type declares what it gives)."""
    wanted = element.type
    if wanted is not None and wanted.name == "named":
        wanted = model.types.get(wanted.ref)
    if wanted is not None and wanted.name == "function":
        wanted = wanted.result
    if value is None or wanted is None:
        return value
    good, fitted = coerce(value, wanted, model.types)
    if not good:
        env.warn(f"'{element.name}' gave no {wanted}")
    return fitted


def _place(scope: Scope, model: Model, need: Need, name: str, value: Any) -> None:
    prefix = model.prefixes.get(need.namespace, "") if need.namespace else ""
    if prefix:
        scope.above.setdefault(prefix, {})[name] = value
        return
    scope.above[name] = value
    if need.id != name and need.id not in scope.above:
        scope.above[need.id] = value
