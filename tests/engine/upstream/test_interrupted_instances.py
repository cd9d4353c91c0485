"""A boundary event that interrupts a multi-instance sub-process ends all its instances; the process goes on. The next step raises.

Ours: `service/engine/specs/containers.py` keeps instances as children whose end cascades.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions import SignalEventDefinition
from SpiffWorkflow.bpmn.util.event import BpmnEvent
from SpiffWorkflow.exceptions import TaskNotFoundException
from SpiffWorkflow.util.task import TaskState

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<signal id="sg" name="sg"/>
<process id="P" isExecutable="true">
  <startEvent id="s"/><subProcess id="k"><startEvent id="ks"/>
  <userTask id="a"/>
  <endEvent id="ke"/>
  <sequenceFlow id="f1" sourceRef="ks" targetRef="a"/>
  <sequenceFlow id="f2" sourceRef="a" targetRef="ke"/>
    <multiInstanceLoopCharacteristics><loopCardinality>2</loopCardinality>
  </multiInstanceLoopCharacteristics></subProcess>
  <boundaryEvent id="b" attachedToRef="k">
    <signalEventDefinition signalRef="sg"/>
  </boundaryEvent>
  <userTask id="h"/>
  <endEvent id="eh"/>
  <endEvent id="e"/>
  <sequenceFlow id="f3" sourceRef="s" targetRef="k"/>
  <sequenceFlow id="f4" sourceRef="k" targetRef="e"/>
  <sequenceFlow id="f5" sourceRef="b" targetRef="h"/>
  <sequenceFlow id="f6" sourceRef="h" targetRef="eh"/>
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


@pytest.mark.xfail(strict=True, raises=TaskNotFoundException, reason="SpiffWorkflow 3.2.0")
def test_interrupted_instances() -> None:
    workflow = begun()
    workflow.catch(BpmnEvent(SignalEventDefinition("sg")))
    workflow.do_engine_steps()
    assert [task.task_spec.name for task in workflow.get_tasks(state=TaskState.READY)] == ["h"]
    do(workflow, "h")
    assert workflow.is_completed()
