"""Listeners of user tasks, as handlers answer them: what people and history see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import pytest

from service.domain.cases import Case, CaseRecord
from service.domain.clock import LOCAL_ZONE
from service.domain.errors import WrongState
from service.domain.handling import HandlerInfo, HandlerResult, JobContext
from service.domain.instances import Instance, InstanceStatus
from service.domain.json import Variables
from service.domain.waits import IncidentType, ListenerEvent, UserTask
from service.testing import World
from service.usecases import incidents, instances, people, task_assignment, task_changes, tasks
from service.usecases.bundle import Resource
from service.workers.loop import run_jobs
from tests.engine import drawing as d
from tests.usecases.office import FORMS, MANIFEST, Office, application, diagram

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
    task_assignment.take(platform, mia, task.key)
    assert course.open[0].assignee is None
    with pytest.raises(WrongState):
        task_assignment.take(platform, course.world.person("nils"), task.key)
    course.work()
    assert course.open[0].assignee == "mia"
    task_assignment.release(platform, mia, task.key)
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


# -- with a form on a case ------------------------------------------------------------------------------------------------

KINDS = ("updating", "completing", "canceling")
FORM = {"svar": ["Ja"], "notat": ["Aftalt på telefon"]}


class Heard:
    """Answers listeners' jobs, in the order in which they are asked, and keeps what they were told."""

    def __init__(self, office: Office, *answers: HandlerResult | Exception) -> None:
        self.office, self.answers = office, list(answers)
        self.told: list[tuple[str, dict[str, object], dict[str, str]]] = []

    def work(self) -> None:
        def handler(job: JobContext, **given: object) -> HandlerResult:
            self.told.append((job.job_type, given, dict(job.headers)))
            answer = self.answers.pop(0) if self.answers else HandlerResult()
            if isinstance(answer, Exception):
                raise answer
            return answer

        types = [f"{kind}{number}" for kind in KINDS for number in (1, 2)]
        served = {t: HandlerInfo(t, "", (), (), handler, takes_any=True) for t in types}
        while run_jobs(self.office.world.platform, served, limit=10):
            pass


@pytest.fixture
def listened(office: Office) -> tuple[Office, Case, UserTask]:
    """An application whose handling has two listeners of each kind; its form gives its number to the diagram."""
    pairs = tuple((kind, f"{kind}{number}") for number in (1, 2) for kind in KINDS)
    drawn = application().replace(b'formId="behandl"/>', b'formId="behandl"/>' + d.listeners(*pairs).encode())
    svar = d.io((), [("=svar", "svar")]).encode()
    drawn = drawn.replace(svar, d.io((), [("=svar", "svar"), ("=behandling_nr", "nr")]).encode())
    manifest = MANIFEST.replace("behandl: {notat: notat,", "behandl: {nummer: behandling_nr, notat: notat,")
    office.world.deploy([Resource("processes/office/procedure.yaml", manifest.encode()), diagram(drawn), *FORMS])
    case = office.receive()
    return office, case, office.task(case)


def records(office: Office, case: Case) -> list[CaseRecord]:
    return [r for r in office.read(lambda uow: uow.cases.records(case.key)) if r.form_id == "behandl"]


def variables(office: Office, case: Case) -> Variables:
    """Of the whole course."""
    platform = office.world.platform
    state = office.read(lambda uow: uow.instances.state(case.instance_key))
    catalog = office.read(lambda uow: platform.catalogs.view(uow.definitions))
    found: Variables = platform.engine.view(catalog, state)[0].variables
    return found


