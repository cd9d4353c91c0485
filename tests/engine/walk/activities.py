"""Tasks, sub-processes, their markers, and what cannot be called."""

from __future__ import annotations

from tests.engine.drawing import (
    ad_hoc,
    boundary,
    call,
    chain,
    decision,
    definitions,
    diagram,
    end,
    event_sub,
    ext,
    job,
    many,
    process,
    receive,
    script,
    signal,
    start,
    sub,
    task,
    user,
)
from tests.engine.driver import Run

from .kind import Kind, Play, goes

FLOW = chain("s", "x", "e")
STRAIGHT = ("s", "x", "e")


def alone(element: str, *more: str) -> bytes:
    """Start, the element `x`, end."""
    return diagram(start(), element, end(), FLOW, *more)


def marked(inside: str, attributes: str = "", tag: str = "userTask", extensions: str = "<zeebe:userTask/>") -> str:
    return f'<bpmn:{tag} id="x"{attributes}>{ext(extensions)}{inside}</bpmn:{tag}>'


def times(count: int, *path: str) -> Play:
    """The task `x` is done so many times, one after another."""

    def play(run: Run) -> None:
        for _ in range(count):
            assert run.open == ["x"]
            run.do("x")
        goes(*path)(run)

    return play


def at_once(count: int) -> Play:
    def play(run: Run) -> None:
        assert run.open == ["x"] * count
        for _ in range(count):
            run.do("x")
        goes("s", *["x"] * count, "e")(run)

    return play


def _received(run: Run) -> None:
    assert run.message("m1", "k")
    goes(*STRAIGHT)(run)


def _interrupted(run: Run) -> None:
    run.signal()
    assert run.open == ["h"]
    goes("s", "h", "he", tasks=("h",))(run)


def _chosen(run: Run) -> None:
    assert run.open == ["a", "b"]
    goes("s", "a", "b", "e", tasks=("a", "b"))(run)


def _in_turn(run: Run) -> None:
    assert run.open == ["a"]
    run.do("a")
    assert run.open == ["b"]
    goes("s", "a", "b", "e", tasks=("b",))(run)


def _compensated(run: Run) -> None:
    run.do("a")
    goes("s", "a", "x", "e", tasks=("x",))(run)


def _globally(tag: str) -> bytes:
    called = f'<bpmn:{tag} id="x"/>'
    return definitions(called, process("P", start(), call("c", "x"), end(), chain("s", "c", "e")))


LOOP = "<bpmn:standardLoopCharacteristics{}>{}</bpmn:standardLoopCharacteristics>"
CONDITION = "<bpmn:loopCondition>{}</bpmn:loopCondition>"
INSTANCES = "<bpmn:multiInstanceLoopCharacteristics{}>" + ext('<zeebe:loopCharacteristics inputCollection="=[1,2]"/>')
INSTANCES += "{}</bpmn:multiInstanceLoopCharacteristics>"
CHOICE = user("a") + user("b")

TASKS = (
    Kind("task", alone(task("x")), goes(*STRAIGHT)),
    Kind("manualTask", alone('<bpmn:manualTask id="x"/>'), goes(*STRAIGHT)),
    Kind("userTask", alone(user("x")), goes(*STRAIGHT, tasks=("x",))),
    Kind("userTask without a form of ours (job)", alone('<bpmn:userTask id="x"/>'), goes(*STRAIGHT)),
    Kind("serviceTask", alone(job("x")), goes(*STRAIGHT, tasks=("x",))),
    Kind("serviceTask without a job", alone('<bpmn:serviceTask id="x"/>'), goes(*STRAIGHT)),
    Kind("sendTask", alone(job("x", tag="sendTask")), goes(*STRAIGHT, tasks=("x",))),
    Kind("receiveTask", alone(receive("x")), _received),
    Kind(
        "receiveTask that instantiates",
        diagram('<bpmn:receiveTask id="x" messageRef="m1" instantiate="true"/>', end(), chain("x", "e")),
        goes("x", "e"),
        start="x",
    ),
    Kind("scriptTask", alone(script("x", "=1", "y")), goes(*STRAIGHT)),
    Kind(
        "scriptTask with a script of its own",
        alone('<bpmn:scriptTask id="x"><bpmn:script>y = 1</bpmn:script></bpmn:scriptTask>'),
        goes(*STRAIGHT),
    ),
    Kind("scriptTask as job", alone(job("x", tag="scriptTask")), goes(*STRAIGHT, tasks=("x",))),
    Kind("businessRuleTask", alone(decision("x", "d", "y")), goes(*STRAIGHT)),
    Kind("businessRuleTask as job", alone(job("x", tag="businessRuleTask")), goes(*STRAIGHT, tasks=("x",))),
    Kind(
        "callActivity",
        definitions(
            process("P", start(), call("x", "Q"), end(), FLOW), process("Q", start("qs"), end("qe"), chain("qs", "qe"))
        ),
        goes("s", "qs", "qe", "x", "e"),
    ),
    Kind("callActivity of nothing", alone('<bpmn:callActivity id="x"/>'), goes(*STRAIGHT)),
    *(
        Kind(tag, _globally(tag), goes(*STRAIGHT))
        for tag in ("globalTask", "globalUserTask", "globalManualTask", "globalScriptTask", "globalBusinessRuleTask")
    ),
)

