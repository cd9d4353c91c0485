"""What can go wrong with FEEL text, and how it is told."""

from __future__ import annotations

from typing import Protocol


class FeelSyntaxError(ValueError):
    """The text is not FEEL. `str(error)` is English, `.message_da` is Danish; both say where and what was expected.

    `position` is a 0-based offset into `text`; `line` and `column` are 1-based.
    """

    def __init__(self, text: str, position: int, message: str, message_da: str, expected: tuple[str, ...] = ()) -> None:
        self.text = text
        self.position = min(position, len(text))
        before = text[: self.position]
        self.line = before.count("\n") + 1
        self.column = self.position - (before.rfind("\n") + 1) + 1
        self.expected = expected
        self.message = f"line {self.line}, column {self.column}: {message}"
        self.message_da = f"linje {self.line}, tegn {self.column}: {message_da}"
        super().__init__(self.message)


class LimitExceeded(Exception):
    """An evaluation used more than it may. Never leaves `evaluate`: it becomes null and a warning."""


class Meter(Protocol):
    """What counts the work of walking through a value: an evaluation's environment, or an `Allowance` outside of one.

    It is needed because a small value can unfold into an endless one: its parts may be the same object many times over.
    """

    def spend(self, steps: int) -> None:
        """Use up steps; raises LimitExceeded when none are left."""


class Allowance:
    """A number of steps for one walk."""

    __slots__ = ("left",)

    def __init__(self, left: int = 1_000_000) -> None:
        self.left = left

    def spend(self, steps: int) -> None:
        """Use up steps; raises LimitExceeded when none are left."""
        self.left -= steps
        if self.left < 0:
            raise LimitExceeded("a value is too large to be compared or written")


def weight(size: int) -> int:
    """The steps that a list or context of this size costs whoever walks through it."""
    return 8 + 4 * size
