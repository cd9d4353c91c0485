"""Escalations of tasks that are late (PROCEDURES B4): near, past, past for a while, and the leaders' weekly list."""

from datetime import datetime

import pytest

from service.domain.clock import LOCAL_ZONE
from service.testing import World
from service.usecases import instances, people, task_assignment, tasks
from service.usecases.bundle import Resource

MANIFEST = """
titel: Frister
roller: {sagsbehandler: {titel: Sagsbehandler}, teamleder: {titel: Teamleder}}
"""
STAFF = b"""
enheder: [{id: nord, navn: Nord}, {id: syd, navn: Syd}]
personer:
  - {brugernavn: nina, navn: Nina Test Nord, roller: [sagsbehandler@nord]}
  - {brugernavn: niels, navn: Niels Test Nord, roller: [sagsbehandler@nord]}
  - {brugernavn: lone, navn: Lone Test Leder, roller: [teamleder@nord], leder_af: [nord]}
  - {brugernavn: sofie, navn: Sofie Test Leder, roller: [teamleder@syd], leder_af: [syd]}
"""
DIAGRAM = """<?xml version="1.0" encoding="UTF-8"?>
<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"
    xmlns:forloeb="urn:forloeb:1.0" id="d" targetNamespace="urn:t">
  <bpmn:process id="frister" name="Frister" isExecutable="true">
    <bpmn:startEvent id="start" />
    <bpmn:sequenceFlow id="f1" sourceRef="start" targetRef="ring" />
    <bpmn:userTask id="ring" name="Ring til borgeren">
      <bpmn:extensionElements>
        <zeebe:userTask />
        <zeebe:assignmentDefinition candidateGroups="sagsbehandler@nord" />
        <zeebe:taskSchedule dueDate="=arbejdsdage(2)" />
        <forloeb:frist id="kontakt" />
      </bpmn:extensionElements>
    </bpmn:userTask>
    <bpmn:sequenceFlow id="f2" sourceRef="ring" targetRef="slut" />
    <bpmn:endEvent id="slut" />
  </bpmn:process>
</bpmn:definitions>"""
MONDAY = datetime(2026, 3, 2, 9, tzinfo=LOCAL_ZONE)


@pytest.fixture
def late():
    with World(MONDAY) as world:
        world.deploy(
            [
                Resource("processes/frister/frister.bpmn", DIAGRAM.encode()),
                Resource("processes/frister/procedure.yaml", MANIFEST.encode()),
            ]
        )
        people.put_staff(world.platform, people.read_staff(STAFF, "personer.yaml"), "demo")
        started = instances.start(world.platform, world.person("nina"), "frister", {})
        yield world, world.platform.read(lambda uow: uow.tasks.open_of(started.key))[0]


def told(world, username):
    return [n.text for n in world.platform.read(lambda uow: uow.notices.of(username))]


def at(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=LOCAL_ZONE)


def test_nobody_is_told_before_80_percent_of_the_time(late):
    world, _ = late
    world.move_to(at(4, 11))
    assert told(world, "nina") == []


def test_the_group_is_told_when_80_percent_is_used(late):
    world, _ = late
    world.move_to(at(4, 12))
    assert told(world, "nina") == told(world, "niels") == ["Fristen nærmer sig: Ring til borgeren"]
    assert told(world, "lone") == []


def test_the_assignee_alone_is_told_of_her_own_task(late):
    world, task = late
    task_assignment.take(world.platform, world.person("nina"), task.key)
    world.move_to(at(4, 12))
    assert told(world, "nina") == ["Fristen nærmer sig: Ring til borgeren"]
    assert told(world, "niels") == []


def test_an_overdue_task_goes_to_the_leader_a_working_day_later(late):
    world, _ = late
    world.move_to(at(5, 8))
    assert "Overskredet: Ring til borgeren" in told(world, "nina")
    assert told(world, "lone") == []
    world.move_to(at(6, 0, 1))
    assert told(world, "lone") == ["Stadig overskredet: Ring til borgeren"]


def test_the_leaders_get_a_list_each_monday_of_their_own_units(late):
    world, _ = late
    world.move_to(at(9, 8))
    assert "1 opgave er overskredet i Nord" in told(world, "lone")
    assert told(world, "sofie") == []
    world.move_to(at(16, 8))
    assert told(world, "lone").count("1 opgave er overskredet i Nord") == 2


def test_a_completed_task_reminds_nobody(late):
    world, task = late
    tasks.complete(world.platform, world.person("nina"), task.key, {})
    world.move_to(at(20, 8))
    assert told(world, "nina") == told(world, "lone") == []
