"""What merged cells below a heading mean: one value for several rows, or a question.

Names, places, dates and words that are merged downwards hold for every row. An amount, a count or a number of
one person merged over several rows may hold once or for each, so the clerk is asked.
"""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from core.cells import Cell, CellError, clean_decimal
from core.importing.columns import SheetColumn, heading_key
from core.importing.heading import IGNORED, HeadingRow, ImportRefused, Merges, Rows
from core.importing.questions import EACH, FIRST, MERGES, SHARE, Asking, ImportQuestion
from core.importing.sheet import ImportSheet
from core.importing.table import Table
from core.sheets import cell_name

Area = tuple[list[int], Cell, str]
"""Rows (from 0) of a merge in one column, its value and its address."""


def spread(
    sheet: ImportSheet, heading: HeadingRow, rows: Rows, merges: Merges, table: Table
) -> list[list[int]]:
    """Fill the merged cells of the table's rows; return the filled cells as [row, column], from 0.

    Raises ImportRefused that names every merge over two known columns of a data row.
    """
    own = {number - 1: row for number, row in zip(table.numbers, table.rows, strict=True)}
    areas: dict[str, list[Area]] = defaultdict(list)
    unreadable = []
    keys = {place: key for key, place in heading.positions.items()}
    for (top, left), (bottom, right) in sorted(merges):
        inside = [row for row in range(max(top, heading.row + 1), bottom + 1) if row in own]
        known = [place for place in range(left, right + 1) if place in keys]
        if not inside or not known:
            continue
        address = f"{cell_name(top, left)}:{cell_name(bottom, right)}"
        if len(known) > 1:
            unreadable.append(address)
            continue
        if known[0] != left and heading_key(heading.texts.get(left, "")) in IGNORED:
            continue
        areas[keys[known[0]]].append((inside, rows[top][left], address))
    if unreadable:
        raise ImportRefused(
            f"{'、'.join(unreadable)} 合并了几列，看不出内容是哪一列的。请取消合并，每格各写各的，再传。"
        )
    filled: list[list[int]] = []
    for key, found in areas.items():
        column, place = sheet.columns[key], heading.positions[key]
        valued = [area for area in found if area[1] not in ("", None)]
        filled += _fill(column, place, valued, own, table.asking)
    return filled


def _fill(
    column: SheetColumn, place: int, areas: Sequence[Area], own: dict[int, Sequence[Cell]], asking: Asking
) -> list[list[int]]:
    several = [area for area in areas if len(area[0]) > 1]
    answer = EACH
    if several and column.of_one_row:
        answer = _ask(column, several, asking)
    elif several:
        asking.notes.append(f"“{column.label}”有 {len(several)} 处上下合并的格子，内容填到了每一行。")
    filled = []
    for inside, value, _ in areas:
        values = _values(value, len(inside), answer)
        for row, cell in zip(inside, values, strict=True):
            line = own[row]
            if isinstance(line, list) and line[place] != cell:
                line[place] = cell
                filled.append([row, place])
    return filled


def _ask(column: SheetColumn, areas: Sequence[Area], asking: Asking) -> str:
    options = [EACH, FIRST]
    if column.format == "number" and all(_shares(value, len(inside)) for inside, value, _ in areas):
        options.append(SHARE)
    chosen = asking.answers.merge(column.label)
    asking.ask(
        ImportQuestion(
            MERGES,
            column.label,
            column.label,
            samples=[address for _, _, address in areas[:3]],
            rows=[inside[0] + 1 for inside, _, _ in areas[:40]],
            count=len(areas),
            options=options,
            chosen=chosen if chosen in options else "",
            answered=chosen in options,
            must=True,
            why="几行合并成一格，看不出是每行都有，还是一共这些",
        )
    )
    return chosen if chosen in options else FIRST


def _values(value: Cell, rows: int, answer: str) -> list[Cell]:
    if answer == SHARE and rows > 1:
        return list(_shares(value, rows))
    rest: Cell = value if answer == EACH else ""
    return [value, *[rest] * (rows - 1)]


def _shares(value: Cell, rows: int) -> list[Cell]:
    """Return a number divided among the rows to the cent, the rest on the first row; [] if it is none."""
    try:
        whole = clean_decimal(value)
    except CellError:
        return []
    if whole is None:
        return []
    step = Decimal(1) if whole == int(whole) and whole % rows == 0 else Decimal("0.01")
    share = (whole / rows).quantize(step)
    return [str(share + (whole - share * rows)), *[str(share)] * (rows - 1)]
