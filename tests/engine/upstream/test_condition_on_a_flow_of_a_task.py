"""A flow that leaves a task under a condition is only taken when that holds. The condition is not read.

Ours: refused, or read with every other flow (`service/engine/compiler.py`).
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="P" isExecutable="true">
  <startEvent id="s"/><scriptTask id="a"><script>n = 1</script>
  </scriptTask><userTask id="b"/>
  <endEvent id="e1"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
  <sequenceFlow id="f2" sourceRef="a" targetRef="b">
    <conditionExpression xsi:type="tFormalExpression">1 == 2</conditionExpression>
  </sequenceFlow>
  <sequenceFlow id="f4" sourceRef="b" targetRef="e1"/>
</process>
</definitions>"""


def begun() -> BpmnWorkflow:
    parser = BpmnParser()
    parser.add_bpmn_str(DIAGRAM)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    return workflow


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="SpiffWorkflow 3.2.0")
def test_condition_on_a_flow_of_a_task() -> None:
    workflow = begun()
    assert workflow.get_tasks(state=TaskState.READY) == []
