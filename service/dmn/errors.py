"""Why a decision file is refused, and why a decision gives no result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong in a file: the element's id (or name), its line, and what to mend, in Danish."""

    element_id: str
    line: int
    message: str

    def __str__(self) -> str:
        where = f"linje {self.line}" + (f", {self.element_id}" if self.element_id else "")
        return f"{where}: {self.message}"


class DmnRefused(Exception):
    """The file cannot be used. `faults` holds all that was found; the attributes show the first one."""

    def __init__(self, file_name: str, faults: list[Fault]) -> None:
        self.file_name = file_name
        self.faults = tuple(faults)
        self.element_id = faults[0].element_id
        self.line = faults[0].line
        self.message = faults[0].message
        super().__init__("\n".join(f"{file_name}, {fault}" for fault in faults))


class DecisionFailed(Exception):
    """A decision has no result. `reason` is English, `reason_da` Danish; `decision_id` says which one failed."""

    def __init__(self, reason: str, reason_da: str, decision_id: str = "") -> None:
        self.reason = reason
        self.reason_da = reason_da
        self.decision_id = decision_id
        super().__init__(f"{decision_id}: {reason}" if decision_id else reason)
