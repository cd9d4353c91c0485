"""Random block-structured processes under random interleavings: both ways of holding an instance agree step by step,
what is told of elements adds up, and whoever does all the tasks comes to the end.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.domain.instances import (
    ErrorThrown,
    IncidentResolved,
    JobCompleted,
    Step,
    Stimulus,
    TaskCompleted,
    TimerFired,
)
from service.domain.waits import JobWait, TimerWait, UserTaskWait, Wait

from .drawing import (
    ad_hoc,
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
    process,
    script,
    signal,
    start,
    sub,
    throw,
    timer,
    user,
)
from .driver import MemoryCatalog, Run


@dataclass
class Block:
    """A piece with one way in and one way out."""

    first: str
    last: str
    xml: str


@dataclass
class Drawing:
    """Numbers for ids, and the processes drawn on the side."""

    ids: Any = field(default_factory=lambda: count(1))
    processes: list[str] = field(default_factory=list)

    def id(self, prefix: str) -> str:
        return f"{prefix}{next(self.ids)}"


Draw = Callable[[Any], Any]


def leaf(draw: Draw, d: Drawing) -> Block:
    kind = draw(st.sampled_from(["user", "job", "script", "throw", "many", "many in turn", "timer", "first of two"]))
    name = d.id("n")
    match kind:
        case "user":
            xml = user(name)
        case "job":
            xml = job(name)
        case "script":
            xml = script(name, "=n + 1", "n")
        case "throw":
            xml = throw(name, draw(st.sampled_from([signal(), escalation("E1")])))
        case "timer":
            xml = catch(name, timer("P1D"))
        case "first of two":
            return first_of_two(d)
        case "many":
            xml = user(
                name,
                inner=many("=[1,2,3]", "x", until=draw(st.sampled_from([None, "=numberOfCompletedInstances >= 2"]))),
            )
        case _:
            xml = script(name, "=x * 2", "r", inner=many("=[1,2,3]", "x", f"rs{name}", "=r", sequential=True))
    return Block(name, name, xml)


def first_of_two(d: Drawing) -> Block:
    fork, join, soon, late = d.id("eg"), d.id("join"), d.id("t"), d.id("t")
    xml = gate("eventBased", fork) + catch(soon, timer("P1D")) + catch(late, timer("P3D")) + gate("exclusive", join)
    return Block(fork, join, xml + chain(fork, soon, join) + chain(fork, late, join))


def block(draw: Draw, d: Drawing, depth: int) -> Block:
    kinds = [
        "leaf",
        "leaf",
        "sequence",
        "parallel",
        "inclusive",
        "exclusive",
        "loop",
        "sub",
        "call",
        "ad hoc",
        "guarded",
        "listening",
    ]
    kind = draw(st.sampled_from(kinds)) if depth > 0 else "leaf"
    if kind == "leaf":
        return leaf(draw, d)
    if kind == "sequence":
        parts = [block(draw, d, depth - 1) for _ in range(draw(st.integers(2, 3)))]
        joined = "".join(chain(a.last, b.first) for a, b in pairwise(parts))
        return Block(parts[0].first, parts[-1].last, "".join(p.xml for p in parts) + joined)
    if kind in {"parallel", "inclusive", "exclusive"}:
        return branches(draw, d, depth, kind)
    if kind == "loop":
        return loop(draw, d, depth)
    return container(draw, d, depth, kind)


def branches(draw: Draw, d: Drawing, depth: int, kind: str) -> Block:
    fork, join = d.id("fork"), d.id("join")
    parts = [block(draw, d, depth - 1) for _ in range(draw(st.integers(2, 3)))]
    default = d.id("flow") if kind != "parallel" else None
    xml = gate(kind, fork, default) + gate(kind, join)
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        condition = draw(st.sampled_from(["=true", "=false", "=n > 2"])) if default and not last else None
        xml += part.xml + flow(fork, part.first, condition, default if last else None) + chain(part.last, join)
    return Block(fork, join, xml)


def loop(draw: Draw, d: Drawing, depth: int) -> Block:
    """Twice around: a counter of its own ends it."""
    begin, again, counter, back, out = d.id("x"), d.id("y"), d.id("c"), d.id("s"), d.id("flow")
    inside = block(draw, d, depth - 1)
    xml = gate("exclusive", begin) + gate("exclusive", again, out) + inside.xml
    xml += script(back, f"=if {counter} = null then 1 else {counter} + 1", counter)
    leave = d.id("z")
    xml += script(leave, "=n", "n") + chain(begin, inside.first) + chain(inside.last, back, again)
    xml += flow(again, begin, f"={counter} < 2") + flow(again, leave, None, out)
    return Block(begin, leave, xml)


def container(draw: Draw, d: Drawing, depth: int, kind: str) -> Block:
    name, inside = d.id("k"), block(draw, d, depth - 1)
    s, e = d.id("s"), d.id("e")
    body = start(s) + inside.xml + end(e) + chain(s, inside.first) + chain(inside.last, e)
    if kind == "call":
        d.processes.append(process(d.id("Q"), body))
        return Block(name, name, call(name, f"Q{next(d.ids) - 1}", up=draw(st.booleans())))
    if kind == "ad hoc":
        chosen = user(a := d.id("a")) + user(b := d.id("a"))
        return Block(name, name, ad_hoc(name, chosen, active=f'=["{a}","{b}","{a}"]'))
    if kind == "listening":
        handler = event_sub(
            d.id("v"),
            draw(st.sampled_from([signal(), escalation("E1"), timer("P1D")])),
            user(h := d.id("h")) + end(he := d.id("he")),
            h,
            he,
            interrupting=draw(st.booleans()),
        )
        return Block(name, name, sub(name, body + handler))
    if kind == "guarded":
        edge, join = d.id("b"), d.id("m")
        trigger = draw(st.sampled_from([timer("P2D"), error("E1"), signal()]))
        hold = boundary(edge, name, trigger) + gate("exclusive", join) + chain(name, join) + chain(edge, join)
        beat, off, over = d.id("t"), d.id("u"), d.id("e")
        tick = boundary(beat, name, timer("R2/P1D", "timeCycle"), interrupting=False)
        tick += user(off) + end(over) + chain(beat, off, over)
        return Block(name, join, sub(name, body) + hold + (tick if draw(st.booleans()) else ""))
    return Block(name, name, sub(name, body, inner=many("=[1,2]", "x") if draw(st.booleans()) else ""))


@st.composite
def processes(draw: Draw) -> bytes:
    d = Drawing()
    inside = block(draw, d, draw(st.integers(1, 4)))
    body = start("start") + inside.xml + end("slut") + chain("start", inside.first) + chain(inside.last, "slut")
    return definitions(process("P", body), *d.processes)


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
    """Adds up what the steps say of elements."""

    def __init__(self) -> None:
        self.alive: dict[int, int] = {}

    def add(self, step: Step, root: int, called: set[int]) -> None:
        for change in step.elements:
            if change.started:
                assert change.key not in self.alive
                assert change.scope_key in {root, *called, *self.alive}, "the scope around it is alive"
                self.alive[change.key] = change.scope_key
            assert change.key in self.alive
        for change in step.elements:
            if change.state != "ACTIVE":
                del self.alive[change.key]
        assert all(scope in {root, *called, *self.alive} for scope in self.alive.values())


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(content=processes(), data=st.data())
def test_random_processes(content: bytes, data: st.DataObject) -> None:
    catalog = MemoryCatalog()
    catalog.deploy(content)
    first = {"n": 0}
    both = [Run(catalog, first, reload=True), Run(catalog, first, reload=False)]
    book, called = Book(), set[int]()
    for number in range(400):
        steps = [r.history[-1] for r in both]
        assert told(steps[0]) == told(steps[1])
        called |= {c.key for c in steps[0].called}
        book.add(steps[0], both[0].key, called)
        if both[0].step.status != "ACTIVE":
            break
        frozen = sorted(both[0].incidents)
        waits = sorted(both[0].waits.values(), key=lambda w: w.key)
        doable = [w for w in waits if isinstance(w, UserTaskWait | JobWait)]
        timed = [w for w in waits if isinstance(w, TimerWait) and w.due is not None]
        assert doable or timed, "there is always something to do"
        act = data.draw(st.integers(0, 5 if number < 40 else 0))
        if frozen:
            stimulus: Stimulus = IncidentResolved(frozen[0])
        elif timed and (act == 5 or not doable):
            wait: Wait = timed[data.draw(st.integers(0, len(timed) - 1))]
            assert isinstance(wait, TimerWait)
            assert wait.due is not None
            now = max(both[0].now, wait.due)
            for r in both:
                r.now = now
            stimulus = TimerFired(wait.key)
        else:
            wait = doable[data.draw(st.integers(0, len(doable) - 1))]
            if isinstance(wait, UserTaskWait):
                stimulus = TaskCompleted(wait.key, {"n": number})
            else:
                stimulus = ErrorThrown(wait.key, "E1") if act == 4 else JobCompleted(wait.key)
        for r in both:
            r.apply(stimulus)
    assert both[0].done
    assert book.alive == {}
    assert [v.key for v in both[0].views()] == [both[0].key], "no scope outlives its element"
    assert set(both[1].runtime.scopes.values) <= {both[1].key}
