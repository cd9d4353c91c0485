"""A token that reaches a link throw event goes on at the link catch event of that name. It vanishes.

Ours: `service/engine/compiler.py` connects the two ends like a flow.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="P" isExecutable="true">
  <startEvent id="s"/>
  <intermediateThrowEvent id="t">
    <linkEventDefinition name="L"/>
  </intermediateThrowEvent>
  <intermediateCatchEvent id="c">
    <linkEventDefinition name="L"/>
  </intermediateCatchEvent>
  <userTask id="a"/>
  <endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="t"/>
  <sequenceFlow id="f2" sourceRef="c" targetRef="a"/>
  <sequenceFlow id="f3" sourceRef="a" targetRef="e"/>
</process>
</definitions>"""


def begun() -> BpmnWorkflow:
    parser = BpmnParser()
    parser.add_bpmn_str(DIAGRAM)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    return workflow


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="SpiffWorkflow 3.2.0")
def test_link_events() -> None:
    workflow = begun()
    assert [task.task_spec.name for task in workflow.get_tasks(state=TaskState.READY)] == ["a"]
