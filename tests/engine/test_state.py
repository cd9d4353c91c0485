"""State as bytes: small, flat however long an instance lives, and refused when it is none."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import zstandard

from service.domain.errors import BadInput, EngineFailed, NotFound, TaskMovedOn
from service.domain.instances import Start, TaskCompleted, VariablesSet
from service.engine.state import HEADER, load

from .conftest import Runner
from .drawing import (
    boundary,
    call,
    chain,
    definitions,
    diagram,
    end,
    flow,
    gate,
    io,
    job,
    many,
    process,
    script,
    start,
    sub,
    timer,
    user,
)
from .driver import ENGINE, T0, CountingKeys, MemoryCatalog, Run

LOOP = diagram(
    start(),
    gate("exclusive", "x"),
    user("a"),
    script("n", "=n + 1", "n"),
    gate("exclusive", "y", "ud"),
    end(),
    chain("s", "x", "a", "n", "y"),
    flow("y", "x", "=igen"),
    flow("y", "e", None, "ud"),
)


def test_a_long_life_leaves_no_trace_in_the_state() -> None:
    r = Run(LOOP, {"n": 0}, reload=True)
    sizes = []
    for _ in range(200):
        r.do("a", igen=True)
        sizes.append(len(r.state))
    assert sizes[-1] <= sizes[5] + 8
    assert len(load(r.catalog, r.state, T0, CountingKeys()).top.tasks) == 2
    assert r.do("a", igen=False).done


def test_bytes_that_are_no_state() -> None:
    r = Run(LOOP, {"n": 0}, reload=True)
    key = r.wait("a").key
    for wrong in (
        b"",
        b"\x00" + r.state[1:],
        HEADER,
        HEADER + b"hej",
        HEADER + zstandard.ZstdCompressor().compress(b"{"),
    ):
        with pytest.raises(EngineFailed):
            ENGINE.advance(r.catalog, wrong, TaskCompleted(key), T0, r.keys)
    with pytest.raises(EngineFailed, match="mærke 02, ventet 01"):
        ENGINE.view(r.catalog, b"\x02" + r.state[1:])


def test_a_state_needs_its_definition() -> None:
    r = Run(LOOP, {"n": 0}, reload=True)
    with pytest.raises(NotFound):
        ENGINE.advance(MemoryCatalog(), r.state, TaskCompleted(r.wait("a").key), T0, r.keys)
    with pytest.raises(NotFound):
        ENGINE.advance(r.catalog, None, Start(4711, 1), T0, r.keys)


def test_starts_that_are_not_there(run: Runner) -> None:
    with pytest.raises(NotFound):
        run(LOOP, start="nej")
    with pytest.raises(NotFound):
        run(diagram(start("s", '<bpmn:signalEventDefinition signalRef="sg"/>'), end(), chain("s", "e")))


def test_a_stimulus_for_what_is_gone_changes_nothing(run: Runner) -> None:
    r = run(LOOP, {"n": 0})
    key = r.wait("a").key
    r.do("a", igen=True)
    for stimulus in (TaskCompleted(key), TaskCompleted(999_999)):
        with pytest.raises(TaskMovedOn):
            r.apply(stimulus)
    assert r.open == ["a"]
    r.do("a", igen=False)
    with pytest.raises(TaskMovedOn):
        r.apply(TaskCompleted(key))
    with pytest.raises(TaskMovedOn):
        r.cancel()


def deep(levels: int) -> list[object]:
    value: list[object] = []
    for _ in range(levels):
        value = [value]
    return value


def test_values_nested_too_deeply(run: Runner) -> None:
    r = run(diagram(start(), user("a"), end(), chain("s", "a", "e")), {"x": deep(99)})
    for stimulus in (VariablesSet(r.key, {"x": deep(100)}), TaskCompleted(r.wait("a").key, {"x": {"y": deep(99)}})):
        with pytest.raises(BadInput, match="lag"):
            r.apply(stimulus)
    with pytest.raises(BadInput):
        run(diagram(start(), end(), chain("s", "e")), {"x": deep(500)})
    content = diagram(start(), script("a", "=[x]", "x"), end(), chain("s", "a", "e"))
    assert run(content, {"x": deep(98)}).done
    assert run(content, {"x": deep(99)}).frozen == [("a", "IO_MAPPING_ERROR")]
    content = diagram(start(), job("a", "t", io([("=x", "y.z")])), end(), chain("s", "a", "e"))
    assert run(content, {"x": deep(99)}).frozen == [("a", "IO_MAPPING_ERROR")]


def test_variables_may_be_written_from_outside(run: Runner) -> None:
    inside = start("s2") + user("a", io([("=1", "lokal")])) + end("e2") + chain("s2", "a", "e2")
    r = run(diagram(start(), sub("sp", inside, io([("=2", "del")])), end(), chain("s", "sp", "e")), {"rod": 0})
    task, body = r.wait("a").key, r.element("sp")
    r.set(task, lokal=10, del_=1, rod=3, ny=4)
    assert r.variables == {"rod": 3, "ny": 4, "del_": 1}
    assert r.step.changed == {"rod", "ny", "del_"}
    r.apply(VariablesSet(task, {"del": 20}))
    assert (r.step.changed, r.visible(task)["del"], r.variables) == (set(), 20, {"rod": 3, "ny": 4, "del_": 1})
    r.set(body, local_=True, kun_her=5)
    assert r.visible(task) == {"lokal": 10, "del": 20, "kun_her": 5, "rod": 3, "ny": 4, "del_": 1}
    r.set(local_=True, rod=9)
    assert r.variables["rod"] == 9
    with pytest.raises(NotFound):
        r.set(424_242, x=1)


def test_views_show_all_scopes_outermost_first(run: Runner) -> None:
    r = run(
        definitions(
            process("P", start(), call("c", "Q", io([("=1", "arg")]), down=False), end(), chain("s", "c", "e")),
            process(
                "Q", start("qs"), user("a", inner=many("=[7,8]", "it", "rs", "=it")), end("qe"), chain("qs", "a", "qe")
            ),
        ),
        {"rod": 0},
    )
    views = list(r.views())
    called = r.history[0].called[0].key
    assert [(v.element_id, v.called_key == called) for v in views] == [
        ("P", False),
        ("c", False),
        ("Q", True),
        ("a", True),
        ("a", True),
        ("a", True),
    ]
    by_key = {v.key: v for v in views}
    assert by_key[r.key].variables == {"rod": 0}
    assert by_key[called].variables == {"arg": 1}
    assert [v.variables.get("it") for v in views if v.element_id == "a"] == [None, 7, 8]
    assert all(v.parent_key in by_key for v in views[1:])


def test_values_that_were_read_never_change(run: Runner) -> None:
    r = run(
        diagram(
            start(),
            job("a", "t", io((), [("=1", "o.x"), ("=2", "o.y.z")])),
            user("b"),
            end(),
            chain("s", "a", "b", "e"),
        ),
        {"o": {"k": 0, "y": {"w": 1}}},
    )
    before = r.variables["o"]
    r.do("a")
    assert r.variables["o"] == {"k": 0, "x": 1, "y": {"w": 1, "z": 2}}
    assert before == {"k": 0, "y": {"w": 1}}


def test_one_program_serves_many_threads() -> None:
    catalog = MemoryCatalog()
    catalog.deploy(
        diagram(
            start(),
            user("a"),
            boundary("t", "a", timer("R/PT1H", "timeCycle"), interrupting=False),
            end("x"),
            gate("parallel", "p"),
            user("b"),
            user("c"),
            gate("parallel", "q"),
            end(),
            chain("s", "a", "p", "b", "q", "e"),
            chain("p", "c", "q"),
            chain("t", "x"),
        )
    )
    faults: list[BaseException] = []

    def work() -> None:
        try:
            for n in range(20):
                r = Run(catalog, {"n": n}, reload=True)
                assert r.to(hours=3) == 1
                r.do("a", n=n + 1).do("c").do("b")
                assert (r.done, r.variables["n"]) == (True, n + 1)
        except BaseException as fault:
            faults.append(fault)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_cancelling_terminates_everything(run: Runner) -> None:
    inside = start("s2") + user("a") + end("e2") + chain("s2", "a", "e2")
    r = run(
        diagram(
            start(),
            sub("sp", inside, inner=many("=[1,2]")),
            boundary("t", "sp", timer("P1D")),
            end(),
            chain("s", "sp", "e"),
            chain("t", "e"),
        )
    )
    r.cancel()
    assert r.step.status == "TERMINATED"
    assert {(c.kind, c.reason) for c in r.step.closed} == {("user_task", "terminated"), ("timer", "terminated")}
    assert {c.state for c in r.step.elements} == {"TERMINATED"}
    assert [c.element_id for c in r.step.elements if c.type == "multiInstanceBody"] == ["sp"]


def test_nothing_moves_after_a_jump_of_the_clock(run: Runner) -> None:
    r = run(diagram(start(), user("a"), end(), chain("s", "a", "e")))
    r.now = T0 + timedelta(days=3650)
    assert r.do("a").done
