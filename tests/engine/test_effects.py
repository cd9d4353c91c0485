"""Statuses, and job types of our own: carried out inside the step, complete at once."""

from __future__ import annotations

import pytest

from service.domain.facts import (
    DeadlineExtended,
    DeadlinesPaused,
    DeadlinesResumed,
    DispatchesWithdrawn,
    MessagePublished,
    StatusSet,
)

from .conftest import Runner
from .drawing import (
    boundary,
    chain,
    diagram,
    end,
    event_sub,
    gate,
    io,
    job,
    many,
    message,
    start,
    status,
    sub,
    task,
    throw,
    timer,
    user,
)


def one(type_: str, *inputs: tuple[str, str], outputs: tuple[tuple[str, str], ...] = ()) -> bytes:
    return diagram(start(), job("j", type_, io(inputs, outputs)), user("a"), end(), chain("s", "j", "a", "e"))


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (one("forloeb:frist.pause"), DeadlinesPaused),
        (one("forloeb:frist.pause", ('=["a","b"]', "frister")), ("a", "b")),
        (one("forloeb:frist.genoptag", ('=["a"]', "genberegn")), ("a",)),
        (one("forloeb:frist.genoptag"), ()),
        (one("forloeb:annuller-forsendelser"), DispatchesWithdrawn),
    ],
)
def test_effects_without_much_input(run: Runner, content: bytes, expected: object) -> None:
    r = run(content)
    (effect,) = r.step.effects
    assert r.open == ["a"]
    assert effect.element_id == "j"
    match effect:
        case DeadlinesPaused(deadline_ids=None) | DispatchesWithdrawn():
            assert type(effect) is expected
        case DeadlinesPaused():
            assert effect.deadline_ids == expected
        case DeadlinesResumed():
            assert effect.recompute == expected


def test_extending_a_deadline(run: Runner) -> None:
    r = run(
        one("forloeb:frist.forlaeng", ('="f1"', "frist"), ("=til", "til"), ('="bevilget"', "begrundelse")),
        {"til": "2026-05-01"},
    )
    (effect,) = r.step.effects
    assert isinstance(effect, DeadlineExtended)
    assert (effect.deadline_id, effect.until, effect.reason) == ("f1", "2026-05-01", "bevilget")


def test_publishing_a_message(run: Runner) -> None:
    inputs = (('="start"', "navn"), ("=sag.nummer", "noegle"), ("={a: 1}", "variabler"), ('="P1D"', "levetid"))
    r = run(one("forloeb:besked", *inputs), {"sag": {"nummer": 12}})
    (effect,) = r.step.effects
    assert isinstance(effect, MessagePublished)
    assert (effect.name, effect.correlation_key, effect.variables, effect.time_to_live_ms) == (
        "start",
        "12",
        {"a": 1},
        86_400_000,
    )
    (effect,) = run(one("forloeb:besked", ('="start"', "navn"))).step.effects
    assert (effect.correlation_key, effect.variables, effect.time_to_live_ms) == ("", {}, 0)


def test_a_message_throw_event_may_publish(run: Runner) -> None:
    definition = '<zeebe:taskDefinition type="forloeb:besked"/>'
    r = run(diagram(start(), throw("t", message(), definition, io([('="m"', "navn")])), end(), chain("s", "t", "e")))
    assert r.done
    assert isinstance(r.step.effects[0], MessagePublished)


@pytest.mark.parametrize(
    ("type_", "inputs"),
    [
        ("forloeb:besked", [("=null", "navn")]),
        ("forloeb:besked", [('="m"', "navn"), ("=null", "noegle")]),
        ("forloeb:besked", [('="m"', "navn"), ("=true", "noegle")]),
        ("forloeb:besked", [('="m"', "navn"), ("=[1]", "variabler")]),
        ("forloeb:besked", [('="m"', "navn"), ('="snart"', "levetid")]),
        ("forloeb:frist.pause", [("=3", "frister")]),
        ("forloeb:frist.forlaeng", [('="f"', "frist")]),
    ],
)
def test_bad_inputs_are_incidents(run: Runner, type_: str, inputs: list[tuple[str, str]]) -> None:
    r = run(one(type_, *inputs))
    assert (r.frozen, r.step.effects) == ([("j", "EXTRACT_VALUE_ERROR")], ())


def test_a_type_of_our_own_by_expression(run: Runner) -> None:
    assert isinstance(run(one("=t"), {"t": "forloeb:frist.pause"}).step.effects[0], DeadlinesPaused)
    assert run(one("=t"), {"t": "forloeb:findes.ikke"}).frozen == [("j", "EXTRACT_VALUE_ERROR")]


def test_statuses_are_set_when_elements_begin(run: Runner) -> None:
    r = run(
        diagram(
            start("s", "", status("modtaget")),
            task("t").replace("></bpmn:task>", ">" + ext_status("i gang") + "</bpmn:task>"),
            user("a", status("venter"), inner=many("=[1,2]")),
            boundary("b", "a", timer("P1D"), status("forfalden")),
            gate("exclusive", "g").replace(
                "></bpmn:exclusiveGateway>", ">" + ext_status("valg") + "</bpmn:exclusiveGateway>"
            ),
            end("e", "", status("lukket")),
            chain("s", "t", "a", "g", "e"),
            chain("b", "g"),
        )
    )
    assert [e.status for e in r.step.effects if isinstance(e, StatusSet)] == ["modtaget", "i gang", "venter"]
    r.to(days=1)
    assert [(e.element_id, e.status) for e in r.step.effects if isinstance(e, StatusSet)] == [
        ("b", "forfalden"),
        ("g", "valg"),
        ("e", "lukket"),
    ]


def test_a_status_that_lasts_gives_way_to_what_still_goes_on(run: Runner) -> None:
    """Two parts side by side: whichever ends, the case takes the status of the one that is left; then that of both's frame."""
    inner = (
        start("is")
        + gate("parallel", "ig")
        + user("a", status("A", lasts=True))
        + user("b", status("B", lasts=True))
        + user("c")
        + end("ie")
        + chain("is", "ig", "a", "c", "ie")
        + chain("ig", "b", "ie")
    )
    r = run(diagram(start(), sub("p", inner, status("ramme")), end(), chain("s", "p", "e")))
    assert [e.status for e in r.step.effects if isinstance(e, StatusSet)] == ["ramme", "A", "B"]
    r.do("b")
    assert [e.status for e in r.step.effects if isinstance(e, StatusSet)] == ["A"]
    r.do("a")
    assert [e.status for e in r.step.effects if isinstance(e, StatusSet)] == ["ramme"]
    r.do("c")
    assert r.step.effects == ()


def ext_status(value: str) -> str:
    return f"<bpmn:extensionElements>{status(value)}</bpmn:extensionElements>"


def test_the_status_of_an_event_sub_process_is_set_each_time(run: Runner) -> None:
    handler = event_sub("x", message(), end("he"), "he", interrupting=False, start_extensions=status("besked"))
    r = run(diagram(start(), user("a"), end(), chain("s", "a", "e"), handler), {"key": "k"})
    assert r.step.effects == ()
    for _ in range(2):
        r.message("m1")
        assert [e.status for e in r.step.effects if isinstance(e, StatusSet)] == ["besked"]


def test_a_retry_sets_no_status_twice(run: Runner) -> None:
    r = run(diagram(start(), job("a", "=t", status("arbejder")), end(), chain("s", "a", "e")))
    assert len(r.step.effects) == 1
    r.set(t="x").retry("a")
    assert (r.step.effects, r.open) == ((), ["a"])
