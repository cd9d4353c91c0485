"""What an evaluation may know of the world: the time, extra functions, and how much it may use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from .errors import LimitExceeded
from .types import FeelType
from .values import FeelFunction

PEOPLE_ZONE = ZoneInfo("Europe/Copenhagen")
MAX_WARNINGS = 50
CALL_STEPS = 4


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of one evaluation: loop and call steps, nesting of calls, elements of a list, characters of a string."""

    steps: int = 1_000_000
    depth: int = 100
    elements: int = 200_000
    characters: int = 2_000_000


DEFAULT_LIMITS = Limits()
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)


class Environment:
    """The surroundings of one evaluation (cheap to make; one per step of the engine is intended).

    `now()` gives `now` in UTC, or in `zone` when one is given. `today()` is the date of `now` in `zone`, or in
    Europe/Copenhagen when none is given, because people there count the days.
    `functions` are extra functions: FeelFunction objects, or Python callables that take FEEL values by position and
    whose `params` attribute (or Python parameter names) gives the names for named arguments.
    `trace` is for machinery above FEEL that wants to remember what happened during an evaluation (decision tables do).
    `warnings` collects in plain English why something became null, at most 50 of them.
    """

    __slots__ = ("_depth", "_steps", "functions", "limits", "now", "trace", "types", "warnings", "zone")

    def __init__(
        self,
        now: datetime | None = None,
        zone: tzinfo | None = None,
        functions: Mapping[str, FeelFunction | Callable[..., Any]] | None = None,
        limits: Limits = DEFAULT_LIMITS,
        types: Mapping[str, FeelType] | None = None,
    ) -> None:
        self.now = now
        self.zone = zone
        self.functions = functions if functions is not None else {}
        self.limits = limits
        self.types = types if types is not None else {}
        self.warnings: list[str] = []
        self.trace: list[Any] = []
        self._steps = limits.steps
        self._depth = 0

    def warn(self, message: str) -> None:
        """Remember why something became null."""
        if len(self.warnings) < MAX_WARNINGS and message not in self.warnings:
            self.warnings.append(message)

    def spend(self, steps: int) -> None:
        """Use up steps; raises LimitExceeded when none are left."""
        self._steps -= steps
        if self._steps < 0:
            raise LimitExceeded(f"the evaluation needs more than {self.limits.steps} steps")

    def enter(self) -> None:
        """A function call begins."""
        self._depth += 1
        if self._depth > self.limits.depth:
            raise LimitExceeded(f"functions call each other more than {self.limits.depth} levels deep")
        self.spend(CALL_STEPS)

    def leave(self) -> None:
        """A function call ends."""
        self._depth -= 1

    def restart(self) -> None:
        """A fresh allowance for the next evaluation; warnings stay."""
        self._steps = self.limits.steps
        self._depth = 0

    def check_size(self, size: int) -> None:
        """A list of this many elements is about to exist."""
        if size > self.limits.elements:
            raise LimitExceeded(f"a list would have {size} elements, more than {self.limits.elements}")

    def check_text(self, size: int) -> None:
        """A string of this many characters is about to exist."""
        if size > self.limits.characters:
            raise LimitExceeded(f"a string would have {size} characters, more than {self.limits.characters}")
