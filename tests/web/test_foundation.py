"""Files for the browser, error pages, languages, times in words, markdown."""

from __future__ import annotations

import gzip
import logging
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask

from service.domain import errors
from service.domain.deadlines import end_of_day
from service.domain.waits import IncidentType
from service.web import foundation, translations
from service.web.assets import DIST, Assets
from service.web.rendering import words
from service.web.rendering.markdown import anchor_of, markdown
from service.web.rendering.times import Urgency, say_due, say_exactly, say_length, say_when
from tests.web.samples import NOW, WORKER
from tests.web.site import make_site


@pytest.fixture(scope="module")
def app() -> Flask:
    return make_site()


class TestAssets:
    def test_files_come_compressed_and_are_kept(self, app: Flask) -> None:
        address = Assets().url("style")
        client = app.test_client()
        plain = client.get(address)
        assert plain.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert plain.headers["Content-Type"] == "text/css; charset=utf-8"
        zipped = client.get(address, headers={"Accept-Encoding": "gzip"})
        assert zipped.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(zipped.data) == plain.data
        best = client.get(address, headers={"Accept-Encoding": "gzip, br"})
        assert best.headers["Content-Encoding"] == "br"
        assert len(best.data) < len(zipped.data)
        assert "Set-Cookie" not in best.headers

    @pytest.mark.parametrize("name", ["manifest.json.gz", ".inputs", "../assets.py", "findes-ikke.js", "base.map"])
    def test_nothing_else_is_served(self, app: Flask, name: str) -> None:
        assert app.test_client().get(f"/static/{name}").status_code == 404

    def test_a_page_of_casework_stays_light(self, app: Flask) -> None:
        """At most 100 kB over the wire for a first visit, fonts and icons included (the diagram comes when shown)."""
        assets = Assets()
        names = [assets.url(name).rsplit("/", 1)[1] for name in ("base", "style", "icons")]
        sent = sum((DIST / f"{name}.br").stat().st_size for name in names)
        sent += sum(path.stat().st_size for path in DIST.glob("*.woff2"))
        page = make_site(WORKER).test_client().get("/stilguide/skema").data
        assert sent + len(gzip.compress(page)) < 100_000

    def test_licences_of_everything_bundled_are_told(self, app: Flask) -> None:
        licences = {entry["name"]: entry for entry in Assets().licences()}
        assert {"bpmn-js", "dkfds", "htmx.org"} <= licences.keys()
        assert [name for name, entry in licences.items() if not entry["text"]] == []
        assert "bpmn-js" in app.test_client().get("/licenser").text

    def test_unbuilt_files_are_told_plainly(self, tmp_path: Path) -> None:
        with pytest.raises(errors.SetupFault, match="make setup"):
            Assets(tmp_path).url("base")


class TestErrorPages:
    @pytest.mark.parametrize(
        ("status", "heading"),
        [
            (400, "kunne ikke tage imod"),
            (403, "Det har du ikke adgang til"),
            (404, "Siden findes ikke"),
            (413, "fylder for meget"),
        ],
    )
    def test_they_are_kind_and_danish(self, app: Flask, status: int, heading: str) -> None:
        answer = app.test_client().get(f"/stilguide/fejl/{status}")
        assert answer.status_code == status
        assert heading in answer.text
        assert "Gå til forsiden" in answer.text

    def test_a_fault_of_ours_shows_a_number_and_logs_the_rest(
        self, app: Flask, caplog: pytest.LogCaptureFixture
    ) -> None:
        with caplog.at_level(logging.ERROR):
            answer = app.test_client().get("/stilguide/fejl/500")
        assert answer.status_code == 500
        assert "RuntimeError" not in answer.text
        number = caplog.records[0].__dict__["fault"]
        assert number in answer.text
        assert caplog.records[0].exc_info is not None

    @pytest.mark.parametrize(
        ("error", "status", "said"),
        [
            (errors.NotFound(what="sagen"), 404, "Det findes ikke (længere): sagen."),
            (errors.Forbidden(what="sagen"), 403, "Du har ikke rettigheder til dette: sagen."),
            (errors.TaskMovedOn(), 409, "Opgaven er allerede løst"),
            (errors.WrongState(why="den er lukket"), 409, "den er lukket"),
            (errors.BadInput(why="Vælg en dato."), 400, "Vælg en dato."),
        ],
    )
    def test_refusals_are_pages_with_their_words(self, error: errors.ForloebError, status: int, said: str) -> None:
        site = make_site()
        site.add_url_rule("/sprog/fejl", "refuse", view_func=_raising(error))
        answer = site.test_client().get("/sprog/fejl")
        assert answer.status_code == 302  # no row: not served to strangers
        site = make_site(rows={"/sprog/fejl": frozenset({foundation.permissions.Capability.EVERYBODY})})
        site.add_url_rule("/sprog/fejl", "refuse", view_func=_raising(error))
        answer = site.test_client().get("/sprog/fejl")
        assert answer.status_code == status
        assert said in answer.text

    def test_programs_get_no_page(self, app: Flask) -> None:
        answer = app.test_client().get("/stilguide/fejl/404", headers={"Accept": "application/json"})
        assert answer.get_json() == {"status": 404}


