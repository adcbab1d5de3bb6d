"""The check: read, find the heading, clean, look up, plan.

It writes nothing; `runs.check` stores the result.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from core import sheets
from core.cells import Cell
from core.importing.heading import (
    HEADING_WITHIN,
    HeadingRow,
    ImportRefused,
    check_heading,
    find_heading,
    make_table,
)
from core.importing.planning import Plan
from core.importing.sheet import ImportSheet, all_kinds
from core.importing.table import ROWS_NAMED, name_rows

Report = Callable[[int, int], None]
"""Progress callback (rows done, rows in all); may raise to stop the check."""


@dataclass
class Checked:
    """The result of a check: the plan, and how the file was interpreted."""

    plan: Plan
    heading: HeadingRow
    sheet_name: str
    message: str
    """Sentences about skipped sheets and included hidden rows; '' if there are none."""

    def counts(self) -> Counter[str]:
        return Counter(self.plan.outcomes)

    def import_rows(self, run_pk: int) -> Iterator[dict[str, Any]]:
        """Yield column values of one ImportRow per row."""
        table = self.plan.table
        for index, number in enumerate(table.numbers):
            yield {
                "run_id": run_pk,
                "number": number,
                "outcome": self.plan.outcomes[index],
                "errors": table.errors.get(index),
                "warnings": table.warnings.get(index),
                "row": self.plan.rows[index],
                "given": "",
            }


def check(sheet: ImportSheet, data: bytes, filename: str, by: Any, report: Report) -> Checked:
    """Plan the import of one workbook for `by`.

    Raises ImportRefused with one sentence if it cannot be read.
    """
    found, heading, message = read(sheet, data, filename)
    sheet, heading = _fit(sheet, heading, found.rows, by.place)
    dates = [at for key, at in heading.positions.items() if sheet.columns[key].format == "date"]
    found.count_days(dates)
    table = make_table(sheet, heading, found.rows)
    message += _hidden(number for number in table.numbers if number - 1 in found.hidden)
    total = len(table)
    report(0, total)
    table.clean(lambda done: report(done, total))
    plan = Plan(table, by)
    sheet.plan(table, plan)
    plan.finish()
    report(total, total)
    return Checked(plan, heading, found.name, message + "".join(table.notes))


def read(sheet: ImportSheet, data: bytes, filename: str) -> tuple[sheets.WorkbookSheet, HeadingRow, str]:
    """Read the first worksheet that has all required headings of this kind, and describe what was left out."""
    try:
        book = sheets.read(data, filename)
        sheet.translate(book)
        picked = book.pick(lambda rows: find_heading(sheet, rows))
        if picked is None:
            raise ImportRefused(f"{_no_heading(sheet)}{_likelier(sheet, book.sheets[0].rows)}")
        found, heading = picked
        found.refuse_merges(heading.row)
    except sheets.SheetError as error:
        raise ImportRefused(str(error)) from error
    try:
        check_heading(sheet, heading)
    except ImportRefused as refusal:
        raise ImportRefused(f"{refusal}{_likelier(sheet, found.rows)}") from refusal
    return found, heading, _left_out(sheet, heading, found, book.sheets)


def _fit(
    sheet: ImportSheet, heading: HeadingRow, rows: list[list[Cell]], place: str
) -> tuple[ImportSheet, HeadingRow]:
    """Return the sheet definition that matches the file's columns, and their positions."""
    fitted = sheet.fitted(place, rows, heading)
    whole = find_heading(fitted, rows) if fitted is not sheet else None
    if whole is None:
        return sheet, heading
    check_heading(fitted, whole)
    return fitted, whole


def _left_out(
    sheet: ImportSheet, read: HeadingRow, found: sheets.WorkbookSheet, all_sheets: list[sheets.WorkbookSheet]
) -> str:
    """Report other sheets that hold such a list too: one per township, or an older copy.

    One matching heading does not make a list: the help sheet of our own template has a column's name in each row.
    """
    least = min(2, len(read.positions))
    names = []
    for other in all_sheets:
        try:
            heading = find_heading(sheet, other.rows) if other is not found else None
            if heading and len(heading.positions) >= least and len(other.rows) > heading.row + 1:
                names.append(f"“{other.name}”")
        except (ImportRefused, sheets.SheetError):
            continue
        if other is not found:
            other.forget()
    if not names:
        return ""
    listed = "、".join(names[:ROWS_NAMED]) + (f"等 {len(names)} 张" if len(names) > ROWS_NAMED else "")
    return f"只看了“{found.name}”这张表。{listed}也有这样的列，没有看，要导入就另存成单独的文件再传。"


def _hidden(numbers: Iterable[int]) -> str:
    """Report hidden rows that are read nevertheless: a filter only hides rows."""
    rows = list(numbers)
    return f"{name_rows(rows)}在表里隐藏着（多半是筛选），也一起看了，不要的删去再传。" if rows else ""


def _no_heading(sheet: ImportSheet) -> str:
    wanted = [column.key for column in sheet.columns.values() if column.required] or list(sheet.columns)[:3]
    labels = sheet.labels(wanted)
    return f"没有找到列名：前 {HEADING_WITHIN} 行里要有{labels}这样的列，可以照空白表格填。"


def _likelier(sheet: ImportSheet, rows: list[list[Cell]]) -> str:
    """Suggest another kind of sheet if its headings match better."""
    fits: dict[int, str] = {}
    for kind in all_kinds():
        try:
            heading = find_heading(kind, rows)
            if kind is not sheet and heading:
                check_heading(kind, heading)
                fits[len(heading.positions)] = kind.label
        except ImportRefused:
            continue
    return f"看列名像是“{fits[max(fits)]}”的表，是的话请到那一种的导入页上传。" if fits else ""


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
