"""The clerk's own workbook back, with the wrong cells marked and explained and numbers filled in."""

from functools import partial

from core.sandbox import process
from core.sandbox.sheets.errors import SheetError
from core.sandbox.sheets.marks import RESULT, ROW_NUMBER, Extras, Marks
from core.sheets.limits import IN_BACKGROUND, as_sheet_errors

TASK = "core.sandbox.sheets.marking:mark"


def mark_workbook(
    data: bytes,
    filename: str,
    sheet_name: str,
    marks: Marks,
    extra_columns: Extras,
    header_row: int,
    limits: process.Limits = IN_BACKGROUND,
) -> bytes:
    """Return an .xlsx: wrong cells amber with their reason as a note, extra columns filled in.

    `marks` are reasons by (row, column), `extra_columns` values by heading and row, all counted from
    0 as `read` gives them. A column that is there is filled in its blank cells only, 导入结果 is
    always written anew; a missing one is added at the right. Earlier marks go. A file that is no
    .xlsx, or whose styles cost more than the limits, comes back as a plain copy; beyond 20,000 rows only the
    rows that have a mark, each with its number, so mark some cell of every wrong row. Raises SheetError when the
    file cannot be read.
    """
    mark = partial(
        process.run,
        TASK,
        data,
        limits,
        filename=filename,
        sheet_name=sheet_name,
        marks=[(row, column, reason) for (row, column), reason in marks.items()],
        extra_columns=extra_columns,
        header_row=header_row,
    )
    with as_sheet_errors():
        try:
            result = mark(styled=True)
        except process.ProcessStopped:
            result = mark(styled=False)
        with result:
            return result.read()


__all__ = ["RESULT", "ROW_NUMBER", "SheetError", "mark_workbook"]
