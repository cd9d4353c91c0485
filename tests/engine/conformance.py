"""A driver for the public conformance suite: all instances of one case, run as its README says."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from service.domain.errors import DeploymentRefused, EngineFailed, ForloebError
from service.domain.facts import MessagePublished, SignalThrown
from service.domain.instances import (
    Correlated,
    ErrorThrown,
    InstanceStatus,
    JobCompleted,
    Start,
    Step,
    Stimulus,
    TimerFired,
)
from service.domain.waits import JobWait, SubscriptionWait, TimerWait, Wait, WaitKind

from .driver import ENGINE, T0, CountingKeys, MemoryCatalog

WAIT = timedelta(seconds=10)


@dataclass
class Instance:
    key: int
    state: bytes
    waits: dict[int, Wait] = field(default_factory=dict)
    variables: Mapping[str, Any] = field(default_factory=dict)
    over: bool = False


class World:
    """Every instance of a case on a fresh engine with a settable clock."""

    def __init__(self, content: bytes, row: Mapping[str, Any]) -> None:
        self.row = row
        self.now = T0
        self.keys = CountingKeys()
        self.catalog = MemoryCatalog()
        self.instances: dict[int, Instance] = {}
        self.labels: list[str] = []
        self.sleeping: dict[int, datetime] = {}
        """`wait-10s` jobs that are open, and since when."""
        self.parallel: dict[str, tuple[datetime, datetime]] = {}
        self.broken = False
        self.definitions = self.catalog.deploy(content)
        self.spans: dict[int, tuple[str, datetime]] = {}

    # -- moving

    def start(
        self,
        process: str,
        variables: Mapping[str, Any],
        start: str | None = None,
        payload: Mapping[str, Any] | None = None,
    ) -> int:
        found = self.catalog.find_process(process)
        assert found is not None
        key = self.keys.next()
        instance = Instance(key, b"")
        self.instances[key] = instance
        self._advance(instance, None, Start(found[0].key, key, variables, start, payload or {}))
        return key

    def apply(self, instance: Instance, stimulus: Stimulus) -> None:
        self._advance(instance, instance.state, stimulus)

    def _advance(self, instance: Instance, state: bytes | None, stimulus: Stimulus) -> None:
        try:
            step = ENGINE.advance(self.catalog, state, stimulus, self.now, self.keys)
        except (ForloebError, EngineFailed):
            self.broken = True
            instance.over = True
            instance.waits.clear()
            return
        self._take(instance, step)

    def _take(self, instance: Instance, step: Step) -> None:
        instance.state, instance.variables = step.state, step.variables
        instance.over = step.status is not InstanceStatus.ACTIVE
        for closed in step.closed:
            instance.waits.pop(closed.key)
            self.sleeping.pop(closed.key, None)
        for wait in step.opened:
            instance.waits[wait.key] = wait
        for change in step.due_changes:
            old = instance.waits[change.key]
            assert isinstance(old, TimerWait)
            instance.waits[change.key] = TimerWait(
                **{**{f: getattr(old, f) for f in old.__dataclass_fields__}, "due": change.due}
            )
        trace = self.row["trace_map"]
        for element in step.elements:
            if element.state == "COMPLETED" and element.type != "multiInstanceBody" and element.element_id in trace:
                self.labels.append(trace[element.element_id])
        for incident in step.incidents:
            if incident.type == "UNHANDLED_ERROR_EVENT":
                self.labels.append("ERROR_thrownErrorEvent")
            else:
                self.broken = True
        for effect in step.effects:
            if isinstance(effect, SignalThrown):
                self.broadcast(effect.name, effect.variables, instance)
            elif isinstance(effect, MessagePublished):
                self.publish(effect.name, effect.correlation_key, effect.variables)

    def broadcast(self, name: str, variables: Mapping[str, Any], thrower: Instance) -> None:
        """The thrower's own waits have had it within the step."""
        for instance in [i for i in self.instances.values() if i is not thrower]:
            for wait in list(instance.waits.values()):
                if (
                    isinstance(wait, SubscriptionWait)
                    and (wait.kind, wait.name) == (WaitKind.SIGNAL, name)
                    and wait.key in instance.waits
                ):
                    self.apply(instance, Correlated(wait.key, variables))
        for process, start in self._starts("signal", name):
            self.start(process, {}, start, variables)

    def publish(self, name: str, key: str, variables: Mapping[str, Any]) -> None:
        for instance in list(self.instances.values()):
            for wait in list(instance.waits.values()):
                if isinstance(wait, SubscriptionWait) and (wait.kind, wait.name, wait.correlation_key) == (
                    WaitKind.MESSAGE,
                    name,
                    key,
                ):
                    self.apply(instance, Correlated(wait.key, variables))
                    break
        for process, start in self._starts("message", name):
            self.start(process, {}, start, variables)

    def _starts(self, kind: str, name: str) -> Iterator[tuple[str, str]]:
        for definition in self.definitions:
            found = self.catalog.process(definition)
            assert found is not None
            for start in found[1].starts:
                if (start.kind, start.name) == (kind, name):
                    yield found[1].id, start.element_id

    # -- jobs and time

    def work(self) -> None:
        """Handle every open job until no more appear."""
        while True:
            found = next(((i, w) for i, w in self._jobs() if w.key not in self.sleeping), None)
            if found is None:
                return
            instance, wait = found
            match wait.type:
                case "publish-message":
                    self.publish(wait.headers["name"], "k", {})
                    if wait.key in instance.waits:
                        self.apply(instance, JobCompleted(wait.key))
                case "throw-error":
                    self._throw(instance, wait)
                case "wait-10s":
                    self.sleeping[wait.key] = self.now
                    self.spans[wait.key] = (wait.element_id, self.now)
                case _:
                    self.apply(instance, JobCompleted(wait.key))

    def _throw(self, instance: Instance, wait: JobWait) -> None:
        self.apply(instance, ErrorThrown(wait.key, wait.headers["code"]))
        instance.waits.pop(wait.key, None)  # nobody caught it: the job stays frozen

    def _jobs(self) -> Iterator[tuple[Instance, JobWait]]:
        for instance in list(self.instances.values()):
            for wait in list(instance.waits.values()):
                if isinstance(wait, JobWait):
                    yield instance, wait

    def run(self, limit: datetime) -> None:
        """Let everything happen until nothing is due any more."""
        self.work()
        while True:
            timers = [
                (w.due, w.key, i)
                for i in self.instances.values()
                for w in i.waits.values()
                if isinstance(w, TimerWait) and w.due
            ]
            ends = [(since + WAIT, key) for key, since in self.sleeping.items()]
            moments = [t[0] for t in timers] + [e[0] for e in ends]
            if not moments or min(moments) > limit:
                return
            self.now = max(min(moments), self.now)
            due = sorted(((t, key, i) for t, key, i in timers if t <= self.now), key=lambda row: row[:2])
            if due:
                self.apply(due[0][2], TimerFired(due[0][1]))
            else:
                key = min(key for moment, key in ends if moment <= self.now)
                instance = next(i for i in self.instances.values() if key in i.waits)
                element, since = self.spans[key]
                self.parallel[self.row["trace_map"].get(element, "")] = (since, self.now)
                self.apply(instance, JobCompleted(key))
            self.work()

    # -- the verdict

    def outcome(self, expected: list[str]) -> list[str]:
        labels = list(self.labels)
        if "MARKER_exists" not in expected:
            labels = [label for label in labels if label != "MARKER_exists"]
        spans = [self.parallel[name] for name in ("PAR_1", "PAR_2") if name in self.parallel and name in labels]
        labels = [label for label in labels if label not in {"PAR_1", "PAR_2"}]
        if len(spans) == 2 and spans[0][0] < spans[1][1] and spans[1][0] < spans[0][1]:
            labels.append("EXECUTION_parallel")
        if self.broken:
            labels.append("ERROR_runtime")
        return labels


def run_case(folder: Path, row: Mapping[str, Any], case: Mapping[str, Any]) -> tuple[bool, list[str]]:
    """Whether the case passes, and the labels it gave."""
    try:
        world = World((folder / row["file"]).read_bytes(), row)
    except DeploymentRefused as refusal:
        labels = ["ERROR_deployment"]
        world = None
        reason = str(refusal)
    else:
        reason = ""
        if case["start_parallel"]:
            world.start("ParallelProcess", {})
            world.work()
        root = world.start(row["process_id"], case["vars"])
        world.run(T0 + timedelta(milliseconds=max(30_000, case["delay_ms"] + 2000)))
        labels = world.outcome(case["expect"])
        check = case.get("check_variable")
        if check and world.instances[root].variables.get(check["name"]) != check["value"]:
            labels.append(f"{check['name']} is {world.instances[root].variables.get(check['name'])!r}")
    expected = Counter(case["expect"])
    given = Counter(labels)
    if expected["ERROR"]:
        given = Counter("ERROR" if label in {"ERROR_runtime", "ERROR_deployment"} else label for label in labels)
    return given == expected, [*labels, *([reason] if reason else [])]


def rows(folder: Path, manifest: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads((folder / manifest).read_text())
    return found
