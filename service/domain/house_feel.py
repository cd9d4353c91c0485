"""FEEL as this house speaks it: the standard's functions, and a few of our own for deadlines and dates.

`arbejdsdage(antal)`, `arbejdsdage(fra, antal)` and the same for `hverdage`: the end of the n-th counted day as a local date
and time; one argument counts from now. They are the only way an expression computes a working-day deadline.
`register(id)`, `register(id, dato)`: the rows of a register that are valid today (or on that day), as a list of contexts.
`foedselsdag(cpr)`: the date of birth that the CPR number of somebody alive says, or null.
`dato(værdi)`: a date (or the day of a date and time) as people write it, `31-01-2026`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timezone
from decimal import Decimal
from typing import Any

from stdnum.dk import cpr

from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import Calendar, Count, Unit
from service.domain.registers import NO_REGISTERS, Registers
from service.feel import Environment, FeelFunction


class CalendarEnvironment(Environment):
    """Surroundings of evaluations that may count working days and look things up in registers.

    The counts are recorded while they are made.
    """

    __slots__ = ("calendar", "counts", "registers")

    def __init__(
        self,
        now: datetime,
        calendar: Calendar,
        functions: Mapping[str, FeelFunction] | None = None,
        *,
        registers: Registers = NO_REGISTERS,
    ) -> None:
        super().__init__(now=now, functions=functions or FUNCTIONS)
        self.calendar = calendar
        self.registers = registers
        self.counts: list[Count] = []


def _counting(unit: Unit) -> Callable[[list[Any], Environment], Any]:
    def count(args: list[Any], env: Environment) -> Any:
        assert isinstance(env, CalendarEnvironment)
        if len(args) not in {1, 2}:
            env.warn(f"{unit} takes one or two arguments")
            return None
        start, days = (env.now, args[0]) if len(args) == 1 else (_start_of_count(args[0]), args[-1])
        if start is None or not isinstance(days, Decimal) or days != days.to_integral_value():
            env.warn(f"{unit} takes a date or a date and time, and a whole number of days")
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
            value = date.fromisoformat(value) if len(value) == len("2026-01-31") else datetime.fromisoformat(value)
        except ValueError:
            return None
    if isinstance(value, datetime):
        return value if value.tzinfo is not None else value.replace(tzinfo=LOCAL_ZONE)
    return datetime.combine(value, time.min, LOCAL_ZONE) if isinstance(value, date) else None


def _written_date(args: list[Any], env: Environment) -> str | None:
    start = _start_of_count(args[0]) if len(args) == 1 else None
    if start is None:
        env.warn("dato takes a date, or a date and time")
        return None
    return f"{start.astimezone(LOCAL_ZONE):%d-%m-%Y}"


CENTURY_OF_THE_OLDEST = 1900
"""Numbers of those born earlier belong to the dead."""


def _birthday(args: list[Any], env: Environment) -> date | None:
    if len(args) != 1 or not isinstance(args[0], str):
        if args != [None]:
            env.warn("foedselsdag takes a CPR number")
        return None
    try:
        born = cpr.get_birth_date(cpr.compact(args[0]))
    except (ValueError, IndexError):
        return None
    return born if born.year >= CENTURY_OF_THE_OLDEST else None


def _register(args: list[Any], env: Environment) -> list[dict[str, Any]] | None:
    assert isinstance(env, CalendarEnvironment)
    if len(args) not in {1, 2} or not isinstance(args[0], str):
        env.warn("register takes the id of a register, and perhaps a date")
        return None
    if args[0] not in env.registers:
        env.warn(f"there is no register {args[0]}")
        return None
    on = _start_of_count(env.now if len(args) == 1 else args[1])
    if on is None:
        env.warn("register takes a date, or a date and time, as the second argument")
        return None
    rows = env.registers.contexts(args[0], on.astimezone(LOCAL_ZONE).date())
    env.check_size(len(rows))
    return rows


FUNCTIONS: Mapping[str, FeelFunction] = {
    **{unit.value: FeelFunction(("fra", "antal"), _counting(unit), unit.value, lenient=True) for unit in Unit},
    "dato": FeelFunction(("værdi",), _written_date, "dato", lenient=True),
    "foedselsdag": FeelFunction(("cpr",), _birthday, "foedselsdag", lenient=True),
    "register": FeelFunction(("id", "dato"), _register, "register", lenient=True),
}
"""Given to every expression of diagrams, decisions and forms."""


@dataclass(frozen=True, slots=True)
class Described:
    """A function of this house for the handbook: how it is called, what it gives (in Danish), and an example with its result."""

    signature: str
    da: str
    example: str
    result: str


DESCRIBED = (
    Described(
        "arbejdsdage(antal)",
        "Slutningen af den arbejdsdag, der ligger så mange arbejdsdage efter nu. Weekender, helligdage og lukkedage tæller ikke.",
        "arbejdsdage(1) > now()",
        "true",
    ),
    Described(
        "arbejdsdage(fra, antal)",
        "Det samme, talt fra en dato eller et tidspunkt.",
        'arbejdsdage(date("2026-04-01"), 2)',
        '@"2026-04-08T23:59:59+02:00"',
    ),
    Described(
        "hverdage(antal)",
        "Slutningen af den hverdag, der ligger så mange hverdage efter nu.",
        "hverdage(1) > now()",
        "true",
    ),
    Described(
        "hverdage(fra, antal)",
        "Det samme, talt fra en dato eller et tidspunkt.",
        'hverdage(date("2026-05-04"), 5)',
        '@"2026-05-11T23:59:59+02:00"',
    ),
    Described(
        "dato(værdi)",
        "Datoen, som den skrives i breve.",
        'dato(date("2026-04-01"))',
        '"01-04-2026"',
    ),
    Described(
        "foedselsdag(cpr)",
        "Den dag, CPR-nummeret siger, at nogen er født. Null, når nummeret ikke kan læses, eller er fra før 1900.",
        'foedselsdag("010101-9998")',
        '@"2001-01-01"',
    ),
    Described(
        "register(id, dato?)",
        "Rækkerne i et register, som de gælder på dagen (i dag, når datoen mangler).",
        'count(register("afdelinger"))',
        "1",
    ),
)
"""Every function of `FUNCTIONS` (a test holds it)."""
