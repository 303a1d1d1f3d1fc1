"""Files as German Excel writes them, and files that a stranger made."""

import io
import zipfile
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from services.membership.imports.formulas import FORMULA_STARTS, guarded, unguarded
from services.membership.imports.sheets import Format, Sheet, written
from shared.tables import (
    MAX_LINES,
    MAX_UNPACKED_BYTES,
    FileEmpty,
    FileTooLarge,
    FileUnreadable,
    OldExcelFile,
    Table,
    read_table,
)

TEXT = "Name;Kreis\r\nMüller & Söhne;08415\r\n\r\nWeiß;8111\r\n"
READ = Table(("Name", "Kreis"), ((2, ("Müller & Söhne", "08415")), (4, ("Weiß", "8111"))))


def workbook(rows: list[list[object]]) -> bytes:
    book = Workbook()
    for row in rows:
        book.worksheets[0].append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def package(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return out.getvalue()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t"])
@pytest.mark.parametrize("line_end", ["\r\n", "\n"])
def test_the_same_lines_come_out_of_every_encoding(encoding: str, separator: str, line_end: str) -> None:
    text = TEXT.replace(";", separator).replace("\r\n", line_end)
    assert read_table(text.encode(encoding)) == READ


def test_a_separator_that_excel_declares_is_taken_and_lines_keep_their_number() -> None:
    assert read_table(b"sep=,\r\nName,Kreis\r\nA,1\r\n").lines == ((3, ("A", "1")),)


def test_a_quoted_cell_may_hold_separators_quotes_and_line_ends() -> None:
    text = 'Name;Kreis\n"A; ""B""\nC";1\nD;2\n'
    assert read_table(text.encode()).lines == ((2, ('A; "B"\nC', "1")), (4, ("D", "2")))


def test_workbook_cells_become_text_as_they_are_shown() -> None:
    rows = [["Name", "Zahl", "Tag", "Code"], ["A", 1001, date(2026, 11, 1), 25.62], [None] * 4, ["B"]]
    table = read_table(workbook(rows))
    assert table.lines == ((2, ("A", "1001", "2026-11-01", "25.62")), (4, ("B",)))


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", FileEmpty),
        (b"Name;Kreis\n", FileEmpty),
        (b"\n;;\n", FileEmpty),
        (b"\xd0\xcf\x11\xe0rest", OldExcelFile),
        (b"PK\x03\x04 no archive", FileUnreadable),
        (package({"anything.txt": b"x"}), FileUnreadable),
        (b"Name\n\x81\x8d\xff", FileUnreadable),
        (b"Na\x00me\nA", FileUnreadable),
        (b'Name\n"open', FileUnreadable),
        (b"Name\n" + b"A\n" * (MAX_LINES + 1), FileTooLarge),
        (b"a;" * 61 + b"b\nA", FileTooLarge),
        (package({f"{n}.xml": b"" for n in range(300)}), FileTooLarge),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason(
    content: bytes, error: type[Exception]
) -> None:
    with pytest.raises(error):
        read_table(content)


def test_a_package_that_unpacks_to_too_much_is_never_unpacked() -> None:
    bomb = package({"xl/worksheets/sheet1.xml": b" " * (MAX_UNPACKED_BYTES + 1)})
    assert len(bomb) < 100_000
    with pytest.raises(FileTooLarge):
        read_table(bomb)


def test_entities_are_not_expanded() -> None:
    good = workbook([["Name"], ["A"]])
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(good)) as old, zipfile.ZipFile(out, "w") as new:
        for part in old.infolist():
            content = old.read(part)
            if part.filename == "xl/worksheets/sheet1.xml":
                bomb = (
                    b'<!DOCTYPE b [<!ENTITY a "' + b"A" * 1000 + b'"><!ENTITY b "' + b"&a;" * 1000 + b'">]>'
                )
                content = content.replace(b"<worksheet", bomb + b"<worksheet", 1)
            new.writestr(part, content)
    with pytest.raises(FileUnreadable):
        read_table(out.getvalue())


@pytest.mark.parametrize(
    "cell", ["=1+1", "+49 711", "-5", "@SUM(A1)", "\t=1", "＝1", "'=x", "plain", "'quoted'"]
)
def test_no_cell_is_a_formula_and_every_text_comes_back(cell: str) -> None:
    sheet = Sheet("T", ["Name", "x"], [[cell, "y"]])
    assert not written([sheet], Format.CSV).decode("utf-8-sig").splitlines()[1].startswith(FORMULA_STARTS)
    page = load_workbook(io.BytesIO(written([sheet], Format.XLSX))).worksheets[0]
    assert page["A2"].data_type == "s"
    assert not str(page["A2"].value).startswith(FORMULA_STARTS)
    for form in Format:
        (line,) = read_table(written([sheet], form)).lines
        assert unguarded(line[1][0]) == cell


def test_an_unguarded_cell_would_be_a_formula() -> None:
    assert load_workbook(io.BytesIO(workbook([["=1+1"]]))).worksheets[0]["A1"].data_type == "f"


@given(st.text())
def test_guarding_is_undone(text: str) -> None:
    assert unguarded(guarded(text)) == text
    assert not guarded(text).startswith(FORMULA_STARTS)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        table = read_table(content)
    except (FileUnreadable, FileEmpty, FileTooLarge, OldExcelFile):
        return
    assert table.lines
