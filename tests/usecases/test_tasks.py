"""User tasks: who may do what with them, and that nothing typed is lost when somebody else was faster."""

import json

import pytest

from service.domain.errors import BadInput, DeploymentRefused, Forbidden, FormInvalid, NotFound, TaskMovedOn, WrongState
from service.usecases import cases, enquiries, instances, people, task_assignment, tasks
from service.usecases.bundle import Resource
from tests.engine import drawing as d
from tests.usecases.office import FORMS, form

ANSWER = {"svar": ["Ja"], "notat": ["Aftalt på telefon"]}


def done_by(office, name, task, fields=ANSWER):
    return tasks.complete(office.world.platform, office.person(name), task.key, fields)


class TestCompleting:
    def test_it_moves_the_course_and_keeps_what_was_submitted(self, office):
        case = office.receive()
        done_by(office, "nina", office.task(case))
        assert office.open_tasks(case) == []
        assert office.case(case).status == "Afgjort"
        [record] = office.read(lambda uow: uow.cases.records(case.key, "behandl"))
        assert (record.version, record.submitted_by, record.values["svar"]) == (1, "nina", "Ja")
        assert [n.text for n in office.read(lambda uow: uow.cases.notes(case.key))] == ["Aftalt på telefon"]
        assert [c.text for c in office.read(lambda uow: uow.cases.contacts(case.key))] == ["Aftalt på telefon"]

    def test_twice_is_told_and_happens_once(self, office):
        case = office.receive()
        task = office.task(case)
        done_by(office, "nina", task)
        before = office.history(case)
        for name in ("nina", "niels"):
            with pytest.raises(TaskMovedOn):
                done_by(office, name, task)
        assert office.history(case) == before
        assert len(office.read(lambda uow: uow.cases.records(case.key, "behandl"))) == 1

    def test_errors_are_told_all_at_once_and_nothing_happens(self, office):
        with pytest.raises(FormInvalid) as refusal:
            enquiries.submit(office.world.platform, office.person("marie"), "office", {"cpr": ["x"]})
        assert set(refusal.value.errors) == {"navn", "team"}
        case = office.receive()
        task = office.task(case)
        with pytest.raises(FormInvalid):
            done_by(office, "nina", task, {"notat": ["kun et notat"]})
        assert office.open_tasks(case) == ["behandl"]
        assert office.read(lambda uow: uow.cases.notes(case.key)) == []

    def test_only_her_who_has_it_her_group_and_the_leader_of_its_unit(self, office):
        for name, may in (("nina", True), ("niels", True), ("lone", True), ("sofus", False), ("lars", False)):
            case = office.receive()
            if may:
                done_by(office, name, office.task(case))
            else:
                with pytest.raises(Forbidden):
                    done_by(office, name, office.task(case))
            assert office.open_tasks(case) == ([] if may else ["behandl"])

    def test_not_while_the_course_is_on_hold_but_a_draft_is_kept(self, office):
        case = office.receive()
        task, nina, platform = office.task(case), office.person("nina"), office.world.platform
        instances.suspend(platform, office.person("lone"), case.instance_key, "Ferie")
        with pytest.raises(WrongState, match="på hold"):
            done_by(office, "nina", task)
        tasks.save_draft(platform, nina, task.key, ANSWER)
        instances.resume(platform, office.person("lone"), case.instance_key)
        assert tasks.look(platform, nina, task.key).shown.raw["svar"] == ["Ja"]
        done_by(office, "nina", task)

    def test_a_task_without_a_form_takes_the_values_as_they_are(self, office):
        case = office.receive()
        cases.report_with(office.world.platform, office.person("lone"), case.number, "msg_nyt", {"hvad": "Ny adresse"})
        tasks.complete_with(office.world.platform, office.person("nina"), office.task(case, "se_nyt").key, {"set": 1})
        assert office.open_tasks(case) == ["behandl"]
        assert instances.variables_of(office.world.platform, case.instance_key)[case.instance_key]["set"] == 1

    def test_what_comes_next_is_her_own_next_task_or_her_case_or_nothing(self, office):
        case = office.receive()
        cases.report_with(office.world.platform, office.person("lone"), case.number, "msg_nyt", {"hvad": "Ny adresse"})
        first = done_by(office, "nina", office.task(case, "se_nyt"), {})
        assert first.upcoming.task_key == office.task(case).key
        last = done_by(office, "nina", office.task(case))
        assert last.upcoming.case_number == case.number
        assert enquiries.submit_with(
            office.world.platform, office.person("lone"), "office", {"cpr": "1", "navn": "B", "team": "syd"}
        ) is None  # fmt: skip


