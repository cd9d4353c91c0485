"""A process of ten forks and joins in a row has some fifty elements. Its first state has 8,190 tasks.

They are predicted, and double with every fork. Ours: `service/engine/specs/base.py` predicts nothing.
"""

from __future__ import annotations

import pytest
from SpiffWorkflow.bpmn import BpmnWorkflow
from SpiffWorkflow.bpmn.parser import BpmnParser

NAMESPACE = "http://www.omg.org/spec/BPMN/20100524/MODEL"


def diamond(number: int) -> str:
    nodes = f'<parallelGateway id="g{number}"/><task id="l{number}"/><task id="r{number}"/><parallelGateway id="x{number}"/>'
    ends = [("g", "l"), ("g", "r"), ("l", "x"), ("r", "x")]
    return nodes + "".join(flow(f"{a}{number}", f"{b}{number}") for a, b in ends) + flow(f"x{number}", f"g{number + 1}")


def flow(source: str, target: str) -> str:
    return f'<sequenceFlow id="{source}_{target}" sourceRef="{source}" targetRef="{target}"/>'


@pytest.mark.xfail(strict=True, raises=AssertionError, reason="SpiffWorkflow 3.2.0")
def test_prediction_doubles() -> None:
    nodes = '<startEvent id="s"/><userTask id="a"/><endEvent id="g10"/>' + flow("s", "a") + flow("a", "g0")
    body = nodes + "".join(diamond(number) for number in range(10))
    parser = BpmnParser()
    parser.add_bpmn_str(f'<definitions xmlns="{NAMESPACE}"><process id="P">{body}</process></definitions>'.encode())
    assert len(BpmnWorkflow(parser.get_spec("P")).tasks) < 1_000
