"""Every event definition in every position an event can have."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from service.domain.facts import SignalThrown
from tests.engine.drawing import (
    boundary,
    catch,
    chain,
    definitions,
    end,
    error,
    escalation,
    event_sub,
    gate,
    job,
    link,
    message,
    process,
    signal,
    start,
    sub,
    task,
    terminate,
    throw,
    timer,
    user,
)
from tests.engine.driver import T0, Run

from .kind import Kind, Play, goes

COMPENSATE = "<bpmn:compensateEventDefinition/>"
CONDITIONAL = "<bpmn:conditionalEventDefinition><bpmn:condition>=ok</bpmn:condition></bpmn:conditionalEventDefinition>"
DEFINITIONS = {
    "none": "",
    "message": message(),
    "timer": timer("P1D"),
    "signal": signal(),
    "error": error("E1"),
    "escalation": escalation("E1"),
    "cancel": "<bpmn:cancelEventDefinition/>",
    "compensate": COMPENSATE,
    "conditional": CONDITIONAL,
    "link": link("L"),
    "terminate": terminate(),
    "multiple": signal() + message(),
    "parallel multiple": signal() + message(),
    "shared (eventDefinitionRef)": "<bpmn:eventDefinitionRef>shared</bpmn:eventDefinitionRef>",
}
SHARED = '<bpmn:signalEventDefinition id="shared" signalRef="sg"/>'
PUBLISH = '<zeebe:taskDefinition type="publish"/>'


def happens(run: Run, kind: str) -> None:
    """Let that which an event of this kind waits for happen."""
    match kind:
        case "message":
            assert run.message("m1", "k")
        case "timer":
            assert run.to(T0 + timedelta(days=1)) == 1
        case "signal" | "multiple" | "shared (eventDefinitionRef)":
            assert run.signal()
        case "parallel multiple":
            assert run.signal()
            assert "h" not in run.open
            assert run.message("m1", "k")
        case "conditional":
            run.set(ok=True)
        case "error":
            run.fail("a", "E1")
        case "escalation":
            run.do("a")  # the next step escalates
        case other:
            raise AssertionError(f"nothing makes {other} happen")


def file(body: str) -> bytes:
    return definitions(SHARED, process("P", body))


def many_at_once(xml: str, kind: str) -> str:
    """`parallelMultiple` on the event `x`."""
    return xml.replace(' id="x"', ' id="x" parallelMultiple="true"') if kind == "parallel multiple" else xml


# -- starts -------------------------------------------------------------------------------------------------------------


def started(kind: str) -> Kind:
    definition = timer("2026-04-01T08:00:00Z", "timeDate") if kind == "timer" else DEFINITIONS[kind]
    body = many_at_once(start("x", definition), kind) + user("h") + end() + chain("x", "h", "e")
    way = "x#0" if kind == "multiple" else "x"
    return Kind(f"startEvent, {kind}", file(body), goes("x", "h", "e", tasks=("h",)), start=way)


def started_inside(kind: str) -> Kind:
    inner = many_at_once(start("x", DEFINITIONS[kind]), kind) + user("h") + end("e2") + chain("x", "h", "e2")
    body = start() + sub("k", inner) + end() + chain("s", "k", "e")
    return Kind(f"startEvent in a sub-process, {kind}", file(body), goes("s", "x", "h", "e2", "k", "e", tasks=("h",)))


def started_by_event(kind: str, *, interrupting: bool) -> Kind:
    """A task `a` (whose end escalates), and an event sub-process with a task `h`."""
    handler = event_sub("v", DEFINITIONS[kind], user("h") + end("he"), "h", "he", interrupting=interrupting)
    handler = many_at_once(handler.replace("v_s", "x"), kind)
    body = start() + job("a") + throw("t", escalation("E1")) + end() + chain("s", "a", "t", "e") + handler

    def play(run: Run) -> None:
        happens(run, kind)
        assert "h" in run.open
        done_with_the_task = kind in {"error", "escalation"}
        assert ("a" in run.open) is (not interrupting and not done_with_the_task)
        run.do("h")
        if "a" in run.open:
            run.do("a")
        goes("x", "h")(run)
        assert ("e" in run.trail()) is (not interrupting)

    how = "interrupting" if interrupting else "non-interrupting"
    name = f"startEvent of an event sub-process ({how}), {kind}"
    return compensated(name, handler) if kind == "compensate" else Kind(name, file(body), play)


def compensated(name: str, handler: str) -> Kind:
    """What undoes a whole sub-process, and so lies in it."""
    inner = start("s2") + job("a") + end("e2") + chain("s2", "a", "e2") + handler
    body = start() + sub("k", inner) + throw("t", COMPENSATE) + end() + chain("s", "k", "t", "e")
    return Kind(name, file(body), goes("s", "a", "e2", "x", "h", "he", "t", "e", tasks=("a", "h")))


# -- in the flow --------------------------------------------------------------------------------------------------------


def caught(kind: str) -> Kind:
    event = many_at_once(catch("x", DEFINITIONS[kind]), kind)
    if kind == "link":
        body = start() + throw("t", link("L")) + event + user("h") + end() + chain("s", "t") + chain("x", "h", "e")
        return Kind("intermediateCatchEvent, link", file(body), goes("s", "t", "x", "h", "e", tasks=("h",)))

    def play(run: Run) -> None:
        happens(run, kind)
        goes("s", "x", "h", "e", tasks=("h",))(run)

    body = start() + event + user("h") + end() + chain("s", "x", "h", "e")
    return Kind(f"intermediateCatchEvent, {kind}", file(body), play)


def signalled(run: Run) -> None:
    assert [e.name for step in run.history for e in step.effects if isinstance(e, SignalThrown)] == ["sg"]


def thrown(kind: str) -> Kind:
    extensions = (PUBLISH,) if "message" in DEFINITIONS[kind] else ()
    event = throw("x", DEFINITIONS[kind], *extensions)
    body = start() + job("a") + event + end() + chain("s", "a", "x", "e")
    if kind == "link":
        body = start() + job("a") + event + catch("c", link("L")) + end() + chain("s", "a", "x") + chain("c", "e")
    if kind == "compensate":
        body += boundary("b", "a", COMPENSATE) + compensating("h") + ASSOCIATION
    return Kind(f"intermediateThrowEvent, {kind}", file(body), _thrown(kind, "s", "a", "x", "e"))


def ended(kind: str) -> Kind:
    extensions = (PUBLISH,) if "message" in DEFINITIONS[kind] else ()
    inner = start("s2") + job("a") + end("x", DEFINITIONS[kind], *extensions) + chain("s2", "a", "x")
    if kind == "compensate":
        inner += boundary("b", "a", COMPENSATE) + compensating("h") + ASSOCIATION
    if kind == "terminate":
        inner = start("s2") + gate("parallel", "p") + job("a") + user("n") + end("x", terminate()) + end("e3")
        inner += chain("s2", "p", "a", "x") + chain("p", "n", "e3")
    box = sub("k", inner)
    if kind == "cancel":
        box = box.replace("subProcess", "transaction")
    body = start() + box + task("z") + end() + chain("s", "k", "z", "e")
    if kind in {"error", "escalation", "cancel"}:
        body += boundary("b", "k", DEFINITIONS[kind]) + end("be") + chain("b", "be")
        path: tuple[str, ...] = ("s", "s2", "a", "b", "be")
    else:
        path = ("s", "s2", "a", "x", "k", "z", "e")
    at = "k" if kind == "cancel" else "x"  # a transaction that is refused says so
    return Kind(f"endEvent, {kind}", file(body), _thrown(kind, *path), at)


def compensating(id_: str) -> str:
    return user(id_).replace(f'id="{id_}"', f'id="{id_}" isForCompensation="true"')


ASSOCIATION = '<bpmn:association id="as" sourceRef="b" targetRef="h"/>'


def _thrown(kind: str, *path: str) -> Play:
    def play(run: Run) -> None:
        run.do("a")
        if "x" in run.tasks:
            run.do("x")  # a message is handed over by a worker
        if kind == "compensate":
            run.do("h")
        goes(*path)(run)
        if "signal" in DEFINITIONS[kind] or kind.startswith("shared"):
            signalled(run)

    return play


# -- on an activity -----------------------------------------------------------------------------------------------------


def attached(kind: str, *, interrupting: bool) -> Kind:
    """On a sub-process with a task `a` whose end escalates; on a transaction for cancelling."""
    inner = start("s2") + job("a") + throw("t", escalation("E1")) + end("e2") + chain("s2", "a", "t", "e2")
    event = many_at_once(boundary("x", "k", DEFINITIONS[kind], interrupting=interrupting), kind)
    after = user("h") + end("he") + chain("x", "h", "he")
    how = "interrupting" if interrupting else "non-interrupting"
    name = f"boundaryEvent ({how}), {kind}"
    if kind == "compensate":
        body = start() + job("a") + throw("t", COMPENSATE) + end() + chain("s", "a", "t", "e")
        body += boundary("x", "a", COMPENSATE, interrupting=interrupting) + compensating("h")
        body += ASSOCIATION.replace('"b"', '"x"')
        return Kind(name, file(body), goes("s", "a", "h", "e", tasks=("a", "h")))
    box = sub("k", inner)
    if kind == "cancel":
        box = sub("k", start("s2") + job("a") + end("e2", DEFINITIONS["cancel"]) + chain("s2", "a", "e2"))
        box = box.replace("subProcess", "transaction")
    body = start() + box + end() + chain("s", "k", "e") + event + after

    def play(run: Run) -> None:
        if kind == "cancel":
            run.do("a")
        else:
            happens(run, kind)
        assert "h" in run.open
        run.do("h")
        if "a" in run.open:
            assert not interrupting
            run.do("a")
        goes("x", "h", "he")(run)
        assert ("e" in run.trail()) is (not interrupting)

    return Kind(name, file(body), play)


def _all() -> Iterator[Kind]:
    for kind in DEFINITIONS:
        yield started(kind)
        yield started_inside(kind)
        yield started_by_event(kind, interrupting=True)
        yield started_by_event(kind, interrupting=False)
        yield caught(kind)
        yield thrown(kind)
        yield attached(kind, interrupting=True)
        yield attached(kind, interrupting=False)
        yield ended(kind)


EVENTS = tuple(_all())
