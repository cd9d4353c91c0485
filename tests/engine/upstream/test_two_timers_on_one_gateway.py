"""Of two timers after an event-based gateway the sooner one goes on. They share one value, and it does not fire.

Ours: `service/engine/subscriptions.py` keeps the due time of every wait by itself.
"""

from __future__ import annotations

import time

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="P" isExecutable="true">
  <startEvent id="s"/>
  <eventBasedGateway id="g"/>
  <intermediateCatchEvent id="late">
    <timerEventDefinition><timeDuration>"PT1H"</timeDuration>
  </timerEventDefinition>
  </intermediateCatchEvent>
  <intermediateCatchEvent id="soon">
    <timerEventDefinition><timeDuration>"PT0.01S"</timeDuration>
  </timerEventDefinition>
  </intermediateCatchEvent>
  <userTask id="a"/>
  <userTask id="b"/>
  <endEvent id="e1"/>
  <endEvent id="e2"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="g"/>
  <sequenceFlow id="f2" sourceRef="g" targetRef="late"/>
  <sequenceFlow id="f3" sourceRef="g" targetRef="soon"/>
  <sequenceFlow id="f4" sourceRef="late" targetRef="a"/>
  <sequenceFlow id="f5" sourceRef="soon" targetRef="b"/>
  <sequenceFlow id="f6" sourceRef="a" targetRef="e1"/>
  <sequenceFlow id="f7" sourceRef="b" targetRef="e2"/>
</process>
</definitions>"""


def begun() -> BpmnWorkflow:
    parser = BpmnParser()
    parser.add_bpmn_str(DIAGRAM)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    return workflow


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="SpiffWorkflow 3.2.0")
def test_two_timers_on_one_gateway() -> None:
    workflow = begun()
    time.sleep(0.05)
    workflow.refresh_timers()
    workflow.do_engine_steps()
    assert [task.task_spec.name for task in workflow.get_tasks(state=TaskState.READY)] == ["b"]
