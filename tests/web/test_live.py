"""What is shipped to the browser gives the same answers there as here."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from service.domain.clock import LOCAL_ZONE
from service.domain.form_places import FormContext
from service.domain.forms import Form, read_form
from service.feel import Environment, parse_expression, to_json
from service.web.rendering.live import live_parts, tree_of

TABLE = json.loads((Path(__file__).parent / "feel_table.json").read_text("utf-8"))
NOW = datetime(2014, 9, 1, 7, tzinfo=UTC)
TODAY = NOW.astimezone(LOCAL_ZONE).date()
FACTS = {
    "borger": {"beskyttet": True, "cpr": "0101901234"},
    "sag": {"nummer": "2014-1"},
    "opgave": {"emner": ["a", "b"]},
}


def python_value(value: Any) -> Any:
    """A value of the table as FEEL sees it."""
    if isinstance(value, dict):
        return (
            date.fromisoformat(value["date"])
            if set(value) == {"date"}
            else {k: python_value(v) for k, v in value.items()}
        )
    return [python_value(item) for item in value] if isinstance(value, list) else value


def table_value(value: Any) -> Any:
    return {"date": value.isoformat()} if isinstance(value, date) else to_json(value)


@pytest.mark.parametrize(("expression", "variables", "expected"), TABLE)
def test_the_table_holds_on_the_server(expression: str, variables: dict[str, Any], expected: Any) -> None:
    scope = {**FACTS, **{k: python_value(v) for k, v in variables.items()}, "i_dag": TODAY}
    assert table_value(parse_expression(expression).evaluate(scope, Environment(now=NOW))) == expected


@pytest.mark.parametrize("expression", sorted({row[0] for row in TABLE}))
def test_everything_in_the_table_is_shipped(expression: str) -> None:
    shipped = tree_of(parse_expression(expression), FACTS, TODAY)
    assert shipped is not None
    assert json.loads(json.dumps(shipped)) == shipped


@pytest.mark.parametrize(
    "expression",
    [
        'matches(a, "x")',
        "nu > a",
        "maal[1]",
        "for x in a, y in b return x",
        "a instance of string",
        "borger",
        "{a: 1}",
        "date(2014, 1, 1)",
    ],
)
def test_what_the_browser_does_not_know_is_not_shipped(expression: str) -> None:
    assert tree_of(parse_expression(expression), FACTS, TODAY, frozenset({"nu"})) is None


def a_form(*components: Any) -> Form:
    found = read_form(json.dumps({"id": "f", "components": components}).encode(), "f")
    assert isinstance(found, Form)
    return found


def test_only_the_values_that_conditions_ask_for_leave_the_house() -> None:
    hide = {"conditional": {"hide": "=borger.beskyttet"}}
    form = a_form({"type": "textfield", "key": "adresse", "label": "Adresse", **hide})
    parts, complete = live_parts(form.schema, FormContext(now=NOW, facts=FACTS))
    assert complete
    assert "0101901234" not in json.dumps(parts)
    assert parts == [{"key": "adresse", "kind": "textfield", "hide": ["value", True]}]


def test_a_form_without_conditions_ships_nothing() -> None:
    form = a_form({"type": "textfield", "key": "a", "label": "A"})
    assert live_parts(form.schema, FormContext(now=NOW)) == ([], True)


def test_conditions_on_what_only_the_server_reads_are_left_to_it() -> None:
    cpr = {"type": "textfield", "key": "cpr", "label": "CPR", "properties": {"format": "cpr"}}
    form = a_form(cpr, {"type": "textfield", "key": "b", "label": "B", "conditional": {"hide": "=cpr = null"}})
    assert live_parts(form.schema, FormContext(now=NOW)) == ([], False)