class TestCompleting:
    def test_the_form_is_kept_as_a_draft_until_they_have_let_it_be_completed(
        self, listened: tuple[Office, Case, UserTask]
    ) -> None:
        office, case, task = listened
        platform, nina = office.world.platform, office.person("nina")
        assert tasks.complete(platform, nina, task.key, FORM).asked
        waiting = tasks.look(platform, nina, task.key)
        assert (waiting.asked, waiting.may_complete, waiting.may_change) == (ListenerEvent.COMPLETING, False, False)
        assert records(office, case) == []
        heard = Heard(office)
        heard.work()
        assert [(kind, told["svar"]) for kind, told, _ in heard.told] == [("completing1", "Ja"), ("completing2", "Ja")]
        [record] = records(office, case)
        assert (record.submitted_by, record.values) == ("nina", {"svar": "Ja", "notat": "Aftalt på telefon"})
        assert [note.by for note in office.read(lambda uow: uow.cases.notes(case.key))] == ["nina"]
        assert office.read(lambda uow: uow.tasks.draft(task.key, "nina")) is None
        assert office.case(case).status == "Afgjort"

    def test_what_is_denied_leaves_nothing_on_the_case_and_everything_in_the_draft(
        self, listened: tuple[Office, Case, UserTask]
    ) -> None:
        office, case, task = listened
        platform, nina = office.world.platform, office.person("nina")
        tasks.complete(platform, nina, task.key, FORM)
        Heard(office, HandlerResult(), HandlerResult(denied="der mangler et bilag")).work()
        assert records(office, case) == []
        assert office.read(lambda uow: uow.cases.notes(case.key)) == []
        assert office.read(lambda uow: uow.cases.contacts(case.key)) == []
        page = tasks.look(platform, nina, task.key)
        assert (page.denied, page.asked, page.may_complete) == ("der mangler et bilag", None, True)
        assert page.shown is not None
        assert page.shown.raw["svar"] == ["Ja"]
        assert [n.text for n in office.read(lambda uow: uow.notices.of("nina"))][
            -1
        ] == "Blev ikke godkendt: Behandl ansøgningen"
        tasks.complete(platform, nina, task.key, FORM | {"svar": ["Nej"]})
        assert tasks.look(platform, nina, task.key).denied == ""
        Heard(office).work()
        assert [r.values["svar"] for r in records(office, case)] == ["Nej"]

    def test_json_values_are_kept_as_a_draft_too(self, listened: tuple[Office, Case, UserTask]) -> None:
        office, case, task = listened
        tasks.complete_with(office.world.platform, office.person("nina"), task.key, {"svar": "Ja"})
        Heard(office, HandlerResult(denied="nej")).work()
        page = tasks.look(office.world.platform, office.person("nina"), task.key)
        assert page.shown is not None
        assert (page.shown.raw["svar"], records(office, case)) == (["Ja"], [])

    def test_the_diagram_learns_the_number_of_the_version(self, listened: tuple[Office, Case, UserTask]) -> None:
        office, case, task = listened
        tasks.complete(office.world.platform, office.person("nina"), task.key, FORM)
        Heard(office, HandlerResult(), HandlerResult(denied="nej")).work()
        assert "nr" not in variables(office, case)
        tasks.complete(office.world.platform, office.person("nina"), task.key, FORM)
        Heard(office).work()
        assert variables(office, case)["nr"] == 1

    def test_where_nobody_is_asked_of_that_the_form_is_registered_once_and_at_once(self, office: Office) -> None:
        only = d.listeners(("canceling", "canceling1")).encode()
        office.world.deploy([diagram(application().replace(b'formId="behandl"/>', b'formId="behandl"/>' + only))])
        case = office.receive()
        done = tasks.complete(office.world.platform, office.person("nina"), office.task(case).key, FORM)
        assert not done.asked
        assert [(r.version, r.submitted_by) for r in records(office, case)] == [(1, "nina")]
        assert office.case(case).status == "Afgjort"


