"""Spreadsheets in and out: the only package that knows a spreadsheet library."""

from core.sheets.errors import SheetError, cell_name
from core.sheets.reading import Sheet, Workbook, find_header, read
from core.sheets.writing import write_rows, write_table

__all__ = [
    "Sheet",
    "SheetError",
    "Workbook",
    "cell_name",
    "find_header",
    "read",
    "write_rows",
    "write_table",
]
