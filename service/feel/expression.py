"""Expressions and unary tests, parsed once and evaluated often."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from . import builtins, calling, compile_basic, compile_lists
from . import nodes as n
from .compile_tests import compile_tests
from .compiler import Closure, Compiler
from .environment import Environment
from .errors import FeelSyntaxError, LimitExceeded
from .parser import parse, parse_tests

_LOADED = (builtins, calling, compile_basic, compile_lists)  # importing them registers functions and node compilers


class Expression:
    """One parsed expression. `names` are the variables it may read, `functions` the functions it calls by name."""

    __slots__ = ("_blank", "_run", "functions", "names", "text", "tree")

    def __init__(self, text: str, tree: n.Node, compiler: Compiler, run: Closure) -> None:
        self.text = text
        self.tree = tree
        self.names = frozenset(compiler.names)
        self.functions = frozenset(compiler.functions)
        self._run = run
        self._blank: list[Any] = [None] * (compiler.size - 2)

    def evaluate(self, variables: Mapping[str, Any], env: Environment | None = None) -> Any:
        """The FEEL value. Faults and exceeded limits give null and a warning in `env.warnings`, never an exception.

        `variables` needs `get`, `__getitem__` and `__contains__` only; what is read from it is converted then, and
        containers that come out of it whole may still hold JSON numbers (`to_json` and `from_json` take both).
        """
        if env is None:
            env = Environment()
        env.restart()
        try:
            return self._run([variables, env, *self._blank])
        except LimitExceeded as limit:
            env.warn(str(limit))
        except RecursionError:
            env.warn("the evaluation is nested too deeply")
        return None

    def within(self, variables: Mapping[str, Any], env: Environment) -> Any:
        """The value as part of an evaluation that is already under way: limits go on counting and may raise."""
        return self._run([variables, env, *self._blank])

    def __repr__(self) -> str:
        return f"Expression({self.text!r})"


class UnaryTests:
    """Parsed unary tests (a cell of a decision table, `?` is the value under test)."""

    __slots__ = ("_blank", "_test", "functions", "names", "text", "tree")

    def __init__(self, text: str, tree: n.Tests, names: Iterable[str] = ()) -> None:
        compiler = Compiler(names)
        self._test = compile_tests(compiler, tree)
        self.text = text
        self.tree = tree
        self.names = frozenset(compiler.names)
        self.functions = frozenset(compiler.functions)
        self._blank: list[Any] = [None] * (compiler.size - 2)

    def matches(self, value: Any, variables: Mapping[str, Any], env: Environment | None = None) -> bool | None:
        """Whether the FEEL value passes; None when that cannot be told (and a limit reached is a warning)."""
        if env is None:
            env = Environment()
        env.restart()
        try:
            return self._test(value, [variables, env, *self._blank])
        except LimitExceeded as limit:
            env.warn(str(limit))
        except RecursionError:
            env.warn("the evaluation is nested too deeply")
        return None

    def __repr__(self) -> str:
        return f"UnaryTests({self.text!r})"


def _too_deep(text: str) -> FeelSyntaxError:
    return FeelSyntaxError(text, 0, "nested too deeply", "udtrykket er indlejret i for mange lag")


@lru_cache(maxsize=8192)
def parse_expression(
    text: str, names: frozenset[str] = frozenset(), properties: frozenset[str] = frozenset()
) -> Expression:
    """An expression without its leading `=`, cached by text. Raises FeelSyntaxError.

    `names` are the names in scope that hold spaces or operator signs, or that are called like a built-in function;
    `properties` are such names of entries in contexts.
    """
    try:
        tree = parse(text, names, properties)
        compiler = Compiler(names)
        return Expression(text, tree, compiler, compiler.compile(tree))
    except RecursionError:
        raise _too_deep(text) from None


@lru_cache(maxsize=8192)
def parse_unary_tests(text: str, names: frozenset[str] = frozenset()) -> UnaryTests:
    """Unary tests, cached by text. Raises FeelSyntaxError. `names` as in `parse_expression`."""
    try:
        return UnaryTests(text, parse_tests(text, names), names)
    except RecursionError:
        raise _too_deep(text) from None
