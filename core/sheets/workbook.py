"""Reading workbooks, in a child process with limits; the same shape for .xlsx, .xls and .csv."""

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar

from core.cells import Cell
from core.dates import SERIALS
from core.sandbox import process
from core.sandbox.sheets.errors import LONGEST_LINE, MAX_CELLS, SheetError, cell_name, damaged
from core.sheets.limits import IN_BACKGROUND, as_sheet_errors

FIRST_OF_1904 = 1462
"""1904-01-01 as a day counted from 1900."""
Rows = list[list[Cell]]
Merge = tuple[tuple[int, int], tuple[int, int]]
Found = TypeVar("Found")

LEARNED_FROM = 5_000
"""Rows whose texts are looked up in those that follow."""
TASK = "core.sandbox.sheets.rows:read"
_PLAIN = {str, int, float, bool, type(None), dt.datetime, dt.date, dt.time, dt.timedelta}


class WorkbookSheet:
    """A visible sheet, laid out when its rows are first asked for."""

    def __init__(
        self,
        name: str,
        load: Callable[[], Rows],
        *,
        merges: Collection[Merge] = (),
        hidden: Collection[int] = (),
        since_1904: bool = False,
    ) -> None:
        """`merges` are first and last (row, column) of merged cells, `hidden` the rows that a filter or a hand has
        hidden, all counted from 0."""
        self.name = name
        self.merges = merges
        self.hidden = hidden
        self._load = load
        self._since_1904 = since_1904
        self._rows: Rows | None = None

    @property
    def rows(self) -> Rows:
        """Return all rows from A1 on, equally long, empty ones at the end left out.

        Empty cells are '', every number is a float, an Excel error is its text (#N/A). Raises
        SheetError when the sheet holds formulas or is too large.
        """
        if self._rows is None:
            self._rows = self._load()
        return self._rows

    def refuse_merges(self, header: int) -> None:
        """Raise SheetError for merged headings (row from 0), and for cells merged downwards below them.

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
        self._rows = None


def _since_1900(cell: Cell) -> Cell:
    """Return a day counted from 1904 as one counted from 1900; what is no day stays."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return cell
    day = cell + FIRST_OF_1904
    return day if SERIALS.start <= day < SERIALS.stop else cell


@dataclass
class Workbook:
    filename: str
    sheets: list[WorkbookSheet]

    def pick(self, find: Callable[[Rows], Found | None]) -> tuple[WorkbookSheet, Found] | None:
        """Return the first sheet in whose rows `find` finds something (its headings), and what it found.

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


def read(data: bytes, filename: str, limits: process.Limits = IN_BACKGROUND) -> Workbook:
    """Return the visible sheets of an uploaded file; raises SheetError with one sentence for its reader.

    What concerns one sheet alone (formulas, too many rows) is raised when its rows are asked for,
    so that a summary sheet beside the list does no harm.
    """
    with as_sheet_errors():
        lines = process.run(TASK, data, limits, filename=filename)
        return Workbook(filename, list(_sheets(lines)))


# --- what the child process answers: read without trust -------------------------------------------


def _sheets(lines: BinaryIO) -> Iterator[WorkbookSheet]:
    while line := lines.readline(LONGEST_LINE):
        if line.startswith(b"{"):
            try:
                yield _sheet(json.loads(line), lines, lines.tell())
            except (LookupError, TypeError, ValueError) as error:
                raise damaged() from error


def _sheet(head: dict[str, Any], lines: BinaryIO, start: int) -> WorkbookSheet:
    if "trouble" in head:
        return WorkbookSheet(str(head["name"]), _raising(str(head["trouble"])))
    return WorkbookSheet(
        str(head["name"]),
        lambda: list(_rows(lines, start)),
        merges=[((a, b), (c, d)) for (a, b), (c, d) in head["merges"]],
        hidden=set(head["hidden"]),
        since_1904=bool(head["since_1904"]),
    )


def _raising(sentence: str) -> Callable[[], Rows]:
    def load() -> Rows:
        raise SheetError(sentence)

    return load


def _rows(lines: BinaryIO, start: int) -> Iterator[list[Cell]]:
    lines.seek(start)
    decode = json.JSONDecoder(object_hook=_cell).decode
    number, width, cells = 0, -1, 0
    known: dict[Cell, Cell] = {}
    while (line := lines.readline(LONGEST_LINE)).startswith(b"["):
        try:
            row = decode(line.decode())
        except (LookupError, TypeError, ValueError, RecursionError) as error:
            raise damaged() from error
        width = len(row) if width < 0 else width
        cells += width
        if len(row) != width or cells > MAX_CELLS or not _PLAIN.issuperset(map(type, row)):
            raise damaged()
        if number < LEARNED_FROM:
            for cell in row:
                if isinstance(cell, str):
                    known.setdefault(cell, cell)
        # Most texts of a list stand in many rows: kept once, a large one takes half the memory.
        yield list(map(known.get, row, row))
        number += 1


def _cell(tagged: dict[str, Any]) -> Cell:
    """Return a day or time that JSON has no word for."""
    ((kind, value),) = tagged.items()
    if kind == "timedelta":
        return dt.timedelta(seconds=value)
    kinds: dict[str, type[dt.datetime] | type[dt.date] | type[dt.time]]
    kinds = {"datetime": dt.datetime, "date": dt.date, "time": dt.time}
    return kinds[kind].fromisoformat(value)
