"""Decision tables against the standard: every hit policy and aggregation, cells, defaults, allowed values."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import pytest

from service.dmn import DecisionFailed, DmnRefused
from service.feel import write

from .files import decide, table

FAILS = "fails"
LEVELS = {0: '"high","mid","low"'}
ONE = [("-", "1")]
SPLIT = [("< 5", '"lo"'), (">= 5", '"hi"')]
BOTH = [("< 5", "1"), ("< 6", "2")]
AGREED = [("< 5", "1"), ("< 6", "1.0")]
RISKS = [("-", '"low"'), ("> 1", '"high"'), ("> 2", '"mid"')]
SUMS = [("-", "10"), ("-", "20"), ("> 5", "10")]
PAIRS = [("-", '"b"', "1"), ("-", '"a"', "2"), ("-", '"a"', "1")]
NULLS = [("-", "10"), ("-", "null")]

CASES: list[tuple[str, Any, list[tuple[str, ...]], dict[str, Any]]] = [
    # hit policy and what else the table says, input, rules, expected
    ("lo", 1, SPLIT, {}),
    ("hi", 5, SPLIT, {}),
    ("null", None, SPLIT, {}),
    ("null", "x", SPLIT, {}),
    ("def", None, SPLIT, {"defaults": {0: '"def"'}}),
    (FAILS, 3, BOTH, {}),
    ("1", None, ONE, {}),
    ("1", None, [("", "1")], {}),
    ("1", 1, AGREED, {"hit": "ANY"}),
    (FAILS, 1, BOTH, {"hit": "ANY"}),
    ("null", 1, [("< 5", "null"), ("< 6", "null")], {"hit": "ANY"}),
    ("{p: 1, q: 2}", 1, [("< 5", "1", "2"), ("< 6", "1", "2")], {"hit": "ANY"}),
    (FAILS, 1, [("< 5", "1", "2"), ("< 6", "1", "3")], {"hit": "ANY"}),
    ("high", 3, RISKS, {"hit": "PRIORITY", "output_values": LEVELS}),
    ("low", 0, RISKS, {"hit": "PRIORITY", "output_values": LEVELS}),
    ("null", 0, RISKS[1:], {"hit": "PRIORITY", "output_values": LEVELS}),
    ("low", 0, RISKS[1:], {"hit": "PRIORITY", "output_values": LEVELS, "defaults": {0: '"low"'}}),
    ("10", 0, [("-", "1"), ("-", "10")], {"hit": "PRIORITY", "output_values": {0: "10, 5, 1"}}),
    ('{p: "a", q: 1}', 0, PAIRS, {"hit": "PRIORITY", "output_values": {0: '"a","b"', 1: "1,2"}}),
    ('{p: "a", q: 2}', 0, PAIRS, {"hit": "PRIORITY", "output_values": {0: '"a","b"'}}),
    ('{p: "b", q: 1}', 0, PAIRS, {"hit": "PRIORITY", "output_values": {1: "1,2"}}),
    ('["high", "mid", "low"]', 3, RISKS, {"hit": "OUTPUT ORDER", "output_values": LEVELS}),
    ('["low"]', 0, RISKS[1:], {"hit": "OUTPUT ORDER", "output_values": LEVELS, "defaults": {0: '"low"'}}),
    (
        '[{p: "a", q: 1}, {p: "a", q: 2}, {p: "b", q: 1}]',
        0,
        PAIRS,
        {"hit": "OUTPUT ORDER", "output_values": {0: '"a","b"', 1: "1,2"}},
    ),
    ("low", 3, RISKS, {"hit": "FIRST"}),
    ('["low", "high", "mid"]', 3, RISKS, {"hit": "RULE ORDER"}),
    ("null", 0, RISKS[1:], {"hit": "RULE ORDER"}),
    ('["d"]', 0, RISKS[1:], {"hit": "RULE ORDER", "defaults": {0: '"d"'}}),
    ('[{p: "b", q: 1}, {p: "a", q: 2}, {p: "a", q: 1}]', 0, PAIRS, {"hit": "RULE ORDER"}),
    ("[10, 20, 10]", 6, SUMS, {"hit": "COLLECT"}),
    ("[10]", 6, SUMS[:1], {"hit": "COLLECT"}),
    ("null", 0, SUMS[2:], {"hit": "COLLECT"}),
    ("40", 6, SUMS, {"hit": "COLLECT", "aggregation": "SUM"}),
    ("10", 6, SUMS, {"hit": "COLLECT", "aggregation": "MIN"}),
    ("20", 6, SUMS, {"hit": "COLLECT", "aggregation": "MAX"}),
    ("3", 6, SUMS, {"hit": "COLLECT", "aggregation": "COUNT"}),
    ("null", 0, SUMS[2:], {"hit": "COLLECT", "aggregation": "SUM"}),
    ("null", 0, SUMS[2:], {"hit": "COLLECT", "aggregation": "MIN"}),
    ("7", 0, SUMS[2:], {"hit": "COLLECT", "aggregation": "SUM", "defaults": {0: "7"}}),
    ("[10, null]", 6, NULLS, {"hit": "COLLECT"}),
    ("2", 6, NULLS, {"hit": "COLLECT", "aggregation": "COUNT"}),
    (FAILS, 6, NULLS, {"hit": "COLLECT", "aggregation": "SUM"}),
    (FAILS, 6, NULLS, {"hit": "COLLECT", "aggregation": "MAX"}),
    ("b", 6, [("-", '"a"'), ("-", '"b"')], {"hit": "COLLECT", "aggregation": "MAX"}),
    ("P3D", 6, [("-", '@"P1D"'), ("-", '@"P2D"')], {"hit": "COLLECT", "aggregation": "SUM"}),
    ("[{p: 1, q: 2}]", 6, [("-", "1", "2")], {"hit": "COLLECT"}),
    ("[[1, 2]]", 6, [("-", "[1, 2]")], {"hit": "COLLECT"}),
    ("{p: 1, q: 2}", 0, [("> 5", "3", "4")], {"defaults": {0: "1", 1: "2"}}),
    ("{p: 1, q: null}", 0, [("> 5", "3", "4")], {"defaults": {0: "1"}}),
    ("1", "x", [('"x"', "1")], {"input_values": {0: '"x","y"'}}),
    (FAILS, "z", ONE, {"input_values": {0: '"x","y"'}}),
    ("null", None, [('"x"', "1")], {"input_values": {0: '"x","y"'}}),
    (FAILS, 1, [("-", '"z"')], {"output_values": {0: '"x","y"'}}),
    ("1", 1, [("-", "[1]")], {"types": {0: "number"}}),
    (FAILS, 1, [("-", '"1"')], {"types": {0: "number"}}),
    # cells
    ("1", 3, [("b + 1", "1")], {}),
    ("1", 3, [("> b", "1")], {}),
    ("1", 3, [("[b..c]", "1")], {}),
    ("1", 3, [("list", "1")], {}),
    ("1", 3, [("? > b and ? < 5", "1")], {}),
    ("1", "abc", [('starts with(?, "a")', "1")], {}),
    ("1", "abc", [('not("x", "y")', "1")], {}),
    ("1", "abc", [('not(starts with(?, "x"))', "1")], {}),
    ("1", True, [("yes", "1")], {}),
    ("1", date(2020, 1, 1), [('< date("2020-02-01")', "1")], {}),
    ("1", None, [("null", "1")], {}),
    ("1", 2, [("not(null)", "1")], {}),
    ("1", [1, 2], [("[1, 2]", "1")], {}),
    ("1", [1, 2], [("list contains(?, 2)", "1")], {}),
    ("1", "-", [('"-"', "1")], {}),
    ("1", -1, [("-1", "1")], {}),
    ("1", 2, [("1,\r\n2", "1")], {}),
    ("6", 3, [("-", "a * 2")], {}),
    ("{k: 3}", 3, [("-", "{k: a}")], {}),
    # refused
    ("refused", 2, ONE, {"hit": "SOMETIMES"}),
    ("refused", 2, [(">", "1")], {}),
    ("refused", 2, [("-", "1", "2")], {"hit": "COLLECT", "aggregation": "SUM"}),
]
VARIABLES: Mapping[str, Any] = {"b": 2, "c": 4, "list": [2, 3], "yes": True}


def rules_as_table(rules: list[tuple[str, ...]], settings: Mapping[str, Any]) -> str:
    """A table of one condition and as many results as the rules have."""
    outputs = ["p", "q"][: len(rules[0]) - 1]
    return table(["a"], outputs, [([rule[0]], rule[1:]) for rule in rules], **settings)


@pytest.mark.parametrize(("expected", "given", "rules", "settings"), CASES)
def test_tables(expected: str, given: Any, rules: list[tuple[str, ...]], settings: dict[str, Any]) -> None:
    logic = rules_as_table(rules, settings)
    variables = {**VARIABLES, "a": given}
    if expected == FAILS:
        with pytest.raises(DecisionFailed):
            decide(logic, variables)
    elif expected == "refused":
        with pytest.raises(DmnRefused):
            decide(logic, variables)
    else:
        assert write(decide(logic, variables)) == expected
