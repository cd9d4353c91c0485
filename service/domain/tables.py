"""Tables as people take them along: a heading, columns and rows, written as CSV or as a spreadsheet."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

Cell = str | int | float | None


@dataclass(frozen=True, slots=True)
class DataTable:
    """`columns` name the columns; the first column of `rows` names the rows. A total stands last and is set in bold."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    total: tuple[Cell, ...] | None = None
    notes: tuple[str, ...] = ()

    @property
    def all_rows(self) -> tuple[tuple[Cell, ...], ...]:
        return self.rows if self.total is None else (*self.rows, self.total)


FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_csv(tables: Sequence[DataTable]) -> bytes:
    """Semicolons and a byte order mark, as Danish spreadsheets open them; tables stand below each other."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for number, table in enumerate(tables):
        if number:
            writer.writerow([])
        writer.writerow([_harmless(table.title)])
        writer.writerow([_harmless(column) for column in table.columns])
        writer.writerows([_written(cell) for cell in row] for row in table.all_rows)
        writer.writerows([_harmless(note)] for note in table.notes)
    return "\ufeff".encode() + out.getvalue().encode()


def to_xlsx(tables: Sequence[DataTable], title: str, made_at: datetime) -> bytes:
    """A workbook with a sheet per table, said to be made at that moment: the same tables give the same bytes."""
    import xlsxwriter  # noqa: PLC0415 - only an export needs it

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        book.set_properties({"title": title, "created": made_at.astimezone(UTC).replace(tzinfo=None)})
        heading = book.add_format({"bold": True, "font_size": 14})
        bold = book.add_format({"bold": True, "bottom": 1})
        total = book.add_format({"bold": True, "top": 1})
        names: set[str] = set()
        for table in tables:
            sheet = book.add_worksheet(_sheet_name(table.title, names))
            sheet.write(0, 0, table.title, heading)
            sheet.write_row(2, 0, table.columns, bold)
            for number, row in enumerate(table.rows, 3):
                sheet.write_row(number, 0, row)
            if table.total is not None:
                sheet.write_row(3 + len(table.rows), 0, table.total, total)
            for number, note in enumerate(table.notes, 5 + len(table.rows)):
                sheet.write(number, 0, note)
            sheet.freeze_panes(3, 1)
            sheet.set_column(0, 0, max(12, *(len(str(row[0])) + 2 for row in table.all_rows)) if table.all_rows else 12)
    return out.getvalue()


def _sheet_name(title: str, taken: set[str]) -> str:
    """At most 31 characters, none of those that sheets may not bear, each name once."""
    plain = re.sub(r"[\[\]:*?/\\']", " ", title)
    name = plain[:31].strip() or "Ark"
    number = 1
    while name.casefold() in taken:
        number += 1
        name = f"{plain[:27].strip()} {number}"
    taken.add(name.casefold())
    return name


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(cell).replace(".", ",")
    return _harmless(cell) if isinstance(cell, str) else str(cell)


def _harmless(text: str) -> str:
    """A text that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
