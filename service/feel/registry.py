"""The built-in functions: one entry each, from which calls, the help page and a test of its example are made."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Any, TypeVar

from .environment import Environment
from .errors import LimitExceeded
from .types import FeelType
from .values import (
    BOOLEAN,
    CONTEXT,
    DATE,
    DATE_TIME,
    DAYS_TIME,
    FUNCTION,
    KINDS,
    LIST,
    NATIVE,
    NUMBER,
    RANGE,
    STRING,
    TIME,
    YEARS_MONTHS,
    FeelFunction,
    kind,
    lift,
    lift_all,
)

F = TypeVar("F", bound=Callable[..., Any])
ANY = "any"
CHARACTERS_PER_STEP = 64
MISSING: Any = object()  # an optional argument that was not given
KINDS_OF = {
    "number": {NUMBER},
    "string": {STRING},
    "boolean": {BOOLEAN},
    "list": {LIST},
    "context": {CONTEXT},
    "range": {RANGE},
    "function": {FUNCTION},
    "date": {DATE},
    "time": {TIME},
    "date and time": {DATE_TIME},
    "date or date and time": {DATE, DATE_TIME},
    "duration": {DAYS_TIME, YEARS_MONTHS},
    "number or duration": {NUMBER, DAYS_TIME, YEARS_MONTHS},
}
CATEGORIES = ("conversion", "boolean", "string", "number", "list", "context", "temporal", "range")


@dataclass(frozen=True)
class Param:
    """`kind` is what may come (`any`: everything), `nullable` whether null may, `optional` whether it may be left out."""

    name: str
    kind: str = ANY
    optional: bool = False
    nullable: bool = False

    @cached_property
    def types(self) -> frozenset[type]:
        """The Python types that need no conversion."""
        wanted = KINDS_OF.get(self.kind, set(KINDS.values()))
        return frozenset(kin for kin, name in KINDS.items() if name in wanted) & NATIVE


@dataclass(frozen=True, slots=True)
class Variant:
    """One way to call the function: its parameters and the Python function behind them."""

    params: tuple[Param, ...]
    call: Callable[..., Any]
    wants_env: bool
    variadic: bool
    rest: bool

    @property
    def required(self) -> int:
        return sum(not param.optional for param in self.params)

    def takes(self, count: int) -> bool:
        """Whether this many positional arguments fit."""
        if self.variadic or self.rest:
            return count >= self.required
        return self.required <= count <= len(self.params)


@dataclass(slots=True, eq=False)
class Builtin:
    """What the help page shows, and the variants to call."""

    name: str
    category: str
    da: str
    en: str
    examples: tuple[tuple[str, str], ...]
    foldable: bool
    variants: list[Variant] = field(default_factory=list)

    @property
    def signatures(self) -> list[str]:
        """`substring(string, start position, length?)`."""
        return [
            f"{self.name}({', '.join(p.name + ('?' if p.optional else '') for p in v.params)}{'…' if v.variadic or v.rest else ''})"
            for v in self.variants
        ]


BUILTINS: dict[str, Builtin] = {}


def builtin(
    signature: str, category: str, da: str, en: str, *examples: tuple[str, str], foldable: bool = True
) -> Callable[[F], F]:
    """Register a function under a signature like `substring(string: string, start position: number, length: number?)`.

    `kind?` makes a parameter optional, `kind|null` lets null in. A last `name: kind...` takes one list or its elements
    as arguments, a last `name: kind*` all further arguments as a list. Without `|null` a null argument makes the result
    null without a call. Examples are pairs of FEEL texts with equal values.
    """
    name, _, rest = signature.partition("(")
    params, variadic, further = _params(rest.removesuffix(")"))

    def register(call: F) -> F:
        wants_env = "env" in inspect.signature(call).parameters
        entry = BUILTINS.get(name)
        if entry is None:
            entry = BUILTINS[name] = Builtin(name, category, da, en, examples, foldable)
        entry.variants.append(Variant(params, call, wants_env, variadic, further))
        return call

    return register


def also(signature: str) -> Callable[[F], F]:
    """A further way to call a function already registered."""
    name, _, rest = signature.partition("(")
    params, variadic, further = _params(rest.removesuffix(")"))

    def register(call: F) -> F:
        wants_env = "env" in inspect.signature(call).parameters
        BUILTINS[name].variants.append(Variant(params, call, wants_env, variadic, further))
        return call

    return register


def _params(text: str) -> tuple[tuple[Param, ...], bool, bool]:
    params = []
    variadic, rest = text.endswith("..."), text.endswith("*")
    for part in text.removesuffix("...").removesuffix("*").split(","):
        if not part.strip():
            continue
        name, _, wanted = part.strip().partition(": ")
        optional = wanted.endswith("?")
        wanted = wanted.removesuffix("?") or ANY
        nullable = wanted.endswith("|null") or wanted == ANY
        params.append(Param(name, wanted.removesuffix("|null"), optional, nullable))
    return tuple(params), variadic, rest


def fit(value: Any, param: Param) -> tuple[bool, Any]:
    """The argument as the parameter takes it: a list of one for its element and the reverse, if kinds ask for it."""
    wanted = KINDS_OF.get(param.kind)
    have = kind(value)
    if wanted is None or have in wanted:
        return True, lift(value)
    if LIST in wanted:
        return True, [value]
    if have == LIST and len(value) == 1:
        only = lift(value[0])
        if kind(only) in wanted:
            return True, only
    return False, None


def invoke(name: str, variant: Variant, args: list[Any], env: Environment) -> Any:
    """Call with positional arguments; MISSING stands for an optional one that was left out.

    Long lists and strings cost steps, so that a loop over them stays bounded.
    """
    params = variant.params
    if variant.variadic:
        if len(args) != len(params) or kind(args[-1]) != LIST:
            args = [*args[: len(params) - 1], args[len(params) - 1 :] if args[len(params) - 1 :] != [None] else None]
    elif variant.rest:
        args = [*args[: len(params) - 1], args[len(params) - 1 :]]
    checked: list[Any] = []
    for param, value in zip(params, args, strict=False):
        kin = type(value)
        if value is MISSING or (value is None and param.nullable):
            checked.append(None)
        elif kin in param.types and value is not None:
            if kin is list:
                env.spend(len(value))
                checked.append(value if param.kind == ANY else lift_all(value))
            else:
                if kin is str and len(value) > CHARACTERS_PER_STEP:
                    env.spend(len(value) // CHARACTERS_PER_STEP)
                checked.append(value)
        elif value is None:
            env.warn(f"{name}: {param.name} is null")
            return None
        else:
            good, fitted = fit(value, param)
            if not good:
                env.warn(f"{name}: {param.name} must be a {param.kind}, not {kind(value)}")
                return None
            checked.append(fitted)
    return _run(name, variant, checked, env)


def _run(name: str, variant: Variant, args: list[Any], env: Environment) -> Any:
    try:
        return variant.call(*args, env=env) if variant.wants_env else variant.call(*args)
    except LimitExceeded:
        raise
    except (ArithmeticError, ValueError) as error:
        env.warn(f"{name}: {error if type(error) is ValueError else 'no result'}")
        return None


def choose(entry: Builtin, count: int) -> Variant | None:
    """The variant for this many positional arguments."""
    return next((variant for variant in entry.variants if variant.takes(count)), None)


def choose_named(entry: Builtin, names: tuple[str, ...]) -> tuple[Variant, list[int | None]] | None:
    """The variant with these parameter names, and for each parameter which argument it gets (None: left out)."""
    as_given = [v for v in entry.variants if tuple(param.name for param in v.params) == names]
    for variant in (*as_given, *entry.variants):  # before(range, point) and before(point, range) differ by order only
        known = [param.name for param in variant.params]
        if not set(names) <= set(known):
            continue
        if any(not p.optional and p.name not in names for p in variant.params):
            continue
        places: list[int | None] = [names.index(name) if name in names else None for name in known]
        while places and places[-1] is None:
            places.pop()
        return variant, places
    return None


@lru_cache(maxsize=512)
def as_function(entry: Builtin) -> FeelFunction:
    """The built-in as a value (`sort(xs, my function)`, `f: abs`)."""
    widest = max(entry.variants, key=lambda v: len(v.params))

    def call(args: list[Any], env: Environment) -> Any:
        variant = choose(entry, len(args))
        if variant is None:
            env.warn(f"{entry.name} does not take {len(args)} arguments")
            return None
        return invoke(entry.name, variant, args, env)

    names, kinds = [param.name for param in widest.params], [_declared(param) for param in widest.params]
    return FeelFunction(names, call, entry.name, kinds, lenient=True)


def _declared(param: Param) -> FeelType | None:
    """The parameter's type for `instance of function<…>`; None where it takes several."""
    wanted = KINDS_OF.get(param.kind, set())
    return FeelType(next(iter(wanted))) if len(wanted) == 1 else None
