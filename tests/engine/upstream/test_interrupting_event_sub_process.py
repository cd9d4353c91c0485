"""An interrupting event sub-process ends everything else in its scope (`isInterrupting` is true when absent). The task goes on.

Ours: `service/engine/routing.py` cancels the rest of the scope.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions import SignalEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.util.task import TaskState

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<signal id="sg" name="sg"/>
<process id="P" isExecutable="true">
  <startEvent id="s"/>
  <userTask id="a"/>
  <endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
  <sequenceFlow id="f2" sourceRef="a" targetRef="e"/>
  <subProcess id="v" triggeredByEvent="true">
    <startEvent id="vs">
    <signalEventDefinition signalRef="sg"/>
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
def test_interrupting_event_sub_process() -> None:
    workflow = begun()
    workflow.catch(BpmnEvent(SignalEventDefinition("sg")))
    workflow.do_engine_steps()
    assert [task.task_spec.name for task in workflow.get_tasks(state=TaskState.READY)] == ["h"]