class TestUpdating:
    def change(self, office: Office, task: UserTask) -> None:
        task_changes.change(office.world.platform, office.person("lone"), task.key, {"priority": 80}, "haster")

    def test_it_may_be_corrected(self, listened: tuple[Office, Case, UserTask]) -> None:
        office, case, task = listened
        self.change(office, task)
        assert tasks.look(office.world.platform, office.person("lone"), task.key).asked is ListenerEvent.UPDATING
        assert office.task(case).priority == 50
        with pytest.raises(WrongState):
            self.change(office, task)
        heard = Heard(office, HandlerResult(corrections={"priority": 70, "candidateUsers": ["niels"]}))
        heard.work()
        assert [headers["io.camunda.zeebe:priority"] for _, _, headers in heard.told] == ["80", "70"]
        assert heard.told[0][2]["io.camunda.zeebe:changedAttributes"] == '["priority"]'
        assert (office.task(case).priority, office.task(case).candidate_users) == (70, ("niels",))

    def test_it_may_be_denied(self, listened: tuple[Office, Case, UserTask]) -> None:
        office, case, task = listened
        self.change(office, task)
        Heard(office, HandlerResult(denied="så meget haster det ikke")).work()
        assert office.task(case).priority == 50
        assert tasks.look(office.world.platform, office.person("nina"), task.key).denied == "så meget haster det ikke"
        assert [n.text for n in office.read(lambda uow: uow.notices.of("lone"))] == [
            "Blev ikke godkendt: Behandl ansøgningen"
        ]
        self.change(office, task)
        Heard(office).work()
        assert office.task(case).priority == 80


class TestCanceling:
    def cancel(self, office: Office, case: Case, *, at_once: bool = False) -> Instance:
        lone = office.person("lone")
        return instances.cancel(office.world.platform, lone, case.instance_key or 0, "fejl", at_once=at_once)

    def test_the_course_is_cancelled_when_they_have_answered(self, listened: tuple[Office, Case, UserTask]) -> None:
        office, case, _ = listened
        assert self.cancel(office, case).status is InstanceStatus.ACTIVE
        assert office.open_tasks(case) == []
        heard = Heard(office)
        heard.work()
        assert [kind for kind, _, _ in heard.told] == ["canceling1", "canceling2"]
        assert office.instance(case).status is InstanceStatus.TERMINATED
        assert office.case(case).status == "Annulleret"

    def test_one_that_fails_is_an_incident_that_is_retried(self, listened: tuple[Office, Case, UserTask]) -> None:
        office, case, _ = listened
        self.cancel(office, case)
        heard = Heard(office, *[RuntimeError("nede")] * 3)
        for day in range(2, 6):
            heard.work()
            office.world.clock.move_to(datetime(2026, 3, day, 10, tzinfo=LOCAL_ZONE))
        [opened] = office.incidents(case)
        assert opened.type is IncidentType.TASK_LISTENER_NO_RETRIES
        with pytest.raises(WrongState, match="allerede"):
            self.cancel(office, case)
        incidents.retry(office.world.platform, office.person("lone"), opened.key)
        heard.work()
        assert office.instance(case).status is InstanceStatus.TERMINATED
        assert office.incidents(case) == []

    def test_one_that_never_answers_holds_nobody_for_ever(self, listened: tuple[Office, Case, UserTask]) -> None:
        office, case, _ = listened
        self.cancel(office, case)
        assert self.cancel(office, case, at_once=True).status is InstanceStatus.TERMINATED
        assert office.read(lambda uow: uow.jobs.of(case.instance_key)) == []

    def test_a_course_on_hold_is_cancelled_all_the_same(self, listened: tuple[Office, Case, UserTask]) -> None:
        office, case, _ = listened
        instances.suspend(office.world.platform, office.person("lone"), case.instance_key or 0, "vent")
        self.cancel(office, case)
        Heard(office).work()
        assert office.instance(case).status is InstanceStatus.TERMINATED


def test_a_listener_is_tried_as_often_as_drawn_with_longer_and_longer_pauses(course: Course) -> None:
    course.answer = RuntimeError("nede")
    platform, waits = course.world.platform, []
    for _ in range(2):
        course.work()
        due = platform.read(lambda uow: uow.jobs.next_due(platform.clock.now()))
        assert due is not None
        waits.append(due - platform.clock.now())
        course.world.clock.move_to(due)
    course.work()
    assert waits[0] < waits[1]
    assert len(platform.read(lambda uow: uow.incidents.open_of(course.started.key))) == 1
