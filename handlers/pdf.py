"""PDF documents for cases."""

from __future__ import annotations

import re

from service.domain.handling import NewDocument
from service.domain.pdf import make_pdf


def pdf_document(html: str, title: str, kind: str, *, address: str = "") -> NewDocument:
    return NewDocument(
        title=title,
        kind=kind,
        media_type="application/pdf",
        content=make_pdf(html, title, address=address),
        file_name=file_name(title),
    )


def file_name(title: str) -> str:
    """A file name that every system takes: the title without signs that have a meaning in paths."""
    words = re.sub(r'[\x00-\x1f<>:"/\\|?*]+', " ", title)
    return f"{' '.join(words.split()).strip('. ')[:100] or 'dokument'}.pdf"
