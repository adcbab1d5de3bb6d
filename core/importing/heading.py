"""Turn a workbook into a table: choose the sheet, find the heading row, map the columns."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from core.cells import Cell, CellError, clean_text
from core.importing.columns import heading_key
from core.importing.sheet import ImportSheet
from core.importing.table import Table, shown
from core.sheets import cell_name
from core.sheets.marking import RESULT, ROW_NUMBER

HEADING_WITHIN = 20
"""A title, the reporting unit and a date may stand above the heading."""
_TOTAL = re.compile(
    r"(?:本页|.{0,12}[县区市乡镇村组社道局])?[合总小共累]\s*计\s*(?:[（(:：\d].*)?|共\s*\d+\s*[户人个条].*",
    re.DOTALL,
)
# 填表人：张三 below the table, or a note alone in its row.
_SIGNED = re.compile(r"\s*[^:：]{1,8}[:：]")
_NOTE = re.compile(
    r"\s*(?:[(（]?(?:\d+|[一二三四五六七八九十]+)[)）.、．]|注|备注|说明|以下空白|以下无正文|第\s*\d+\s*页)"
)
IGNORED = {heading_key(text) for text in ("序号", RESULT, ROW_NUMBER)}


class ImportRefused(Exception):
    """The file cannot be imported at all; the message is one sentence for the clerk."""


@dataclass
class HeadingRow:
    """The heading's position (0-based row) and the position of each known column."""

    row: int
    positions: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def find_heading(sheet: ImportSheet, rows: Sequence[Sequence[Cell]]) -> HeadingRow | None:
    """Find the row among the first twenty with the most known headings: at least two, or all required ones."""
    keys = {spelling: column.key for column in sheet.columns.values() for spelling in column.spellings}
    required = {column.key for column in sheet.columns.values() if column.required}
    best, most = None, 0
    for number, row in enumerate(rows[:HEADING_WITHIN]):
        known = {keys[key] for key in map(_key, row) if key in keys}
        if len(known) > most and (len(known) > 1 or known == required):
            best, most = number, len(known)
    return None if best is None else _read_heading(sheet, keys, rows[best], best)


def _read_heading(sheet: ImportSheet, keys: dict[str, str], row: Sequence[Cell], number: int) -> HeadingRow:
    heading = HeadingRow(number)
    for position, cell in enumerate(row):
        spelling = _key(cell)
        key = keys.get(spelling)
        if key is None:
            if spelling and spelling not in IGNORED:
                heading.unknown.append(shown(cell))
        elif key in heading.positions:
            first, second = cell_name(number, heading.positions[key]), cell_name(number, position)
            raise ImportRefused(f"“{sheet.columns[key].label}”写了两列：{first} 和 {second}，只留一列再传。")
        else:
            heading.positions[key] = position
    return heading


def _key(cell: Cell) -> str:
    if not isinstance(cell, str) or len(cell) > 60:
        return ""
    try:
        return heading_key(clean_text(cell))
    except CellError:
        return ""


def check_heading(sheet: ImportSheet, heading: HeadingRow) -> None:
    """Raise ImportRefused if a required column is missing."""
    if any(key in heading.positions for key in sheet.free_with):
        return
    where = f"列名在第 {heading.row + 1} 行"
    missing = [c.key for c in sheet.columns.values() if c.required and c.key not in heading.positions]
    if missing:
        raise ImportRefused(f"{where}，缺少{sheet.labels(missing)}列，补上再传；列的先后不限，都写在这一行。")
    for group in sheet.either:
        if not any(key in heading.positions for key in group):
            raise ImportRefused(f"{where}，{sheet.labels(group)}至少要有一列，补上再传；列名都写在这一行。")


def make_table(sheet: ImportSheet, heading: HeadingRow, rows: Sequence[Sequence[Cell]]) -> Table:
    """Return the rows below the heading without empty rows, totals and notes."""
    places = list(heading.positions.values())
    titles = [rows[heading.row][place] for place in places]
    kept, numbers = [], []
    for number, row in enumerate(rows[heading.row + 1 :], start=heading.row + 2):
        if any(row) and _is_data(row, places, titles):
            kept.append(row)
            numbers.append(number)
    if not kept:
        raise ImportRefused("标题下面没有要导入的行。")
    return Table(sheet.columns, heading.positions, kept, numbers)


def _is_data(row: Sequence[Cell], places: Sequence[int], titles: Sequence[Cell]) -> bool:
    """Return whether a row is data: not a numbered empty row, a total, a note or a repeated heading."""
    if not any(_is_filled(row[place]) for place in places):
        return False
    first = next(cell for cell in row if _is_filled(cell))
    if isinstance(first, str) and (_TOTAL.fullmatch(first) or _is_note(first, row)):
        return False
    return row[places[0]] != titles[0] or [row[place] for place in places] != titles


def _is_note(first: str, row: Sequence[Cell]) -> bool:
    if not (_SIGNED.match(first) or _NOTE.match(first)):
        return False
    filled = [cell for cell in row if _is_filled(cell)]
    return len(filled) == 1 or all(isinstance(cell, str) and _SIGNED.match(cell) for cell in filled)


def _is_filled(cell: Cell) -> bool:
    return cell is not None and cell != "" and (not isinstance(cell, str) or not cell.isspace())
