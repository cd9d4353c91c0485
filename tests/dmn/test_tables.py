"""Decision tables: hit policies, defaults, allowed values, dates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from service.dmn import DecisionFailed

from .files import decide, decision, evaluated, read, table

ALDER = [(["< 18"], ['"barn"']), (["[18..65)"], ['"voksen"']), ([">= 65"], ['"pensionist"'])]
OVERLAP = [
    (["> 10"], ['"b"', "1"]),
    (["> 5"], ['"a"', "2"]),
    (["> 0"], ['"b"', "3"]),
]


def two_columns(hit: str, **more: Any) -> str:
    return table(["n"], ["navn", "tal"], OVERLAP, hit, **more)


def one_column(hit: str, **more: Any) -> str:
    return table(["n"], ["tal"], [([condition[0]], [results[1]]) for condition, results in OVERLAP], hit, **more)


def test_unique_gives_the_one_that_matches_and_says_which() -> None:
    result = evaluated(table(["alder"], ["gruppe"], ALDER), {"alder": 40})
    assert (result.value, result.matched_rules, result.warnings) == ("voksen", ("r2",), ())


def test_unique_refuses_two() -> None:
    with pytest.raises(DecisionFailed, match="r1, r2, r3") as caught:
        decide(two_columns("UNIQUE"), {"n": 11})
    assert caught.value.decision_id == "d"
    assert "kun én regel" in caught.value.reason_da


def test_first_gives_the_first() -> None:
    assert decide(two_columns("FIRST"), {"n": 7}) == {"navn": "a", "tal": 2}
    assert evaluated(one_column("FIRST"), {"n": 11}).matched_rules == ("r1",)


def test_any_agrees_or_fails() -> None:
    same = table(["n"], ["x"], [(["> 1"], ["5"]), (["> 2"], ["5.0"])], "ANY")
    assert decide(same, {"n": 3}) == 5
    with pytest.raises(DecisionFailed, match="ANY"):
        decide(one_column("ANY"), {"n": 11})


def test_priority_follows_the_output_values_column_by_column() -> None:
    order = {0: '"a", "b"', 1: "3, 2, 1"}
    assert decide(two_columns("PRIORITY", output_values=order), {"n": 11}) == {"navn": "a", "tal": 2}
    assert decide(two_columns("PRIORITY", output_values={0: '"b", "a"', 1: "3, 2, 1"}), {"n": 11}) == {
        "navn": "b",
        "tal": 3,
    }


def test_output_order_sorts_by_the_output_values() -> None:
    assert decide(one_column("OUTPUT ORDER", output_values={0: "2, 3, 1"}), {"n": 11}) == [2, 3, 1]


def test_rule_order_and_collect_give_all() -> None:
    assert decide(one_column("RULE ORDER"), {"n": 11}) == [1, 2, 3]
    assert decide(one_column("COLLECT"), {"n": 7}) == [2, 3]
    assert decide(two_columns("COLLECT"), {"n": 3}) == [{"navn": "b", "tal": 3}]


@pytest.mark.parametrize(("aggregation", "expected"), [("SUM", 6), ("MIN", 1), ("MAX", 3), ("COUNT", 3)])
def test_collect_with_an_aggregator(aggregation: str, expected: int) -> None:
    assert decide(one_column("COLLECT", aggregation=aggregation), {"n": 11}) == expected


def test_sum_needs_numbers() -> None:
    with pytest.raises(DecisionFailed, match="SUM"):
        decide(table(["n"], ["x"], [(["-"], ['"a"'])], "COLLECT", aggregation="SUM"), {"n": 1})


@pytest.mark.parametrize("hit", ["UNIQUE", "FIRST", "ANY", "PRIORITY", "RULE ORDER", "OUTPUT ORDER", "COLLECT"])
def test_no_match_is_null(hit: str) -> None:
    result = evaluated(one_column(hit), {"n": 0})
    assert (result.value, result.matched_rules) == (None, ())


def test_no_match_counts_none() -> None:
    assert decide(one_column("COLLECT", aggregation="COUNT"), {"n": 0}) == 0
    assert decide(one_column("COLLECT", aggregation="SUM"), {"n": 0}) is None


def test_defaults_stand_in_where_nothing_matches() -> None:
    assert decide(one_column("UNIQUE", defaults={0: "9"}), {"n": 0}) == 9
    assert decide(two_columns("FIRST", defaults={0: '"z"'}), {"n": 0}) == {"navn": "z", "tal": None}
    assert decide(one_column("COLLECT", defaults={0: "9"}), {"n": 0}) == [9]
    assert decide(one_column("COLLECT", defaults={0: "9"}), {"n": 1}) == [3]


def test_an_empty_cell_is_any_value() -> None:
    assert decide(table(["n", "m"], ["x"], [(["", "-"], ["1"])]), {"n": None}) == 1


def test_a_null_input_fits_no_comparison() -> None:
    assert decide(table(["n"], ["x"], [(["< 5"], ["1"]), ([">= 5"], ["2"]), (["null"], ["3"])]), {}) == 3


def test_input_values_are_held() -> None:
    checked = table(["n"], ["x"], [(["-"], ["1"])], input_values={0: '"a", "b"'})
    assert decide(checked, {"n": "a"}) == 1
    assert decide(checked, {"n": None}) == 1
    with pytest.raises(DecisionFailed, match="input values of 'n'"):
        decide(checked, {"n": "c"})


def test_output_values_and_types_are_held() -> None:
    with pytest.raises(DecisionFailed, match="output values"):
        decide(table(["n"], ["x"], [(["-"], ["7"])], output_values={0: "1, 2"}), {})
    with pytest.raises(DecisionFailed, match="is no number"):
        decide(table(["n"], ["x"], [(["-"], ['"a"'])], types={0: "number"}), {})


def test_cells_may_compute() -> None:
    computed = table(["count(xs)", "n * 2"], ["x"], [(["> grænse", "? = 4 or ? > 8"], ["sum(xs) + n"])], "FIRST")
    assert decide(computed, {"xs": [1, 2, 3], "n": 2, "grænse": 2}) == 8


def test_a_table_without_inputs_always_matches() -> None:
    assert decide(table([], ["x"], [([], ["1"])], "FIRST")) == 1


RULES_BY_DATE = [
    (['[date("2014-04-01")..date("2019-12-31")]', "-"], ["14", '"lab-2014"', 'duration("P6M")']),
    (['>= date("2020-01-01")', '"um"'], ["10", '"lab-2020"', 'duration("P26W")']),
    (['>= date("2020-01-01")', 'not("um")'], ["12", '"lab-2020"', 'duration("P182D")']),
]


def test_rule_parameters_by_date_give_a_context() -> None:
    by_date = table(["date(dato)", "kode"], ["frist", "lov", "periode"], RULES_BY_DATE)
    assert decide(by_date, {"dato": "2015-06-01", "kode": "x"})["frist"] == 14
    assert decide(by_date, {"dato": "2019-12-31", "kode": "x"})["lov"] == "lab-2014"
    assert decide(by_date, {"dato": "2020-01-01", "kode": "um"})["frist"] == 10
    assert decide(by_date, {"dato": "2013-01-01", "kode": "um"}) is None


def test_months_count_from_a_date_as_calendars_do() -> None:
    latest = table(["dato"], ["slut"], [(["-"], ['date(dato) + duration("P6M")'])])
    assert str(decide(latest, {"dato": "2014-08-31"})) == "2015-02-28"


def test_numbers_stay_exact() -> None:
    assert decide(table(["n"], ["x"], [(["0.3"], ["n / 3"])]), {"n": 0.3}) == Decimal("0.1")


def test_many_rules_find_the_same_as_few() -> None:
    rules = [([f"[{10 * i}..{10 * i + 10})", f'"{i % 7}"'], [str(i)]) for i in range(300)]
    model = read(decision("d", table(["n", "kode"], ["x"], rules)))
    for n in range(0, 3000, 37):
        found = model.decisions["d"].evaluate({"n": n, "kode": str(n // 10 % 7)})
        assert found.value == n // 10
        assert found.matched_rules == (f"r{n // 10 + 1}",)
        assert model.decisions["d"].evaluate({"n": n, "kode": "9"}).value is None
