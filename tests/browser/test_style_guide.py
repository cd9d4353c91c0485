"""Every part of pages in a real browser: nothing for axe to find, at both sizes, by keyboard, with and without scripts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import DESK, PHONE, OpenPage, violations


def arrive(page: Page, site: str, path: str) -> Page:
    page.goto(f"{site}/ind/mona.mentor")
    page.goto(site + path)
    return page


def fill_in(page: Page) -> None:
    """Everything that must be filled in."""
    page.get_by_label("Navn (skal udfyldes)").fill("Anna Test Dal")
    page.get_by_label("CPR-nummer").fill("010190-1234")
    page.get_by_role("radiogroup", name="Har borgeren givet samtykke?").get_by_label("Ja").check()
    page.get_by_label("Bolig").check()
    for question in ("Bor i kommunen", "Er indlagt", "Ønsker støtte"):
        page.get_by_role("radiogroup", name=re.compile(question)).get_by_label("Ja").check()
    page.get_by_label("Hvad skal nås?").fill("Egen bolig")


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize("path", ["/stilguide", "/stilguide/skema"])
def test_axe_finds_nothing_and_nothing_overflows(
    open_page: OpenPage, site: str, size: dict[str, int], path: str
) -> None:
    page = arrive(open_page(size), site, path)
    page.wait_for_selector("html[data-ready]")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_axe_finds_nothing_where_there_are_errors(open_page: OpenPage, site: str, size: dict[str, int]) -> None:
    page = arrive(open_page(size), site, "/stilguide/skema")
    page.get_by_label("Aftalte timer").fill("25")
    page.get_by_role("button", name="Fuldfør").click()
    expect(page.get_by_role("heading", name=re.compile("fejl i skemaet"))).to_be_visible()
    assert violations(page) == []


def test_radio_groups_are_heard_as_groups(open_page: OpenPage, site: str) -> None:
    page = arrive(open_page(), site, "/stilguide/skema")
    expect(page.locator("[data-place=samtykke]")).to_match_aria_snapshot("""
      - radiogroup "Har borgeren givet samtykke? (skal udfyldes)":
        - text: Har borgeren givet samtykke? (skal udfyldes) Samtykket skal være skriftligt.
        - radio "Ja"
        - text: Ja
        - radio "Nej"
        - text: Nej
    """)
    expect(page.locator("[data-place=emner]")).to_match_aria_snapshot("""
      - group "Hvad drejer det sig om? (skal udfyldes)":
        - checkbox "Bolig"
        - checkbox "Økonomi"
    """)


class TestKeyboard:
    def test_the_first_stop_skips_the_menu(self, open_page: OpenPage, site: str) -> None:
        page = arrive(open_page(), site, "/stilguide")
        page.keyboard.press("Tab")
        skip = page.get_by_role("link", name="Gå til sidens indhold")
        expect(skip).to_be_focused()
        expect(skip).to_be_in_viewport()
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "indhold"

    def test_menus_open_close_and_give_the_focus_back(self, open_page: OpenPage, site: str) -> None:
        page = arrive(open_page(PHONE), site, "/stilguide")
        button = page.get_by_role("button", name="Menu")
        entry = page.locator("#hovedmenu").get_by_role("link", name="Hjælp", include_hidden=True)
        expect(entry).to_be_hidden()
        button.focus()
        page.keyboard.press("Enter")
        expect(entry).to_be_visible()
        page.keyboard.press("Escape")
        expect(entry).to_be_hidden()
        expect(button).to_be_focused()

    def test_the_focus_can_always_be_seen(self, open_page: OpenPage, site: str) -> None:
        page = arrive(open_page(), site, "/stilguide/skema")
        unseen = []
        for _ in range(40):
            page.keyboard.press("Tab")
            mark = page.evaluate(
                """() => {
                    const e = document.activeElement;
                    const boxed = e.matches('input[type=radio], input[type=checkbox]');
                    const style = getComputedStyle(boxed ? e.nextElementSibling : e, boxed ? '::before' : null);
                    return [e.outerHTML.slice(0, 90), style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2];
                }"""
            )
            unseen += [] if mark[1] else [mark[0]]
        assert unseen == []

    def test_a_radio_group_is_one_stop_and_arrows_choose(self, open_page: OpenPage, site: str) -> None:
        page = arrive(open_page(), site, "/stilguide/skema")
        group = page.get_by_role("radiogroup", name="Har borgeren givet samtykke?")
        group.get_by_label("Ja").focus()
        page.keyboard.press("ArrowDown")
        expect(group.get_by_label("Nej")).to_be_checked()
        page.keyboard.press("Tab")
        expect(page.get_by_label("Hvorfor ikke?")).to_be_focused()

    def test_asking_once_more_can_be_answered_by_keyboard(self, open_page: OpenPage, site: str) -> None:
        page = arrive(open_page(), site, "/stilguide")
        button = page.get_by_role("button", name="Slet noget")
        button.focus()
        page.keyboard.press("Enter")
        dialog = page.get_by_role("dialog", name="Slet noget")
        expect(dialog).to_contain_text("Det kan ikke fortrydes.")
        assert violations(page) == []
        page.keyboard.press("Escape")
        expect(dialog).to_be_hidden()
        expect(button).to_be_focused()
        page.keyboard.press("Enter")
        with page.expect_navigation():
            page.get_by_role("dialog").get_by_role("button", name="Slet noget").press("Enter")


class TestForms:
    def test_fields_come_and_go_with_the_answers(self, open_page: OpenPage, site: str) -> None:
        page = arrive(open_page(), site, "/stilguide/skema")
        why, group = page.get_by_label("Hvorfor ikke?"), page.get_by_role("radiogroup", name="Har borgeren givet")
        expect(why).to_be_hidden()
        group.get_by_label("Nej").check()
        expect(why).to_be_visible()
        why.fill("vil tænke over det")
        group.get_by_label("Ja").check()
        expect(why).to_be_hidden()
        group.get_by_label("Nej").check()
        expect(why).to_have_value("vil tænke over det")
        page.get_by_label("Aftalte timer").fill("20,5")
        expect(page.get_by_text("Det er mere end rammen på 20 timer.")).to_be_visible()
        page.get_by_label("Aftalte timer").fill("20")
        expect(page.get_by_text("Det er mere end rammen på 20 timer.")).to_be_hidden()

    def test_rows_are_added_and_removed_where_one_stands(self, open_page: OpenPage, site: str) -> None:
        page = arrive(open_page(), site, "/stilguide/skema")
        page.get_by_label("Navn (skal udfyldes)").fill("skrevet før")
        page.get_by_role("button", name="Tilføj mål").click()
        second = page.get_by_role("group", name="Mål 2").get_by_label("Hvad skal nås?")
        expect(second).to_be_focused()
        second.fill("Job")
        page.get_by_role("button", name="Fjern mål 1").click()
        expect(page.get_by_role("group", name="Mål 2")).to_have_count(0)
        expect(page.get_by_label("Hvad skal nås?")).to_have_value("Job")
        expect(page.get_by_label("Navn (skal udfyldes)")).to_have_value("skrevet før")
        assert page.url.endswith("/stilguide/skema")

    def test_rows_work_without_scripts(self, open_page: OpenPage, site: str) -> None:
        page = arrive(open_page(scripts=False), site, "/stilguide/skema")
        page.get_by_label("CPR-nummer").fill("halvt")
        page.get_by_role("button", name="Tilføj række til Netværk").click()
        expect(page.get_by_label("Navn, række 3")).to_be_visible()
        expect(page.get_by_label("CPR-nummer")).to_have_value("halvt")

    def test_errors_are_met_first_and_lead_to_their_fields(self, open_page: OpenPage, site: str) -> None:
        page = arrive(open_page(), site, "/stilguide/skema")
        page.get_by_label("Mail").fill("anna@")
        page.get_by_role("button", name="Fuldfør").click()
        summary = page.locator("[data-summary]")
        expect(summary).to_be_focused()
        summary.get_by_role("link", name="Mail skal være en mailadresse").click()
        expect(page.get_by_label("Mail")).to_be_focused()
        expect(page.get_by_label("Mail")).to_have_accessible_description(re.compile("Fejl: Mail skal være"))

    def test_what_is_typed_is_saved_while_it_is_typed(self, open_page: OpenPage, site: str) -> None:
        page = arrive(open_page(), site, "/stilguide/skema")
        with page.expect_request("**/kladde") as saved:
            page.get_by_label("Navn (skal udfyldes)").fill("Anna")
        assert "Anna" in (saved.value.post_data or "")
        expect(page.get_by_role("status").or_(page.locator("[data-draft-status]"))).to_have_text(
            "Kladden er gemt kl. 9.00."
        )

    def test_a_form_goes_all_the_way(self, open_page: OpenPage, site: str) -> None:
        page = arrive(open_page(), site, "/stilguide/skema")
        fill_in(page)
        page.get_by_role("button", name="Fuldfør").click()
        expect(page.get_by_text("Skemaet er sendt.")).to_be_visible()
        assert violations(page) == []

    def test_a_date_can_be_picked_instead_of_typed(self, open_page: OpenPage, site: str) -> None:
        page = arrive(open_page(), site, "/stilguide/skema")
        page.evaluate(
            """() => {
                HTMLInputElement.prototype.showPicker = function () {
                    this.value = '2014-10-03';
                    this.onchange();
                };
            }"""
        )
        page.get_by_role("button", name="Vælg Slutdato i kalender").click()
        expect(page.get_by_label("Slutdato", exact=True)).to_have_value("03-10-2014")
        expect(page.get_by_label("Slutdato", exact=True)).to_be_focused()


def test_paper_shows_the_thing_and_not_its_frame(open_page: OpenPage, site: str) -> None:
    page = arrive(open_page(), site, "/stilguide/skema")
    fill_in(page)
    page.get_by_role("button", name="Fuldfør").click()
    page.emulate_media(media="print")
    expect(page.get_by_text("Anna Test Dal")).to_be_visible()
    for frame in (
        page.get_by_role("navigation", name="Hovedmenu"),
        page.get_by_role("banner"),
        page.get_by_role("button", name="Udskriv"),
    ):
        expect(frame).to_be_hidden()
