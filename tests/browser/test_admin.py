"""Administration in a real browser: by keyboard, with what is hidden until it is asked for, and told where to look."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Page, expect

from service.usecases import registers
from service.usecases.register_entries import Entry
from tests.browser.conftest import PHONE, OpenPage, serving, violations
from tests.browser.test_pages import enter
from tests.web.town import Town, open_town


@pytest.fixture
def town() -> Iterator[Town]:
    with open_town() as found:
        yield found


@pytest.fixture
def address(town: Town) -> Iterator[str]:
    with serving(town.app) as found:
        yield found


@pytest.fixture
def admin(open_page: OpenPage, address: str) -> Page:
    return enter(open_page(), address, "aase.admin")


def test_a_row_is_added_by_keyboard_alone(admin: Page, address: str) -> None:
    admin.goto(f"{address}/admin/registre/leverandoerer")
    admin.get_by_role("link", name="Ny række").focus()
    admin.keyboard.press("Enter")
    admin.wait_for_url("**/ny")
    admin.get_by_role("textbox", name="Navn").focus()
    admin.keyboard.type("Skolen")
    admin.keyboard.press("Tab")
    admin.keyboard.press("Tab")
    admin.keyboard.press("Space")
    admin.get_by_role("button", name="Gem").focus()
    admin.keyboard.press("Enter")
    row = admin.get_by_role("row", name="Skolen")
    expect(row).to_contain_text("ja")
    expect(admin.get_by_role("status")).to_contain_text("Rækken er tilføjet")


def test_a_fault_and_a_colleague_are_told_where_one_looks(open_page: OpenPage, town: Town, address: str) -> None:
    page = enter(open_page(PHONE), address, "aase.admin")
    platform, leader = town.world.platform, town.world.person("lone.leder")
    shown = registers.look(platform, leader, "leverandoerer").rows[0]
    page.goto(f"{address}/admin/registre/leverandoerer/{shown.row.key}")
    day = page.locator("[name=fra_dato]")
    expect(day).to_be_hidden()
    page.get_by_label("Noget er blevet anderledes").check()
    expect(day).to_be_visible()
    page.get_by_role("button", name="Gem").click()
    summary = page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary.get_by_role("link")).to_have_count(2)
    assert violations(page) == []
    entry = Entry({**shown.row.values, "navn": "Lones navn"}, "2014-01-01", reason="Rettet")
    registers.save(platform, leader, "leverandoerer", entry, shown.row.key)
    page.get_by_label("Oplysningen var forkert").check()
    page.get_by_role("textbox", name="Navn").fill("Åses navn")
    page.get_by_role("textbox", name="Hvorfor?").fill("Rettet")
    page.get_by_role("button", name="Gem").click()
    told = page.get_by_role("alert")
    expect(told).to_be_focused()
    expect(told).to_contain_text("Lones navn")
    expect(page.get_by_role("textbox", name="Navn")).to_have_value("Åses navn")
    assert violations(page) == []


def test_what_a_change_does_is_shown_first(admin: Page, address: str) -> None:
    admin.goto(f"{address}/admin/regler/proeve-parametre/proeve_parametre_r1")
    admin.get_by_role("textbox", name="Værdi").fill("7")
    admin.get_by_label("Værdien var forkert hele tiden").check()
    admin.get_by_role("button", name="Se ændringen").click()
    told = admin.get_by_role("status")
    expect(told).to_be_focused()
    expect(told).to_contain_text("Svarfrist · Værdi: 5")
    assert violations(admin) == []
