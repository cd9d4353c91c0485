"""The town's pages in a real browser, at both sizes: axe finds nothing, nothing overflows, the work can be done."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, OpenPage, serving, violations
from tests.web.test_pages import PAGES, address_in
from tests.web.town import PASSWORD, Town, open_town


@pytest.fixture(scope="module")
def town() -> Iterator[Town]:
    with open_town() as found:
        yield found


@pytest.fixture(scope="module")
def address(town: Town) -> Iterator[str]:
    with serving(town.app) as found:
        yield found


def enter(page: Page, address: str, username: str) -> Page:
    page.goto(f"{address}/log-ind")
    page.get_by_label("Brugernavn").fill(username)
    page.get_by_label("Adgangskode").fill(PASSWORD)
    page.get_by_role("button", name="Log ind").click()
    page.wait_for_selector("html[data-ready]")
    return page


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("username", sorted({username for username, _ in PAGES}))
def test_axe_finds_nothing_on_any_page(
    open_page: OpenPage, town: Town, address: str, username: str, size: dict[str, int]
) -> None:
    page = enter(open_page(size), address, username)
    wrong = {}
    for who, path in PAGES:
        if who == username:
            page.goto(address + address_in(town, path))
            page.wait_for_selector("html[data-ready]")
            found = violations(page)
            if page.evaluate("document.documentElement.scrollWidth") > size["width"]:
                found.append("wider than the window")
            wrong.update({path: found} if found else {})
    assert wrong == {}


def test_the_log_in_page(open_page: OpenPage, address: str) -> None:
    page = open_page(PHONE)
    page.goto(f"{address}/log-ind")
    assert violations(page) == []
    page.get_by_label("Brugernavn").fill("mona.mentor")
    page.get_by_label("Adgangskode").fill("forkert")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_be_focused()
    assert violations(page) == []


def test_a_refused_day_and_a_refused_note_are_told_so_that_axe_finds_nothing(
    open_page: OpenPage, town: Town, address: str
) -> None:
    page = enter(open_page(PHONE), address, "lone.leder")
    page.goto(f"{address}/overblik?fra=31-02-2014")
    expect(page.get_by_label("Første dag", exact=True)).to_have_value("31-02-2014")
    assert violations(page) == []
    page.goto(address + address_in(town, "/sager/{case}"))
    page.get_by_role("button", name="Gem notat").click()
    note = page.get_by_label("Skriv et journalnotat")
    expect(note).to_be_focused()
    expect(note).to_have_accessible_description(re.compile("Skriv noget"))
    assert violations(page) == []


class TestDiagram:
    def test_it_is_drawn_with_its_marks(self, open_page: OpenPage, town: Town, address: str) -> None:
        page = enter(open_page(), address, "lone.leder")
        page.goto(f"{address}/instanser/{town.instances()[0].key}")
        figure = page.locator("figure[data-drawn]")
        expect(figure).to_be_visible()
        expect(figure.locator(".diagram-active")).to_have_count(1)
        expect(figure.locator(".diagram-badge")).to_have_text("1")
        expect(figure.locator("[data-diagram-status]")).to_be_hidden()
        assert violations(page) == []

    def test_where_cases_wait_is_drawn_as_heat(self, open_page: OpenPage, address: str) -> None:
        page = enter(open_page(), address, "lone.leder")
        page.goto(f"{address}/overblik/venter?procedure=proeve-forloeb")
        figure = page.locator("figure[data-drawn]")
        expect(figure).to_be_visible()
        expect(figure.locator(".diagram-heat5").first).to_be_visible()
        expect(figure.locator(".diagram-badge").first).to_have_text(re.compile(r"\d+ · "))

    def test_it_is_moved_by_keyboard_and_leads_to_steps(self, open_page: OpenPage, town: Town, address: str) -> None:
        page = enter(open_page(), address, "lone.leder")
        page.goto(f"{address}/procedurer/proeve-forloeb")
        canvas = page.get_by_role("group", name=re.compile("Diagram: Prøveforløb"))
        page.wait_for_selector("figure[data-drawn]")
        canvas.focus()

        def place() -> str:
            return str(page.locator(".viewport").get_attribute("transform"))

        before = place()
        page.keyboard.press("ArrowRight")
        moved = place()
        page.keyboard.press("+")
        assert len({before, moved, place()}) == 3
        page.keyboard.press("Tab")
        expect(canvas).not_to_be_focused()
        page.get_by_text("Diagrammet i ord").click()
        page.get_by_role("button", name="Opgave: Giv besked").click()
        expect(page.locator("g.diagram-chosen")).to_have_attribute("data-element-id", "ut_besked")

    def test_a_page_says_when_it_cannot_be_drawn(self, open_page: OpenPage, town: Town, address: str) -> None:
        page = enter(open_page(), address, "pia.procesejer")
        page.route("**/*.bpmn", lambda route: route.fulfill(status=200, body="<ikke-bpmn/>"))
        page.goto(f"{address}/procedurer/proeve-forloeb")
        expect(page.get_by_text("Diagrammet kunne ikke vises.")).to_be_visible()


def test_a_task_is_taken_filled_in_and_completed(open_page: OpenPage, town: Town, address: str) -> None:
    page = enter(open_page(PHONE), address, "mona.mentor")
    page.goto(f"{address}/henvendelse/proeve")
    page.get_by_label("CPR-nummer").fill("0505751237")
    page.get_by_label("Navn").fill("Erik Test Skov")
    page.get_by_label("Enhed").select_option("Enhed Nord")
    page.get_by_label("Samtale").check()
    page.get_by_role("button", name="Registrér henvendelsen").click()
    expect(page.get_by_role("heading", name="Hold samtale")).to_be_visible()
    page.get_by_role("button", name="Tag opgave").click()
    expect(page.get_by_text("Opgaven er din.")).to_be_visible()
    page.get_by_label("Nej").check()
    page.get_by_label("Hvad skal nås?").fill("Bolig")
    page.get_by_role("button", name="Fuldfør").click()
    page.get_by_role("link", name="»Hvorfor ikke?« skal besvares.").click()
    page.keyboard.type("ønsker at vente")
    page.get_by_role("button", name="Fuldfør").click()
    expect(page.get_by_text("Opgaven »Hold samtale« er fuldført.")).to_be_visible()


def test_an_event_is_reported_after_asking_once_more(open_page: OpenPage, town: Town, address: str) -> None:
    page = enter(open_page(), address, "lone.leder")
    page.goto(f"{address}/sager/{town.instances()[0].case_number}")
    page.get_by_role("link", name="Borgeren melder afbud").click()
    page.get_by_label("Hvorfor?").fill("syg")
    page.get_by_role("button", name="Meld hændelsen").click()
    page.get_by_role("dialog").get_by_role("button", name="Meld hændelsen").click()
    expect(page.get_by_text("Hændelsen er meldt")).to_be_visible()
    expect(page.get_by_role("link", name="Find en ny tid", exact=True)).to_be_visible()
