"""The task that marks a workbook."""

import mimetypes
from collections.abc import Iterator, Mapping, Sequence

from core.sandbox.sheets.archive import ZIP
from core.sandbox.sheets.copying import Row, copy
from core.sandbox.sheets.errors import SheetError
from core.sandbox.sheets.marks import Marks
from core.sandbox.sheets.opening import OpenedSheet, open_workbook
from core.sandbox.sheets.packing import standard

# openpyxl takes 0.8 ms and 16 KB per row of 30 cells.
MAX_MARKED_ROWS = 20_000
# The plain copy is made in memory: a temporary file would be stored unencrypted.
MAX_COPIED_ROWS = 100_000


def mark(
    data: bytes,
    filename: str,
    sheet_name: str,
    marks: Sequence[tuple[int, int, str]],
    extra_columns: Mapping[str, Mapping[str, str]],
    header_row: int,
    styled: bool,
) -> Iterator[bytes]:
    """Yield the marked workbook; see `core.sheets.marking`. Without `styled`, always a plain copy."""
    reasons = {(row, column): reason for row, column, reason in marks}
    extras = {
        heading: {int(row): value for row, value in values.items()}
        for heading, values in extra_columns.items()
    }
    rows, large = _rows_of(data, filename, sheet_name, reasons, header_row)
    if styled and not large and data.startswith(ZIP):
        data = standard(data)
        mimetypes.knownfiles.clear()  # openpyxl reads these files, and the child may open nothing in /etc
        # Imported late: it takes longer than the rest of the start-up.
        from core.sandbox.sheets.styled import UNREADABLE, marked

        width = len(rows[header_row])
        try:
            yield marked(data, sheet_name, width, reasons, extras, header_row)
            return
        except UNREADABLE:
            pass  # a copy without styles is better than none
    yield copy(rows, reasons, extras, header_row, numbered=large)


def _rows_of(
    data: bytes, filename: str, sheet_name: str, marks: Marks, header_row: int
) -> tuple[dict[int, Row], bool]:
    """Return all rows by number; above 20,000 rows only the headings and those with a mark."""
    wanted = {header_row, *(row for row, _ in marks)}
    rows: dict[int, Row] = {}
    large = False
    for number, row in enumerate(_find(data, filename, sheet_name).load()[0]):
        if number - header_row > MAX_MARKED_ROWS and not large:
            large = True
            rows = {before: rows[before] for before in rows if before in wanted}
        if (not large or number in wanted) and len(rows) <= MAX_COPIED_ROWS:
            rows[number] = row
    return rows, large


def _find(data: bytes, filename: str, sheet_name: str) -> OpenedSheet:
    for sheet in open_workbook(data, filename):
        if sheet.name == sheet_name:
            return sheet
    raise SheetError(f"文件里没有“{sheet_name}”这张表。")
