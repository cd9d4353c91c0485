"""The engine beside an independent reference: the same random process, the same things happening, the same must follow.

After every step both tell what waits (which element, in which of the instances around it), what has completed how often, and
whether it is over. The engine goes through its stored state at every step. FORLOEB_EXAMPLES sets how many processes are tried,
FORLOEB_SEED which; the seed is printed.
"""

from __future__ import annotations

import os
import re
import secrets
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Any

import pytest

from service.domain.errors import TaskMovedOn
from service.domain.instances import (
    Correlated,
    ErrorThrown,
    IncidentResolved,
    JobCompleted,
    Stimulus,
    TaskCompleted,
    TimerFired,
)
from service.domain.waits import JobWait, SubscriptionWait, TimerWait, UserTaskWait
from service.domain.waits import Wait as EngineWait
from service.engine.state import load

from .drawing import (
    ad_hoc,
    again,
    boundary,
    call,
    catch,
    chain,
    definitions,
    end,
    error,
    escalation,
    event_sub,
    flow,
    gate,
    job,
    many,
    message,
    process,
    receive,
    script,
    signal,
    start,
    sub,
    task,
    terminate,
    throw,
    timer,
    user,
)
from .driver import ENGINE, CountingKeys, MemoryCatalog, Run
from .oracle import (
    Activity,
    Again,
    Block,
    Choice,
    Cut,
    Edge,
    First,
    Handler,
    Nothing,
    Par,
    Path,
    Scope,
    Seq,
    Several,
    Sub,
    Throw,
    Trigger,
    Wait,
    Waiting,
    World,
    catchers,
)
from .random_processes import Dice

EXAMPLES = int(os.environ.get("FORLOEB_EXAMPLES", "150"))
SEED = int(os.environ.get("FORLOEB_SEED") or secrets.randbelow(2**32))
LONG, LARGEST = 40, 60
"""Steps after which only what leads to the end is chosen; elements after which nothing grows."""
DEFINITIONS = {
    "message": message(),
    "signal": signal(),
    "timer": timer("P1D"),
    "cycle": timer("R/P1D", "timeCycle"),
}


@dataclass
class Piece:
    first: str
    last: str
    xml: str
    block: Block


