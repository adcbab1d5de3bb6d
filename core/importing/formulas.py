"""Formulas in an imported table: the reminder to check stored results, and the refusal of cells without one."""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence

from core.importing.table import Table, name_rows
from core.sheets import Span, WorkbookSheet, cell_name

CELLS_NAMED = 4


def settle(table: Table, found: WorkbookSheet) -> None:
    """Refuse the cells whose formula has no stored result, and add one note about those that have."""
    for index, key, _ in _cells(table, found.missing_formulas):
        table.refused.add((index, key))
        table.error(
            index, key, "是公式，没有存算出的结果", "在 Excel 里打开存一次，或“选择性粘贴-数值”，再传"
        )
    if names := [cell for _, _, cell in _cells(table, found.stored_formulas)]:
        table.notes.append(f"{_listed(names)}是公式，按表里存的结果导入，请核对。")
    if numbers := _empty_rows(table, found):
        table.notes.append(f"{name_rows(numbers)}只有公式，没有存算出的结果，没有导入。")


def _cells(table: Table, spans: Iterable[Span]) -> Iterator[tuple[int, str, str]]:
    """Yield index, column and address of each cell that the table reads."""
    keys = {position: key for key, position in table.positions.items()}
    for column, first, last in spans:
        if key := keys.get(column):
            start, end = bisect_left(table.numbers, first + 1), bisect_right(table.numbers, last + 1)
            for index in range(start, end):
                yield index, key, cell_name(table.numbers[index] - 1, column)


def _empty_rows(table: Table, found: WorkbookSheet) -> list[int]:
    """Return the numbers of the rows that hold nothing but formulas without results."""
    mapped = set(table.positions.values())
    rows = {
        row
        for column, first, last in found.missing_formulas
        if column in mapped
        for row in range(first, last + 1)
        if row >= len(found.rows) or not any(map(str, found.rows[row]))
    }
    return sorted(row + 1 for row in rows)


def _listed(names: Sequence[str]) -> str:
    listed = "、".join(names[:CELLS_NAMED])
    return f"{listed} 等 {len(names)} 格" if len(names) > CELLS_NAMED else f"{listed} "
