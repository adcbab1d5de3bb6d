"""Open a workbook: inspect it first, then use the fast reader; the same result for .xlsx, .xls and .csv."""

import io
import re
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
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

Row = Sequence[Cell]
Merge = tuple[tuple[int, int], tuple[int, int]]

_OTHERS = {
    b"%PDF": "PDF 文件",
    b"\xff\xd8\xff": "图片",
    b"\x89PNG": "图片",
    b"GIF8": "图片",
    b"BM": "图片",
    b"Rar!": "压缩包",
    b"7z\xbc\xaf": "压缩包",
    b"PK\x05\x06": "空的压缩包",
    b"{\\rtf": "Word 文件",
}
_MARKUP = re.compile(rb"\s*<(?:!|\?xml|html|head|body|table|meta|style|div|Workbook)", re.IGNORECASE)


@dataclass
class OpenedSheet:
    """A visible sheet, loaded on demand."""

    name: str
    load: Callable[[], tuple[Iterator[Row], list[Merge]]]
    """Return rows from A1 on, equally long, without empty rows at the end, and merged cells.

    Raises SheetError when the sheet holds formulas or is too large.
    """
    hidden: Collection[int] = ()
    """Rows (from 0) hidden by a filter or by hand."""
    since_1904: bool = False


def open_workbook(data: bytes, filename: str) -> list[OpenedSheet]:
    """Return the visible sheets of a file. Raises SheetError with one sentence for its reader.

    Problems of a single sheet (formulas, too many rows) are raised when its rows are requested, so that a
    summary sheet beside the list does no harm.
    """
    if not data:
        raise SheetError("文件是空的，请重新选一个。")
    if len(data) > MAX_FILE_BYTES:
        raise SheetError(f"文件超过 {MAX_FILE_BYTES >> 20} MB。请删去图片和不用的表，或分成几个文件再传。")
    if data.startswith(ZIP) and (tables := tables_in(data)):
        sheets = [OpenedSheet(name, partial(_text_rows, load)) for name, load in tables]
    elif data.startswith(ZIP):
        sheets = _sheets(data, xlsx.inspect(data))
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
        if data.startswith(magic):
            raise SheetError(f"这是{kind}，不是表格。请传 .xlsx、.xls 或 .csv 文件。")
    if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise SheetError(f"这是网页格式的表，只是名字叫 Excel。{SAVE_AS}。")


def _text_sheet(data: bytes, filename: str) -> OpenedSheet:
    """Read a .csv, or tab-separated text that old systems name .xls."""
    suffix = filename.lower().rpartition(".")[2]
    if suffix not in {"csv", "txt", "tsv"} and b"\t" not in data[:4096].split(b"\n")[0]:
        raise SheetError(f"这不是 Excel 表格。{SAVE_AS}。")
    return OpenedSheet("", lambda: (iter(text.read_text(data)), []))


def _text_rows(load: Callable[[], bytes]) -> tuple[Iterator[Row], list[Merge]]:
    return iter(text.read_text(load())), []


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
    return _without_end(part.formatted.shown(_rows(sheet, part.errors))), merges


def _rows(sheet: CalamineSheet, errors: dict[tuple[int, int], str]) -> Iterator[list[Cell]]:
    """Yield one row at a time: all at once take twice the memory."""
    margin: list[Cell] = [""] * (sheet.start or (0, 0))[1]
    wrong: dict[int, list[tuple[int, str]]] = {}
    for (number, column), error in errors.items():
        wrong.setdefault(number, []).append((column, error))
    with _reader_errors():
        for number, cells in enumerate(sheet.iter_rows()):
            row = [*margin, *cells] if margin else cast(list[Cell], cells)
            for column, error in wrong.get(number, ()):
                if column < len(row):
                    row[column] = error
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