CONTAINERS = (
    Kind("subProcess", alone(sub("x", start("s2") + end("e2") + chain("s2", "e2"))), goes("s", "s2", "e2", "x", "e")),
    Kind("subProcess without a start event", alone(sub("x", task("a"))), goes("s", "a", "x", "e")),
    Kind(
        "subProcess triggered by an event",
        diagram(
            start(), user("a"), end(), chain("s", "a", "e"), event_sub("x", signal(), user("h") + end("he"), "h", "he")
        ),
        _interrupted,
    ),
    Kind("adHocSubProcess", alone(ad_hoc("x", CHOICE, active='=["a","b"]')), _chosen),
    Kind(
        "adHocSubProcess, sequential",
        alone(
            ad_hoc("x", CHOICE, active='=["a","b"]').replace(
                "<bpmn:adHocSubProcess", '<bpmn:adHocSubProcess ordering="Sequential"'
            )
        ),
        _in_turn,
    ),
    Kind(
        "transaction",
        alone(sub("x", start("s2") + end("e2") + chain("s2", "e2")).replace("subProcess", "transaction")),
        goes("s", "s2", "e2", "x", "e"),
    ),
)

MARKERS = (
    Kind("multiInstanceLoopCharacteristics, parallel", alone(marked(many("=[1,2]"))), at_once(2)),
    Kind(
        "multiInstanceLoopCharacteristics, sequential",
        alone(marked(many("=[1,2]", sequential=True))),
        times(2, "s", "x", "x", "e"),
    ),
    Kind(
        "completionCondition of instances",
        alone(marked(many("=[1,2]", sequential=True, until="=true"))),
        times(1, "s", "x", "e"),
    ),
    Kind(
        "loopCardinality",
        alone(
            marked(
                "<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality>=2</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>"
            )
        ),
        at_once(2),
    ),
    Kind(
        "loopDataInputRef",
        alone(marked(INSTANCES.format("", "<bpmn:loopDataInputRef>s</bpmn:loopDataInputRef>"))),
        at_once(2),
    ),
    *(
        Kind(f"multi-instance behavior {kind}", alone(marked(INSTANCES.format(f' behavior="{kind}"', ""))), at_once(2))
        for kind in ("None", "One")
    ),
    Kind(
        "complexBehaviorDefinition",
        alone(
            marked(
                INSTANCES.format(
                    ' behavior="Complex"',
                    "<bpmn:complexBehaviorDefinition><bpmn:condition>=true</bpmn:condition></bpmn:complexBehaviorDefinition>",
                )
            )
        ),
        at_once(2),
    ),
    Kind(
        "standardLoopCharacteristics",
        alone(marked(LOOP.format("", CONDITION.format("=loopCounter &lt; 2")))),
        times(2, "s", "x", "x", "e"),
    ),
    Kind(
        "standardLoopCharacteristics with a maximum",
        alone(marked(LOOP.format(' loopMaximum="3"', ""))),
        times(3, "s", "x", "x", "x", "e"),
    ),
    Kind(
        "standardLoopCharacteristics, tested before",
        alone(marked(LOOP.format(' testBefore="true"', CONDITION.format("=false")))),
        goes("s", "e"),
    ),
    Kind(
        "isForCompensation",
        diagram(
            start(),
            user("a"),
            '<bpmn:intermediateThrowEvent id="t"><bpmn:compensateEventDefinition/></bpmn:intermediateThrowEvent>',
            end(),
            chain("s", "a", "t", "e"),
            boundary("b", "a", "<bpmn:compensateEventDefinition/>"),
            marked("", ' isForCompensation="true"'),
            '<bpmn:association id="as" sourceRef="b" targetRef="x"/>',
        ),
        _compensated,
    ),
    Kind(
        "startQuantity over 1",
        diagram(
            start(), task("t"), marked("", ' startQuantity="2"'), end(), chain("s", "t", "x", "e"), chain("t", "x")
        ),
        goes("s", "t", "x", "e", tasks=("x",)),
    ),
    Kind(
        "completionQuantity over 1", alone(marked("", ' completionQuantity="2"', "task", "")), goes("s", "x", "e", "e")
    ),
)

ACTIVITIES = (*TASKS, *CONTAINERS, *MARKERS)
