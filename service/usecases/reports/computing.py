"""Computing a report: figure 1, figure 2, closing reasons, suspensions and derived measures (ST-1 … ST-5, ST-8)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.domain.access import Person
from service.domain.alphabet import alphabetical
from service.domain.clock import LOCAL_ZONE
from service.domain.errors import BadInput, Forbidden, NotFound
from service.domain.figures import Cohort, Distribution, Figures, Movement, Period, Share, whole_percent
from service.domain.procedures import CaseKind, FigurePlan
from service.domain.storage import UnitOfWork
from service.usecases.catalog import DeployedCatalog
from service.usecases.reports.measures import measured


@dataclass(frozen=True, slots=True)
class Report:
    """A report that may be asked for. `units` are those whose cases it covers; None for all."""

    id: str
    plan: FigurePlan
    kind: CaseKind
    units: frozenset[str] | None


def offered(catalog: DeployedCatalog, person: Person) -> list[Report]:
    """The reports she may see, by title: whole ones by role, those of her own units as their leader (PROCEDURES B8)."""
    found = []
    for manifest in catalog.manifests.values():
        for id_, plan in manifest.figurer.items():
            kind = manifest.sagstyper[plan.sagstype]
            if person.has(*plan.roller):
                found.append(Report(id_, plan, kind, None))
            elif units := led_units(person):
                found.append(Report(id_, plan, kind, units))
    return sorted(found, key=lambda report: alphabetical(report.plan.titel))


def led_units(person: Person) -> frozenset[str]:
    """Units whose figures she sees as their leader."""
    return person.leads | (person.units if person.has("leder") else frozenset())


def whole(catalog: DeployedCatalog, report_id: str) -> Report:
    """The report over all units, for the program itself. Raises NotFound."""
    for manifest in catalog.manifests.values():
        if plan := manifest.figurer.get(report_id):
            return Report(report_id, plan, manifest.sagstyper[plan.sagstype], None)
    raise NotFound(what=f"statusrapporten {report_id}")


def narrowed(report: Report, units: Sequence[str]) -> Report:
    """The same report over fewer units; none named: as it is. Raises Forbidden for units that are not hers."""
    if not units:
        return report
    if report.units is not None and not report.units.issuperset(units):
        raise Forbidden(what="tallene for en enhed, du ikke leder")
    return Report(report.id, report.plan, report.kind, frozenset(units))


def compute(uow: UnitOfWork, report: Report, period: Period, now: datetime) -> Figures:
    """The figures as the cases stand now. Raises BadInput when the cut-off has not come yet."""
    if period.last > now.astimezone(LOCAL_ZONE).date():
        raise BadInput(why="Skæringsdagen er ikke kommet endnu. Vælg i dag eller en tidligere dag.")
    plan, counts = report.plan, uow.counts
    cohort = Cohort(plan.sagstype, report.units)
    movement = _movement(uow, cohort, period)
    sources = _sources(plan, report.kind, counts.sources(cohort, period.begin, period.end))
    names = {u.id: u.name for u in uow.people.units()} if report.units is not None else {}
    return Figures(
        report=report.id,
        title=plan.titel,
        movement_title=plan.titel_bevaegelse,
        sources_title=plan.titel_kilder,
        period=period,
        computed_at=now,
        units=None
        if report.units is None
        else tuple(sorted((names.get(u, u) for u in report.units), key=alphabetical)),
        movement=movement,
        sources=sources,
        reasons=_reasons(report.kind, counts.reasons(cohort, period.begin, period.end)),
        suspended=counts.suspended(cohort, period.end),
        suspensions=counts.suspensions(cohort, period.begin, period.end),
        measures=tuple(measured(counts, plan, cohort, period, counts.opened(cohort, period.begin, period.end))),
        smallest=plan.min_celle,
    )


def _movement(uow: UnitOfWork, cohort: Cohort, period: Period) -> Movement:
    """Open(n) = Open(n-1) + created(n) - closed(n) (ST-2): each column is counted, the balance follows from them.

    A case that is reopened begins anew, and counts as created on that day too.
    """
    columns, counts = period.columns(), uow.counts
    begin = period.begin
    before = sum(count(cohort, None, begin) for count in (counts.opened, counts.reopened))
    before -= counts.closed(cohort, None, begin)
    again = [counts.reopened(cohort, c.begin, c.end) for c in columns]
    created = [counts.opened(cohort, c.begin, c.end) + n for c, n in zip(columns, again, strict=True)]
    closed = [counts.closed(cohort, c.begin, c.end) for c in columns]
    balance, still = before, []
    for came, went in zip(created, closed, strict=True):
        balance += came - went
        still.append(balance)
    return Movement(
        columns=tuple(c.label for c in columns),
        before=before,
        created=tuple(created),
        closed=tuple(closed),
        open=tuple(still),
        total_created=sum(created),
        total_closed=sum(closed),
        reopened=sum(again),
    )


def _sources(plan: FigurePlan, kind: CaseKind, counted: Mapping[str | None, int]) -> Distribution:
    """Every source of the manifest in its order, then those it does not know; cases without one count as `uden_kilde`."""
    found: dict[str, int] = dict.fromkeys(kind.kilder, 0)
    for source, count in counted.items():
        id_ = source or plan.uden_kilde
        found[id_] = found.get(id_, 0) + count
    return distribution([(id_, kind.kilder.get(id_, id_), count) for id_, count in found.items()])


def _reasons(kind: CaseKind, counted: Mapping[str | None, int]) -> Distribution:
    """The reasons that occurred, in the manifest's order."""
    known = [(id_, name, counted[id_]) for id_, name in kind.afslutningsaarsager.items() if id_ in counted]
    others = [
        (id_ or "", id_ or "Ingen årsag angivet", n)
        for id_, n in counted.items()
        if id_ not in kind.afslutningsaarsager
    ]
    return distribution([*known, *others])


def distribution(counted: Sequence[tuple[str, str, int]]) -> Distribution:
    total = sum(count for _, _, count in counted)
    rows = tuple(Share(id_, name, count, whole_percent(count, total)) for id_, name, count in counted)
    return Distribution(rows, total)
