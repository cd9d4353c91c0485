"""A condition decides which way to go. It may import any module and so do anything on the machine.

Ours: FEEL only (`service/engine/expressions.py`); it reaches nothing outside its context.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="P" isExecutable="true">
  <startEvent id="s"/>
  <exclusiveGateway id="g" default="f3"/>
  <userTask id="a"/>
  <userTask id="b"/>
  <endEvent id="e1"/>
  <endEvent id="e2"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="g"/>
  <sequenceFlow id="f2" sourceRef="g" targetRef="a">
    <conditionExpression xsi:type="tFormalExpression">__import__('os').getpid() &gt; 0</conditionExpression>
  </sequenceFlow>
  <sequenceFlow id="f3" sourceRef="g" targetRef="b"/>
  <sequenceFlow id="f4" sourceRef="a" targetRef="e1"/>
  <sequenceFlow id="f5" sourceRef="b" targetRef="e2"/>
</process>
</definitions>"""


def begun() -> BpmnWorkflow:
    parser = BpmnParser()
    parser.add_bpmn_str(DIAGRAM)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    return workflow


@pytest.mark.xfail(strict=True, raises=pytest.fail.Exception, reason="SpiffWorkflow 3.2.0")
def test_expressions_reach_the_machine() -> None:
    with pytest.raises(Exception, match=r"os|import"):
        begun()
