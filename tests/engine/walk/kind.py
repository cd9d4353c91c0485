"""One kind of element in one place, with a tiny diagram and what must happen when it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.engine.driver import Run

Play = Callable[[Run], None]


@dataclass(frozen=True, slots=True)
class Kind:
    """`play` drives an instance to its end and asserts its way; `element` is where a refusal must point."""

    name: str
    content: bytes
    play: Play
    element: str = "x"
    start: str | None = None
    why: str = ""
    """For what runs: nothing. For what has no effect at run time: why that is right."""


def goes(*path: str, tasks: tuple[str, ...] = ()) -> Play:
    """Complete these tasks; then the elements of the path have completed so many times, and the instance is done."""

    def play(run: Run) -> None:
        for task in tasks:
            run.do(task)
        assert run.done, (run.open, run.frozen)
        trail = run.trail()
        assert sorted(step for step in trail if step in path) == sorted(path), trail

    return play
