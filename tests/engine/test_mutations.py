"""Diagrams that somebody has spoilt: each is refused with a reason, or does something; the engine never fails at it.

Random processes lose attributes and elements, get copies, other kinds, other values, what stood elsewhere. What is accepted is
run for a while, with values of every type. FORLOEB_EXAMPLES sets how many are tried, FORLOEB_SEED which; the seed is printed.
"""

from __future__ import annotations

import copy
import os
import secrets
import sys
from collections import Counter
from contextlib import suppress

import pytest
from lxml import etree

from service.domain.errors import DeploymentRefused, TaskMovedOn, WrongState
from service.domain.instances import (
    Correlated,
    ErrorThrown,
    IncidentResolved,
    JobCompleted,
    Stimulus,
    TaskCompleted,
    TimerFired,
)
from service.domain.waits import IncidentOpened, JobWait, SubscriptionWait, TimerWait, UserTaskWait, Wait
from service.engine import runtime

from .driver import MemoryCatalog, Run
from .random_processes import Dice, random_process

EXAMPLES = int(os.environ.get("FORLOEB_EXAMPLES", "120"))
SEED = int(os.environ.get("FORLOEB_SEED") or secrets.randbelow(2**32))
STEPS = 20
VALUES = (
    "",
    "=1",
    "=x",
    "true",
    "false",
    "-1",
    "0",
    "2",
    "PT1S",
    "=null",
    "=[1,2]",
    '="a"',
    "R/PT1S",
    "= a +",
    "=true",
)
ATTRIBUTES = (
    *("isForCompensation", "triggeredByEvent", "cancelActivity", "isInterrupting", "parallelMultiple", "instantiate"),
    *("startQuantity", "completionQuantity", "default", "attachedToRef", "ordering", "isSequential", "behavior"),
)


def spoil(content: bytes, dice: Dice) -> bytes:
    root = etree.fromstring(content)
    for _ in range(dice.number(1, 2)):
        elements = [e for e in root.iter() if isinstance(e.tag, str) and e.getparent() is not None]
        one, other = dice.one_of(*elements), dice.one_of(*elements)
        values = [*VALUES, *(e.get("id") for e in elements if e.get("id"))]
        above = one.getparent()
        match dice.number(0, 7):
            case 0:
                above.remove(one)
            case 1 if one.attrib:
                del one.attrib[dice.one_of(*one.attrib)]
            case 2 if one.attrib:
                one.set(dice.one_of(*one.attrib), dice.one_of(*values))
            case 3:
                above.append(copy.deepcopy(one))
            case 4:
                one.text = dice.one_of(*values)
            case 5 if one not in [other, *other.iterancestors()]:
                other.append(copy.deepcopy(one))
            case 6:
                one.tag = other.tag
            case _:
                one.set(dice.one_of(*ATTRIBUTES), dice.one_of(*values, "true", "Sequential", "None"))
    return bytes(etree.tostring(root))


def stimulus(run: Run, what: Wait | IncidentOpened, dice: Dice) -> Stimulus:
    value = dice.one_of(1, None, "a", True, [1], {"a": 1})
    match what:
        case IncidentOpened():
            return IncidentResolved(what.element_instance_key)
        case UserTaskWait():
            return TaskCompleted(what.key, {"n": value, "x": value})
        case JobWait(listener=str()):
            return JobCompleted(what.key)
        case JobWait():
            return ErrorThrown(what.key, "E1") if dice.number(0, 3) == 0 else JobCompleted(what.key, {"x": value})
        case TimerWait():
            run.now = max(run.now, what.due or run.now)
            return TimerFired(what.key)
        case SubscriptionWait():
            return Correlated(what.key, {"n": value})
    raise AssertionError(what)


def lead(seed: int) -> str:
    dice = Dice(seed)
    content = spoil(random_process(dice, dice.number(1, 3)), dice)
    catalog = MemoryCatalog()
    try:
        catalog.deploy(content)
    except DeploymentRefused as refusal:
        return "refused" if all(finding.message for finding in refusal.findings) else "refused without a word"
    found = catalog.find_process("P")
    if found is None or not found[1].starts:
        return "run"
    start = found[1].starts[0]
    run = Run(catalog, {"n": 0, "key": "k"}, reload=True, start=None if start.kind == "none" else start.element_id)
    for _ in range(STEPS):
        able = [*sorted(run.waits.values(), key=lambda w: w.key), *run.incidents.values()]
        if run.step.status != "ACTIVE" or not able:
            break
        with suppress(TaskMovedOn, WrongState):
            run.apply(stimulus(run, dice.one_of(*able), dice))
    return "run"


def test_spoilt_diagrams(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runtime, "MAX_RUNS", 2_000)
    counts: Counter[str] = Counter()
    for seed in range(SEED, SEED + EXAMPLES):
        try:
            counts[lead(seed)] += 1
        except Exception as fault:
            raise AssertionError(f"FORLOEB_SEED={seed} FORLOEB_EXAMPLES=1 shows it") from fault
    assert set(counts) <= {"refused", "run"}
    with capsys.disabled():
        sys.stdout.write(f"\nspoilt diagrams: {counts['refused']} refused, {counts['run']} run, FORLOEB_SEED={SEED}\n")
