"""Lists as CSV and XLSX files. No cell that a stranger filled is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from services.membership.imports.formulas import guarded

_MAX_CELL = 32_767  # characters, Excel's own limit


class Format(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


MEDIA_TYPES = {
    Format.CSV: "text/csv; charset=utf-8",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True, slots=True)
class Sheet:
    """A heading line and lines of text below it; `widths` are Excel's, in characters."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[str]]
    widths: Sequence[int] = ()


def written(sheets: Sequence[Sheet], form: Format) -> bytes:
    """Return the file; a CSV file holds the first sheet only."""
    return _csv(sheets[0]) if form is Format.CSV else _xlsx(sheets)


def _csv(sheet: Sheet) -> bytes:
    """UTF-8 with BOM and semicolons: what a German Excel opens with a double click."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow(sheet.headings)
    writer.writerows([guarded(cell) for cell in row] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


def _xlsx(sheets: Sequence[Sheet]) -> bytes:
    book = Workbook(write_only=True)
    for sheet in sheets:
        page = book.create_sheet(sheet.title)
        page.freeze_panes = "A2"
        for number, width in enumerate(sheet.widths, 1):
            page.column_dimensions[get_column_letter(number)].width = width
        bold = Font(bold=True)
        headings = []
        for heading in sheet.headings:
            cell = WriteOnlyCell(page, value=heading)
            cell.font = bold
            headings.append(cell)
        page.append(headings)
        for row in sheet.rows:
            page.append([_cell(page, text) for text in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _cell(page: object, text: str) -> object:
    text = ILLEGAL_CHARACTERS_RE.sub("", text)[:_MAX_CELL]
    safe = guarded(text)
    if safe == text:
        return text
    cell = WriteOnlyCell(page, value=safe)  # type: ignore[arg-type]
    cell.data_type = "s"
    return cell
