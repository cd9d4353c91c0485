"""Which scope a drawn deadline belongs to: the innermost one around everything that is bound to it.

What begins twice at the same time then counts twice, each for itself; what is bound together, a task and the timer beside
it, shares one deadline. An activity that begins more than once at its own place (multi-instance, a loop, by hand in an
ad-hoc sub-process) is such a scope itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import takewhile

from .model import Activity, AdHoc, Element, Scope, SubProcess

Path = tuple[str, ...]
"""Ids of the scopes around something, outermost first."""


def deadline_homes(scope: Scope) -> Mapping[str, str]:
    """For each drawn id of a deadline the id of its scope, or of the one element that has it run by run."""
    paths: dict[str, list[Path]] = {}
    for drawn, path in _bound(scope, (scope.id,), by_hand=False):
        paths.setdefault(drawn, []).append(path)
    return {drawn: _around(found) for drawn, found in paths.items()}


def _around(paths: list[Path]) -> str:
    """The innermost of the scopes that all paths begin with; the process is one."""
    shared = takewhile(lambda ids: len(set(ids)) == 1, zip(*paths, strict=False))
    return str([ids[0] for ids in shared][-1])


def _bound(scope: Scope, path: Path, *, by_hand: bool) -> Iterator[tuple[str, Path]]:
    for element in scope.elements.values():
        if isinstance(element, SubProcess | AdHoc):
            inner = element.scope
            if isinstance(element, SubProcess) and (start := element.event_start) is not None:
                if start.deadline_id is not None:  # its wait stands in the scope around
                    yield start.deadline_id, path
                inner = Scope(id=inner.id, elements={k: e for k, e in inner.elements.items() if k != start.id})
            yield from _bound(inner, (*path, element.id), by_hand=isinstance(element, AdHoc))
        elif element.deadline_id is not None:
            yield element.deadline_id, (*path, element.id) if _by_runs(element, by_hand) else path


def _by_runs(element: Element, by_hand: bool) -> bool:
    return isinstance(element, Activity) and (element.loop is not None or (by_hand and not element.incoming))
