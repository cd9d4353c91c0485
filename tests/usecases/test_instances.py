"""Running courses: held, resumed, cancelled, and what happens when something in them goes wrong."""

from datetime import timedelta

import pytest

from service.domain.errors import BadInput, Forbidden, NotFound, WrongState
from service.domain.instances import InstanceStatus
from service.domain.waits import IncidentType
from service.usecases import incidents, instances, messages, tasks
from service.usecases.bundle import Resource
from tests.engine import drawing as d
from tests.usecases.office import MANIFEST, application, diagram
from tests.usecases.test_tasks import done_by

FAILING = d.job("send", "journalnotat", d.io([('="Afgjort"', "tekst")]), retries="1")


def hold(office, name, case, reason="Ferie"):
    instances.suspend(office.world.platform, office.person(name), case.instance_key, reason)


def resume(office, name, case):
    instances.resume(office.world.platform, office.person(name), case.instance_key)


class TestHolding:
    def test_its_timers_wait_and_those_past_fire_when_it_goes_on(self, office):
        timed = d.boundary("rykker", "behandl", d.timer("P1D"), interrupting=False)
        late = timed + d.user("ryk", name="Ryk") + d.end("rykket") + d.chain("rykker", "ryk", "rykket")
        office.world.deploy([diagram(application(late))])
        case = office.receive()
        hold(office, "lone", case)
        office.world.move_to(office.world.clock.now() + timedelta(days=3))
        assert office.open_tasks(case) == ["behandl"]
        resume(office, "lone", case)
        office.world.settle()
        assert office.open_tasks(case) == ["behandl", "ryk"]

    def test_its_jobs_wait(self, office):
        office.world.deploy([diagram(application(job=FAILING))])
        case = office.receive()
        task = office.task(case)
        done_by(office, "nina", task)
        hold(office, "lone", case)
        office.world.settle()
        assert len(office.read(lambda uow: uow.jobs.of(case.instance_key))) == 1
        resume(office, "lone", case)
        office.world.settle()
        assert office.case(case).closed_at is not None

    def test_messages_are_still_received(self, office):
        case = office.receive()
        hold(office, "lone", case)
        messages.publish(office.world.platform, office.person("dan"), "msg_nyt", case.number, {})
        assert office.open_tasks(case) == ["behandl", "se_nyt"]

    def test_by_whom_and_with_what_reason_is_kept(self, office):
        case = office.receive()
        hold(office, "lone", case, "  Afventer svar ")
        resume(office, "dan", case)
        told = [(h.kind, h.actor, h.details["begrundelse"]) for h in office.history(case)[-2:]]
        assert told == [("suspended", "lone", "Afventer svar"), ("resumed", "dan", "genoptaget")]

    def test_twice_is_told(self, office):
        case = office.receive()
        with pytest.raises(WrongState, match="ikke sat på hold"):
            resume(office, "lone", case)
        with pytest.raises(BadInput, match="begrundelse"):
            hold(office, "lone", case, " ")
        hold(office, "lone", case)
        with pytest.raises(WrongState, match="allerede"):
            hold(office, "lone", case)

    @pytest.mark.parametrize("name", ["marie", "nina", "lars", "per", "ruth"])
    def test_only_by_its_manager_and_operators(self, office, name):
        case = office.receive()
        for act in (
            hold,
            lambda *a: instances.cancel(office.world.platform, office.person(name), a[2].instance_key, "x"),
        ):
            with pytest.raises(Forbidden):
                act(office, name, case)
        assert office.instance(case).suspended is False


class TestCancelling:
    def test_everything_open_ends_and_the_case_is_closed(self, office):
        case = office.receive()
        task = office.task(case)
        instances.cancel(office.world.platform, office.person("lone"), case.instance_key, "Trukket tilbage")
        assert office.open_tasks(case) == []
        assert office.instance(case).status is InstanceStatus.TERMINATED
        after = office.case(case)
        assert (after.status, after.closed_at) == ("Annulleret", office.world.clock.now())
        assert office.history(case)[-1].details["begrundelse"] == "Trukket tilbage"
        with pytest.raises(Exception, match="allerede løst"):
            done_by(office, "nina", task)
        with pytest.raises(WrongState, match="afsluttet"):
            instances.cancel(office.world.platform, office.person("lone"), case.instance_key, "igen")

    def test_a_called_course_is_not_cancelled_alone(self, office):
        inner = d.process("indre", d.start(), d.user("inde"), d.end(), d.chain("s", "inde", "e"))
        outer = d.process("ydre", d.start("y"), d.call("kald", "indre"), d.end("z"), d.chain("y", "kald", "z"))
        office.world.deploy([Resource("kald.bpmn", d.definitions(inner, outer))])
        dan, platform = office.person("dan"), office.world.platform
        started = instances.start(platform, dan, "ydre", {})
        [child] = office.read(lambda uow: uow.queries.children(started.key))
        with pytest.raises(WrongState, match="kaldt forløb"):
            instances.cancel(platform, dan, child.key, "x")
        instances.cancel(platform, dan, started.key, "x")
        assert office.read(lambda uow: uow.tasks.open_of(started.key)) == []

    def test_there_is_no_such_course(self, office):
        with pytest.raises(NotFound):
            instances.cancel(office.world.platform, office.person("dan"), 99, "x")


class TestStarting:
    def test_unknown_or_without_a_start_of_its_own(self, office):
        platform, dan = office.world.platform, office.person("dan")
        with pytest.raises(NotFound):
            instances.start(platform, dan, "findes-ikke", {})
        body = (d.start("s", d.message("m1")), d.end(), d.chain("s", "e"))
        office.world.deploy([Resource("besked.bpmn", d.definitions(d.process("kun-besked", *body)))])
        with pytest.raises(WrongState, match="kun startes af"):
            instances.start(platform, dan, "kun-besked", {})


