"""Variables: one scope per process instance, container and element instance; inner ones hide outer ones.

Values are JSON and never changed in place: a write puts a new value, so what was read before stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from service.domain.json import Json, Variables

from .expressions import Evaluator
from .model import IoMapping
from .nesting import bounded

Chain = tuple[int, ...]
"""Scope keys from the innermost to the process instance."""


class Visible:
    """What can be read from somewhere: the innermost scope wins; `extra` hides them all."""

    __slots__ = ("_chain", "_extra", "_values")

    def __init__(self, values: dict[int, dict[str, Json]], chain: Chain, extra: Variables | None = None) -> None:
        self._values, self._chain, self._extra = values, chain, extra

    def get(self, name: str, default: Any = None) -> Any:
        if self._extra is not None and name in self._extra:
            return self._extra[name]
        for key in self._chain:
            scope = self._values.get(key)
            if scope is not None and name in scope:
                return scope[name]
        return default

    def __contains__(self, name: object) -> bool:
        return self.get(name, _MISSING) is not _MISSING  # type: ignore[arg-type]

    def __getitem__(self, name: str) -> Any:
        found = self.get(name, _MISSING)
        if found is _MISSING:
            raise KeyError(name)
        return found

    def all(self) -> dict[str, Json]:
        """Every visible variable."""
        found: dict[str, Json] = {}
        for key in reversed(self._chain):
            found.update(self._values.get(key, {}))
        found.update(self._extra or {})
        return found


_MISSING = object()


class Scopes:
    """All scopes of one instance. `changed`: names written anywhere; `changed_at_root`: those in the root process scope."""

    def __init__(self, root: int, values: dict[int, dict[str, Json]]) -> None:
        self.root = root
        self.values = values
        self.changed: set[str] = set()
        self.changed_at_root: set[str] = set()
        self.written: dict[tuple[int, str], str] | None = None
        """Scope and name → `create` or `update`, since somebody looked; None when nobody wants to know."""

    def visible(self, chain: Chain, extra: Variables | None = None) -> Visible:
        return Visible(self.values, chain, extra)

    def local(self, key: int) -> dict[str, Json]:
        """A copy of one scope's own variables."""
        return dict(self.values.get(key, {}))

    def put(self, key: int, variables: Variables) -> None:
        """Write exactly there."""
        if not variables:
            return
        scope = self.values.setdefault(key, {})
        if self.written is not None:
            for name in variables:
                self.written.setdefault((key, name), "update" if name in scope else "create")
        scope.update(variables)
        self.changed.update(variables)
        if key == self.root:
            self.changed_at_root.update(variables)

    def propagate(self, chain: Chain, variables: Variables) -> None:
        """Each variable goes to the innermost scope of the chain that has it, else to the process instance."""
        for name, value in variables.items():
            home = next((key for key in chain if name in self.values.get(key, ())), chain[-1])
            self.put(home, {name: value})

    def drop(self, key: int) -> None:
        self.values.pop(key, None)

    # -- mappings

    def map_inputs(self, chain: Chain, mappings: Iterable[IoMapping], evaluator: Evaluator) -> None:
        """Each target becomes a local variable of the innermost scope; later sources see earlier targets."""
        here = chain[0]
        for mapping in mappings:
            value = evaluator.json(mapping.source, self.visible(chain), f"Input '{mapping.text}'")
            head, *rest = mapping.target
            own = self.values.get(here, {}).get(head)
            self.put(here, {head: bounded(with_leaf(own, rest, value), f"Input '{mapping.text}'")})

    def map_outputs(
        self, chain: Chain, mappings: tuple[IoMapping, ...], result: Variables, evaluator: Evaluator
    ) -> None:
        """Without mappings the result is propagated; with mappings it stays local and their targets are propagated."""
        if not mappings:
            self.propagate(chain, result)
            return
        self.put(chain[0], result)
        outward = chain[1:]
        for mapping in mappings:
            value = evaluator.json(mapping.source, self.visible(chain), f"Output '{mapping.text}'")
            head, *rest = mapping.target
            before = self.visible(outward).get(head) if rest else None
            self.propagate(outward, {head: bounded(with_leaf(before, rest, value), f"Output '{mapping.text}'")})


def with_leaf(before: Json, path: list[str], value: Json) -> Json:
    """`before` with `value` at the path; siblings are kept, what is no object on the way is replaced by one."""
    if not path:
        return value
    head, *rest = path
    kept = before if isinstance(before, dict) else {}
    return {**kept, head: with_leaf(kept.get(head), rest, value)}
