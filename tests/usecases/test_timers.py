"""Timers in a whole Forløb: due on the clock of the house, and after a stop one reminder, not five."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from service.domain.clock import LOCAL_ZONE
from service.domain.instances import Instance
from service.testing import World
from service.testing.course import Course
from service.usecases import instances, people
from service.usecases.bundle import Resource
from tests.engine import drawing as d

STAFF = b"personer: [{brugernavn: dan, navn: Dan Test Drift, roller: [drift, leder]}]"


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LOCAL_ZONE)


@pytest.fixture
def world() -> Iterator[World]:
    with World(local("2026-03-02T09:00")) as made:
        people.put_staff(made.platform, people.read_staff(STAFF, "personer.yaml"), "demo")
        yield made


def deploy(world: World, *body: str) -> None:
    world.deploy([Resource("proces.bpmn", d.diagram(*body))])


def begin(world: World) -> Instance:
    started = instances.start(world.platform, world.person("dan"), "P", {})
    world.settle()
    return started


def tasks(world: World) -> list[str]:
    return [task.element_id for task in Course(world, {}).open_tasks()]


def wake(world: World, text: str) -> None:
    """The machine was off until then."""
    world.clock.move_to(local(text))
    world.settle()


REMINDER = d.boundary("b", "a", d.timer("R/P1D", "timeCycle"), interrupting=False)
REMINDED = d.start() + d.user("a") + d.end() + d.chain("s", "a", "e")
REMINDED += d.user("mind") + d.end("me") + d.chain("b", "mind", "me") + REMINDER


def test_a_daily_reminder_while_the_machine_runs(world: World) -> None:
    deploy(world, REMINDED)
    begin(world)
    world.move_to(local("2026-03-05T10:00"))
    assert tasks(world) == ["a", "mind", "mind", "mind"]


def test_a_daily_reminder_after_a_stop_of_five_days(world: World) -> None:
    deploy(world, REMINDED)
    begin(world)
    wake(world, "2026-03-07T21:00")
    assert tasks(world) == ["a", "mind"]
    world.move_to(local("2026-03-08T08:59"))
    assert tasks(world) == ["a", "mind"]
    world.move_to(local("2026-03-08T09:00"))
    assert tasks(world) == ["a", "mind", "mind"], "and on as if it had never stopped"


def test_reminders_keep_their_hour_through_the_change_to_summer_time(world: World) -> None:
    deploy(world, REMINDED)
    world.clock.move_to(local("2026-03-27T09:00"))
    begin(world)
    for number, day in enumerate(("28", "29", "30", "31"), 1):
        world.move_to(local(f"2026-03-{day}T08:59"))
        assert tasks(world).count("mind") == number - 1
        world.move_to(local(f"2026-03-{day}T09:00"))
        assert tasks(world).count("mind") == number


def test_a_process_that_the_clock_starts_after_a_stop(world: World) -> None:
    deploy(world, d.start("s", d.timer("R/P1D", "timeCycle")), d.user("a"), d.end(), d.chain("s", "a", "e"))
    wake(world, "2026-03-07T21:00")
    assert tasks(world) == ["a"]
    world.move_to(local("2026-03-09T10:00"))
    assert tasks(world) == ["a", "a", "a"]


def test_two_weeks_over_the_change_to_winter_time(world: World) -> None:
    deploy(world, d.start(), d.catch("t", d.timer("P14D")), d.user("a"), d.end(), d.chain("s", "t", "a", "e"))
    world.clock.move_to(local("2026-10-19T09:00"))
    begin(world)
    world.move_to(local("2026-11-02T08:59"))
    assert tasks(world) == []
    world.move_to(local("2026-11-02T09:00"))
    assert tasks(world) == ["a"]


def test_working_days_over_easter(world: World) -> None:
    due = d.timer("=arbejdsdage(2)", "timeDate")
    deploy(world, d.start(), d.catch("t", due), d.user("a"), d.end(), d.chain("s", "t", "a", "e"))
    world.clock.move_to(local("2026-04-01T09:00"))
    begin(world)
    world.move_to(local("2026-04-08T23:59"))
    assert tasks(world) == []
    world.move_to(local("2026-04-09T00:00"))
    assert tasks(world) == ["a"]
