"""PDF: tagged, Danish, the same every time, and nothing is fetched."""

from __future__ import annotations

import re
import sys
import zlib
from typing import Any

import pytest

from handlers.pdf import file_name, make_pdf
from service.domain.handling import HandlerRefused

PIXEL = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def inside(pdf: bytes) -> bytes:
    """The PDF with its packed objects beside it."""
    packed = re.findall(rb"/FlateDecode.*?stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL)
    return pdf + b"\n".join(zlib.decompressobj().decompress(stream) for stream in packed)


def test_the_same_text_gives_the_same_tagged_danish_pdf() -> None:
    first = make_pdf("<h1>Overskrift</h1><p>Æble</p>", "Mit dokument")
    assert first == make_pdf("<h1>Overskrift</h1><p>Æble</p>", "Mit dokument")
    assert first.startswith(b"%PDF-")
    assert b"/Lang (da)" in inside(first)
    assert b"/Title (Mit dokument)" in inside(first)
    assert re.search(rb"/MarkInfo\s*<<\s*/Marked true", inside(first))
    assert b"/StructTreeRoot" in inside(first)


def test_a_whole_page_is_kept_and_gets_the_title_it_is_stored_under() -> None:
    page = '<!doctype html><html lang="en"><title>Andet</title><body>x</body></html>'
    content = inside(make_pdf(page, "Rette titel"))
    assert b"/Title (Rette titel)" in content
    assert b"/Lang (da)" in content


def test_text_and_address_are_on_the_page(monkeypatch: pytest.MonkeyPatch) -> None:
    import weasyprint

    pages: list[str] = []

    class Spy(weasyprint.HTML):  # type: ignore[misc]
        def __init__(self, **arguments: Any) -> None:
            pages.append(arguments["string"])
            super().__init__(**arguments)

    monkeypatch.setattr(weasyprint, "HTML", Spy)
    make_pdf("<p>Brødtekst</p>", "A & B", address="Karla Test\nPrøvevej <1>")
    assert "<address>Karla Test<br>Prøvevej &lt;1&gt;</address><p>Brødtekst</p>" in pages[0]
    assert "<title>A &amp; B</title>" in pages[0]


def test_embedded_pictures_are_shown() -> None:
    assert b"/Subtype /Image" in inside(make_pdf(f'<img alt="Prik" src="{PIXEL}">', "Billede"))


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://example.org/x.png" alt="">',
        '<img src="file:///etc/hostname" alt="">',
        '<link rel="stylesheet" href="http://127.0.0.1:1/x.css">',
        "<style>@import url(http://127.0.0.1:1/x.css);</style>",
        '<p style="background: url(https://example.org/x.png)">x</p>',
        '<object data="file:///etc/hostname"></object>',
    ],
)
def test_nothing_is_fetched(html: str) -> None:
    with pytest.raises(HandlerRefused, match="uden for sig selv"):
        make_pdf(html, "Titel")


@pytest.mark.parametrize("fault", [None, OSError("cannot load library 'libpango-1.0-0'")])
def test_without_pango_the_refusal_says_how_to_install_it(
    fault: Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    if fault is None:
        monkeypatch.setitem(sys.modules, "weasyprint", None)
    else:
        monkeypatch.delitem(sys.modules, "weasyprint", raising=False)
        monkeypatch.setattr(sys, "meta_path", [_Broken(fault), *sys.meta_path])
    with pytest.raises(HandlerRefused, match=r"apt-get install libpango-1\.0-0 libpangoft2-1\.0-0"):
        make_pdf("<p>x</p>", "Titel")


class _Broken:
    """Lets the import of WeasyPrint fail as it does where its libraries are not installed."""

    def __init__(self, fault: Exception) -> None:
        self._fault = fault

    def find_spec(self, name: str, path: object = None, target: object = None) -> None:
        if name == "weasyprint":
            raise self._fault


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Aftale om støtte", "Aftale om støtte.pdf"),
        ("../../etc/passwd", "etc passwd.pdf"),
        ('a<b>:"c"|?*\n', "a b c.pdf"),
        ("...", "dokument.pdf"),
        ("x" * 300, "x" * 100 + ".pdf"),
    ],
)
def test_file_names_are_plain(title: str, name: str) -> None:
    assert file_name(title) == name
