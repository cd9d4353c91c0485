"""Templates: Danish dates and numbers, everything escaped, and nothing missing goes unseen."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest

from service.domain.handling import HandlerRefused
from service.domain.templating import fault_in, fill_in


def filled(template: str, **values: Any) -> str:
    return fill_in("brev", {"brev": template, "hoved": "<header>{{ navn }}</header>"}.get, values)


@pytest.mark.parametrize(
    ("template", "values", "text"),
    [
        ("{{ v|dato }}", {"v": "2014-09-01"}, "1. september 2014"),
        ("{{ v|dato }}", {"v": date(2014, 12, 31)}, "31. december 2014"),
        ("{{ v|dato }}", {"v": "2014-08-31T22:30:00Z"}, "1. september 2014"),
        ("{{ v|dato }}", {"v": "2014-08-31T22:30:00"}, "31. august 2014"),
        ("{{ v|kort_dato }}", {"v": "2014-09-01"}, "01.09.2014"),
        ("{{ v|tid }}", {"v": "2014-09-01T07:05:00+00:00"}, "1. september 2014 kl. 9.05"),
        ("{{ v|klokken }}", {"v": datetime(2014, 1, 1, 7, 0, tzinfo=UTC)}, "8.00"),
        ("{{ v|kroner }}", {"v": 1234567.5}, "1.234.567,50 kr."),
        ("{{ v|kroner }}", {"v": -3}, "-3,00 kr."),
        ("{{ v|tal }}", {"v": 12.5}, "12,5"),
        ("{{ v|tal(2) }}", {"v": 1200}, "1.200,00"),
        ("{{ v|cpr }}", {"v": "0101809999"}, "010180-9999"),
        ("{{ v|liste }}", {"v": ["a", "b", "c"]}, "a, b og c"),
        ("{{ v|liste }}", {"v": ["a"]}, "a"),
        ("{{ v|liste }}", {"v": []}, ""),
        ("{{ v|ja_nej }}", {"v": False}, "nej"),
        ("{{ v|linjer }}", {"v": "a\n<b>"}, "a<br>&lt;b&gt;"),
        ("{{ v }}", {"v": None}, ""),
        ("{{ v }}", {"v": True}, "ja"),
        ("{{ v }}", {"v": 2.5}, "2,5"),
        ("{{ v }}", {"v": "<script>"}, "&lt;script&gt;"),
        ("{{ v.keys }}", {"v": {"keys": "nøgler"}}, "nøgler"),
        ("{% if v is defined %}ja{% else %}nej{% endif %}", {}, "nej"),
        ("{% include 'hoved' %}", {"navn": "Test"}, "<header>Test</header>"),
    ],
)
def test_templates_speak_danish(template: str, values: dict[str, Any], text: str) -> None:
    assert filled(template, **values) == text


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ ukendt }}", "»ukendt« findes ikke"),
        ("{{ ukendt|dato }}", "»ukendt« findes ikke"),
        ("{{ borger.alder }}", "»alder« findes ikke; der er navn og telefon"),
        ("{{ skema.fritekst.felt }}", "»fritekst« findes ikke; der er ingenting"),
        ("{{ ingen.navn }}", "»navn« kan ikke slås op"),
        ("{% for x in ukendt %}{% endfor %}", "»ukendt« findes ikke"),
        ("\n\n{{ ingen|dato }}", "linje 3: »|dato« skal have en dato"),
        ("{{ borger.navn|tal }}", "skal have et tal"),
        ("{{ borger.navn|cpr }}", "ti cifre"),
        ("{{ borger|liste }}", "skal have en liste"),
        ("{{ ingen|ja_nej }}", "ja eller nej"),
        ("{{ borger.navn + 1 }}", "linje 1: en værdi passer ikke"),
        ("{% if %}", "syntaksfejl i linje 1"),
        ("{{ v|findes_ikke }}", "syntaksfejl i linje 1"),
        ("{% include 'fod' %}", "»fod« findes ikke. Læg den"),
        ("{{ ''.__class__.__mro__ }}", "ikke er tilladt"),
        ("{{ 'x' * 1000000000 }}", "ikke er tilladt"),
        ("{{ 9 ** 999999999 }}", "ikke er tilladt"),
        ("{{ borger.update({'navn': 'x'}) }}", "ikke er tilladt"),
    ],
)
def test_what_is_missing_or_wrong_is_refused_in_danish(template: str, said: str) -> None:
    with pytest.raises(HandlerRefused) as caught:
        filled(template, borger={"navn": "Karla Test", "telefon": ""}, skema={}, ingen=None)
    assert said in str(caught.value)
    assert "Karla" not in str(caught.value)


def test_a_template_that_is_not_deployed_is_named() -> None:
    with pytest.raises(HandlerRefused, match="»andet« findes ikke"):
        fill_in("andet", {}.get, {})


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b"<p>{{ sag.nummer }}</p>", None),
        (b"\n{% if x %}", (2, "syntaksfejl")),
        (b"a\nb\n{{ x|findes_ikke }}", (3, "findes_ikke")),
        ("ærø".encode("latin-1"), (None, "UTF-8")),
    ],
)
def test_a_broken_template_is_told_before_anybody_uses_it(content: bytes, fault: tuple[int | None, str] | None) -> None:
    found = fault_in(content)
    if fault is None:
        assert found is None
    else:
        assert found is not None
        assert found[0] == fault[0]
        assert fault[1] in found[1]