@dataclass
class Maker:
    """Draws a random process and tells the reference what it means."""

    dice: Dice
    numbers: Any = field(default_factory=lambda: count(1))
    called: list[str] = field(default_factory=list)
    used: int = 0
    silent: frozenset[str] = frozenset()

    def id(self, prefix: str) -> str:
        self.used = next(self.numbers)
        return f"{prefix}{self.used}"

    # -- what waits

    def leaf(self) -> Piece:
        name = self.id("n")
        match self.dice.one_of("user", "user", "job", "script", "receive", "catch", "escalation", "signal", "first"):
            case "user":
                return Piece(name, name, user(name), Waiting(name))
            case "job":
                return Piece(name, name, job(name), Waiting(name, kind="job"))
            case "script":
                return Piece(name, name, script(name, "=1", name), Nothing((name,)))
            case "receive":
                return Piece(name, name, receive(name), Waiting(name, kind="message"))
            case "catch":
                kind = self.dice.one_of("message", "signal", "timer")
                return Piece(name, name, catch(name, DEFINITIONS[kind]), Waiting(name, kind=kind))
            case "escalation":
                code = self.dice.one_of("E1", "E2")
                return self.after_a_task(name, throw(name, escalation(code)), Throw(name, "escalation", code))
            case "signal":
                return self.after_a_task(name, throw(name, signal()), Throw(name, "signal"))
        return self.first_of()

    def after_a_task(self, name: str, xml: str, block: Block) -> Piece:
        """Thrown when nothing else is moving, so that it is clear who waits already."""
        before = self.id("n")
        return Piece(before, name, user(before) + xml + chain(before, name), Seq((Waiting(before), block)))

    def first_of(self) -> Piece:
        fork, join = self.id("g"), self.id("g")
        events: list[tuple[str, str]] = []
        xml = gate("eventBased", fork) + gate("exclusive", join)
        for _ in range(self.dice.number(2, 3)):
            name, kind = self.id("w"), self.dice.one_of("message", "signal", "timer")
            if kind == "message" and any(k == "message" for _, k in events):
                kind = "timer"
            drawn = receive(name) if kind == "message" and self.dice.coin() else catch(name, DEFINITIONS[kind])
            events.append((name, kind))
            xml += drawn + chain(fork, name, join)
        return Piece(fork, join, xml, First(tuple(events)))

    # -- what holds others

    def piece(self, depth: int) -> Piece:
        if depth <= 0 or self.used > LARGEST:
            return self.leaf()
        kinds = (
            "leaf",
            "seq",
            "par",
            "exclusive",
            "inclusive",
            "loop",
            "sub",
            "call",
            "guarded",
            "guarded",
            "several",
            "adhoc",
            "cut",
        )
        match self.dice.one_of(*kinds):
            case "leaf":
                return self.leaf()
            case "seq":
                return self.seq([self.piece(depth - 1) for _ in range(self.dice.number(2, 3))])
            case "par":
                return self.par(depth)
            case "exclusive" | "inclusive" as kind:
                return self.choice(depth, kind)
            case "loop":
                return self.loop(depth)
            case "adhoc":
                return self.ad_hoc()
            case "cut":
                return self.cut(depth)
            case "guarded":
                return self.guarded(depth)
            case "several":
                return self.several(depth)
            case _ as kind:
                name = self.id("k")
                xml, block = self.container(name, depth, kind)
                return Piece(name, name, xml, block)

    def seq(self, parts: list[Piece]) -> Piece:
        xml = "".join(p.xml for p in parts) + "".join(chain(a.last, b.first) for a, b in pairwise(parts))
        return Piece(parts[0].first, parts[-1].last, xml, Seq(tuple(p.block for p in parts)))

    def par(self, depth: int) -> Piece:
        fork, join = self.id("g"), self.id("g")
        parts = [self.piece(depth - 1) for _ in range(self.dice.number(2, 3))]
        kind = self.dice.one_of("parallel", "inclusive")
        xml = gate("parallel", fork) + gate(kind, join)
        xml += "".join(p.xml + chain(fork, p.first) + chain(p.last, join) for p in parts)
        return Piece(fork, join, xml, Par(tuple(p.block for p in parts)))

    def choice(self, depth: int, kind: str) -> Piece:
        ask, fork, join, default = self.id("n"), self.id("g"), self.id("g"), self.id("flow")
        parts = [self.piece(depth - 1) for _ in range(self.dice.number(2, 3))]
        xml = user(ask) + gate(kind, fork, default) + gate(kind, join) + chain(ask, fork)
        for number, part in enumerate(parts):
            last = number == len(parts) - 1
            taken = None if last else f"=list contains({ask}, {number})"
            xml += part.xml + flow(fork, part.first, taken, default if last else None) + chain(part.last, join)
        return Piece(ask, join, xml, Choice(ask, tuple(p.block for p in parts), kind == "inclusive"))

    def loop(self, depth: int) -> Piece:
        head, ask, back, out = self.id("g"), self.id("n"), self.id("g"), self.id("flow")
        body, leave = self.piece(depth - 1), self.id("n")
        xml = gate("exclusive", head) + user(ask) + gate("exclusive", back, out) + body.xml + task(leave)
        xml += chain(head, body.first) + chain(body.last, ask, back) + flow(back, head, f"=list contains({ask}, 0)")
        xml += flow(back, leave, None, out)
        return Piece(head, leave, xml, Seq((Again(body.block, ask), Nothing((leave,)))))

    def container(self, name: str, depth: int, kind: str, marker: str = "", *, fails: bool = False) -> tuple[str, Sub]:
        s, e = self.id("s"), self.id("e")
        inside = self.piece(depth - 1)
        handlers = tuple(self.handler() for _ in range(self.dice.number(0, 2))) if self.dice.coin() else ()
        listened = [h.trigger.code for h, _ in handlers if h.trigger.kind in {"error", "escalation"}]
        if len(listened) != len(set(listened)):
            handlers = handlers[:1]
        body = (
            start(s)
            + inside.xml
            + end(e, error("E1") if fails else "")
            + chain(s, inside.first)
            + chain(inside.last, e)
        )
        body += "".join(xml for _, xml in handlers)
        last: Block = Throw(e, "error", "E1") if fails else Nothing((e,))
        block = Sub(name, body=Seq((Nothing((s,)), inside.block, last)), handlers=tuple(h for h, _ in handlers))
        if kind == "call":
            process_id = self.id("Q")
            self.called.append(process(process_id, body))
            return call(name, process_id, inner=marker), block
        return sub(name, body, inner=marker), block

    def handler(self) -> tuple[Handler, str]:
        name, work, over = self.id("v"), self.id("n"), self.id("e")
        kind = self.dice.one_of("message", "signal", "timer", "cycle", "error", "escalation")
        interrupting = kind == "error" or (kind != "cycle" and self.dice.coin())
        code = self.dice.one_of("E1", "E2", None) if kind in {"error", "escalation"} else None
        drawn = {"error": error, "escalation": escalation}[kind](code) if kind not in DEFINITIONS else DEFINITIONS[kind]
        xml = event_sub(name, drawn, user(work) + end(over), work, over, interrupting=interrupting)
        body = Seq((Nothing((f"{name}_s",)), Waiting(work), Nothing((over,))))
        return Handler(name, Trigger(kind, code), interrupting, body), xml

    def guarded(self, depth: int) -> Piece:
        name, join = self.id("h"), self.id("g")
        fails = False
        host: Activity
        match self.dice.one_of("user", "job", "receive", "sub", "call", "several", "failing"):
            case "user":
                xml, host = user(name), Waiting(name)
            case "job":
                xml, host = job(name), Waiting(name, kind="job")
            case "receive":
                xml, host = receive(name, "m2"), Waiting(name, kind="message")
            case "several":
                xml, host = self.instances(name, depth)
            case "failing":
                fails = True
                xml, host = self.container(name, depth, "sub", fails=True)
            case _ as kind:
                xml, host = self.container(name, depth, kind)
        inner = not isinstance(host.one if isinstance(host, Several) else host, Waiting)
        edges = [self.edge(name, join, Trigger("error"))] if fails else []
        kinds = ["message", "signal", "timer", "cycle", "error"] + (["escalation"] if inner else [])
        for kind in dict.fromkeys(self.dice.one_of(*kinds) for _ in range(self.dice.number(1, 3))):
            if kind == "error" and fails:
                continue
            code = self.dice.one_of("E1", "E2", None) if kind in {"error", "escalation"} else None
            edges.append(self.edge(name, join, Trigger(kind, code)))
        xml += "".join(drawn for _, drawn in edges)
        if any(edge.interrupting for edge, _ in edges):
            xml += gate("exclusive", join) + chain(name, join)
        else:
            xml += task(join) + chain(name, join)
        whole = Nothing((join,)) if not any(edge.interrupting for edge, _ in edges) else Nothing()
        return Piece(name, join, xml, Seq((with_edges(host, tuple(e for e, _ in edges)), whole)))

    def edge(self, host: str, join: str, trigger: Trigger) -> tuple[Edge, str]:
        name, after = self.id("b"), self.id("n")
        interrupting = trigger.kind == "error" or (trigger.kind != "cycle" and self.dice.coin())
        drawn = DEFINITIONS.get(trigger.kind) or {"error": error, "escalation": escalation}[trigger.kind](trigger.code)
        xml = boundary(name, host, drawn, interrupting=interrupting) + user(after)
        if interrupting:
            return Edge(name, trigger, True, Waiting(after)), xml + chain(name, after, join)
        over = self.id("e")
        xml += end(over) + chain(name, after, over)
        return Edge(name, trigger, False, Seq((Waiting(after), Nothing((over,))))), xml

    def several(self, depth: int) -> Piece:
        name = self.id("mi")
        xml, block = self.instances(name, depth)
        return Piece(name, name, xml, block)

    def instances(self, name: str, depth: int) -> tuple[str, Several]:
        number = self.dice.number(1, 3)
        in_turn, enough = self.dice.coin(), None
        if self.dice.number(0, 2) == 0:
            in_turn, marker = True, again("=true", number)
        else:
            if self.dice.number(0, 2) == 0:
                enough = self.dice.number(1, number)
            until = f"=numberOfCompletedInstances >= {enough}" if enough else None
            marker = many(f"={list(range(1, number + 1))}", sequential=in_turn, until=until)
        one: Activity
        match self.dice.one_of("user", "job", "sub", "call"):
            case "user":
                xml, one = user(name, inner=marker), Waiting(name)
            case "job":
                xml, one = job(name, inner=marker), Waiting(name, kind="job")
            case _ as kind:
                xml, one = self.container(name, depth, kind, marker)
        return xml, Several(name, one=one, count=number, in_turn=in_turn, enough=enough)

    def ad_hoc(self) -> Piece:
        name, a, b = self.id("k"), self.id("n"), self.id("n")
        xml = ad_hoc(name, user(a) + user(b), active=f'=["{a}","{b}","{a}"]')
        chosen: tuple[Block, ...] = (Waiting(a), Waiting(b), Waiting(a))
        if self.dice.coin():
            xml = xml.replace("<bpmn:adHocSubProcess ", '<bpmn:adHocSubProcess ordering="Sequential" ')
            return Piece(name, name, xml, Sub(name, body=Seq(chosen)))
        return Piece(name, name, xml, Sub(name, body=Par(chosen)))

    def cut(self, depth: int) -> Piece:
        name, s, fork, stop, over, e = (self.id(p) for p in ("k", "s", "g", "n", "e", "e"))
        inside = self.piece(depth - 1)
        body = start(s) + gate("parallel", fork) + user(stop) + end(over, terminate()) + inside.xml + end(e)
        body += chain(s, fork, inside.first) + chain(inside.last, e) + chain(fork, stop, over)
        paths = Par((Seq((inside.block, Nothing((e,)))), Seq((Waiting(stop), Cut(over)))))
        return Piece(name, name, sub(name, body), Sub(name, body=Seq((Nothing((s,)), paths))))

    def process(self, depth: int) -> tuple[bytes, Sub]:
        inside = self.seq([self.piece(depth) for _ in range(self.dice.number(1, 3))])
        handlers = (self.handler(),) if self.dice.coin() else ()
        body = start("start") + inside.xml + end("slut") + chain("start", inside.first) + chain(inside.last, "slut")
        body += "".join(xml for _, xml in handlers)
        block = Seq((Nothing(("start",)), inside.block, Nothing(("slut",))))
        return definitions(process("P", body), *self.called), Sub(
            "P", body=block, handlers=tuple(h for h, _ in handlers)
        )


