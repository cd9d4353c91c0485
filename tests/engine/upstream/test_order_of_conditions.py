"""The conditions of an exclusive gateway are tried in the order of the file. They are tried by how high the next shapes are drawn.

Ours: `service/engine/specs/gateways.py` keeps the order of the file.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="P" isExecutable="true">
  <startEvent id="s"/>
  <exclusiveGateway id="g" default="f3"/>
  <userTask id="a"/>
  <userTask id="b"/>
  <userTask id="c"/>
  <endEvent id="e1"/>
  <endEvent id="e2"/>
  <endEvent id="e3"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="g"/>
  <sequenceFlow id="f4" sourceRef="g" targetRef="a">
    <conditionExpression xsi:type="tFormalExpression">True</conditionExpression>
  </sequenceFlow>
  <sequenceFlow id="f2" sourceRef="g" targetRef="b">
    <conditionExpression xsi:type="tFormalExpression">True</conditionExpression>
  </sequenceFlow>
  <sequenceFlow id="f3" sourceRef="g" targetRef="c"/>
  <sequenceFlow id="f5" sourceRef="a" targetRef="e1"/>
  <sequenceFlow id="f6" sourceRef="b" targetRef="e2"/>
  <sequenceFlow id="f7" sourceRef="c" targetRef="e3"/>
</process>
<bpmndi:BPMNDiagram xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">
  <bpmndi:BPMNPlane bpmnElement="P">
  <bpmndi:BPMNShape bpmnElement="a"><dc:Bounds x="100" y="200" width="100" height="80"/></bpmndi:BPMNShape>
  <bpmndi:BPMNShape bpmnElement="b"><dc:Bounds x="100" y="100" width="100" height="80"/></bpmndi:BPMNShape>
</bpmndi:BPMNPlane></bpmndi:BPMNDiagram>
</definitions>"""


def begun() -> BpmnWorkflow:
    parser = BpmnParser()
    parser.add_bpmn_str(DIAGRAM)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    return workflow


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="SpiffWorkflow 3.2.0")
def test_order_of_conditions() -> None:
    workflow = begun()
    assert [task.task_spec.name for task in workflow.get_tasks(state=TaskState.READY)] == ["a"]