def _raising(error: Exception):  # type: ignore[no-untyped-def]
    def view() -> str:
        raise error

    return view


def test_the_language_is_chosen_and_kept(app: Flask) -> None:
    client = make_site(WORKER).test_client()
    assert 'lang="da"' in client.get("/stilguide").text
    with client.session_transaction() as session:
        token = session["csrf"]
    answer = client.post("/sprog", data={"_csrf": token, "sprog": "en", "tilbage": "/stilguide"})
    assert answer.headers["Location"] == "/stilguide"
    english = client.get("/stilguide").text
    assert 'lang="en"' in english
    assert ">Help<" in english
    client.post("/sprog", data={"_csrf": token, "sprog": "da"})
    assert ">Hjælp<" in client.get("/stilguide").text


class TestTimes:
    @pytest.mark.parametrize(
        ("due", "said", "urgency"),
        [
            (NOW + timedelta(hours=3), "i dag kl. 12", Urgency.TODAY),
            (NOW + timedelta(days=1, hours=3), "i morgen kl. 12", Urgency.SOON),
            (end_of_day(date(2014, 9, 1)), "i dag", Urgency.TODAY),
            (end_of_day(date(2014, 9, 2)), "i morgen", Urgency.SOON),
            (end_of_day(date(2014, 9, 5)), "på fredag", Urgency.SOON),
            (end_of_day(date(2014, 9, 30)), "30-09-2014", Urgency.LATER),
            (NOW - timedelta(minutes=30), "overskredet kl. 8.30", Urgency.OVERDUE),
            (end_of_day(date(2014, 8, 31)), "overskredet i går", Urgency.OVERDUE),
            (end_of_day(date(2014, 8, 29)), "overskredet for 3 dage siden", Urgency.OVERDUE),
        ],
    )
    def test_deadlines_are_said_as_people_say_them(self, due: datetime, said: str, urgency: Urgency) -> None:
        found = say_due(due, NOW)
        assert (found.words, found.urgency) == (said, urgency)

    def test_instants_and_lengths(self) -> None:
        assert say_when(NOW - timedelta(hours=20), NOW).words == "i går kl. 13"
        assert say_when(datetime(2014, 12, 24, 9, 5, tzinfo=UTC), NOW).words == "24-12-2014 kl. 10.05"
        assert say_exactly(NOW) == "mandag 1. september 2014 kl. 09.00"
        assert [say_length(timedelta(minutes=m)) for m in (0, 1, 59, 60, 150, 1440, 5000)] == [
            "under et minut", "1 minut", "59 minutter", "1 time", "2 timer og 30 minutter", "1 dag", "3 dage"
        ]  # fmt: skip

    def test_in_english_too(self) -> None:
        translations.use_language("en")
        try:
            assert say_due(NOW + timedelta(hours=3), NOW).words == "today at 12"
            assert say_exactly(NOW) == "Monday 1 September 2014 at 09.00"
        finally:
            translations.use_language("da")


class TestWords:
    def test_every_incident_has_words_and_advice(self) -> None:
        assert set(words.INCIDENTS) == set(IncidentType)

    def test_markdown_holds_no_markup_of_its_own(self) -> None:
        html = markdown("# Overskrift\n\n<b>x</b> [a](javascript:x) ![b](https://eksempel.dk/b.png)", 2)
        assert "<h3>Overskrift</h3>" in html
        assert "&lt;b&gt;" in html
        assert "javascript" not in html.replace("[a](javascript:x)", "")

    def test_anchors(self) -> None:
        assert anchor_of("Tag, frigiv og tildel") == "tag-frigiv-og-tildel"
