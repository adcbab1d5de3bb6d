"""The only module that knows a spreadsheet library."""

from collections.abc import Iterable, Sequence
from typing import IO, Any

import xlsxwriter


def write_rows(out: IO[bytes], headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Write a plain sheet in constant memory."""
    book = xlsxwriter.Workbook(out, {"constant_memory": True, "strings_to_formulas": False})
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, headings)
    for number, row in enumerate(rows, start=1):
        sheet.write_row(
            number, 0, [cell if isinstance(cell, int | float) else str(cell or "") for cell in row]
        )
    book.close()
