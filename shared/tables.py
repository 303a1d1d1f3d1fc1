"""From the bytes of a CSV or XLSX file to lines of text cells, as German and English Excel write them.

A file is a stranger's: its size, its unpacked size, its lines and its columns are bounded before it is read.
"""

import csv
import io
import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime

from openpyxl import load_workbook

from shared.errors import Rejected

MAX_LINES = 10_000
MAX_COLUMNS = 60
MAX_CELL = 500
MAX_UNPACKED_BYTES = 24 * 1024 * 1024  # 10,000 lines of a dozen cells take about 8 MiB
MAX_PARTS = 200  # files in the package; Excel writes about a dozen
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
_SEPARATORS = ";,\t"


class FileUnreadable(Rejected):
    status = 422
    en = "The file is neither a CSV file nor an Excel workbook (.xlsx) that can be read."
    de = "Die Datei ist weder eine lesbare CSV-Datei noch eine lesbare Excel-Arbeitsmappe (.xlsx)."


class OldExcelFile(Rejected):
    status = 422
    en = "This is an Excel file of the old kind (.xls); please save it as .xlsx or CSV."
    de = "Das ist eine Excel-Datei im alten Format (.xls); bitte als .xlsx oder CSV speichern."


class FileTooLarge(Rejected):
    status = 422
    en = "The file has more than {lines} lines, {columns} columns or {mebibytes} MiB unpacked; please divide it."
    de = "Die Datei hat mehr als {lines} Zeilen, {columns} Spalten oder entpackt {mebibytes} MiB; bitte teilen."


class FileEmpty(Rejected):
    status = 422
    en = "The file has no line below its headings."
    de = "Die Datei hat keine Zeile unter den Überschriften."


@dataclass(frozen=True, slots=True)
class Table:
    """The headings and the lines that are not blank; `lines` keep the number that a spreadsheet shows."""

    headings: tuple[str, ...]
    lines: tuple[tuple[int, tuple[str, ...]], ...]


def read_table(content: bytes) -> Table:
    """Read a file of any supported kind, told by its first bytes.

    Errors: `FileUnreadable`, `OldExcelFile`, `FileTooLarge`, `FileEmpty` 422.
    """
    if content.startswith(_OLE):
        raise OldExcelFile
    rows = _workbook_rows(content) if content.startswith(_ZIP) else _text_rows(content)
    headings: tuple[str, ...] | None = None
    lines: list[tuple[int, tuple[str, ...]]] = []
    for number, row in rows:
        cells = _trimmed(row)
        if not cells:
            continue
        if headings is None:
            headings = cells
        elif len(lines) == MAX_LINES:
            raise _too_large()
        else:
            lines.append((number, cells))
    if headings is None or not lines:
        raise FileEmpty
    return Table(headings, tuple(lines))


def _trimmed(row: Iterable[str]) -> tuple[str, ...]:
    cells = [cell.strip()[: MAX_CELL + 1] for cell in row]
    while cells and not cells[-1]:
        cells.pop()
    if len(cells) > MAX_COLUMNS:
        raise _too_large()
    return tuple(cells)


def _too_large() -> FileTooLarge:
    return FileTooLarge(lines=MAX_LINES, columns=MAX_COLUMNS, mebibytes=MAX_UNPACKED_BYTES // 2**20)


def _text_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    text = _decoded(content)
    first, _, rest = text.partition("\n")
    separator, before = None, 0
    if declared := re.fullmatch(r"sep=(.)\r?", first, re.IGNORECASE):
        separator, text, before = declared[1], rest, 1
    if separator is None:
        bare = re.sub(r'"[^"]*"', "", first)
        separator = max(_SEPARATORS, key=bare.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    started = 0
    try:
        for row in reader:
            # A quoted cell may run over several lines; the record is where it began.
            yield before + started + 1, row
            started = reader.line_num
    except csv.Error as error:
        raise FileUnreadable from error


def _decoded(content: bytes) -> str:
    encodings = ["utf-8-sig", "cp1252"]
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            break
        return text
    raise FileUnreadable


def _workbook_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    _check_package(content)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Excel extensions that openpyxl leaves out
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            for number, row in enumerate(sheet.iter_rows(max_col=MAX_COLUMNS + 1, values_only=True), 1):
                yield number, [_text(cell) for cell in row]
    except Rejected:
        raise
    except Exception as error:  # openpyxl meets a broken file with errors of every class
        raise FileUnreadable from error


def _check_package(content: bytes) -> None:
    """Errors: `FileTooLarge` for a package that unpacks to too much; zipfile reads no more than is declared."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            parts = package.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise FileUnreadable from error
    if len(parts) > MAX_PARTS or sum(part.file_size for part in parts) > MAX_UNPACKED_BYTES:
        raise _too_large()


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat() if not (value.hour or value.minute) else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() else repr(value)
    return str(value)
