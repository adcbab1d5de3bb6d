"""Mark the errors in the clerk's own workbook, explain them, and fill in numbers."""

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
    """Return an .xlsx with wrong cells in amber, their reasons as notes, and the extra columns filled in.

    `marks` are reasons by (row, column), `extra_columns` values by heading and row, all counted from 0 as
    in `read`. In
    an existing column only blank cells are filled, except 导入结果, which is always rewritten; a missing column
    is added
    at the right. Earlier marks are removed. A file that is no .xlsx, or whose styles exceed the limits,
    comes back as a
    plain copy. Beyond 20,000 rows the copy has only the rows with a mark, each with its number, so mark
    some cell of
    every wrong row. Raises SheetError when the file cannot be read.
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