class TestDrafts:
    def test_hers_alone_and_shown_when_she_comes_back(self, office):
        task, platform = office.task(office.receive()), office.world.platform
        tasks.save_draft(platform, office.person("nina"), task.key, {"notat": ["Halvt"]})
        mine, yours = (tasks.look(platform, office.person(n), task.key) for n in ("nina", "niels"))
        assert (mine.draft_saved, mine.shown.raw["notat"]) == (True, ["Halvt"])
        assert (yours.draft_saved, any(yours.shown.raw.get("notat", []))) == (False, False)

    def test_only_by_those_who_may_complete(self, office):
        task = office.task(office.receive())
        for name in ("sofus", "marie", "per", "dan"):
            with pytest.raises(Forbidden):
                tasks.save_draft(office.world.platform, office.person(name), task.key, {"notat": ["x"]})

    def test_when_somebody_was_faster_what_was_typed_is_still_there(self, office):
        case = office.receive()
        task, platform = office.task(case), office.world.platform
        tasks.save_draft(platform, office.person("niels"), task.key, {"svar": ["Nej"]})
        done_by(office, "nina", task)
        with pytest.raises(TaskMovedOn):
            tasks.save_draft(platform, office.person("niels"), task.key, {"svar": ["Nej tak"]})
        with pytest.raises(TaskMovedOn):
            tasks.look(platform, office.person("niels"), task.key)
        page = tasks.look_closed(platform, office.person("niels"), task.key, {"svar": ["Nej tak"], "notat": ["Langt"]})
        assert (page.shown.raw["svar"], page.shown.raw["notat"]) == (["Nej tak"], ["Langt"])
        assert page.may_complete is False

    def test_to_her_who_can_no_longer_see_it_only_what_she_typed(self, office):
        case = office.receive()
        task, platform = office.task(case), office.world.platform
        done_by(office, "nina", task)
        page = tasks.look_closed(platform, office.person("niels"), task.key, {"svar": ["Nej"]})
        assert (page.case, page.citizen, page.shown.raw["svar"]) == (None, None, ["Nej"])
        with pytest.raises(Forbidden):
            tasks.look_closed(platform, office.person("sofus"), task.key, {"svar": ["Nej"]})


