"""Which rows below a heading are data: totals, notes, signatures and repeated headings are passed over."""

import re
from collections.abc import Collection, Sequence
from functools import lru_cache

from core.cells import Cell, CellError, clean_text
from core.importing.columns import NOTHING, heading_key
from core.importing.heading import HeadingRow, ImportRefused, Rows
from core.importing.questions import Asking
from core.importing.sheet import ImportSheet
from core.importing.table import Cells, Table, shown
from core.shown_number import seen

_TOTAL = re.compile(
    r"(?:本页|第\s*\S{1,4}\s*页|.{0,15}[县区市乡镇村组社道局])?\s*"
    r"(?:[合总小共累]\s*计|共\s*[\d,，一二三四五六七八九十百千万]+\s*[户人个条名件次村])"
)
# 填表人：张三 below the table, or a note alone in its row.
_SIGNED = re.compile(r"\s*[^:：]{1,8}[:：]")
_NOTE = re.compile(
    r"\s*(?:[(（]?(?:\d+|[一二三四五六七八九十]+)(?:[)）、．]|\.(?!\d))|注(?![\u4e00-\u9fff]{1,3}$)|备注|说明|以下空白|以下无正文|第\s*\d+\s*页)"
)


class Passed:
    """Rows below the heading that are no data: row number (from 1) and first words."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, str]] = []

    def note(self, number: int, row: Sequence[Cell]) -> None:
        first = next(cell for cell in row if is_filled(cell))
        self.rows.append((number, shown(first)))


def make_table(
    sheet: ImportSheet,
    heading: HeadingRow,
    rows: Rows,
    *,
    without: Collection[int] = (),
    passed: Passed | None = None,
    asking: Asking | None = None,
) -> Table:
    """Return the data rows below the heading; `without` are rows (from 0) that the clerk leaves out.

    Raises ImportRefused when there are none.
    """
    passed = passed or Passed()
    judge = _Judge(sheet, heading, rows)
    kept, numbers = [], []
    for number, row in enumerate(rows[heading.row + 1 :], start=heading.row + 2):
        if not any(row) or number - 1 in without:
            continue
        if judge.has_cells(row):
            is_data = judge.is_data(row)
        elif any(map(_is_wording, row)):
            is_data = False
        else:
            continue  # an empty row with its number in the list
        if is_data:
            kept.append(row)
            numbers.append(number)
        else:
            passed.note(number, row)
    if not kept:
        raise ImportRefused("标题下面没有要导入的行。")
    return Table(sheet.columns, heading.positions, kept, numbers, asking)


class _Judge:
    """Tells data from other rows by the cells of the whole row, before merged cells are filled."""

    def __init__(self, sheet: ImportSheet, heading: HeadingRow, rows: Rows) -> None:
        self.places = list(heading.positions.values())
        self.titles = {place: _headings_at(heading, rows, place) for place in self.places}
        known = [
            (heading.positions[key], column)
            for key, column in sheet.columns.items()
            if key in heading.positions
        ]
        self.names = [(at, Cells(column)) for at, column in known if column.identifies or column.secret]
        self.days = [(at, Cells(column)) for at, column in known if column.format == "date"]

    def has_cells(self, row: Sequence[Cell]) -> bool:
        """Return whether a row has more than its number in the list."""
        return any(is_filled(row[place]) for place in self.places)

    def is_data(self, row: Sequence[Cell]) -> bool:
        at, first = next((at, seen(cell)) for at, cell in enumerate(row) if is_filled(cell))
        if isinstance(first, str):
            if _TOTAL.match(first) and not _is_named(row, at, [*self.names, *self.days]):
                return False
            if (_SIGNED.match(first) or _NOTE.match(first)) and not _is_named(row, at, self.names):
                return False
        return not self._is_title(row)

    def _is_title(self, row: Sequence[Cell]) -> bool:
        """Return whether every cell of a row is the heading of its column, in one of the heading's rows."""
        for place in self.places:
            cell = row[place]
            if is_filled(cell) and not (isinstance(cell, str) and _key(cell) in self.titles[place]):
                return False
        return True


def _headings_at(heading: HeadingRow, rows: Rows, place: int) -> set[str]:
    cells = [rows[row][place] for row in range(heading.first, heading.row + 1)]
    return {_key(text) for text in [heading.texts[place], *cells] if isinstance(text, str)}


@lru_cache(maxsize=4096)
def _key(text: str) -> str:
    return heading_key(text)


def _is_named(row: Sequence[Cell], but: int, naming: Sequence[tuple[int, Cells]]) -> bool:
    """Return whether a row holds a valid value in one of these columns, beside its first cell."""
    for at, cells in naming:
        if at != but and is_filled(row[at]) and not _SIGNED.match(str(row[at])):
            value = cells[row[at]]
            if value is not NOTHING and not isinstance(value, CellError):
                return True
    return False


def _is_wording(cell: Cell) -> bool:
    return isinstance(cell, str) and any(char.isalpha() for char in cell)


def is_filled(cell: Cell) -> bool:
    return cell is not None and cell != "" and (not isinstance(cell, str) or not cell.isspace())


def words_of(passed: Passed) -> list[str]:
    """Return one sentence that names every row that was passed over, or no sentence."""
    if not passed.rows:
        return []
    listed = "、".join(f"第 {number} 行“{clean_text(text)}”" for number, text in passed.rows)
    return [f"{listed}不是数据，已跳过。"]
