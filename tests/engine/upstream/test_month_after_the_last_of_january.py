"""A month after 31 January is the last of February. The timer is due on 3 March.

Ours: `service/engine/timing.py`.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

DIAGRAM = b"""<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
<process id="P" isExecutable="true"><startEvent id="s"/>
  <endEvent id="e"/>
  <sequenceFlow id="f1" sourceRef="s" targetRef="e"/></process>
</definitions>"""


def begun() -> BpmnWorkflow:
    parser = BpmnParser()
    parser.add_bpmn_str(DIAGRAM)
    workflow = BpmnWorkflow(parser.get_spec("P"), parser.get_subprocess_specs("P"))
    workflow.do_engine_steps()
    return workflow


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="SpiffWorkflow 3.2.0")
def test_month_after_the_last_of_january() -> None:
    begin = datetime(2026, 1, 31, 12, tzinfo=UTC)
    length = TimerEventDefinition.parse_iso_duration("P1M")
    due = begin + TimerEventDefinition.get_timedelta_from_start(length, begin)
    assert due == datetime(2026, 2, 28, 12, tzinfo=UTC)
