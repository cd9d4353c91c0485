"""The handbook's list of functions: every function is there, and every example of ours is true."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest

from service.domain.deadlines import Calendar
from service.domain.house_feel import DESCRIBED, FUNCTIONS, CalendarEnvironment, Described
from service.domain.registers import Register, RegisterField, RegisterRow, Registers
from service.feel import BUILTINS, parse_expression
from service.feel.canonical import canonical
from service.web.handbook import chapter

KIND = Register(titel="Afdelinger", felter={"navn": RegisterField(titel="Navn")})
ROW = RegisterRow(
    key=1,
    register="afdelinger",
    id="a",
    values={"navn": "Afdeling A"},
    changed_at=datetime(2026, 1, 1, tzinfo=UTC),
    changed_by="test",
    reason="",
)
REGISTERS = Registers({"afdelinger": ("mappe", KIND)}, [ROW])


@pytest.mark.parametrize("described", DESCRIBED, ids=lambda d: d.signature)
def test_examples_of_the_house_are_true(described: Described) -> None:
    def value(text: str) -> object:
        environment = CalendarEnvironment(datetime(2026, 3, 2, 9, tzinfo=UTC), Calendar(), registers=REGISTERS)
        found = parse_expression(text).evaluate({}, environment)
        assert environment.warnings == []
        return canonical(found)

    assert value(described.example) == value(described.result)


def test_every_function_of_the_house_is_described() -> None:
    assert {described.signature.partition("(")[0] for described in DESCRIBED} == set(FUNCTIONS)


def test_the_chapter_lists_every_function() -> None:
    html = str(chapter("udtryk").html)
    signatures = [s for b in BUILTINS.values() for s in b.signatures] + [d.signature for d in DESCRIBED]
    assert [s for s in signatures if f"<code>{s}</code>" not in html] == []
    assert html.count("<li>") >= len(BUILTINS) + len(DESCRIBED)


def test_what_the_chapter_shows_is_feel() -> None:
    shown = re.findall(r"`=([^`]+)`", chapter("udtryk").text)
    assert len(shown) >= 9
    for text in shown:
        assert parse_expression(text)