class TestIncidents:
    def stuck(self, office, unit="nord"):
        """A case whose last step has failed for good."""
        if office.read(lambda uow: uow.queries.element_counts("ansoegning")) == {} and not office.cases():
            office.world.deploy([diagram(application(job=FAILING))])
        case = office.receive(unit=unit)
        office.world.failing["journalnotat"] = 1
        done_by(office, {"nord": "nina", "syd": "sofus"}[unit], office.task(case))
        office.world.settle()
        [incident] = office.incidents(case)
        return case, incident

    def test_a_retry_goes_on_from_there(self, office):
        case, incident = self.stuck(office)
        assert incident.type is IncidentType.JOB_NO_RETRIES
        assert (incident.element_id, office.case(case).closed_at) == ("send", None)
        incidents.retry(office.world.platform, office.person("lone"), incident.key)
        office.world.settle()
        assert office.incidents(case) == []
        assert office.case(case).status == "Afgjort"
        with pytest.raises(WrongState, match="allerede løst"):
            incidents.retry(office.world.platform, office.person("lone"), incident.key)

    def test_what_fails_again_is_a_new_incident(self, office):
        case, incident = self.stuck(office)
        office.world.failing["journalnotat"] = 20
        incidents.retry(office.world.platform, office.person("dan"), incident.key)
        office.world.move_to(office.world.clock.now() + timedelta(hours=2))
        [again] = office.incidents(case)
        assert again.key != incident.key

    def test_only_the_leader_of_its_unit_and_operators(self, office):
        case, incident = self.stuck(office)
        for name in ("nina", "lars", "marie", "ruth"):
            with pytest.raises(Forbidden):
                incidents.retry(office.world.platform, office.person(name), incident.key)
        assert [i.key for i in office.incidents(case)] == [incident.key]

    def test_many_at_once_all_or_none_by_right_each_by_its_state(self, office):
        (nord, first), (syd, second) = self.stuck(office), self.stuck(office, "syd")
        platform = office.world.platform
        with pytest.raises(Forbidden):
            incidents.retry_all(platform, office.person("lone"), [first.key, second.key])
        assert [office.incidents(nord)[0].key, office.incidents(syd)[0].key] == [first.key, second.key]
        assert incidents.retry_all(platform, office.person("dan"), [first.key, second.key, 99]) == (2, 1)
        assert incidents.retry_all(platform, office.person("dan"), [first.key]) == (0, 1)

    def test_an_expression_that_gave_nothing_is_tried_again_when_it_can(self, office):
        choice = (
            d.gate("exclusive", "vej") + d.flow("vej", "ja", '=svar = "ja"') + d.flow("vej", "nej", '=svar = "nej"')
        )
        body = (d.start(), choice, d.end("ja"), d.end("nej"), d.chain("s", "vej"))
        office.world.deploy([Resource("vej.bpmn", d.definitions(d.process("vejvalg", *body)))])
        platform, dan = office.world.platform, office.person("dan")
        started = instances.start(platform, dan, "vejvalg", {"svar": "måske"})
        [incident] = office.read(lambda uow: uow.incidents.open_of(started.key))
        assert (incident.type, incident.element_id) == (IncidentType.CONDITION_ERROR, "vej")
        incidents.retry(platform, dan, incident.key)
        [again] = office.read(lambda uow: uow.incidents.open_of(started.key))
        assert again.key != incident.key

    def test_nothing_of_a_held_course_is_lost(self, office):
        case, incident = self.stuck(office)
        hold(office, "lone", case)
        incidents.retry(office.world.platform, office.person("lone"), incident.key)
        office.world.settle()
        assert office.case(case).closed_at is None
        resume(office, "lone", case)
        office.world.settle()
        assert office.case(case).closed_at is not None


class TestActivities:
    def test_started_by_the_roles_the_manifest_names_and_as_long_as_they_can_be(self, office):
        phase = d.ad_hoc("fase", d.user("ring", name="Ring"), until="=faerdig")
        body = (d.start(), d.script("begynd", "=false", "faerdig"), phase, d.end(), d.chain("s", "begynd", "fase", "e"))
        manifest = Resource(
            "processes/office/procedure.yaml", f"{MANIFEST}aktiviteter: {{ring: {{roller: [behandler]}}}}".encode()
        )
        drawn = Resource("processes/office/fase.bpmn", d.definitions(d.process("fase-proces", *body)))
        office.world.deploy([manifest, drawn])
        platform, nina = office.world.platform, office.person("nina")
        started = instances.start(platform, nina, "fase-proces", {})
        container = next(
            r.key for r in office.read(lambda uow: uow.queries.elements(started.key)) if r.element_id == "fase"
        )
        instances.activate(platform, nina, container, started.key, "ring")
        instances.activate(platform, nina, container, started.key, "ring")
        opened = office.read(lambda uow: uow.tasks.open_of(started.key))
        assert [t.element_id for t in opened] == ["ring", "ring"]
        with pytest.raises(Forbidden):
            instances.activate(platform, office.person("lone"), container, started.key, "ring")
        instances.suspend(platform, office.person("dan"), started.key, "x")
        with pytest.raises(WrongState, match="på hold"):
            instances.activate(platform, nina, container, started.key, "ring")
        instances.resume(platform, office.person("dan"), started.key)
        leader = office.person("lone")
        assert tasks.may_work_on(leader, opened[0]) is False
