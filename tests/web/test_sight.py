"""What pages show to whom: every link that a role can follow is followed, and what stands there is looked through."""

from __future__ import annotations

import re
from collections import deque

import lxml.html
import pytest
from werkzeug.test import TestResponse

from tests.web.house import ROLES, House, token
from tests.web.two_units import SECRETS

NORD = {"Bo Test Lind", "Tove Test Gran"}
SYD = {"Karin Test Holt", "Ove Test Fjord", "Aksel Test Dam"}
INTAKE = {"Jens Test Myre", "Lis Test Bro", "Mia Test Eng"}
MAY_MEET = {
    "vis": INTAKE,
    "men": NORD,
    "kol": {"Bo Test Lind"},  # a task of his case is offered to her group
    "enh": NORD,
    "bif": {"Bo Test Lind"},
    "led": NORD,
}
"""Role → the citizens whose names it may find on pages; roles that are not named find nobody."""
CPR = re.compile(r"\b\d{6}-?\d{4}\b")
MOST_PAGES = 800
PACKED = (".pdf", "?hent=1")
"""Ends of addresses that give a page once more, as a file: the page itself is walked."""


def followed(house: House, role: str) -> dict[str, TestResponse]:
    """Every page (files left out) that the role reaches by links from where she begins, and those that tell of a case by its address."""
    client, seen, left = house.client(role), dict[str, TestResponse](), deque(_beginnings(house, role))
    while left and len(seen) < MOST_PAGES:
        address = left.popleft().split("#")[0]
        if address in seen or address.startswith("/static/") or address.endswith(PACKED):
            continue
        seen[address] = client.get(address)
        if seen[address].status_code in (301, 302, 303):
            left.append(seen[address].headers["Location"])
        elif seen[address].mimetype == "text/html":
            left += [link for link in _links(seen[address]) if link.startswith("/")]
    assert len(seen) < MOST_PAGES
    return {address: page for address, page in seen.items() if page.mimetype == "text/html"}


def _beginnings(house: House, role: str) -> list[str]:
    place = house.place(role, own=True)
    return [
        *("/", "/opgaver", "/opgaver?vis=enhed", "/sager", "/sager?vis=alle", "/instanser?vis=alle", "/haendelser"),
        *("/procedurer", "/notitser", "/hjaelp", f"/sager/{place.number}", f"/opgaver/{place.task}"),
        *(f"/opgaver/{place.free}", f"/instanser/{place.instance}", f"/sager/{place.number}/adgang"),
    ]


def _links(page: TestResponse) -> list[str]:
    tree = lxml.html.fromstring(page.data)
    return [str(found) for found in tree.xpath("//a/@href")]


def _addresses(page: TestResponse) -> list[str]:
    tree = lxml.html.fromstring(page.data)
    return [str(found) for found in tree.xpath("//@href | //@action | //@src")]


@pytest.mark.parametrize("role", ROLES)
def test_nobody_finds_citizens_who_are_not_hers(house: House, role: str) -> None:
    strangers = (NORD | SYD | INTAKE) - MAY_MEET.get(role, set())
    pages = followed(house, role)
    found = {(address, name) for address, page in pages.items() for name in strangers if name in page.text}
    assert found == set()
    if role in MAY_MEET:
        assert all(any(name in page.text for page in pages.values()) for name in MAY_MEET[role])


@pytest.mark.parametrize("role", ROLES)
def test_cpr_numbers_stand_in_no_address_and_on_no_page_of_roles_without_cases(house: House, role: str) -> None:
    pages = followed(house, role)
    assert [
        a for page in pages.values() for a in (*_addresses(page), page.headers.get("Location", "")) if CPR.search(a)
    ] == []
    if role not in MAY_MEET:
        own = {address for address in pages if address.startswith("/hjaelp")}  # examples of expressions
        assert [address for address in pages.keys() - own if CPR.search(pages[address].text)] == []


