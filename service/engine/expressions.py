"""Evaluation: FEEL over the variables an element sees, with what its consumer demands of the result.

A fault in an expression gives null; whoever cannot use the result raises an `Incident`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Protocol

from service.domain.deadlines import Calendar, Count
from service.domain.house_feel import FUNCTIONS as HOUSE_FUNCTIONS
from service.domain.house_feel import CalendarEnvironment
from service.domain.json import Json
from service.domain.registers import NO_REGISTERS, Registers
from service.domain.waits import IncidentType
from service.feel import DaysTimeDuration, Environment, FeelFunction, YearsMonthsDuration, to_json, write

from .incidents import Incident, wrong_value
from .model import Formula, Value
from .nesting import bounded
from .timing import TimingFault, read_instant


class Readable(Protocol):
    """Variables as FEEL reads them."""

    def get(self, name: str, default: Any = None) -> Any: ...

    def __getitem__(self, name: str) -> Any: ...

    def __contains__(self, name: object) -> bool: ...


def _cycle(args: list[Any], env: Environment) -> Any:
    """`cycle(n, duration)` or `cycle(duration)`: the text of a timer's cycle."""
    if len(args) not in {1, 2}:
        env.warn("cycle tager et eller to argumenter")
        return None
    count, length = (None, args[0]) if len(args) == 1 else (args[0], args[-1])
    if not isinstance(length, DaysTimeDuration | YearsMonthsDuration):
        env.warn("cycle tager et antal gange og en varighed, eller kun en varighed")
        return None
    if count is None:
        return f"R/{write(length)}"
    if not isinstance(count, Decimal) or count != count.to_integral_value() or count < 1:
        env.warn("cycle tager et helt antal gange fra 1")
        return None
    return f"R{int(count)}/{write(length)}"


FUNCTIONS: Mapping[str, FeelFunction] = {
    **HOUSE_FUNCTIONS,
    "cycle": FeelFunction(("antal", "varighed"), _cycle, "cycle", lenient=True),
}
"""What diagrams may call beside the built-in functions."""


# -- demands ------------------------------------------------------------------------------------------------------------


class Evaluator:
    """Evaluates values of the model and insists on what the caller needs."""

    def __init__(self, now: datetime, calendar: Calendar, registers: Registers = NO_REGISTERS) -> None:
        self.env = CalendarEnvironment(now, calendar, FUNCTIONS, registers=registers)

    def raw(self, value: Value, variables: Readable) -> Any:
        """A FEEL value; a literal is its text."""
        if isinstance(value, Formula):
            self.env.warnings.clear()
            return value.expression.evaluate(variables, self.env)  # type: ignore[arg-type]
        return value

    def wrong(self, what: str, value: Value, found: Any, wanted: str) -> Incident:
        """What the last evaluation gave cannot be used."""
        return wrong_value(what, source_of(value), found, wanted, self.env.warnings)

    def explained(self, value: Value, variables: Readable, now: datetime) -> tuple[Any, tuple[Count, ...]]:
        """The value as of that time, and the working-day counts made on the way."""
        before, self.env.now, self.env.counts = self.env.now, now, []
        try:
            return self.raw(value, variables), tuple(self.env.counts)
        finally:
            self.env.now = before

    def json(self, value: Value, variables: Readable, what: str) -> Json:
        """The value as it is stored. Raises IO_MAPPING_ERROR for what cannot be.

        A name that nothing has given a value is null, also where a built-in function happens to be called the same (`dato`).
        """
        found = self.raw(value, variables)
        if isinstance(found, FeelFunction) and found.name:
            return None
        try:
            return bounded(to_json(found), what)
        except ValueError:
            raise Incident(
                IncidentType.IO_MAPPING_ERROR,
                f"{what} gav en værdi, der ikke kan gemmes. Udtrykket er {source_of(value)}. Ret modellen eller variablerne, og prøv igen.",
            ) from None

    def boolean(self, formula: Formula, variables: Readable, what: str) -> bool:
        value = self.raw(formula, variables)
        if not isinstance(value, bool):
            raise self.wrong(what, formula, value, "sand eller falsk")
        return value

    def text(self, value: Value, variables: Readable, what: str) -> str:
        """A non-empty string."""
        found = self.raw(value, variables)
        if not isinstance(found, str) or not found:
            raise self.wrong(what, value, found, "en tekst")
        return found

    def text_or_none(self, value: Value | None, variables: Readable, what: str) -> str | None:
        """A string; None for null and ""."""
        found = None if value is None else self.raw(value, variables)
        if found is None or found == "":
            return None
        if not isinstance(found, str):
            assert value is not None
            raise self.wrong(what, value, found, "en tekst")
        return found

    def texts(self, value: Value | None, variables: Readable, what: str) -> tuple[str, ...]:
        """A literal comma-separated list, or FEEL that gives a list of strings; empty ones dropped."""
        if value is None:
            return ()
        if isinstance(value, str):
            return tuple(part.strip() for part in value.split(",") if part.strip())
        found = self.raw(value, variables)
        if not isinstance(found, list) or not all(isinstance(item, str) for item in found):
            raise self.wrong(what, value, found, "en liste af tekster")
        return tuple(item.strip() for item in found if item.strip())

    def whole(self, value: Value, variables: Readable, what: str) -> int:
        found = self.raw(value, variables)
        if isinstance(found, str) and found.strip().lstrip("-").isdecimal():
            return int(found)
        if isinstance(found, Decimal) and found == found.to_integral_value():
            return int(found)
        raise self.wrong(what, value, found, "et helt tal")

    def key(self, formula: Formula, variables: Readable, what: str) -> str:
        """A correlation key: a string, or a number as its text."""
        found = self.raw(formula, variables)
        if isinstance(found, Decimal):
            return str(to_json(found))
        if isinstance(found, str) and found:
            return found
        raise self.wrong(what, formula, found, "en tekst eller et tal")

    def instant(self, value: Value | None, variables: Readable, what: str) -> datetime | None:
        """An instant in UTC; None for null and ""."""
        return None if value is None else demand_instant(self.raw(value, variables), what)


def demand_instant(value: Any, what: str) -> datetime | None:
    """An instant in UTC; None for null and "". Raises EXTRACT_VALUE_ERROR."""
    try:
        return read_instant(value)
    except TimingFault as fault:
        raise Incident(IncidentType.EXTRACT_VALUE_ERROR, f"{what}: {fault.discreet} Ret det, og prøv igen.") from None


def source_of(value: Value) -> str:
    """As it stands in the diagram."""
    return value.text if isinstance(value, Formula) else value
