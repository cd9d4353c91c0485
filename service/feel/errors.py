"""What can go wrong with FEEL text, and how it is told."""

from __future__ import annotations


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
