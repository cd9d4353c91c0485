"""Listeners of user tasks, as handlers answer them: what people and history see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from service.domain.clock import LOCAL_ZONE
from service.domain.errors import WrongState
from service.domain.handling import HandlerInfo, HandlerResult
from service.domain.instances import Instance, InstanceStatus
from service.domain.waits import IncidentType, UserTask
from service.testing import World
from service.usecases import incidents, instances, people, task_changes, tasks
from service.usecases.bundle import Resource
from service.workers.loop import run_jobs
from tests.engine import drawing as d

STAFF = """
personer:
  - {brugernavn: dan, navn: Dan Test Drift, roller: [drift, leder]}
  - {brugernavn: mia, navn: Mia Test, roller: [hold]}
  - {brugernavn: nils, navn: Nils Test, roller: [hold]}
"""
TASK = d.user(
    "x",
    d.listeners(("creating", "lyt"), ("assigning", "lyt"), ("completing", "lyt")),
    '<zeebe:assignmentDefinition candidateGroups="hold"/>',
    name="Sagen",
)
DIAGRAM = d.diagram(d.start(), TASK, d.end(), d.chain("s", "x", "e"))


class Course:
    """A course with one listened task; `answer` is what its listeners give from now on."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.answer: HandlerResult | Exception = HandlerResult()
        world.deploy([Resource("P.bpmn", DIAGRAM)])
        self.started = instances.start(world.platform, world.person("dan"), "P", {})

    def work(self) -> None:
        def handler(_: object, **given: object) -> HandlerResult:
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

        served = {"lyt": HandlerInfo("lyt", "", (), (), handler, takes_any=True)}
        while run_jobs(self.world.platform, served, limit=10):
            pass

    @property
    def open(self) -> list[UserTask]:
        return list(self.world.platform.read(lambda uow: uow.tasks.open_of(self.started.key)))

    @property
    def instance(self) -> Instance:
        found = self.world.platform.read(lambda uow: uow.instances.get(self.started.key))
        assert found is not None
        return found


@pytest.fixture
def course() -> Iterator[Course]:
    with World(datetime(2026, 3, 2, 9, tzinfo=LOCAL_ZONE)) as world:
        people.put_staff(world.platform, people.read_staff(STAFF.encode(), "personer.yaml"), "demo")
        yield Course(world)


def test_a_task_comes_when_its_listener_has_answered(course: Course) -> None:
    assert course.open == []
    course.answer = HandlerResult(corrections={"priority": 77})
    course.work()
    assert [task.priority for task in course.open] == [77]


def test_assigning_is_asked_for_and_may_be_denied(course: Course) -> None:
    course.work()
    platform, mia = course.world.platform, course.world.person("mia")
    [task] = course.open
    task_changes.take(platform, mia, task.key)
    assert course.open[0].assignee is None
    with pytest.raises(WrongState):
        task_changes.take(platform, course.world.person("nils"), task.key)
    course.work()
    assert course.open[0].assignee == "mia"
    task_changes.release(platform, mia, task.key)
    course.answer = HandlerResult(denied="hun skal gøre den færdig")
    course.work()
    assert course.open[0].assignee == "mia"


def test_completing_is_asked_for_and_told_of_the_one_who_did_it(course: Course) -> None:
    course.work()
    platform, mia = course.world.platform, course.world.person("mia")
    [task] = course.open
    tasks.complete_with(platform, mia, task.key, {"svar": 1})
    course.answer = HandlerResult(denied="der mangler et bilag")
    course.work()
    assert [t.key for t in course.open] == [task.key]
    told = [entry.details for entry in platform.read(lambda uow: uow.history.of(course.started.key))]
    assert any(details.get("afvist") == "der mangler et bilag" for details in told)
    course.answer = HandlerResult()
    tasks.complete_with(platform, mia, task.key, {"svar": 2})
    course.work()
    assert course.instance.status is InstanceStatus.COMPLETED
    [done] = platform.read(lambda uow: uow.tasks.finished_of(course.started.key))
    assert done.completed_by == "mia"


def test_a_listener_out_of_retries_is_an_incident_that_can_be_retried(course: Course) -> None:
    course.answer = RuntimeError("nede")
    for day in range(3, 7):
        course.work()
        course.world.clock.move_to(datetime(2026, 3, day, 9, tzinfo=LOCAL_ZONE))
    [opened] = course.world.platform.read(lambda uow: uow.incidents.open_of(course.started.key))
    assert opened.type is IncidentType.TASK_LISTENER_NO_RETRIES
    course.answer = HandlerResult()
    incidents.retry(course.world.platform, course.world.person("dan"), opened.key)
    course.work()
    assert len(course.open) == 1


def test_an_answer_that_cannot_be_is_a_failed_try(course: Course) -> None:
    course.answer = HandlerResult(variables={"a": 1})
    for day in range(3, 7):
        course.work()
        course.world.clock.move_to(datetime(2026, 3, day, 9, tzinfo=LOCAL_ZONE))
    [opened] = course.world.platform.read(lambda uow: uow.incidents.open_of(course.started.key))
    assert "variabler" in opened.message
