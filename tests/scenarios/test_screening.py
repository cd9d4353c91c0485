"""Who the screening form of outreach casework says is in the target group, by the examples of its specification."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from service.config import ROOT
from service.dmn import read_decisions
from service.feel import Environment

FOLDER = ROOT / "processes" / "fremskudt"
HERE = Environment(datetime(2026, 3, 2, 9, tzinfo=UTC))
SET = {
    "screening_graenser": "fastsat",
    "screening_gruppe1_min": 18,
    "screening_gruppe1_max": 29,
    "screening_gruppe2_min": 30,
    "screening_gruppe2_max": 64,
}


def decide(name: str, values: dict[str, Any]) -> Any:
    return read_decisions((FOLDER / f"{name}.dmn").read_bytes(), name).decisions[name].evaluate(values, HERE).value


def group(age: int | None, category_1: set[str], category_2: set[str], rules: dict[str, Any] = SET) -> str:
    """The outcome for criteria as they stand on the form: category 2 counts by theme, its first letter."""
    themes = {criterion[0] for criterion in category_2}
    values = {"alder": age, "antal_kategori1": len(category_1), "antal_temaer": len(themes), "regel": rules}
    return str(decide("bd_screening_fremskudt", values)["udfald"])


@pytest.mark.parametrize(
    ("age", "category_1", "category_2", "expected"),
    [
        (20, set(), {"b2", "d5"}, "gruppe1"),
        (20, set(), {"b2", "b3"}, "nej"),
        (20, set(), {"b2", "b3", "d5"}, "gruppe1"),
        (45, {"k1_2"}, {"a2", "c1"}, "gruppe2"),
        (45, {"k1_2"}, {"a2"}, "nej"),
        (45, set(), {"a1", "c1"}, "nej"),
        (29, set(), {"a1", "c1"}, "gruppe1"),
        (17, {"k1_2"}, {"a2", "c1"}, "nej"),
        (65, {"k1_2"}, {"a2", "c1"}, "nej"),
        (None, {"k1_2"}, {"a2", "c1"}, "nej"),
    ],
)
def test_the_form_by_example(age: int | None, category_1: set[str], category_2: set[str], expected: str) -> None:
    assert group(age, category_1, category_2) == expected


def test_limits_ship_unset_and_the_form_cannot_decide() -> None:
    rules = decide("regelsaet_fs", {"beslutningsdato": "2026-03-02"})
    assert rules["screening_graenser"] == "mangler"
    assert rules["screening_gruppe1_min"] is None
    assert group(20, set(), {"b2", "d5"}, rules) == "aldersgraenser_mangler"


@pytest.mark.parametrize(
    ("difficulties", "case", "contact", "expected"),
    [
        ("nej", "nej", "nej", "ordinaer"),
        ("nej", "ukendt", "ukendt", "ordinaer"),
        ("ja", "nej", "nej", "videregiv"),
        ("ja", "ukendt", "ukendt", "videregiv"),
        ("ja", "ja", "nej", "videregiv"),
        ("ja", "ja", "ukendt", "videregiv"),
        ("ja", "ja", "ja", "ordinaer"),
    ],
)
def test_passing_on(difficulties: str, case: str, contact: str, expected: str) -> None:
    values = {"vanskeligheder": difficulties, "har_sag": case, "har_kontakt": contact}
    assert decide("bd_videregivelse", values)["udfald"] == expected


@pytest.mark.parametrize(
    ("last", "result", "visits", "expected"),
    [
        (None, None, 0, "kontakt"),
        ("kontakt", "intet", 0, "brev"),
        ("kontakt", "aftale", 0, "besoeg"),
        ("besoeg", "intet", 1, "telefon"),
        ("telefon", "intet", 1, "samarbejdspart"),
        ("samarbejdspart", "intet", 1, "nyt_besoeg"),
        ("nyt_besoeg", "intet", 2, "yderligere"),
        ("besoeg", "kontakt", 0, "moede"),
        ("besoeg", "frabedt", 1, "samraad"),
    ],
)
def test_the_next_step_towards_contact(last: str | None, result: str | None, visits: int, expected: str) -> None:
    values = {
        "seneste_skridt": last,
        "resultat": result,
        "antal_besoeg": visits,
        "regel": {"besoeg_foer_vurdering": 2},
    }
    assert decide("bd_kontakt_naeste", values)["skridt"] == expected
