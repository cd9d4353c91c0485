"""In a table with hit policy UNIQUE two rules that match are a fault. The first is taken silently.

Ours: `service/dmn` evaluates decisions.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.dmn.parser.BpmnDmnParser import BpmnDmnParser

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL">
<process id="P" isExecutable="true">
  <startEvent id="s"/>
  <userTask id="a"/>
  <endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="a"/>
  <sequenceFlow id="f2" sourceRef="a" targetRef="e"/>
</process>
</definitions>"""
DECISION = b"""<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="f" name="f" namespace="n">
<decision id="d" name="d"><decisionTable id="t" hitPolicy="UNIQUE">
  <input id="i" label="x"><inputExpression id="ie" typeRef="number"><text>x</text></inputExpression></input>
  <output id="o" name="y" typeRef="string"/>
  <rule id="r1"><inputEntry id="r1i"><text>&gt; 1</text></inputEntry><outputEntry id="r1o"><text>"r1"</text></outputEntry></rule>
  <rule id="r2"><inputEntry id="r2i"><text>&gt; 2</text></inputEntry><outputEntry id="r2o"><text>"r2"</text></outputEntry></rule>
</decisionTable></decision>
</definitions>"""


def matched(x: object) -> list[str]:
    """The ids of the rules that match."""
    parser = BpmnDmnParser()
    parser.add_bpmn_str(DIAGRAM)
    parser.add_dmn_str(DECISION)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    task = workflow.get_next_task(spec_name="a")
    task.data["x"] = x
    return [rule.id for rule in parser.get_engine("d", None).decide(task)]


@pytest.mark.xfail(strict=True, raises=pytest.fail.Exception, reason="SpiffWorkflow 3.2.0")
def test_unique_rules() -> None:
    with pytest.raises(Exception, match=r"(?i)unique|hit policy|more than one"):
        matched(5)
