"""Spreadsheets in and out: the only package that knows a spreadsheet library."""

from core.sandbox.sheets.errors import (
    MAX_FILE_BYTES,
    SheetError,
    cell_name,
    column_name,
    column_number,
)
from core.sheets.limits import ON_PAGE
from core.sheets.marking import mark_workbook
from core.sheets.template import TemplateColumn, write_template
from core.sheets.workbook import Span, Workbook, WorkbookSheet, read
from core.sheets.writing import (
    EXPORTED,
    PlainSheet,
    is_own_export,
    write_csv,
    write_large_sheets,
    write_rows,
    write_sheets,
    write_table,
)

__all__ = [
    "EXPORTED",
    "MAX_FILE_BYTES",
    "ON_PAGE",
    "PlainSheet",
    "SheetError",
    "Span",
    "TemplateColumn",
    "Workbook",
    "WorkbookSheet",
    "cell_name",
    "column_name",
    "column_number",
    "is_own_export",
    "mark_workbook",
    "read",
    "write_csv",
    "write_large_sheets",
    "write_rows",
    "write_sheets",
    "write_table",
    "write_template",
]
