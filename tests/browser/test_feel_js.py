"""The interpreter in the browser gives the answers of the shared table; typed texts are read as on the server."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from service.domain.form_model import Field, Kind
from service.domain.form_text import Unreadable, read
from service.feel import parse_expression
from service.web.rendering.live import FUNCTIONS, tree_of
from tests.web.test_live import FACTS, TABLE, TODAY

SOURCES = Path(__file__).parents[2] / "service/frontend/src"

PRELUDE = """
const plain = (value) => value instanceof FeelDate ? {date: value.text}
  : Array.isArray(value) ? value.map(plain) : value === undefined ? null : value;
const lively = (value) => Array.isArray(value) ? value.map(lively)
  : value && typeof value === 'object'
    ? (Object.keys(value).join() === 'date' ? new FeelDate(value.date)
      : Object.fromEntries(Object.entries(value).map(([k, v]) => [k, lively(v)])))
  : value;
"""


def as_module(*names: str, tail: str = "") -> str:
    """The sources as one module address; imports between them are dropped, since they stand in one file."""
    text = "\n".join((SOURCES / name).read_text("utf-8") for name in names)
    lines = [line for line in text.splitlines() if not line.startswith("import ")]
    return "data:text/javascript;base64," + b64encode(("\n".join(lines) + tail).encode()).decode()


@pytest.fixture
def blank(open_page: Callable[[], Page]) -> Page:
    page = open_page()
    page.goto("about:blank")
    return page


def test_the_table_holds_in_the_browser(blank: Page) -> None:
    tail = PRELUDE + "export const run = (rows) => rows.map(([tree, scope]) => plain(evaluate(tree, lively(scope))));"
    rows: list[Any] = [[tree_of(parse_expression(text), FACTS, TODAY), scope] for text, scope, _ in TABLE]
    answers = blank.evaluate(
        "async ([source, rows]) => (await import(source)).run(rows)", [as_module("feel.js", tail=tail), rows]
    )
    wrong = [
        (text, scope, expected, answer)
        for (text, scope, expected), answer in zip(TABLE, answers, strict=True)
        if answer != expected
    ]
    assert wrong == []


def test_the_lists_of_functions_agree(blank: Page) -> None:
    names = blank.evaluate("async (source) => Object.keys((await import(source)).FUNCTIONS)", as_module("feel.js"))
    assert set(names) == FUNCTIONS


TEXTS = {
    Kind.NUMBER: ["1", "1,5", "1.250", "1.250,75", "1.5", "12.34", "-7", "−7", "+3", "x", "1,", "1 250", " 5 ", "", "  "],
    Kind.DATE: [
        "1/9 2014", "01-09-2014", "1.9.2014", "01092014", "2014-9-1", "2014-09-01", "30-02-2014", "1-9-14", "i dag", ""
    ],
    Kind.TEXT: ["  a b ", "", " "],
}  # fmt: skip


def test_texts_are_read_alike(blank: Page) -> None:
    rows = [(kind, text) for kind, texts in TEXTS.items() for text in texts]
    tail = PRELUDE + "export const run = (rows) => rows.map(([kind, text]) => plain(readField({kind}, [text])));"
    answers = blank.evaluate(
        "async ([source, rows]) => (await import(source)).run(rows)",
        [as_module("feel.js", "form-values.js", tail=tail), [[kind.value, text] for kind, text in rows]],
    )
    assert dict(zip(rows, answers, strict=True)) == {row: on_server(*row) for row in rows}


def on_server(kind: Kind, text: str) -> Any:
    if not text.strip():
        return None
    try:
        value = read(Field(id="f", key="f", label="F", kind=kind), text.strip(), TODAY)
    except Unreadable:
        return None
    return {"date": value.isoformat()} if kind is Kind.DATE and not isinstance(value, str | int | float) else value


SETTLED = [
    {"key": "a", "kind": "radio"},
    {"key": "b", "kind": "radio", "hide": ["compare", "!=", ["name", "a"], ["value", "ja"]]},
    {"key": "c", "kind": "textfield", "hide": ["compare", "=", ["name", "b"], ["value", "ja"]]},
    {
        "rows": "maal",
        "parts": [
            {"key": "naaet", "kind": "checkbox"},
            {"key": "hvorfor", "kind": "textfield", "hide": ["name", "naaet"]},
        ],
    },
]


def test_conditions_settle_as_on_the_server(blank: Page) -> None:
    """The same two cases as in tests/domain/test_forms.py: hidden values do not count; rows see themselves."""
    source = as_module("feel.js", "form-values.js", "conditions.js")
    texts = {"a": ["nej"], "b": ["ja"], "maal": ["0", "3"], "maal.3.naaet": ["ja"]}
    hidden = blank.evaluate(
        """async ([source, parts, texts]) => {
            const { settle } = await import(source);
            return [...settle(parts, (name) => texts[name] ?? []).hidden].sort();
        }""",
        [source, json.loads(json.dumps(SETTLED)), texts],
    )
    assert hidden == ["b", "maal.3.hvorfor"]
