"""Evaluating decisions: what they require first, each once, then their own expression."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from service.feel import Environment, FeelFunction, FeelType, lift
from service.feel import nodes as n
from service.feel.errors import Allowance, LimitExceeded
from service.feel.types import NAMED, coerce

from .errors import DecisionFailed
from .model import NOTHING_HIDDEN, DecisionDef, Definition, Hidden, InputData, KnowledgeDef, Model, Need, ServiceDef

MISSING: Any = object()
NOTHING: Mapping[str, Any] = {}
Path = tuple[str, ...]


class Scope(Mapping[str, Any]):
    """Results of required elements over the caller's variables; names in `hidden` are not looked for below."""

    __slots__ = ("above", "below", "hidden")

    def __init__(self, below: Mapping[str, Any], hidden: Hidden = NOTHING_HIDDEN) -> None:
        self.above: dict[str, Any] = {}
        self.below = below
        self.hidden = hidden

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name."""
        found = self.above.get(name, MISSING)
        if found is not MISSING:
            return found
        return default if name in self.hidden else self.below.get(name, default)

    def __getitem__(self, name: str) -> Any:
        found = self.get(name, MISSING)
        if found is MISSING:
            raise KeyError(name)
        return found

    def __contains__(self, name: object) -> bool:
        return name in self.above or (name not in self.hidden and name in self.below)

    def __iter__(self) -> Iterator[str]:
        yield from self.above
        yield from (name for name in self.below if name not in self.above and name not in self.hidden)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(slots=True)
class DecisionResult:
    """What a decision gave: a FEEL value, the matched rules of its tables, warnings (also those of what it requires, unless
    another decision asked for that first), and the required decisions' results.
    """

    value: Any
    matched_rules: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    required: dict[str, DecisionResult] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Place:
    """A model as seen from where the evaluation began: the imports that lead to it, and the variables meant for it."""

    model: Model
    variables: Mapping[str, Any]
    path: Path = ()

    def find(self, need: Need) -> tuple[Place, Definition]:
        """A required element and the place it is in."""
        found = self.model.find(need)
        if found is None:
            raise DecisionFailed(f"'{need.id}' does not exist", f"'{need.id}' findes ikke", need.id)
        home, element = found
        if home is self.model:
            return self, element
        prefix = self.model.prefixes.get(need.namespace, "")
        inner = self.variables.get(prefix) if prefix else None
        variables = self.variables
        if isinstance(inner, Mapping):
            scope = Scope(self.variables)
            scope.above.update(inner)
            variables = scope
        return Place(home, variables, (*self.path, prefix or need.namespace)), element


class Run:
    """One evaluation: results are kept by element, so that a decision two others need is made once.

    `underway` are the decisions begun, so that one that requires itself ends.

    `nested` is set for what runs inside an expression: the limits of that evaluation go on counting.
    """

    def __init__(self, env: Environment, *, nested: bool = False) -> None:
        self.env = env
        self.nested = nested
        self.results: dict[tuple[Path, str], DecisionResult] = {}
        self.underway: set[tuple[Path, str]] = set()
        self.given: dict[tuple[Path, str], Any] = {}

    def decide(self, place: Place, decision: DecisionDef) -> DecisionResult:
        """The result of a decision, from the first time it was asked for."""
        key = (place.path, decision.id)
        known = self.results.get(key)
        if known is None:
            if key in self.underway:
                raise DecisionFailed("the decision requires itself", "beslutningen kræver sig selv", decision.id)
            self.underway.add(key)
            known = self.results[key] = self._decide(place, decision)
        return known

    def _decide(self, place: Place, decision: DecisionDef) -> DecisionResult:
        key = (place.path, decision.id)
        if key in self.given:
            return DecisionResult(self.given[key])
        if decision.expression is None:
            return self._made_by_people(place, decision)
        env = self.env
        seen = len(env.warnings)
        required: dict[str, DecisionResult] = {}
        scope = self._scope(place, decision.needs, required, decision.hidden)
        types, trace = env.types, env.trace
        env.types, env.trace = place.model.types, []
        try:
            evaluate = decision.expression.within if self.nested else decision.expression.evaluate
            value = evaluate(scope, env)
        except DecisionFailed as failure:
            if failure.decision_id:
                raise
            raise DecisionFailed(failure.reason, failure.reason_da, decision.id) from None
        finally:
            made, env.trace, env.types = env.trace, trace, types
        rules = tuple(rule for _, matched in made for rule in matched)
        return DecisionResult(value, rules, tuple(env.warnings[seen:]), required)

    def _made_by_people(self, place: Place, decision: DecisionDef) -> DecisionResult:
        """A decision without logic: the variables may hold it; null and a warning when they do not."""
        value = place.variables.get(decision.name, MISSING)
        if value is MISSING:
            warning = f"the decision '{decision.name}' has no logic, and no variable holds it"
            self.env.warn(warning)
            return DecisionResult(None, warnings=(warning,))
        return DecisionResult(self._fit(lift(value), decision.type, decision.name, place))

    def _scope(
        self, place: Place, needs: tuple[Need, ...], required: dict[str, DecisionResult], hidden: Hidden
    ) -> Scope:
        scope = Scope(place.variables, hidden)
        for need in needs:
            home, element = place.find(need)
            if isinstance(element, DecisionDef):
                result = required[element.id] = self.decide(home, element)
                value = result.value
            elif isinstance(element, InputData):
                value = self._input(home, element)
            elif isinstance(element, KnowledgeDef):
                value = self.function(home, element)
            else:
                value = self.service(home, element)
            _put(scope, place.model, need, element.name, value)
        return scope

    def _input(self, place: Place, element: InputData) -> Any:
        key = (place.path, element.id)
        if key in self.given:
            return self.given[key]
        value = place.variables.get(element.name, MISSING)
        if value is MISSING:
            self.env.warn(f"the input '{element.name}' is missing")
            return None
        return self._fit(lift(value), element.type, element.name, place)

    def _fit(self, value: Any, wanted: FeelType | None, name: str, place: Place) -> Any:
        if wanted is None:
            return value
        try:
            good, fitted = coerce(value, wanted, place.model.types, Allowance())
        except LimitExceeded as limit:
            self.env.warn(str(limit))
            return None
        if not good:
            self.env.warn(f"the input '{name}' is no {wanted}")
        return fitted

    # -- functions ---------------------------------------------------------------------------------------------------

    def function(self, place: Place, element: KnowledgeDef) -> FeelFunction:
        """A business knowledge model as function; what it requires is looked up when it is called, so it may call itself."""
        tree = element.expression.tree
        params, kinds = ((), ()) if not isinstance(tree, (n.FunctionOf, n.External)) else (tree.params, tree.types)

        def call(args: list[Any], env: Environment) -> Any:
            outside = Place(place.model, NOTHING, place.path)
            scope = self._scope(outside, element.needs, {}, NOTHING_HIDDEN)
            scope.above.setdefault(element.name, self.function(place, element))
            types, env.types = env.types, place.model.types
            try:
                made = element.expression.within(scope, env)
                value = made.call(args, env) if isinstance(made, FeelFunction) else None
            finally:
                env.types = types
            return _fitted(value, element, place.model, env)

        return FeelFunction(params, call, element.name, kinds)

    def service(self, place: Place, element: ServiceDef) -> FeelFunction:
        """A decision service as function of its input data and input decisions."""
        inputs = [place.find(need) for need in (*element.input_data, *element.input_decisions)]
        names = [found.name for _, found in inputs]
        kinds = [getattr(found, "type", None) for _, found in inputs]

        def call(args: list[Any], env: Environment) -> Any:
            inner = Run(env, nested=True)
            for (home, found), wanted, arg in zip(inputs, kinds, args, strict=True):
                good, value = (True, arg) if wanted is None else coerce(arg, wanted, home.model.types, env)
                if not good:
                    env.warn(f"the argument '{found.name}' of '{element.name}' is no {wanted}")
                    return None
                inner.given[(home.path, found.id)] = value
            return inner.outputs(Place(place.model, NOTHING, place.path), element)

        return FeelFunction(names, call, element.name, kinds)

    def outputs(self, place: Place, element: ServiceDef) -> Any:
        """What a decision service gives: one value, or a context when it has several output decisions."""
        found: dict[str, Any] = {}
        for need in element.outputs:
            home, output = place.find(need)
            if not isinstance(output, DecisionDef):
                raise DecisionFailed(f"'{need.id}' is no decision", f"'{need.id}' er ingen beslutning", element.id)
            found[output.name] = self.decide(home, output).value
        value = next(iter(found.values())) if len(found) == 1 else found
        return _fitted(value, element, place.model, self.env)


def _fitted(value: Any, element: KnowledgeDef | ServiceDef, model: Model, env: Environment) -> Any:
    """A function's result as its variable declares it (a function type declares what it gives)."""
    wanted = element.type
    if wanted is not None and wanted.name == NAMED:
        wanted = model.types.get(wanted.ref)
    if wanted is not None and wanted.name == "function":
        wanted = wanted.result
    if value is None or wanted is None:
        return value
    good, fitted = coerce(value, wanted, model.types, env)
    if not good:
        env.warn(f"'{element.name}' gave no {wanted}")
    return fitted


def _put(scope: Scope, model: Model, need: Need, name: str, value: Any) -> None:
    """Make a required value visible: by its name, or by `prefix.name` if it is imported."""
    prefix = model.prefixes.get(need.namespace, "") if need.namespace else ""
    if prefix:
        scope.above.setdefault(prefix, {})[name] = value
        return
    scope.above[name] = value
    if need.id != name:
        scope.above.setdefault(need.id, value)
