"""The desk: what a handler may ask, answered from a real store."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from service.domain.errors import DeploymentRefused
from service.domain.handling import HandlerRefused, HandlerResult
from service.usecases import jobs
from service.workers.desk import PlatformDesk
from tests.workers.house import House
from tests.workers.procedure import CPR, case_of, files, furnish, open_case, sending, submit

TEMPLATES = {
    "alt": (
        "{{ sag.nummer }}|{{ borger.navn }}|{{ borger.cpr|cpr }}|{{ enhed.navn }}|{{ medarbejder.navn }}"
        "|{{ skema.visitation.maal }}|{{ i_dag|dato }}|{{ felter.emne }}"
    ),
    "uden_felter": "{{ felter is mapping }}{% include 'fod' %}",
    "fod": "<footer>{{ enhed.telefon }}</footer>",
    "forkert": "{{ borger.alder }}",
}


@pytest.fixture
def instance(house: House) -> Iterator[int]:
    furnish(house)
    house.deploy(files(sending("forsøg"), **TEMPLATES))
    return open_case(house)


@pytest.fixture
def desk(house: House, instance: int) -> PlatformDesk:
    return PlatformDesk(house.platform, house.job(instance))


def test_the_case_is_told_with_its_people(desk: PlatformDesk, house: House, instance: int) -> None:
    submit(house, case_of(house, instance), "visitation", 1, maal="gammelt")
    submit(house, case_of(house, instance), "visitation", 2, maal="nyt")
    case = desk.case()
    assert case is not None
    assert (case.number, case.kind, case.kind_title, case.status) == ("P-2014-001", "proeve", "Prøvesag", "Oprettet")
    assert (case.unit, case.unit_name, case.unit_mailbox) == ("nord", "Enhed Nord", "nord@kommune.example")
    assert (case.worker, case.worker_name) == ("mona.mentor", "Mona Test Jensen")
    assert case.citizen["navn"] == "Karla Test Nielsen"
    assert case.records == {"visitation": {"maal": "nyt"}}


def test_without_a_case_there_is_none(desk: PlatformDesk, house: House, instance: int) -> None:
    assert PlatformDesk(house.platform, replace(house.job(instance), case_key=None)).case() is None


def test_a_case_is_found_by_its_number_with_whether_it_is_about_that_citizen(
    desk: PlatformDesk, house: House, instance: int
) -> None:
    found = desk.find_case(" p-2014-001 ", CPR)
    assert found == {
        **{"nummer": "P-2014-001", "sagstype": "proeve", "aaben": True},
        **{"afslutningsaarsag": None, "samme_borger": True},
    }
    told = [desk.find_case("P-2014-001", cpr) for cpr in (None, "3112999999")]
    assert [one["samme_borger"] if one else "none" for one in told] == [None, None]
    assert desk.find_case("P-2014-099", CPR) is None


def test_an_open_case_is_found_with_the_messages_it_waits_for(desk: PlatformDesk, house: House, instance: int) -> None:
    assert desk.find_open_case("proeve", CPR) == ("P-2014-001", [])
    assert desk.find_open_case("andet", CPR) is None
    assert desk.find_open_case("proeve", "3112999999") is None
    newer = open_case(house)
    for job in jobs.claim(house.platform, 5):
        if job.instance_key == newer:
            jobs.complete(house.platform, job, HandlerResult())
    assert desk.find_open_case("proeve", f"{CPR[:6]}-{CPR[6:]}") == ("P-2014-002", ["m1"])


def test_citizens_units_and_people_are_looked_up(desk: PlatformDesk) -> None:
    citizen = desk.find_citizen("010180-9999")
    assert citizen is not None
    assert (citizen["navn"], citizen["doed"]) == ("Karla Test Nielsen", None)
    assert desk.find_citizen("3112999999") is None
    unit = desk.unit("nord")
    assert unit is not None
    assert (unit["navn"], unit["sikker_postkasse"]) == ("Enhed Nord", "nord@kommune.example")
    assert desk.unit("vest") is None
    person = desk.person("mona.mentor")
    assert person is not None
    assert (person["navn"], person["mail"], person["titel"]) == ("Mona Test Jensen", "mona@kommune.example", "Mentor")
    assert desk.person("ingen") is None


def test_a_template_sees_the_case_and_its_surroundings(desk: PlatformDesk, house: House, instance: int) -> None:
    submit(house, case_of(house, instance), "visitation", 1, maal="ro & orden")
    assert desk.render("alt", {"felter": {"emne": "Tilbud"}}) == (
        "P-2014-001|Karla Test Nielsen|010180-9999|Enhed Nord|Mona Test Jensen|ro &amp; orden|1. september 2014|Tilbud"
    )
    assert desk.render("uden_felter", {}) == "ja<footer></footer>"


def test_a_template_that_cannot_be_filled_in_is_refused(desk: PlatformDesk) -> None:
    with pytest.raises(HandlerRefused, match="»forkert« kan ikke udfyldes: »alder« findes ikke; der er adresse, "):
        desk.render("forkert", {})
    with pytest.raises(HandlerRefused, match="»findes_ikke« findes ikke"):
        desk.render("findes_ikke", {})
    with pytest.raises(HandlerRefused, match="»visitation« findes ikke"):
        desk.render("alt", {})


def test_the_newest_template_is_used(desk: PlatformDesk, house: House) -> None:
    house.deploy({"processes/proeve/skabeloner/fod.html": b"<footer>Ny</footer>"})
    assert desk.render("uden_felter", {}) == "ja<footer>Ny</footer>"


def test_the_templates_of_the_cases_procedure_come_before_those_of_the_diagrams_own(house: House) -> None:
    furnish(house)
    house.deploy(files(sending("forsøg"), egen="sagens", faelles="sagens {% include 'fod' %}", fod="fod"))
    house.deploy(
        {f"processes/andre/skabeloner/{id_}.html": text for id_, text in {"faelles": b"andres", "kun": b"kun"}.items()}
    )
    job = replace(house.job(open_case(house)), folder="andre")
    desk = PlatformDesk(house.platform, job)
    assert [desk.render(id_, {}) for id_ in ("egen", "faelles", "kun")] == ["sagens", "sagens fod", "kun"]
    assert PlatformDesk(house.platform, replace(job, case_key=None)).render("faelles", {}) == "andres"


def test_a_broken_template_is_refused_at_deploy(house: House) -> None:
    with pytest.raises(DeploymentRefused, match=r"brev\.html:2: Skabelonen har en syntaksfejl"):
        house.deploy({"processes/proeve/skabeloner/brev.html": b"<p>\n{% endif %}"})
