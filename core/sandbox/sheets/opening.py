"""Open a workbook: inspect it first, then use the fast reader; the same result for .xlsx, .xls and .csv."""

import io
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import cast

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook, SheetVisibleEnum

from core.cells import Cell
from core.sandbox.binary import OLE
from core.sandbox.sheets import text, xls, xlsx
from core.sandbox.sheets.archive import ZIP, tables_in
from core.sandbox.sheets.errors import (
    MAX_CELLS,
    MAX_FILE_BYTES,
    SAVE_AS,
    SheetError,
    damaged,
    too_many_cells,
)
from core.sandbox.sheets.formulas import Formulas, cells
from core.sandbox.sheets.packing import standard

Row = Sequence[Cell]
Merge = tuple[tuple[int, int], tuple[int, int]]

_OTHERS = {
    rb"%PDF-\d": "PDF 文件",
    rb"\xff\xd8\xff": "图片",
    rb"\x89PNG": "图片",
    rb"GIF8[79]a": "图片",
    rb"BM.{4}\0\0\0\0": "图片",
    rb"Rar!\x1a\x07": "压缩包",
    rb"7z\xbc\xaf": "压缩包",
    rb"PK\x05\x06": "空的压缩包",
    rb"MZ.{0,60}\0\0": "程序",
    rb"\{\\rtf\d": "Word 文件",
}
"""Whole magic numbers, so that a text table whose first heading begins with BM or MZ is none of these."""
_MARKUP = re.compile(
    r"\s*(?:<(?:!|\?xml|html|head|body|table|meta|style|div|Workbook)|MIME-Version:)", re.IGNORECASE
)
_NAMED_TEXT = {"csv", "txt", "tsv"}


@dataclass
class OpenedSheet:
    """A visible sheet, loaded on demand."""

    name: str
    load: Callable[[], tuple[Iterator[Row], list[Merge]]]
    """Return rows from A1 on, equally long, without empty rows at the end, and merged cells.

    Raises SheetError when the sheet is too large.
    """
    formulas: Formulas = field(default_factory=Formulas)
    """Complete once the rows are loaded."""
    hidden: Collection[int] = ()
    """Rows (from 0) hidden by a filter or by hand."""
    since_1904: bool = False


def open_workbook(data: bytes, filename: str) -> list[OpenedSheet]:
    """Return the visible sheets of a file. Raises SheetError with one sentence for its reader.

    Problems of a single sheet (too many rows) are raised when its rows are requested, so that a sheet beside the
    list does no harm.
    """
    if not data:
        raise SheetError("文件是空的，请重新选一个。")
    if len(data) > MAX_FILE_BYTES:
        raise SheetError(f"文件超过 {MAX_FILE_BYTES >> 20} MB。请删去图片和不用的表，或分成几个文件再传。")
    if data.startswith(ZIP) and (tables := tables_in(data)):
        sheets = [_table(name, load) for name, load in tables]
    elif data.startswith(ZIP):
        book = standard(data)
        sheets = _sheets(book, xlsx.inspect(book))
    elif data.startswith(OLE):
        records = xls.workbook_stream(data)
        sheets = _sheets(xls.repack(records), xls.inspect(records))
    else:
        _refuse_others(data)
        sheets = [_text_sheet(data, filename)]
    if not sheets:
        raise SheetError("文件里没有可见的工作表。")
    return sheets


def _refuse_others(data: bytes) -> None:
    for magic, kind in _OTHERS.items():
        if re.match(magic, data, re.DOTALL):
            raise SheetError(f"这是{kind}，不是表格。请传 .xlsx、.xls 或 .csv 文件。")
    if _MARKUP.match(text.beginning(data)):
        raise SheetError(f"这是网页格式的表，只是名字叫 Excel。{SAVE_AS}。")


def _text_sheet(data: bytes, filename: str) -> OpenedSheet:
    """Read a .csv, or text with separators that old systems name .xls."""
    suffix = filename.lower().rpartition(".")[2]
    if suffix not in _NAMED_TEXT and not text.is_separated(data):
        raise SheetError(f"这不是 Excel 表格。{SAVE_AS}。")
    return _table("", lambda: data)


def _table(name: str, load: Callable[[], bytes]) -> OpenedSheet:
    formulas = Formulas()
    return OpenedSheet(name, lambda: (iter(text.read_text(load(), formulas)), []), formulas)


def _sheets(data: bytes, parts: list[xlsx.Part]) -> list[OpenedSheet]:
    """Return the visible sheets by the fast reader's names, each with the inspection's result."""
    if not parts:
        return []
    with _reader_errors():
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        known = book.sheets_metadata
    if len(parts) == len(known):
        # An old .xls: match the inspection by the order of the sheets.
        for part, found in zip(parts, known, strict=True):
            part.name = part.name or found.name
    by_name = {part.name: part for part in parts}
    return [
        OpenedSheet(
            found.name,
            partial(_lay_out, book, by_name[found.name]),
            by_name[found.name].formulas,
            hidden=by_name[found.name].hidden,
            since_1904=by_name[found.name].since_1904,
        )
        for found in known
        if found.name in by_name and found.visible == SheetVisibleEnum.Visible
    ]


def _lay_out(book: CalamineWorkbook, part: xlsx.Part) -> tuple[Iterator[Row], list[Merge]]:
    if part.trouble:
        raise part.trouble
    with _reader_errors():
        sheet = book.get_sheet_by_name(part.name)
        merges = sheet.merged_cell_ranges or []
    if sheet.total_height * sheet.total_width > MAX_CELLS:
        raise too_many_cells()
    known = part.errors | dict.fromkeys(cells(part.formulas.missing), "")
    return _without_end(part.formatted.shown(_rows(sheet, known))), merges


def _rows(sheet: CalamineSheet, known: dict[tuple[int, int], str]) -> Iterator[list[Cell]]:
    """Yield one row at a time: all at once take twice the memory. `known` replaces the reader's values."""
    margin: list[Cell] = [""] * (sheet.start or (0, 0))[1]
    replaced: dict[int, list[tuple[int, str]]] = {}
    for (number, column), value in known.items():
        replaced.setdefault(number, []).append((column, value))
    with _reader_errors():
        for number, cells in enumerate(sheet.iter_rows()):
            row = [*margin, *cells] if margin else cast(list[Cell], cells)
            for column, value in replaced.get(number, ()):
                if column < len(row):
                    row[column] = value
            yield row


def _without_end(rows: Iterator[list[Cell]]) -> Iterator[list[Cell]]:
    """Yield the rows without the empty ones at the end."""
    empty: list[list[Cell]] = []
    for row in rows:
        if any(cell != "" and str(cell).strip() for cell in row):
            yield from empty
            empty.clear()
            yield row
        else:
            empty.append(row)


@contextmanager
def _reader_errors() -> Iterator[None]:
    """Report every error of the fast reader as a damaged file; its panics are no ordinary exceptions."""
    try:
        yield
    except (CalamineError, OSError, ValueError) as error:
        raise damaged() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise damaged() from error
        raise
