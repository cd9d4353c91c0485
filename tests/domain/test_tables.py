"""Tables as CSV and as spreadsheets."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import UTC, datetime

from service.domain.tables import DataTable, to_csv, to_xlsx

NOW = datetime(2014, 10, 15, 16, tzinfo=UTC)
TABLE = DataTable(
    "Figur: 1/2", ("", "Apr", "Maj"), (("Oprettet", 5, 13), ("=1+1", 2.5, None)), ("I alt", 7, 13), ("Note",)
)


def sheet(content: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(content)) as book:
        return book.read(name).decode()


def test_csv_opens_in_a_danish_spreadsheet() -> None:
    text = to_csv([TABLE, TABLE]).decode("utf-8-sig")
    assert text.startswith("Figur: 1/2\r\n;Apr;Maj\r\nOprettet;5;13\r\n")
    assert "I alt;7;13\r\nNote\r\n\r\nFigur: 1/2\r\n" in text
    assert to_csv([TABLE]).startswith(b"\xef\xbb\xbf")


def test_no_cell_becomes_a_formula() -> None:
    assert "\r\n'=1+1;2,5;\r\n" in to_csv([TABLE]).decode()
    assert "<f>" not in sheet(to_xlsx([TABLE], "Rapport", NOW), "xl/worksheets/sheet1.xml")


def test_each_table_is_a_sheet_with_a_name_of_its_own() -> None:
    book = to_xlsx([TABLE, TABLE], "Rapport", NOW)
    assert re.findall(r'<sheet name="([^"]+)"', sheet(book, "xl/workbook.xml")) == ["Figur  1 2", "Figur  1 2 2"]
    assert "<v>13</v>" in sheet(book, "xl/worksheets/sheet1.xml")


def test_the_same_tables_give_the_same_bytes() -> None:
    assert to_xlsx([TABLE], "Rapport", NOW) == to_xlsx([TABLE], "Rapport", NOW)


def test_an_empty_table_is_written_too() -> None:
    assert to_xlsx([DataTable("Tom", ("Kilde",), ())], "Rapport", NOW)
