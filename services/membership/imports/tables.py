"""Reading of CSV and XLSX files, which courses does in the same way."""

from shared.tables import (
    MAX_CELL,
    MAX_COLUMNS,
    MAX_LINES,
    MAX_PARTS,
    MAX_UNPACKED_BYTES,
    FileEmpty,
    FileTooLarge,
    FileUnreadable,
    OldExcelFile,
    Table,
    read_table,
)

__all__ = [
    "MAX_CELL",
    "MAX_COLUMNS",
    "MAX_LINES",
    "MAX_PARTS",
    "MAX_UNPACKED_BYTES",
    "FileEmpty",
    "FileTooLarge",
    "FileUnreadable",
    "OldExcelFile",
    "Table",
    "read_table",
]
