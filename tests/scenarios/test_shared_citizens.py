"""Shared citizens beyond what a scenario can say: who sees what of the case, and feedback after the house stood still."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest

from service.config import ROOT
from service.domain.access import SYSTEM
from service.domain.errors import Forbidden
from service.testing import World, load_scenarios
from service.testing.acts import read_act
from service.testing.course import Course
from service.testing.scenarios import DEPLOYED_AT
from service.testing.shapes import instant
from service.usecases import cases, deployments
from service.usecases.bundle import Resource
from service.usecases.casepage import CasePage

PROCEDURE = ROOT / "processes" / "faelles-borger"
FEEDBACK = {
    "fuldfør": "ut_tilbagemelding",
    "med": {
        "dage_aftalt": 20,
        "dage_moedt": 18,
        "progression": "Godt",
        "anbefalinger": "Bliv ved",
        "problemer": "ingen",
        "klar_til_mere": "nej",
        "aendre_jobplan": "nej",
        "aendre_handleplan": "nej",
    },
}
UNTIL_IN_THE_OFFER = 6
"""Steps of a scenario until contact person and SOF have begun."""


@pytest.fixture(scope="module")
def prepared() -> Iterator[World]:
    with World(DEPLOYED_AT) as world:
        world.deploy_folder(ROOT)
        yield world


@pytest.fixture
def course(prepared: World) -> Iterator[Course]:
    """A citizen in an offer from 1 December 2026, with a social action plan."""
    scenario = load_scenarios(ROOT, [PROCEDURE / "scenarier" / "5-planaendring.yaml"])[0]
    with World(instant(scenario.given["tid"]), like=prepared) as world:
        world.let_clock_start("faelles-borger")
        course = Course(world, {})
        _do(course, [step["når"] for step in scenario.steps[:UNTIL_IN_THE_OFFER]])
        yield course


def _do(course: Course, acts: Sequence[Mapping[str, Any]]) -> None:
    for body in acts:
        read_act(body)(course)
        course.world.settle()


def _page(course: Course, username: str) -> CasePage:
    return cases.look(course.world.platform, course.world.person(username), course.case().number)


def _forms(course: Course, username: str) -> set[str]:
    return {record.form_id for record in _page(course, username).records}


def _tasks(course: Course) -> list[str]:
    return [task.element_id for task in course.open_tasks()]


@pytest.mark.parametrize(
    "username", ["lone.leverandoer", "karla.kontakt", "svend.sof", "janni.jobcenter", "ole.opmand"]
)
def test_those_who_have_nothing_to_do_with_the_citizen_see_nothing(course: Course, username: str) -> None:
    with pytest.raises(Forbidden):
        _page(course, username)


def test_each_party_sees_its_own_part(course: Course) -> None:
    _do(course, [{"spol": {"til": "2026-12-29T09:00"}}, {**FEEDBACK, "som": "kim.kontakt"}])
    seen = _page(course, "kim.kontakt")
    assert {r.form_id for r in seen.records} == {"fb-tilbud", "fb-tilbagemelding"}
    assert (seen.contacts, seen.notes, seen.dispatches, seen.documents) == ((), (), (), [])
    assert seen.citizen is not None
    assert seen.citizen.cpr is None
    assert {"fb-jobplan", "fb-sof-kvittering"} <= _forms(course, "sara.sof")
    assert _forms(course, "sara.sof").isdisjoint({"fb-jobsamtale", "fb-tilbagemelding", "fb-tilbud"})
    assert _page(course, "sara.sof").dispatches
    assert {"fb-jobsamtale", "fb-tilbagemelding"} <= _forms(course, "jesper.jobcenter")
    assert _page(course, "jens.teamleder").access.manage


def test_those_who_see_a_part_start_what_is_theirs_and_go_on_to_its_task(course: Course) -> None:
    started = {"kim.kontakt": "sp_fravaer", "sara.sof": "ut_sof_kontakt", "jonna.jobcenter": "ut_koordinering"}
    for username, element_id in started.items():
        page = _page(course, username)
        assert element_id in {activity.element_id for activity in page.activities}
        person = course.world.person(username)
        key = cases.start_activity(course.world.platform, person, page.case.number, element_id)
        assert key in {task.key for task in _page(course, username).tasks}
    assert "ut_afslut_tilbud" not in {activity.element_id for activity in _page(course, "kim.kontakt").activities}


def test_a_new_contact_person_does_not_see_the_former_ones_feedback(course: Course) -> None:
    _do(course, [{"spol": {"til": "2026-12-29T09:00"}}, {**FEEDBACK, "som": "kim.kontakt"}])
    _do(course, [{"aktivér": "ut_skift_tilbud", "som": "jonna.jobcenter"}])
    _do(course, [{"fuldfør": "ut_skift_tilbud", "som": "jonna.jobcenter", "med": {"kontaktperson": "karla"}}])
    assert _forms(course, "karla.kontakt") == {"fb-tilbud"}
    with pytest.raises(Forbidden):
        _page(course, "kim.kontakt")


def _disagree(course: Course) -> None:
    """Until the umpire has been asked."""
    change = {"plan": "job", "aarsag": "Træt", "forslag": "Ti timer"}
    proposal = {"indstilling": "aendres", "ejers_forslag": "Ti timer"}
    at_the_meeting = {"enig": "nej", "syn": "Nej"}
    _do(
        course,
        [
            {"aktivér": "ca_fb_planaendring", "som": "kim.kontakt"},
            {"fuldfør": "ut_anmeld_aendring", "som": "kim.kontakt", "med": change},
            {"fuldfør": "ut_behandl", "som": "jonna.jobcenter", "med": proposal},
            {"fuldfør": "ut_udtalelse", "som": "sara.sof", "med": {"enig": "nej", "udtalelse": "Nej"}},
            {"fuldfør": "ut_faellesmoede", "som": "jonna.jobcenter", "med": at_the_meeting},
            {"fuldfør": "ut_faellesmoede_2", "som": "sara.sof", "med": at_the_meeting},
        ],
    )


def test_the_umpire_sees_the_dispute_and_both_plans(course: Course) -> None:
    _disagree(course)
    assert _forms(course, "ole.opmand") == {"fb-jobplan", "fb-planaendring-udtalelse", "fb-planaendring-moede"}
    seen = _page(course, "ole.opmand")
    assert (seen.contacts, seen.notes, seen.dispatches) == ((), (), ())


def test_an_umpire_that_does_not_bind_leaves_it_to_the_owner_of_the_plan(course: Course) -> None:
    """Whether the umpire binds is a row of the rules; it holds for changes that begin after it was changed."""
    rules = (PROCEDURE / "regelsaet_fb.dmn").read_text(encoding="utf-8")
    name = '<text>"opmand_bindende"</text>'
    head, tail = rules.split(name)
    changed = Resource(
        "processes/faelles-borger/regelsaet_fb.dmn", f"{head}{name}{tail.replace('true', 'false', 1)}".encode()
    )
    deployments.deploy(course.world.platform, SYSTEM, [changed])
    _disagree(course)
    _do(course, [{"fuldfør": "ut_opmand", "som": "ole.opmand", "med": {"resultat": "aendres", "afgoerelse": "Ja"}}])
    assert _tasks(course) == ["ut_foelg_opmand"]
    stay = {"resultat": "uaendret", "begrundelse": "Behandlingen går forud"}
    _do(course, [{"fuldfør": "ut_foelg_opmand", "som": "jonna.jobcenter", "med": stay}])
    assert _tasks(course) == ["ut_planaendring_resultat"]


def test_a_house_that_stood_still_asks_for_feedback_once(course: Course) -> None:
    """Four beats pass while no node runs; the next comes at its own time."""
    course.world.clock.move_to(datetime(2027, 4, 1, 12, tzinfo=UTC))
    course.world.settle()
    assert _tasks(course).count("ut_tilbagemelding") == 1
    _do(course, [{**FEEDBACK, "som": "kim.kontakt"}, {"spol": {"til": "2027-04-20T07:59"}}])
    assert "ut_tilbagemelding" not in _tasks(course)
    _do(course, [{"spol": {"til": "2027-04-20T08:00"}}])
    assert _tasks(course).count("ut_tilbagemelding") == 1
