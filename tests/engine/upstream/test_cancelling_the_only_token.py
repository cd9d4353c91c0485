"""A process whose only token was cancelled is over. It says that it is not.

Ours: `service/engine/runtime.py` looks at what is left of a scope after every run.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="P" isExecutable="true">
  <startEvent id="s"/>
  <userTask id="a"/>
  <endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
  <sequenceFlow id="f2" sourceRef="a" targetRef="e"/>
</process>
</definitions>"""


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="SpiffWorkflow 3.2.0")
def test_cancelling_the_only_token() -> None:
    parser = BpmnParser()
    parser.add_bpmn_str(DIAGRAM)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    workflow.get_next_task(spec_name="a").cancel()
    workflow.do_engine_steps()
    assert workflow.completed
