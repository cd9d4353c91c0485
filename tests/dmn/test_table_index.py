"""Indexed tables decide as tables that try every rule."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.dmn import table as tables
from service.dmn.table_index import WORTH_IT
from service.feel.text import literal

from .files import decision, read, table

NUMBER = st.integers(-5, 15).map(Decimal)
TEXT = st.sampled_from(["a", "b", "c", "æ"])
DATE = st.dates(date(2026, 1, 1), date(2026, 1, 20))


def cells(values: st.SearchStrategy[Any], *, ordered: bool) -> st.SearchStrategy[str]:
    """Conditions with constants of one type."""
    plain = values.map(lambda value: f"@{literal(str(value))}" if isinstance(value, date) else literal(value))
    one = plain
    if ordered:
        compared = st.tuples(st.sampled_from(["<", "<=", ">", ">=", "="]), plain).map(
            lambda pair: f"{pair[0]} {pair[1]}"
        )
        spans = st.tuples(st.sampled_from("[("), plain, plain, st.sampled_from("])")).map(
            lambda parts: f"{parts[0]}{parts[1]}..{parts[2]}{parts[3]}"
        )
        one = plain | compared | spans
    lists = st.lists(one, min_size=1, max_size=3).map(", ".join)
    return st.just("-") | lists | lists.map(lambda text: f"not({text})")


RULES = st.lists(
    st.tuples(
        cells(NUMBER, ordered=True),
        cells(TEXT, ordered=False),
        cells(DATE, ordered=True),
        st.sampled_from(["-", "? > 3", "< grænse", "null", "-"]),
    ),
    min_size=WORTH_IT,
    max_size=WORTH_IT + 8,
)
ROW = st.tuples(NUMBER | st.none() | TEXT, TEXT | st.none() | NUMBER, DATE | st.none(), NUMBER | st.none())


@settings(max_examples=60, deadline=None)
@given(RULES, st.lists(ROW, min_size=1, max_size=6), st.sampled_from(["FIRST", "COLLECT"]))
def test_the_index_finds_the_same_rules(rules: list[tuple[str, ...]], rows: list[tuple[Any, ...]], hit: str) -> None:
    logic = table(["a", "b", "c", "d"], ["x"], [(list(rule), [str(at)]) for at, rule in enumerate(rules)], hit)
    indexed = read(decision("d", logic)).decisions["d"]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tables, "WORTH_IT", 10_000)
        tried = read(decision("d", logic)).decisions["d"]
    for a, b, c, d in rows:
        names = {"a": a, "b": b, "c": c, "d": d, "grænse": 4}
        assert indexed.evaluate(names).matched_rules == tried.evaluate(names).matched_rules
