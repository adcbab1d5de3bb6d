"""From a workbook to a table: which sheet, which row is the heading, which column is what."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from core.cells import Cell, CellError, clean_text
from core.importing.columns import heading_key
from core.importing.kinds import Sheet
from core.importing.table import Table, shown
from core.sheets import cell_name
from core.sheets.marking import RESULT, ROW_NUMBER

HEADING_WITHIN = 20
"""Above the heading stand a title, the unit that fills the form, a date."""
NOT_DATA = {"合计", "总计", "小计", "共计"}
IGNORED = {heading_key(text) for text in ("序号", RESULT, ROW_NUMBER)}


class Refused(Exception):
    """The file cannot be imported at all; the message is one sentence for the clerk."""


@dataclass
class Heading:
    """Where the heading is (0-based row), and at which place each known column stands."""

    row: int
    positions: dict[str, int] = field(default_factory=dict)
    unknown: list[str] = field(default_factory=list)


def find_heading(sheet: Sheet, rows: Sequence[Sequence[Cell]]) -> Heading | None:
    """The row of the first twenty with the most known headings: two at least, or all that are required."""
    keys = {spelling: column.key for column in sheet.columns.values() for spelling in column.spellings}
    required = {column.key for column in sheet.columns.values() if column.required}
    best, most = None, 0
    for number, row in enumerate(rows[:HEADING_WITHIN]):
        known = {keys[key] for key in map(_key, row) if key in keys}
        if len(known) > most and (len(known) > 1 or known == required):
            best, most = number, len(known)
    return None if best is None else _read_heading(sheet, keys, rows[best], best)


def _read_heading(sheet: Sheet, keys: dict[str, str], row: Sequence[Cell], number: int) -> Heading:
    heading = Heading(number)
    for position, cell in enumerate(row):
        spelling = _key(cell)
        key = keys.get(spelling)
        if key is None:
            if spelling and spelling not in IGNORED:
                heading.unknown.append(shown(cell))
        elif key in heading.positions:
            first, second = cell_name(number, heading.positions[key]), cell_name(number, position)
            raise Refused(f"“{sheet.columns[key].label}”写了两列：{first} 和 {second}，只留一列再传。")
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


def check_heading(sheet: Sheet, heading: Heading) -> None:
    """Raises Refused when a column is missing without which no row can be understood."""
    if any(key in heading.positions for key in sheet.free_with):
        return
    missing = [c.key for c in sheet.columns.values() if c.required and c.key not in heading.positions]
    if missing:
        raise Refused(f"缺少{sheet.labels(missing)}列，补上再传；列的先后不限。")
    for group in sheet.either:
        if not any(key in heading.positions for key in group):
            raise Refused(f"{sheet.labels(group)}至少要有一列，补上再传。")


def make_table(sheet: Sheet, heading: Heading, rows: Sequence[Sequence[Cell]]) -> Table:
    """The rows below the heading but for empty ones and totals."""
    kept, numbers = [], []
    for number, row in enumerate(rows[heading.row + 1 :], start=heading.row + 2):
        if any(row) and _is_data(row):
            kept.append(row)
            numbers.append(number)
    if not kept:
        raise Refused("标题下面没有要导入的行。")
    return Table(sheet.columns, heading.positions, kept, numbers)


def _is_data(row: Sequence[Cell]) -> bool:
    first = next((cell for cell in row if cell not in ("", None)), "")
    if not isinstance(first, str):
        return True
    text = first.strip()
    return text.replace(" ", "") not in NOT_DATA and (bool(text) or any(str(cell).strip() for cell in row))
