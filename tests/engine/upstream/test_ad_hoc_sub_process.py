"""In an ad-hoc sub-process nothing begins before somebody starts it. Its activities begin by themselves, and it raises
without a completion condition.

Ours: `service/engine/specs/containers.py` starts what it is told to.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.util.task import TaskState

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="P" isExecutable="true">
  <startEvent id="s"/>
  <adHocSubProcess id="k">
    <userTask id="a"/>
    <userTask id="b"/>
  </adHocSubProcess>
  <endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="k"/>
  <sequenceFlow id="f2" sourceRef="k" targetRef="e"/>
</process>
</definitions>"""


@pytest.mark.xfail(strict=True, raises=TypeError, reason="SpiffWorkflow 3.2.0")
def test_ad_hoc_sub_process() -> None:
    parser = BpmnParser()
    parser.add_bpmn_str(DIAGRAM)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    assert workflow.get_tasks(state=TaskState.READY) == []
