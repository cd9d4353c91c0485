"""Random block-structured processes under random interleavings, with a reload after every step.

What must hold at every step: the instance that is loaded from its state and the one that was never pruned tell the same;
a state that is loaded and stored again is the same bytes; what waits belongs to elements that are alive; what was done
cannot be done twice. At the end nothing is left, and the same stimuli told again from the beginning lead to the same bytes.

FORLOEB_EXAMPLES sets how many processes are tried, FORLOEB_SEED which; the seed is printed.
"""

from __future__ import annotations

import os
import secrets
import sys
from datetime import datetime
from typing import Any

import pytest
from lxml import etree

from service.domain.errors import TaskMovedOn, WrongState
from service.domain.instances import (
    Correlated,
    ErrorThrown,
    IncidentResolved,
    JobCompleted,
    Step,
    Stimulus,
    TaskCompleted,
    TimerFired,
)
from service.domain.waits import JobWait, ListenerEvent, SubscriptionWait, TimerWait, UserTaskWait, Wait
from service.engine.state import dump, load

from .driver import ENGINE, CountingKeys, MemoryCatalog, Run
from .random_processes import Dice, random_process

EXAMPLES = int(os.environ.get("FORLOEB_EXAMPLES", "120"))
SEED = int(os.environ.get("FORLOEB_SEED") or secrets.randbelow(2**32))
LONG = 60
"""Steps after which nothing is chosen at random any more: whatever can be done is done, so that every instance ends."""


def told(step: Step) -> dict[str, Any]:
    """A step without its bytes, and without the order within cancellations."""
    return {
        "status": step.status,
        "opened": sorted(step.opened, key=lambda w: w.key),
        "closed": sorted(step.closed, key=lambda c: c.key),
        "due": step.due_changes,
        "incidents": step.incidents,
        "elements": sorted(step.elements, key=lambda c: c.key),
        "flows": step.flows,
        "effects": step.effects,
        "called": sorted(step.called, key=lambda c: c.key),
        "variables": step.variables,
        "changed": step.changed,
    }


class Book:
    """The history: adds up what the steps say of elements."""

    def __init__(self, root: int, content: bytes) -> None:
        self.root = root
        self.alive: dict[int, int] = {}
        self.ids: dict[int, str] = {}
        self.called: set[int] = set()
        self.nodes = {node.get("id"): node for node in etree.fromstring(content).iter() if node.get("id")}
        flows = [node for node in self.nodes.values() if node.tag.endswith("sequenceFlow")]
        self.gateways = {
            flow.get("targetRef"): flow.get("sourceRef")
            for flow in flows
            if self.nodes[flow.get("sourceRef")].tag.endswith("eventBasedGateway")
        }

    def add(self, step: Step) -> None:
        self.called |= {called.key for called in step.called}
        for change in step.elements:
            if change.started:
                assert change.key not in self.alive
                assert change.scope_key in self.scopes, "the scope around it is alive"
                self.alive[change.key] = change.scope_key
                self.ids[change.key] = change.element_id
            assert change.key in self.alive
        for change in step.elements:
            if change.state != "ACTIVE":
                del self.alive[change.key]
        assert all(scope in self.scopes for scope in self.alive.values())

    @property
    def scopes(self) -> set[int]:
        return {self.root, *self.called, *self.alive}

    def holds(self, wait: Wait) -> bool:
        """Whether a wait belongs to what is alive: its own element, the activity it sits on, the gateway it stands after,
        or the scope it listens in.
        """
        node = self.nodes[wait.element_id]
        above = node.getparent()
        if node.get("attachedToRef"):
            return self._lives(node.get("attachedToRef"))
        if wait.element_id in self.gateways:
            return self._lives(self.gateways[wait.element_id])
        if node.tag.endswith("startEvent") and above.get("triggeredByEvent"):
            around = above.getparent()
            return around.tag.endswith("process") or self._lives(around.get("id"))
        return wait.element_instance_key in self.alive

    def _lives(self, element_id: str) -> bool:
        return any(self.ids[key] == element_id for key in self.alive)


def is_over(run: Run) -> bool:
    return run.step.status != "ACTIVE"


