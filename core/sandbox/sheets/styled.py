"""Mark the clerk's own .xlsx, keeping its styles, notes and drop-downs."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from copy import copy
from typing import Any

import openpyxl
from openpyxl.cell.cell import MergedCell
from openpyxl.comments import Comment
from openpyxl.drawing.spreadsheet_drawing import SpreadsheetDrawing
from openpyxl.styles import PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.writer.excel import ExcelWriter

from core.cells import label_key
from core.sandbox.sheets.guarding import is_formula_like
from core.sandbox.sheets.marks import AMBER, AUTHOR, OWN_NOTE, RESULT, Extras, Marks, legal

WRONG = PatternFill("solid", fgColor=AMBER)
# Exceptions of openpyxl for workbooks that Excel and the fast reader open nevertheless.
UNREADABLE = (
    AttributeError,
    InvalidFileException,
    LookupError,
    OSError,
    SyntaxError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)


def marked(
    data: bytes, sheet_name: str, width: int, marks: Marks, extra_columns: Extras, header_row: int
) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    sheet: Any = book[sheet_name]
    if not any(cell.value for cell in sheet[header_row + 1]):
        # openpyxl silently reads no cells of a “Strict Open XML” workbook.
        raise ValueError(sheet_name)
    _remove_marks(sheet, header_row)
    for (row, column), reason in marks.items():
        _mark(sheet.cell(row + 1, column + 1), reason)
        sheet.row_dimensions[row + 1].hidden = False
    _show_columns(sheet, {column + 1 for _, column in marks})
    for heading, values in extra_columns.items():
        width = _fill_column(sheet, heading, values, width, header_row)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        _InMemory(book, archive).save()
    return out.getvalue()


class _InMemory(ExcelWriter):
    """openpyxl's writer without its temporary files, which would be unencrypted."""

    def write_worksheet(self, ws: Any) -> None:
        ws._drawing = SpreadsheetDrawing()
        ws._drawing.charts, ws._drawing.images = ws._charts, ws._images
        writer: Any = WorksheetWriter(ws, io.BytesIO())
        writer.write()
        ws._rels = writer._rels
        archive: zipfile.ZipFile = vars(self)["_archive"]
        archive.writestr(ws.path[1:], writer.read())
        self.manifest.append(ws)


def _remove_marks(sheet: Any, header_row: int) -> None:
    """Remove the marks of an earlier check and restore the clerk's own notes."""
    for row in sheet.iter_rows(min_row=header_row + 2):
        for cell in row:
            if cell.comment and cell.comment.author == AUTHOR and not isinstance(cell, MergedCell):
                own = cell.comment.text.partition(OWN_NOTE)[2]
                cell.comment = Comment(own, "") if own else None
                cell.fill = PatternFill()


def _mark(cell: Any, reason: str) -> None:
    if isinstance(cell, MergedCell):
        return
    own = f"{OWN_NOTE}{cell.comment.text}" if cell.comment else ""
    cell.comment = Comment(legal(reason) + own, AUTHOR, height=80, width=260)
    cell.fill = WRONG


def _show_columns(sheet: Any, wanted: set[int]) -> None:
    """Unhide columns, since an error may stand in a hidden one. One entry may cover several columns."""
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden and wanted & set(range(dimension.min, dimension.max + 1)):
            dimension.hidden = False


def _fill_column(sheet: Any, heading: str, values: Mapping[int, str], width: int, header_row: int) -> int:
    """Fill one extra column; return the sheet's width afterwards."""
    column = _find_column(sheet, heading, header_row)
    if column == 0:
        width += 1
        column = width
        _add_heading(sheet, heading, column, header_row)
    if heading == RESULT:
        for row in range(header_row + 2, sheet.max_row + 1):
            _put(sheet.cell(row, column), "")
    for row, text in values.items():
        cell = sheet.cell(row + 1, column)
        if cell.value is None or not str(cell.value).strip():
            _put(cell, text)
    return width


def _find_column(sheet: Any, heading: str, header_row: int) -> int:
    key = label_key(heading)
    cells: Iterable[Any] = sheet[header_row + 1]
    return next((c.column for c in cells if isinstance(c.value, str) and label_key(c.value) == key), 0)


def _add_heading(sheet: Any, heading: str, column: int, header_row: int) -> None:
    cell, left = sheet.cell(header_row + 1, column), sheet.cell(header_row + 1, column - 1)
    cell.value = heading
    for style in ("font", "fill", "border", "alignment"):
        setattr(cell, style, copy(getattr(left, style)))
    sheet.column_dimensions[cell.column_letter].width = 46 if heading == RESULT else 22


def _put(cell: Any, text: str) -> None:
    """Write a text as text, whatever its first character; the cell keeps its style."""
    if isinstance(cell, MergedCell):
        return
    text = legal(text)
    cell.value = text or None
    if is_formula_like(text):
        cell.data_type = "s"
        cell.quotePrefix = True
    if text.isdecimal():
        cell.number_format = "@"
