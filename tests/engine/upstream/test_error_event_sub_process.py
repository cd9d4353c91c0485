"""An event sub-process that begins with an error waits for that error. It starts at once, when the process starts.

Ours: `service/engine/specs/containers.py` opens it, `service/engine/routing.py` finds it when an error is thrown.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<error id="er" errorCode="er"/>
<process id="P" isExecutable="true">
  <startEvent id="s"/>
  <userTask id="a"/>
  <endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
  <sequenceFlow id="f2" sourceRef="a" targetRef="e"/>
  <subProcess id="v" triggeredByEvent="true">
    <startEvent id="vs">
    <errorEventDefinition errorRef="er"/>
  </startEvent>
  <userTask id="h"/>
  <endEvent id="ve"/>
  <sequenceFlow id="f3" sourceRef="vs" targetRef="h"/>
  <sequenceFlow id="f4" sourceRef="h" targetRef="ve"/>
  </subProcess>
</process>
</definitions>"""


def begun() -> BpmnWorkflow:
    parser = BpmnParser()
    parser.add_bpmn_str(DIAGRAM)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    return workflow


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="SpiffWorkflow 3.2.0")
def test_error_event_sub_process() -> None:
    workflow = begun()
    assert [task.task_spec.name for task in workflow.get_tasks(state=TaskState.READY)] == ["a"]
