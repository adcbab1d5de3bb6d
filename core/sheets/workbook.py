"""Read workbooks in a child process with limits; the same result for .xlsx, .xls and .csv."""

import datetime as dt
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO, TypeVar

from core.cells import Cell
from core.dates import SERIALS
from core.sandbox import process
from core.sandbox.sheets.errors import LONGEST_LINE, MAX_CELLS, SheetError, damaged
from core.sheets.limits import IN_BACKGROUND, as_sheet_errors
from core.shown_number import ShownNumber

FIRST_OF_1904 = 1462
"""Serial number of 1904-01-01 in the 1900 date system."""
Rows = list[list[Cell]]
Merge = tuple[tuple[int, int], tuple[int, int]]
Span = tuple[int, int, int]
"""Column, first row and last row."""
Found = TypeVar("Found")

LEARNED_FROM = 5_000
"""Number of preceding rows whose strings are reused."""
TASK = "core.sandbox.sheets.rows:read"
_PLAIN = {str, int, float, bool, type(None), dt.datetime, dt.date, dt.time, dt.timedelta, ShownNumber}


class WorkbookSheet:
    """A visible sheet, loaded when its rows are first requested."""

    def __init__(
        self,
        name: str,
        load: Callable[[], Rows],
        *,
        merges: Sequence[Merge] = (),
        hidden: Collection[int] = (),
        stored_formulas: Sequence[Span] = (),
        missing_formulas: Sequence[Span] = (),
        since_1904: bool = False,
    ) -> None:
        """`merges` are first and last (row, column) of merged cells, `hidden` the hidden rows, the formulas those
        with a stored result and those without one (which are empty cells), all counted from 0.
        """
        self.name = name
        self.merges = merges
        self.hidden = hidden
        self.stored_formulas = stored_formulas
        self.missing_formulas = missing_formulas
        self._load = load
        self._since_1904 = since_1904
        self._rows: Rows | None = None

    @property
    def rows(self) -> Rows:
        """Return all rows from A1 on, equally long, without empty rows at the end.

        Empty cells are '', every number is a float, an Excel error is its text (#N/A). Raises SheetError when
        the sheet is too large.
        """
        if self._rows is None:
            self._rows = self._load()
        return self._rows

    def count_days(self, columns: Iterable[int]) -> None:
        """Treat bare numbers in these columns as dates; convert them from the 1904 to the 1900 date system."""
        if self._since_1904:
            for row in self.rows:
                for column in columns:
                    row[column] = _since_1900(row[column])

    def forget(self) -> None:
        """Free the memory; the rows can be requested again."""
        self._rows = None


def _since_1900(cell: Cell) -> Cell:
    """Convert a date from the 1904 to the 1900 date system; leave other values unchanged."""
    if isinstance(cell, bool) or not isinstance(cell, int | float):
        return cell
    day = cell + FIRST_OF_1904
    return day if SERIALS.start <= day < SERIALS.stop else cell


@dataclass
class Workbook:
    filename: str
    sheets: list[WorkbookSheet]

    def pick(self, find: Callable[[WorkbookSheet], Found | None]) -> tuple[WorkbookSheet, Found] | None:
        """Return the first sheet for which `find` returns a result, and that result.

        If there is none, raise the SheetError of an unreadable sheet, if there is one.
        """
        trouble = None
        for sheet in self.sheets:
            try:
                found = find(sheet)
            except SheetError as error:
                trouble = trouble or error
                continue
            if found is not None:
                return sheet, found
            sheet.forget()
        if trouble:
            raise trouble
        return None


def read(
    data: bytes, filename: str, limits: process.Limits = IN_BACKGROUND, *, most_rows: int | None = None
) -> Workbook:
    """Return the visible sheets of an uploaded file. Raises SheetError with one sentence for its reader.

    With `most_rows` only the first rows of each sheet are returned.

    Problems of a single sheet (too many rows) are raised when its rows are requested, so that a sheet beside the
    list does no harm.
    """
    with as_sheet_errors():
        lines = process.run(TASK, data, limits, filename=filename, most_rows=most_rows)
        return Workbook(filename, list(_sheets(lines)))


# --- parse the child's answer without trusting it --------------------------------------------------


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
        stored_formulas=[(a, b, c) for a, b, c in head["formulas"]["stored"]],
        missing_formulas=[(a, b, c) for a, b, c in head["formulas"]["missing"]],
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
        # Most strings of a list repeat in many rows; sharing them halves the memory of a large one.
        yield list(map(known.get, row, row))
        number += 1


def _cell(tagged: dict[str, Any]) -> Cell:
    """Decode a date or time, or a number with the text that its cell shows."""
    ((kind, value),) = tagged.items()
    if kind == "shown":
        return _shown(*value)
    if kind == "timedelta":
        return dt.timedelta(seconds=value)
    kinds: dict[str, type[dt.datetime] | type[dt.date] | type[dt.time]]
    kinds = {"datetime": dt.datetime, "date": dt.date, "time": dt.time}
    return kinds[kind].fromisoformat(value)


def _shown(number: float, text: str | None, same: bool) -> ShownNumber:
    if not isinstance(text, str | None):
        raise TypeError(text)
    return ShownNumber(float(number), text, same=bool(same))
