"""Pages speak of steps by what they are called, also of those in called processes, and never by a key."""

from __future__ import annotations

import re

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
