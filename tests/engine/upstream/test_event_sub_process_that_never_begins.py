"""A process is over when its tokens are, also when an event sub-process was never needed. It never completes.

Ours: `service/engine/specs/workflow.py` cancels waiting starts of event sub-processes at the end of their scope.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="P" isExecutable="true">
  <startEvent id="s"/>
  <userTask id="a"/>
  <endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
  <sequenceFlow id="f2" sourceRef="a" targetRef="e"/>
  <subProcess id="v" triggeredByEvent="true">
    <startEvent id="vs">
    <timerEventDefinition><timeDuration>"P1D"</timeDuration>
  </timerEventDefinition>
  </startEvent><endEvent id="ve"/>
  <sequenceFlow id="f3" sourceRef="vs" targetRef="ve"/>
  </subProcess>
</process>
</definitions>"""


def begun() -> BpmnWorkflow:
    parser = BpmnParser()
    parser.add_bpmn_str(DIAGRAM)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    return workflow


def do(workflow: BpmnWorkflow, name: str) -> None:
    """Complete a user task, and all that follows by itself."""
    workflow.get_next_task(state=TaskState.READY, spec_name=name).run()
    workflow.do_engine_steps()


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="SpiffWorkflow 3.2.0")
def test_event_sub_process_that_never_begins() -> None:
    workflow = begun()
    do(workflow, "a")
    assert workflow.is_completed()