def test_no_log_line_tells_of_a_citizen(
    house: House, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level("DEBUG")
    mentor = house.client("men")
    followed(house, "men")
    mentor.post("/sager", data={"q": house.two.nord.cpr, "_csrf": token(mentor)})
    told = caplog.text + "".join(capsys.readouterr())
    assert not any(word in told for word in (*NORD, house.two.nord.cpr, *SECRETS.values()))


def test_bif_sees_the_agreement_and_the_dates_and_nothing_else_of_the_case(house: House) -> None:
    pages = followed(house, "bif")
    place = house.two.nord_bif
    case = pages[f"/sager/{place.number}"]
    assert case.status_code == pages[f"/opgaver/{place.free}"].status_code == 200
    assert f"/sager/{place.number}/skemaer/um-mentoraftale/1" in pages
    assert "Frister" in case.text
    shown = {(address, word) for address, page in pages.items() for word in SECRETS.values() if word in page.text}
    own = (f"/sager/{place.number}", f"/sager/{place.number}/skemaer/um-mentoraftale/1")  # both hold her address
    assert shown - {(address, SECRETS["adresse"]) for address in own} == set()
    mentor = house.client("men").get(f"/sager/{place.number}").text
    assert all(SECRETS[part] in mentor for part in ("journal", "kontakt"))
    assert "/skemaer/um-forloebsplan/" not in case.text
    assert house.client("bif").get(f"/sager/{place.number}/skemaer/um-forloebsplan/1").status_code == 403


def test_an_operator_sees_the_diagram_but_no_case(house: House) -> None:
    place = house.two.nord
    page = house.client("dri").get(f"/instanser/{place.instance}")
    assert page.status_code == 200
    assert place.number not in page.text
    assert place.number not in house.client("dri").get("/instanser?vis=alle").text
    assert place.number in house.client("enh").get("/instanser?vis=alle").text


READINGS = {
    "opgave": ("/opgaver/{task}", "opgave ut_maal_opnaaet"),
    "sag": ("/sager/{number}", "sag"),
    "dokument": ("/dokumenter/{document}", "dokument mentoraftale"),
    "skema": ("/sager/{number}/skemaer/{form_id}/1", "skema um-mentoraftale"),
    "haendelse": ("/sager/{number}/haendelser/msg_udskrevet", "hændelse msg_udskrevet"),
    "instans": ("/instanser/{instance}", "instans"),
}


@pytest.mark.parametrize("thing", READINGS)
def test_every_reading_of_a_citizen_leaves_a_line(house: House, thing: str) -> None:
    address, what = READINGS[thing]
    place = house.two.nord
    fields = {name: getattr(place, name) for name in ("task", "number", "document", "form_id", "instance")}
    before = len(house.access_rows())
    assert house.client("enh").get(address.format(**fields)).status_code == 200
    case = house.world.platform.read(lambda uow: uow.cases.by_number(place.number))
    assert case is not None
    assert case.citizen_key is not None
    assert house.access_rows()[before:] == [("lene.leder", what, case.key, case.citizen_key)]


def test_a_refused_reading_leaves_none(house: House) -> None:
    before = house.access_rows()
    assert house.client("enh").get(f"/sager/{house.two.syd.number}").status_code == 403
    assert house.access_rows() == before


def test_a_slip_when_asking_to_open_a_case_keeps_what_was_typed(house: House) -> None:
    auditor = house.client("rev")
    answer = auditor.post(
        "/noedadgang", data={"sag": "UM-1999-00001", "begrundelse": "Stikprøve.", "_csrf": token(auditor)}
    )
    assert answer.status_code == 404
    page = lxml.html.fromstring(answer.data)
    [number] = page.xpath("//input[@name='sag'][@aria-invalid]")
    assert number.get("value") == "UM-1999-00001"
    assert "ingen sag" in page.get_element_by_id(number.get("aria-describedby")).text_content()
    assert page.xpath("string(//textarea[@name='begrundelse'])") == "Stikprøve."


def test_assigning_nothing_asks_for_tasks_and_a_colleague(house: House) -> None:
    leader = house.client("led")
    answer = leader.post("/opgaver/tildel", data={"til": "", "_csrf": token(leader)}, follow_redirects=True)
    assert "vælg en kollega" in answer.text
    assert "0 opgaver" not in answer.text


def test_an_address_with_an_unknown_view_shows_the_usual_one(house: House) -> None:
    leader = house.client("led")
    for address in ("/sager?vis=xx&orden=yy", "/instanser?vis=xx", "/opgaver?vis=xx&frist=yy"):
        assert leader.get(address).status_code == 200


def test_what_was_sent_in_vain_has_a_way_back(house: House) -> None:
    mentor, case = house.client("men"), f"/sager/{house.two.nord.number}"
    typed = {"hvad": "Borgeren ringede og sagde, at hun er flyttet.", "kort": "ja", "_csrf": token(mentor)}
    for came, back in ((f"http://localhost{case}", [case]), ("https://elsewhere.test/x", [])):
        answer = mentor.post(f"{case}/haendelser/msg_findes_ikke", data=typed, headers={"Referer": came})
        assert answer.status_code == 404
        page = lxml.html.fromstring(answer.data)
        assert page.xpath("//main//blockquote/text()") == [typed["hvad"]], "what was written can be copied"
        assert page.xpath("//main//a[contains(., 'prøv igen')]/@href") == back