def with_edges(host: Activity, edges: tuple[Edge, ...]) -> Activity:
    return type(host)(**{**{name: getattr(host, name) for name in host.__dataclass_fields__}, "edges": edges})


# -- side by side -------------------------------------------------------------------------------------------------------

Place = tuple[str, Path]


class Engine:
    """An instance of the engine, told in the reference's words."""

    def __init__(self, content: bytes) -> None:
        catalog = MemoryCatalog()
        catalog.deploy(content)
        self.run = Run(catalog, {"key": "k"}, reload=True)
        self.gateways = set(re.findall(r'Gateway id="(\w+)"', content.decode()))
        self.finished: Counter[str] = Counter()
        self.count()

    def count(self) -> None:
        for change in self.run.step.elements:
            if (
                change.state == "COMPLETED"
                and change.type != "multiInstanceBody"
                and change.element_id not in self.gateways
            ):
                self.finished[change.element_id] += 1

    def waits(self) -> dict[int, Place]:
        runtime = load(self.run.catalog, self.run.state, self.run.now, CountingKeys())
        found: dict[int, Place] = {}
        for key, wait in sorted(self.run.waits.items()):
            task = runtime.index[key]
            numbers = []
            while task is not None:
                numbers += [n for n in [runtime.scopes.local(task.id).get("loopCounter")] if n is not None]
                task = getattr(task.workflow, "container", None)
            found[key] = (wait.element_id, tuple(numbers))
        return found

    def apply(self, stimulus: Stimulus) -> None:
        self.run.apply(stimulus)
        self.count()


