"""The clerk's own workbook back, with the wrong cells marked and explained and numbers filled in."""

import io
import zipfile
import zlib
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, MergedCell
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill
from openpyxl.utils.exceptions import InvalidFileException

from core.cells import Cell, clean_text, label_key
from core.sheets.errors import SheetError
from core.sheets.guarding import is_formula_like
from core.sheets.reading import ZIP, Rows, read
from core.sheets.writing import BOOK_OPTIONS

Marks = Mapping[tuple[int, int], str]
Extras = Mapping[str, Mapping[int, str]]

# openpyxl takes 0.8 ms and 16 KB a row of 30 cells.
MAX_MARKED_ROWS = 20_000
RESULT = "导入结果"
ROW_NUMBER = "原行号"
AUTHOR = "联村联户"
OWN_NOTE = "\n—— 原批注 ——\n"
AMBER = "FFE3A8"
WRONG = PatternFill("solid", fgColor=AMBER)
# What openpyxl raises for workbooks that Excel and the fast reader open nevertheless.
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


def mark_workbook(
    data: bytes, filename: str, sheet_name: str, marks: Marks, extra_columns: Extras, header_row: int
) -> bytes:
    """An .xlsx: wrong cells amber with their reason as a note, extra columns filled in.

    `marks` are reasons by (row, column), `extra_columns` values by heading and row, all counted from
    0 as `read` gives them. A column that is there is filled in its blank cells only, 导入结果 is
    always written anew; a missing one is added at the right. Earlier marks go. A file that is no
    .xlsx comes back as a plain copy; beyond 20,000 rows only the rows that have a mark, each with
    its number, so mark some cell of every wrong row. Raises SheetError when the file cannot be read.
    """
    rows = _rows_of(data, filename, sheet_name)
    if len(rows) - header_row - 1 > MAX_MARKED_ROWS:
        wrong = sorted({row for row, _ in marks})
        return _copy(rows, [header_row, *wrong], marks, extra_columns, header_row, numbered=True)
    if data.startswith(ZIP):
        try:
            return _marked(data, sheet_name, len(rows[header_row]), marks, extra_columns, header_row)
        except UNREADABLE:
            # A copy without her styles is better than none.
            return _copy(rows, range(len(rows)), marks, extra_columns, header_row)
    return _copy(rows, range(len(rows)), marks, extra_columns, header_row)


def _rows_of(data: bytes, filename: str, sheet_name: str) -> Rows:
    for sheet in read(data, filename).sheets:
        if sheet.name == sheet_name:
            return sheet.rows
    raise SheetError(f"文件里没有“{sheet_name}”这张表。")


# --- her own workbook ---------------------------------------------------------------------------


