"""Overblik as a verb: what is counted of whom, and how long steps take."""

from __future__ import annotations

from datetime import timedelta

import pytest

from service.domain.errors import Forbidden
from service.usecases import overview, task_assignment, tasks
from tests.usecases.office import Office

HOUR = timedelta(hours=1)


def look(office: Office, who: str, **wanted: object) -> overview.Overview:
    return overview.look(office.world.platform, office.person(who), overview.Wanted(**wanted))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("hours", "median", "ninth"),
    [([5], 5, 5), ([1, 3], 2, 3), ([4, 1, 2], 2, 4), ([1] * 9 + [100], 1, 1), ([1] * 8 + [50, 100], 1, 50)],
)
def test_the_median_and_nine_in_ten(hours: list[int], median: float, ninth: float) -> None:
    times = overview.step_times([n * HOUR for n in hours])
    assert times == overview.StepTimes(len(hours), median * HOUR, ninth * HOUR)


def test_nothing_done_takes_no_time() -> None:
    assert overview.step_times([]) is None


def test_a_leader_sees_where_work_waits_and_how_long_it_took(office: Office) -> None:
    first, second = office.receive(), office.receive(cpr="0107924427")
    office.receive(unit="syd", cpr="1504761118")
    office.world.move_to(office.world.clock.now() + 3 * HOUR)
    tasks.complete_with(office.world.platform, office.person("nina"), office.task(first).key, {"svar": "ja"})
    task_assignment.take(office.world.platform, office.person("niels"), office.task(second).key)
    view = look(office, "lone")
    assert view.standing is not None
    [unit] = view.standing.units
    assert (unit.name, unit.cases, unit.tasks and unit.tasks.open) == ("Nord", 1, 1)
    [step] = view.standing.steps
    assert (step.element_id, step.times) == ("behandl", overview.StepTimes(1, 3 * HOUR, 3 * HOUR))
    assert step.tasks is not None
    assert (step.tasks.open, step.tasks.overdue, step.tasks.soon) == (1, 0, 1)
    assert [(row.username, row.cases) for row in view.standing.workers] == [("niels", 0), (None, 1)]


def test_overdue_work_is_told(office: Office) -> None:
    office.receive()
    office.world.move_to(office.world.clock.now() + timedelta(days=7))
    standing = look(office, "lone").standing
    assert standing is not None
    assert [(row.tasks.overdue, row.tasks.soon) for row in standing.steps if row.tasks] == [(1, 0)]


def test_those_who_report_see_all_units_and_no_case(office: Office) -> None:
    office.receive()
    view = look(office, "marie")
    assert view.standing is None
    assert view.figures is not None
    assert view.figures.movement.total_created == 1
    assert [id_ for id_, _ in view.units] == ["nord", "syd"]


def test_a_leader_of_one_unit_sees_that_one(office: Office) -> None:
    office.receive(unit="syd")
    view = look(office, "lone")
    assert view.figures is not None
    assert view.figures.movement.total_created == 0
    assert view.units == [("nord", "Nord")]
    with pytest.raises(Forbidden):
        look(office, "lone", unit="syd")


@pytest.mark.parametrize("who", ["nina", "dan", "ruth"])
def test_others_have_no_overview(office: Office, who: str) -> None:
    with pytest.raises(Forbidden, match="ledere"):
        look(office, who)