def compare(engine: Engine, world: World) -> None:
    assert Counter(engine.waits().values()) == Counter((w.id, w.path) for w in world.waits)
    assert (engine.run.step.status != "ACTIVE") == world.over
    assert engine.run.incidents == {}
    expected = +world.finished
    del expected["P"]
    assert engine.finished == expected


class Pair:
    def __init__(self, dice: Dice) -> None:
        self.dice = dice
        maker = Maker(dice)
        self.content, block = maker.process(dice.number(1, 4))
        self.engine, self.world = Engine(self.content), World()
        outside = Scope(self.world, None, (), self.stop, ())
        outside.begin(block)
        self.world.settle()
        self.steps = 0

    def stop(self) -> None:
        self.world.over = True

    def step(self) -> None:
        """Let one thing happen in both."""
        self.steps += 1
        places = self.engine.waits()
        waits = {key: self.engine.run.waits[key] for key in places}
        doable = [key for key, w in waits.items() if isinstance(w, UserTaskWait | JobWait)]
        flowing = [key for key, w in waits.items() if key not in doable and w.element_id[0] in "nwh"]
        kinds = [keys for keys in (doable, doable, flowing, list(waits)) if keys]
        key = self.dice.one_of(*(self.dice.one_of(*kinds) if self.steps < LONG else kinds[0]))
        place = places[key]
        nth = [k for k, p in places.items() if p == place].index(key)
        wait = [w for w in self.world.waits if (w.id, w.path) == place][nth]
        stimulus = self.happen(waits[key], wait)
        if stimulus.key not in self.engine.run.waits and self.engine.run.step.status == "ACTIVE":
            with pytest.raises(TaskMovedOn):
                ENGINE.advance(
                    self.engine.run.catalog, self.engine.run.state, stimulus, self.engine.run.now, CountingKeys()
                )

    def happen(self, waiting: EngineWait, wait: Wait) -> Any:
        stimulus: Any
        chosen: frozenset[str] = frozenset()
        match waiting:
            case TimerWait():
                assert waiting.due is not None
                self.engine.run.now = max(self.engine.run.now, waiting.due)
                stimulus = TimerFired(waiting.key)
            case SubscriptionWait():
                stimulus = Correlated(waiting.key, {})
            case JobWait() if self.dice.number(0, 2) == 0:
                return self.fail(waiting, wait)
            case JobWait():
                stimulus = JobCompleted(waiting.key)
            case _:
                numbers = [n for n in range(3) if self.steps < LONG and self.dice.coin()]
                chosen = frozenset(f"{wait.id}_{n}" for n in numbers)
                stimulus = TaskCompleted(waiting.key, {wait.id: numbers})
        self.engine.apply(stimulus)
        self.world.do(wait, chosen)
        return stimulus

    def fail(self, waiting: JobWait, wait: Wait) -> Any:
        code = self.dice.one_of("E1", "E2")
        stimulus = ErrorThrown(waiting.key, code)
        self.engine.apply(stimulus)
        assert wait.host is not None
        caught = next(catchers("error", code, wait.host, wait.host.scope), None)
        if caught is None:
            assert [kind for _, kind in self.engine.run.frozen] == ["UNHANDLED_ERROR_EVENT"]
            self.engine.apply(IncidentResolved(waiting.key))
            return stimulus
        caught()
        self.world.settle()
        return stimulus


def lead(seed: int) -> int:
    pair = Pair(Dice(seed))
    compare(pair.engine, pair.world)
    while not pair.world.over:
        assert pair.steps < 1_000
        pair.step()
        compare(pair.engine, pair.world)
    return pair.steps


def test_the_engine_does_what_the_reference_says(capsys: pytest.CaptureFixture[str]) -> None:
    steps = []
    for seed in range(SEED, SEED + EXAMPLES):
        try:
            steps.append(lead(seed))
        except Exception as fault:
            raise AssertionError(f"FORLOEB_SEED={seed} FORLOEB_EXAMPLES=1 shows it") from fault
    with capsys.disabled():
        sys.stdout.write(f"\n{len(steps)} processes beside the reference, {sum(steps)} steps, FORLOEB_SEED={SEED}\n")
