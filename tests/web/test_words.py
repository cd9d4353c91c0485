"""Pages speak of steps by what they are called, also of those in called processes, and never by a key."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.json import Json
from service.domain.procedures import Manifest
from service.domain.storage import HistoryEntry
from service.web.rendering import times
from service.web.rendering.words import history_words
from tests.web.house import House

KEYS = re.compile(r"\b(?:msg|ut|st|bd|gw|end|esp|ca|tm)_[a-z_0-9]+|et trin\b|\bopnaaet\b")


def visible(text: str) -> str:
    """What stands on the page, without its markup, its scripts and the values behind forms."""
    text = re.sub(r"(?s)<script.*?</script>|<dl class=\"facts\">.*?</dl>", " ", text)
    return re.sub(r"<[^>]+>", " ", text)


def test_no_page_of_a_case_shows_a_key(house: House) -> None:
    place = house.two.nord
    for role, address in (
        ("men", f"/sager/{place.number}"),
        ("enh", f"/instanser/{place.instance}"),
        ("dri", f"/instanser/{place.instance}"),
        ("enh", f"/sager/{place.number}/adgang"),
        ("bif", f"/sager/{place.number}"),
    ):
        page = house.client(role).get(address)
        assert page.status_code == 200
        assert (role, address, KEYS.findall(visible(page.text))) == (role, address, [])


def test_an_operator_reads_which_step_it_was(house: House) -> None:
    page = visible(house.client("dri").get(f"/instanser/{house.two.nord.instance}").text)
    assert "»Kontakt borger« blev fuldført" in page
    assert "Genindlagt" in page


def told(kind: str = "JobCompleted", **details: Json) -> str:
    at = datetime(2026, 3, 2, tzinfo=UTC)
    entry = HistoryEntry(number=1, at=at, actor="system", kind=kind, details={"navn": "Vurdér", **details})
    return history_words(entry, {}, {"nina": "Nina Test Nord"}, Manifest(titel="Prøve"))


def test_history_tells_what_a_listener_said() -> None:
    assert told() == "»Vurdér« blev udført automatisk"
    assert told(lytter="completing", afvist="") == "»Vurdér« blev kontrolleret"
    assert told(lytter="completing", afvist="der mangler et bilag") == "»Vurdér« blev afvist: der mangler et bilag"


def test_history_tells_what_listeners_are_asked_about_and_what_happened_at_once() -> None:
    changed: Json = {"dueDate": [None, "2026-05-01T10:00:00+00:00"], "priority": [50, 80]}
    assert told("TaskCompleted") == "»Vurdér« blev fuldført"
    assert told("TaskCompleted", spurgt=True) == "»Vurdér« blev sendt ind til kontrol"
    assert told("TaskChanged", til="nina") == told("assigned", til="nina") == "»Vurdér« blev tildelt Nina Test Nord"
    assert told("TaskChanged", til="nina", spurgt=True) == "»Vurdér« skal tildeles Nina Test Nord"
    assert told("TaskChanged", til=None, spurgt=True) == "»Vurdér« skal gives tilbage til gruppen"
    assert told("changed", ændret=changed) == "»Vurdér« blev rettet (frist, prioritet)"
    assert told("TaskChanged", ændret=changed, spurgt=True) == "»Vurdér« skal rettes (frist, prioritet)"
    assert told("TaskChanged") == "»Vurdér« blev rettet"


@pytest.mark.parametrize(
    ("length", "said"),
    [
        ({"seconds": 0}, "under et minut"),
        ({"seconds": -5}, "under et minut"),
        ({"seconds": 59}, "under et minut"),
        ({"seconds": 61}, "1 minut"),
        ({"minutes": 59, "seconds": 20}, "59 minutter"),
        ({"minutes": 59, "seconds": 40}, "1 time"),
        ({"minutes": 83}, "1 time og 20 minutter"),
        ({"minutes": 179}, "3 timer"),
        ({"hours": 5, "minutes": 40}, "6 timer"),
        ({"hours": 23, "minutes": 40}, "1 dag"),
        ({"hours": 25}, "1 dag og 1 time"),
        ({"days": 2, "hours": 7, "minutes": 20}, "2 dage og 7 timer"),
        ({"days": 2, "hours": 23, "minutes": 50}, "3 dage"),
        ({"days": 12, "hours": 20}, "13 dage"),
    ],
)
def test_a_length_is_said_as_people_say_it(length: dict[str, int], said: str) -> None:
    assert times.say_length(timedelta(**length)) == said
