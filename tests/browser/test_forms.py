"""The forms of the procedures in a real browser: wide and narrow, enlarged, without scripts, printed, with good advice beside them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import render_template
from playwright.sync_api import Page, expect

from service.domain.form_model import Option
from service.domain.forms import FormContext
from service.web.permissions import Capability
from tests.browser.conftest import DESK, PHONE, OpenPage, serving, violations
from tests.forms.test_forms import FORMS
from tests.web.samples import WORKER
from tests.web.site import make_site

FACTS = {
    "sag": {"nummer": "FS-2026-00042"},
    "borger": {"navn": "Ida Test Jensen", "cpr": "0101019998", "adresse": "Prøvevej 12, 2400 København NV"},
    "ansvarlig": {"navn": "Mona Test Mentor", "telefon": "33667788"},
    "skema": {},
    "opgave": {"fase": "referat", "anledning": "Husleje", "formaal": "At blive boende", "timer_ramme": 20},
}
ENLARGED = {"width": 720, "height": 450}
"""What a desk's window holds at 200 %."""
SPECIAL = ("fs-screening", "tv-netvaerkskort", "tv-udrettedagsorden", "um-forloebsplan")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A site that shows any form at /skemaet/<id>."""
    app = make_site(WORKER, rows={"/skemaet/<form_id>": frozenset({Capability.EVERYBODY})})

    @app.get("/skemaet/<form_id>")
    def show(form_id: str) -> str:
        form = FORMS[form_id]
        choices = {source: [Option("Nord", "nord")] for source in form.sources}
        context = FormContext(now=datetime(2026, 11, 27, 9, tzinfo=UTC), facts=FACTS, choices=choices)
        guides = [FORMS[id_] for id_ in form.schema.guidance]
        return render_template("skema-med-raad.html", form=form, shown=form.fresh(context), guides=guides)

    with serving(app) as found:
        yield found


def arrive(page: Page, address: str, form_id: str) -> Page:
    page.goto(f"{address}/ind/{WORKER.username}")
    page.goto(f"{address}/skemaet/{form_id}")
    return page


@pytest.mark.parametrize("form_id", SPECIAL)
def test_they_fit_and_axe_finds_nothing(open_page: OpenPage, address: str, form_id: str) -> None:
    for size in (DESK, PHONE, ENLARGED):
        page = arrive(open_page(size), address, form_id)
        page.wait_for_selector("html[data-ready]")
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]
        if size is not ENLARGED:
            assert violations(page) == []


def test_without_scripts_all_of_it_is_there(open_page: OpenPage, address: str) -> None:
    page = arrive(open_page(scripts=False), address, "fs-foerste-moede")
    expect(page.get_by_label("Borgerens situation, som borgeren ser den")).to_be_visible()
    page.get_by_text("Tjekliste: første møde", exact=True).click()
    expect(page.get_by_label("Vi har aftalt et næste møde")).to_be_visible()


def test_what_is_ticked_in_good_advice_is_remembered_and_sent_nowhere(open_page: OpenPage, address: str) -> None:
    page = arrive(open_page(), address, "fs-foerste-moede")
    summary = page.get_by_text("Tjekliste: første møde", exact=True)
    summary.focus()
    page.keyboard.press("Enter")
    tick = page.get_by_label("Vi har aftalt et næste møde")
    tick.check()
    assert tick.evaluate("box => [box.name, box.form]") == ["", None]
    page.reload()
    page.wait_for_selector("html[data-ready]")
    page.get_by_text("Tjekliste: første møde", exact=True).click()
    expect(page.get_by_label("Vi har aftalt et næste møde")).to_be_checked()
    expect(page.get_by_label("Datoen for næste møde ligger fast")).not_to_be_checked()


def test_the_page_itself_prints_what_is_filled_in_and_no_buttons(open_page: OpenPage, address: str) -> None:
    page = arrive(open_page(), address, "fs-samarbejdsaftale")
    page.get_by_label("Hvordan er situationen nu?").fill("Huslejen er ikke betalt.\n" * 12)
    page.emulate_media(media="print")
    for gone in (page.get_by_role("button"), page.get_by_text("Tjekliste: samarbejdsaftalen", exact=True)):
        for one in gone.all():
            expect(one).to_be_hidden()
    area = page.get_by_label("Hvordan er situationen nu?")
    assert area.evaluate("box => box.scrollHeight <= box.clientHeight + 1")
