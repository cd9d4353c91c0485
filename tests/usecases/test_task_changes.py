"""Changing an open task: who may, what moves with it, and that nothing is done by halves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from service.domain.clock import LOCAL_ZONE
from service.domain.deadlines import end_of_day
from service.domain.errors import EntryChanged, Forbidden, FormInvalid, TaskMovedOn
from service.domain.waits import UserTask
from service.usecases import inbox, instances, people, task_assignment, task_changes, tasks
from service.usecases.bundle import Resource
from service.usecases.inbox import Filter
from tests.engine import drawing as d
from tests.usecases.office import MONDAY, STAFF

LATER = "2026-03-20T12:00:00+01:00"
ALONE = d.diagram(
    d.start(),
    d.user(
        "x", '<zeebe:assignmentDefinition candidateGroups="behandler@nord"/>', d.due('="2026-03-04T12:00:00+01:00"')
    ),
    d.end(),
    d.chain("s", "x", "e"),
)
"""A task without a case, whose due date is its own."""


def change(office, who, key, reason="Borgeren ringede", **changes):
    return task_changes.change(office.world.platform, office.person(who), key, changes, reason)


def faults(office, who, key, reason="Borgeren ringede", **changes):
    with pytest.raises(FormInvalid) as fault:
        change(office, who, key, reason, **changes)
    return fault.value.errors


def again(office, task: UserTask) -> UserTask:
    return office.read(lambda uow: uow.tasks.get(task.key))


@pytest.fixture
def alone(office):
    office.world.deploy([Resource("P.bpmn", ALONE)])
    started = instances.start(office.world.platform, office.person("dan"), "P", {})
    [task] = office.read(lambda uow: uow.tasks.open_of(started.key))
    return task


class TestWhatChanges:
    def test_all_of_it_at_once_with_a_reason(self, office):
        case = office.receive()
        task = office.task(case)
        wish = {
            "priority": 80,
            "followUpDate": LATER,
            "candidateGroups": ["teamleder@nord"],
            "candidateUsers": ["nina"],
        }
        assert change(office, "lone", task.key, **wish)
        now = again(office, task)
        assert (now.priority, now.candidate_groups, now.candidate_users) == (80, ("teamleder@nord",), ("nina",))
        assert now.follow_up == datetime.fromisoformat(LATER)
        assert (now.due, now.assignee) == (task.due, None)
        entry = office.history(case)[-1]
        assert (entry.kind, entry.actor) == ("changed", "lone")
        assert entry.details["ændret"]["priority"] == [50, 80]
        assert entry.details["begrundelse"] == "Borgeren ringede"
        rows = {
            who: inbox.look(office.world.platform, office.person(who), Filter()).page.rows for who in ("nina", "niels")
        }
        assert ([row.key for row in rows["nina"]], rows["niels"]) == ([task.key], [])

    def test_none_keeps_and_empty_clears(self, office, alone):
        change(office, "lone", alone.key, followUpDate=LATER, priority=10)
        change(office, "lone", alone.key, followUpDate="", priority=None, dueDate=None)
        now = again(office, alone)
        assert (now.follow_up, now.priority, now.due) == (None, 10, alone.due)

    def test_the_same_again_is_no_change(self, office):
        case = office.receive()
        told = len(office.history(case))
        assert not change(office, "lone", office.task(case).key, priority=50, candidateGroups=["behandler@nord"])
        assert len(office.history(case)) == told

    def test_of_an_assigned_task_it_stays_hers(self, office):
        task = office.task(office.receive())
        task_assignment.take(office.world.platform, office.person("nina"), task.key)
        change(office, "lone", task.key, priority=70)
        assert again(office, task).assignee == "nina"
        [row] = inbox.look(office.world.platform, office.person("nina"), Filter(show="mine")).page.rows
        assert row.priority == 70


class TestDueDates:
    def told(self, office, who="nina"):
        return [n.text for n in office.read(lambda uow: uow.notices.of(who))]

    def test_its_reminders_and_marks_move_with_it(self, office, alone):
        change(office, "lone", alone.key, dueDate="2026-03-10T12:00:00+01:00")
        office.world.move_to(datetime(2026, 3, 5, 9, tzinfo=LOCAL_ZONE))
        assert self.told(office) == []
        late = Filter(overdue=True)
        assert not inbox.look(office.world.platform, office.person("nina"), late).page.rows
        office.world.move_to(datetime(2026, 3, 10, 12, tzinfo=LOCAL_ZONE))
        assert sorted(self.told(office)) == ["Fristen nærmer sig: ", "Overskredet: "]
        office.world.move_to(datetime(2026, 3, 10, 13, tzinfo=LOCAL_ZONE))
        assert [r.key for r in inbox.look(office.world.platform, office.person("nina"), late).page.rows] == [alone.key]

    def test_without_one_nobody_is_reminded(self, office, alone):
        change(office, "lone", alone.key, dueDate="")
        assert again(office, alone).due is None
        office.world.move_to(MONDAY + timedelta(days=30))
        assert self.told(office) == []

    def test_that_of_the_case_is_extended(self, office):
        case = office.receive()
        task = office.task(case)
        assert change(office, "lone", task.key, dueDate=LATER, priority=60)
        deadline = office.read(lambda uow: uow.deadlines.get(case.key, task.deadline_id))
        assert (deadline.due, deadline.extended_by) == (datetime.fromisoformat(LATER), "lone")
        assert deadline.extension_reason == "Borgeren ringede"
        now = again(office, task)
        assert (now.due, now.priority) == (deadline.due, 60)
        assert [e.kind for e in office.history(case)[-2:]] == ["deadline extended", "changed"]
        office.world.move_to(datetime(2026, 3, 10, 9, tzinfo=LOCAL_ZONE))
        assert self.told(office) == []

    def test_that_of_the_case_is_not_the_workers_to_move(self, office):
        case = office.receive()
        task = office.task(case)
        office.world.platform.store.transact(lambda uow: _let_work(uow, case, "nina"))
        assert faults(office, "nina", task.key, dueDate=LATER, priority=60).keys() == {"dueDate"}
        assert again(office, task) == task
        assert change(office, "nina", task.key, priority=60)
        assert not task_changes.look(office.world.platform, office.person("nina"), task.key).may_move_due

    def test_that_of_the_case_cannot_be_taken_away(self, office):
        assert faults(office, "lone", office.task(office.receive()).key, dueDate="").keys() == {"dueDate"}


def _let_work(uow, case, username):
    uow.cases.save(replace(uow.cases.get(case.key), worker=username))


class TestWhatCannotBe:
    def test_everything_wrong_is_told_at_once_and_nothing_is_changed(self, office, alone):
        wrong = {
            "priority": 101,
            "followUpDate": "i morgen",
            "dueDate": "2026-03-01T12:00:00+01:00",
            "candidateGroups": ["behandler@vest"],
            "candidateUsers": ["findes.ikke"],
            "assignee": "nina",
            "navn": "x",
        }
        told = faults(office, "lone", alone.key, " ", **wrong)
        assert told.keys() == {*wrong, "reason"}
        assert "efter nu" in told["dueDate"]
        assert "behandler@vest" in told["candidateGroups"]
        assert again(office, alone) == alone

    def test_somebody_must_be_able_to_do_it(self, office, alone):
        assert "Nogen" in faults(office, "lone", alone.key, candidateGroups=[])["candidateGroups"]
        task_assignment.take(office.world.platform, office.person("nina"), alone.key)
        told = faults(office, "lone", alone.key, candidateGroups=["teamleder@nord"])
        assert "Nina Test Nord" in told["candidateGroups"]
        assert change(office, "lone", alone.key, candidateGroups=["teamleder@nord"], candidateUsers=["nina"])

    def test_others_may_not(self, office):
        key = office.task(office.receive()).key
        for who in ("niels", "lars", "sofus", "per", "dan", "ruth"):
            with pytest.raises(Forbidden):
                change(office, who, key, priority=1)
            with pytest.raises(Forbidden):
                task_changes.look(office.world.platform, office.person(who), key)

    def test_somebody_was_faster(self, office):
        platform, lone = office.world.platform, office.person("lone")
        key = office.task(office.receive()).key
        seen = task_changes.look(platform, lone, key).mark
        change(office, "lone", key, priority=60)
        with pytest.raises(EntryChanged):
            task_changes.change(platform, lone, key, {"priority": 70}, "x", seen=seen)
        seen = task_changes.look(platform, lone, key).mark
        assert task_changes.change(platform, lone, key, {"priority": 70}, "x", seen=seen)

    def test_a_closed_task_stays_as_it_was(self, office, alone):
        tasks.complete_with(office.world.platform, office.person("nina"), alone.key, {})
        with pytest.raises(TaskMovedOn):
            change(office, "lone", alone.key, priority=1)


class TestThePage:
    def test_it_offers_those_of_her_units_and_who_has_it_now(self, office):
        page = task_changes.look(office.world.platform, office.person("lone"), office.task(office.receive()).key)
        assert page.groups == {"behandler@nord": "Behandler i Nord", "teamleder@nord": "Teamleder i Nord"}
        assert list(page.colleagues.values()) == ["Lone Test Leder", "Niels Test Nord", "Nina Test Nord"]
        assert (page.due_of_case, page.may_move_due) == (True, True)

    def test_a_task_of_nobodys_unit_is_the_leaders(self, office):
        staff = STAFF + b"  - {brugernavn: lis, navn: Lis Test Leder, roller: [leder]}\n"
        people.put_staff(office.world.platform, people.read_staff(staff, "personer.yaml"), "demo")
        office.world.deploy([Resource("P.bpmn", ALONE.replace(b"behandler@nord", b"behandler"))])
        started = instances.start(office.world.platform, office.person("dan"), "P", {})
        [task] = office.read(lambda uow: uow.tasks.open_of(started.key))
        with pytest.raises(Forbidden):
            change(office, "nina", task.key, priority=1)
        assert change(office, "lis", task.key, priority=1)


def test_extending_by_hand_and_by_the_task_is_the_same(office):
    case = office.receive()
    task = office.task(case)
    day = datetime(2026, 3, 20, tzinfo=LOCAL_ZONE).date()
    change(office, "lone", task.key, dueDate=end_of_day(day).isoformat())
    extended = office.history(case)[-1]
    assert (extended.kind, extended.details["til"]) == ("deadline extended", "2026-03-20")
