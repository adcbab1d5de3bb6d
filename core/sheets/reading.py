"""Reading workbooks: guarded first, then by the fast reader; the same shape for .xlsx, .xls and .csv."""

import io
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import TypeVar, cast

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from core.cells import Cell
from core.dates import SERIALS
from core.sheets import text, xls, xlsx
from core.sheets.errors import (
    MAX_FILE_BYTES,
    SAVE_AS,
    SheetError,
    cell_name,
    damaged,
)

FIRST_OF_1904 = 1462
"""1904-01-01 as a day counted from 1900."""
Rows = list[list[Cell]]
Merge = tuple[tuple[int, int], tuple[int, int]]
Found = TypeVar("Found")

ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
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


class Sheet:
    """A visible sheet, laid out when its rows are first asked for."""

    def __init__(
        self,
        name: str,
        load: Callable[[], tuple[Rows, list[Merge]]],
        *,
        hidden: Collection[int] = (),
        since_1904: bool = False,
    ) -> None:
        """`hidden` are the rows, from 0, that a filter or a hand has hidden."""
        self.name = name
        self.hidden = hidden
        self._load = load
        self._since_1904 = since_1904
        self._content: tuple[Rows, list[Merge]] | None = None

    @property
    def rows(self) -> Rows:
        """All rows from A1 on, equally long, empty ones at the end left out.

        Empty cells are '', every number is a float, an Excel error is its text (#N/A). Raises
        SheetError when the sheet holds formulas or is too large.
        """
        return self._loaded()[0]

    @property
    def merges(self) -> list[Merge]:
        """Merged cells: first and last (row, column), from 0."""
        return self._loaded()[1]

    def refuse_merges(self, header: int) -> None:
        """Raises SheetError for merged headings (row from 0), and for cells merged downwards below them.

        Merged headings name no single column; of cells merged downwards only the first has content.
        """
        for first, last in self.merges:
            where = f"{cell_name(*first)}:{cell_name(*last)}"
            if first[0] <= header <= last[0]:
                raise SheetError(f"列名有合并单元格（{where}）。请取消合并，每列写一个列名，再传。")
            if header < first[0] < last[0]:
                raise SheetError(
                    f"有上下合并的单元格（{where}），只有第一行有内容。请取消合并，每行填满，再传。"
                )

    def count_days(self, columns: Iterable[int]) -> None:
        """Bare numbers in these columns are days: in a workbook that counts them from 1904, as from 1900."""
        if self._since_1904:
            for row in self.rows:
                for column in columns:
                    row[column] = _since_1900(row[column])

    def forget(self) -> None:
        """Give the memory back; the rows can be asked for again."""
        self._content = None

    def _loaded(self) -> tuple[Rows, list[Merge]]:
        if self._content is None:
            self._content = self._load()
        return self._content


def _since_1900(cell: Cell) -> Cell:
    """A day counted from 1904 as one counted from 1900; what is no day stays."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return cell
    day = cell + FIRST_OF_1904
    return day if SERIALS.start <= day < SERIALS.stop else cell


@dataclass
class Workbook:
    filename: str
    sheets: list[Sheet]

    def pick(self, find: Callable[[Rows], Found | None]) -> tuple[Sheet, Found] | None:
        """The first sheet in whose rows `find` finds something (its headings), and what it found.

        When none has any, raises the SheetError of a sheet that cannot be read, if there is one.
        """
        trouble = None
        for sheet in self.sheets:
            try:
                found = find(sheet.rows)
            except SheetError as error:
                trouble = trouble or error
                continue
            if found is not None:
                return sheet, found
            sheet.forget()
        if trouble:
            raise trouble
        return None


def read(data: bytes, filename: str) -> Workbook:
    """The visible sheets of an uploaded file; raises SheetError with one sentence for its reader.

    What concerns one sheet alone (formulas, too many rows) is raised when its rows are asked for,
    so that a summary sheet beside the list does no harm.
    """
    if not data:
        raise SheetError("文件是空的，请重新选一个。")
    if len(data) > MAX_FILE_BYTES:
        raise SheetError("文件超过 20 MB。请删去图片和不用的表，或分成几个文件再传。")
    if data.startswith(ZIP):
        sheets = _sheets(data, xlsx.inspect(data))
    elif data.startswith(OLE):
        records = xls.workbook_stream(data)
        sheets = _sheets(xls.repack(records), xls.inspect(records))
    else:
        _refuse_others(data)
        sheets = [_text_sheet(data, filename)]
    if not sheets:
        raise SheetError("文件里没有可见的工作表。")
    return Workbook(filename, sheets)


def _refuse_others(data: bytes) -> None:
    for magic, kind in _OTHERS.items():
        if data.startswith(magic):
            raise SheetError(f"这是{kind}，不是表格。请传 .xlsx、.xls 或 .csv 文件。")
    if _MARKUP.match(data.removeprefix(b"\xef\xbb\xbf")):
        raise SheetError(f"这是网页格式的表，只是名字叫 Excel。{SAVE_AS}。")


def _text_sheet(data: bytes, filename: str) -> Sheet:
    """A .csv, or the tab-separated text that old systems name .xls."""
    suffix = filename.lower().rpartition(".")[2]
    if suffix not in {"csv", "txt", "tsv"} and b"\t" not in data[:4096].split(b"\n")[0]:
        raise SheetError(f"这不是 Excel 表格。{SAVE_AS}。")
    return Sheet("", lambda: ([list(row) for row in text.read_text(data)], []))


def _sheets(data: bytes, parts: list[xlsx.Part]) -> list[Sheet]:
    """The visible sheets as the fast reader names them, each with what the inspection found."""
    if not parts:
        return []
    with _reader_errors():
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        known = book.sheets_metadata
    if len(parts) == len(known):
        # An old .xls: the inspection goes by the order of the sheets.
        for part, found in zip(parts, known, strict=True):
            part.name = part.name or found.name
    by_name = {part.name: part for part in parts}
    return [
        Sheet(
            found.name,
            partial(_lay_out, book, by_name[found.name]),
            hidden=by_name[found.name].hidden,
            since_1904=by_name[found.name].since_1904,
        )
        for found in known
        if found.name in by_name and found.visible == SheetVisibleEnum.Visible
    ]


def _lay_out(book: CalamineWorkbook, part: xlsx.Part) -> tuple[Rows, list[Merge]]:
    if part.trouble:
        raise part.trouble
    with _reader_errors():
        sheet = book.get_sheet_by_name(part.name)
        rows = cast(Rows, sheet.to_python())
        top, left = sheet.start or (0, 0)
        merges = sheet.merged_cell_ranges or []
    margin: list[Cell] = [""] * left
    if left:
        rows = [margin + row for row in rows]
    if top:
        blank: Rows = [[""] * len(rows[0]) for _ in range(top)]
        rows = blank + rows
    for (row, column), error in part.errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = error
    while rows and not any(cell != "" and str(cell).strip() for cell in rows[-1]):
        rows.pop()
    return rows, merges


@contextmanager
def _reader_errors() -> Iterator[None]:
    """Whatever the fast reader dislikes is a damaged file; its panics are no ordinary exceptions."""
    try:
        yield
    except (CalamineError, OSError, ValueError) as error:
        raise damaged() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":
            raise damaged() from error
        raise
