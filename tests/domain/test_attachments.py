"""What a file is, is read from its bytes."""

from __future__ import annotations

import io
import zipfile

import pytest

from service.domain.attachments import Limits, plain_name, sniff


def zipped(**files: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, content in files.items():
            archive.writestr(name.replace("__", "/"), content)
    return made.getvalue()


CONTENT_TYPES = "[Content_Types].xml"
WORD = {CONTENT_TYPES: b"<Types/>", "word/document.xml": b"<w/>"}


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"%PDF-1.7\n...", "pdf"),
        (b"\x89PNG\r\n\x1a\n....", "png"),
        (b"\xff\xd8\xff\xe0....", "jpg"),
        (b"GIF89a....", "gif"),
        (b"RIFF....WEBPVP8 ", "webp"),
        ("Kære borger, æøå\n".encode(), "txt"),
        (zipped(**WORD), "docx"),
        (zipped(**{CONTENT_TYPES: b"<Types/>", "xl/workbook.xml": b"<x/>"}), "xlsx"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.text"), "odt"),
        (zipped(mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "ods"),
    ],
)
def test_what_is_taken(content: bytes, expected: str) -> None:
    assert sniff(content) == expected


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"   \n",
        b"MZ\x90\x00\x03",
        b"\x7fELF\x02\x01",
        b"<!DOCTYPE html><script>alert(1)</script>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"<?xml version='1.0'?><a/>",
        b"\xff\xfe\x00\x00",
        b"text\x00with a null",
        "Latin 1: æ".encode("latin-1"),
        b"PK\x03\x04 but broken",
        b"RIFF\x00\x10\x00\x00WAVEfmt ",
        zipped(a=b"any archive"),
        zipped(**WORD, **{"word/vbaProject.bin": b"macro"}),
        zipped(**WORD, **{"xl/workbook.xml": b"both"}),
        zipped(mimetype=b"application/java-archive"),
    ],
)
def test_what_is_not(content: bytes) -> None:
    assert sniff(content) is None


@pytest.mark.parametrize(
    ("name", "type_", "expected"),
    [
        ("brev.pdf", "pdf", "brev.pdf"),
        ("foto.JPEG", "jpg", "foto.jpg"),
        ("program.exe", "txt", "program.exe.txt"),
        ("..\\..\\etc/passwd", "txt", "passwd.txt"),
        ('a"b<c>:d.pdf', "pdf", "a b c d.pdf"),
        ("faktura\u202efdp.exe", "pdf", "faktura fdp.exe.pdf"),
        ("", "png", "fil.png"),
        ("x" * 300 + ".pdf", "pdf", "x" * 100 + ".pdf"),
    ],
)
def test_names_are_made_plain_and_end_as_their_type(name: str, type_: str, expected: str) -> None:
    assert plain_name(name, type_) == expected


def test_limits_in_words() -> None:
    assert Limits(5 * 1024 * 1024, frozenset({"pdf", "png"})).said() == "PDF, billede (PNG)"
    assert Limits(5 * 1024 * 1024).megabytes == 5