class TestAssigning:
    def test_taking_giving_back_and_taking_again(self, office):
        task, platform = office.task(office.receive()), office.world.platform
        task_assignment.take(platform, office.person("nina"), task.key)
        assert office.read(lambda uow: uow.tasks.get(task.key)).assignee == "nina"
        with pytest.raises(Forbidden, match="tildelt en anden"):
            task_assignment.take(platform, office.person("niels"), task.key)
        with pytest.raises(Forbidden):
            done_by(office, "niels", task)
        task_assignment.release(platform, office.person("nina"), task.key)
        task_assignment.take(platform, office.person("niels"), task.key)

    def test_a_task_that_somebody_has_is_not_read_by_her_colleagues(self, office):
        case = office.receive()
        task, platform = office.task(case), office.world.platform
        tasks.look(platform, office.person("niels"), task.key)
        task_assignment.take(platform, office.person("nina"), task.key)
        with pytest.raises(Forbidden):
            tasks.look(platform, office.person("niels"), task.key)
        assert tasks.look(platform, office.person("lone"), task.key).may_complete is True

    def test_she_who_has_it_and_the_leader_may_hand_it_on(self, office):
        task, platform = office.task(office.receive()), office.world.platform
        task_assignment.assign(platform, office.person("lone"), task.key, "nina")
        task_assignment.assign(platform, office.person("nina"), task.key, "niels")
        task_assignment.assign(platform, office.person("lone"), task.key, "nina")
        task_assignment.release(platform, office.person("lone"), task.key)
        for name in ("sofus", "lars", "marie"):
            with pytest.raises(Forbidden):
                task_assignment.assign(platform, office.person(name), task.key, "niels")

    @pytest.mark.parametrize(
        ("to", "why"), [("sofus", "ikke den rolle"), ("ingen", "ingen aktiv"), ("", "ingen aktiv")]
    )
    def test_only_to_somebody_who_could_do_it(self, office, to, why):
        task = office.task(office.receive())
        with pytest.raises(BadInput, match=why):
            task_assignment.assign(office.world.platform, office.person("lone"), task.key, to)

    def test_not_to_a_closed_account(self, office):
        task, platform = office.task(office.receive()), office.world.platform
        people.set_active(platform, "niels", active=False)
        with pytest.raises(BadInput, match="ingen aktiv"):
            task_assignment.assign(platform, office.person("lone"), task.key, "niels")

    def test_many_at_once(self, office):
        platform, lone = office.world.platform, office.person("lone")
        mine = [office.task(office.receive()).key for _ in range(2)]
        theirs = office.task(office.receive(unit="syd")).key
        assert task_assignment.assign_all(platform, lone, mine, "nina") == (2, [])
        done, (left,) = task_assignment.assign_all(platform, lone, [*mine, theirs], "niels")
        assert (done, left.key, left.name) == (2, theirs, "")
        assert "anden" in left.why
        with pytest.raises(Forbidden):
            task_assignment.assign_all(platform, lone, [theirs], "niels")
        assert task_assignment.assign_all(platform, lone, [99], "niels")[0] == 0

    def test_every_change_of_hands_is_told_in_the_history(self, office):
        case = office.receive()
        task, platform = office.task(case), office.world.platform
        task_assignment.take(platform, office.person("nina"), task.key)
        task_assignment.release(platform, office.person("lone"), task.key)
        last = [(h.kind, h.actor, h.details["til"]) for h in office.history(case)[-2:]]
        assert last == [("assigned", "nina", "nina"), ("released", "lone", None)]

    def test_what_belongs_to_one_person_alone_has_no_group_to_go_back_to(self, office):
        alone = d.user("alene", '<zeebe:assignmentDefinition assignee="nina"/>')
        content = d.definitions(d.process("alene-proces", d.start(), alone, d.end(), d.chain("s", "alene", "e")))
        office.world.deploy([Resource("alene.bpmn", content)])
        started = instances.start(office.world.platform, office.person("dan"), "alene-proces", {})
        [task] = office.read(lambda uow: uow.tasks.open_of(started.key))
        with pytest.raises(WrongState, match="ingen gruppe"):
            task_assignment.release(office.world.platform, office.person("nina"), task.key)

    def test_there_is_no_such_task(self, office):
        for verb in (task_assignment.take, task_assignment.release, tasks.look):
            with pytest.raises(NotFound):
                verb(office.world.platform, office.person("nina"), 99)


class TestGuidance:
    def test_it_stands_beside_the_form_in_its_newest_version(self, office):
        asking = json.loads(next(f.content for f in FORMS if f.path.endswith("behandl.form")))
        asking["vejledning"] = ["gode-raad"]
        guide = form("gode-raad", {"key": "lyttet"})
        office.world.deploy([Resource("forms/office/behandl.form", json.dumps(asking).encode()), guide])
        case = office.receive()
        office.world.deploy([form("gode-raad", {"key": "lyttet"}, {"key": "spurgt"})])
        shown = tasks.look(office.world.platform, office.person("nina"), office.task(case).key)
        assert [g.names for g in shown.guidance] == [{"lyttet", "spurgt"}]

    def test_guidance_that_is_not_there_is_refused(self, office):
        asking = {"type": "default", "id": "nyt", "components": [], "vejledning": ["findes-ikke"]}
        with pytest.raises(DeploymentRefused, match="Vejledningen findes-ikke findes ikke"):
            office.world.deploy([Resource("forms/office/nyt.form", json.dumps(asking).encode())])
