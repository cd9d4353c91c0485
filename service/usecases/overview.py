"""Overblik: how the cases stand, where they wait, who has how much, and the figures of the status report for a period.

Leaders see their own units; those who report see the figures of all, and no case behind them (PROCEDURES B8).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import ceil

from service.domain.access import Person
from service.domain.alphabet import alphabetical
from service.domain.clock import LOCAL_ZONE
from service.domain.errors import Forbidden
from service.domain.figures import Figures, Period
from service.domain.storage import UnitOfWork
from service.domain.workload import CaseCount, TaskCount, added_up
from service.usecases import access, reports
from service.usecases.catalog import DeployedCatalog
from service.usecases.inbox import soon_until
from service.usecases.platform import Platform
from service.usecases.reports.computing import led_units

MOST_TIMES = 20_000
"""Completed tasks that the time steps take is told from: the newest of the period."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What she asks for; None leaves it to the page: the first report, all her units, this year until today."""

    report: str | None = None
    first: date | None = None
    last: date | None = None
    unit: str | None = None
    public: bool = False


@dataclass(frozen=True, slots=True)
class StepTimes:
    """How long a step took from when it was opened until it was completed."""

    number: int
    median: timedelta
    ninth: timedelta
    """Nine in ten were done within this."""


@dataclass(frozen=True, slots=True)
class UnitRow:
    unit: str
    name: str
    cases: int
    paused: int
    tasks: TaskCount | None


@dataclass(frozen=True, slots=True)
class StepRow:
    process_id: str
    element_id: str
    name: str
    process: str
    tasks: TaskCount | None
    times: StepTimes | None


@dataclass(frozen=True, slots=True)
class WorkerRow:
    username: str | None
    name: str
    """"" for what nobody has."""
    cases: int
    paused: int
    tasks: TaskCount | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How it stands now in the units she leads."""

    units: Sequence[UnitRow]
    steps: Sequence[StepRow]
    workers: Sequence[WorkerRow]


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    wanted: Wanted
    period: Period
    today: date
    offered: Sequence[reports.Report]
    report: reports.Report | None
    figures: Figures | None
    units: Sequence[tuple[str, str]]
    """(id, name) of units she may choose among."""
    standing: Standing | None
    """None for those who lead no unit."""
    lists_cases: bool
    """Whether the cases behind the figures are hers to list."""


def look(platform: Platform, person: Person, wanted: Wanted) -> Overview:
    """Raises Forbidden for those who neither lead nor report, and for a unit that is not theirs; BadInput for a period
    that is none.
    """

    def work(uow: UnitOfWork) -> Overview:
        catalog, now = platform.catalogs.view(uow.definitions), platform.clock.now()
        today = now.astimezone(LOCAL_ZONE).date()
        last = wanted.last or today
        period = Period(wanted.first or date(last.year, 1, 1), last)
        led = led_units(person)
        offered = reports.offered(catalog, person)
        if not led and not offered:
            raise Forbidden(what="overblikket er for ledere og for dem, der laver statusrapporter")
        report = next((r for r in offered if wanted.report in (None, r.id)), None)
        chosen = reports.narrowed(report, [wanted.unit] if wanted.unit else []) if report else None
        figures = reports.compute(uow, chosen, period, now) if chosen else None
        if figures and wanted.public:
            figures = reports.public(figures)
        kinds = access.listed_kinds(catalog, person)
        names = {u.id: u.name for u in uow.people.units()}
        everywhere = report is not None and report.units is None
        return Overview(
            wanted=wanted,
            period=period,
            today=today,
            offered=offered,
            report=chosen,
            figures=figures,
            units=sorted(
                ((u, names.get(u, u)) for u in (names if everywhere else led)), key=lambda pair: alphabetical(pair[1])
            ),
            standing=_standing(uow, catalog, kinds, _within(led, wanted.unit), period, now, names) if led else None,
            lists_cases=chosen is not None and chosen.plan.sagstype in kinds,
        )

    return platform.read(work)


def _within(led: frozenset[str], unit: str | None) -> list[str]:
    return sorted(led if unit is None else led & {unit})


def _standing(
    uow: UnitOfWork,
    catalog: DeployedCatalog,
    kinds: frozenset[str],
    units: Sequence[str],
    period: Period,
    now: datetime,
    unit_names: Mapping[str, str],
) -> Standing:
    cases = uow.workload.cases(sorted(kinds), units)
    tasks = uow.workload.tasks(units, now, soon_until(catalog.calendar, now))
    by_unit = added_up(tasks, lambda count: count.unit)
    return Standing(
        units=[
            UnitRow(unit, unit_names.get(unit, unit), *_sum(c for c in cases if c.unit == unit), by_unit.get(unit))
            for unit in sorted(units, key=lambda unit: alphabetical(unit_names.get(unit, unit)))
        ],
        steps=_steps(uow, catalog, units, period, tasks),
        workers=_workers(uow, cases, tasks),
    )


def _sum(counts: Iterable[CaseCount]) -> tuple[int, int]:
    """(open, i bero)."""
    found = list(counts)
    return sum(c.open for c in found), sum(c.paused for c in found)


def _steps(
    uow: UnitOfWork, catalog: DeployedCatalog, units: Sequence[str], period: Period, tasks: Sequence[TaskCount]
) -> list[StepRow]:
    """Those with most late tasks first, then those that only have been done."""
    taken: dict[tuple[str, str], list[timedelta]] = {}
    for process_id, element_id, created, completed in uow.workload.times_taken(
        units, period.begin, period.end, MOST_TIMES
    ):
        taken.setdefault((process_id, element_id), []).append(completed - created)
    waiting = added_up(tasks, lambda count: (count.process_id, count.element_id))
    order = sorted(waiting, key=lambda step: (-waiting[step].overdue, -waiting[step].open, step))
    processes = dict(catalog.process_names())
    return [
        StepRow(
            process_id,
            element_id,
            waiting[step].name if step in waiting else _element_name(catalog, process_id, element_id),
            processes.get(process_id, process_id),
            waiting.get(step),
            step_times(taken.get(step, [])),
        )
        for step in [*order, *sorted(taken.keys() - waiting.keys())]
        for process_id, element_id in [step]
    ]


def _element_name(catalog: DeployedCatalog, process_id: str, element_id: str) -> str:
    found = catalog.find_process(process_id)
    element = found[1].elements.get(element_id) if found else None
    return element.name if element and element.name else element_id


def step_times(taken: Sequence[timedelta]) -> StepTimes | None:
    """The median and the nearest rank of nine in ten."""
    if not taken:
        return None
    ranked, number = sorted(taken), len(taken)
    median = (ranked[(number - 1) // 2] + ranked[number // 2]) / 2
    return StepTimes(number, median, ranked[ceil(0.9 * number) - 1])


def _workers(uow: UnitOfWork, cases: Sequence[CaseCount], tasks: Sequence[TaskCount]) -> list[WorkerRow]:
    """By name; what nobody has stands last."""
    by_assignee = added_up(tasks, lambda count: count.assignee)
    names = {a.person.username: a.person.name for a in uow.people.all()}
    rows = [
        WorkerRow(
            username,
            names.get(username, username) if username else "",
            *_sum(c for c in cases if c.worker == username),
            by_assignee.get(username),
        )
        for username in {c.worker for c in cases} | by_assignee.keys()
    ]
    return sorted(rows, key=lambda row: (row.username is None, alphabetical(row.name)))
