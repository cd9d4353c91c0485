"""Files that people attach to cases: what they are is read from their bytes, never believed from their name."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO

PDF, PNG, JPEG, TEXT = "application/pdf", "image/png", "image/jpeg", "text/plain"
_OFFICE = "application/vnd.openxmlformats-officedocument"
TYPES: Mapping[str, tuple[str, str]] = {
    "pdf": (PDF, "PDF"),
    "png": (PNG, "billede (PNG)"),
    "jpg": (JPEG, "billede (JPEG)"),
    "gif": ("image/gif", "billede (GIF)"),
    "webp": ("image/webp", "billede (WebP)"),
    "txt": (TEXT, "ren tekst"),
    "docx": (f"{_OFFICE}.wordprocessingml.document", "Word-dokument uden makroer"),
    "xlsx": (f"{_OFFICE}.spreadsheetml.sheet", "Excel-ark uden makroer"),
    "odt": ("application/vnd.oasis.opendocument.text", "OpenDocument-tekst"),
    "ods": ("application/vnd.oasis.opendocument.spreadsheet", "OpenDocument-ark"),
}
"""Type as it is named in the settings and at the end of a file name → media type, and what people call it."""
IMAGES = frozenset(media for media, _ in TYPES.values() if media.startswith("image/"))
SHOWN = IMAGES | {PDF, TEXT}
"""Media types that a browser shows without running anything of ours or theirs."""
_BEGINNINGS = (
    (b"%PDF-", "pdf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
)
_ZIPPED = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}
_MOST_ENTRIES = 10_000
_TAGGED = re.compile(rb"<\s*(!doctype|html|svg|script|\?xml|body|iframe)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an installation takes."""

    most_bytes: int = 20 * 1024 * 1024
    types: frozenset[str] = frozenset(TYPES)
    """Of TYPES."""

    def narrowed(self, types: frozenset[str]) -> Limits:
        """Only these of the types, where any are named."""
        return Limits(self.most_bytes, self.types & types) if types else self

    def said(self) -> str:
        """In words, for the page."""
        return ", ".join(name for type_, (_, name) in TYPES.items() if type_ in self.types)

    @property
    def megabytes(self) -> int:
        return self.most_bytes // (1024 * 1024)


def sniff(content: bytes) -> str | None:
    """The type (of TYPES) that the bytes are; None for anything else, such as programs, web pages and macros."""
    for beginning, type_ in _BEGINNINGS:
        if content.startswith(beginning):
            return type_
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "webp"
    if content.startswith(b"PK\x03\x04"):
        return _zipped(content)
    return "txt" if _is_text(content) else None


def _zipped(content: bytes) -> str | None:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = frozenset(archive.namelist())
            first = archive.infolist()[0] if names else None
            if first is not None and first.filename == "mimetype" and first.file_size < 100:
                media = archive.read(first).decode("ascii", "replace").strip()
                return next((type_ for type_, (known, _) in TYPES.items() if known == media), None)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError):
        return None
    if len(names) > _MOST_ENTRIES or any("vbaproject" in name.lower() for name in names):
        return None
    found = {type_ for name, type_ in _ZIPPED.items() if name in names}
    return found.pop() if len(found) == 1 and "[Content_Types].xml" in names else None


def _is_text(content: bytes) -> bool:
    """UTF-8 without control characters, and not a page that a browser might run."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return bool(text.strip()) and not re.search(r"[\x00-\x08\x0e-\x1f]", text) and not _TAGGED.search(content[:2000])


def plain_name(name: str, type_: str) -> str:
    """A file name that every system takes, ending as its type does."""
    words = " ".join(
        re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e]+', " ", name.replace("\\", "/").rpartition("/")[2]).split()
    )
    stem, dot, ending = words.rpartition(".")
    known = {type_, "jpeg"} if type_ == "jpg" else {type_}
    stem = stem if dot and ending.lower() in known else words
    return f"{stem.strip('. ')[:100] or 'fil'}.{type_}"
