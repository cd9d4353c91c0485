"""Attaching a file and seeing it, forms on paper, and break-glass access, in a real browser at both sizes."""

from __future__ import annotations

import base64
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from service.domain.pdf import make_pdf
from tests.browser.conftest import DESK, PHONE, OpenPage, serving, violations
from tests.web.house import House, open_house

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with open_house() as found:
        yield found


@pytest.fixture(scope="module")
def address(house: House) -> Iterator[str]:
    with serving(house.app) as found:
        yield found


def enter(page: Page, house: House, address: str, role: str) -> Page:
    house.client(role)
    page.context.add_cookies([{"name": "forloeb", "value": house.cookies[role], "url": address}])
    return page


def sound(page: Page, width: int) -> None:
    page.wait_for_selector("html[data-ready]")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_a_picture_is_attached_shown_and_followed_by_a_new_version(
    open_page: OpenPage, house: House, address: str, size: dict[str, int]
) -> None:
    title = f"Foto {size['width']}"
    page = enter(open_page(size), house, address, "men")
    page.goto(f"{address}/sager/{house.place('men', True).number}/dokumenter")
    page.get_by_label("Fil", exact=True).set_input_files({"name": "f.png", "mimeType": "image/png", "buffer": PIXEL})
    page.get_by_label("Titel", exact=True).fill(title)
    page.get_by_role("button", name="Vedhæft").click()
    expect(page.get_by_role("status")).to_contain_text("version 1")
    sound(page, size["width"])
    page.get_by_label("Fil", exact=True).set_input_files({"name": "g.png", "mimeType": "image/png", "buffer": PIXEL})
    page.get_by_label("Ny version af").select_option(label=title)
    page.get_by_role("button", name="Vedhæft").click()
    expect(page.get_by_role("status")).to_contain_text("version 2")
    page.get_by_role("link", name=title, exact=True).click()
    shown = page.get_by_role("img", name=title)
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") == 1
    sound(page, size["width"])


def test_a_pdf_is_shown_in_its_frame(open_page: OpenPage, house: House, address: str) -> None:
    page = enter(open_page(), house, address, "men")
    page.goto(f"{address}/sager/{house.place('men', True).number}/dokumenter")
    content = make_pdf("<p>Et brev</p>", "Brev")
    page.get_by_label("Fil", exact=True).set_input_files(
        {"name": "brev.pdf", "mimeType": "application/pdf", "buffer": content}
    )
    page.get_by_label("Titel", exact=True).fill("Brev fra borgeren")
    page.get_by_role("button", name="Vedhæft").click()
    with page.expect_response(lambda answer: "application/pdf" in answer.headers.get("content-type", "")) as got:
        page.get_by_role("link", name="Brev fra borgeren", exact=True).click()
    assert got.value.status == 200
    expect(page.locator("iframe.preview")).to_be_visible()


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_forms_on_paper(open_page: OpenPage, house: House, address: str, size: dict[str, int]) -> None:
    place = house.place("men", True)
    page = enter(open_page(size), house, address, "men")
    for path in (
        f"/sager/{place.number}/skemaer/{place.form_id}/1",
        "/skemaer/um-forloebsplan",
        f"/opgaver/{place.task}/udskriv",
    ):
        page.goto(address + path)
        sound(page, size["width"])
        page.emulate_media(media="print")
        expect(page.locator(".paper")).to_be_visible()
        expect(page.locator(".menu")).to_be_hidden()
        page.emulate_media(media="screen")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_break_glass_access_asks_why_and_stays_in_sight(
    open_page: OpenPage, house: House, address: str, size: dict[str, int]
) -> None:
    place = house.place("men", True)
    page = enter(open_page(size), house, address, "kol")
    if size is DESK:
        page.goto(f"{address}/sager/{place.number}")
        expect(page.get_by_label("Sagsnummer eller CPR-nummer")).to_have_value(place.number)
        sound(page, size["width"])
        page.get_by_label("Hvorfor skal du se sagen?").fill("Borgeren står i skranken")
        page.get_by_role("button", name="Åbn sagen").click()
    page.goto(f"{address}/sager/{place.number}")
    expect(page.get_by_role("heading", name="Nødadgang")).to_be_visible()
    sound(page, size["width"])
    leader = enter(open_page(size), house, address, "enh")
    leader.goto(f"{address}/sager/{place.number}/adgang")
    expect(leader.get_by_text("Åben nu")).to_be_visible()
    sound(leader, size["width"])
