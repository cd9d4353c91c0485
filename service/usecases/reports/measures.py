"""Derived measures (ST-8): shares, days between milestones, hours, load and the yearly run rate, as sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import ceil, floor

from service.domain.figures import CaseCounts, Cohort, Period, Told, whole_percent
from service.domain.procedures import (
    OPENING,
    AgainstMeasure,
    BeforeDateMeasure,
    DaysMeasure,
    FigurePlan,
    HoursMeasure,
    LoadMeasure,
    RunRateMeasure,
    ShareMeasure,
)

NOTHING = "–"


def measured(counts: CaseCounts, plan: FigurePlan, cohort: Cohort, period: Period, created: int) -> Iterator[Told]:
    """What the plan's measures say of the cases opened in the period, as it stood at the cut-off."""
    begin, end = period.begin, period.end

    def reached(milestone: str) -> int:
        return created if milestone == OPENING else counts.reached(cohort, begin, end, milestone)

    for measure in plan.maal:
        match measure:
            case ShareMeasure():
                whole = reached(measure.af)
                part = (
                    reached(measure.med)
                    if measure.af == OPENING
                    else counts.reached_both(cohort, begin, end, measure.af, measure.med)
                )
                yield share(measure.titel, part, whole)
            case DaysMeasure():
                first = None if measure.fra == OPENING else measure.fra
                yield days(measure.titel, counts.days(cohort, begin, end, first, measure.til))
            case BeforeDateMeasure():
                yield share(measure.titel, *counts.before_date(cohort, begin, end, measure.milepael))
            case AgainstMeasure():
                if cohort.units is not None:
                    continue  # what became no case belongs to no unit
                known = counts.ended(measure.proces, measure.slut, begin, end)
                yield share(measure.titel, reached(measure.med), known)
            case HoursMeasure():
                yield hours(measure.titel, *counts.hours(cohort, begin, end))
            case LoadMeasure():
                yield load(measure.titel, counts.workers(cohort, end))
            case RunRateMeasure():
                yearly = round_half_up(created * 365 / period.days)
                note = f"{created} i {period.days} dage; skønnet er {measure.skoen} om året"
                yield Told(measure.titel, f"{yearly} om året", note, (created,))


def share(name: str, part: int, whole: int) -> Told:
    if not whole:
        return Told(name, NOTHING)
    return Told(name, f"{whole_percent(part, whole)} %", f"{part} af {whole}", (part, abs(whole - part)))


def days(name: str, spread: Mapping[int, int]) -> Told:
    """The median and the day within which nine in ten are (nearest rank)."""
    number = sum(spread.values())
    if not number:
        return Told(name, NOTHING)
    middle = _ranked(spread, ceil(number / 2)) + _ranked(spread, number // 2 + 1)
    median = f"{middle // 2}{'' if middle % 2 == 0 else ',5'}"
    ninth = _ranked(spread, ceil(0.9 * number))
    unit = "dag" if median == "1" else "dage"
    return Told(name, f"{median} {unit}", f"median af {number}; ni ud af ti inden for {ninth} dage", (number,))


def hours(name: str, used: float, cases: int) -> Told:
    if not cases:
        return Told(name, NOTHING)
    return Told(name, f"{_danish(used)} timer", f"{_danish(used / cases)} timer på hver af {cases} sager", (cases,))


def load(name: str, workers: Mapping[str | None, int]) -> Told:
    counted = [count for worker, count in workers.items() if worker is not None and count]
    without = workers.get(None, 0)
    if not counted:
        return Told(name, NOTHING, f"{without} uden medarbejder" if without else "", (without,) if without else ())
    average = _danish(sum(counted) / len(counted))
    note = f"{sum(counted)} sager hos {len(counted)} medarbejdere, højst {max(counted)} hos én"
    return Told(
        name, average, f"{note}; {without} uden medarbejder" if without else note, (*counted, without or sum(counted))
    )


def _ranked(spread: Mapping[int, int], rank: int) -> int:
    """The value at that place (1, 2, 3 …) in order."""
    for value in sorted(spread):
        rank -= spread[value]
        if rank <= 0:
            return value
    raise AssertionError("a rank is within what was counted")


def round_half_up(value: float) -> int:
    return floor(value + 0.5)


def _danish(value: float) -> str:
    """One decimal at most, with a comma."""
    return f"{value:.1f}".replace(".", ",").removesuffix(",0")
