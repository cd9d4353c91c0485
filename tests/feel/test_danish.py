"""Every warning has its Danish wording, and none carries the values it is about."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import service.dmn
import service.feel
from service.feel.danish import MESSAGES, translate, translate_all

from .helpers import warned

ROOMS = [Path(str(room.__file__)).parent for room in (service.feel, service.dmn)]
# Raised before anything is evaluated, or to Python callers, who translate for themselves.
NOT_WARNINGS = {"dated.py", "temporal_text.py", "chronology.py:add_duration", "errors.py"}


def templates(node: ast.expr) -> Iterator[str]:
    """The wordings an expression can make, with {} for what varies."""
    match node:
        case ast.Constant(value=str(text)):
            yield text
        case ast.JoinedStr(values=values):
            yield "".join(v.value if isinstance(v, ast.Constant) else "{}" for v in values)
        case ast.BoolOp(values=values):
            for value in values:
                yield from templates(value)


def wordings() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted(room.rglob("*.py")):
            if path.name in NOT_WARNINGS:
                continue
            for node in ast.walk(ast.parse(path.read_text())):
                if not isinstance(node, ast.Call) or not node.args:
                    continue
                name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                if name in {"warn", "ValueError", "LimitExceeded", "OutOfRange"}:
                    for text in templates(node.args[0]):
                        yield f"{path.name}:{node.lineno}", text


FOUND = [(where, text) for where, text in wordings() if re.sub(r"[{} :]", "", text)]


@pytest.mark.parametrize(("where", "text"), FOUND, ids=[f"{where} {text[:30]}" for where, text in FOUND])
def test_every_warning_is_translated(where: str, text: str) -> None:
    english = text.partition(": ")[2] if text.startswith("{}: ") else text
    if english == "{}" or english.endswith(": {}"):
        return  # a wording around another one
    sample = english.replace("{}", "X")
    assert translate(sample) != sample, where
    assert "X" not in english or english.count("{}") == translate(sample).count("X")


def test_all_wordings_are_used() -> None:
    assert len(FOUND) > 80


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("beløb", "der er ingen variabel 'beløb'"),
        ('1 + "a"', "tal + tekst kan ikke beregnes"),
        ("1 / 0", "tal / tal: der divideres med nul"),
        ('floor("a")', "floor: n skal være tal, ikke tekst"),
        ('date("31-01-2026")', "date: teksten er ikke en dato (åååå-mm-dd)"),
        ("abs(1, 2)", "abs tager ikke disse argumenter; den skrives abs(n)"),
        ('matches("a", "(")', "matches: '(' er ikke et mønster: '(' is not closed (tegn 3)"),
    ],
)
def test_wordings(text: str, expected: str) -> None:
    assert translate_all(warned(text)) == [expected]


@pytest.mark.parametrize(
    "call",
    ["date(x)", "time(x)", "duration(x)", "number(x)", "x + 1", "x < 1", "from json(x)", "range(x)", "x.y", "x(1)"],
)
def test_values_do_not_leak_into_warnings(call: str) -> None:
    assert "0101800000" not in " ".join(warned(call, {"x": "0101800000x"}))


def test_danish_templates_use_what_the_english_give() -> None:
    for english, danish in MESSAGES.items():
        numbers = {int(number) for number in re.findall(r"\{(\d)\}", danish)}
        assert numbers == set(range(english.count("{}")))
