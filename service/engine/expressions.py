"""Evaluation: FEEL over the variables an element sees, with what its consumer demands of the result.

A fault in an expression gives null; whoever cannot use the result raises an `Incident`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timezone
from decimal import Decimal
from typing import Any, Protocol

from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import Calendar, Count, Unit
from service.domain.json import Json
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


class StepEnvironment(Environment):
    """The surroundings of all evaluations of one step; working-day counts are recorded while they are made."""

    __slots__ = ("calendar", "counts")

    def __init__(self, now: datetime, calendar: Calendar) -> None:
        super().__init__(now=now, functions=FUNCTIONS)
        self.calendar = calendar
        self.counts: list[Count] = []


# -- functions beside the built-in ones ---------------------------------------------------------------------------------


def _counting(unit: Unit) -> Callable[[list[Any], Environment], Any]:
    def count(args: list[Any], env: Environment) -> Any:
        assert isinstance(env, StepEnvironment)
        if len(args) not in {1, 2}:
            env.warn(f"{unit} tager et eller to argumenter")
            return None
        start, days = (env.now, args[0]) if len(args) == 1 else (_start_of_count(args[0]), args[-1])
        if start is None or not isinstance(days, Decimal) or days != days.to_integral_value():
            env.warn(f"{unit} tager en dato eller en dato med tid, og et helt antal dage")
            return None
        try:
            made = env.calendar.count(start, int(days), unit)
        except ValueError as fault:
            env.warn(str(fault))
            return None
        env.counts.append(made)
        local = made.due.astimezone(LOCAL_ZONE)
        return local.replace(tzinfo=timezone(local.utcoffset() or UTC.utcoffset(None)))

    return count


def _start_of_count(value: Any) -> datetime | None:
    """A date counts from that local day, a date and time without a zone is local; texts are read as either."""
    if isinstance(value, str):
        try:
            value = date.fromisoformat(value) if len(value) == len("2026-01-31") else read_instant(value)
        except (ValueError, TimingFault):
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=LOCAL_ZONE)
    return datetime.combine(value, time.min, LOCAL_ZONE) if isinstance(value, date) else None


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
    "arbejdsdage": FeelFunction(("fra", "antal"), _counting(Unit.ARBEJDSDAGE), "arbejdsdage", lenient=True),
    "hverdage": FeelFunction(("fra", "antal"), _counting(Unit.HVERDAGE), "hverdage", lenient=True),
    "cycle": FeelFunction(("antal", "varighed"), _cycle, "cycle", lenient=True),
}
"""One argument counts from now."""


# -- demands ------------------------------------------------------------------------------------------------------------


class Evaluator:
    """Evaluates values of the model and insists on what the caller needs."""

    def __init__(self, now: datetime, calendar: Calendar) -> None:
        self.env = StepEnvironment(now, calendar)

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
        """The value as it is stored. Raises IO_MAPPING_ERROR for what cannot be."""
        try:
            return bounded(to_json(self.raw(value, variables)), what)
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