class Chooser:
    """What happens next: anything that can, at random; after a while only what brings the instance to its end."""

    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        self.number = 0

    def next(self, run: Run) -> Stimulus:
        self.number += 1
        if run.incidents:
            return IncidentResolved(min(run.incidents))
        waits = sorted(run.waits.values(), key=lambda w: w.key)
        busy = {w.element_instance_key for w in waits if isinstance(w, JobWait) and w.listener}
        doable = [w for w in waits if isinstance(w, JobWait) or (isinstance(w, UserTaskWait) and w.key not in busy)]
        heard = [w for w in waits if isinstance(w, SubscriptionWait)]
        timed = [w for w in waits if isinstance(w, TimerWait) and w.due is not None]
        assert doable or timed or heard, "there is always something to do"
        kinds = [things for things in (doable, doable, doable, timed, heard) if things]
        wait: Wait = self.dice.one_of(*(self.dice.one_of(*kinds) if self.number < LONG else kinds[0]))
        if isinstance(wait, TimerWait):
            assert wait.due is not None
            run.now = max(run.now, wait.due)
            return TimerFired(wait.key)
        if isinstance(wait, SubscriptionWait):
            return Correlated(wait.key, {"heard": self.number})
        if isinstance(wait, JobWait) and wait.listener is not None:
            denied = wait.listener is ListenerEvent.COMPLETING and self.number < LONG and self.dice.number(0, 3) == 0
            return JobCompleted(wait.key, denied="nej" if denied else None)
        if isinstance(wait, JobWait):
            return ErrorThrown(wait.key, "E1") if self.dice.number(0, 3) == 0 else JobCompleted(wait.key)
        return TaskCompleted(wait.key, {"n": self.number})


def check_state(run: Run, book: Book) -> None:
    """Loading and storing changes nothing, and what the state holds is what the history says is alive."""
    catalog, state = run.catalog, run.state
    assert dump(load(catalog, state, run.now, CountingKeys())) == state
    assert [wait for wait in run.waits.values() if not book.holds(wait)] == []
    assert {view.key for view in ENGINE.view(catalog, state)} <= book.scopes, "every scope is alive"


def check_twice(run: Run, stimulus: Stimulus) -> None:
    """What was done cannot be done again: refused, or without any effect."""
    if isinstance(stimulus, Correlated) and stimulus.key in run.waits:
        return  # a non-interrupting event goes on waiting, and may hear it again
    if isinstance(stimulus, ErrorThrown | IncidentResolved):
        return  # an error nobody catches, or a fault that is still there, may come again
    with pytest.raises((TaskMovedOn, WrongState)):  # a task whose listeners are asked is open still
        ENGINE.advance(run.catalog, run.state, stimulus, run.now, CountingKeys())


def lead(seed: int) -> int:
    """Make the process of a seed, and lead an instance to its end; how many steps it took."""
    dice = Dice(seed)
    content = random_process(dice, dice.number(1, 4))
    catalog = MemoryCatalog()
    catalog.deploy(content)
    first = {"n": 0, "key": "k"}
    stored, kept = Run(catalog, first, reload=True), Run(catalog, first, reload=False)
    book, chooser = Book(stored.key, content), Chooser(dice)
    stimuli: list[tuple[datetime, Stimulus]] = []
    while True:
        assert told(stored.step) == told(kept.step)
        book.add(stored.step)
        if is_over(stored):
            break
        assert len(stimuli) < 1_000
        check_state(stored, book)
        stimulus = chooser.next(stored)
        kept.now = stored.now
        for run in (stored, kept):
            run.apply(stimulus)
        if not is_over(stored):
            check_twice(stored, stimulus)
        stimuli.append((stored.now, stimulus))
    assert stored.done
    assert book.alive == {}
    assert [view.key for view in stored.views()] == [stored.key], "no scope outlives its element"
    assert set(kept.runtime.scopes.values) <= {kept.key}
    check_history(catalog, first, stimuli, stored.state)
    return len(stimuli)


def check_history(
    catalog: MemoryCatalog, first: dict[str, Any], stimuli: list[tuple[datetime, Stimulus]], state: bytes
) -> None:
    """The same stimuli, told again from the beginning, lead to the same state."""
    again = Run(catalog, first, reload=True)
    for now, stimulus in stimuli:
        again.now = now
        again.apply(stimulus)
    assert again.state == state


def test_random_processes(capsys: pytest.CaptureFixture[str]) -> None:
    steps = []
    for seed in range(SEED, SEED + EXAMPLES):
        try:
            steps.append(lead(seed))
        except Exception as fault:
            raise AssertionError(f"FORLOEB_SEED={seed} FORLOEB_EXAMPLES=1 shows it") from fault
    with capsys.disabled():
        sys.stdout.write(f"\n{len(steps)} random processes, {sum(steps)} steps, FORLOEB_SEED={SEED}\n")
