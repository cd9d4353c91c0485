"""A parallel join waits for all its branches in every round of a loop. From the second round it fires on the first.

Ours: `service/engine/specs/gateways.py` counts the tokens that wait.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="P" isExecutable="true">
  <startEvent id="s"/>
  <exclusiveGateway id="x"/>
  <parallelGateway id="p"/>
  <userTask id="a"/>
  <userTask id="b"/>
  <parallelGateway id="j"/>
  <userTask id="n"/>
  <exclusiveGateway id="y" default="f9"/>
  <endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="x"/>
  <sequenceFlow id="f2" sourceRef="x" targetRef="p"/>
  <sequenceFlow id="f3" sourceRef="p" targetRef="a"/>
  <sequenceFlow id="f4" sourceRef="p" targetRef="b"/>
  <sequenceFlow id="f5" sourceRef="a" targetRef="j"/>
  <sequenceFlow id="f6" sourceRef="b" targetRef="j"/>
  <sequenceFlow id="f7" sourceRef="j" targetRef="n"/>
  <sequenceFlow id="f8" sourceRef="n" targetRef="y"/>
  <sequenceFlow id="f10" sourceRef="y" targetRef="x">
    <conditionExpression xsi:type="tFormalExpression">True</conditionExpression>
  </sequenceFlow>
  <sequenceFlow id="f9" sourceRef="y" targetRef="e"/>
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
def test_join_in_a_loop() -> None:
    workflow = begun()
    for name in ("a", "b", "n", "b"):
        do(workflow, name)
    assert [task.task_spec.name for task in workflow.get_tasks(state=TaskState.READY)] == ["a"]
