"""PDF from HTML: tagged, in Danish, and made from nothing but the text it is given."""

from __future__ import annotations

import re
import threading
from html import escape

from service.domain.handling import HandlerRefused

PANGO = "sudo apt-get install libpango-1.0-0 libpangoft2-1.0-0"

STYLE = """
@page { size: A4; margin: 25mm 22mm 22mm; @bottom-right { content: "Side " counter(page) " af " counter(pages); font-size: 8pt } }
html { font: 10.5pt/1.45 "Liberation Sans", Arial, "DejaVu Sans", sans-serif; hyphens: auto }
h1 { font-size: 16pt; line-height: 1.2; margin: 0 0 6mm } h2 { font-size: 12.5pt; margin: 6mm 0 2mm }
h1, h2, h3 { break-after: avoid } p, ul, ol, table { margin: 0 0 3mm } tr, li { break-inside: avoid }
table { border-collapse: collapse; width: 100% } th, td { text-align: left; vertical-align: top; padding: 1mm 2mm }
th, td { border-bottom: .2mm solid #999 } address { font-style: normal; height: 32mm; margin-bottom: 8mm }
"""

_ONE_AT_A_TIME = threading.Lock()
"""Pango and fontconfig are shared by the whole process."""


def make_pdf(html: str, title: str, *, address: str = "") -> bytes:
    """A tagged PDF (PDF/UA-1) with its title and language inside; the same text gives the same bytes.

    `html` is a whole page, or what belongs in the body of one. `address` (lines) is put where an envelope's window shows
    it, before the text. Raises HandlerRefused when the page wants anything fetched, and when Pango is not installed.
    """
    try:
        from weasyprint import HTML  # noqa: PLC0415 - loads Pango, which may be absent: only PDF needs it
        from weasyprint.urls import FatalURLFetchingError, URLFetcher  # noqa: PLC0415
    except (ImportError, OSError) as fault:
        raise HandlerRefused(
            f"Der kan ikke laves PDF, for Pango mangler på serveren. Installér det med: {PANGO} – og prøv igen."
        ) from fault
    fetcher = URLFetcher(allowed_protocols=["data"], allow_redirects=False, fail_on_errors=True)
    with _ONE_AT_A_TIME:
        try:
            rendered = HTML(string=_page(html, title, address), base_url=None, url_fetcher=fetcher).render(
                pdf_variant="pdf/ua-1"
            )
        except FatalURLFetchingError as fault:
            raise HandlerRefused(
                "Teksten henviser til en fil uden for sig selv (billede, skrifttype eller typografiark). "
                "Læg indholdet i skabelonen som en data:-adresse."
            ) from fault
        rendered.metadata.title, rendered.metadata.lang = title, "da"
        content = rendered.write_pdf(pdf_variant="pdf/ua-1")
    return bytes(content)


def _page(html: str, title: str, address: str) -> str:
    if re.search(r"<html[\s>]", html, re.IGNORECASE):
        return html
    lines = "<br>".join(escape(line) for line in address.splitlines())
    return (
        f'<!doctype html><html lang="da"><head><meta charset="utf-8"><title>{escape(title)}</title>'
        f"<style>{STYLE}</style></head><body>{f'<address>{lines}</address>' if lines else ''}{html}</body></html>"
    )
