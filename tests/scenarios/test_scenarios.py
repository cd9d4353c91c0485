"""The procedures' own scenarios, and the table of requirements they prove."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from service.config import ROOT
from service.domain.errors import BadInput
from service.testing import Outcome, World, load_scenarios, run_scenario, trace
from service.testing.plans import read_plans
from service.testing.scenarios import DEPLOYED_AT, Scenario

SCENARIOS = load_scenarios(ROOT)
MOST_EXCUSED = 12
"""How many requirements of the discharge mentor's procedure (UM, RET) may be beyond a machine."""


@pytest.fixture(scope="module")
def prepared() -> Iterator[World]:
    with World(DEPLOYED_AT) as world:
        world.deploy_folder(ROOT)
        yield world


@pytest.fixture(scope="module")
def outcomes(prepared: World) -> list[Outcome]:
    return [run_scenario(scenario, prepared) for scenario in SCENARIOS]


@pytest.mark.parametrize("number", range(len(SCENARIOS)), ids=[s.ref for s in SCENARIOS])
def test_the_scenario_holds(number: int, outcomes: list[Outcome]) -> None:
    assert outcomes[number].failures == []


def test_every_requirement_is_proven_or_excused_with_a_reason(outcomes: list[Outcome]) -> None:
    table = trace(ROOT, outcomes)
    assert [id_ for id_, row in table.items() if not row["scenarios"] and not row["reason"]] == []
    excused = [id_ for id_, row in table.items() if not row["scenarios"] and id_.startswith(("UM-", "RET-"))]
    assert len(excused) <= MOST_EXCUSED


def test_the_table_lists_every_requirement_of_the_procedure() -> None:
    sections = {"UM-1": 10, "UM-2": 9, "UM-3": 11, "UM-4": 6, "UM-5": 7}
    wanted = {f"{section}.{n}" for section, count in sections.items() for n in range(1, count + 1)}
    wanted |= {f"RET-{n}" for n in range(1, 18)}
    wanted |= {f"ST-{n}" for n in range(1, 9)}
    outreach = (4, 5, 5, 10, 2, 8, 2, 6, 4, 8, 7, 4, 1, 5)
    wanted |= {f"FS-{step}.{n}" for step, count in enumerate(outreach, 1) for n in range(1, count + 1)}
    assert wanted <= trace(ROOT, []).keys()


def test_an_assertion_that_fails_proves_nothing(prepared: World) -> None:
    step = {"så": {"krav": ["UM-1.1"], "status": "Findes ikke"}}
    first = SCENARIOS[0].steps[0]
    outcome = run_scenario(Scenario("x#y", "y", SCENARIOS[0].given, (first, step)), prepared)
    assert outcome.failures
    assert outcome.proven == set()


def test_a_refused_act_fails_the_scenario_unless_it_says_so(prepared: World) -> None:
    refused = {"når": {"fuldfør": "findes_ikke", "som": "vera.visitator"}}
    outcome = run_scenario(Scenario("x#y", "y", SCENARIOS[0].given, (refused,)), prepared)
    assert "findes_ikke" in outcome.failures[0]


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"når": {"spol": "P3D"}}, "frem: P3D"),
        ({"når": {"spol": {"frem": "P3D", "til": "2026-01-01"}}}, "frem: P3D"),
        ({"når": {"spol": {"frem": "tre dage"}}}, "varighed"),
        ({"når": {"spol": {"frem": 3}}}, "varighed"),
        ({"når": {"spol": {"til": "i morgen"}}}, "tidspunkt"),
        ({"når": {"spol": {"til": "2001-01-01"}}}, "tilbage"),
        ({"når": None}, "skriv en handling"),
        ({"når": ["fuldfør"]}, "skriv en handling"),
        ({"når": {"fuldfør": None, "som": "mona.mentor"}}, "fuldfør"),
        ({"når": {"fuldfør": "ut_x", "som": ["mona.mentor"]}}, "fuldfør, som"),
        ({"når": {"fuldfør": "ut_x", "som": "mona.mentor", "med": ["a"]}}, "fuldfør, med"),
        ({"når": {"fuldfør": "ut_x", "som": "mona.mentor", "forudfyldt": "nej"}}, "true eller false"),
        ({"når": {"fuldfør": "ut_x", "hvem": "mona.mentor"}}, "ukendt hvem"),
        ({"når": {"tildel": "ut_x", "som": "mona.mentor"}}, "tildel, til"),
        ({"når": {"besked": "msg_x", "levetid": 3}}, "besked, levetid"),
        ({"når": {"jobfejl": "sikker-post", "gange": "to"}}, "helt tal"),
        ({"når": {"kalender": "x"}}, "kalender"),
        ({"når": {"regel": "parametre_um", "som": "petra.procesejer"}}, "regel, parameter"),
        ({"når": {"register": "afdelinger", "gyldig_fra": "snart"}}, "en dato"),
        ({"så": ["status"]}, "navne med værdier"),
        ({"så": {"status": "X", "krav": {"UM-1.1": 1}}}, "krav"),
        ({"så": {"åbne": 3}}, "liste af navne"),
        ({"så": {"frister": ["a"]}}, "et tidspunkt"),
        ({"så": {"frister": {"a": "snart"}}}, "et tidspunkt"),
        ({"så": {"gruppe": "x"}}, "gruppe"),
        ({"så": {"sendt": {"emne": "x"}}}, "en liste"),
        ({"så": {"ikke_sendt": False}}, "true eller"),
        ({"så": {"skemaer": {"f": "x"}}}, "et antal"),
        ({"så": {"notitser": [{"tekst": "x"}]}}, "til: mona.holm"),
        ({"så": {"oversprungne_dage": {"a": ["2014-12-25"]}}}, "juledag"),
        ({"så": {"filer": [{"art": "rapport"}]}}, "endelse"),
        ({"så": {"register": {"afdelinger": "p1"}}}, "rækker"),
        ({"så": {"afvist": "nej"}}, "tekster"),
        ({"så": {"kan_starte": ["mona.mentor"]}}, "kan_starte"),
        ({"så": {"kontakter": "to"}}, "helt tal"),
    ],
)
def test_a_step_of_the_wrong_shape_says_how_to_write_it(step: dict[str, object], told: str, prepared: World) -> None:
    outcome = run_scenario(Scenario("x#y", "y", {}, (step, step)), prepared)
    assert len(outcome.failures) == 1
    assert told in outcome.failures[0]
    assert outcome.proven == set()


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ("givet: [tid]", "navne med værdier"),
        ("givet: {tid: engang}", "tidspunkt"),
        ("givet: {proces: x}", "ukendt proces"),
        ("givet: {sag: {enhed: nord}}", "sagens type"),
        ("trin: {når: {spol: {frem: P1D}}}", "trin"),
        ("trin: [når]", "skriv enten"),
    ],
)
def test_a_scenario_of_the_wrong_shape_names_file_and_fault(entry: str, told: str, tmp_path: Path) -> None:
    text = f"- navn: Prøve\n  {entry}\n"
    file = tmp_path / "a.yaml"
    file.write_text(text if "trin" in entry else f"{text}  trin: [så: {{status: X}}]\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_scenarios(tmp_path, [file])
    assert "a.yaml" in str(caught.value)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "text", ["vej: x", "vej: [{navn: a}]\nforløb: [{til: a, dage_siden: 1}]", "forløb: [{til: a}]"]
)
def test_a_plan_of_the_wrong_shape_names_the_file(text: str, tmp_path: Path) -> None:
    file = tmp_path / "demo.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read_plans(file, date(2026, 11, 30))
    assert "demo.yaml" in str(caught.value)
