"""A compensation throw event runs the handler of what was done before. The parser does not know the handler's boundary event.

Ours: refused or run by the engine's own specs (`service/engine/reader/vocabulary.py` says which).
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.parser.ValidationException import ValidationException
from SpiffWorkflow.util.task import TaskState

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="P" isExecutable="true">
  <startEvent id="s"/>
  <task id="a"/>
  <boundaryEvent id="b" attachedToRef="a">
    <compensateEventDefinition/>
  </boundaryEvent>
  <userTask id="h" isForCompensation="true"/><association id="as" sourceRef="b" targetRef="h"/>
  <intermediateThrowEvent id="t">
    <compensateEventDefinition/>
  </intermediateThrowEvent>
  <endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
  <sequenceFlow id="f2" sourceRef="a" targetRef="t"/>
  <sequenceFlow id="f3" sourceRef="t" targetRef="e"/>
</process>
</definitions>"""


def begun() -> BpmnWorkflow:
    parser = BpmnParser()
    parser.add_bpmn_str(DIAGRAM)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    return workflow


@pytest.mark.xfail(strict=True, raises=ValidationException, reason="SpiffWorkflow 3.2.0")
def test_compensation_throw() -> None:
    workflow = begun()
    assert [task.task_spec.name for task in workflow.get_tasks(state=TaskState.READY)] == ["h"]