def _marked(
    data: bytes, sheet_name: str, width: int, marks: Marks, extra_columns: Extras, header_row: int
) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(data), keep_links=False)
    sheet: Any = book[sheet_name]
    if not any(cell.value for cell in sheet[header_row + 1]):
        # Of a “Strict Open XML” workbook the library reads no cell, and says nothing.
        raise ValueError(sheet_name)
    _remove_marks(sheet, header_row)
    for (row, column), reason in marks.items():
        _mark(sheet.cell(row + 1, column + 1), reason)
        sheet.row_dimensions[row + 1].hidden = False
    _show_columns(sheet, {column + 1 for _, column in marks})
    for heading, values in extra_columns.items():
        width = _fill_column(sheet, heading, values, width, header_row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _remove_marks(sheet: Any, header_row: int) -> None:
    """Take away what an earlier check marked; a note of her own comes back."""
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
    cell.comment = Comment(_legal(reason) + own, AUTHOR, height=80, width=260)
    cell.fill = WRONG


def _show_columns(sheet: Any, wanted: set[int]) -> None:
    """What is wrong may stand in a hidden column. One entry may cover several columns."""
    for dimension in sheet.column_dimensions.values():
        if dimension.hidden and wanted & set(range(dimension.min, dimension.max + 1)):
            dimension.hidden = False


def _fill_column(sheet: Any, heading: str, values: Mapping[int, str], width: int, header_row: int) -> int:
    """Fill one extra column in; the width of the sheet after it."""
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
    """Write a text as text, whatever it begins with; the cell keeps its look."""
    if isinstance(cell, MergedCell):
        return
    text = _legal(text)
    cell.value = text or None
    if is_formula_like(text):
        cell.data_type = "s"
        cell.quotePrefix = True
    if text.isdecimal():
        cell.number_format = "@"


def _legal(text: str) -> str:
    return ILLEGAL_CHARACTERS_RE.sub("", text)[:32_000]


# --- a plain copy -------------------------------------------------------------------------------


def _copy(
    rows: Rows,
    numbers: Iterable[int],
    marks: Marks,
    extra_columns: Extras,
    header_row: int,
    *,
    numbered: bool = False,
) -> bytes:
    """The rows of these numbers as a new workbook, marked, with the extra columns at the right.

    `numbered` puts each row's number in her own sheet in front of it.
    """
    out = io.BytesIO()
    shift = int(numbered)
    places = _extra_places(rows[header_row], extra_columns)
    with xlsxwriter.Workbook(out, {**BOOK_OPTIONS, "constant_memory": True}) as book:
        sheet = book.add_worksheet("要改的行" if numbered else "")
        looks = _looks(book)
        sheet.set_column(0, len(rows[header_row]) + len(places), 14)
        sheet.freeze_panes(1 if numbered else header_row + 1, 0)
        for at, number in enumerate(numbers):
            cells = _with_extras(rows[number], number, header_row, places, extra_columns)
            if numbered:
                cells.insert(0, ROW_NUMBER if number == header_row else number + 1)
            for column, value in enumerate(cells):
                reason = marks.get((number, column - shift), "")
                look = "head" if number == header_row else "wrong" if reason else "plain"
                _write(sheet, at, column, value, looks[look])
                if reason:
                    sheet.write_comment(at, column, _legal(reason), {"author": AUTHOR})
    return out.getvalue()


def _extra_places(headings: Sequence[Cell], extra_columns: Extras) -> dict[str, int]:
    """The column of each extra heading: where it stands already, else at the right."""
    standing = {label_key(str(cell)): at for at, cell in enumerate(headings)}
    places: dict[str, int] = {}
    for heading in extra_columns:
        places[heading] = standing.setdefault(
            label_key(heading), max([*standing.values(), len(headings) - 1]) + 1
        )
    return places


def _with_extras(
    row: Sequence[Cell], number: int, header_row: int, places: Mapping[str, int], extra_columns: Extras
) -> list[Cell]:
    cells = [*row]
    cells += [""] * (1 + max(places.values(), default=-1) - len(cells))
    for heading, place in places.items():
        blank = not str(cells[place]).strip()
        if blank or (heading == RESULT and number > header_row):
            cells[place] = heading if number == header_row else extra_columns[heading].get(number, "")
    return cells


def _looks(book: Any) -> dict[str, tuple[Any, Any]]:
    """For each look the format of texts and of numbers."""
    looks: dict[str, dict[str, Any]] = {
        "plain": {},
        "wrong": {"bg_color": f"#{AMBER}"},
        "head": {"bold": True, "bg_color": "#E6F1ED", "text_wrap": True},
    }
    return {
        name: (book.add_format({**look, "num_format": "@"}), book.add_format(look))
        for name, look in looks.items()
    }


def _write(sheet: Any, row: int, column: int, value: Cell, look: tuple[Any, Any]) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        sheet.write_number(row, column, value, look[1])
    else:
        text = value if isinstance(value, str) else clean_text(value)
        if text:
            sheet.write_string(row, column, text, look[0])
        else:
            sheet.write_blank(row, column, None, look[0])
