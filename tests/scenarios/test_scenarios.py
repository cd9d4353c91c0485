"""The procedures' own scenarios, and the table of requirements they prove."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from service.config import ROOT
from service.testing import Outcome, World, load_scenarios, run_scenario, trace
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
