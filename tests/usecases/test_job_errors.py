"""BPMN errors that handlers throw: caught by the diagram, or an incident that a person retries."""

from datetime import datetime

import pytest

from service.domain.clock import LOCAL_ZONE
from service.domain.handling import BpmnError, HandlerInfo
from service.domain.instances import InstanceStatus
from service.domain.waits import IncidentType
from service.testing import World
from service.usecases import incidents, instances, people
from service.usecases.bundle import Resource
from service.workers.loop import run_jobs

CATCHING = """
    <bpmn:boundaryEvent id="afvist" attachedToRef="send"><bpmn:errorEventDefinition id="e" errorRef="nej" /></bpmn:boundaryEvent>
    <bpmn:sequenceFlow id="f3" sourceRef="afvist" targetRef="slut_afvist" />
    <bpmn:endEvent id="slut_afvist" />"""
DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
    id="d" targetNamespace="urn:t">
  <bpmn:error id="nej" name="Nej" errorCode="NEJ" />
  <bpmn:process id="proces" name="Proces" isExecutable="true">
    <bpmn:startEvent id="start" />
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="send" />
    <bpmn:serviceTask id="send" name="Send">
      <bpmn:extensionElements><zeebe:taskDefinition type="prøve" /></bpmn:extensionElements>
    </bpmn:serviceTask>
    <bpmn:sequenceFlow id="f2" sourceRef="send" targetRef="slut" />
    <bpmn:endEvent id="slut" />{extra}
  </bpmn:process>
</bpmn:definitions>"""
STAFF = b"personer: [{brugernavn: dan, navn: Dan Test Drift, roller: [drift, leder]}]"


class Moody:
    """A handler that throws until it is told to stop."""

    def __init__(self):
        self.throws, self.runs = True, 0

    def __call__(self, job, **given):
        self.runs += 1
        if self.throws:
            raise BpmnError("NEJ", "Modtageren siger nej")
        return {}


@pytest.fixture
def world():
    with World(datetime(2026, 3, 2, 9, tzinfo=LOCAL_ZONE)) as made:
        people.put_staff(made.platform, people.read_staff(STAFF, "personer.yaml"), "demo")
        yield made


def run(world, extra, handler):
    world.deploy([Resource("proces.bpmn", DIAGRAM.replace("{extra}", extra).encode())])
    started = instances.start(world.platform, world.person("dan"), "proces", {})
    served = {"prøve": HandlerInfo("prøve", "", (), (), handler, takes_any=True)}
    return started, lambda: run_jobs(world.platform, served, limit=10)


def found(world, started):
    return world.platform.read(lambda uow: uow.instances.get(started.key))


def test_an_error_that_the_diagram_catches_goes_its_way(world):
    started, work = run(world, CATCHING, Moody())
    work()
    assert found(world, started).end_event == "slut_afvist"


def test_an_uncaught_error_is_an_incident_and_is_not_run_again_by_itself(world):
    handler = Moody()
    started, work = run(world, "", handler)
    work()
    world.clock.move_to(datetime(2026, 3, 3, 9, tzinfo=LOCAL_ZONE))
    work()
    assert handler.runs == 1
    opened = world.platform.read(lambda uow: uow.incidents.open_of(started.key))
    assert [(i.type, i.element_id) for i in opened] == [(IncidentType.UNHANDLED_ERROR_EVENT, "send")]


def test_a_person_retries_an_uncaught_error(world):
    handler = Moody()
    started, work = run(world, "", handler)
    work()
    (opened,) = world.platform.read(lambda uow: uow.incidents.open_of(started.key))
    handler.throws = False
    incidents.retry(world.platform, world.person("dan"), opened.key)
    work()
    assert found(world, started).status is InstanceStatus.COMPLETED
    assert world.platform.read(lambda uow: uow.incidents.open_of(started.key)) == []
