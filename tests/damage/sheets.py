"""A list on its way to a file: each line and column knows what it was in the clean list."""

import csv
import io
from dataclasses import dataclass, field
from typing import Any

import xlsxwriter

from core.importing.columns import SheetColumn
from core.importing.sheet import kind_of
from tests.damage.lists import Cells


@dataclass
class Formatted:
    """A number with its number format."""

    number: float
    code: str


@dataclass
class Column:
    """`own` is the clean column; None for a column that has been added."""

    heading: str
    own: SheetColumn | None = None
    group: str = ""
    merged: bool = False
    """Whether equal cells of neighbouring lines are merged downwards."""


@dataclass
class Line:
    """`row` is the index in the clean list; None for a line that has been added."""

    cells: list[Any]
    row: int | None = None
    hidden: bool = False
    across: int = 0
    """Cells merged from the first on."""
    is_heading: bool = False
    """Whether the line prints the lower row of the heading again."""
    named: bool = False
    """Whether the line has to be named as passed over."""


@dataclass
class Sheet:
    kind: str
    columns: list[Column]
    lines: list[Line]
    titles: list[Line] = field(default_factory=list)
    group_merged: bool = True
    words: dict[tuple[str, str], str] = field(default_factory=dict)
    """What the clerk knows: the word that she means by another one in a column."""
    wrong: set[tuple[int, str]] = field(default_factory=set)
    """Row and label of cells that cannot be read: the row must get an error."""

    @property
    def is_plain(self) -> bool:
        """Return whether a text file holds all of the sheet."""
        cells = [cell for line in self.lines for cell in line.cells]
        merged = any(column.merged or column.group for column in self.columns)
        return not (
            merged
            or any(line.hidden or line.across for line in [*self.titles, *self.lines])
            or any(isinstance(cell, Formatted) for cell in cells)
        )

    @property
    def levels(self) -> int:
        return 2 if any(column.group for column in self.columns) else 1

    @property
    def first(self) -> int:
        """Return the row of the first line below the heading, from 0."""
        return len(self.titles) + self.levels

    def place(self, label: str) -> int | None:
        found = (n for n, column in enumerate(self.columns) if column.own and column.own.label == label)
        return next(found, None)


def clean_sheet(kind: str, rows: list[Cells]) -> Sheet:
    by_label = {column.label: column for column in kind_of(kind).columns.values()}
    columns = [Column(label, by_label[label]) for label in rows[0]]
    lines = [Line([row[column.heading] for column in columns], number) for number, row in enumerate(rows)]
    return Sheet(kind, columns, lines)


def cells_of(sheet: Sheet, line: Line) -> list[Any]:
    return [column.heading for column in sheet.columns] if line.is_heading else line.cells


def headings(sheet: Sheet) -> list[list[str]]:
    """Return the one or two rows of the heading."""
    if sheet.levels == 1:
        return [[column.heading for column in sheet.columns]]
    upper = [column.group or column.heading for column in sheet.columns]
    if not sheet.group_merged:
        before = ""
        for place, column in enumerate(sheet.columns):
            upper[place] = column.group if column.group != before else ""
            before = column.group
    lower = [column.heading if column.group or not sheet.group_merged else "" for column in sheet.columns]
    return [upper, lower]


def as_text(sheet: Sheet, encoding: str, separator: str) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerows(line.cells for line in sheet.titles)
    writer.writerows(headings(sheet))
    writer.writerows(cells_of(sheet, line) for line in sheet.lines)
    return out.getvalue().encode(encoding)


def as_workbook(sheet: Sheet) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        page = book.add_worksheet("名册")
        # Without a format xlsxwriter would leave what stands in the other cells of a merge.
        formats = {"": book.add_format({"align": "center", "valign": "vcenter"})}
        for number, line in enumerate(sheet.titles):
            _write(book, page, number, line, cells_of(sheet, line), formats)
        top = len(sheet.titles)
        _write_headings(page, top, sheet, formats[""])
        for number, line in enumerate(sheet.lines, start=sheet.first):
            _write(book, page, number, line, cells_of(sheet, line), formats)
        for place, column in enumerate(sheet.columns):
            if column.merged:
                _merge_equal(page, sheet, place, formats[""])
    return out.getvalue()


def _write(book: Any, page: Any, number: int, line: Line, cells: list[Any], formats: dict[str, Any]) -> None:
    if line.hidden:
        page.set_row(number, None, None, {"hidden": True})
    for place, cell in enumerate(cells):
        if isinstance(cell, Formatted):
            style = formats.setdefault(cell.code, book.add_format({"num_format": cell.code}))
            page.write_number(number, place, cell.number, style)
        elif cell != "":
            page.write_string(number, place, cell)
    if line.across > 1:
        page.merge_range(number, 0, number, line.across - 1, line.cells[0], formats[""])


def _write_headings(page: Any, top: int, sheet: Sheet, style: Any) -> None:
    rows = headings(sheet)
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            if text:
                page.write_string(top + number, place, text)
    if len(rows) == 1 or not sheet.group_merged:
        return
    start = 0
    for place, column in enumerate(sheet.columns):
        if not column.group:
            page.merge_range(top, place, top + 1, place, column.heading, style)
            start = place + 1
        elif place + 1 == len(sheet.columns) or sheet.columns[place + 1].group != column.group:
            if place > start:
                page.merge_range(top, start, top, place, column.group, style)
            start = place + 1


def _merge_equal(page: Any, sheet: Sheet, place: int, style: Any) -> None:
    start = 0
    lines = sheet.lines
    for number in range(1, len(lines) + 1):
        first = lines[start]
        goes_on = (
            number < len(lines)
            and first.row is not None
            and lines[number].row is not None
            and lines[number].cells[place] == first.cells[place]
        )
        if goes_on:
            continue
        value = first.cells[place]
        if number - start > 1 and isinstance(value, str) and value:
            top = sheet.first
            page.merge_range(top + start, place, top + number - 1, place, value, style)
        start = number
