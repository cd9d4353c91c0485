"""Closures for calls and function definitions."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import Any

from . import nodes as n
from .compiler import Closure, Compiler, Frame, Scope, compiles
from .environment import Environment
from .errors import LimitExceeded
from .registry import BUILTINS, MISSING, Builtin, Variant, as_function, choose, choose_named, invoke
from .types import FeelType, coerce
from .values import FeelFunction, kind, lift


@compiles(n.Call)
def _call(c: Compiler, node: n.Call) -> Closure:
    if isinstance(node.target, n.Name):
        name = node.target.name
        c.functions.add(name)
        _, slot = c.find(name)
        if slot is None and name not in c.declared:
            if name in BUILTINS:
                return _builtin_call(c, BUILTINS[name], node)
            return _outside_call(c, name, node)
        target = c.read(name)
    else:
        target = c.compile(node.target)
    args, names = [c.compile(arg) for arg in node.args], node.names

    def run(f: Frame) -> Any:
        return call_value(target(f), [arg(f) for arg in args], names, f[1])

    return run


# -- built-in functions ----------------------------------------------------------------------------------------------


def _builtin_call(c: Compiler, entry: Builtin, node: n.Call) -> Closure:
    args = [c.compile(arg) for arg in node.args]
    name = entry.name
    if node.names is None:
        variant = choose(entry, len(args))
        places: list[int | None] = list(range(len(args)))
    else:
        chosen = choose_named(entry, node.names)
        variant, places = chosen if chosen is not None else (None, [])
    if variant is None:
        message = f"{name} does not take these arguments; it is {' or '.join(entry.signatures)}"

        def wrong(f: Frame) -> None:
            f[1].warn(message)

        return wrong
    closure = _ready_call(name, variant, [c.constant(MISSING) if i is None else args[i] for i in places])
    return c.fold(closure, *args) if entry.foldable else closure


def _ready_call(name: str, variant: Variant, args: Sequence[Closure]) -> Closure:
    if len(args) == 1:
        only = args[0]

        def one(f: Frame) -> Any:
            return invoke(name, variant, [only(f)], f[1])

        return one

    def run(f: Frame) -> Any:
        return invoke(name, variant, [arg(f) for arg in args], f[1])

    return run


# -- functions from outside ------------------------------------------------------------------------------------------


def _outside_call(c: Compiler, name: str, node: n.Call) -> Closure:
    """A function of the environment, or else a variable that holds one."""
    args, names = [c.compile(arg) for arg in node.args], node.names
    known = name in c.names
    variable = c.read(name)
    if not known:
        c.names.discard(name)  # it is listed among the functions

    def run(f: Frame) -> Any:
        env = f[1]
        given = env.functions.get(name)
        values = [arg(f) for arg in args]
        if given is None:
            found = variable(f)
            if found is None:
                env.warn(f"no function named '{name}'")
                return None
            return call_value(found, values, names, env)
        return call_value(as_feel(name, given), values, names, env)

    return run


@lru_cache(maxsize=1024)
def as_feel(name: str, given: FeelFunction | Callable[..., Any]) -> FeelFunction:
    """A Python callable as function value; a ValueError it raises becomes null and a warning."""
    if isinstance(given, FeelFunction):
        return given
    declared = getattr(given, "params", None)
    params = tuple(declared) if declared is not None else tuple(inspect.signature(given).parameters)

    def call(args: list[Any], env: Environment) -> Any:
        try:
            return lift(given(*args))
        except (ValueError, OverflowError) as error:
            env.warn(f"{name}: {error}")
            return None

    return FeelFunction(params, call, name)


def function_named(name: str, env: Environment) -> FeelFunction | None:
    """A built-in or environment function as a value."""
    given = env.functions.get(name)
    if given is not None:
        return as_feel(name, given)
    entry = BUILTINS.get(name)
    return as_function(entry) if entry is not None else None


def call_value(target: Any, args: list[Any], names: tuple[str, ...] | None, env: Environment) -> Any:
    """Call a function value; null with a warning when it is none or the arguments do not fit."""
    if not isinstance(target, FeelFunction):
        env.warn(f"{kind(target)} is no function")
        return None
    if names is not None:
        if set(names) - set(target.params):
            env.warn(f"{target} has no parameters {', '.join(sorted(set(names) - set(target.params)))}")
            return None
        given = dict(zip(names, args, strict=True))
        if target.lenient:
            args = [given[param] for param in target.params if param in given]
        else:
            args = [given.get(param) for param in target.params]  # what is left out is null
    elif len(args) != len(target.params) and not target.lenient:
        env.warn(f"{target} does not take {len(args)} arguments")
        return None
    env.enter()
    try:
        return target.call(args, env)
    finally:
        env.leave()


def call_whole(target: FeelFunction, args: list[Any], env: Environment) -> Any:
    """Call a function value as an evaluation of its own: fresh limits, exceeding them gives null and a warning."""
    env.restart()
    try:
        return call_value(target, args, None, env)
    except LimitExceeded as limit:
        env.warn(str(limit))
    except RecursionError:
        env.warn("the evaluation is nested too deeply")
    return None


# -- functions defined in FEEL ---------------------------------------------------------------------------------------


@compiles(n.FunctionOf)
def _function(c: Compiler, node: n.FunctionOf) -> Closure:
    slots = {name: c.slot() for name in node.params}
    body = c.inside(Scope(c.scope, slots), node.body)
    places, types, source = list(slots.values()), node.types, node.text

    def run(f: Frame) -> FeelFunction:
        frame = f.copy()
        function = FeelFunction(node.params, _body_call(frame, body, places, types), "", types)
        function.frame, function.source = frame, source
        return function

    return run


def _body_call(
    frame: Frame, body: Closure, places: Sequence[int], types: Sequence[FeelType | None]
) -> Callable[[list[Any], Environment], Any]:
    def call(args: list[Any], env: Environment) -> Any:
        inner = frame.copy()
        inner[1] = env
        for place, wanted, value in zip(places, types, args, strict=True):
            if wanted is not None:
                good, value = coerce(value, wanted, env.types, env)  # noqa: PLW2901 - the argument as its type takes it
                if not good:
                    env.warn(f"an argument must be a {wanted}")
                    return None
            inner[place] = value
        return body(inner)

    return call


@compiles(n.External)
def _external(_: Compiler, node: n.External) -> Closure:
    def call(args: list[Any], env: Environment) -> None:
        env.warn(f"external functions do not run here ({len(args)} arguments)")

    function = FeelFunction(node.params, call, "external")

    def run(_: Frame) -> FeelFunction:
        return function

    return run
