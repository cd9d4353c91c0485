"""Whatever is refused comes back on the page it was sent from: it says why at the form, and nothing typed is lost."""

from __future__ import annotations

from io import BytesIO

import lxml.html
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.usecases import instances, tasks
from tests.web.house import House, token

LONG = "Borgeren ringede selv og fortalte det hele fra begyndelsen."


def send(client: FlaskClient, address: str, **fields: object) -> TestResponse:
    return client.post(address, data={**fields, "_csrf": token(client)})


def at_field(answer: TestResponse, name: str) -> str:
    """What the page says is wrong with this field."""
    page = lxml.html.fromstring(answer.data)
    (wrong,) = page.xpath(f"//main//*[@name='{name}'][@aria-invalid='true']")
    said = wrong.get("aria-describedby").split()[-1]
    return str(page.get_element_by_id(said).text_content())


@pytest.mark.parametrize(
    ("role", "address", "field"),
    [
        ("men", "/sager/{number}/notat", "tekst"),
        ("enh", "/sager/{closed}/genaabn", "begrundelse"),
        ("enh", "/instanser/{instance}/suspender", "begrundelse"),
        ("enh", "/instanser/{instance}/annuller", "begrundelse"),
    ],
)
def test_an_empty_field_is_told_at_the_field(house: House, role: str, address: str, field: str) -> None:
    place = house.two.nord
    there = address.format(number=place.number, closed=place.closed, instance=place.instance)
    before = house.fingerprint()
    answer = send(house.client(role), there, **{field: "  "})
    assert answer.status_code == 400
    assert "Skriv" in at_field(answer, field)
    assert "Tilbage, og prøv igen" not in answer.text
    assert house.fingerprint() != before, "reading the case was logged"


def test_a_reason_for_what_is_no_longer_possible_can_be_copied(house: House) -> None:
    leader, place = house.client("enh"), house.two.nord
    person = house.world.person("lene.leder")
    instances.suspend(house.world.platform, person, place.instance, "Ferie")
    answer = send(leader, f"/instanser/{place.instance}/suspender", begrundelse=LONG)
    assert answer.status_code == 409
    page = lxml.html.fromstring(answer.data)
    assert page.xpath("//main//blockquote/text()") == [LONG]
    assert "allerede sat på hold" in page.xpath("string(//main)")
    reopened = send(leader, f"/sager/{place.number}/genaabn", begrundelse=LONG)
    assert reopened.status_code == 409
    assert LONG in lxml.html.fromstring(reopened.data).xpath("//main//blockquote/text()")


def test_a_refused_file_keeps_its_title(house: House) -> None:
    mentor, place = house.client("men"), house.two.nord
    for address in (f"/sager/{place.number}/dokumenter", f"/opgaver/{place.task}/bilag"):
        sent = {"slags": "bilag", "titel": "Brev fra udlejer", "fil": (BytesIO(b""), "brev.txt")}
        answer = send(mentor, address, **sent)
        assert answer.status_code == 400
        assert "tom" in at_field(answer, "fil")
        assert lxml.html.fromstring(answer.data).xpath("//input[@name='titel']/@value") == ["Brev fra udlejer"]


def test_buttons_that_come_too_late_say_so_on_the_page(house: House) -> None:
    mentor, place = house.client("men"), house.two.nord
    platform = house.world.platform
    gone = send(mentor, f"/sager/{place.number}/aktiviteter", aktivitet="findes_ikke")
    assert gone.headers["Location"] == f"/sager/{place.number}"
    assert "kan ikke startes nu" in mentor.get(gone.headers["Location"]).text
    task = place.task
    tasks.complete_with(platform, house.world.person("mona.mentor"), task, {"stabil_hverdag": "ja", "maal": "Nået"})
    for act in ("tag", "frigiv", "tildel"):
        late = send(mentor, f"/opgaver/{task}/{act}", til="max.mentor")
        assert late.status_code == 302
        assert "allerede løst" in mentor.get(late.headers["Location"]).text


def test_of_many_tasks_those_left_are_told_one_by_one(house: House) -> None:
    leader, place = house.client("enh"), house.two.nord
    chosen, came = [str(place.task), str(house.two.nord_bif.task)], "/opgaver?vis=enhed"
    answer = send(leader, "/opgaver/tildel", opgave=chosen, til="viggo.visitator", tilbage=came)
    assert answer.status_code == 200
    page = lxml.html.fromstring(answer.data)
    hers, theirs = (" ".join(line.text_content().split()) for line in page.xpath("//div[@role='alert']//li"))
    assert hers.endswith(f"(Sag {place.number}): Viggo Test Dahl har ikke den rolle, som opgaven kræver.")
    assert "tildelt en anden" in theirs
    assert "Bekræft" not in theirs, "it is not hers to know of"
    assert "er tildelt." not in answer.text
    assert page.xpath("//nav[@aria-label='Hvilke opgaver']//a[@aria-current]/@href")[0].startswith(came)
