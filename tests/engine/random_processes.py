"""Random block-structured processes: pieces with one way in and one way out, put together any way the language allows."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from itertools import count, pairwise
from random import Random
from typing import Any

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
    link,
    listeners,
    many,
    message,
    process,
    receive,
    script,
    signal,
    start,
    sub,
    terminate,
    throw,
    timer,
    user,
)


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
    used: int = 0

    def id(self, prefix: str) -> str:
        self.used = next(self.ids)
        return f"{prefix}{self.used}"

    @property
    def room(self) -> bool:
        """Whether it may grow."""
        return self.used < LARGEST


LARGEST = 80
"""Elements after which nothing grows any more."""
LEAVES = ("user", "job", "script", "throw", "many", "in turn", "timer", "receive", "first of two", "link", "watched")
LEAVES += ("again", "when", "choice of a task", "undone")
BLOCKS = (
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
    "cut short",
    "transaction",
)


class Dice:
    """Chance, from a seed."""

    def __init__(self, seed: int) -> None:
        self._random = Random(seed)

    def one_of(self, *choices: Any) -> Any:
        return self._random.choice(choices)

    def number(self, least: int, most: int) -> int:
        return self._random.randint(least, most)

    def coin(self) -> bool:
        return self._random.random() < 0.5


def leaf(dice: Dice, d: Drawing) -> Block:
    kind, name = dice.one_of(*LEAVES), d.id("n")
    match kind:
        case "user":
            xml = user(name, asked(dice))
        case "job":
            xml = job(name)
        case "script":
            xml = script(name, "=n + 1", "n")
        case "throw":
            xml = throw(name, dice.one_of(signal(), escalation("E1")))
        case "timer":
            xml = catch(name, timer("P1D"))
        case "receive":
            xml = dice.one_of(receive(name), catch(name, message()), catch(name, signal()))
        case "first of two":
            return first_of_two(dice, d)
        case "link":
            return linked(d)
        case "watched":
            return watched(dice, d)
        case "undone":
            return undone(dice, d)
        case "choice of a task":
            return choice_of_a_task(dice, d)
        case "again":
            most, condition = dice.one_of(
                (' loopMaximum="2"', ""), ("", "=loopCounter < 2"), (' testBefore="true"', "=false")
            )
            xml = user(name, inner=again(most, condition))
        case "when":
            xml = catch(name, conditional("=n >= 0"))
        case "many":
            until = dice.one_of(None, "=numberOfCompletedInstances >= 2")
            xml = user(name, asked(dice), inner=many("=[1,2,3]", "x", until=until, sequential=dice.coin()))
        case _:
            xml = script(name, "=x * 2", "r", inner=many("=[1,2,3]", "x", f"rs{name}", "=r", sequential=True))
    return Block(name, name, xml)


def asked(dice: Dice) -> str:
    """Listeners of a user task, of some of the events, of some of them two."""
    if dice.coin():
        return ""
    events = ("creating", "completing", "canceling")
    return listeners(*((event, "t") for event in events for _ in range(dice.number(0, 2))))


def first_of_two(dice: Dice, d: Drawing) -> Block:
    fork, join, soon, late = d.id("eg"), d.id("join"), d.id("t"), d.id("t")
    other = dice.one_of(timer("P3D"), message(), signal())
    waits = receive(late) if other == message() and dice.coin() else catch(late, other)
    xml = gate("eventBased", fork) + catch(soon, timer("P1D")) + waits + gate("exclusive", join)
    return Block(fork, join, xml + chain(fork, soon, join) + chain(fork, late, join))


def linked(d: Drawing) -> Block:
    away, back = d.id("l"), d.id("l")
    return Block(away, back, throw(away, link(away)) + catch(back, link(away)))


def watched(dice: Dice, d: Drawing) -> Block:
    """A task with events on it, of which some let it go on."""
    name, join = d.id("n"), d.id("m")
    host = user(name, asked(dice)) if dice.coin() else job(name)
    xml = host + gate("exclusive", join) + chain(name, join)
    for definition in (timer("P2D"), message(), signal(), timer("R2/PT12H", "timeCycle"), conditional("=n > 3")):
        if not dice.coin():
            continue
        edge, after, over = d.id("b"), d.id("u"), d.id("e")
        if interrupting := "Cycle" not in definition and dice.coin():
            xml += boundary(edge, name, definition) + chain(edge, join)
        else:
            xml += boundary(edge, name, definition, interrupting=interrupting) + user(after) + end(over)
            xml += chain(edge, after, over)
    if xml.count("boundaryEvent") == 0:
        xml += boundary(edge := d.id("b"), name, timer("P5D")) + chain(edge, join)
    if f'targetRef="{join}"' in xml and xml.count(f'targetRef="{join}"') == 1:
        xml = xml.replace(gate("exclusive", join), script(join, "=n", "n"))
    return Block(name, join, xml)


COMPENSATE = "<bpmn:compensateEventDefinition/>"
CANCEL = "<bpmn:cancelEventDefinition/>"


def conditional(condition: str) -> str:
    inner = f"<bpmn:condition>{escape(condition)}</bpmn:condition>"
    return f"<bpmn:conditionalEventDefinition>{inner}</bpmn:conditionalEventDefinition>"


def again(attributes: str, condition: str) -> str:
    """A standard loop."""
    inner = f"<bpmn:loopCondition>{escape(condition)}</bpmn:loopCondition>" if condition else ""
    return f"<bpmn:standardLoopCharacteristics{attributes}>{inner}</bpmn:standardLoopCharacteristics>"


def undoing(d: Drawing, host: str) -> str:
    """A compensation event on an activity, and the task that undoes it."""
    edge, handler = d.id("b"), d.id("undo")
    task = user(handler).replace(f'id="{handler}"', f'id="{handler}" isForCompensation="true"')
    line = f'<bpmn:association id="{d.id("as")}" sourceRef="{edge}" targetRef="{handler}"/>'
    return boundary(edge, host, COMPENSATE) + task + line


def undone(dice: Dice, d: Drawing) -> Block:
    """Two things done and undone, in a scope of their own or in the one around."""
    first, second, back = d.id("n"), d.id("n"), d.id("t")
    xml = user(first) + job(second, inner=dice.one_of("", many("=[1,2]", "x"))) + throw(back, COMPENSATE)
    xml += undoing(d, first) + (undoing(d, second) if dice.coin() else "") + chain(first, second, back)
    if dice.coin():
        return Block(first, back, xml)
    name, s, e = d.id("k"), d.id("s"), d.id("e")
    return Block(name, name, sub(name, start(s) + xml + end(e) + chain(s, first) + chain(back, e)))


def choice_of_a_task(dice: Dice, d: Drawing) -> Block:
    """Conditions on the flows that leave a task."""
    name, a, b, join, default = d.id("n"), d.id("n"), d.id("n"), d.id("m"), d.id("flow")
    xml = user(name).replace(f'id="{name}"', f'id="{name}" default="{default}"') + user(a) + user(b)
    xml += gate("inclusive", join) + chain(a, join) + chain(b, join)
    xml += flow(name, a, dice.one_of("=true", "=false", "=n > 3")) + flow(name, b, None, default)
    return Block(name, join, xml)


def block(dice: Dice, d: Drawing, depth: int) -> Block:
    kind = dice.one_of(*BLOCKS, "leaf") if depth > 0 and d.room else "leaf"
    match kind:
        case "leaf":
            return leaf(dice, d)
        case "sequence":
            return in_turn([block(dice, d, depth - 1) for _ in range(dice.number(2, 3))])
        case "parallel" | "inclusive" | "exclusive":
            return branches(dice, d, depth, kind)
        case "loop":
            return loop(dice, d, depth)
    return container(dice, d, depth, kind)


def in_turn(parts: list[Block]) -> Block:
    joined = "".join(chain(a.last, b.first) for a, b in pairwise(parts))
    return Block(parts[0].first, parts[-1].last, "".join(p.xml for p in parts) + joined)


def branches(dice: Dice, d: Drawing, depth: int, kind: str) -> Block:
    fork, join = d.id("fork"), d.id("join")
    parts = [block(dice, d, depth - 1) for _ in range(dice.number(2, 3))]
    default = d.id("flow") if kind != "parallel" else None
    xml = gate(kind, fork, default) + gate(kind, join)
    for number, part in enumerate(parts):
        last = number == len(parts) - 1
        condition = dice.one_of("=true", "=false", "=n > 2") if default and not last else None
        xml += part.xml + flow(fork, part.first, condition, default if last else None) + chain(part.last, join)
    return Block(fork, join, xml)


def loop(dice: Dice, d: Drawing, depth: int) -> Block:
    """Twice around: a counter of its own ends it."""
    begin, again, counter, back, out, leave = d.id("x"), d.id("y"), d.id("c"), d.id("s"), d.id("flow"), d.id("z")
    inside = block(dice, d, depth - 1)
    xml = gate("exclusive", begin) + gate("exclusive", again, out) + inside.xml + script(leave, "=n", "n")
    xml += script(back, f"=if {counter} = null then 1 else {counter} + 1", counter)
    xml += chain(begin, inside.first) + chain(inside.last, back, again)
    xml += flow(again, begin, f"={counter} < 2") + flow(again, leave, None, out)
    return Block(begin, leave, xml)


def container(dice: Dice, d: Drawing, depth: int, kind: str) -> Block:
    name, inside = d.id("k"), block(dice, d, depth - 1)
    s, e = d.id("s"), d.id("e")
    body = start(s) + inside.xml + end(e) + chain(s, inside.first) + chain(inside.last, e)
    instances = many("=[1,2]", "x", sequential=dice.coin()) if dice.coin() else ""
    match kind:
        case "call":
            called = d.id("Q")
            d.processes.append(process(called, body))
            return Block(name, name, call(name, called, up=dice.coin(), inner=instances))
        case "ad hoc":
            chosen = user(a := d.id("a")) + job(b := d.id("a"))
            box = ad_hoc(name, chosen, active=f'=["{a}","{b}","{a}"]')
            in_turn = '<bpmn:adHocSubProcess ordering="Sequential" '
            return Block(name, name, box.replace("<bpmn:adHocSubProcess ", in_turn) if dice.coin() else box)
        case "listening":
            return Block(name, name, sub(name, body + listener(dice, d), inner=instances))
        case "guarded":
            return guarded(dice, d, name, sub(name, body, inner=instances))
        case "transaction":
            return transaction(dice, d, name, inside)
        case "cut short":
            fork, stop, over = d.id("p"), d.id("u"), d.id("e")
            cut = gate("parallel", fork) + user(stop) + end(over, terminate()) + chain(s, fork, inside.first)
            cut += start(s) + inside.xml + end(e) + chain(inside.last, e) + chain(fork, stop, over)
            return Block(name, name, sub(name, cut))
    return Block(name, name, sub(name, body, inner=instances))


def transaction(dice: Dice, d: Drawing, name: str, inside: Block) -> Block:
    """Cancelled or not, as it happens; what was done is undone then."""
    s, task, choice, e, off, default = d.id("s"), d.id("n"), d.id("g"), d.id("e"), d.id("e"), d.id("flow")
    edge, join = d.id("b"), d.id("m")
    body = start(s) + user(task) + undoing(d, task) + inside.xml + gate("exclusive", choice, default)
    body += end(e) + end(off, CANCEL) + chain(s, task, inside.first) + chain(inside.last, choice)
    body += flow(choice, off, dice.one_of("=true", "=n > 3")) + flow(choice, e, None, default)
    box = sub(name, body).replace(f'<bpmn:subProcess id="{name}"', f'<bpmn:transaction id="{name}"')
    box = box.removesuffix("</bpmn:subProcess>") + "</bpmn:transaction>"
    ends = boundary(edge, name, CANCEL) + gate("exclusive", join) + chain(name, join) + chain(edge, join)
    return Block(name, join, box + ends)


def listener(dice: Dice, d: Drawing) -> str:
    handler, task, over = d.id("v"), d.id("h"), d.id("he")
    both, changed = signal() + message(), conditional("=n > 4")
    definition = dice.one_of(signal(), message(), escalation("E1"), timer("P1D"), error("E1"), both, changed)
    interrupting = "error" in definition or dice.coin()
    return event_sub(handler, definition, user(task) + end(over), task, over, interrupting=interrupting)


def guarded(dice: Dice, d: Drawing, name: str, box: str) -> Block:
    edge, join = d.id("b"), d.id("m")
    both, changed = signal() + message(), conditional("=n > 4")
    trigger = dice.one_of(timer("P2D"), error("E1"), error(), signal(), message(), escalation("E1"), both, changed)
    xml = box + boundary(edge, name, trigger) + gate("exclusive", join) + chain(name, join) + chain(edge, join)
    if dice.coin():
        beat, after, over = d.id("t"), d.id("u"), d.id("e")
        xml += boundary(beat, name, timer("R2/P1D", "timeCycle"), interrupting=False)
        xml += user(after) + end(over) + chain(beat, after, over)
    return Block(name, join, xml)


def random_process(dice: Dice, depth: int) -> bytes:
    """A file with the process `P`, some blocks in so many layers one after another, and the processes it calls."""
    d = Drawing()
    inside = in_turn([block(dice, d, depth) for _ in range(dice.number(1, 4))])
    body = start("start") + inside.xml + end("slut") + chain("start", inside.first) + chain(inside.last, "slut")
    if dice.number(0, 3) == 0:
        body += listener(dice, d)
    return definitions(process("P", body), *d.processes)
