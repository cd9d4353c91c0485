"""A loop without anything to wait for runs as often as its condition says. It stops silently in its 334th round.

Ours: `service/engine/runtime.py` runs what is ready by itself, and prunes within a step.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="P" isExecutable="true">
  <startEvent id="s"/><scriptTask id="first"><script>n = 0</script>
  </scriptTask><exclusiveGateway id="x"/>
  <scriptTask id="a"><script>n = n + 1</script>
  </scriptTask>
  <exclusiveGateway id="y" default="f6"/>
  <endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="first"/>
  <sequenceFlow id="f2" sourceRef="first" targetRef="x"/>
  <sequenceFlow id="f3" sourceRef="x" targetRef="a"/>
  <sequenceFlow id="f4" sourceRef="a" targetRef="y"/>
  <sequenceFlow id="f5" sourceRef="y" targetRef="x">
    <conditionExpression xsi:type="tFormalExpression">n &lt; 400</conditionExpression>
  </sequenceFlow>
  <sequenceFlow id="f6" sourceRef="y" targetRef="e"/>
</process>
</definitions>"""


def begun() -> BpmnWorkflow:
    parser = BpmnParser()
    parser.add_bpmn_str(DIAGRAM)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    return workflow


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="SpiffWorkflow 3.2.0")
def test_long_automatic_loop() -> None:
    workflow = begun()
    assert workflow.data.get("n") == 400
